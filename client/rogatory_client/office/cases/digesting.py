"""Digests of cases, remembered until what they were made from changes.

Nothing is believed because it was remembered: whoever acts in a case has its timeline read anew. What is
missing is computed when somebody looks, and at the end of each synchronisation: some cases in each
transaction, so that a cut costs no more than these.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final
from weakref import WeakKeyDictionary

from rogatory_client.casework.deadlines.due import OfficeCalendar
from rogatory_client.engine.room import Room
from rogatory_client.office.cases.continuing import later_cases
from rogatory_client.office.cases.digest import Counted, Digest, Moment, digest_of, read_digests, write_digest
from rogatory_client.office.cases.footing import Footing, standings_of_devices
from rogatory_client.office.cases.record import CASES, records_of, timeline_at
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in
from rogatory_client.vault.case_digests import (
    StoredDigest,
    follow_devices,
    has_followed,
    load_digests,
    load_footings,
    save_digests,
)
from rogatory_crypto.casework import Record, Standing, State, Timeline
from rogatory_crypto.casework.timeline import RECEIPT_AWAITED_S
from rogatory_crypto.content.events import Urgency
from rogatory_crypto.wire.identifier import EntryId, GroupId

# What a cut costs, and for how long nothing else happens in an open office.
AT_ONCE: Final = 50
_BEFORE_ALL: Final = 0
# Of each open office, as they were read, by their text.
_READ: Final[WeakKeyDictionary[Desk, dict[str, Digest]]] = WeakKeyDictionary()


def digests(desk: Desk, rooms: Iterable[Room]) -> dict[GroupId, Digest]:
    """Return the digests of cases; those that are missing are computed and kept."""
    _follow_devices(desk)
    with desk.vault.reading() as connection:
        kept = load_digests(connection)
    footing = Footing(desk)
    standing: dict[GroupId, str] = {}
    missing: list[Room] = []
    for room in rooms:
        held = kept.get(room.group_id)
        if held is not None and held[0] == footing.of(room):
            standing[room.group_id] = held[1]
        elif room.kind in CASES:
            missing.append(room)
    found = _read(desk, standing, {digest for _, digest in kept.values()})
    for some in _slices(missing):
        found |= _computed(desk, some, footing)
    return found


def _read(desk: Desk, stored: Mapping[GroupId, str], kept: Collection[str]) -> dict[GroupId, Digest]:
    """Return digests by case; those that stand as they did at the last look are not read again."""
    known = _READ.get(desk, {})
    if len(known) > len(kept):  # some of them stand no more
        known = {each: digest for each, digest in known.items() if each in kept}
    new = [each for each in stored.values() if each not in known]
    _READ[desk] = known = known | dict(zip(new, read_digests(new), strict=True)) if new else known
    return {group_id: known[each] for group_id, each in stored.items()}


async def refresh(desk: Desk) -> None:
    """Compute the digests that are missing, so that nobody waits for them; others may run in between."""
    if not desk.is_enrolled:
        return
    _follow_devices(desk)
    footing = Footing(desk)
    with desk.vault.reading() as connection:
        kept = load_footings(connection)
    hidden = hidden_rooms(desk)
    missing = [
        room
        for group_id, room in desk.rooms.items()
        if room.kind in CASES and group_id not in hidden and kept.get(group_id) != footing.of(room)
    ]
    for some in _slices(missing):
        _computed(desk, some, footing)
        await asyncio.sleep(0)


def _follow_devices(desk: Desk) -> None:
    standings = standings_of_devices(desk)
    with desk.vault.reading() as connection:
        is_known = has_followed(connection, standings)
    if not is_known:
        with desk.vault.writing(erasing=False) as connection:
            follow_devices(connection, standings)


def _slices(rooms: Sequence[Room]) -> Iterator[Sequence[Room]]:
    return (rooms[first : first + AT_ONCE] for first in range(0, len(rooms), AT_ONCE))


def _computed(desk: Desk, rooms: Sequence[Room], footing: Footing) -> dict[GroupId, Digest]:
    found: dict[GroupId, Digest] = {}
    rows: list[StoredDigest] = []
    concerned = {each.group_id: each for room in rooms for each in (room, *footing.going_on_from(room))}
    records = records_of(desk, list(concerned.values()))
    for room in rooms:
        later = {each.group_id: records[each.group_id] for each in footing.going_on_from(room)}
        case = _Case(desk, room, records[room.group_id], later)
        found[room.group_id] = digest = case.digest(footing.calendars(room), footing.terms)
        rows.append(case.stored(digest, footing.of(room)))
    with desk.vault.writing(erasing=False) as connection:
        save_digests(connection, rows)
    return found


class _Case:
    """What a digest is made from: what was said in the case, and in those that go on from it."""

    def __init__(self, desk: Desk, room: Room, record: Record, later: Mapping[GroupId, Record]) -> None:
        self._desk, self._room, self._record, self._later = desk, room, record, later
        self._now = self._at(_BEFORE_ALL)

    def _at(self, as_of: int) -> Moment:
        desk, room = self._desk, self._room
        timeline = timeline_at(desk, room, self._record, as_of)
        if not self._later:
            return Moment(timeline)
        known = {name: timeline_at(desk, desk.rooms[name], each, as_of) for name, each in self._later.items()}
        return Moment(timeline, later_cases(desk, room, known))

    def digest(self, calendars: Mapping[EntryId, OfficeCalendar], terms: Mapping[str, str]) -> Digest:
        """Return the digest."""
        desk = self._desk
        timelines = (self._now.timeline, *(each for _, each in self._now.later))
        failing = {each: self._at(each + 1) for each in _fail_times(timelines)}
        counted = Counted(offices_in(self._room, desk), calendars, terms)
        return digest_of(self._now, failing, counted, desk.oneself.entry_id)

    def stored(self, digest: Digest, footing: str) -> StoredDigest:
        """Return the row that is kept of it."""
        timelines = (self._now.timeline, *(each for _, each in self._now.later))
        records: tuple[Record, ...] = (self._record, *self._later.values())
        return StoredDigest(
            group_id=self._room.group_id,
            waits=any(each.standing is Standing.WAITING for line in timelines for each in line.changes),
            devices=tuple(sorted({entry.device_id for each in records for entry in each.entries})),
            footing=footing,
            digest=write_digest(digest),
        )


def _fail_times(timelines: Iterable[Timeline]) -> tuple[int, ...]:
    """Return when a receipt is awaited no more, of each office that is asked in a line of its own."""
    lines = (line for each in timelines for line in (each.lines.values() or (each,)))
    return tuple(sorted({at for line in lines if (at := _fails_at(line)) is not None}))


def _fails_at(timeline: Timeline) -> int | None:
    if timeline.state is not State.SENT or timeline.since_ms is None:
        return None
    urgency = Urgency.ROUTINE if timeline.request is None else timeline.request.urgency
    return timeline.since_ms // 1000 + RECEIPT_AWAITED_S[urgency]
