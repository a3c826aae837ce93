"""What a step asks the vault to write about offices that have enrolled anew, and about what they lost."""

from dataclasses import dataclass, field

from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId


@dataclass(frozen=True, slots=True)
class NoteChangedPartner:
    """An office in rooms of ours has enrolled anew, as noticed ``at`` (Unix seconds).

    What was accepted of it and consented to before counts no more.
    """

    entry_id: EntryId
    at: int


@dataclass(frozen=True, slots=True)
class AcceptPartner:
    """An officer of ours has called the office and accepts its new keys."""

    entry_id: EntryId
    at: int
    officer: str


@dataclass(frozen=True, slots=True)
class Return:
    """An officer's consent to let an office that has enrolled anew back into a case.

    Attributes:
        group_id: the room of the case.
        at: when, Unix seconds.
        officer: who consented.
        with_history: whether it is handed what was said before.
        after_sequence: the row of our commit that added it, which has to be read first; None where it has
            not, or somebody else has added it.
        handed: whether what it is handed is in the outbox.
    """

    group_id: GroupId
    entry_id: EntryId
    at: int
    officer: str
    with_history: bool
    after_sequence: int | None = None
    handed: bool = False


@dataclass(frozen=True, slots=True)
class SaveReturn:
    """Write a consent; it takes the place of a former one about the same office and case."""

    consent: Return


@dataclass(frozen=True, slots=True)
class AwaitRow:
    """We have added the office that comes back, by this row: what came before it is its history."""

    group_id: GroupId
    entry_id: EntryId
    sequence: int


@dataclass(frozen=True, slots=True)
class HeldHistory:
    """A history handed back, until this device is in the room of its case.

    Attributes:
        number: gives the order; 0 until the vault has chosen it.
        group_id: the room of the case.
        came_in: the room it came in.
        partner: who hands it back, and vouches for it.
        held_at: Unix seconds.
        passes_on: whether this device hands it on to devices of the own office that were not there.
        event: the encoded ``HistoryReturned``.
    """

    number: int
    group_id: GroupId
    came_in: GroupId
    partner: EntryId
    held_at: int
    passes_on: bool
    event: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WaitingHistory:
    """What is known of a held history without reading it; ``size`` is in bytes, ``held_at`` Unix seconds."""

    group_id: GroupId
    partner: EntryId
    held_at: int
    size: int


@dataclass(frozen=True, slots=True)
class HoldHistory:
    """Keep a history that was handed back."""

    held: HeldHistory


@dataclass(frozen=True, slots=True)
class DropHistory:
    """It was taken in, or refused."""

    number: int


@dataclass(frozen=True, slots=True)
class Voucher:
    """An office that has handed a message back, and what it says of it besides the message's own bytes.

    Attributes:
        entry_id: who vouches.
        sender: credential of the device that is said to have sent it.
        at_ms: when the relay is said to have accepted it.
    """

    message_id: MessageId
    group_id: GroupId
    entry_id: EntryId
    sender: bytes
    at_ms: int


@dataclass(frozen=True, slots=True)
class SaveVoucher:
    """Keep who vouches for a message; the first word of each office stays."""

    voucher: Voucher
