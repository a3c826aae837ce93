"""The operator's listener, on loopback only: health and metrics."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from rogatory_server.metrics import Metrics


def application(metrics: Metrics, is_healthy: Callable[[], Awaitable[bool]]) -> web.Application:
    """Return the application behind the loopback port."""
    app = web.Application()

    async def health(_request: web.Request) -> web.Response:
        healthy = await is_healthy()
        return web.Response(status=200 if healthy else 503, text="ok\n" if healthy else "failing\n")

    async def exposition(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), content_type="text/plain", charset="utf-8")

    app.add_routes([web.get("/health", health), web.get("/metrics", exposition)])
    return app
