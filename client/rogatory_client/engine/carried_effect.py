"""What a step asks the vault to write about messages that came or went by carrier, past the relay."""

from dataclasses import dataclass
from typing import Final

from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import DeviceId, GroupId, Sequence, SubmissionId

FROM_CARRIER: Final = -3
"""The sequence of a message that the relay has not shown yet."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A message that came by carrier.

    Attributes:
        payload_sha256: of its ciphertext, by which the relay's row is known.
        device_id: that sent it.
        written_at_ms: when it was written, as its sender claims.
        came_at: when this device took it in, Unix seconds.
    """

    payload_sha256: bytes
    group_id: GroupId
    message_id: MessageId
    device_id: DeviceId
    written_at_ms: int
    came_at: int


@dataclass(frozen=True, slots=True)
class SaveCarried:
    """Remember that a message came by carrier, until the relay shows it, and that it did so ever after."""

    carried: Carried


@dataclass(frozen=True, slots=True)
class ConfirmCarried:
    """The relay has shown the message: it gets the place and the time that count."""

    payload_sha256: bytes
    message_id: MessageId
    sequence: Sequence
    at_ms: int


@dataclass(frozen=True, slots=True)
class NoteCarriedOut:
    """These ciphertexts were written to a file, ``at`` Unix seconds."""

    submission_ids: tuple[SubmissionId, ...]
    at: int
