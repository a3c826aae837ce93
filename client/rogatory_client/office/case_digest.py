"""What the register tells of a case, computed from what was said in it and remembered until that changes.

Nothing is believed because it was remembered: whoever acts in a case has its timeline read anew. What depends
on the time that is asked about (a sending that has failed, what is overdue) is computed when it is asked.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any, Final

from rogatory_client.casework.deadlines import acted_at, deadlines_of
from rogatory_client.casework.due import Due, OfficeCalendar
from rogatory_client.engine.room import Room
from rogatory_client.office.case_deadlines import calendars_of
from rogatory_client.office.case_record import CASES, record_of, timeline_at
from rogatory_client.office.continuing import later_cases
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in
from rogatory_client.vault.case_digests import (
    StoredDigest,
    follow_devices,
    has_followed,
    load_digests,
    save_digests,
)
from rogatory_client.vault.urgent_work import load_followed
from rogatory_crypto.casework import Judged, Standing, State, Timeline
from rogatory_crypto.casework.timeline import RECEIPT_AWAITED_S
from rogatory_crypto.content.events import Urgency
from rogatory_crypto.identity import Device
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

_SAVED_AT_ONCE: Final = 250
_BEFORE_ALL: Final = 0


@dataclass(frozen=True, slots=True)
class NextDue:
    """What is due.

    Attributes:
        what, at, acts: what, when in Unix seconds, and who has to act.
        acted_at: when that office last did something.
        legal, basis: whether and by what it binds.
        reminders: Unix seconds, oldest first.
        set_by: the message that set it, None where a rule did.
    """

    what: str
    at: int
    acts: str
    acted_at: int | None
    legal: str
    basis: str
    reminders: tuple[int, ...]
    set_by: str | None


@dataclass(frozen=True, slots=True)
class Stand:
    """A state and what is due in it, soonest first."""

    state: str | None
    dues: tuple[NextDue, ...]


@dataclass(frozen=True, slots=True)
class Failing:
    """Where a case stands once somebody has not received it by ``after``, Unix seconds."""

    after: int
    stand: Stand


@dataclass(frozen=True, slots=True)
class Digest:
    """What the register tells of a case.

    Attributes:
        stand: where it stands.
        failing: where it stands once receipts have not come, soonest first.
        in_conflict: whether an officer has to decide.
        submitted_ms, acknowledged_ms, executed_ms: when that was first said.
        ground: of a refusal that stands.
        enquiries: how many have no answer.
    """

    requesting: str | None
    side: str
    stand: Stand
    failing: tuple[Failing, ...]
    since_ms: int | None
    in_conflict: bool
    request_type: str | None
    legal_basis: str | None
    urgency: str | None
    submitted_ms: int | None
    acknowledged_ms: int | None
    executed_ms: int | None
    ground: str | None
    enquiries: int

    def stand_at(self, now: int) -> Stand:
        """Return where the case stands at an instant, Unix seconds."""
        failed = [each.stand for each in self.failing if now > each.after]
        return failed[-1] if failed else self.stand


def digests(desk: Desk, rooms: Iterable[Room]) -> dict[GroupId, Digest]:
    """Return the digests of cases; those that are missing are computed and kept."""
    standings = {each: _standing(device) for each, device in desk.registry.devices.items()}
    with desk.vault.reading() as connection:
        is_known = has_followed(connection, standings)
    if not is_known:
        with desk.vault.writing(erasing=False) as connection:
            follow_devices(connection, standings)
    with desk.vault.reading() as connection:
        kept, followed = load_digests(connection), load_followed(connection)
    calendars = _Calendars(desk)
    found: dict[GroupId, Digest] = {}
    missing: list[Room] = []
    for room in rooms:
        held = kept.get(room.group_id)
        # What is due where another case goes on from this one hangs on that one, too.
        is_kept = held is not None and room.group_id not in followed
        if is_kept and held is not None and held[0] == calendars.fingerprint(room):
            found[room.group_id] = read_digest(held[1])
        elif room.kind in CASES:
            missing.append(room)
    for first in range(0, len(missing), _SAVED_AT_ONCE):
        found |= _computed(desk, missing[first : first + _SAVED_AT_ONCE], calendars)
    return found


def _computed(desk: Desk, rooms: Sequence[Room], calendars: "_Calendars") -> dict[GroupId, Digest]:
    found: dict[GroupId, Digest] = {}
    rows: list[StoredDigest] = []
    for room in rooms:
        record = record_of(desk, room)
        timeline = timeline_at(desk, room, record, _BEFORE_ALL)
        offices, later = offices_in(room, desk), later_cases(desk, room)
        failing = {each: timeline_at(desk, room, record, each + 1) for each in _fail_times(timeline)}
        digest = digest_of(timeline, failing, offices, calendars.of(room), desk, later)
        found[room.group_id] = digest
        rows.append(
            StoredDigest(
                group_id=room.group_id,
                waits=any(each.standing is Standing.WAITING for each in timeline.changes),
                is_sent=timeline.state in {State.SENT, State.DELIVERED},
                devices=tuple(sorted({entry.device_id for entry in record.entries})),
                calendars=calendars.fingerprint(room),
                digest=json.dumps(asdict(digest)),
            )
        )
    with desk.vault.writing(erasing=False) as connection:
        save_digests(connection, rows)
    return found


def digest_of(
    timeline: Timeline,
    failing: Mapping[int, Timeline],
    offices: Sequence[EntryId],
    calendars: Mapping[EntryId, OfficeCalendar],
    desk: Desk,
    later: Sequence[tuple[str, Timeline]] = (),
) -> Digest:
    """Return the digest of a case.

    Args:
        timeline: of before anything could have failed.
        failing: as it is after each instant at which a receipt is awaited no more, soonest first.
        offices: that are in the case.
        calendars: of these.
        desk: whose side it is seen from.
        later: the cases that go on from it, each with how.
    """
    request, valid = timeline.request, timeline.with_standing(Standing.VALID)
    return Digest(
        requesting=timeline.requesting,
        side=timeline.side_of(desk.oneself.entry_id).value,
        stand=_stand(timeline, offices, calendars, later),
        failing=tuple(
            Failing(after, _stand(each, offices, calendars, later)) for after, each in failing.items()
        ),
        since_ms=timeline.since_ms,
        in_conflict=timeline.conflict is not None,
        request_type=None if request is None else request.request_type,
        legal_basis=None if request is None else request.legal_basis,
        urgency=None if request is None else request.urgency.value,
        submitted_ms=_first(valid, State.SENT),
        acknowledged_ms=_first(valid, State.ACKNOWLEDGED),
        executed_ms=_first(valid, State.EXECUTED),
        ground=_ground(valid, timeline),
        enquiries=sum(not each.answers for each in timeline.enquiries),
    )


def _fail_times(timeline: Timeline) -> tuple[int, ...]:
    """Return when a receipt is awaited no more, of each office that is asked in a line of its own."""
    found = {_fails_at(each) for each in (timeline.lines.values() or (timeline,))}
    return tuple(sorted(each for each in found if each is not None))


def _fails_at(timeline: Timeline) -> int | None:
    if timeline.state is not State.SENT or timeline.since_ms is None:
        return None
    urgency = Urgency.ROUTINE if timeline.request is None else timeline.request.urgency
    return timeline.since_ms // 1000 + RECEIPT_AWAITED_S[urgency]


def _stand(
    timeline: Timeline,
    offices: Sequence[EntryId],
    calendars: Mapping[EntryId, OfficeCalendar],
    later: Sequence[tuple[str, Timeline]],
) -> Stand:
    dues: tuple[Due, ...] = deadlines_of(timeline, offices, calendars, None, later)
    return Stand(
        None if timeline.state is None else timeline.state.value,
        tuple(_next_due(due, timeline) for due in dues),
    )


def _next_due(due: Due, timeline: Timeline) -> NextDue:
    return NextDue(
        what=due.what,
        at=due.at,
        acts=due.acts,
        acted_at=acted_at(timeline, due.acts),
        legal=due.legal.value,
        basis=due.basis,
        reminders=due.reminders,
        set_by=None if due.set_by is None else due.set_by.hex(),
    )


def _first(valid: Sequence[Judged], state: State) -> int | None:
    return min((each.entry.at_ms for each in valid if each.state is state), default=None)


def _ground(valid: Sequence[Judged], timeline: Timeline) -> str | None:
    """Return on what the case was refused, if that stands or was only closed since."""
    if timeline.state not in {State.REFUSED, State.CLOSED}:
        return None
    return next((each.said.ground for each in reversed(valid) if each.state is State.REFUSED), None)


@lru_cache(maxsize=16_384)
def read_digest(stored: str) -> Digest:
    """Return a digest as it was written; the same text is read once."""
    plain = json.loads(stored)
    plain["stand"] = _read_stand(plain["stand"])
    plain["failing"] = tuple(Failing(each["after"], _read_stand(each["stand"])) for each in plain["failing"])
    return Digest(**plain)


def _read_stand(plain: dict[str, Any]) -> Stand:
    return Stand(plain["state"], tuple(map(_read_due, plain["dues"])))


def _read_due(plain: dict[str, Any]) -> NextDue:
    return NextDue(**{**plain, "reminders": tuple(plain["reminders"])})


def _standing(device: Device) -> str:
    entry = device.entry
    said = (entry.entry_id, entry.officer, entry.role.value, entry.signature_key.hex(), entry.not_before)
    return json.dumps([*said, device.index, device.not_after, device.revoked_at])


class _Calendars:
    """The calendars of all offices, each looked up once, and how they are told apart."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[tuple[DeviceId, ...], tuple[Mapping[EntryId, OfficeCalendar], str]] = {}

    def of(self, room: Room) -> Mapping[EntryId, OfficeCalendar]:
        return self._found(room)[0]

    def fingerprint(self, room: Room) -> str:
        return self._found(room)[1]

    def _found(self, room: Room) -> tuple[Mapping[EntryId, OfficeCalendar], str]:
        outline = room.outline
        key = () if outline is None else outline.devices
        if key and key in self._known:
            return self._known[key]
        calendars = calendars_of(self._desk, room)
        found = (calendars, json.dumps({office: _days(each) for office, each in sorted(calendars.items())}))
        if key:
            self._known[key] = found
        return found


def _days(calendar: OfficeCalendar) -> list[str]:
    values = (getattr(calendar, each.name) for each in fields(calendar))
    return [str(sorted(map(str, each)) if isinstance(each, frozenset) else each) for each in values]
