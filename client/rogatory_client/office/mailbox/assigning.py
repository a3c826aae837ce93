"""Who works on a case: said to the office's own devices, and read from all that was said."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

from rogatory_client.casework.mailbox.assigning import NOBODY, Assignment, Said, assignment_of
from rogatory_client.engine.room import Room
from rogatory_client.office.at_home import said_at_home, say_at_home
from rogatory_client.office.cases.record import CASES
from rogatory_client.office.company.circles import current_circle
from rogatory_client.office.desk import Desk
from rogatory_client.office.mailbox.standing_in import standing_in_today
from rogatory_client.office.mailbox.view import AssignedView, AssignmentView
from rogatory_client.office.officers import case_workers, every_officer, officers_in_service
from rogatory_crypto.content.office_work import CaseAssigned
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.statement import officer_told_apart
from rogatory_crypto.wire.identifier import GroupId

Refusal: TypeAlias = Callable[[GroupId, str], str | None]


def refusals(desk: Desk) -> Refusal:
    """Return what tells why an officer may not work on a case, or None where he may.

    Every device of the office judges each assignment by this, and the sender before it says anything.
    """
    known, working = every_officer(desk), case_workers(desk)

    def refusal(case: GroupId, officer: str) -> str | None:
        if officer not in known:
            return f"{officer} is no officer of this office"
        if officer not in working:
            return f"{officer} has no part in the work on cases"
        circle = circle_in(desk, case)
        if circle and officer_told_apart(officer) not in map(officer_told_apart, circle):
            return f"the case is limited to {', '.join(circle)}"
        return None

    return refusal


def assignment_in(desk: Desk, case: GroupId) -> Assignment:
    """Return who works on a case."""
    return _assignment(case, said_at_home(desk, CaseAssigned, case), refusals(desk))


def assignments(desk: Desk, among: Collection[GroupId] | None = None) -> dict[GroupId, Assignment]:
    """Return who works on each case of which anything was said, or on those among some."""
    by_case: dict[GroupId, list[Said[CaseAssigned]]] = {}
    for each in said_at_home(desk, CaseAssigned, among=among):
        by_case.setdefault(each.event.case, []).append(each)
    refusal = refusals(desk)
    return {case: _assignment(case, said, refusal) for case, said in by_case.items()}


def _assignment(case: GroupId, said: Iterable[Said[CaseAssigned]], refusal: Refusal) -> Assignment:
    return assignment_of(said, lambda officer: refusal(case, officer))


def assign(desk: Desk, room: Room, officer: str | None, reasons: str) -> AssignmentView:
    """Assign a case to an officer, or to nobody.

    Raises:
        MisuseError: the room is no case, or the officer may not work on it.
    """
    require_case(room)
    require_may_work(desk, room.group_id, officer)
    now = assignment_in(desk, room.group_id)
    say_at_home(desk, CaseAssigned(room.group_id, officer, now.heads, reasons))
    return assignment_view(desk, room.group_id)


def require_may_work(desk: Desk, case: GroupId, officer: str | None) -> None:
    """Refuse to assign a case to somebody who may not work on it.

    Raises:
        MisuseError: says why.
    """
    reason = None if officer is None else refusals(desk)(case, officer)
    if reason is not None:
        raise MisuseError(f"the case cannot be assigned so: {reason}")


def circle_in(desk: Desk, case: GroupId) -> tuple[str, ...]:
    """Return the officers to whom a case is limited, as far as this device knows; none where it is not."""
    room = desk.rooms.get(case)
    if room is None or case not in desk.companies:
        return ()
    return current_circle(desk, room).officers


def require_case(room: Room) -> None:
    """Refuse what is no case.

    Raises:
        MisuseError: it is none.
    """
    if room.kind not in CASES:
        raise MisuseError("this is no case: only consultations and requests are assigned and noted on")


def assignment_view(desk: Desk, case: GroupId) -> AssignmentView:
    """Return who works on a case, as it is shown."""
    said = said_at_home(desk, CaseAssigned, case)
    return shown_assignment(desk, case, _assignment(case, said, refusals(desk)) if said else NOBODY, said)


def shown_assignment(
    desk: Desk, case: GroupId, assignment: Assignment, said: Iterable[Said[CaseAssigned]] = ()
) -> AssignmentView:
    """Return an assignment as it is shown, with what was said of it."""
    serving, standing_in = officers_in_service(desk), standing_in_today(desk)
    refused = {each.said.message_id: each.reason for each in assignment.refused}
    return AssignmentView(
        room_id=case.hex(),
        officers=assignment.officers,
        in_conflict=assignment.in_conflict,
        gone=tuple(each for each in assignment.officers if each not in serving),
        deputies={each: standing_in[each] for each in assignment.officers if each in standing_in},
        history=tuple(_assigned(each, refused.get(each.message_id, "")) for each in said),
    )


def _assigned(said: Said[CaseAssigned], refused: str) -> AssignedView:
    name = said.message_id.hex()
    return AssignedView(name, said.at_ms, said.officer, said.event.officer, said.event.reasons, refused)
