"""HTTPS: bodies in, bodies out, and the one table from codes to statuses. No decision is made here."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Final

import structlog
from aiohttp import ClientPayloadError, hdrs, web
from aiohttp.http_exceptions import TransferEncodingError

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.challenge import ChallengeRequest, ChallengeResponse
from rogatory_crypto.wire.identifier import BLOB_ID_BYTES, BlobId
from rogatory_crypto.wire.request import (
    MEDIA_TYPE,
    KeyPackageClaim,
    KeyPackageUpload,
    Problem,
    UploadCompletion,
    UploadRequest,
)
from rogatory_server.device_session import DeviceSession
from rogatory_server.http_bodies import SERVICE, answer, body, caller, number, parts
from rogatory_server.listener import Listener
from rogatory_server.live import LIVE, serve_feed
from rogatory_server.log_routes import log_routes
from rogatory_server.metrics import Metrics
from rogatory_server.service import RelayService

METRICS: Final = web.AppKey("metrics", Metrics)
LISTENER: Final = web.AppKey("listener", Listener)
# RFC 9110 section 15; what stands nowhere here is the device's mistake: 400.
STATUS: Final[dict[Code, int]] = {
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED: 415,
    Code.BAD_SIGNATURE: 403,
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_FOUND: 404,
    Code.CONFLICT: 409,
    Code.EPOCH_TAKEN: 409,
    Code.EXPIRED: 410,
    Code.ALREADY_USED: 409,
    Code.REVOKED: 403,
    Code.WRONG_OFFSET: 409,
    Code.HASH_MISMATCH: 422,
    Code.QUOTA_EXCEEDED: 429,
    Code.STORAGE_FULL: 507,
    Code.UNAVAILABLE: 503,
    Code.INTERNAL: 500,
}
_BAD_REQUEST: Final = 400
_CODE_OF_STATUS: Final = {
    404: Code.NOT_FOUND,
    405: Code.UNSUPPORTED,
    413: Code.TOO_LARGE,
    416: Code.WRONG_OFFSET,
}

_log = structlog.get_logger(__name__)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(service: RelayService, metrics: Metrics) -> web.Application:
    """Return the relay's HTTPS application, without the live feed's tasks."""
    app = web.Application(middlewares=[answer_problems], client_max_size=limits.MAX_BODY_BYTES)
    app[SERVICE] = service
    app[METRICS] = metrics
    app.add_routes(
        [
            web.get("/v1/info", info),
            web.get("/v1/directory", directory),
            web.put("/v1/directory", publish_directory),
            web.post("/v1/challenges", challenge),
            web.post("/v1/tokens", token),
            web.post("/v1/key-packages", upload_key_packages),
            web.get("/v1/key-packages", key_package_stock),
            web.post("/v1/key-packages/claims", claim_key_packages),
            web.post("/v1/blobs/{blob}", begin_upload),
            web.patch("/v1/blobs/{blob}", upload),
            web.post("/v1/blobs/{blob}/completion", complete_upload),
            web.get("/v1/blobs/{blob}", download),
            web.get("/v1/feed", feed),
            *log_routes(),
        ]
    )
    return app


@web.middleware
async def answer_problems(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Turn every refusal into a Problem; what was not foreseen is INTERNAL and goes to the log."""
    request.app[LISTENER].spoke(request.transport)
    try:
        return await handler(request)
    except PeerError as error:
        _log.info("refused", code=error.code.value, detail=error.detail, route=_route(request))
        return _problem(request, error.code)
    except (ClientPayloadError, TransferEncodingError, web.RequestPayloadError):
        return _problem(request, Code.WRONG_LENGTH)
    except web.HTTPException as error:
        return _problem(request, _CODE_OF_STATUS.get(error.status, Code.MALFORMED), error.status)
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception:  # noqa: BLE001  # the last line: nothing of the inside goes out
        _log.exception("request_failed", route=_route(request))
        return _problem(request, Code.INTERNAL)


def _problem(request: web.Request, code: Code, status: int | None = None) -> web.Response:
    request.app[METRICS].problems.labels(code.value).inc()
    body = Problem(code).encode()
    return web.Response(status=status or STATUS.get(code, _BAD_REQUEST), body=body, content_type=MEDIA_TYPE)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return "unknown" if resource is None else resource.canonical


def bearer(request: web.Request) -> str:
    """Return the token of a request (RFC 6750 section 2.1).

    Raises:
        PeerError: UNAUTHENTICATED.
    """
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= limits.MAX_NAME_CHARACTERS:
        raise PeerError(Code.UNAUTHENTICATED, "no bearer token")
    return token


def _session(request: web.Request) -> DeviceSession:
    return request.app[SERVICE].session(bearer(request))


def _blob_id(request: web.Request) -> BlobId:
    text = request.match_info["blob"]
    if len(text) != 2 * BLOB_ID_BYTES or not set(text) <= set("0123456789abcdef"):
        raise PeerError(Code.MALFORMED, "an attachment's id is 32 lower-case hex digits")
    return BlobId(bytes.fromhex(text))


async def info(request: web.Request) -> web.Response:
    """``GET /v1/info``."""
    return answer(await caller(request).info())


async def directory(request: web.Request) -> web.Response:
    """``GET /v1/directory``; the entity tag is the SHA-256 in hex (RFC 9110 section 13.1.2)."""
    tag = request.headers.get(hdrs.IF_NONE_MATCH, "").strip('"')
    known = bytes.fromhex(tag) if len(tag) == 64 and set(tag) <= set("0123456789abcdef") else None
    snapshot = await caller(request).directory(known)
    if snapshot is None:
        return web.Response(status=304, headers={hdrs.ETAG: f'"{tag}"'})
    headers = {hdrs.ETAG: f'"{sha256(snapshot).hexdigest()}"'}
    return web.Response(body=snapshot, content_type=MEDIA_TYPE, headers=headers)


async def publish_directory(request: web.Request) -> web.Response:
    """``PUT /v1/directory``."""
    asking = caller(request)
    asking.charge_publication()
    await asking.publish_directory(await body(request, limits.MAX_SNAPSHOT_BYTES))
    return web.Response(status=204)


async def challenge(request: web.Request) -> web.Response:
    """``POST /v1/challenges``."""
    asked = ChallengeRequest.decode(await body(request, ChallengeRequest.LIMIT))
    return answer(await caller(request).challenge(asked.device_id))


async def token(request: web.Request) -> web.Response:
    """``POST /v1/tokens``."""
    response = ChallengeResponse.decode(await body(request, ChallengeResponse.LIMIT))
    return answer(await caller(request).token(response))


async def upload_key_packages(request: web.Request) -> web.Response:
    """``POST /v1/key-packages``."""
    session = _session(request)
    upload = KeyPackageUpload.decode(await body(request, KeyPackageUpload.LIMIT))
    return answer(await session.upload_key_packages(upload))


async def key_package_stock(request: web.Request) -> web.Response:
    """``GET /v1/key-packages?suite=N``."""
    return answer(await _session(request).key_package_stock(number(request.query.get("suite"))))


async def claim_key_packages(request: web.Request) -> web.Response:
    """``POST /v1/key-packages/claims``."""
    session = _session(request)
    claim = KeyPackageClaim.decode(await body(request, KeyPackageClaim.LIMIT))
    return answer(await session.claim_key_packages(claim))


async def begin_upload(request: web.Request) -> web.Response:
    """``POST /v1/blobs/{id}``."""
    session, blob_id = _session(request), _blob_id(request)
    announced = UploadRequest.decode(await body(request, UploadRequest.LIMIT))
    return answer(await session.begin_upload(blob_id, announced))


async def upload(request: web.Request) -> web.Response:
    """``PATCH /v1/blobs/{id}`` with ``Upload-Offset``."""
    session, blob_id = _session(request), _blob_id(request)
    offset = number(request.headers.get("Upload-Offset"))
    size = request.content_length or 0
    return answer(await session.upload(blob_id, offset, size, parts(request)))


async def complete_upload(request: web.Request) -> web.Response:
    """``POST /v1/blobs/{id}/completion``."""
    session, blob_id = _session(request), _blob_id(request)
    completion = UploadCompletion.decode(await body(request, UploadCompletion.LIMIT))
    return answer(await session.complete_upload(blob_id, completion))


async def download(request: web.Request) -> web.FileResponse:
    """``GET`` and ``HEAD /v1/blobs/{id}``, whole or a range (RFC 9110 section 14), by sendfile."""
    session, blob_id = _session(request), _blob_id(request)
    path = await request.app[SERVICE].attachments.locate(session.device_id, blob_id)
    headers = {hdrs.CONTENT_TYPE: "application/octet-stream", hdrs.CACHE_CONTROL: "no-store"}
    return web.FileResponse(path, chunk_size=1 << 18, headers=headers)


async def feed(request: web.Request) -> web.StreamResponse:
    """``GET /v1/feed``: the live connection."""
    session = _session(request)
    return await serve_feed(request, request.app[LIVE], session)
