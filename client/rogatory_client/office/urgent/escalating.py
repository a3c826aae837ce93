"""Pressing an urgent request that waits: the ladder of who asks, and the alerts where it was asked."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from rogatory_client.casework.escalation import (
    UNACKNOWLEDGED,
    Rung,
    Step,
    Waiting,
    is_pressing,
    ladder,
)
from rogatory_client.casework.opening_hours import OpeningHours, opening_hours
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


def escalation(desk: Desk, name: str) -> EscalationView:
    """Return how a case is pressed, and what is due now.

    Raises:
        MisuseError: there is no such case, or nothing urgent was asked in it.
    """
    return _view(desk, reading.room_of(desk, name))


def all_due(desk: Desk) -> tuple[EscalationView, ...]:
    """Return the own requests for which a step beyond the duty officer is due now."""
    found = []
    for room in _pressed(desk, desk.oneself.entry_id):
        view = _view(desk, room)
        if any(step.is_due and step.who != Rung.DUTY_OFFICER for step in view.steps):
            found.append(view)
    return tuple(found)


def alerts(desk: Desk) -> tuple[AlertView, ...]:
    """Return the urgent requests of others that wait here, with whom the devices alert now."""
    found = []
    for room in _pressed(desk, None):
        timeline = timeline_of(desk, room)
        waiting, asked = _waiting(timeline), desk.oneself.entry_id
        if waiting is None or timeline.requesting in {None, asked}:
            continue
        hours = _hours(desk, asked)
        steps = ladder(Side.REQUESTED, waiting, hours, None, desk.surroundings.now())
        due = [step.who for step in steps if step.is_due]
        whom = tuple(dict.fromkeys(officer for who in due for officer in _officers(desk, who)))
        if due:
            found.append(
                AlertView(
                    room_id=room.group_id.hex(),
                    requesting=timeline.requesting or "",
                    urgency=waiting.urgency.value,
                    since=waiting.since,
                    whom=whom,
                    is_for_this_officer=desk.oneself.officer in whom,
                )
            )
    return tuple(sorted(found, key=lambda each: (each.since, each.room_id)))


def tell_secretariat(desk: Desk, name: str, network: str | None) -> MessageView:
    """Tell the secretariat of a network of both offices that a request waits; nothing else of it.

    It goes into an informal room of its own, and only because an officer has said so.

    Raises:
        MisuseError: nothing waits, it is not for the secretariat yet, or no network has both offices.
    """
    view = _view(desk, reading.room_of(desk, name))
    own = desk.oneself.entry_id
    if view.requesting != own:
        raise MisuseError(f"the request is {view.requesting}'s: only who has asked tells a secretariat")
    if not view.waiting or view.since is None:
        raise MisuseError("nothing waits in this case: somebody has acted, or it has not left")
    step = next((each for each in view.steps if each.who == Rung.SECRETARIAT), None)
    if step is None:
        raise MisuseError(f"no network has both {own} and {view.requested}, or it has no secretariat")
    if not step.is_due:
        raise MisuseError(f"it is for the secretariat from {step.clocks[own]} on: try the steps before")
    secretariat = _secretariat(desk, EntryId(view.requested), network)
    (addressed,) = offices_named(desk, (secretariat or "",))
    context = desk.context()
    room = new_room(context, (addressed,))
    opened = event_part(CaseOpened(CaseKind.CONSULTATION, NOTICE_SUBJECT, None, None))
    notice = event_part(EscalationNotice(EntryId(view.requested), view.since))
    message, outcome = post(room, begin_draft(room.group_id, context), (opened, notice))
    desk.carry_out(merge_outcomes((outcome,)))
    desk.reload()
    return message_view(reading.stored_message(desk, message.message_id.hex()))


def _pressed(desk: Desk, asking: EntryId | None) -> list[Room]:
    """Return the rooms of urgent requests that wait; of one office, or of any."""
    found = []
    for room in _perhaps_pressed(desk):
        timeline = timeline_of(desk, room)
        waiting = _waiting(timeline)
        if waiting is not None and waiting.ended_at is None and asking in {None, timeline.requesting}:
            found.append(room)
    return found


def _perhaps_pressed(desk: Desk) -> list[Room]:
    """Return the rooms whose digests say so; only these are read anew."""
    hidden = hidden_rooms(desk)
    shown = (room for room in desk.rooms.values() if room.group_id not in hidden)
    rooms = [room for room in shown if room.kind is CaseKind.REQUEST and not room.was_left]
    known, now = digests(desk, rooms), desk.surroundings.now()
    return [room for room in rooms if _waits(known[room.group_id], now)]


def _waits(digest: Digest, now: int) -> bool:
    if digest.urgency is None or not is_pressing(Urgency(digest.urgency)):
        return False
    return digest.stand_at(now).state in UNACKNOWLEDGED


def _waiting(timeline: Timeline) -> Waiting | None:
    """Return the urgent request of a case; None where there is none, or it has not left."""
    if timeline.request is None or timeline.requesting is None or not is_pressing(timeline.request.urgency):
        return None
    sent = [each.entry for each in timeline.changes if each.state == "sent" and not each.entry.is_queued]
    if not sent:
        return None
    since = max(entry.at_ms for entry in sent) // 1000
    if timeline.state in UNACKNOWLEDGED:
        return Waiting(timeline.request.urgency, since)
    acted = [
        each.entry.at_ms // 1000
        for each in timeline.changes
        if each.side is Side.REQUESTED and each.entry.at_ms // 1000 >= since
    ]
    return Waiting(timeline.request.urgency, since, min(acted, default=since))


def _view(desk: Desk, room: Room) -> EscalationView:
    if room.kind not in CASES:
        raise MisuseError("this is no case: nothing waits in it")
    timeline = timeline_of(desk, room)
    request, requesting = timeline.request, timeline.requesting
    if request is None or requesting is None or not is_pressing(request.urgency):
        raise MisuseError("nothing urgent was asked in this case: see `rogatory case deadlines`")
    requested = _requested(desk, room, requesting)
    waiting = _waiting(timeline)
    secretariat = _secretariat(desk, requested, None)
    hours = _hours(desk, requested)
    there = None if secretariat is None else _hours(desk, secretariat)
    now = desk.surroundings.now()
    steps = () if waiting is None else ladder(Side.REQUESTING, waiting, hours, there, now)
    zones = {office: each.zone for office, each in calendars_of(desk, room).items()}
    record = desk.listing.records.get(requested)
    return EscalationView(
        room_id=room.group_id.hex(),
        urgency=request.urgency.value,
        requesting=requesting,
        requested=requested,
        waiting=waiting is not None and waiting.ended_at is None,
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


def _requested(desk: Desk, room: Room, requesting: EntryId) -> EntryId:
    others = [office for office in offices_in(room, desk) if office != requesting]
    if not others:
        raise MisuseError("no other office is in this case")
    return others[0]


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
