"""The log over HTTPS: calls for clients, and the files of C2SP tlog-tiles for monitors and anybody else."""

from typing import Final

from aiohttp import hdrs, web

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.merkle import HASH_BYTES
from rogatory_crypto.log.tiles import EntryBundle, parse_path
from rogatory_crypto.wire.log_request import EntryPublication
from rogatory_server.http_bodies import answer, body, caller, number

CHECKPOINT_TYPE: Final = "text/plain"
TILE_TYPE: Final = "application/octet-stream"
# What a path names never changes: a partial tile is a width of its own.
_FOR_EVER: Final = {hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable"}
_FOR_A_MOMENT: Final = {hdrs.CACHE_CONTROL: "no-cache"}


def log_routes() -> list[web.RouteDef]:
    """Return the routes of the log and of the root of trust."""
    return [
        web.get("/v1/trust", trust),
        web.get("/v1/log/checkpoint", checkpoint),
        web.get("/v1/log/entries", entries),
        web.post("/v1/log/entries", publish_entries),
        web.get("/v1/log/postmarks/{at}/{root}", postmark_proof),
        web.get("/log/checkpoint", checkpoint),
        web.get("/log/{path:tile/.+}", tile),
    ]


async def trust(request: web.Request) -> web.Response:
    """``GET /v1/trust?version=N``."""
    return answer(await caller(request).trust(number(request.query.get("version", "0"))))


async def checkpoint(request: web.Request) -> web.Response:
    """``GET /v1/log/checkpoint`` and, for monitors, ``GET /log/checkpoint`` (tlog-tiles, Checkpoints)."""
    note = await caller(request).checkpoint()
    return web.Response(body=note, content_type=CHECKPOINT_TYPE, charset="utf-8", headers=_FOR_A_MOMENT)


async def entries(request: web.Request) -> web.Response:
    """``GET /v1/log/entries?first=N``."""
    return answer(await caller(request).log_entries(number(request.query.get("first", "0"))))


async def publish_entries(request: web.Request) -> web.Response:
    """``POST /v1/log/entries``."""
    asking = caller(request)
    asking.charge_publication()
    publication = EntryPublication.decode(await body(request, EntryPublication.LIMIT))
    return answer(await asking.publish_entries(publication))


async def postmark_proof(request: web.Request) -> web.Response:
    """``GET /v1/log/postmarks/{accepted at, in milliseconds}/{the batch's root in hex}``."""
    root = request.match_info["root"]
    if len(root) != 2 * HASH_BYTES or not set(root) <= set("0123456789abcdef"):
        raise PeerError(Code.MALFORMED, "a root is 64 lower-case hex digits")
    at = number(request.match_info["at"])
    return answer(await caller(request).postmark_proof(at, bytes.fromhex(root)))


async def tile(request: web.Request) -> web.Response:
    """``GET /log/tile/<L>/<N>[.p/<W>]`` and ``GET /log/tile/entries/<N>[.p/<W>]``."""
    wanted = parse_path(request.match_info["path"])
    log = caller(request).log
    data = await log.bundle(wanted) if isinstance(wanted, EntryBundle) else log.tile(wanted)
    response = web.Response(body=data, content_type=TILE_TYPE, headers=_FOR_EVER)
    if isinstance(wanted, EntryBundle):
        response.enable_compression()
    return response
