"""What a step asks the vault to write of the office's own room."""

from dataclasses import dataclass, field

from rogatory_crypto.content.mimi import MessageId


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
