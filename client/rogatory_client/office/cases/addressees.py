"""For whom a request in a room is, and who may submit or acknowledge one."""

from rogatory_client.engine.room import Room
from rogatory_client.engine.seating import standings_in
from rogatory_client.office.cases.record import CASES, timeline_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in
from rogatory_crypto.casework import Side, State
from rogatory_crypto.casework.change import submitted_in
from rogatory_crypto.content.case_company import Standing
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId


def addressees_of(desk: Desk, room: Room) -> tuple[EntryId, ...]:
    """Return the offices that a request in a room is for: all others but guests."""
    words = desk.companies.get(room.group_id, ())
    standings = standings_in(room, words)
    own = desk.oneself.entry_id
    return tuple(
        each for each in offices_in(room, desk) if each != own and standings.of(each) is not Standing.GUEST
    )


def newest_request(desk: Desk, room: Room) -> MessageId | None:
    """Return the request of a case as it was last sent to this office; None where none counts."""
    if room.kind not in CASES:
        return None
    timeline = timeline_of(desk, room)
    line = timeline.lines.get(desk.oneself.entry_id, timeline)
    sent = [each.entry for each in line.changes if each.state is State.SENT]
    return next((each.message_id for each in reversed(sent) if submitted_in(each) is not None), None)


def require_side(desk: Desk, room: Room) -> None:
    """Return only if this office is not a guest of a case.

    Raises:
        MisuseError: it is.
    """
    if room.kind in CASES and timeline_of(desk, room).side_of(desk.oneself.entry_id) is Side.GUEST:
        raise MisuseError("this office is a guest of the case, which reads and writes and decides nothing")
