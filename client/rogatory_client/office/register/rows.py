"""The rows of the register before they are written out: what is filtered, ordered and counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from rogatory_client.casework.deadlines.due import OfficeCalendar
from rogatory_client.engine.room import Room
from rogatory_client.office.cases.deadlines import calendars_of
from rogatory_client.office.cases.digest import Digest, NextDue, Stand
from rogatory_client.office.desk import Desk
from rogatory_client.office.register.view import NextView, RegisterFilter
from rogatory_client.office.showing import offices_in
from rogatory_crypto.casework import Side, State
from rogatory_crypto.content.events import Urgency
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId

INCOMING: Final = "incoming"
OUTGOING: Final = "outgoing"
_URGENCY: Final = {each.value: rank for rank, each in enumerate(Urgency)}
_STATES: Final = {each.value: rank for rank, each in enumerate(State)}
_LAST: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Registered:
    """A case with its digest and where it stands now, before anything is written out for people."""

    room: Room
    digest: Digest
    stand: Stand
    others: tuple[EntryId, ...]
    references: Mapping[str, str]

    @property
    def direction(self) -> str:
        """Whether the own office is asked or asks."""
        return OUTGOING if self.digest.side == Side.REQUESTING.value else INCOMING

    @property
    def due(self) -> NextDue | None:
        """What is due next."""
        return next(iter(self.stand.dues), None)


class OnClocks:
    """What is due on the clocks of the offices in a case; those of the same offices are looked up once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[tuple[EntryId, ...], Mapping[EntryId, OfficeCalendar]] = {}

    def next_view(self, each: Registered, due: NextDue, now: int) -> NextView:
        """Return what is due as it is shown."""
        if each.others not in self._known:
            self._known[each.others] = calendars_of(self._desk, each.room)
        known = self._known[each.others]
        clocks: dict[str, str] = {office: _clock(due.at, calendar) for office, calendar in known.items()}
        return NextView(due.what, due.at, due.acts, now > due.at, clocks)


def _clock(at: int, calendar: OfficeCalendar) -> str:
    local = datetime.fromtimestamp(at, UTC).astimezone(calendar.zone)
    return f"{local:%Y-%m-%d %H:%M} {calendar.zone.key}"


def registered(
    desk: Desk, room: Room, digest: Digest, references: Mapping[str, str], own: EntryId
) -> Registered:
    """Return a case as it stands now, seen from the own office."""
    stand = digest.stand_at(desk.surroundings.now())
    others = tuple(office for office in offices_in(room, desk) if office != own)
    return Registered(room, digest, stand, others, references)


def mentions(each: Registered, wanted: str) -> bool:
    """Tell whether a text stands in a reference of either side, or in the subject."""
    said = (*each.references.values(), each.room.subject)
    return any(wanted in text.casefold() for text in said)


def require_filter(wanted: RegisterFilter) -> None:
    """Refuse what filters nothing because it is misspelt.

    Raises:
        MisuseError: names the word, and what there is.
    """
    for what, given, known in (
        ("direction", () if wanted.direction is None else (wanted.direction,), (INCOMING, OUTGOING)),
        ("state", wanted.states, tuple(_STATES)),
        ("urgency", wanted.urgencies, tuple(_URGENCY)),
        ("order", (wanted.sort.removeprefix("-"),), tuple(_ORDERS)),
    ):
        unknown = [word for word in given if word not in known]
        if unknown:
            raise MisuseError(f"there is no {what} {unknown[0]!r}: it is one of {', '.join(known)}")


def _by_reference(each: Registered) -> str:
    return next(iter(sorted(each.references.values())), "\uffff").casefold()


_ORDERS: Final[Mapping[str, Callable[[Registered], Any]]] = {
    "age": lambda each: -(each.digest.submitted_ms or 0),
    "next": lambda each: _LAST if each.due is None else each.due.at,
    "state": lambda each: min((_STATES[state] for state in each.stand.states), default=len(_STATES)),
    "with": lambda each: each.others,
    "type": lambda each: each.digest.request_type or "\uffff",
    "urgency": lambda each: _URGENCY.get(each.digest.urgency or "", -1),
    "reference": _by_reference,
}


def ordered(found: list[Registered], sort: str) -> list[Registered]:
    """Order by what is asked, then by id, so that pages never overlap."""
    by = _ORDERS[sort.removeprefix("-")]
    found.sort(key=lambda each: each.room.group_id)
    found.sort(key=by, reverse=sort.startswith("-"))
    return found
