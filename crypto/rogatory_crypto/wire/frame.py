"""Frames of the live feed: one CBOR array in each binary WebSocket message, its first item the frame's type.

A device submits ciphertexts and reports how far it has read; the relay acknowledges what is durable and
delivers rows. A group has one log. Every device in the group's roster has one position in it; the rows after
that position are delivered in order, its own included. A Welcome is a row of the same log that only the
devices added with it receive.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias, TypeVar

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import identifier, limits
from rogatory_crypto.wire.identifier import DeviceId, Epoch, GroupId, RowKind, Sequence, SubmissionId
from rogatory_crypto.wire.postmark import Postmark
from rogatory_crypto.wire.structure import Structure

PROTOCOL_VERSION: Final = 1


def read_application_kind(value: object) -> RowKind:
    """Read the kind of a submission that changes no epoch."""
    kind = cbor.unsigned(value, maximum=RowKind.PROPOSAL)
    return RowKind(kind)


def read_kind(value: object) -> RowKind:
    """Read the kind of a row."""
    return RowKind(cbor.unsigned(value, maximum=max(RowKind)))


def read_code(value: object) -> Code:
    """Read an error code; an unknown one from a newer relay counts as internal."""
    text = cbor.text(value, maximum=64)
    try:
        return Code(text)
    except ValueError:
        return Code.INTERNAL


def _read_application(value: object) -> bytes:
    return cbor.byte_string(value, maximum=limits.MAX_APPLICATION_BYTES)


def _read_handshake(value: object) -> bytes:
    return cbor.byte_string(value, maximum=limits.MAX_HANDSHAKE_BYTES)


def _read_devices(value: object) -> tuple[DeviceId, ...]:
    return cbor.array_of(value, identifier.read_device_id, maximum=limits.MAX_ROSTER_CHANGE)


@dataclass(frozen=True, slots=True)
class Submit(Structure):
    """An application message or proposal for a group, made in ``epoch``."""

    submission_id: SubmissionId
    group_id: GroupId
    epoch: Epoch
    kind: RowKind
    payload: bytes
    TYPE: ClassVar = 1
    READERS: ClassVar = (
        identifier.read_submission_id,
        identifier.read_group_id,
        identifier.read_epoch,
        read_application_kind,
        _read_application,
    )


@dataclass(frozen=True, slots=True)
class SubmitCommit(Structure):
    """A commit that ends ``epoch``, with the change of roster it makes and the Welcome for those it adds.

    The relay accepts one commit for each (group, epoch). A commit for epoch 0 of a group it does not know
    creates the group with the sender as first member.
    """

    submission_id: SubmissionId
    group_id: GroupId
    epoch: Epoch
    payload: bytes
    added: tuple[DeviceId, ...]
    removed: tuple[DeviceId, ...]
    welcome: bytes | None
    TYPE: ClassVar = 2
    READERS: ClassVar = (
        identifier.read_submission_id,
        identifier.read_group_id,
        identifier.read_epoch,
        _read_handshake,
        _read_devices,
        _read_devices,
        lambda value: cbor.optional(value, _read_handshake),
    )


@dataclass(frozen=True, slots=True)
class Position(Structure):
    """All rows of a group up to and including ``sequence`` are safely in the device's vault."""

    group_id: GroupId
    sequence: Sequence
    READERS: ClassVar = (identifier.read_group_id, identifier.read_sequence)


@dataclass(frozen=True, slots=True)
class Read(Structure):
    """How far a device has read; moves its positions forward and lets the relay send more."""

    positions: tuple[Position, ...]
    TYPE: ClassVar = 3
    READERS: ClassVar = (
        lambda value: cbor.array_of(value, Position.from_plain, maximum=limits.MAX_POSITIONS_PER_FRAME),
    )


@dataclass(frozen=True, slots=True)
class Ready(Structure):
    """First frame from the relay: its clock, and how many rows may be under way unread."""

    version: int
    now_ms: int
    window_rows: int
    TYPE: ClassVar = 16
    READERS: ClassVar = (
        lambda value: cbor.unsigned(value, maximum=255),
        identifier.read_time,
        lambda value: cbor.unsigned(value, maximum=1 << 20),
    )


@dataclass(frozen=True, slots=True)
class Acceptance(Structure):
    """One submission is durable at ``sequence``; the postmark proves when."""

    submission_id: SubmissionId
    group_id: GroupId
    sequence: Sequence
    postmark: Postmark
    READERS: ClassVar = (
        identifier.read_submission_id,
        identifier.read_group_id,
        identifier.read_sequence,
        Postmark.from_plain,
    )


@dataclass(frozen=True, slots=True)
class Accepted(Structure):
    """Submissions that are now durable."""

    results: tuple[Acceptance, ...]
    TYPE: ClassVar = 17
    READERS: ClassVar = (
        lambda value: cbor.array_of(value, Acceptance.from_plain, maximum=limits.MAX_RESULTS_PER_FRAME),
    )


@dataclass(frozen=True, slots=True)
class Refused(Structure):
    """A submission was not stored. ``epoch`` is the group's current one where that is the reason."""

    submission_id: SubmissionId
    code: Code
    epoch: Epoch | None
    TYPE: ClassVar = 18
    READERS: ClassVar = (
        identifier.read_submission_id,
        read_code,
        lambda value: cbor.optional(value, identifier.read_epoch),
    )


@dataclass(frozen=True, slots=True)
class Row(Structure):
    """One row of a group's log; ``accepted_at_ms`` is the relay's clock and evidence of nothing."""

    sequence: Sequence
    accepted_at_ms: int
    kind: RowKind
    payload: bytes
    READERS: ClassVar = (identifier.read_sequence, identifier.read_time, read_kind, _read_handshake)


@dataclass(frozen=True, slots=True)
class Deliver(Structure):
    """Rows of one group in ascending order; sequences may skip what is not for this device."""

    group_id: GroupId
    rows: tuple[Row, ...]
    TYPE: ClassVar = 19
    READERS: ClassVar = (
        identifier.read_group_id,
        lambda value: cbor.array_of(value, Row.from_plain, maximum=limits.MAX_ROWS_PER_DELIVERY),
    )


@dataclass(frozen=True, slots=True)
class CaughtUp(Structure):
    """Everything stored when the connection opened has been delivered and read."""

    TYPE: ClassVar = 20
    READERS: ClassVar = ()


@dataclass(frozen=True, slots=True)
class LogGrew(Structure):
    """The published log now has ``size`` entries."""

    size: int
    TYPE: ClassVar = 21
    READERS: ClassVar = (identifier.read_sequence,)


@dataclass(frozen=True, slots=True)
class Closing(Structure):
    """The relay is about to close the connection, and why."""

    code: Code
    TYPE: ClassVar = 22
    READERS: ClassVar = (read_code,)


ClientFrame: TypeAlias = Submit | SubmitCommit | Read
RelayFrame: TypeAlias = Ready | Accepted | Refused | Deliver | CaughtUp | LogGrew | Closing

_CLIENT_FRAMES: Final[dict[int, type[ClientFrame]]] = {
    frame.TYPE: frame for frame in (Submit, SubmitCommit, Read)
}
_RELAY_FRAMES: Final[dict[int, type[RelayFrame]]] = {
    frame.TYPE: frame for frame in (Ready, Accepted, Refused, Deliver, CaughtUp, LogGrew, Closing)
}


def encode_frame(frame: ClientFrame | RelayFrame) -> bytes:
    """Return the bytes of one WebSocket message."""
    return cbor.encode([frame.TYPE, *frame.plain()])


def decode_client_frame(data: bytes) -> ClientFrame:
    """Read a frame a device sent.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, or UNSUPPORTED for a frame type this side does not know.
    """
    return _decode(data, _CLIENT_FRAMES)


def decode_relay_frame(data: bytes) -> RelayFrame:
    """Read a frame the relay sent.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, or UNSUPPORTED for a frame type this side does not know.
    """
    return _decode(data, _RELAY_FRAMES)


_Frame = TypeVar("_Frame", bound=Structure)


def _decode(data: bytes, known: dict[int, type[_Frame]]) -> _Frame:
    value = cbor.decode(data, limit=limits.MAX_FRAME_BYTES)
    if not isinstance(value, list) or not value:
        raise PeerError(Code.MALFORMED, "a frame is an array that begins with its type")
    frame = known.get(cbor.unsigned(value[0], maximum=255))
    if frame is None:
        raise PeerError(Code.UNSUPPORTED, "unknown frame type")
    return frame.from_plain(value[1:])
