"""Rows of the log as they come in: each once, in order, from whom it claims, or noted and left behind.

A row that cannot be processed changes nothing but the position: one bad row must not stop the others. Our own
rows are known by the hash of their payload. What was decrypted is persisted by the effects returned here
before anybody sees it; evidence of delivery goes out with the same transaction (``acknowledging``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Final

from rogatory_client.engine import (
    carried_row,
    following,
    gossip,
    handed_back,
    history,
    recovery,
    resending,
    unreadable,
)
from rogatory_client.engine.additions import ACCUSED, maker_of
from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.delivery_effect import SaveAddressees
from rogatory_client.engine.effect import (
    ArchivedMessage,
    Effect,
    ForgetKeyPackage,
    ForgetPayload,
    Happening,
    Note,
    Outcome,
    SaveMessage,
    SaveRoom,
    SpendLastResort,
)
from rogatory_client.engine.interpretation import (
    EVIDENCE,
    Interpretation,
    Said,
    filenames,
    interpret,
)
from rogatory_client.engine.large_tree import named_key_package
from rogatory_client.engine.log_view import require_fresh
from rogatory_client.engine.membership import (
    is_of_one_office,
    require_same_offices,
    require_was_in_service,
    reseal_owed,
    seated,
)
from rogatory_client.engine.partner_effect import NoteChangedPartner
from rogatory_client.engine.partner_watch import missed
from rogatory_client.engine.room import (
    Context,
    Room,
    device_of,
)
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.history import HistoryResealed, HistoryReturned
from rogatory_crypto.content.message import verify_message
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import GroupId, RowKind, read_group_id

# What a member may leave to others: fresh keys of its own.
_UPDATE: Final = "update"


def receive(
    rooms: Mapping[GroupId, Room],
    group_id: GroupId,
    row: Row,
    context: Context,
    *,
    ratchet_tree: bytes | None = None,
) -> Outcome:
    """Take one row in.

    Args:
        rooms: all rooms of this device.
        group_id: the log the row stands in.
        row: as the relay delivered it.
        context: identity, registry, time.
        ratchet_tree: what ``tree_wanted`` asked for, if the row is a Welcome that does not carry it.

    Returns:
        The new state; ``refused`` names the code if the row could not be processed. What is ``delivered`` is
        still to be acknowledged.
    """
    room = rooms.get(group_id, Room(group_id))
    if row.sequence <= room.position:
        return Outcome()
    ahead = room.ahead(row.sequence)
    digest = sha256(row.payload).digest()
    if digest in context.own_payloads:
        return Outcome((ahead,), (SaveRoom(ahead), ForgetPayload(digest)))
    if (came := context.carried.get(digest)) is not None and came.group_id == group_id:
        return carried_row.confirm(came, ahead, row, context)
    try:
        if row.kind is RowKind.WELCOME:
            return _join(ahead, row, context, ratchet_tree)
        return _process(rooms, ahead, row, context)
    except PeerError as error:
        lost = recovery.cannot_follow(ahead, row, error, context)
        if lost is not None:
            return lost
        return unreadable.noted(_refuse(room, ahead, row, error, context), room, row, error, context)


def refuse(
    rooms: Mapping[GroupId, Room], group_id: GroupId, row: Row, error: PeerError, context: Context
) -> Outcome:
    """Note a row as refused and leave it behind."""
    room = rooms.get(group_id, Room(group_id))
    return _refuse(room, room.ahead(row.sequence), row, error, context)


def _refuse(room: Room, ahead: Room, row: Row, error: PeerError, context: Context) -> Outcome:
    note = Note(room.group_id, row.sequence, context.now, error.code.value, error.detail)
    text = f"a row was refused ({error.code.value}): {error.detail}"
    told = (Happening("warning", room.group_id, None, text),)
    if room.group is None:
        return Outcome((), (note,), told, error.code.value)
    return Outcome((ahead,), (SaveRoom(ahead), note), told, error.code.value)


def _process(rooms: Mapping[GroupId, Room], room: Room, row: Row, context: Context) -> Outcome:
    if room.group is None:
        raise PeerError(Code.WRONG_GROUP, "Q06: a row of a room this device was never welcomed to")
    if not room.group.active:
        raise PeerError(Code.REMOVED, "I12: a row after this device was removed")
    received = mls.process(room.group, row.payload, now=context.now, authenticate=context.authenticate_member)
    advanced = room if isinstance(received, mls.EchoReceived) else room.advanced(received.group)
    match received:
        case mls.ApplicationReceived():
            return _read(rooms, advanced, row, received, context)
        case mls.CommitReceived():
            return _judge_commit(room, advanced, row, received, context)
        case mls.ProposalReceived() if received.kind != _UPDATE:
            # Who commits what another proposed is taken for its author, and the relay is not told who comes.
            raise PeerError(Code.FORBIDDEN, f"G13: a proposal ({received.kind}); here that takes a commit")
        case mls.ProposalReceived() | mls.EchoReceived():
            return Outcome((advanced,), (SaveRoom(advanced),))


def _join(room: Room, row: Row, context: Context, ratchet_tree: bytes | None) -> Outcome:
    if room.is_followed_by(context.oneself.device_id):
        raise PeerError(Code.CONFLICT, "K03: a Welcome to a room this device is in")
    if room.is_planned:
        # What waits there was written for those the officer chose, not for whoever knows the room's number.
        raise PeerError(Code.CONFLICT, "a Welcome to a room this device is about to make")
    if context.split is not None:
        raise PeerError(Code.FORBIDDEN, f"a Welcome, and {ACCUSED}; then ask to be added again")
    package = named_key_package(row.payload, context)
    group = mls.join_group(
        row.payload,
        package,
        now=context.now,
        authenticate=context.authenticate_member,
        ratchet_tree=ratchet_tree,
    )
    if group.group_id != room.group_id:
        raise PeerError(Code.WRONG_GROUP, "a Welcome to another room than the log it stands in")
    if room.group is not None:
        recovery.require_later(room.group, group)
        require_same_offices(room.group, group, context)
    joined = replace(room, group=group, staged=None, needs_epoch=0, lost=())
    joined = seated(joined, (), group.members, row.accepted_at_ms, context)
    used = SpendLastResort if package.last_resort else ForgetKeyPackage  # E07 K13 L06
    told = Happening("room", room.group_id, None, "this device was added to a room")
    changed = tuple(missed(group, context))
    noted = (NoteChangedPartner(each.entry_id, context.now) for each in changed)
    return Outcome(
        (joined,),
        (SaveRoom(joined), used(package.reference), *noted),
        (told, *_doubts(joined, context), *(each.happening for each in changed)),
    )


def _doubts(room: Room, context: Context) -> tuple[Happening, ...]:
    """Warn of a roster that was believed by a stale view; to refuse it would lose the room for good."""
    try:
        require_fresh(context.log, context.now)
    except MisuseError as error:
        text = f"who is in the room was checked, but {error}"
        return (Happening("warning", room.group_id, None, text),)
    return ()


def _judge_commit(
    former: Room, room: Room, row: Row, received: mls.CommitReceived, context: Context
) -> Outcome:
    """Follow a commit once the log has shown whom it adds, by the history that we know too."""
    heard = following.judge(received, row, room.group_id, context)
    if heard.accuses:
        detail = f"{maker_of(received)} adds devices by another history of the log"
        error = PeerError(Code.CONFLICT, detail)
        lost = recovery.cannot_follow(former, row, error, context)
        judged = _refuse(former, former, row, error, context) if lost is None else lost
    else:
        judged = following.follow(former, room, row, received, context)
    effects, happenings = (*judged.effects, *heard.effects), (*judged.happenings, *heard.happenings)
    return replace(judged, effects=effects, happenings=happenings)


def _read(
    rooms: Mapping[GroupId, Room], room: Room, row: Row, received: mls.ApplicationReceived, context: Context
) -> Outcome:
    """Interpret what was decrypted; the advanced ratchet is kept even if the content is refused."""
    try:
        return read_application(rooms, room, row, received, context)
    except PeerError as error:
        return _refuse(room, room, row, error, context)


def read_application(
    rooms: Mapping[GroupId, Room], room: Room, row: Row, received: mls.ApplicationReceived, context: Context
) -> Outcome:
    """Interpret what was decrypted, from a row or from a carrier.

    Args:
        rooms: all rooms of this device, of which a history may change one.
        room: with the advanced ratchet.
        row: where and when the relay took it in; ``FROM_CARRIER`` and now where it has not.
        received: what was decrypted.
        context: identity, registry, time.

    Raises:
        PeerError: the content is not the sender's to say.
    """
    said = _said(room, row, received, context)
    came = None if row.sequence == FROM_CARRIER else carried_row.came_before(context, said.message.message_id)
    if came is not None:
        return carried_row.confirm(came, room, row, context)
    heard = gossip.listen(said, room.group_id, context)
    interpretation = interpret(said, room, context)
    after = recovery.note_report(interpretation.room, said, received)
    _check_office_room(after, context)
    if interpretation.history is not None:
        return _take_in_history(rooms, after, interpretation.history, said, heard, context)
    return _take_in_message(after, interpretation, said, row, received, heard, context)


def _take_in_history(
    rooms: Mapping[GroupId, Room],
    room: Room,
    told: HistoryResealed | HistoryReturned,
    said: Said,
    heard: gossip.Hearing,
    context: Context,
) -> Outcome:
    other_id = _subject_of_history(said, room)
    if isinstance(told, HistoryReturned):
        held = handed_back.hold(told, said, room, other_id, context)
        return Outcome((room,), (SaveRoom(room), held, *heard.effects), heard.happenings)
    other = room if other_id == room.group_id else rooms.get(other_id, Room(other_id))
    other, taken = history.take_in(told, other, context)
    return Outcome((room, other), (SaveRoom(room), *taken, *heard.effects), heard.happenings)


def _take_in_message(
    after: Room,
    interpretation: Interpretation,
    said: Said,
    row: Row,
    received: mls.ApplicationReceived,
    heard: gossip.Hearing,
    context: Context,
) -> Outcome:
    record, told = interpretation.record, _told(interpretation.record)
    issued: tuple[Effect, ...] = (
        *_addressees(record, after, received),
        *unreadable.requests_in(said, after, context),
    )
    delivered = _awaiting_evidence(record, after)
    if (again := resending.taken_again(said, after, context)) is not None:
        after = again.room
        issued = (*issued, *again.effects)
        delivered = (*delivered, *_awaiting_evidence(again.record, after))
        told = _told(again.record)
    if received.epoch < received.group.epoch:
        issued = (*issued, *reseal_owed(after, row.sequence, context))
        told = (*told, *_told_of_the_gone(record, received))
    saved = (SaveRoom(after), SaveMessage(record, filenames(said.message.parts)))
    effects = (*saved, *interpretation.effects, *issued, *heard.effects)
    return Outcome((after,), effects, (*told, *heard.happenings), delivered=delivered)


def _addressees(record: ArchivedMessage, room: Room, received: mls.ApplicationReceived) -> tuple[Effect, ...]:
    """Remember for whom a message of the own office was sealed: others of its devices answer for it, too."""
    if not record.own or record.kind == EVIDENCE or room.group is None or received.epoch != room.group.epoch:
        return ()
    return (SaveAddressees(record.message_id, tuple(map(device_of, room.group.members))),)


def _told_of_the_gone(record: ArchivedMessage, received: mls.ApplicationReceived) -> tuple[Happening, ...]:
    """Warn of what was said by who is gone since; whoever was taken out and in again is there.  # M05."""
    present = {(member.identity, member.signature_key) for member in received.group.members}
    if not received.group.active or (received.sender.identity, received.sender.signature_key) in present:
        return ()
    text = (
        f"this came from a device of {record.entry_id} that has been removed from the room: "
        "it may have been written after the removal"
    )
    return (Happening("warning", record.group_id, record.message_id, text),)


def _subject_of_history(said: Said, came_in: Room) -> GroupId:
    """Only of the office's own room is the history handed on in that very room."""
    group_id = read_group_id(said.message.content.topic_id)
    if group_id == came_in.group_id and came_in.kind not in {CaseKind.OFFICE, CaseKind.CIRCLE}:
        raise PeerError(Code.FORBIDDEN, "a history of the very room it came in")
    of_the_circle = {came_in.subject, came_in.group_id.hex()}
    if came_in.kind is CaseKind.CIRCLE and group_id.hex() not in of_the_circle:
        raise PeerError(Code.FORBIDDEN, "a history of another case than the circle's")
    return group_id


def _said(room: Room, row: Row, received: mls.ApplicationReceived, context: Context) -> Said:
    if received.authenticated_data:
        raise PeerError(Code.FORBIDDEN, "P05: data in the open, which none of our devices sends")
    sender = context.registry.attribute(received.sender.identity, received.sender.signature_key)
    # The log counts seconds: who hands his work over and is out said the last of it in the same one.
    require_was_in_service(sender.device, row.accepted_at_ms // 1000, tolerance_s=1)  # M05
    message = verify_message(
        received.content, sender_uri=sender.authority, room_uri=context.uri_of_room(room.group_id)
    )
    return Said(message, received.sender.identity, sender, row.sequence, row.accepted_at_ms)


def _check_office_room(room: Room, context: Context) -> None:
    is_own = room.kind in {CaseKind.OFFICE, CaseKind.CIRCLE}
    if is_own and room.group is not None and not is_of_one_office(room.group, context):
        raise PeerError(Code.FORBIDDEN, "somebody else is in the office's own room")


def _awaiting_evidence(record: ArchivedMessage, room: Room) -> tuple[ArchivedMessage, ...]:
    """Return the message if its sender is to be told that it is here."""
    if record.own or record.kind == EVIDENCE:
        return ()
    return (record,) if record.formal or room.kind is CaseKind.CONSULTATION else ()


def _told(record: ArchivedMessage) -> tuple[Happening, ...]:
    if record.kind == EVIDENCE:
        return (Happening("receipt", record.group_id, None, f"evidence from {record.entry_id}"),)
    text = record.subject or record.text[:80] or record.kind
    return (Happening("message", record.group_id, record.message_id, f"{record.entry_id}: {text}"),)


def merge_outcomes(outcomes: Iterable[Outcome]) -> Outcome:
    """Return many steps as one transaction; of each room only the last state is saved."""
    rooms: dict[GroupId, Room] = {}
    effects: list[Effect] = []
    told: list[Happening] = []
    delivered: list[ArchivedMessage] = []
    for outcome in outcomes:
        rooms.update((room.group_id, room) for room in outcome.rooms)
        effects += (effect for effect in outcome.effects if not isinstance(effect, SaveRoom))
        told += outcome.happenings
        delivered += outcome.delivered
    saved = (SaveRoom(room) for room in rooms.values())
    return Outcome(tuple(rooms.values()), (*saved, *effects), tuple(told), delivered=tuple(delivered))
