"""Why something in the outbox is not with the relay yet, in a sentence, and what would help."""

from rogatory_client.engine.room import Room
from rogatory_client.office.desk import Desk
from rogatory_client.vault.outgoing import Waiting


def why_it_waits(desk: Desk, each: Waiting, *, uploading: bool) -> str:
    """Return why a parcel waits.

    Args:
        desk: the office.
        each: the parcel.
        uploading: whether files of it are not at the relay yet.
    """
    if each.failure is not None:
        return each.failure
    room = desk.rooms[each.parcel.group_id]
    held_up = _by_the_room(desk, room)
    if held_up is not None:
        return held_up
    if uploading:
        return "its files go first; `rogatory sync` goes on with them"
    if each.parcel.payload is not None:
        return "it is sealed, and the relay has not confirmed it yet; `rogatory sync` asks"
    return "it goes out with the next `rogatory sync`"


def _by_the_room(desk: Desk, room: Room) -> str | None:
    if room.was_left:
        return "this device was removed from the case: `rogatory case refound` goes on in a new one"
    if desk.oneself.device_id in room.lost:
        return "this device could not follow a change of the case: another member must take it in again"
    if room.is_planned:
        uncalled = sorted(desk.unaccepted.intersection(room.offices))
        if uncalled:
            return f"{uncalled[0]} has enrolled anew: call it, then `rogatory office accept {uncalled[0]}`"
        return "the case is made with the next `rogatory sync`, once its addressees' devices have given keys"
    if room.is_behind:
        return "a change of the case has to be read first; `rogatory sync` fetches it"
    return None
