"""What a step asks the vault to write about who is in a case."""

from dataclasses import dataclass

from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import GroupId


@dataclass(frozen=True, slots=True)
class SaveCompany:
    """Keep what a message said about who is in a case; ``event`` is encoded as it was said."""

    message_id: MessageId
    group_id: GroupId
    event: bytes
