"""Where an office speaks of a case among its own devices: in its own room, or in one for those in the case.

The office's own room is read by all of its devices. So what belongs to a case that is limited, or in which a
liaison sits, who is not in that room, goes by a room of the devices that are in the case.
"""

from rogatory_client.engine.effect import Outcome, SaveRoom
from rogatory_client.engine.room import Room
from rogatory_client.engine.seating import is_limited, own_leaves
from rogatory_client.office.desk import Desk
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import GroupId

_GROUP_ID_BYTES = 32
_OF_A_CASE = frozenset({None, CaseKind.CONSULTATION, CaseKind.REQUEST})


def room_among_us(desk: Desk, case: Room) -> Room | None:
    """Return the room in which this office speaks of a case, planned where it has to be made."""
    if case.kind is CaseKind.CIRCLE:
        return case
    if not needs_circle_room(desk, case):
        return desk.office_room
    found = circle_room(desk, case.group_id)
    if found is None:
        context = desk.context()
        group_id = GroupId(context.random(_GROUP_ID_BYTES))
        subject, own = case.group_id.hex(), context.oneself.entry_id
        found = Room(group_id, CaseKind.CIRCLE, subject, offices=(own,))
        desk.carry_out(Outcome((found,), (SaveRoom(found),)))
    return found


def circle_room(desk: Desk, case: GroupId) -> Room | None:
    """Return the room of the own devices that are in a case, if there is one."""
    wanted = case.hex()
    found = (
        room
        for room in desk.rooms.values()
        if room.kind is CaseKind.CIRCLE and room.subject == wanted and not room.was_left
    )
    return min(found, key=lambda room: room.group_id, default=None)


def needs_circle_room(desk: Desk, case: Room) -> bool:
    """Tell whether the office's own room is no place to speak of a case."""
    if case.kind not in _OF_A_CASE:
        return False
    context = desk.context()
    if is_limited(case.group_id, context):
        return True
    leaves = own_leaves(case, context) if _has_liaison(desk) else frozenset()
    return any(desk.registry.devices[each].entry.role is Role.LIAISON for each in leaves)


def _has_liaison(desk: Desk) -> bool:
    own = desk.registry.devices_of(desk.oneself.entry_id, desk.surroundings.now())
    return any(each.entry.role is Role.LIAISON for each in own)
