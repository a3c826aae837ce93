"""All live connections: answers to senders, and rows to everybody who is online, built once a group.

Runs on the event loop only. A batch is published after it is durable; devices it added or removed are served
from the log, where the rules of visibility are, and never from the shared frames.
"""

from collections.abc import Callable, Iterator
from typing import Final

from rogatory_crypto.errors import Code
from rogatory_crypto.log.listed_postmarks import SignedBatch
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.frame import LogGrew, Refused, encode_frame
from rogatory_crypto.wire.identifier import DeviceId, GroupId, RowKind
from rogatory_server import framing
from rogatory_server.admission import Appended, Growth, Refusal, Stored, Submission
from rogatory_server.feed import Feed, LiveBatch, LiveFrame
from rogatory_server.framing import Consigned
from rogatory_server.metrics import Metrics
from rogatory_server.postmark_keys import PostmarkKeys
from rogatory_server.sequencer import Committed

FRAME_BYTES: Final = 1 << 20
OnSigned = Callable[[SignedBatch], None]


class Hub:
    """Connections by device and by group.

    Args:
        postmark_keys: sign what was accepted.
        metrics: counters of this relay.
    """

    def __init__(self, postmark_keys: PostmarkKeys, metrics: Metrics) -> None:
        self.on_signed: OnSigned = lambda _: None
        self.postmark_keys = postmark_keys
        self._metrics = metrics
        self._by_device: dict[DeviceId, set[Feed]] = {}
        self._by_group: dict[GroupId, set[Feed]] = {}

    @property
    def connections(self) -> int:
        """How many feeds are open."""
        return sum(map(len, self._by_device.values()))

    def connections_of(self, device_id: DeviceId) -> int:
        """How many feeds one device has open."""
        return len(self._by_device.get(device_id, ()))

    def add(self, feed: Feed) -> None:
        """Let a connection hear of joins and departures of its device."""
        self._by_device.setdefault(feed.device_id, set()).add(feed)

    def subscribe(self, feed: Feed, group_id: GroupId) -> None:
        """Let a connection hear of a group's rows."""
        self._by_group.setdefault(group_id, set()).add(feed)

    def remove(self, feed: Feed) -> None:
        """Forget a connection."""
        _discard(self._by_device, feed.device_id, feed)
        for group_id in feed.cursors:
            _discard(self._by_group, group_id, feed)

    def close_device(self, device_id: DeviceId, code: Code) -> None:
        """Close every connection of a device."""
        for feed in tuple(self._by_device.get(device_id, ())):
            feed.close(code)

    def close_all(self, code: Code) -> None:
        """Close every connection."""
        for device_id in tuple(self._by_device):
            self.close_device(device_id, code)

    def log_grew(self, size: int) -> None:
        """Tell everybody that the published log has grown."""
        payload = encode_frame(LogGrew(size))
        for feeds in self._by_device.values():
            for feed in feeds:
                feed.write(payload)

    def publish(self, committed: Committed) -> None:
        """Answer the senders of a durable batch and deliver its rows."""
        self._answer(committed)
        for group_id, growth in committed.admitted.growth.items():
            self._deliver(group_id, growth, committed.accepted_at_ms)

    def _answer(self, committed: Committed) -> None:
        accepted: dict[Feed, list[list[object]]] = {}
        fresh: list[Consigned] = []
        senders: list[Feed] = []
        for submission, outcome in zip(committed.batch, committed.admitted.outcomes, strict=True):
            feed = submission.reply_to
            assert isinstance(feed, Feed)  # noqa: S101  # only feeds submit; the sequencer does not know them
            feed.answered()
            if isinstance(outcome, Refusal):
                feed.write(encode_frame(Refused(submission.submission_id, outcome.code, outcome.epoch)))
                self._metrics.refused.labels(outcome.code.value).inc()
            elif outcome.repeated:
                accepted.setdefault(feed, []).append(self._accept_again(submission, outcome))
            else:
                fresh.append(_consigned(submission, outcome))
                senders.append(feed)
        results = self._postmark(fresh, committed.accepted_at_ms) if fresh else []
        for feed, result in zip(senders, results, strict=True):
            accepted.setdefault(feed, []).append(result)
        for feed, acceptances in accepted.items():
            for payload in framing.accepted_frames(acceptances):
                feed.write(payload)
        self._metrics.accepted.inc(len(fresh))
        self._metrics.batch.observe(len(committed.batch))

    def _accept_again(self, submission: Submission, stored: Stored) -> list[object]:
        return self._postmark([_consigned(submission, stored)], stored.accepted_at_ms)[0]

    def _postmark(self, batch: list[Consigned], accepted_at_ms: int) -> list[list[object]]:
        signed, results = framing.acceptances(
            batch,
            origin=self.postmark_keys.origin,
            accepted_at_ms=accepted_at_ms,
            private_key=self.postmark_keys.private_at(accepted_at_ms),
        )
        self.on_signed(signed)
        return results

    def _deliver(self, group_id: GroupId, growth: Growth, accepted_at_ms: int) -> None:
        for device_id, last in growth.left:
            for feed in self._by_device.get(device_id, ()):
                _discard(self._by_group, group_id, feed)
                feed.leave(group_id, last)
        present = self._by_group.get(group_id)
        if present:
            batch = _live_batch(group_id, growth, accepted_at_ms)
            for feed in present:
                feed.offer(group_id, batch)
            self._metrics.delivered.inc(batch.rows * len(present))
        for device_id, first in growth.joined:
            self._join(group_id, growth, device_id, first)

    def _join(self, group_id: GroupId, growth: Growth, device_id: DeviceId, first: int) -> None:
        # Added and removed again by a later commit of the same batch.
        if any(left == device_id and last >= first for left, last in growth.left):
            return
        for feed in self._by_device.get(device_id, ()):
            feed.join(group_id, growth.log.number, first)
            self.subscribe(feed, group_id)


def _consigned(submission: Submission, stored: Stored) -> Consigned:
    return Consigned(
        submission.group_id, stored.sequence, submission.submission_id, submission.payload_sha256
    )


def _live_batch(group_id: GroupId, growth: Growth, accepted_at_ms: int) -> LiveBatch:
    frames: list[LiveFrame] = []
    count = 0
    for part in _parts(growth.rows):
        rows = [(row.sequence, accepted_at_ms, row.kind, row.payload) for row in part]
        message = framing.websocket_message(framing.deliver_frame(group_id, rows))
        frames.append(LiveFrame(part[-1].sequence, len(part), message))
        count += len(part)
    return LiveBatch(growth.first, growth.rows[-1].sequence, count, frames)


def _parts(rows: list[Appended]) -> Iterator[list[Appended]]:
    """Yield rows without Welcomes in parts that fit a frame."""
    part: list[Appended] = []
    size = 0
    for row in rows:
        if row.kind == RowKind.WELCOME:
            continue
        if part and (len(part) == limits.MAX_ROWS_PER_DELIVERY or size + len(row.payload) > FRAME_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += len(row.payload)
    if part:
        yield part


def _discard(index: dict[DeviceId, set[Feed]] | dict[GroupId, set[Feed]], key: bytes, feed: Feed) -> None:
    feeds = index.get(key)  # type: ignore[call-overload]  # both keys are bytes
    if feeds is not None:
        feeds.discard(feed)
        if not feeds:
            del index[key]  # type: ignore[arg-type]  # the same
