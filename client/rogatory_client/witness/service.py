"""A witness over HTTP (C2SP tlog-witness): bodies with a limit in, answers out; nothing is decided here."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Final, TypeVar

import structlog
from aiohttp import web

from rogatory_client.witness.cosigner import Cosigner, Reply
from rogatory_client.witness.door import Door
from rogatory_client.witness.evidence import Evidence
from rogatory_client.witness.rate import RateLimiter, network_of
from rogatory_crypto.log.lines import base64
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES

MAX_REQUEST_BYTES: Final = MAX_NOTE_BYTES + (1 << 12)
BODY_TIMEOUT_S: Final = 20
# A busy log asks ten times a second; a stranger must not take what it needs.
BURST: Final = 200
PER_SECOND: Final = 50
DOOR: Final = web.AppKey("door", Door)
_COSIGNER: Final = web.AppKey("cosigner", Cosigner)
_THREADS: Final = web.AppKey("threads", Executor)
_RATE: Final = web.AppKey("rate", RateLimiter)
_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = structlog.get_logger(__name__)


def application(cosigner: Cosigner, threads: Executor, prefix: str = "") -> web.Application:
    """Return the witness's HTTP application.

    Args:
        cosigner: who answers.
        threads: where it works, because signing and writing to a disk take their time.
        prefix: both prefixes of the protocol, ``""`` or a path such as ``/wacap``.
    """
    app = web.Application(middlewares=[_answer_failures], client_max_size=MAX_REQUEST_BYTES)
    app[_COSIGNER] = cosigner
    app[_THREADS] = threads
    app[_RATE] = RateLimiter(BURST, PER_SECOND)
    app.add_routes(
        [
            web.post(f"{prefix}/add-checkpoint", _add_checkpoint),
            web.get(f"{prefix}/{{origin_sha256:[0-9a-f]{{64}}}}/checkpoint", _checkpoint),
        ]
    )
    return app


@web.middleware
async def _answer_failures(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Turn what the spec does not name into a status; what was not foreseen goes to the journal only."""
    if (door := request.app.get(DOOR)) is not None:
        door.spoke(request.transport)
    if not request.app[_RATE].admits(network_of(request.remote or ""), time.monotonic()):
        return web.Response(status=429, headers={"Retry-After": "1"})
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError, asyncio.CancelledError):
        raise
    except web.RequestPayloadError:
        return web.Response(status=400)
    except TimeoutError:
        return web.Response(status=408, headers={"Connection": "close"})
    except sqlite3.Error as error:
        _log.error("store_failed", error=str(error))  # no trace: it is the disk's fault
        return web.Response(status=503)
    except Exception:  # noqa: BLE001  # the last line: nothing of the inside goes out
        _log.exception("request_failed")
        return web.Response(status=500)


async def _add_checkpoint(request: web.Request) -> web.Response:
    """``POST <prefix>/add-checkpoint``."""
    if (request.content_length or 0) > MAX_REQUEST_BYTES:
        return web.Response(status=413, headers={"Connection": "close"})
    async with asyncio.timeout(BODY_TIMEOUT_S):
        body = await request.read()
    reply = await _work(request, request.app[_COSIGNER].add_checkpoint, body)
    _tell(reply)
    return web.Response(status=reply.status, body=reply.body, headers={"Content-Type": reply.content_type})


async def _checkpoint(request: web.Request) -> web.Response:
    """``GET <prefix>/<origin hash>/checkpoint``."""
    published = await _work(request, request.app[_COSIGNER].published, request.match_info["origin_sha256"])
    if published is None:
        return web.Response(status=404)
    return web.Response(body=published, content_type="text/plain", charset="utf-8")


async def _work(request: web.Request, work: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
    return await asyncio.get_running_loop().run_in_executor(request.app[_THREADS], work, argument)


def _tell(reply: Reply) -> None:
    if reply.evidence is not None:
        _sound_alarm(reply.evidence)
    elif reply.status != 200:
        _log.info("refused", status=reply.status, reason=reply.reason)


def _sound_alarm(evidence: Evidence) -> None:
    held, suspect = evidence.held, evidence.suspect.checkpoint
    _log.critical(
        "log_signed_two_histories" if evidence.is_proof else "log_signed_what_does_not_continue",
        origin=evidence.origin,
        reason=evidence.reason,
        held_size=held.checkpoint.size if held else 0,
        held_root=base64(held.checkpoint.root) if held else "",
        suspect_size=suspect.size,
        suspect_root=base64(suspect.root),
    )
