"""What a step asks the vault to erase for good."""

from dataclasses import dataclass

from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.office_work import DraftId
from rogatory_crypto.wire.identifier import GroupId


@dataclass(frozen=True, slots=True)
class PurgeCase:
    """Erase a case that two officers have ordered to be purged; what is gone already stays gone.

    Attributes:
        messages: of the room, those that were ordered, and no later ones.
        at_home: messages of the office's own rooms that hold something of the case.
        drafts: with all their revisions.
    """

    group_id: GroupId
    messages: tuple[MessageId, ...]
    at_home: tuple[MessageId, ...]
    drafts: tuple[DraftId, ...]
