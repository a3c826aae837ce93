"""What a step asks the vault to write about how messages arrive: to whom, not at all, or once more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.non_delivery import NonDelivery
from rogatory_crypto.wire.identifier import DeviceId, GroupId, Sequence


@dataclass(frozen=True, slots=True)
class SaveAddressees:
    """Write which devices could open a message when it was sealed; ignored where people do not read it."""

    message_id: MessageId
    devices: tuple[DeviceId, ...]


@dataclass(frozen=True, slots=True)
class KeptNonDelivery:
    """A statement of non-delivery whose signature holds, and its bytes as they were signed."""

    stated: NonDelivery
    signed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaveNonDelivery:
    """Keep a statement; the first about a message, a recipient and an event from a device stays."""

    kept: KeptNonDelivery


@dataclass(frozen=True, slots=True)
class AnswerNonDelivery:
    """What this device can prove against the statements about a message has been said again."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row of a room that this device could not open.

    Attributes:
        at_ms: when the relay took it in, Unix milliseconds.
        code: of the error.
        noted_at: Unix seconds, as are the others.
        reported_at: when the room was told; None before.
        reports: how often it was.
    """

    group_id: GroupId
    sequence: Sequence
    at_ms: int
    code: str
    noted_at: int
    reported_at: int | None = None
    reports: int = 0


UnreadableRows: TypeAlias = Mapping[tuple[GroupId, Sequence], Unreadable]


@dataclass(frozen=True, slots=True)
class NoteUnreadable:
    """Remember a row that could not be opened."""

    row: Unreadable


@dataclass(frozen=True, slots=True)
class MarkReported:
    """The room was told of these rows."""

    group_id: GroupId
    sequences: tuple[Sequence, ...]
    at: int


@dataclass(frozen=True, slots=True)
class NoteSaidAgain:
    """What stood in a row was said once more, as this message; the relay took that in ``at_ms``."""

    group_id: GroupId
    sequence: Sequence
    message_id: MessageId
    at_ms: int


@dataclass(frozen=True, slots=True)
class ResendRequest:
    """A device of the room could not open a row; ``again`` where it has said so before."""

    group_id: GroupId
    sequence: Sequence
    device_id: DeviceId
    again: bool
    at: int


@dataclass(frozen=True, slots=True)
class SaveResendRequest:
    """Remember who could not open what, until it is dealt with."""

    request: ResendRequest


@dataclass(frozen=True, slots=True)
class SettleResendRequest:
    """It was dealt with: ``resent`` is the message that was said once more, None where none was."""

    request: ResendRequest
    resent: MessageId | None
