"""For whom a message is, and how long evidence of it is waited for."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from rogatory_client.engine.delivery_state import Terms
from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.room import Room
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in, parts_of
from rogatory_client.vault import archive, deliveries
from rogatory_crypto.content.events import RequestSubmitted, Urgency, read_event
from rogatory_crypto.content.non_delivery import MAX_WAIT_S, MIN_WAIT_S
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

_URGENT: Final = frozenset({Urgency.URGENT, Urgency.EMERGENCY})
_HOUR_S: Final = 3_600


def terms_of_office(desk: Desk) -> tuple[Terms, Terms]:
    """Return how long this office waits: usually, and in urgent cases."""
    with desk.vault.reading() as connection:
        return deliveries.load_terms(connection)


def set_terms(desk: Desk, *, urgent: bool, delivery_h: int | None, opening_h: int | None) -> Terms:
    """Set how long this device waits, in whole hours; what is None stays.

    Raises:
        MisuseError: it is less than an hour or more than 30 days, or opening is not longer than delivery.
    """
    held = terms_of_office(desk)[int(urgent)]
    terms = Terms(
        held.delivery_s if delivery_h is None else delivery_h * _HOUR_S,
        held.opening_s if opening_h is None else opening_h * _HOUR_S,
    )
    if not MIN_WAIT_S <= terms.delivery_s < terms.opening_s <= MAX_WAIT_S:
        raise MisuseError(
            f"wait {MIN_WAIT_S // _HOUR_S} to {MAX_WAIT_S // _HOUR_S} hours, for the opening longer than for "
            "the delivery"
        )
    with desk.vault.writing() as connection:
        deliveries.save_terms(connection, urgent=urgent, terms=terms)
    return terms


def terms_of(desk: Desk, rooms: Collection[GroupId]) -> Mapping[GroupId, Terms]:
    """Return how long is waited in cases: less where the newest request of one is urgent."""
    usual, urgent = terms_of_office(desk)
    with desk.vault.reading() as connection:
        newest = archive.newest_requests(connection, rooms)
    return {room: urgent if room in newest and _is_urgent(newest[room]) else usual for room in rooms}


def _is_urgent(message: ArchivedMessage) -> bool:
    events = (read_event(part) for part in parts_of(message))
    return any(isinstance(event, RequestSubmitted) and event.urgency in _URGENT for event in events)


def recipients_of(
    desk: Desk, room: Room, message: ArchivedMessage, sealed_for: Collection[DeviceId] | None
) -> tuple[EntryId, ...]:
    """Return the offices that a message is for: those it was sealed for, as far as that is known.

    Of other messages they are those that were in the room then, as this device knows.
    """
    present = offices_in(room, desk)
    offices = (
        (office for office in present if _was_there(room, office, message))
        if sealed_for is None
        else _offices(desk, sealed_for)
    )
    return tuple(sorted(set(offices) - {message.entry_id}))


def _offices(desk: Desk, devices: Iterable[DeviceId]) -> Iterable[EntryId]:
    found = (desk.registry.devices.get(device) for device in devices)
    return (device.entry.entry_id for device in found if device is not None)


def _was_there(room: Room, office: EntryId, message: ArchivedMessage) -> bool:
    seat = room.seat_of(office)
    return seat is None or message.sequence is None or seat.since_ms <= message.at_ms
