"""Which cases are due for purge: of all of them by their digests, of the one to be purged by its timeline."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from typing import TypeVar

from rogatory_client.casework.mailbox.assigning import Said
from rogatory_client.casework.retention.purging import holds_in_force
from rogatory_client.casework.retention.rules import CaseFacts, Retention, RetentionRule, retention
from rogatory_client.engine.room import Room
from rogatory_client.office.at_home import said_at_home
from rogatory_client.office.cases import deadlines as case_deadlines
from rogatory_client.office.cases.digest import Digest, closed_at
from rogatory_client.office.cases.digesting import digests
from rogatory_client.office.cases.record import timeline_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.retention.view import RetentionView
from rogatory_client.vault import archive
from rogatory_client.vault.rooms import load_references
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.retention import CaseHeld, HoldLifted
from rogatory_crypto.wire.identifier import GroupId

_OfCase = TypeVar("_OfCase", CaseHeld, HoldLifted)
_NOTHING_SAID = (0, 0, None)


def due_by_rules(desk: Desk, rules: Collection[RetentionRule]) -> tuple[RetentionView, ...]:
    """Return which cases are due for purge today, and why the others are not."""
    rooms, day, own = case_deadlines.cases_named(desk, None), today(desk), desk.oneself.entry_id
    known, held = digests(desk, rooms), _held(desk)
    with desk.vault.reading() as connection:
        references, counted = load_references(connection), archive.counts(connection)

    def judged(room: Room) -> Retention:
        counts = counted.get(room.group_id, _NOTHING_SAID)
        facts = _digested(desk, room, known[room.group_id], counts, held=room.group_id in held)
        return retention(facts, rules, day)

    return tuple(_view(room, judged(room), references.get(room.group_id, {}).get(own)) for room in rooms)


def facts_of(desk: Desk, room: Room) -> CaseFacts:
    """Return what rules look at, all of it read anew."""
    timeline = timeline_of(desk, room)
    name, request = room.group_id.hex(), timeline.request
    with desk.vault.reading() as connection:
        counted = archive.counts(connection, [room.group_id])
    _, unread, newest = counted.get(room.group_id, _NOTHING_SAID)
    return CaseFacts(
        kind=_kind(room),
        request_type=None if request is None else request.request_type,
        last_message=_day(newest),
        closed=_day(closed_at(timeline, timeline.side_of(desk.oneself.entry_id))),
        held=bool(in_force(desk, room.group_id)),
        running=tuple(each.what for each in case_deadlines.deadlines(desk, name, {})),
        unread=unread,
    )


def _digested(
    desk: Desk, room: Room, digest: Digest, counted: tuple[int, int, int | None], *, held: bool
) -> CaseFacts:
    stand, (_, unread, newest) = digest.stand_at(desk.surroundings.now()), counted
    return CaseFacts(
        kind=_kind(room),
        request_type=digest.request_type,
        last_message=_day(newest),
        closed=_day(stand.closed_ms),
        held=held,
        running=tuple(due.what for due in stand.dues),
        unread=unread,
    )


def in_force(desk: Desk, case: GroupId) -> tuple[MessageId, ...]:
    """Return the holds on a case that nobody has lifted."""
    held = holds_in_force(said_at_home(desk, CaseHeld, case), said_at_home(desk, HoldLifted, case))
    return tuple(each.message_id for each in held)


def _held(desk: Desk) -> frozenset[GroupId]:
    """Return the cases that are under a hold."""
    held, lifted = _by_case(said_at_home(desk, CaseHeld)), _by_case(said_at_home(desk, HoldLifted))
    return frozenset(case for case, said in held.items() if holds_in_force(said, lifted.get(case, ())))


def _by_case(said: Iterable[Said[_OfCase]]) -> dict[GroupId, list[Said[_OfCase]]]:
    found: dict[GroupId, list[Said[_OfCase]]] = {}
    for each in said:
        found.setdefault(each.event.case, []).append(each)
    return found


def today(desk: Desk) -> date:
    """Return the day that it is, by UTC."""
    return datetime.fromtimestamp(desk.surroundings.now(), UTC).date()


def _day(at_ms: int | None) -> date | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).date()


def _kind(room: Room) -> CaseKind:
    return CaseKind.REQUEST if room.kind is CaseKind.REQUEST else CaseKind.CONSULTATION


def _view(room: Room, found: Retention, reference: str | None) -> RetentionView:
    return RetentionView(
        room_id=room.group_id.hex(),
        kind=str(room.kind),
        own_reference=reference,
        rule=None if found.rule is None else found.rule.name,
        due=None if found.due is None else found.due.isoformat(),
        is_due=found.is_due,
        against=found.against,
    )
