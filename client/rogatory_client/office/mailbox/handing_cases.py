"""A case load that goes from one officer to another, whole or not at all."""

from collections.abc import Sequence
from typing import Final

from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.room import Room
from rogatory_client.office.at_home import home_room, written_at_home
from rogatory_client.office.cases.digesting import digests
from rogatory_client.office.cases.record import CASES
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.correspondence import begin_draft
from rogatory_client.office.desk import Desk
from rogatory_client.office.mailbox.assigning import Refusal, assignments, refusals, require_case
from rogatory_client.office.mailbox.view import HandedOverView
from rogatory_client.office.officers import former_officer_named, officer_named
from rogatory_crypto.casework import State
from rogatory_crypto.content.office_work import CaseAssigned
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import GroupId

# As many as fit into one message with the longest reasons, each with all that it builds upon.
_AT_ONCE: Final = 100
_MAX_REASONS: Final = 1_000


def load_of(desk: Desk, officer: str) -> tuple[Room, ...]:
    """Return the open cases that an officer works on, as this device sees them."""
    found = (desk.rooms.get(case) for case, each in assignments(desk).items() if officer in each.officers)
    shown = (room for room in found if room is not None and room.kind in CASES and not room.was_left)
    hidden = hidden_rooms(desk)
    rooms = [room for room in shown if room.group_id not in hidden]
    now, known = desk.surroundings.now(), digests(desk, rooms)
    return tuple(room for room in rooms if known[room.group_id].stand_at(now).state != State.CLOSED.value)


def hand_over_cases(desk: Desk, leaver: str, successor: str, reasons: str) -> HandedOverView:
    """Assign all open cases of one officer to another, in one transaction.

    Raises:
        MisuseError: no such officers, or the successor may not work on one of the cases; then none went.
    """
    given, taking = former_officer_named(desk, leaver), officer_named(desk, successor)
    if given == taking:
        raise MisuseError("name two officers")
    if len(reasons) > _MAX_REASONS:
        raise MisuseError(f"give the reasons in {_MAX_REASONS} characters")
    rooms = load_of(desk, given)
    _require_all(rooms, taking, refusals(desk))
    if rooms:
        desk.carry_out(merge_outcomes(_handing(desk, rooms, taking, reasons or f"Handed over by {given}.")))
    return HandedOverView(given, taking, tuple(room.group_id.hex() for room in rooms))


def _require_all(rooms: Sequence[Room], officer: str, refusal: Refusal) -> None:
    for room in rooms:
        require_case(room)
        reason = refusal(room.group_id, officer)
        if reason is not None:
            raise MisuseError(f"nothing was handed over, as of case {room.group_id.hex()[:12]}: {reason}")


def _handing(desk: Desk, rooms: Sequence[Room], officer: str, reasons: str) -> list[Outcome]:
    """Return the messages that say so, in each room of the office in which these cases are spoken of."""
    now, by_room = assignments(desk), dict[GroupId, list[CaseAssigned]]()
    places: dict[GroupId, Room] = {}
    for case in (room.group_id for room in rooms):
        place = home_room(desk, case)
        places.setdefault(place.group_id, place)
        by_room.setdefault(place.group_id, []).append(CaseAssigned(case, officer, now[case].heads, reasons))
    outcomes: list[Outcome] = []
    for group_id, said in by_room.items():
        for first in range(0, len(said), _AT_ONCE):
            draft = begin_draft(group_id, desk.context())
            _, outcome = written_at_home(places[group_id], draft, said[first : first + _AT_ONCE])
            outcomes.append(outcome)
    return outcomes
