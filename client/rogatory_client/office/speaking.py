"""What a caseworker says: checked against directory and room, then archived and queued in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rogatory_client.casework.drafts.request_handling import handling_of
from rogatory_client.engine import evidence
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import (
    FROM_PARTNER,
    ArchivedMessage,
    Effect,
    MarkOpened,
    Outcome,
)
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.writing import text_part
from rogatory_client.office import reading
from rogatory_client.office.carry_over.department import carried_by_next_request
from rogatory_client.office.cases.addressees import addressees_of, newest_request, require_side
from rogatory_client.office.cases.continuing import link_of
from rogatory_client.office.cases.stating import new_version
from rogatory_client.office.company.circles import limited
from rogatory_client.office.correspondence import Attached, Draft, begin_draft, post
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.claims import origin_of
from rogatory_client.office.drafts.duplicates import with_duplicates
from rogatory_client.office.drafts.sharing import moving
from rogatory_client.office.drafts.store import unsent_draft
from rogatory_client.office.mailbox.noting import noted
from rogatory_client.office.releases.putting_up import (
    ReadyRequest,
    put_up,
    require_for_everybody,
    view_of_held,
    wants_two_persons,
)
from rogatory_client.office.showing import message_view
from rogatory_client.office.view import MessageView, Progress
from rogatory_client.vault import archive
from rogatory_client.vault.archive import StoredMessage, read_message
from rogatory_client.written.file_kind import media_type_of
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import (
    Acknowledged,
    CaseEvent,
    CaseOpened,
    DocumentRole,
    Notice,
    RequestSubmitted,
    Urgency,
    event_part,
)
from rogatory_crypto.content.message import Message
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.content.office_work import DraftPlace
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.status import MessageStatus
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId, GroupId

GROUP_ID_BYTES = 32
NOTHING: Final = Outcome()


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The words of a request, and the id of the draft it is made from, if there is one.

    ``despite`` is why it is sent although something blocks, ``handling`` what it wishes, where no draft says.
    """

    request_type: str
    legal_basis: str
    reference: str
    urgency: str
    language: str
    text: str
    draft: str | None = None
    despite: SentDespite | None = None
    handling: HandlingWished | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """The documents of a request; ``annexes`` belong to the letter."""

    letter: Path
    attachments: tuple[Path, ...]
    progress: Progress | None = field(repr=False)
    annexes: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Addressees:
    """Where a request goes: the room of a consultation, or a new room, perhaps for some officers only."""

    room: str | None
    to: tuple[str, ...]
    subject: str | None
    restricted_to: tuple[str, ...] = ()


def start_consultation(
    desk: Desk,
    to: Sequence[str],
    subject: str,
    text: str,
    reference: str | None,
    files: Sequence[Path],
    restricted_to: Sequence[str] = (),
    note: str = "",
) -> MessageView:
    """Open an informal room, in this office for some officers only if they are named, with a note on it."""
    context = desk.context()
    room = new_room(context, offices_named(desk, to))
    draft = begin_draft(room.group_id, context)
    opened = limited(desk, CaseOpened(CaseKind.CONSULTATION, subject, reference, None), restricted_to)
    attached = [draft.attach(path) for path in files]
    done = NOTHING if restricted_to else noted(desk, room.group_id, note)
    return _say_first(desk, room, draft, opened, (text_part(text),), attached, lambda _: done)


def submit_request(desk: Desk, form: RequestForm, files: Files, where: Addressees) -> MessageView:
    """Submit a formal request; the draft that it is made from is put away in the same transaction."""
    context = desk.context()
    draft_id = None if form.draft is None else unsent_draft(desk.vault, form.draft).stored.draft_id
    room, opening = _room_for_request(desk, where, form, context)
    draft = begin_draft(room.group_id, context)
    texts = (text_part(form.text, form.language),) if form.text else ()
    beside = (*(() if opening is not None else new_version(desk, room)), *_wishes(desk, form))
    letter = draft.attach(files.letter, files.progress, media_type_of(files.letter))
    others = [draft.attach(path, files.progress) for path in (*files.annexes, *files.attachments)]
    # Parts are numbered through the whole message: the container, the events, the text, then the files.
    begin = 1 + 1 + len(beside) + len(texts)
    annexes, evidences = len(files.annexes), len(files.attachments)
    roles = [DocumentRole.LETTER, *[DocumentRole.ANNEX] * annexes, *[DocumentRole.EVIDENCE] * evidences]
    attached = [letter, *others]
    request = RequestSubmitted(
        request_type=form.request_type,
        legal_basis=form.legal_basis,
        urgency=_urgency(form.urgency),
        language=form.language,
        reference=form.reference,
        documents=tuple(
            each.document(begin + index, role)
            for index, (each, role) in enumerate(zip(attached, roles, strict=True))
        ),
        carried_over=() if opening is not None else carried_by_next_request(desk, room),
        addressees=addressees_of(desk, room),
        origin=None if draft_id is None else origin_of(desk, draft_id),
    )
    parts = (*map(event_part, (request, *beside)), *texts)
    if wants_two_persons(desk):
        ready = ReadyRequest(
            *(room, draft, opening, parts, tuple(attached)),
            files=(files.letter, *files.annexes, *files.attachments),
            draft_id=draft_id,
            subject=room.subject or where.subject or form.request_type,
            progress=files.progress,
        )
        require_for_everybody(where.restricted_to)
        return view_of_held(desk, put_up(desk, ready), room)

    def put_away(sent: Message) -> Outcome:
        return NOTHING if draft_id is None else moving(desk, draft_id, DraftPlace.AWAY, sent.message_id)

    return _say_first(desk, room, draft, opening, parts, attached, put_away)


def _wishes(desk: Desk, form: RequestForm) -> tuple[CaseEvent, ...]:
    """What is said beside a request."""
    draft = None if form.draft is None else unsent_draft(desk.vault, form.draft)
    wished = form.handling or (None if draft is None else handling_of(draft.now.answers))
    linked = link_of(desk, draft)
    return tuple(each for each in (wished, form.despite, linked) if each is not None)


def reply(
    desk: Desk, name: str, text: str, files: Sequence[Path], in_reply_to: str | None, note: str = ""
) -> MessageView:
    """Say something in a room, with a note on it for the own office."""
    room = reading.open_room(desk, name)
    answered = None
    if in_reply_to is not None:
        answered = MessageId(reading.stored_message(desk, in_reply_to).message_id)
    draft = begin_draft(room.group_id, desk.context())
    attached = [draft.attach(path) for path in files]
    done = noted(desk, room.group_id, note)
    return _say(desk, room, draft, (text_part(text),), attached, answered, lambda _: done)


def post_notice(
    desk: Desk, network: str, subject: str, text: str, files: Sequence[Path], valid_until: int | None
) -> MessageView:
    """Post a notice; the first one makes the network's room."""
    context = desk.context()
    listed = desk.listing.network(network)
    if listed is None or listed.secretariat != context.oneself.entry_id:
        raise MisuseError(f"only the secretariat of {network} posts its notices: write to it instead")
    room = next(
        (each for each in desk.rooms.values() if each.network == listed.code and not each.was_left), None
    )
    opening: NestedPart | None = None
    if room is None:
        room = new_room(context, listed.members)
        opening = event_part(CaseOpened(CaseKind.NETWORK, listed.code, None, listed.code))
    # Who is not enrolled yet has no devices; it is added as soon as it has.
    room = room.with_offices(listed.members)
    draft = begin_draft(room.group_id, context)
    notice = Notice(listed.code, subject, _next_version(desk, room, subject), valid_until)
    attached = [draft.attach(path) for path in files]
    return _say_first(desk, room, draft, opening, (event_part(notice), text_part(text)), attached)


def acknowledge(desk: Desk, name: str, own_reference: str, message: str | None) -> MessageView:
    """Take a request in hand, with the signed receipt that says so."""
    room = reading.open_room(desk, name)
    require_side(desk, room)
    context = desk.context()
    row = _named_or_newest(desk, room, message)
    if row is None or row.own or GroupId(row.group_id) != room.group_id:
        raise MisuseError("there is no request of another office here to acknowledge")
    record = read_message(row)
    _require_not_invented(desk, row)
    draft = begin_draft(room.group_id, context)
    parts: list[NestedPart] = [event_part(Acknowledged(record.message_id, own_reference))]
    if record.formal:
        event = EvidenceEvent.CONTENT_ACKNOWLEDGEMENT
        parts.append(evidence.receipt_part(event, record, context, own_reference))
    return _say(desk, room, draft, parts, (), record.message_id)


def _named_or_newest(desk: Desk, room: Room, message: str | None) -> StoredMessage | None:
    """Return a request, the newest that counts in this case if none is named."""
    newest = newest_request(desk, room) if message is None else None
    name = message if newest is None else newest.hex()
    if name is not None:
        return reading.stored_message(desk, name)
    with desk.vault.reading() as connection:
        return archive.newest_of_kind(connection, room.group_id, "request")


def _require_not_invented(desk: Desk, row: StoredMessage) -> None:
    """Sign for nothing that only others say an office has asked."""
    (view,) = reading.shown(desk, [row])
    vouching = {each.office for each in view.vouched_by}
    if row.sequence == FROM_PARTNER and view.sender not in vouching:
        raise MisuseError(
            f"only {' and '.join(sorted(vouching))} says that {view.sender} has asked this: "
            f"it is acknowledged once {view.sender} has handed it back itself, or has asked again"
        )


def open_message(desk: Desk, name: str) -> MessageView:
    """Open a message; of a formal one this issues the signed evidence that it was opened."""
    row = reading.stored_message(desk, name)
    record = read_message(row)
    if not record.own and row.opened_at is None:
        opened = MarkOpened(record.message_id, desk.surroundings.now())
        desk.carry_out(Outcome((), (opened, *_evidence_of_opening(desk, record))))
        row = reading.stored_message(desk, name)
    (view,) = reading.shown(desk, [row])
    return with_duplicates(desk, view)


def _evidence_of_opening(desk: Desk, record: ArchivedMessage) -> tuple[Effect, ...]:
    """Tell the sender that an officer has opened the message."""
    room, context = desk.rooms[record.group_id], desk.context()
    if room.was_left or record.sequence == FROM_PARTNER:
        return ()  # what was handed back is nothing that the relay has brought
    if record.formal:
        return evidence.issue_receipt(EvidenceEvent.CONTENT_HANDOVER, record, context)
    if room.kind is CaseKind.CONSULTATION:
        return evidence.report_status(room.group_id, (record,), MessageStatus.READ, context)
    return ()


def _say(
    desk: Desk,
    room: Room,
    draft: Draft,
    parts: Sequence[NestedPart],
    attached: Sequence[Attached],
    in_reply_to: MessageId | None = None,
    done: Callable[[Message], Outcome] = lambda _: NOTHING,
) -> MessageView:
    message, outcome = post(room, draft, parts, attached, in_reply_to)
    desk.carry_out(merge_outcomes((outcome, done(message))))
    return _shown(desk, message)


def _say_first(
    desk: Desk,
    room: Room,
    draft: Draft,
    opening: NestedPart | None,
    parts: Sequence[NestedPart],
    attached: Sequence[Attached],
    done: Callable[[Message], Outcome] = lambda _: NOTHING,
) -> MessageView:
    """Say something, in a room that this may open; with files, the opening is a message of its own.

    ``done`` is what has to be written with it. A file that cannot be sent holds its message back; the room
    must be named for whatever follows.
    """
    if opening is None or not attached:
        return _say(desk, room, draft, parts if opening is None else (opening, *parts), attached, done=done)
    _, opened = post(room, begin_draft(room.group_id, draft.context), (opening,))
    message, said = post(opened.rooms[0], draft, parts, attached)
    desk.carry_out(merge_outcomes((opened, said, done(message))))
    return _shown(desk, message)


def _shown(desk: Desk, message: Message) -> MessageView:
    return message_view(reading.stored_message(desk, message.message_id.hex()))


def new_room(context: Context, offices: tuple[EntryId, ...]) -> Room:
    """Return a room that is still to be made, with these offices and the own one."""
    return Room(GroupId(context.random(GROUP_ID_BYTES)), offices=(*offices, context.oneself.entry_id))


def offices_named(desk: Desk, to: Sequence[str]) -> tuple[EntryId, ...]:
    """Return other offices that can be written to, by what an officer has typed.

    Raises:
        MisuseError: one of them cannot, or none is named.
    """
    offices = tuple(dict.fromkeys(EntryId(each.strip().upper()) for each in to))
    if not offices or desk.oneself.entry_id in offices:
        raise MisuseError("name one or more other offices by their entry ids")
    for office in offices:
        if office not in desk.registry.offices:
            listed = (
                "is listed but not enrolled" if office in desk.listing.records else "is not in the directory"
            )
            raise MisuseError(f"{office} {listed}: it cannot be written to here; look in the directory")
        if office in desk.unaccepted:
            reason = "has enrolled anew: call it on its known number, then `rogatory office accept"
            raise MisuseError(f"{office} {reason} {office}`")
    return offices


def _room_for_request(
    desk: Desk, where: Addressees, form: RequestForm, context: Context
) -> tuple[Room, NestedPart | None]:
    if where.room is not None:
        room = reading.open_room(desk, where.room)
        if room.kind is CaseKind.NETWORK:
            raise MisuseError("a network is no addressee of a request: name the office it is for")
        require_side(desk, room)
        if where.restricted_to:
            raise MisuseError("the case goes on already: limit it with `rogatory case restrict`")
        return room, None
    offices = offices_named(desk, where.to)
    for office in offices:
        record = desk.listing.records.get(office)
        if record is not None and record.kind.value == "network_body":
            raise MisuseError(f"{office} runs a network: no formal request may be addressed to it")
    opened = CaseOpened(CaseKind.REQUEST, where.subject or form.request_type, form.reference, None)
    return new_room(context, offices), limited(desk, opened, where.restricted_to)


def _urgency(word: str) -> Urgency:
    try:
        return Urgency(word)
    except ValueError as error:
        raise MisuseError(f"urgency is one of: {', '.join(Urgency)}") from error


def _next_version(desk: Desk, room: Room, subject: str) -> int:
    with desk.vault.reading() as connection:
        rows = archive.timeline(connection, room.group_id, None)
    return 1 + len([row for row in rows if row.kind == "notice" and row.subject == subject])
