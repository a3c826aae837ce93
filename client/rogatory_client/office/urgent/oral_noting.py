"""Oral requests as they are noted, in their case or as the beginning of one, and the end of a presence."""

from dataclasses import dataclass

from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.cases.deadlines import calendars_of
from rogatory_client.office.cases.record import timeline_of
from rogatory_client.office.cases.stating import require_valid, say
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import message_view, offices_in
from rogatory_client.office.speaking import new_room, offices_named
from rogatory_client.office.urgent.escalating import clocks
from rogatory_client.office.urgent.view import OralView
from rogatory_client.office.view import MessageView
from rogatory_crypto.casework import State
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseOpened, event_part
from rogatory_crypto.content.urgent import OralRequest, PresenceEnded
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class Call:
    """A call as an officer tells it.

    Attributes:
        memo: what was asked.
        made_at: Unix seconds; now if None.
        by_them: whether the other office called.
        our_function, their_function: who spoke, by function.
    """

    memo: str
    made_at: int | None = None
    by_them: bool = False
    our_function: str = ""
    their_function: str = ""


def note_in_case(desk: Desk, name: str, call: Call) -> MessageView:
    """Note a call in a formal case in which nothing is under way in writing.

    Raises:
        MisuseError: the case is informal, has several other offices, or a request is under way in it.
    """
    room = reading.open_room(desk, name)
    if room.kind is not CaseKind.REQUEST:
        raise MisuseError("an oral request is no consultation: note it in a case of its own, with --to")
    timeline = timeline_of(desk, room)
    steps = timeline.next_steps(timeline.side_of(timeline.requesting or desk.oneself.entry_id))
    if timeline.request is not None and State.SENT not in {step.target for step in steps}:
        raise MisuseError("a request is under way in this case: note the call in one of its own, with --to")
    others = [office for office in offices_in(room, desk) if office != desk.oneself.entry_id]
    if len(others) != 1:
        raise MisuseError("more than one other office is in this case: note the call with --to")
    return say(desk, room, _note(desk, call, others[0]), "")


def note_in_new_case(desk: Desk, to: str, call: Call, subject: str, reference: str | None) -> MessageView:
    """Note a call as the beginning of a formal case, in which it is confirmed in writing.

    Raises:
        MisuseError: the office cannot be written to, or the note would not be valid.
    """
    (office,) = offices_named(desk, (to,))
    record = desk.listing.records.get(office)
    if record is not None and record.kind.value == "network_body":
        raise MisuseError(f"{office} runs a network: no formal request may be addressed to it")
    context = desk.context()
    room = new_room(context, (office,))
    note = _note(desk, call, office)
    opened = event_part(CaseOpened(CaseKind.REQUEST, subject, reference, None))
    message, outcome = post(room, begin_draft(room.group_id, context), (opened, event_part(note)))
    require_valid(desk, room, note, message)
    desk.carry_out(merge_outcomes((outcome,)))
    return message_view(reading.stored_message(desk, message.message_id.hex()))


def presence_ended(desk: Desk, name: str, told_on: str, agreed_days: int | None, note: str) -> MessageView:
    """Say that a person under safe conduct was told that the presence is no longer required (18(27)).

    Raises:
        MisuseError: it is not for this side to say, or the day is none.
    """
    return say(desk, reading.open_room(desk, name), PresenceEnded(told_on, agreed_days, note), "")


def oral_views(desk: Desk, room: Room) -> tuple[OralView, ...]:
    """Return the notes of oral requests in a case."""
    zones = {office: each.zone for office, each in calendars_of(desk, room).items()}
    return tuple(
        OralView(
            message_id=note.entry.message_id.hex(),
            noted_by=note.entry.office,
            made_at=note.said.made_at,
            caller=note.said.caller,
            caller_function=note.said.caller_function,
            called=note.said.called,
            called_function=note.said.called_function,
            memo=note.said.memo,
            clocks=clocks(note.said.made_at, zones),
            confirmed_by=None if note.confirmed is None else note.confirmed.message_id.hex(),
        )
        for note in timeline_of(desk, room).oral
    )


def _note(desk: Desk, call: Call, other: EntryId) -> OralRequest:
    own = (desk.oneself.entry_id, call.our_function or desk.oneself.officer)
    theirs = (other, call.their_function)
    caller, called = (theirs, own) if call.by_them else (own, theirs)
    made_at = desk.surroundings.now() if call.made_at is None else call.made_at
    return OralRequest(made_at, *caller, *called, call.memo.strip())
