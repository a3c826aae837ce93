"""What waits in the outbox, sealed into a file: the very ciphertexts that go to the relay later.

All is sealed and on disk before the file is begun, as for the relay; so whatever happens to the file, nothing
is sealed twice under one key, and the relay and the file never disagree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection

from rogatory_client.engine import outbox
from rogatory_client.engine.carried_effect import NoteCarriedOut
from rogatory_client.engine.carrying import obstacle, speaks_of_the_log
from rogatory_client.engine.effect import Happening, Outcome
from rogatory_client.engine.outgoing_effect import FailParcel, Parcel, Transfer
from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.carrier.view import CarriedOutView, StayedView
from rogatory_client.office.carrier.writing_file import Cargo, write
from rogatory_client.office.desk import Desk
from rogatory_client.office.line.transfer import changed, require_unchanged
from rogatory_client.office.showing import offices_in
from rogatory_client.office.view import Progress
from rogatory_client.vault import archive, carried
from rogatory_client.vault.outgoing import TransferState
from rogatory_crypto.attachments import stored_size
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.carried import (
    MAX_FILES,
    MAX_MESSAGES,
    VERSION,
    CarriedFile,
    CarriedMessage,
    CarryManifest,
    sign_head,
)
from rogatory_crypto.wire.identifier import Epoch, GroupId


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be carried: of the cases an office is in, or of one; and how large a part may be."""

    to: str | None = None
    case: str | None = None
    part_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class _Load:
    """What goes into the file, oldest first, and what does not."""

    parcels: tuple[Parcel, ...]
    transfers: tuple[Transfer, ...] = field(repr=False)
    stayed: tuple[StayedView, ...]
    left: int


def write_out(desk: Desk, path: Path, chosen: Chosen, progress: Progress | None) -> CarriedOutView:
    """Seal and write; see ``Carrier.out``."""
    load = _load(desk, _rooms(desk, chosen))
    if not load.parcels:
        raise MisuseError(_nothing(load))
    sealed = _seal(desk, load.parcels)
    cargo = _cargo(desk, sealed, load.transfers)
    ids = tuple(each.submission_id for each in sealed if each.submission_id is not None)
    noted = Outcome((), (NoteCarriedOut(ids, desk.surroundings.now()),))
    paths = write(cargo, path, chosen.part_bytes, progress, note=lambda: desk.carry_out(noted))
    rooms = {each.group_id for each in sealed}
    offices = {office for group_id in rooms for office in offices_in(desk.rooms[group_id], desk)}
    return CarriedOutView(
        files=tuple(map(str, paths)),
        size=sum(each.stat().st_size for each in paths),
        messages=len(sealed),
        attachments=len(load.transfers),
        offices=tuple(sorted(offices - {desk.oneself.entry_id})),
        stayed=load.stayed,
        left=load.left,
    )


def _rooms(desk: Desk, chosen: Chosen) -> list[Room]:
    if chosen.case is not None:
        return [reading.open_room(desk, chosen.case)]
    waiting = {each.parcel.group_id for each in desk.waiting if each.failure is None}
    rooms = [desk.rooms[group_id] for group_id in sorted(waiting)]
    if chosen.to is None:
        return rooms
    office = chosen.to.strip().upper()
    if office not in desk.registry.offices or office == desk.oneself.entry_id:
        raise MisuseError(f"{office} is no other office that has enrolled: see `rogatory offices`")
    return [room for room in rooms if office in offices_in(room, desk)]


def _load(desk: Desk, rooms: Sequence[Room]) -> _Load:
    context = desk.context()
    stayed: list[StayedView] = []
    carried_by: set[GroupId] = set()
    for room in rooms:
        waiting = len(_waiting(desk, {room.group_id}))
        reason = obstacle(room, context)
        if reason is None:
            carried_by.add(room.group_id)
        elif waiting:
            stayed.append(StayedView(room.group_id.hex(), room.subject, waiting, reason))
    parcels = _with_their_files(desk, _waiting(desk, carried_by))
    fitting, transfers = _fitting(desk, parcels)
    return _Load(fitting, transfers, tuple(stayed), len(parcels) - len(fitting))


def _waiting(desk: Desk, rooms: Iterable[GroupId]) -> tuple[Parcel, ...]:
    wanted = frozenset(rooms)
    found = (each.parcel for each in desk.waiting if each.failure is None)
    of_rooms = (parcel for parcel in found if parcel.group_id in wanted)
    return tuple(parcel for parcel in of_rooms if not speaks_of_the_log(parcel.content))


def _with_their_files(desk: Desk, parcels: Sequence[Parcel]) -> tuple[Parcel, ...]:
    """Give up, as on the way to the relay, what names a file that is not as it was; the rest goes."""
    with desk.vault.reading() as connection:
        gone = [
            (parcel, each.transfer)
            for parcel in parcels
            for each in _attached(connection, parcel)
            if not each.complete and not _is_there(each.transfer)
        ]
    for parcel, transfer in gone:
        failure = changed(transfer)
        told = Happening("warning", parcel.group_id, parcel.message_id, failure)
        desk.carry_out(Outcome((), (FailParcel(parcel.number, failure),), (told,)))
    failed = {parcel.number for parcel, _ in gone}
    return tuple(parcel for parcel in parcels if parcel.number not in failed)


def _attached(connection: Connection, parcel: Parcel) -> list[TransferState]:
    return carried.transfers_of(connection, parcel.message_id)


def _is_there(transfer: Transfer) -> bool:
    try:
        require_unchanged(transfer)
    except MisuseError:
        return False
    return True


def _fitting(desk: Desk, parcels: Sequence[Parcel]) -> tuple[tuple[Parcel, ...], tuple[Transfer, ...]]:
    transfers: list[Transfer] = []
    with desk.vault.reading() as connection:
        for number, parcel in enumerate(parcels[:MAX_MESSAGES]):
            attached = [each.transfer for each in _attached(connection, parcel) if _is_there(each.transfer)]
            if len(transfers) + len(attached) > MAX_FILES:
                return tuple(parcels[:number]), tuple(transfers)
            transfers += attached
    return tuple(parcels[:MAX_MESSAGES]), tuple(transfers)


def _nothing(load: _Load) -> str:
    if not load.stayed:
        return "nothing waits to be carried: see `rogatory outbox`"
    reasons = "; ".join(f"{each.subject or each.room_id[:12]}: {each.reason}" for each in load.stayed)
    return f"nothing of what waits can be carried: {reasons}"


def _seal(desk: Desk, parcels: Sequence[Parcel]) -> tuple[Parcel, ...]:
    sealed: dict[int, Parcel] = {}
    for group_id in dict.fromkeys(each.group_id for each in parcels):
        of_room = [each for each in parcels if each.group_id == group_id]
        for begin in range(0, len(of_room), outbox.MAX_SEALED_AT_ONCE):
            some = of_room[begin : begin + outbox.MAX_SEALED_AT_ONCE]
            outcome, done = outbox.seal(desk.rooms[group_id], some, desk.context())
            desk.carry_out(outcome)
            sealed.update((each.number, each) for each in done)
    return tuple(sealed[number] for number in sorted(sealed))


def _cargo(desk: Desk, sealed: Sequence[Parcel], transfers: Sequence[Transfer]) -> Cargo:
    now = desk.surroundings.now()
    with desk.vault.reading() as connection:
        rows = [archive.find_message(connection, each.message_id) for each in sealed]
    written = [now * 1000 if row is None else row.at_ms for row in rows]
    manifest = CarryManifest(
        VERSION,
        desk.pinned.origin,
        desk.oneself.device_id,
        now,
        tuple(_message(each, at_ms) for each, at_ms in zip(sealed, written, strict=True)),
        tuple(
            CarriedFile(each.blob_id, each.group_id, stored_size(each.size), each.stored_sha256)
            for each in transfers
        ),
    )
    payloads = tuple(each.payload for each in sealed if each.payload is not None)
    return Cargo(sign_head(manifest, desk.oneself.signer.private), payloads, tuple(transfers))


def _message(parcel: Parcel, written_at_ms: int) -> CarriedMessage:
    frame = outbox.submission_of(parcel)
    return CarriedMessage(
        frame.group_id,
        frame.submission_id,
        Epoch(frame.epoch),
        written_at_ms,
        len(frame.payload),
        sha256(frame.payload).digest(),
    )
