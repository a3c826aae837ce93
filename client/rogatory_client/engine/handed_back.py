"""What a partner hands back to this office after it has enrolled anew, and how far it is believed.

It counts only in a room of the two offices, for a case in which both are members now, and for what was said
before this device came into that case. A partner could invent what this office itself has said: so every
message bears who vouches for it, changes nothing that this device has received itself, and sends nobody a
receipt. Two partners who differ are both shown, and the officer is warned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from rogatory_client.engine.company_effect import SaveCompany
from rogatory_client.engine.effect import (
    FROM_PARTNER,
    ArchivedMessage,
    Effect,
    Happening,
    Note,
    Outcome,
    PlanReseal,
    SaveMessage,
    SaveRoom,
)
from rogatory_client.engine.history import later_kind, proven, said_in, suggested
from rogatory_client.engine.interpretation import Said, interpret
from rogatory_client.engine.membership import offices_of
from rogatory_client.engine.partner_effect import DropHistory, HeldHistory, HoldHistory, SaveVoucher, Voucher
from rogatory_client.engine.returning import CASES
from rogatory_client.engine.room import Context, Room, device_of
from rogatory_client.engine.seating import has_stepped_in
from rogatory_crypto.content.case_company import Standing, StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import decode
from rogatory_crypto.content.history import ArchivedRow, HistoryReturned, OfficeReference
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import EntryId, GroupId

HELD_S: Final = 30 * 86_400
MAX_HELD_BYTES: Final = 32 << 20
_HELD_OVERHEAD: Final = 1 << 10


class Record(Protocol):
    """What this device has of a case."""

    def message(self, message_id: MessageId) -> ArchivedMessage | None:
        """Return a message by its id."""
        ...

    def begun_as(self, at_ms: int) -> CaseKind | None:
        """Return what the case was at a time (Unix milliseconds), by what was handed back of it before."""
        ...


@dataclass(frozen=True, slots=True)
class _Taken:
    """What came of a row: the room as its record goes on, what is written, and what is odd about it."""

    room: Room
    effects: tuple[Effect, ...] = ()
    is_new: bool = False
    differs: bool = False
    refused: PeerError | None = None


def hold(
    history: HistoryReturned, said: Said, room: Room, group_id: GroupId, context: Context
) -> HoldHistory:
    """Keep a history until this device is in the room of its case, which may come later over another line.

    Raises:
        PeerError: FORBIDDEN for hearsay, QUOTA_EXCEEDED where too much waits.
    """
    partner, encoded = said.sender.device.entry.entry_id, history.encode()
    if any(row.vouched_by for row in history.rows):
        raise PeerError(Code.FORBIDDEN, f"{partner} hands back what it was handed back itself")
    # Each has a share of its own: nobody can fill that of others, whose histories would be lost.
    _require_asked(partner, group_id, context.rooms.get(group_id), context)
    waiting = sum(each.size + _HELD_OVERHEAD for each in context.held_histories if each.partner == partner)
    if waiting + len(encoded) > MAX_HELD_BYTES:
        raise PeerError(Code.QUOTA_EXCEEDED, f"{partner} hands back more than can wait for its cases")
    held = HeldHistory(0, group_id, room.group_id, partner, context.now, _passes_on(room, context), encoded)
    return HoldHistory(held)


def _require_asked(partner: EntryId, group_id: GroupId, room: Room | None, context: Context) -> None:
    """A history is for who has lost his, or was let into a case of which he knows nothing yet, or not all.

    Raises:
        PeerError: FORBIDDEN.
    """
    office = context.registry.offices.get(context.oneself.entry_id)
    has_lost = office is not None and office.anew
    is_strange = room is None or not room.subject or partner in context.handed_back_by.get(group_id, ())
    if not (has_lost or is_strange or has_stepped_in(group_id, context)):
        detail = f"{partner} hands a history back unasked: this office has not enrolled anew"
        raise PeerError(Code.FORBIDDEN, detail)


def _passes_on(room: Room, context: Context) -> bool:
    """One device hands it on, if not all devices of the office are in the room it came in."""
    own = {
        each.entry.device_id for each in context.registry.devices_of(context.oneself.entry_id, context.now)
    }
    members = () if room.group is None else room.group.members
    present = own & {device_of(member) for member in members}
    return own != present and context.oneself.device_id == min(present, default=None)


def waits(held_at: int, room: Room | None, context: Context) -> bool:
    """Tell whether the room of the case may still come, for what is held since a time (Unix seconds)."""
    return (room is None or room.group is None) and context.now - held_at <= HELD_S


def take_back(held: HeldHistory, room: Room | None, record: Record, context: Context) -> Outcome:
    """Take a history in, or refuse it by name.

    Args:
        held: what was handed back.
        room: of the case, as it is now.
        record: what this device has of the case.
        context: identity and registry.
    """
    try:
        history = _history(held)
        joined = _joined(held, room, context)
    except PeerError as error:
        return _refused(held, error, context)
    kind = later_kind(joined.kind, history.kind)
    after = replace(joined, kind=kind, subject=joined.subject or history.subject)
    taken = _take_rows(history.rows, joined, held, record, context)
    effects: list[Effect] = [DropHistory(held.number), SaveRoom(after)]
    effects += suggested(_of_members(history.references, joined, context), held.group_id)
    effects += (effect for each in taken for effect in each.effects)
    if held.passes_on:
        effects.append(PlanReseal(held.group_id, joined.position))
    effects += _notes_on(taken, held, context)
    told = (*_told(taken, held), *_differences(history, joined, taken, held))
    return Outcome((after,), tuple(effects), told)


def _of_members(
    references: Sequence[OfficeReference], room: Room, context: Context
) -> Iterator[OfficeReference]:
    """Yield those of offices in the room: a partner could name any number, and what is kept is handed on."""
    members = () if room.group is None else room.group.members
    present = offices_of(members, context)
    return (each for each in references if each.office in present)


def _history(held: HeldHistory) -> HistoryReturned:
    history = decode(held.event, limit=len(held.event))
    if not isinstance(history, HistoryReturned):
        raise PeerError(Code.MALFORMED, "no history that was handed back")
    return history


def _joined(held: HeldHistory, room: Room | None, context: Context) -> Room:
    """Return the room of the case, if this office and who hands it back are in it now."""
    if room is None or room.group is None or not room.group.active:
        raise PeerError(Code.FORBIDDEN, f"{held.partner} hands back a case in which this office is not")
    if room.kind not in {None, *CASES}:
        raise PeerError(Code.FORBIDDEN, f"{held.partner} hands back what is no case")
    _require_asked(held.partner, held.group_id, room, context)
    if held.partner not in offices_of(room.group.members, context):
        raise PeerError(Code.FORBIDDEN, f"{held.partner} hands back a case in which it is not itself")
    return room


def _refused(held: HeldHistory, error: PeerError, context: Context) -> Outcome:
    note = Note(held.group_id, 0, context.now, error.code.value, error.detail)
    told = Happening("warning", held.group_id, None, f"a history was refused: {error.detail}")
    return Outcome((), (DropHistory(held.number), note), (told,))


def _told(taken: Sequence[_Taken], held: HeldHistory) -> Iterator[Happening]:
    """However much is wrong with a history, its officer is told in a few sentences."""
    count, refused = sum(each.is_new for each in taken), sum(each.refused is not None for each in taken)
    text = f"{held.partner} has handed this case back, with {count} messages: only it vouches for them"
    yield Happening("room", held.group_id, None, text)
    if refused:
        text = f"{refused} messages that {held.partner} has handed back were refused"
        yield Happening("warning", held.group_id, None, text)


def _notes_on(taken: Sequence[_Taken], held: HeldHistory, context: Context) -> Iterator[Note]:
    """Yield a note on the first that was refused."""
    error = next((each.refused for each in taken if each.refused is not None), None)
    if error is not None:
        detail = f"{held.partner} has handed back what is no message: {error.detail}"
        yield Note(held.group_id, 0, context.now, error.code.value, detail)


def _differences(
    history: HistoryReturned, room: Room, taken: Sequence[_Taken], held: HeldHistory
) -> Iterator[Happening]:
    """Yield an alarm where a partner contradicts what is known here; its words are told beside, not in it."""
    # A case may have become a request since either was written.
    if room.subject and history.subject and room.subject != history.subject:
        text = f"{held.partner} says that this is a {history.kind} about {history.subject!r}"
        yield Happening("warning", held.group_id, None, text)
        yield _alarm("the case {} as another one than is known here", held)
    if any(each.differs for each in taken):
        yield _alarm(
            "messages of the case {} as sent by other devices or at other times than is known here", held
        )


def _alarm(what: str, held: HeldHistory) -> Happening:
    case = what.format(held.group_id.hex()[:12])
    text = f"{held.partner} hands back {case}: somebody is wrong, ask all of them by telephone"
    return Happening("alarm", held.group_id, None, text)


def _take_rows(
    rows: Sequence[ArchivedRow], room: Room, held: HeldHistory, record: Record, context: Context
) -> list[_Taken]:
    seat = room.seat_of(context.oneself.entry_id)
    # The head was taken out before, and has the office's first seat all the same.
    stepped_in = has_stepped_in(held.group_id, context)
    ends_ms = held.held_at * 1000 if stepped_in else None if seat is None else seat.since_ms
    taken: list[_Taken] = []
    begun = record.begun_as(rows[0].accepted_at_ms) if rows else None
    room = replace(room, kind=begun)
    for row in dict.fromkeys(rows):
        # What came later, this device could read itself.
        if ends_ms is None or row.accepted_at_ms > ends_ms:
            continue
        try:
            taken.append(_take_row(row, room, held, record, context))
        except PeerError as error:
            taken.append(_Taken(room, refused=error))
        room = taken[-1].room
    return taken


def _take_row(row: ArchivedRow, room: Room, held: HeldHistory, record: Record, context: Context) -> _Taken:
    said = said_in(row, held.group_id, context)
    interpretation = interpret(said, room, context, vouched=True)
    after = interpretation.room
    if after.kind not in {None, *CASES}:
        raise PeerError(Code.FORBIDDEN, "it would make the case another kind of room")
    message_id = said.message.message_id
    voucher = SaveVoucher(Voucher(message_id, held.group_id, held.partner, row.sender, row.accepted_at_ms))
    known = record.message(message_id)
    if known is not None:
        is_hearsay = known.sequence == FROM_PARTNER
        return _Taken(after, (voucher,) if is_hearsay else (), differs=not _agree(known, row))
    saved = SaveMessage(replace(interpretation.record, sequence=FROM_PARTNER))
    # To whom the own office had limited the case holds until somebody of it says otherwise.
    limits = (
        effect
        for effect in interpretation.effects
        if isinstance(effect, SaveCompany) and not (interpretation.record.own and _dismisses(effect))
    )
    return _Taken(after, (saved, voucher, *proven(interpretation.effects), *limits), is_new=True)


def _dismisses(said: SaveCompany) -> bool:
    """Tell whether it would have this device take an office out of the case, which a partner could invent."""
    event = decode(said.event)
    return isinstance(event, StandingProposed) and event.standing is Standing.OUT


def _agree(known: ArchivedMessage, row: ArchivedRow) -> bool:
    return (known.sender, known.at_ms) == (row.sender, row.accepted_at_ms)
