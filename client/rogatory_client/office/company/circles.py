"""A case for some officers of the own office only: to whom it is limited, and that nothing of it shows else.

The head is in a circle only where the office names the head. Who limits a case names himself, too: so there
is always a device that can carry it out, and nobody is shut out by who does not see the case.
"""

from collections.abc import Sequence

from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import message_view
from rogatory_client.office.view import MessageView
from rogatory_crypto.casework.company import Circle, circle_of
from rogatory_crypto.content.case_company import CircleSet
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseEvent, event_part
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import Disposition, MultiPart, NestedPart, PartSemantics
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.statement import officer_told_apart
from rogatory_crypto.wire.identifier import EntryId

CASES = frozenset({CaseKind.CONSULTATION, CaseKind.REQUEST})


def limited(desk: Desk, opening: CaseEvent, officers: Sequence[str]) -> NestedPart:
    """Return the opening of a case, with the circle it is for from the beginning."""
    if not officers:
        return event_part(opening)
    circle = event_part(_chosen(desk, officers, None))
    return MultiPart(Disposition.UNSPECIFIED, "", PartSemantics.PROCESS_ALL, (event_part(opening), circle))


def restrict(desk: Desk, name: str, officers: Sequence[str]) -> MessageView:
    """Limit a case to officers of the own office.

    Raises:
        MisuseError: none is named, one has no device, the own function is missing, or it is limited so.
    """
    room = _case(desk, name)
    current = current_circle(desk, room)
    chosen = _chosen(desk, officers, current.head)
    if _compared(chosen.officers) == _compared(current.officers):
        raise MisuseError("the case is limited to these officers already")
    return _say(desk, room, chosen)


def unrestrict(desk: Desk, name: str) -> MessageView:
    """Open a case to all devices of the own office again.

    Raises:
        MisuseError: it is not limited.
    """
    room = _case(desk, name)
    current = current_circle(desk, room)
    if not current.officers:
        raise MisuseError("the case is not limited to anybody")
    return _say(desk, room, CircleSet((), current.head))


def current_circle(desk: Desk, room: Room, office: EntryId | None = None) -> Circle:
    """Return an office's circle, the own one if none is named, with what waits to be sent."""
    words = desk.companies.get(room.group_id, ())
    return circle_of(words, office or desk.oneself.entry_id, desk.registry, with_queued=True)


def _case(desk: Desk, name: str) -> Room:
    room = reading.open_room(desk, name)
    if room.kind not in CASES:
        raise MisuseError("only a case is limited to officers")
    return room


def _chosen(desk: Desk, officers: Sequence[str], follows: MessageId | None) -> CircleSet:
    functions = functions_of(desk)
    wanted = {officer_told_apart(each.strip()): each for each in officers}
    if unknown := [each for name, each in wanted.items() if name not in functions]:
        known = ", ".join(sorted(functions.values()))
        raise MisuseError(f"no device of this office is of {', '.join(unknown)}: there are {known}")
    if not wanted or officer_told_apart(desk.oneself.officer) not in wanted:
        raise MisuseError(
            f"name yourself ({desk.oneself.officer}), too: who limits a case is in it, and another officer "
            "of it takes you out"
        )
    return CircleSet(tuple(sorted(functions[name] for name in wanted)), follows)


def functions_of(desk: Desk) -> dict[str, str]:
    """Return the functions of the own officers who have a device in service, by how they are compared."""
    own = desk.registry.devices_of(desk.oneself.entry_id, desk.surroundings.now())
    return {each.entry.who: each.entry.officer for each in own}


def _compared(officers: Sequence[str]) -> frozenset[str]:
    return frozenset(map(officer_told_apart, officers))


def _say(desk: Desk, room: Room, event: CaseEvent) -> MessageView:
    message, outcome = post(room, begin_draft(room.group_id, desk.context()), (event_part(event),))
    desk.carry_out(merge_outcomes((outcome,)))
    return message_view(reading.stored_message(desk, message.message_id.hex()))
