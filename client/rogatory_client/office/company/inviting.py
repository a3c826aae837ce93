"""Another office is let into a case, or taken out of it: proposed by one party, agreed to by all others.

Who proposed lets it in once all have agreed, by the way on which an office comes back that has lost its
devices. It reads what is said from then on, and what was said before only where all have agreed to that, too.
"""

from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import Effect, Outcome
from rogatory_client.engine.membership import serving_offices
from rogatory_client.engine.partner_effect import Return, SaveReturn
from rogatory_client.engine.room import Room
from rogatory_client.engine.seating import founders_of, standings_in
from rogatory_client.office import reading
from rogatory_client.office.cases.record import timeline_of
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import message_view
from rogatory_client.office.view import MessageView
from rogatory_crypto.casework import Side
from rogatory_crypto.casework.company import Proposal
from rogatory_crypto.content.case_company import Standing, StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseEvent, event_part
from rogatory_crypto.content.history import OfficeReturned
from rogatory_crypto.content.message import Message
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId

_CASES = frozenset({CaseKind.CONSULTATION, CaseKind.REQUEST})


def invite(desk: Desk, name: str, office: EntryId, standing: Standing, *, with_history: bool) -> MessageView:
    """Propose an office for a case, or agree to what another party has proposed about it.

    A party is handed what was said before: it could not answer for it otherwise.

    Raises:
        MisuseError: this office is no party, or the other one is in the case already.
    """
    room = _case(desk, name)
    with_history = with_history or standing is Standing.PARTY
    context = desk.context()
    present = frozenset() if room.group is None else serving_offices(room.group.members, context)
    if office in present:
        raise MisuseError(f"{office} is in the case")
    words = desk.companies.get(room.group_id, ())
    consent = SaveReturn(Return(room.group_id, office, context.now, context.oneself.officer, with_history))
    if office in founders_of(room, words) and room.seat_of(office) is not None:
        # A party that has lost its devices, or the officers to whom it had limited the case.
        return _say(
            desk, room, OfficeReturned(office, room.kind or CaseKind.CONSULTATION, with_history), consent
        )
    waiting = _waiting_for_us(desk, room, office, standing)
    if waiting is None:
        return _say(desk, room, StandingProposed(office, standing, with_history), consent)
    if waiting.said.with_history is not with_history:
        shown = "with" if waiting.said.with_history else "without"
        raise MisuseError(
            f"{waiting.word.office} proposes {office} {shown} what was said before: agree to that"
        )
    return _say(desk, room, StandingProposed(office, standing, with_history, waiting.word.message_id))


def dismiss(desk: Desk, name: str, office: EntryId) -> MessageView:
    """Take a guest out of a case, or a party that this office has brought in.

    Raises:
        MisuseError: it was not brought in, or by another office.
    """
    room = _case(desk, name)
    held = standings_in(room, desk.companies.get(room.group_id, ())).held.get(office)
    if held is None or held.said.standing is Standing.OUT:
        raise MisuseError(f"{office} was not let into the case by agreement: nobody dismisses it")
    if held.said.standing is Standing.PARTY and held.word.office != desk.oneself.entry_id:
        raise MisuseError(f"{office} was brought in as a party by {held.word.office}: it dismisses it")
    return _say(desk, room, StandingProposed(office, Standing.OUT))


def is_shown_all(desk: Desk, consent: Return) -> bool:
    """Tell whether all have agreed that an office is handed what was said before it came."""
    found = _proposal(desk, consent)
    return found is not None and found.said.with_history and consent.with_history


def told_again(desk: Desk, consent: Return) -> Outcome:
    """Say once more what an office is in a case, as it has come and could not read it before."""
    found = _proposal(desk, consent)
    if found is None:
        return Outcome()
    room, said = desk.rooms[consent.group_id], found.said
    _, outcome = _posted(desk, room, StandingProposed(said.office, said.standing, said.with_history))
    return outcome


def _proposal(desk: Desk, consent: Return) -> Proposal | None:
    words, room = desk.companies.get(consent.group_id, ()), desk.rooms[consent.group_id]
    found = standings_in(room, words).held.get(consent.entry_id)
    return found if found is not None and found.word.office == desk.oneself.entry_id else None


def _waiting_for_us(desk: Desk, room: Room, office: EntryId, standing: Standing) -> Proposal | None:
    own = desk.oneself.entry_id
    for each in standings_in(room, desk.companies.get(room.group_id, ())).waiting:
        if (each.said.office, each.said.standing) == (office, standing) and own in each.missing:
            return each
    return None


def _case(desk: Desk, name: str) -> Room:
    room = reading.open_room(desk, name)
    if room.kind not in _CASES:
        raise MisuseError("an office is let into a case, and into no other room")
    if timeline_of(desk, room).side_of(desk.oneself.entry_id) is Side.GUEST:
        raise MisuseError("a guest of the case lets nobody in or out")
    return room


def _say(desk: Desk, room: Room, event: CaseEvent, *also: Effect) -> MessageView:
    message, outcome = _posted(desk, room, event)
    desk.carry_out(merge_outcomes((outcome, Outcome((), also))))
    return message_view(reading.stored_message(desk, message.message_id.hex()))


def _posted(desk: Desk, room: Room, event: CaseEvent) -> tuple[Message, Outcome]:
    return post(room, begin_draft(room.group_id, desk.context()), (event_part(event),))
