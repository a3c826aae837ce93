"""Pressing an urgent request that waits: the ladder of who asks, and the alerts where it was asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from rogatory_client.casework.deadlines.escalation import (
    UNACKNOWLEDGED,
    Rung,
    Step,
    Waiting,
    is_pressing,
    ladder,
)
from rogatory_client.casework.deadlines.opening_hours import OpeningHours, opening_hours
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.cases.deadlines import calendars_of, free_calendar_of
from rogatory_client.office.cases.digest import Digest
from rogatory_client.office.cases.digesting import digests
from rogatory_client.office.cases.record import CASES, timeline_of
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_client.office.desk import Desk
from rogatory_client.office.mailbox.standing_in import standing_in_today
from rogatory_client.office.showing import message_view, offices_in
from rogatory_client.office.speaking import new_room, offices_named
from rogatory_client.office.urgent.view import AlertView, EscalationView, StepView
from rogatory_client.office.view import MessageView
from rogatory_crypto.casework import Side, Timeline
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseOpened, Urgency, event_part
from rogatory_crypto.content.urgent import EscalationNotice
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId
from rogatory_directory_sync import Record

# All that a secretariat reads of it.
NOTICE_SUBJECT: Final = "An urgent request waits"


@dataclass(frozen=True, slots=True)
class _Asked:
    """An urgent request as it stands with one of the offices asked.

    Attributes:
        waiting: None where it has not left.
    """

    room: Room
    requesting: EntryId
    requested: EntryId
    urgency: Urgency
    waiting: Waiting | None

    @property
    def waits(self) -> bool:
        """Whether nobody there has acted upon it."""
        return self.waiting is not None and self.waiting.ended_at is None


def escalation(desk: Desk, name: str) -> tuple[EscalationView, ...]:
    """Return how a case is pressed at each office asked, and what is due now.

    Raises:
        MisuseError: there is no such case, or nothing urgent was asked in it.
    """
    room = reading.room_of(desk, name)
    if room.kind not in CASES:
        raise MisuseError("this is no case: nothing waits in it")
    asked = _asked_urgently(desk, room)
    if not asked:
        raise MisuseError("nothing urgent was asked in this case: see `rogatory case deadlines`")
    return tuple(_view(desk, each) for each in asked)


def all_due(desk: Desk) -> tuple[EscalationView, ...]:
    """Return the own requests for which a step beyond the duty officer is due now."""
    pressed = (each for each in _pressed(desk) if each.requesting == desk.oneself.entry_id)
    views = (_view(desk, each) for each in pressed)
    return tuple(each for each in views if _is_beyond_duty(each))


def _is_beyond_duty(view: EscalationView) -> bool:
    return any(step.is_due and step.who != Rung.DUTY_OFFICER for step in view.steps)


def alerts(desk: Desk) -> tuple[AlertView, ...]:
    """Return the urgent requests of others that wait here, with whom the devices alert now."""
    own = desk.oneself.entry_id
    here = (each for each in _pressed(desk) if each.requested == own != each.requesting)
    found = (alert for each in here if (alert := _alert(desk, each)) is not None)
    return tuple(sorted(found, key=lambda each: (each.since, each.room_id)))


def _alert(desk: Desk, asked: _Asked) -> AlertView | None:
    if asked.waiting is None:
        return None
    hours = _hours(desk, asked.requested)
    steps = ladder(Side.REQUESTED, asked.waiting, hours, None, desk.surroundings.now())
    due = [step.who for step in steps if step.is_due]
    if not due:
        return None
    whom = tuple(dict.fromkeys(officer for who in due for officer in _officers(desk, who)))
    return AlertView(
        room_id=asked.room.group_id.hex(),
        requesting=asked.requesting,
        urgency=asked.urgency.value,
        since=asked.waiting.since,
        whom=whom,
        is_for_this_officer=desk.oneself.officer in whom,
    )


def tell_secretariat(desk: Desk, name: str, network: str | None, requested: str | None) -> MessageView:
    """Tell the secretariat of a network of both offices that a request waits; nothing else of it.

    It goes into an informal room of its own, and only because an officer has said so.

    Args:
        desk: the office.
        name: of the case.
        network: code; the first by code that has both offices if None.
        requested: at which office it waits; may be None where there is only one.

    Raises:
        MisuseError: nothing waits, it is not for the secretariat yet, or no network has both offices.
    """
    view = _to_tell_of(desk, escalation(desk, name), requested)
    secretariat = _secretariat(desk, EntryId(view.requested), network)
    (addressed,) = offices_named(desk, (secretariat or "",))
    context = desk.context()
    room = new_room(context, (addressed,))
    opened = event_part(CaseOpened(CaseKind.CONSULTATION, NOTICE_SUBJECT, None, None))
    notice = event_part(EscalationNotice(EntryId(view.requested), view.since or 0))
    message, outcome = post(room, begin_draft(room.group_id, context), (opened, notice))
    desk.carry_out(merge_outcomes((outcome,)))
    return message_view(reading.stored_message(desk, message.message_id.hex()))


def _to_tell_of(desk: Desk, views: Sequence[EscalationView], requested: str | None) -> EscalationView:
    """Return how it is pressed at the office of which a secretariat is told."""
    own, requesting = desk.oneself.entry_id, views[0].requesting
    if requesting != own:
        raise MisuseError(f"the request is {requesting}'s: only who has asked tells a secretariat")
    asked = [view for view in views if requested in {None, view.requested}]
    if not asked:
        raise MisuseError(f"{requested} was not asked: {', '.join(view.requested for view in views)}")
    waiting = [view for view in asked if view.waiting and view.since is not None]
    if not waiting:
        raise MisuseError("nothing waits in this case: somebody has acted, or it has not left")
    due = [view for view in waiting if (step := _last_step(view)) is not None and step.is_due]
    if len(due) > 1:
        raise MisuseError(f"it waits at {' and '.join(view.requested for view in due)}: name one office")
    if due:
        return due[0]
    step = _last_step(waiting[0])
    if step is None:
        raise MisuseError(f"no network has both {own} and {waiting[0].requested}, or it has no secretariat")
    raise MisuseError(f"it is for the secretariat from {step.clocks[own]} on: try the steps before")


def _last_step(view: EscalationView) -> StepView | None:
    return next((each for each in view.steps if each.who == Rung.SECRETARIAT), None)


def _pressed(desk: Desk) -> Iterator[_Asked]:
    """Yield the urgent requests that wait; only rooms whose digests say so are read anew."""
    hidden = hidden_rooms(desk)
    shown = (room for room in desk.rooms.values() if room.group_id not in hidden)
    rooms = [room for room in shown if room.kind is CaseKind.REQUEST and not room.was_left]
    known, now = digests(desk, rooms), desk.surroundings.now()
    for room in rooms:
        if _may_wait(known[room.group_id], now):
            yield from (each for each in _asked_urgently(desk, room) if each.waits)


def _may_wait(digest: Digest, now: int) -> bool:
    """Tell whether somebody may not have acted; several offices asked may stand at different states."""
    if digest.urgency is None or not is_pressing(Urgency(digest.urgency)):
        return False
    state = digest.stand_at(now).state
    return state is None or state in UNACKNOWLEDGED


def _asked_urgently(desk: Desk, room: Room) -> tuple[_Asked, ...]:
    """Return how an urgent request stands with each office asked; nothing where nothing urgent was asked."""
    timeline = timeline_of(desk, room)
    request, requesting = timeline.request, timeline.requesting
    if request is None or requesting is None or not is_pressing(request.urgency):
        return ()
    lines = timeline.lines or dict.fromkeys(_offices_asked(desk, room, timeline), timeline)
    return tuple(
        _Asked(room, requesting, office, request.urgency, _waiting(line, request.urgency))
        for office, line in lines.items()
    )


def _offices_asked(desk: Desk, room: Room, timeline: Timeline) -> Iterator[EntryId]:
    return (each for each in offices_in(room, desk) if timeline.side_of(each) is Side.REQUESTED)


def _waiting(line: Timeline, urgency: Urgency) -> Waiting | None:
    """Return since when a request waits in a line; None where it has not left."""
    sent = [each.entry for each in line.changes if each.state == "sent" and not each.entry.is_queued]
    if not sent:
        return None
    since = max(entry.at_ms for entry in sent) // 1000
    if line.state in UNACKNOWLEDGED:
        return Waiting(urgency, since)
    acted = [
        each.entry.at_ms // 1000
        for each in line.changes
        if each.side is Side.REQUESTED and each.entry.at_ms // 1000 >= since
    ]
    return Waiting(urgency, since, min(acted, default=since))


def _view(desk: Desk, asked: _Asked) -> EscalationView:
    requested, waiting = asked.requested, asked.waiting
    secretariat = _secretariat(desk, requested, None)
    there = None if secretariat is None else _hours(desk, secretariat)
    now = desk.surroundings.now()
    steps = () if waiting is None else ladder(Side.REQUESTING, waiting, _hours(desk, requested), there, now)
    among = {asked.requesting, requested}
    zones = {office: each.zone for office, each in calendars_of(desk, asked.room).items() if office in among}
    record = desk.listing.records.get(requested)
    return EscalationView(
        room_id=asked.room.group_id.hex(),
        urgency=asked.urgency.value,
        requesting=asked.requesting,
        requested=requested,
        waiting=asked.waits,
        since=None if waiting is None else waiting.since,
        ended_at=None if waiting is None else waiting.ended_at,
        procedure="" if record is None else record.urgent_procedure.text or "",
        steps=tuple(_step_view(desk, step, requested, secretariat, zones) for step in steps),
    )


def _step_view(
    desk: Desk, step: Step, requested: EntryId, secretariat: EntryId | None, zones: dict[EntryId, ZoneInfo]
) -> StepView:
    entry = secretariat or requested if step.who is Rung.SECRETARIAT else requested
    return StepView(
        who=step.who.value,
        entry=entry,
        at=step.at,
        is_due=step.is_due,
        is_there=step.is_there,
        there_at=step.there_at,
        clocks=clocks(step.at, zones),
        there_clocks={} if step.there_at is None else clocks(step.there_at, zones),
        contacts=_contacts(desk.listing.records.get(entry), step.who),
    )


def clocks(at: int, zones: dict[EntryId, ZoneInfo]) -> dict[str, str]:
    """Return an instant on the clocks of offices."""
    moment = datetime.fromtimestamp(at, UTC)
    return {office: f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}" for office, zone in zones.items()}


def _contacts(record: Record | None, who: Rung) -> tuple[str, ...]:
    """Return how to reach a rung: the emergency number and mailbox first for who is on duty."""
    if record is None:
        return ()
    kinds = ("emergency_24_7", "urgent", "office") if who is Rung.DUTY_OFFICER else ("office", "urgent")
    phones = [(each.type.value, each.e164 or each.raw or "") for each in record.phones]
    mailboxes = [(each.type.value, each.address) for each in record.emails]
    found = [text for kind in kinds for each, text in (*phones, *mailboxes) if each == kind and text]
    return tuple(dict.fromkeys(found))


def _officers(desk: Desk, who: Rung) -> tuple[str, ...]:
    """Return the officers of the own office who are alerted at a step.

    On duty are the duty officers, and the case officers where there is none. Deputies are those who stand in
    today for an officer, and the case officers. Where nobody is of a step, the head is alerted at once.
    """
    by_role: dict[Role, list[str]] = {}
    for device in desk.registry.devices_of(desk.oneself.entry_id, desk.surroundings.now()):
        by_role.setdefault(device.entry.role, []).append(device.entry.officer)
    case_officers = by_role.get(Role.CASE_OFFICER, [])
    match who:
        case Rung.DUTY_OFFICER:
            found = by_role.get(Role.DUTY_OFFICER) or case_officers
        case Rung.DEPUTY:
            standing_in = (each for deputies in standing_in_today(desk).values() for each in deputies)
            found = [*standing_in, *case_officers]
        case _:
            found = []
    return tuple(sorted(dict.fromkeys(found or by_role.get(Role.HEAD, []))))


def _hours(desk: Desk, office: EntryId) -> OpeningHours:
    return opening_hours(desk.listing.records.get(office), free_calendar_of(desk, office))


def _secretariat(desk: Desk, requested: EntryId, network: str | None) -> EntryId | None:
    """Return the secretariat of a network that has both offices; the first by code."""
    own = desk.oneself.entry_id
    wanted = None if network is None else desk.listing.network(network)
    if network is not None and wanted is None:
        raise MisuseError(f"there is no network {network!r}: see `rogatory network`")
    listed = desk.listing.networks.values() if wanted is None else (wanted,)
    for each in sorted(listed, key=lambda one: one.code):
        if each.secretariat is not None and {own, requested} <= set(each.members):
            return each.secretariat
    return None
