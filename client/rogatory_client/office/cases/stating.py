"""What an officer says about the state of a case: judged here first, as every receiver will judge it."""

import re
from dataclasses import dataclass, replace

from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.room import Room
from rogatory_client.engine.stating import flaw_in
from rogatory_client.engine.writing import text_part
from rogatory_client.office import reading
from rogatory_client.office.cases.addressees import newest_request
from rogatory_client.office.cases.given_day import coming_day
from rogatory_client.office.cases.record import record_of, records_of_lines, timeline_of
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import message_view, offices_in
from rogatory_client.office.view import MessageView
from rogatory_crypto.casework import Entry, Side, Standing, State, Timeline, may_take, project
from rogatory_crypto.casework.lines import offices_asked, project_lines, within
from rogatory_crypto.content import receipts
from rogatory_crypto.content.case_progress import (
    MAX_PARENTS,
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.events import CaseEvent, event_part
from rogatory_crypto.content.message import Message
from rogatory_crypto.content.mimi import MESSAGE_ID_BYTES, MessageId
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class StateForm:
    """A change of state as an officer fills it in; messages by the beginning of their ids.

    ``line`` is the office that it is for, where several are asked; all of them if none is named.
    """

    state: str
    reasons: str = ""
    points: tuple[str, ...] = ()
    ground: str | None = None
    consultation: str | None = None
    message: str | None = None
    confidentiality: str | None = None
    due: str | None = None
    text: str = ""
    line: str | None = None


def set_state(desk: Desk, name: str, form: StateForm, *, settling: bool) -> MessageView:
    """Set the state of a case, or decide between changes that cannot both be.

    Raises:
        MisuseError: every receiver would take it for not valid; says why.
    """
    room = reading.open_room(desk, name)
    timeline = _in_line(timeline_of(desk, room), form.line, desk.oneself.entry_id, settling=settling)
    if settling is not (timeline.conflict is not None):
        raise MisuseError(
            "there is nothing to decide between: set the next state"
            if settling
            else "two changes cannot both be: look at them with `rogatory case state`, then settle"
        )
    state = _state_named(form.state, timeline, desk.oneself.entry_id)
    said = StateSet(
        state=state,
        builds_on=timeline.to_build_upon(),
        reasons=form.reasons,
        items=form.points,
        ground=form.ground,
        consultation=_message_id(desk, form.consultation),
        message=_message_id(desk, form.message),
        confidentiality=form.confidentiality,
        due=None if form.due is None else coming_day(desk, form.due, _acting(desk, state, timeline)),
    )
    if state == State.SENT:
        raise MisuseError("a new version is sent as a request in this case: use `rogatory send`")
    if state == State.ACKNOWLEDGED:
        raise MisuseError("a request is acknowledged with `rogatory case acknowledge`")
    return say(desk, room, said, form.text)


def _state_named(text: str, timeline: Timeline, own: EntryId) -> str:
    """Return the state that an officer means; it is written and shown with blanks, too."""
    word = re.sub(r"[\s-]+", "_", text.strip().casefold())
    if word not in set(State):
        steps = {step.target.value for step in timeline.next_steps(timeline.side_of(own))}
        choice = f": next may come {', '.join(sorted(steps))}" if steps else ""
        raise MisuseError(f"there is no state {text!r}{choice}")
    return word


def _acting(desk: Desk, state: str, timeline: Timeline) -> EntryId:
    """Return the office on whose clock the day that comes with a state ends: who is asked answers."""
    asking = timeline.requesting if state == State.INFO_REQUESTED else None
    return asking or desk.oneself.entry_id


def _in_line(timeline: Timeline, line: str | None, own: EntryId, *, settling: bool) -> Timeline:
    if line is None:
        divided = [office for office, each in timeline.lines.items() if each.conflict is not None]
        if not settling or own in timeline.lines or not divided:
            return timeline
        if len(divided) > 1:
            raise MisuseError(f"name with --for the office whose changes you settle: {', '.join(divided)}")
        (line,) = divided
    office = EntryId(line.strip().upper())
    if office not in timeline.lines:
        asked = ", ".join(sorted(timeline.lines)) or "this request has one addressee"
        raise MisuseError(f"{office} is none of several offices asked: {asked}")
    return within(timeline, office)


def enquire(desk: Desk, name: str, due: str | None, text: str) -> MessageView:
    """Ask how far a request is (UNTOC 18(24))."""
    wished = None if due is None else coming_day(desk, due, desk.oneself.entry_id)
    return say(desk, reading.open_room(desk, name), ProgressEnquiry(wished), text)


def answer_enquiry(
    desk: Desk, name: str, progress: str, enquiry: str | None, expected: str | None
) -> MessageView:
    """Answer an enquiry about progress, the newest without an answer if none is named."""
    room = reading.open_room(desk, name)
    named = _message_id(desk, enquiry)
    if named is None:
        waiting = timeline_of(desk, room).enquiries_for(desk.oneself.entry_id)
        if not waiting:
            raise MisuseError("no enquiry waits for an answer in this case: name one")
        named = waiting[-1].entry.message_id
    return say(desk, room, ProgressAnswer(named, progress, expected), "")


def tell_progress(desk: Desk, name: str, progress: str, expected: str | None) -> MessageView:
    """Tell how far a request is without being asked, with a signature.

    Raises:
        MisuseError: there is no request here, or this is not the side to tell.
    """
    room = reading.open_room(desk, name)
    request = newest_request(desk, room)
    if timeline_of(desk, room).side_of(desk.oneself.entry_id) is not Side.REQUESTED:
        raise MisuseError("only who was asked tells how far a request is: `rogatory case enquire` asks")
    if request is None:
        raise MisuseError("there is no request in this case of whose progress could be told")
    return say(desk, room, ProgressAnswer(request, progress, expected), "")


def set_deadline(desk: Desk, name: str, what: str, due: str, acts: str | None, basis: str) -> MessageView:
    """Say by the end of which day an office has to do something; the own one if none is named."""
    office = desk.oneself.entry_id if acts is None else EntryId(acts.strip().upper())
    room = reading.open_room(desk, name)
    if office not in offices_in(room, desk):
        raise MisuseError(f"{office} is not in this case")
    return say(desk, room, DeadlineSet(what, coming_day(desk, due, office), office, basis), "")


def withdraw_deadline(desk: Desk, name: str, deadline: str, reasons: str) -> MessageView:
    """Take back a deadline that the own office has set."""
    named = MessageId(reading.stored_message(desk, deadline).message_id)
    return say(desk, reading.open_room(desk, name), DeadlineWithdrawn(named, reasons), "")


def new_version(desk: Desk, room: Room) -> tuple[StateSet, ...]:
    """Return what is said beside a request that takes its case on; nothing where it begins one.

    A case is taken on where it was returned or refused, and where the request has not arrived.

    Raises:
        MisuseError: a request is under way here, beside which another would change nothing.
    """
    timeline = timeline_of(desk, room)
    if timeline.request is None:
        return ()
    side = timeline.side_of(desk.oneself.entry_id)
    # Of several offices asked, it is for those that have returned or refused it, and goes by the others.
    waiting = {
        name: step
        for line in timeline.lines.values() or (timeline,)
        for step in line.next_steps(side)
        if step.target is State.SENT
        for name in line.to_build_upon()
    }
    if not waiting:
        raise MisuseError("a request is under way in this case: another one needs a case of its own")
    role = desk.registry.devices[desk.oneself.device_id].entry.role
    if not all(may_take(role, step) for step in waiting.values()):
        raise MisuseError(f"a device of the role {role} may not send a new version of a request")
    return (StateSet(State.SENT.value, tuple(waiting)[:MAX_PARENTS]),)


def _message_id(desk: Desk, name: str | None) -> MessageId | None:
    return None if name is None else MessageId(reading.stored_message(desk, name).message_id)


def say(desk: Desk, room: Room, event: CaseEvent, text: str) -> MessageView:
    """Say something about a case that every receiver will take for valid.

    Raises:
        MisuseError: it would not be valid, or nothing of the kind is said in a consultation.
    """
    if room.kind not in receipts.FORMAL and not isinstance(event, StateSet):
        raise MisuseError("a consultation has no deadlines and no enquiries: nothing in it is signed")
    parts = (event_part(event), *((text_part(text),) if text else ()))
    message, outcome = post(room, begin_draft(room.group_id, desk.context()), parts)
    require_valid(desk, room, event, message)
    desk.carry_out(merge_outcomes((outcome,)))
    return message_view(reading.stored_message(desk, message.message_id.hex()))


def require_valid(desk: Desk, room: Room, event: CaseEvent, message: Message) -> None:
    """Say nothing that would be shown as not valid.

    Args:
        desk: the office.
        room: that it is for.
        event: of the message.
        message: as it is to be sent.

    Raises:
        MisuseError: it would; says why.
    """
    oneself, now_ms = desk.oneself, desk.surroundings.now_ms()
    name = MessageId(b"\xff" * MESSAGE_ID_BYTES)
    device = desk.registry.devices[oneself.device_id]
    entry = Entry(
        *(name, oneself.entry_id, oneself.officer, oneself.device_id, device.entry.role, now_ms, (event,)),
        flaw=flaw_in(message.content, room.group_id, device, now_ms // 1000),
        is_queued=True,
    )
    held = record_of(desk, room)
    record = replace(held, entries=(*held.entries, entry), said={**held.said, name: oneself.entry_id})
    timeline = project(record, now_ms // 1000)
    if asked := offices_asked(timeline):
        records = records_of_lines(desk, room, record, asked)
        timeline = project_lines(records, timeline, now_ms // 1000)
    for judged in timeline.changes:
        if judged.entry.message_id == name and judged.standing is not Standing.VALID:
            raise MisuseError(f"this would not be valid: {judged.reason}")
    for attempt in timeline.attempts:
        if attempt.entry is entry:
            raise MisuseError(f"this would not be valid: {attempt.reason}")
