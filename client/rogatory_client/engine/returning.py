"""An office that has enrolled anew comes back into an old case, as an officer of ours has consented.

Its devices are added to the case's room (``membership``). When the row that added them has been read, what
was said before goes into a room of the two offices alone, so that nobody else in the case learns what came
before him. That room is made for the purpose; its maker takes the other office out when all has arrived.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rogatory_client.engine.effect import FROM_PARTNER, ArchivedMessage, Effect, Outcome, SaveRoom
from rogatory_client.engine.history import batches, named_references
from rogatory_client.engine.membership import serving_offices
from rogatory_client.engine.outgoing_effect import DropParcel, Enqueue, Parcel
from rogatory_client.engine.partner_effect import Return, SaveReturn
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.seating import case_of_return, subject_of_return
from rogatory_client.engine.writing import write_event
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseEvent, CaseOpened
from rogatory_crypto.content.history import ArchivedRow, HistoryReturned
from rogatory_crypto.wire.identifier import EntryId, GroupId

CASES: Final = frozenset({CaseKind.CONSULTATION, CaseKind.REQUEST})
_GROUP_ID_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class ReturnedCase:
    """A case that is to be handed back: the consent, the room, its record, each office's reference.

    ``from_beginning`` where the office was never in it, and all have agreed that it reads what came before.
    """

    consent: Return
    room: Room
    archive: Sequence[ArchivedMessage]
    references: Mapping[EntryId, str]
    from_beginning: bool = False


def member_since(room: Room, office: EntryId, spoken_ms: int | None) -> int | None:
    """Return since when an office was in a room, Unix milliseconds, as this device can know; None if never.

    Who made the room had everybody in it from the beginning; who spoke was in it; else a device knows what it
    has seen. What was said before is not handed back, as the office has never had it.

    Args:
        room: the room.
        office: the other one.
        spoken_ms: when it first spoke there, as far as the record says.
    """
    seat = room.seat_of(office)
    known = [] if spoken_ms is None else [spoken_ms]
    if seat is not None:
        known.append(seat.since_ms)
    elif office in room.offices:
        known.append(0)
    return min(known, default=None)


def awaited(consents: Iterable[Return]) -> dict[GroupId, frozenset[EntryId]]:
    """Return who is to be added to which room; once all is handed over nobody is, whatever comes later."""
    found: dict[GroupId, frozenset[EntryId]] = {}
    for each in consents:
        if not each.handed:
            found[each.group_id] = found.get(each.group_id, frozenset()) | {each.entry_id}
    return found


def called_off(
    offices: Collection[EntryId], rooms: Mapping[GroupId, Room], parcels: Iterable[Parcel]
) -> Outcome:
    """Take out of the outbox what was meant for offices that have enrolled anew once more.

    An officer's consent was about the keys of then; whoever has the new ones must not get it by waiting. A
    room that was only planned is given up, as its opening is among what is taken out.
    """
    meant = {
        group_id: room
        for group_id, room in rooms.items()
        if room.kind is CaseKind.RETURN and not room.was_left and set(room.offices) & set(offices)
    }
    given_up = tuple(replace(room, offices=()) for room in meant.values() if room.group is None)
    dropped = (DropParcel(parcel.number) for parcel in parcels if parcel.group_id in meant)
    return Outcome(given_up, (*map(SaveRoom, given_up), *dropped))


def is_ready(consent: Return, room: Room | None, context: Context) -> bool:
    """Tell whether the office is back in the room and all that came before it has been read."""
    if room is None or room.group is None or not room.is_followed_by(context.oneself.device_id):
        return False
    if room.staged is not None or room.is_behind:
        return False
    is_read = consent.after_sequence is None or room.position >= consent.after_sequence
    return is_read and consent.entry_id in serving_offices(room.group.members, context)


def is_open_for(room: Room, office: EntryId, context: Context, limited: GroupId | None = None) -> bool:
    """Tell whether this device has made the room to hand back to an office, and it still goes on.

    ``limited`` is the case that the office has limited to some of its officers: it has a room of its own.
    """
    if room.kind is not CaseKind.RETURN or room.offices != (office,) or case_of_return(room) != limited:
        return False
    if room.group is None:
        return True
    if room.staged is None:
        return office in serving_offices(room.group.members, context)
    return room.group.epoch == 0 and office in serving_offices(room.staged.group.members, context)


def hand_back(
    cases: Sequence[ReturnedCase], room: Room | None, context: Context, limited: GroupId | None = None
) -> Outcome:
    """Put what one office is handed back into the outbox of a room of the two.

    Args:
        cases: one or more, all of one office.
        room: one that is open for it; a new one is planned if None.
        context: identity and randomness.
        limited: the one case, where the office has limited it to some of its officers.
    """
    effects: list[Effect] = []
    if room is None:
        office = cases[0].consent.entry_id
        group_id, subject = GroupId(context.random(_GROUP_ID_BYTES)), subject_of_return(limited)
        room = Room(group_id, CaseKind.RETURN, subject, offices=(office,))
        opened = CaseOpened(CaseKind.RETURN, subject, None, None)
        effects += (SaveRoom(room), _said(opened, room, b"", context))
    for case in cases:
        effects += (_said(event, room, case.room.group_id, context) for event in _histories(case))
        effects.append(SaveReturn(replace(case.consent, handed=True)))
    return Outcome((room,), tuple(effects))


def _histories(case: ReturnedCase) -> list[HistoryReturned]:
    kind = case.room.kind or CaseKind.CONSULTATION
    whole = HistoryReturned(kind, case.room.subject, named_references(case.references), ())
    pieces = [
        replace(whole, rows=tuple(ArchivedRow(row.sender, row.at_ms, row.content) for row in batch))
        for batch in batches(_handed(case))
    ]
    return pieces or [whole]


def _handed(case: ReturnedCase) -> list[ArchivedMessage]:
    """Return what the office has had or would have had; nobody vouches for what it was handed back itself."""
    office = case.consent.entry_id
    record = [row for row in case.archive if row.sequence != FROM_PARTNER]
    spoken = min((row.at_ms for row in record if row.entry_id == office), default=None)
    since = 0 if case.from_beginning else member_since(case.room, office, spoken)
    if since is None or not case.consent.with_history:
        return []
    return [row for row in record if row.at_ms >= since]


def _said(event: CaseEvent, room: Room, topic: bytes, context: Context) -> Enqueue:
    written = write_event(event, room.group_id, context, topic=topic)
    return Enqueue(Parcel(0, room.group_id, written.message_id, written.encoded))
