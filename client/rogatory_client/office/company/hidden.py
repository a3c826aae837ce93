"""What this device holds and shows nobody: cases that its office has limited to other officers since."""

from rogatory_client.engine.seating import is_shut_out
from rogatory_client.office.desk import Desk
from rogatory_crypto.wire.identifier import GroupId


def hidden_rooms(desk: Desk) -> frozenset[GroupId]:
    """Return these cases; they stand in no list, no search and no register of this device."""
    if not desk.companies or not desk.is_enrolled:
        return frozenset()
    context = desk.context()
    return frozenset(group_id for group_id in desk.companies if is_shut_out(group_id, context))
