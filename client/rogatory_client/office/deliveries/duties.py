"""What a device does by itself once it has read all there is, so that nothing is lost without a word.

It states non-delivery and answers it, tells what it cannot open, and says again what others cannot. Each is
one transaction and begins from what is on disk.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from rogatory_client.engine import resending, unreadable
from rogatory_client.engine.delivery_effect import (
    AnswerNonDelivery,
    ResendRequest,
    SaveNonDelivery,
    SettleResendRequest,
)
from rogatory_client.engine.delivery_state import Stage, failure_due, progress_of
from rogatory_client.engine.effect import ArchivedMessage, Effect, Happening, Outcome
from rogatory_client.engine.history import reseal
from rogatory_client.engine.non_delivery import flaw_of, state_non_delivery
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.writing import write
from rogatory_client.office.company.circle_rooms import room_among_us
from rogatory_client.office.deliveries.terms import recipients_of, terms_of, terms_of_office
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import holds, offices_in
from rogatory_client.vault import deliveries
from rogatory_client.vault import unreadable as unreadable_rows
from rogatory_client.vault.deliveries import Sent
from rogatory_crypto.content import receipts
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import Disposition, NestedPart, SinglePart
from rogatory_crypto.content.non_delivery import NonDelivery, non_delivery_part
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

JUDGE_EVERY_S: Final = 900
# What is older was looked after by people long ago.
MAX_AGE_S: Final = 90 * 86_400
MAX_STATED_AT_ONCE: Final = 20
MAX_RESENT_A_DAY: Final = 100
_DAY_S: Final = 86_400


def tell_and_answer(desk: Desk) -> None:
    """Tell what this device cannot open, and answer what others cannot; costs nothing where nothing waits."""
    for group_id in {each.group_id for each in desk.unreadable.values()}:
        if group_id in desk.rooms:
            desk.carry_out(unreadable.report(desk.rooms[group_id], desk.context()))
    for request in desk.resend_requests:
        desk.carry_out(_answer(desk, request))
    _answer_non_delivery(desk)


def _answer(desk: Desk, request: ResendRequest) -> Outcome:
    context, room = desk.context(), desk.rooms.get(request.group_id)
    with desk.vault.reading() as connection:
        message = deliveries.message_at(connection, request.group_id, request.sequence)
        given = unreadable_rows.count_resent(connection, request.device_id, context.now - _DAY_S)
        known = {} if message is None else deliveries.load_addressees(connection, [message.message_id])
    if message is None or room is None or given >= MAX_RESENT_A_DAY:
        return resending.refused(request, None, "", context)
    if message.entry_id != context.oneself.entry_id:
        return Outcome((), _at_home(desk, message, room, request, context))
    if not resending.is_ours_to_answer(message, request, room, context):
        return resending.refused(request, None, "", context)
    objection = resending.objection(message, request, room, known.get(message.message_id), context)
    if objection is not None:
        return resending.refused(request, message, objection, context)
    return Outcome((), resending.say_again(message, request, context))


def _at_home(
    desk: Desk, message: ArchivedMessage, room: Room, request: ResendRequest, context: Context
) -> tuple[Effect, ...]:
    """What another office has said is handed on to devices of this one, where those in the case read it."""
    is_ours = _office(desk, request.device_id) == context.oneself.entry_id
    among_us = room_among_us(desk, room) if is_ours else None
    handed = () if among_us is None else reseal(room, among_us, [message], context)
    said = tuple(each for each in handed if isinstance(each, Enqueue))
    return (SettleResendRequest(request, message.message_id if said else None), *said)


def _answer_non_delivery(desk: Desk) -> None:
    """Say again what this device has signed about messages that its office is said not to have got."""
    for message_id, group_id in desk.unanswered:
        context, room = desk.context(), desk.rooms.get(group_id)
        with desk.vault.reading() as connection:
            is_about_us = deliveries.is_unanswered(connection, message_id, context.oneself.entry_id)
            proofs = deliveries.own_proofs(connection, message_id, context.oneself.device_id)
        effects: list[Effect] = [AnswerNonDelivery(message_id)]
        if is_about_us and proofs and room is not None and room.is_followed_by(context.oneself.device_id):
            effects.append(_said((_receipt_part(each) for each in proofs), group_id, context))
        desk.carry_out(Outcome((), tuple(effects)))


def _receipt_part(signed: bytes) -> SinglePart:
    return SinglePart(Disposition.UNSPECIFIED, "", receipts.MEDIA_TYPE, signed)


def _said(parts: Iterator[NestedPart], group_id: GroupId, context: Context) -> Enqueue:
    written = write(tuple(parts), group_id, context)
    return Enqueue(Parcel(0, group_id, written.message_id, written.encoded))


def state_what_is_due(desk: Desk) -> None:
    """State non-delivery of what this office has sent formally, where its time is over without evidence.

    Only what has been read so far counts as evidence, so it is called once all is.
    """
    context = desk.context()
    least_s = min(each.delivery_s for each in terms_of_office(desk))
    for group_id, names in unopened(desk, context, least_s).items():
        room = desk.rooms.get(group_id)
        # Who cannot follow a room cannot have read the evidence either.
        if room is not None and not room.is_behind and room.is_followed_by(context.oneself.device_id):
            with desk.vault.reading() as connection:
                messages = deliveries.load_messages(connection, names)
            _state_in(desk, room, messages)


def unopened(desk: Desk, context: Context, for_s: int) -> dict[GroupId, list[MessageId]]:
    """Return what was sent so long ago and not opened by all, without reading a word of the many that were.

    Args:
        desk: the office.
        context: its identity, and the time.
        for_s: since how many seconds the relay has it.
    """
    begin_ms = (context.now - MAX_AGE_S) * 1000
    end_ms = (context.now - for_s) * 1000
    with desk.vault.reading() as connection:
        sent = deliveries.sent_formally(connection, begin_ms, end_ms)
        opened = deliveries.opened_by(connection, begin_ms, end_ms)
    own = context.oneself.entry_id
    found: dict[GroupId, list[MessageId]] = {}
    for each in sent:
        offices = _meant(desk, each) - {own}
        if not offices or any((each.message_id, office) not in opened for office in offices):
            found.setdefault(each.group_id, []).append(each.message_id)
    return found


def _meant(desk: Desk, sent: Sent) -> frozenset[EntryId | None]:
    offices = frozenset(_office(desk, device) for device in sent.sealed_for)
    room = desk.rooms.get(sent.group_id)
    # What another device has said is for none but those who are in the room.
    return offices if offices or room is None else frozenset(offices_in(room, desk))


def _state_in(desk: Desk, room: Room, messages: Sequence[ArchivedMessage]) -> None:
    context = desk.context()
    stated = list(_due_in(desk, room, messages, context))[:MAX_STATED_AT_ONCE]
    if stated:
        parts = (non_delivery_part(each.kept.signed) for each in stated)
        told = tuple(_told(each.kept.stated) for each in stated)
        desk.carry_out(Outcome((), (*stated, _said(parts, room.group_id, context)), told))


def _told(stated: NonDelivery) -> Happening:
    what = "delivered to" if stated.event is EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE else "opened at"
    text = (
        f"{stated.message_id.hex()[:12]} was not {what} {stated.recipient} within "
        f"{stated.waited_s // 3600} h: that is stated now, signed; call the office"
    )
    return Happening("warning", stated.group_id, stated.message_id, text)


def _due_in(
    desk: Desk, room: Room, messages: Sequence[ArchivedMessage], context: Context
) -> Iterator[SaveNonDelivery]:
    names = [each.message_id for each in messages]
    terms = terms_of(desk, [room.group_id])[room.group_id]
    with desk.vault.reading() as connection:
        found = deliveries.load_evidence(connection, names)
        stated = deliveries.load_non_deliveries(connection, names, context.registry)
        sealed_for = deliveries.load_addressees(connection, names)
        asked = unreadable_rows.asked_for(connection, [room.group_id])
        for message in messages:
            counted = [
                each for each in stated.get(message.message_id, []) if flaw_of(each.stated, message) is None
            ]
            proofs = [each for each in found.get(message.message_id, []) if holds(each, message, desk)]
            place = room.group_id, message.sequence or 0
            unopened = {_office(desk, each.device_id) for each in asked.get(place, ())}
            for recipient in recipients_of(desk, room, message, sealed_for.get(message.message_id)):
                progress = progress_of(recipient, Stage.RELAYED, proofs, counted)
                due = failure_due(
                    progress, message.at_ms // 1000, terms, context.now, unreadable=recipient in unopened
                )
                if due is not None:
                    event, reason, waited_s = due
                    kept = state_non_delivery(message, recipient, event, reason, waited_s, context)
                    yield SaveNonDelivery(kept)


def _office(desk: Desk, device_id: DeviceId) -> EntryId | None:
    device = desk.registry.devices.get(device_id)
    return None if device is None else device.entry.entry_id
