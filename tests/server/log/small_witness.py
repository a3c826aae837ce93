"""A witness on a real socket that remembers in memory, and the ways in which one may misbehave."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from rogatory_crypto.log.add_checkpoint import encode_cosignatures, parse_add_checkpoint
from rogatory_crypto.log.note_key import SigningKey, VerifierKey
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint
from rogatory_crypto.log.witness import SIZE_CONTENT_TYPE, Refusal, Swap, cosignatures, decide


@dataclass
class SmallWitness:
    """An honest witness; ``answer`` replaces what it would say, ``gate`` holds it up while cleared.

    Attributes:
        key: what it signs with.
        logs: whom it knows.
        now: its clock, unix seconds.
        newest: what it has cosigned.
        requests: the bodies that came, in order.
        ahead_s: how much later it is for it.
    """

    key: SigningKey
    logs: dict[str, tuple[VerifierKey, ...]]
    now: Callable[[], int]
    newest: dict[str, SignedCheckpoint] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    answer: Callable[[bytes], web.Response] | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    ahead_s: int = 0
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/witness"

    async def start(self) -> None:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_post("/witness/add-checkpoint", self._add_checkpoint)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        assert site._server is not None
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def sizes(self) -> list[int]:
        """The sizes it was asked to cosign."""
        return [parse_add_checkpoint(each).signed.checkpoint.size for each in self.requests]

    async def _add_checkpoint(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append(body)
        await self.gate.wait()
        return self.honest(body) if self.answer is None else self.answer(body)

    def honest(self, body: bytes) -> web.Response:
        match decide(body, self.logs, self.newest):
            case Swap() as swap:
                self.newest[swap.origin] = swap.new
                return web.Response(
                    body=encode_cosignatures(cosignatures(swap, [self.key], self.now() + self.ahead_s))
                )
            case Refusal() as refusal:
                return web.Response(
                    status=refusal.status, body=refusal.body, content_type=refusal.content_type
                )


def status(code: int, body: bytes = b"") -> Callable[[bytes], web.Response]:
    return lambda _: web.Response(status=code, body=body)


def claims(size: int) -> Callable[[bytes], web.Response]:
    """Say that a tree of this size was cosigned."""
    body = f"{size}\n".encode()
    return lambda _: web.Response(status=409, body=body, content_type=SIZE_CONTENT_TYPE)


@asynccontextmanager
async def witnesses_at_work(*witnesses: SmallWitness) -> AsyncIterator[None]:
    for witness in witnesses:
        witness.gate.set()
        await witness.start()
    try:
        yield
    finally:
        for witness in witnesses:
            await witness.stop()
