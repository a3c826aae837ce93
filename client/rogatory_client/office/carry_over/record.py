"""What the vault holds of agreements to carry messages over; read anew each time, so nothing goes stale."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rogatory_client.engine.attesting import attestations_in
from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.effect import FROM_PARTNER, ArchivedMessage
from rogatory_client.engine.room import Room
from rogatory_client.office.cases.record import timeline_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in, parts_of
from rogatory_client.vault import archive
from rogatory_client.vault.archive import read_message
from rogatory_crypto.casework import Entry, Side, Standing
from rogatory_crypto.casework.carrying_over import Agreements, CarryOver, Uttered, project_carry_over
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.events import CaseEvent, RequestSubmitted, read_event
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.identifier import EntryId

_AGREEING = CarryOverProposed | CarryOverAnswered


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed in a case.

    Attributes:
        messages: all that people read, by id, oldest first.
        carry_over: what became of the proposals.
        signed: the authors' signatures that hold, by the message they are on.
    """

    messages: Mapping[MessageId, ArchivedMessage]
    carry_over: CarryOver
    signed: Mapping[MessageId, bytes]


@dataclass(frozen=True, slots=True)
class _Consent:
    entry: Entry
    signed: Mapping[MessageId, bytes]


def agreed_in(desk: Desk, room: Room) -> Agreed:
    """Return what was agreed in a case.

    Raises:
        MisuseError: the room is no case.
    """
    with desk.vault.reading() as connection:
        rows = [read_message(row) for row in archive.timeline(connection, room.group_id, None)]
    messages = {each.message_id: each for each in rows}
    consents = tuple(_consents(rows, messages, desk.registry))
    asked = offices_asked(desk, room)
    held = Agreements(
        entries=tuple(each.entry for each in consents),
        attested={each.entry.message_id: frozenset(each.signed) for each in consents},
        uttered={name: Uttered(EntryId(each.entry_id), each.at_ms) for name, each in messages.items()},
        seated={name: since_ms for name, since_ms in _seated(room, rows).items() if name in asked},
        named=_named(desk, room),
    )
    signed = {name: part for each in consents for name, part in each.signed.items()}
    return Agreed(messages, project_carry_over(held), signed)


def offices_asked(desk: Desk, room: Room) -> frozenset[EntryId]:
    """Return the offices of a case that are asked about all of it; a guest only about its own words."""
    timeline = timeline_of(desk, room)
    return frozenset(
        office for office in offices_in(room, desk) if timeline.side_of(office) is not Side.GUEST
    )


def _seated(room: Room, rows: Iterable[ArchivedMessage]) -> dict[EntryId, int]:
    """Return since when each office is known to be in the room: who has spoken before was there before.

    A device that came later has found all seats taken with it.
    """
    found = {seat.entry_id: seat.since_ms for seat in room.seats}
    for row in rows:
        office = EntryId(row.entry_id)
        if row.sequence != FROM_PARTNER and office in found:
            found[office] = min(found[office], row.at_ms)
    return found


def _named(desk: Desk, room: Room) -> frozenset[MessageId]:
    """Return what the requests that count carry over; what only wanted to be a version names nothing."""
    return frozenset(
        name
        for each in timeline_of(desk, room).with_standing(Standing.VALID)
        for event in each.entry.events
        if isinstance(event, RequestSubmitted)
        for name in event.carried_over
    )


def _consents(
    rows: Iterable[ArchivedMessage], messages: Mapping[MessageId, ArchivedMessage], registry: Registry
) -> Iterator[_Consent]:
    for message in rows:
        # Agreement by hearsay is none: whoever handed a message back could have made it up.
        if message.kind != "event" or message.sequence == FROM_PARTNER:
            continue
        parts, sender = parts_of(message), registry.devices[message.device_id]
        events = tuple(event for part in parts if (event := _agreeing(read_event(part))) is not None)
        if events:
            entry = Entry(
                *(message.message_id, EntryId(message.entry_id), message.officer, message.device_id),
                *(sender.entry.role, message.at_ms, events),
                is_queued=message.sequence in {None, FROM_CARRIER},
            )
            yield _Consent(entry, attestations_in(parts, sender, message.at_ms // 1000, messages))


def _agreeing(event: CaseEvent | None) -> CaseEvent | None:
    return event if isinstance(event, _AGREEING) else None
