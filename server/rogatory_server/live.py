"""Serving one live connection: reads frames, hands submissions to the sequencer, positions to the feed."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import structlog
from aiohttp import WSMsgType, web

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.frame import (
    PROTOCOL_VERSION,
    Read,
    Ready,
    Refused,
    Submit,
    SubmitCommit,
    decode_client_frame,
    encode_frame,
)
from rogatory_crypto.wire.identifier import DeviceId, RowKind
from rogatory_server import framing
from rogatory_server.admission import Submission
from rogatory_server.device_session import DeviceSession
from rogatory_server.feed import LIVE_BUFFER_BYTES, WINDOW_ROWS, Feed
from rogatory_server.metrics import Metrics
from rogatory_server.sequencer import Sequencer, size_of
from rogatory_server.service import RelayService
from rogatory_server.store import log

HEARTBEAT_S: Final = 30

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Live:
    """What live connections need of the relay."""

    service: RelayService
    sequencer: Sequencer
    metrics: Metrics
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    max_connections: int


LIVE: Final = web.AppKey("live", Live)


async def serve_feed(request: web.Request, live: Live, session: DeviceSession) -> web.StreamResponse:
    """Serve a device until it or the relay closes the connection.

    Raises:
        PeerError: QUOTA_EXCEEDED for too many connections of one device.
    """
    hub = live.service.hub
    if hub.connections_of(session.device_id) >= live.max_connections:
        raise PeerError(Code.QUOTA_EXCEEDED, "too many connections of one device")
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_S, max_msg_size=limits.MAX_FRAME_BYTES, compress=False, writer_limit=0
    )
    await socket.prepare(request)
    transport = request.transport
    if transport is None:
        return socket
    transport.set_write_buffer_limits(high=LIVE_BUFFER_BYTES)
    feed = Feed(session.device_id, socket, transport, live.service.store, live.spawn)
    hub.add(feed)
    live.metrics.connections.set(hub.connections)
    ending = asyncio.get_running_loop().call_later(
        live.service.seconds_in_service(session.device_id), feed.close, Code.EXPIRED
    )
    try:
        await _converse(live, feed, socket)
    finally:
        ending.cancel()
        hub.remove(feed)
        live.metrics.connections.set(hub.connections)
    return socket


async def _converse(live: Live, feed: Feed, socket: web.WebSocketResponse) -> None:
    feed.write(encode_frame(Ready(PROTOCOL_VERSION, live.service.clock_ms(), WINDOW_ROWS)))
    if live.service.is_revoked(feed.device_id):
        # Between the token's check and here the device may have been revoked.
        feed.close(Code.REVOKED)
        return
    # First what is not durable yet: it can only move into the store meanwhile, never out of sight.
    fresh = live.sequencer.positions_of(feed.device_id)
    groups = await live.service.store.read(lambda connection: log.positions_of(connection, feed.device_id))
    for group_id in feed.open([_advanced(group, fresh) for group in groups]):
        live.service.hub.subscribe(feed, group_id)
    try:
        await _receive(live, feed, socket)
    except PeerError as error:
        _log.info("feed_refused", code=error.code.value, detail=error.detail)
        feed.close(error.code)


def _advanced(group: log.GroupPosition, fresh: dict[int, int]) -> log.GroupPosition:
    return group._replace(position=max(group.position, fresh.get(group.group_number, 0)))


async def _receive(live: Live, feed: Feed, socket: web.WebSocketResponse) -> None:
    device_id, sequencer = feed.device_id, live.sequencer
    # What still lies in the buffers of a closed connection, of a revoked device perhaps, counts no more.
    while not feed.is_closing:
        message = await socket.receive()
        if message.type is not WSMsgType.BINARY:
            if message.type is WSMsgType.TEXT:
                raise PeerError(Code.UNSUPPORTED, "a text message on the feed")
            return
        data: bytes = message.data
        submission = framing.read_submit(data, device_id, feed)
        if submission is None:
            _handle(live, feed, data)
        else:
            _submit(live, feed, submission)
        if not feed.may_submit:
            await feed.until_answered()
        if not sequencer.has_room:
            await sequencer.room()


def _handle(live: Live, feed: Feed, data: bytes) -> None:
    match decode_client_frame(data):
        case Submit() as frame:
            _submit(live, feed, _submission(frame, frame.kind, None, None, feed))
        case SubmitCommit() as frame:
            objection = _objection_to_added(live.service, frame) or _over_quota(live.service, feed, frame)
            _submit(live, feed, _submission(frame, RowKind.COMMIT, frame, objection, feed))
        case Read() as frame:
            for position in frame.positions:
                number = feed.read(position.group_id, position.sequence)
                if number is not None:
                    live.sequencer.read(feed.device_id, number, position.sequence)


def _submission(
    frame: Submit | SubmitCommit,
    kind: RowKind,
    change: SubmitCommit | None,
    objection: Code | None,
    feed: Feed,
) -> Submission:
    return Submission(
        feed.device_id,
        frame.submission_id,
        frame.group_id,
        frame.epoch,
        kind,
        frame.payload,
        sha256(frame.payload).digest(),
        change,
        objection,
        feed,
    )


def _submit(live: Live, feed: Feed, submission: Submission) -> None:
    limiters, now_ms = live.service.limiters, live.service.clock_ms()
    try:  # R02
        limiters.submissions.spend(feed.device_id, now_ms)
        limiters.submission_bytes.spend(feed.device_id, now_ms, size_of(submission))
    except PeerError as error:
        feed.write(encode_frame(Refused(submission.submission_id, error.code, None)))
        return
    feed.submitted()
    live.sequencer.submit(submission)


def _objection_to_added(service: RelayService, frame: SubmitCommit) -> Code | None:
    """Say why a device may not be added: nobody unknown or out of service joins a roster."""
    devices = service.registry.devices
    now = service.clock_ms() // 1000
    for device_id in frame.added:
        device = devices.get(DeviceId(device_id))
        if device is None:
            return Code.UNKNOWN_MEMBER
        if not device.is_in_service(now):
            return Code.REVOKED if device.revoked_at is not None else Code.EXPIRED
    return None


def _over_quota(service: RelayService, feed: Feed, frame: SubmitCommit) -> Code | None:
    """Say why a device may not add others now: nobody fills another office's devices with groups."""
    devices, limiters, now_ms = service.registry.devices, service.limiters, service.clock_ms()
    own = devices[feed.device_id].entry.entry_id
    foreign = [device_id for device_id in frame.added if devices[device_id].entry.entry_id != own]
    try:
        if foreign:
            limiters.additions.spend(feed.device_id, now_ms, len(foreign))
        for device_id in foreign:
            limiters.additions_of_one.spend((feed.device_id, device_id), now_ms)
    except PeerError as error:
        return error.code
    return None
