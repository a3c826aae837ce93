"""One live connection of a device: what it is sent, and when it has to catch up from the log.

A connection that keeps up gets the frames the hub built once for everybody. One that has too many unread
rows, or whose socket does not empty, is not waited for: its group is marked behind, and the connection reads
pages from the log at its own pace until it has reached the end. Every queue here is bounded: rows by the
window, bytes by the size of the socket's buffer.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, NamedTuple

import structlog
from aiohttp import web

from rogatory_crypto.errors import Code
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.frame import CaughtUp, Closing, encode_frame
from rogatory_crypto.wire.identifier import DeviceId, GroupId
from rogatory_server import framing
from rogatory_server.cursor import Cursor
from rogatory_server.store import Store, log

WINDOW_ROWS: Final = 4096
PAGE_BYTES: Final = 1 << 20
LIVE_BUFFER_BYTES: Final = 1 << 20
MAX_BUFFER_BYTES: Final = 32 << 20
MAX_IN_FLIGHT: Final = 1024

Spawn = Callable[[Coroutine[Any, Any, None]], object]

_log = structlog.get_logger(__name__)


class LiveFrame(NamedTuple):
    """A Deliver frame, ready for the socket, and the rows in it."""

    last: int
    rows: int
    message: bytes


class LiveBatch(NamedTuple):
    """Rows ``first`` to ``last`` of one group, built once for everybody who keeps up."""

    first: int
    last: int
    rows: int
    frames: list[LiveFrame]


class Feed:
    """The relay's end of one WebSocket.

    Args:
        device_id: who is connected.
        socket: the prepared WebSocket.
        transport: what is under it.
        store: where pages come from.
        spawn: starts a task of the relay's one task group.
    """

    def __init__(
        self,
        device_id: DeviceId,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        store: Store,
        spawn: Spawn,
    ) -> None:
        self.device_id = device_id
        self.cursors: dict[GroupId, Cursor] = {}
        self._socket = socket
        self._transport = transport
        self._store = store
        self._spawn = spawn
        self._behind: dict[GroupId, None] = {}
        self._unread = 0
        self._catching_up = False
        self._opening: set[GroupId] | None = None
        # Until ``open`` knows the groups: what changed meanwhile.
        self._changed: dict[GroupId, bool] | None = {}
        self._in_flight = 0
        self._answered = asyncio.Event()
        self._closing = False

    def open(self, groups: list[log.GroupPosition]) -> list[GroupId]:
        """Begin with the backlog of the device's groups; return those it is in now.

        Joins and departures published since ``groups`` was read win over what stands there.
        """
        changed, self._changed = self._changed or {}, None
        for group in groups:
            self.cursors.setdefault(
                group.group_id,
                Cursor(group.group_number, group.position, group.last_visible, group.position),
            )
        member = {group.group_id: group.is_member for group in groups} | changed
        self._behind = dict.fromkeys(self.cursors)
        self._opening = {key for key, cursor in self.cursors.items() if not cursor.has_reached_target}
        self._wake()
        self._tell_caught_up()
        return [group_id for group_id, is_member in member.items() if is_member]

    def join(self, group_id: GroupId, group_number: int, first: int) -> None:
        """The device was added to a group by a row of the batch just published."""
        if self._changed is not None:
            self._changed[group_id] = True
        cursor = self.cursors.setdefault(group_id, Cursor(group_number, first - 1, first, first - 1))
        cursor.published = first
        self.fall_behind(group_id)

    def leave(self, group_id: GroupId, last: int) -> None:
        """The device was removed by a row of the batch just published: that row is the last it may see."""
        if self._changed is not None:
            self._changed[group_id] = False
        cursor = self.cursors.get(group_id)
        if cursor is not None:
            # A page read before the removal does not count as the end.
            cursor.published = last
            self.fall_behind(group_id)

    def fall_behind(self, group_id: GroupId) -> None:
        """Let the connection fetch the group's rows from the log."""
        self._behind[group_id] = None
        self._wake()

    def offer(self, group_id: GroupId, batch: LiveBatch) -> None:
        """Send rows that everybody in the group may see, or fall behind."""
        cursor = self.cursors.get(group_id)
        if cursor is None or self._closing:
            return
        cursor.published = batch.last
        if cursor.sent >= batch.last:
            return
        if (
            group_id in self._behind
            or cursor.sent != batch.first - 1
            or self._unread + batch.rows > WINDOW_ROWS
            or self._transport.get_write_buffer_size() > LIVE_BUFFER_BYTES
        ):
            self.fall_behind(group_id)
            return
        for frame in batch.frames:
            self._transport.write(frame.message)
            cursor.deliver(frame.last, frame.rows)
        self._unread += batch.rows
        cursor.sent = batch.last

    def write(self, payload: bytes) -> None:
        """Send a frame that is not a delivery; a device that does not take those is cut off."""
        if self._closing or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > MAX_BUFFER_BYTES:
            self._transport.abort()
            return
        self._transport.write(framing.websocket_message(payload))

    def read(self, group_id: GroupId, sequence: int) -> int | None:
        """Note a position; return the group's number if the device may have read that far."""
        cursor = self.cursors.get(group_id)
        if cursor is None or sequence > cursor.sent:
            return None
        self._unread -= cursor.advance(sequence)
        self._note_progress(group_id, cursor)
        if self._behind:
            self._wake()
        return cursor.group_number

    def submitted(self) -> None:
        """Count a submission that waits for its answer."""
        self._in_flight += 1

    def answered(self) -> None:
        """Count an answer."""
        self._in_flight -= 1
        self._answered.set()

    async def until_answered(self) -> None:
        """Wait while too many submissions of this connection have no answer."""
        while self._in_flight >= MAX_IN_FLIGHT:
            self._answered.clear()
            await self._answered.wait()

    @property
    def may_submit(self) -> bool:
        """Whether the connection may submit without waiting for answers."""
        return self._in_flight < MAX_IN_FLIGHT

    @property
    def is_closing(self) -> bool:
        """Whether the relay has said that this connection ends."""
        return self._closing

    def close(self, code: Code) -> None:
        """Say why and close, without waiting for the device."""
        if self._closing:
            return
        self.write(encode_frame(Closing(code)))
        self._closing = True
        self._spawn(self._close())

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(5):
                await self._socket.close()
        except Exception:  # noqa: BLE001  # however it ends, one connection never takes the relay with it
            self._transport.abort()

    def _wake(self) -> None:
        if self._behind and not self._catching_up and not self._closing:
            self._catching_up = True
            self._spawn(self._catch_up())

    async def _catch_up(self) -> None:
        try:
            while self._behind and self._unread < WINDOW_ROWS and not self._closing:
                group_id = next(iter(self._behind))
                # To the end of the line: no group waits for another's whole backlog.
                del self._behind[group_id]
                self._behind[group_id] = None
                await self._send_page(group_id, self.cursors[group_id])
        except ConnectionError:
            self._transport.abort()
        except Exception:  # noqa: BLE001  # a page that cannot be read ends one connection, not the relay
            _log.exception("catch_up_failed")
            self.close(Code.INTERNAL)
        finally:
            self._catching_up = False

    async def _send_page(self, group_id: GroupId, cursor: Cursor) -> None:
        before = cursor.sent
        page = await self._store.read(
            lambda connection: log.read_page(
                connection,
                self.device_id,
                cursor.group_number,
                before,
                max_rows=min(limits.MAX_ROWS_PER_DELIVERY, WINDOW_ROWS - self._unread),
                max_bytes=PAGE_BYTES,
            )
        )
        if page.rows:
            cursor.deliver(page.rows[-1].sequence, len(page.rows))
            self._unread += len(page.rows)
        cursor.sent = page.scanned_to
        # Unless rows were published since the page was read, the group goes over to live delivery. The page
        # is on the socket before anything else can be: sending suspends only after it has written.
        if page.at_end and cursor.sent >= cursor.published:
            self._behind.pop(group_id, None)
        self._note_progress(group_id, cursor)
        if page.rows:
            await self._socket.send_bytes(framing.deliver_frame(group_id, page.rows))

    def _note_progress(self, group_id: GroupId, cursor: Cursor) -> None:
        if self._opening is not None and group_id in self._opening and cursor.has_reached_target:
            self._opening.discard(group_id)
            self._tell_caught_up()

    def _tell_caught_up(self) -> None:
        if self._opening is not None and not self._opening:
            self._opening = None
            self.write(encode_frame(CaughtUp()))
