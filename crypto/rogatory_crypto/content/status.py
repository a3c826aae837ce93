"""Status of messages, many in one report (draft-mahy-mimi-message-status-01).

A report is authenticated by the group alone and proves nothing to anybody outside it: right for a
consultation. What formal correspondence needs is in ``receipts``.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from rogatory_crypto import cbor
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.errors import MisuseError

MEDIA_TYPE: Final = "application/mimi-message-status"
MAX_REPORTED: Final = 1000
MAX_REPORT_BYTES: Final = 1 << 16


class MessageStatus(IntEnum):
    """What has become of a message at the sender of the report."""

    UNREAD = 0
    DELIVERED = 1
    READ = 2
    EXPIRED = 3
    DELETED = 4
    HIDDEN = 5
    ERROR = 6


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The status of some messages of one room."""

    statuses: tuple[tuple[MessageId, MessageStatus], ...]

    def encode(self) -> bytes:
        """Return the deterministic encoding."""
        if len(self.statuses) > MAX_REPORTED:
            raise MisuseError(f"a report covers at most {MAX_REPORTED} messages")
        return cbor.encode(self.statuses)


def decode(data: bytes) -> StatusReport:
    """Return the report that these bytes encode.

    Raises:
        PeerError: MALFORMED, or TOO_LARGE beyond a limit.
    """
    plain = cbor.decode(data, limit=MAX_REPORT_BYTES, max_depth=3)
    return StatusReport(cbor.array_of(plain, _read_entry, maximum=MAX_REPORTED))


def _read_entry(value: object) -> tuple[MessageId, MessageStatus]:
    message_id, status = cbor.array(value, 2)
    return read_message_id(message_id), cbor.member(status, MessageStatus)
