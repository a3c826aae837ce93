"""What a step asks the vault to write of the office's own room."""

from dataclasses import dataclass, field

from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId


@dataclass(frozen=True, slots=True)
class SaveOfficeWork:
    """Keep an event of the office's own room; the same one stays as it is.

    Attributes:
        number: of the event.
        subject: what it is about; see ``office_work.subject_of``.
        event: encoded.
    """

    message_id: MessageId
    number: int
    subject: bytes
    event: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """Keep a request until a second officer has released it.

    Attributes:
        asked: the message that put it up.
        group_id: the room that it goes to.
        content: the message, encoded.
        opening: the message that opens the room, encoded; None where the room is there.
        offices: of a room that is still to be made.
        subject: of the case.
        draft_id: the draft that it was made from, if there is one.
    """

    asked: MessageId
    group_id: GroupId
    content: bytes = field(repr=False)
    opening: bytes | None = field(repr=False)
    offices: tuple[EntryId, ...]
    subject: str
    draft_id: bytes | None


@dataclass(frozen=True, slots=True)
class LetRequestGo:
    """A request is held no more: it is in the outbox, or it stays here and its files, too."""

    asked: MessageId
    message_id: MessageId
    leaves: bool
