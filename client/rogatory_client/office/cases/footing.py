"""What a digest hangs on besides messages: who is in the case, and as what, the days of their offices, terms.

No trigger of the vault sees it change, so it is written beside the digest as a hash, and compared.
"""

import json
from collections.abc import Sequence
from dataclasses import fields
from hashlib import sha256

from rogatory_client.casework.deadlines.due import OfficeCalendar
from rogatory_client.engine.room import Room
from rogatory_client.office.cases.deadlines import free_calendar_of
from rogatory_client.office.cases.own_terms import own_terms
from rogatory_client.office.cases.record import CASES, guests_in
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in
from rogatory_client.vault.urgent_work import load_followed
from rogatory_crypto.identity import Device
from rogatory_crypto.wire.identifier import DeviceId, EntryId


class Footing:
    """The footing of all cases; each office's calendar is looked up once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with desk.vault.reading() as connection:
            self._followed = load_followed(connection)
        self.terms = own_terms(desk)
        self._calendars: dict[EntryId, OfficeCalendar] = {}
        self._known: dict[tuple[EntryId, ...], str] = {}

    def calendars(self, room: Room) -> dict[EntryId, OfficeCalendar]:
        """Return the calendars of the offices that are in a case."""
        return {office: self._calendar(office) for office in offices_in(room, self._desk)}

    def of(self, room: Room) -> str:
        """Return the hash of the footing of a case."""
        offices = offices_in(room, self._desk)
        days = self._known.get(offices)
        if days is None:
            counted = [(each, _days(self._calendar(each))) for each in offices]
            terms = [sorted(self.terms.items())] if self.terms else []
            days = self._known[offices] = _hash([*counted, *terms])
        if not self._desk.companies:
            return days
        guests = [guests_in(self._desk, each) for each in (room, *self.going_on_from(room))]
        return _hash([days, guests]) if any(guests) else days

    def going_on_from(self, room: Room) -> Sequence[Room]:
        """Return the cases that are said to go on from a case."""
        if room.group_id not in self._followed:
            return ()
        found = (self._desk.rooms.get(each) for each in self._followed[room.group_id])
        return [each for each in found if each is not None and each.kind in CASES]

    def _calendar(self, office: EntryId) -> OfficeCalendar:
        if office not in self._calendars:
            self._calendars[office] = free_calendar_of(self._desk, office)
        return self._calendars[office]


def standings_of_devices(desk: Desk) -> dict[DeviceId, str]:
    """Return how each device stands: whether it was in service when it signed is part of what is computed."""
    return {each: _standing(device) for each, device in desk.registry.devices.items()}


def _standing(device: Device) -> str:
    entry = device.entry
    said = (entry.entry_id, entry.officer, entry.role.value, entry.signature_key.hex(), entry.not_before)
    return json.dumps([*said, device.index, device.not_after, device.revoked_at])


def _days(calendar: OfficeCalendar) -> list[str]:
    values = (getattr(calendar, each.name) for each in fields(calendar))
    return [str(sorted(map(str, each)) if isinstance(each, frozenset) else each) for each in values]


def _hash(value: object) -> str:
    return sha256(json.dumps(value).encode()).hexdigest()[:32]
