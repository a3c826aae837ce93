"""What the office shows: frozen values made of text, numbers and tuples, ready for a table or for JSON.

Ids are lower-case hex; times are Unix seconds, or milliseconds where the name says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from typing import Final, TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a file name, the bytes done and the bytes in all; for ``LOG_ENTRIES``, entries."""

LOG_ENTRIES: Final = "entries of the log"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this device is; ``enrolled`` is False until the directory lists it."""

    entry_id: str | None
    officer: str | None
    device_id: str
    enrolled: bool
    holds_office_key: bool
    origin: str


@dataclass(frozen=True, slots=True)
class AlarmView:
    """What an officer has to take note of; ``acknowledged_at`` is None until somebody has."""

    number: int
    raised_at: int
    text: str
    acknowledged_at: int | None
    acknowledged_by: str | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """An authority of the verified directory."""

    entry_id: str
    name: str
    state: str | None
    kind: str
    networks: tuple[str, ...]
    secretariat_of: tuple[str, ...]
    languages: tuple[str, ...]
    enrolled: bool
    devices: int


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device of the own office.

    Attributes:
        role: what its officer may do, such as ``case-officer``.
        days_left: whole days of its term; 0 where it has none left.
        renewed: whether its term was prolonged.
        handed_over_to: the device that has taken its work over, where its officer left.
        log_index: where in the log its entry stands.
    """

    device_id: str
    officer: str
    in_service: bool
    revoked_at: int | None
    not_after: int
    this_device: bool
    role: str
    days_left: int
    renewed: bool
    handed_over_to: str | None
    log_index: int


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """What a new device hands to the one with the office key, and the code both screens must show."""

    text: str
    confirmation_code: str


class RoomState(StrEnum):
    """How a case stands at this device.

    ``CUT_OFF`` where somebody has changed it in a way that cannot be followed, ``CLOSED`` where nobody can
    say anything in it any more, ``LEFT`` where this device was removed. Such a case can be founded again.
    """

    PLANNED = "planned"
    OPEN = "open"
    CUT_OFF = "cut off"
    CLOSED = "closed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class RoomView:
    """A case, consultation, network or the office's own room.

    Attributes:
        kind: ``consultation``, ``request``, ``network`` or ``office``.
        references: each office's own reference, by entry id; both are searchable.
        state: ``planned`` until the relay has the room, then ``open``, unless it has ended here.
        handed_back_by: who has handed messages of it back to this office after it had enrolled anew.
        hearsay: the offices whose references were handed over, and stand in no message received here.
    """

    room_id: str
    kind: str
    subject: str
    network: str | None
    offices: tuple[str, ...]
    references: dict[str, str]
    state: RoomState
    messages: int
    unread: int
    last_at_ms: int | None
    handed_back_by: tuple[str, ...] = ()
    hearsay: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file that came or goes with a message; ``sha256`` is of the plaintext, where the sender stated it."""

    index: int
    filename: str
    size: int
    media_type: str
    role: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class VoucherView:
    """An office that has handed a message back to this one, which did not receive it itself.

    Attributes:
        device_id, at_ms: which device has sent it and when the relay accepted it, as this office says.
        agrees: whether that is what is shown; where it is not, one of those who vouch is wrong.
    """

    office: str
    device_id: str
    at_ms: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message of a timeline.

    Attributes:
        kind: ``opening``, ``text``, ``notice``, ``request``, ``acknowledgement``, ``return`` or ``event``.
        state: of an own message ``queued`` or ``relayed``; of another's ``new`` or ``read``; of either
            ``handed back`` where this office has it from others.
        formal: whether it is provable to third parties, with signed receipts.
        vouched_by: from whom; empty for what this office has sent or received itself.
        by_carrier: whether it came in a file, ``at_ms``, and the relay has not confirmed it.
        written_at_ms: of such a message, when it was written, as its sender claims.
    """

    message_id: str
    room_id: str
    sender: str
    officer: str
    device_id: str
    at_ms: int
    kind: str
    subject: str | None
    text: str
    reference: str | None
    details: dict[str, str]
    attachments: tuple[AttachmentView, ...]
    in_reply_to: str | None
    own: bool
    formal: bool
    state: str
    vouched_by: tuple[VoucherView, ...] = ()
    by_carrier: bool = False
    written_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """Evidence of one event on one message; only verified evidence is ever shown.

    Attributes:
        stage: ``relayed``, ``delivered``, ``opened`` or ``acknowledged``.
        evidence: the EN 319 522-1 event name, or the kind of unsigned report.
        signed: False for the status reports of informal rooms, which prove nothing to third parties.
    """

    stage: str
    evidence: str
    authority: str
    officer: str | None
    device_id: str | None
    at_ms: int
    own_reference: str | None
    signed: bool


@dataclass(frozen=True, slots=True)
class OutboxView:
    """Something that waits to be sent.

    Attributes:
        state: ``waiting``, ``uploading``, ``sealed`` or ``failed``.
        since_ms: when it was said, Unix milliseconds; None for what the device says by itself.
        why: why it waits, and what would help.
        carried_at: when it was last written to a file for a carrier, Unix seconds.
    """

    room_id: str
    message_id: str
    kind: str
    subject: str
    state: str
    uploaded_bytes: int
    total_bytes: int
    failure: str | None
    since_ms: int | None
    why: str
    carried_at: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What has happened: a message, receipt, room, sent, membership, warning or alarm."""

    kind: str
    room_id: str | None
    message_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one synchronisation did."""

    received: int
    sent: int
    waiting: int
    warnings: tuple[str, ...]


def as_dict(value: object) -> object:
    """Return a value of this module as what JSON can say."""
    if is_dataclass(value) and not isinstance(value, type):
        return {member.name: as_dict(getattr(value, member.name)) for member in fields(value)}
    if isinstance(value, dict):
        return {str(key): as_dict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_dict(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    return value.value if isinstance(value, Enum) else value
