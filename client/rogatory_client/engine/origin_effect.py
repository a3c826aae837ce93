"""What a step asks the vault to write about the drafts that requests come from."""

from dataclasses import dataclass

from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId


@dataclass(frozen=True, slots=True)
class SaveOrigin:
    """A request names the draft that it was made from, in a form that tells nothing else of it."""

    message_id: MessageId
    group_id: GroupId
    office: EntryId
    origin: bytes
