"""What is asked of the office's record: directory, rooms, timelines, evidence, devices, outbox."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from rogatory_client.engine.effect import FROM_PARTNER
from rogatory_client.engine.interpretation import EVIDENCE, NOBODY_READS
from rogatory_client.engine.room import Room
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.renewal import days_left
from rogatory_client.office.line.waiting_reason import why_it_waits
from rogatory_client.office.showing import message_view, receipt_views, room_view
from rogatory_client.office.view import (
    DeviceView,
    EntryView,
    MessageView,
    OutboxView,
    ReceiptView,
    RoomState,
    RoomView,
)
from rogatory_client.vault import archive, carried, outgoing
from rogatory_client.vault.archive import StoredMessage
from rogatory_client.vault.handed_back import load_handed_back_by, load_vouchers
from rogatory_client.vault.references import rooms_once_referred_to
from rogatory_client.vault.rooms import load_hearsay, load_references, rooms_referred_to
from rogatory_crypto.attachments import stored_size
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId, GroupId
from rogatory_directory_sync import Record

_MIN_ID_CHARACTERS = 6


def entries(desk: Desk, search: str | None) -> tuple[EntryView, ...]:
    """Return the directory, with who is enrolled."""
    views = (_entry(desk, entry_id, record) for entry_id, record in desk.listing.records.items())
    words = (search or "").casefold().split()
    return tuple(sorted((view for view in views if _has(view, words)), key=lambda view: view.entry_id))


def _entry(desk: Desk, entry_id: EntryId, record: Record) -> EntryView:
    networks = desk.listing.networks.values()
    return EntryView(
        entry_id=entry_id,
        name=record.name_en,
        state=None if record.state is None else record.state.name,
        kind=record.kind.value,
        networks=tuple(network.code for network in networks if entry_id in network.members),
        secretariat_of=tuple(network.code for network in networks if network.secretariat == entry_id),
        languages=record.languages.accepted or (),
        enrolled=entry_id in desk.registry.offices,
        devices=len(desk.registry.devices_of(entry_id, desk.surroundings.now())),
    )


def _has(view: EntryView, words: list[str]) -> bool:
    everything = " ".join((view.entry_id, view.name, view.state or "", *view.networks, *view.secretariat_of))
    return all(word in everything.casefold() for word in words)


def rooms(
    desk: Desk, search: str | None = None, among: Collection[GroupId] | None = None
) -> tuple[RoomView, ...]:
    """Return rooms, or those among some, newest activity first."""
    with desk.vault.reading() as connection:
        references, counted = load_references(connection, among), archive.counts(connection, among)
        handed_back_by, hearsay = load_handed_back_by(connection), load_hearsay(connection)
    hidden = hidden_rooms(desk)
    views = [
        room_view(
            *(room, references.get(group_id, {}), counted.get(group_id), desk),
            handed_back_by=handed_back_by.get(group_id, ()),
            hearsay=hearsay.get(group_id, ()),
        )
        for group_id, room in ((each, desk.rooms[each]) for each in (desk.rooms if among is None else among))
        if room.kind not in {None, *NOBODY_READS} and group_id not in hidden
    ]
    wanted = (search or "").casefold()
    found = [
        view for view in views if wanted in " ".join((view.subject, *view.references.values())).casefold()
    ]
    return tuple(sorted(found, key=lambda view: view.last_at_ms or 0, reverse=True))


def room(desk: Desk, name: str) -> RoomView:
    """Return the one room that a caseworker means."""
    wanted = name.strip().casefold()
    with desk.vault.reading() as connection:
        named = rooms_referred_to(connection, wanted) or rooms_once_referred_to(connection, wanted)
    found = list(rooms(desk, among=named.intersection(desk.rooms)))
    if not found and len(wanted) >= _MIN_ID_CHARACTERS:
        found = list(rooms(desk, among=[each for each in desk.rooms if each.hex().startswith(wanted)]))
    going_on = [view for view in found if view.state in {RoomState.PLANNED, RoomState.OPEN}]
    if len(found) > 1 and len(going_on) == 1 and _is_own(going_on[0], wanted, desk):
        found = going_on  # the others were founded again as this one
    if len(found) != 1:
        count = f"{len(found)} cases" if found else "no case"
        raise MisuseError(f"{count} with the reference or id {name!r}: look for it in the list of cases")
    return found[0]


def _is_own(view: RoomView, reference: str, desk: Desk) -> bool:
    """Any other office may file a case of its own under the same reference, to be told what is not for it."""
    return view.references.get(desk.oneself.entry_id, "").casefold() == reference


def room_of(desk: Desk, name: str) -> Room:
    """Return the room itself."""
    return desk.rooms[GroupId(bytes.fromhex(room(desk, name).room_id))]


def open_room(desk: Desk, name: str) -> Room:
    """Return the room, if something can be said in it."""
    found = room_of(desk, name)
    if found.was_left or found.kind in {None, *NOBODY_READS}:
        raise MisuseError("nothing can be said in this room any more: this device was removed from it")
    return found


def messages(desk: Desk, name: str | None, search: str | None) -> tuple[MessageView, ...]:
    """Return a timeline."""
    group_id = None if name is None else room_of(desk, name).group_id
    with desk.vault.reading() as connection:
        rows = archive.timeline(connection, group_id, search)
    hidden = hidden_rooms(desk)
    return shown(desk, [row for row in rows if row.group_id not in hidden])


def shown(desk: Desk, rows: Sequence[StoredMessage]) -> tuple[MessageView, ...]:
    """Return messages as they are shown, with who vouches for what others have handed back."""
    from_partners = {GroupId(row.group_id) for row in rows if row.sequence == FROM_PARTNER}
    with desk.vault.reading() as connection:
        vouchers = load_vouchers(connection, from_partners) if from_partners else {}
    written = {each.message_id: each.written_at_ms for each in desk.carried.values()}
    views = (
        message_view(row, vouchers.get(row.message_id, ()) if row.sequence == FROM_PARTNER else ())
        for row in rows
    )
    return tuple(
        replace(view, written_at_ms=written.get(MessageId(row.message_id))) if view.by_carrier else view
        for view, row in zip(views, rows, strict=True)
    )


def stored_message(desk: Desk, name: str) -> StoredMessage:
    """Return the one message whose id begins so.

    Raises:
        MisuseError: there is none, or more than one.
    """
    compact = name.strip().lower()
    try:
        beginning = bytes.fromhex(compact[: len(compact) // 2 * 2])
    except ValueError as error:
        raise MisuseError(f"{name!r} is not the id of a message: copy it from the timeline") from error
    if len(compact) < _MIN_ID_CHARACTERS:
        raise MisuseError("give at least six characters of the message's id")
    with desk.vault.reading() as connection:
        rows = archive.find_messages(connection, beginning)
    hidden = hidden_rooms(desk)
    rows = [
        row
        for row in rows
        if row.message_id.hex().startswith(compact) and row.kind != EVIDENCE and row.group_id not in hidden
    ]
    if len(rows) != 1:
        count = "more than one message" if rows else "no message"
        raise MisuseError(f"{count} has an id that begins with {name!r}: copy it from the timeline")
    return rows[0]


def missing(desk: Desk, row: StoredMessage, filename: str) -> str:
    """Say that the relay does not hold a file any more, and who could send it again."""
    (view,) = shown(desk, [row])
    others = [each.office for each in view.vouched_by] or [view.sender]
    return f"the relay holds {filename} no more: ask {' or '.join(others)} to send it again"


def receipts(desk: Desk, name: str) -> tuple[ReceiptView, ...]:
    """Return all evidence on a message that verifies."""
    row = stored_message(desk, name)
    with desk.vault.reading() as connection:
        found = archive.evidence_on(connection, row.message_id)
    return receipt_views(row, found, desk)


def devices(desk: Desk) -> tuple[DeviceView, ...]:
    """Return the own office's devices, in the order they were entered."""
    now = desk.surroundings.now()
    entry_id = desk.oneself.entry_id
    return tuple(
        DeviceView(
            device_id=device_id.hex(),
            officer=device.entry.officer,
            in_service=device.is_in_service(now),
            revoked_at=device.revoked_at,
            not_after=device.not_after,
            this_device=device_id == desk.identity.device_id,
            role=device.entry.role.value,
            days_left=days_left(device, now),
            renewed=device.not_after > device.entry.not_after,
            handed_over_to=None if device.successor is None else device.successor.hex(),
            log_index=device.index,
        )
        for device_id, device in desk.registry.devices.items()
        if device.entry.entry_id == entry_id
    )


def outbox(desk: Desk) -> tuple[OutboxView, ...]:
    """Return what waits, evidence included."""
    hidden = hidden_rooms(desk)
    return tuple(_waiting(desk, each) for each in desk.waiting if each.parcel.group_id not in hidden)


def _waiting(desk: Desk, each: outgoing.Waiting) -> OutboxView:
    parcel = each.parcel
    uploads = [state for state in desk.transfers if state.transfer.message_id == parcel.message_id]
    with desk.vault.reading() as connection:
        row = next(iter(archive.find_messages(connection, parcel.message_id)), None)
        carried_at = carried.carried_out_at(connection, parcel.submission_id)
    state = "sealed" if parcel.payload is not None else "uploading" if uploads else "waiting"
    return OutboxView(
        room_id=parcel.group_id.hex(),
        message_id=parcel.message_id.hex(),
        kind=EVIDENCE if row is None else row.kind,
        subject=desk.rooms[parcel.group_id].subject,
        state="failed" if each.failure is not None else state,
        uploaded_bytes=sum(state.uploaded_bytes for state in uploads),
        total_bytes=sum(stored_size(state.transfer.size) for state in uploads),
        failure=each.failure,
        since_ms=None if row is None else row.at_ms,
        why=why_it_waits(desk, each, uploading=bool(uploads)),
        carried_at=carried_at,
    )
