"""Rooms, their groups and their staged changes.

Secrets are given to a statement when it is executed, never built into it: SQLAlchemy keeps the first
statement of each form for ever, and with it whatever is written inside (checklist L08).
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache, partial
from typing import Final, TypeAlias

from sqlalchemy import Connection, Row, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.effect import Effect, ForgetPayload, RememberPayload
from rogatory_client.engine.kept_group import KeptGroup
from rogatory_client.engine.room import Room, Seat, StagedChange
from rogatory_client.fault import VaultError
from rogatory_client.vault import outlines
from rogatory_client.vault.replacing import replacing
from rogatory_client.vault.schema import (
    lost_devices,
    own_payloads,
    reseals,
    room_references,
    rooms,
    staged_commits,
)
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import PeerError
from rogatory_crypto.wire.identifier import (
    DeviceId,
    EntryId,
    GroupId,
    SubmissionId,
)

_UNREADABLE: Final = (
    "the keys of a room were written by another version of this program, or are damaged: keep this vault for "
    "its record, make a new one in another folder, and link it as a new device, or enrol it with a new code"
)

Reading: TypeAlias = Callable[[], AbstractContextManager[Connection]]
# From the index alone, in the order of the table: in that each row is a page or more, as the keys lie in it.
_AT_HAND: Final = (
    "SELECT group_id, kind, subject, network, offices, position, needs_epoch "
    "FROM rooms INDEXED BY rooms_at_hand ORDER BY rowid"
)
_KINDS: Final = {each.value: each for each in CaseKind}


def load_rooms(connection: Connection, reading: Reading | None = None) -> dict[GroupId, Room]:
    """Return every room of this device.

    Args:
        connection: a view of the vault.
        reading: gives a view later, when a group is first asked for; without it all are opened now.

    Raises:
        VaultError: the keys of one were written by a program that kept them in another form.
    """
    staged = {GroupId(row.group_id): row for row in connection.execute(select(staged_commits))}
    lost = _load_lost(connection)
    outlined = outlines.load_outlines(connection) if reading is not None else {}
    loaded: dict[GroupId, Room] = {}
    # By place, as thousands are read whenever a vault is opened.
    for row in connection.exec_driver_sql(_AT_HAND).all():
        group_id, kind, subject, network, offices, position, needs_epoch = row
        held: mls.Group | KeptGroup | None
        change = staged.get(group_id)
        if group_id not in outlined or reading is None:
            stored, held = _read_group(connection, group_id)
        else:
            outline, stored = outlined[group_id]
            held = KeptGroup(outline, partial(_open, reading, group_id))
        loaded[group_id] = Room(
            group_id=group_id,
            kind=None if kind is None else _KINDS[kind],
            subject=subject,
            network=network,
            offices=_read_offices(offices),
            position=position,
            needs_epoch=needs_epoch,
            lost=lost.get(group_id, ()),
            seats=_read_seats(stored),
            group=held,
            staged=None if change is None else _read_staged(change),
        )
    return loaded


def _open(reading: Reading, group_id: GroupId) -> mls.Group:
    with reading() as connection:
        _, group = _read_group(connection, group_id)
    if group is None:
        raise VaultError(_UNREADABLE)
    return group


def _read_group(connection: Connection, group_id: GroupId) -> tuple[str | None, mls.Group | None]:
    """Return the seats of a room and its group, which both lie behind each other in its row."""
    found = select(rooms.c.seats, rooms.c.epoch_state, rooms.c.ratchet_state)
    row = connection.execute(found.where(rooms.c.group_id == group_id)).one()
    return row.seats, None if row.epoch_state is None else _restored(row)


def save_rooms(connection: Connection, saved: Iterable[Room]) -> None:
    """Write rooms, each as it came last: keys only if ever read, the epoch state only in a new epoch."""
    last = {room.group_id: room for room in saved}
    known = select(rooms.c.group_id, rooms.c.epoch, rooms.c.past_epochs).where(rooms.c.group_id.in_(last))
    epochs = {group_id: (epoch, past) for group_id, epoch, past in connection.execute(known).all()}
    alike: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for room in last.values():
        values = _columns(room, epochs.get(room.group_id))
        alike.setdefault(tuple(values), []).append(values)
    for columns, rows in alike.items():
        connection.execute(replacing(rooms, columns), rows)
    outlines.save_outlines(connection, ((room, _written(room.seats)) for room in last.values()))
    _save_staged_of(connection, last)
    _save_lost(connection, last)


def _written(seats: Sequence[Seat]) -> str:
    return json.dumps([[seat.entry_id, seat.since_ms] for seat in seats])


def _columns(room: Room, held: tuple[int | None, int | None] | None) -> dict[str, object]:
    return {
        "group_id": room.group_id,
        "kind": room.kind,
        "subject": room.subject,
        "network": room.network,
        "offices": json.dumps(room.offices),
        "position": room.position,
        "needs_epoch": room.needs_epoch,
        "seats": _written(room.seats),
        **({} if room.is_at_rest else _group_columns(room, held)),
    }


def _group_columns(room: Room, held: tuple[int | None, int | None] | None) -> dict[str, object]:
    group = room.group
    if group is None:
        return dict.fromkeys(("epoch", "past_epochs", "epoch_state", "ratchet_state"))
    columns: dict[str, object] = {"ratchet_state": group.ratchet_state()}
    # Epoch 0 may be begun anew, and a group that was left be joined anew in the same epoch. Neither shows in
    # the two numbers: so the first is always written, and the number of the second not kept.
    is_same_epoch = held == (group.epoch, len(group.past))
    if not is_same_epoch or group.epoch == 0 or not group.active:
        epoch = group.epoch if group.active else None
        columns |= {"epoch": epoch, "past_epochs": len(group.past), "epoch_state": group.epoch_state()}
    return columns


def _save_staged_of(connection: Connection, last: Mapping[GroupId, Room]) -> None:
    columns = staged_commits.c
    known = select(columns.group_id, columns.submission_id).where(columns.group_id.in_(last))
    held = dict(connection.execute(known).all())
    for group_id, room in last.items():
        if room.staged is not None or group_id in held:
            _save_staged(connection, room, held.get(group_id))


def _save_staged(connection: Connection, room: Room, held: bytes | None) -> None:
    staged = room.staged
    if held is not None and (staged is None or held != staged.submission_id):
        connection.execute(delete(staged_commits).where(staged_commits.c.group_id == room.group_id))
        held = None
    if staged is None:
        return
    if held is not None:
        # What came by carrier meanwhile has used keys of the epoch that the change ends.
        again = update(staged_commits).where(staged_commits.c.group_id == room.group_id)
        ratchets = {"ratchets": staged.group.ratchet_state()}
        connection.execute(again.values(ratchet_state=bindparam("ratchets")), ratchets)
        return
    values = {
        "group_id": room.group_id,
        "submission_id": staged.submission_id,
        "epoch": staged.epoch,
        "message": staged.message,
        "welcome": staged.welcome,
        "added": b"".join(staged.added),
        "removed": b"".join(staged.removed),
        "epoch_state": staged.group.epoch_state(),
        "ratchet_state": staged.group.ratchet_state(),
    }
    connection.execute(insert(staged_commits), [values])


def _load_lost(connection: Connection) -> dict[GroupId, tuple[DeviceId, ...]]:
    lost: dict[GroupId, tuple[DeviceId, ...]] = {}
    for row in connection.execute(select(lost_devices).order_by(lost_devices.c.device_id)):
        group_id = GroupId(row.group_id)
        lost[group_id] = (*lost.get(group_id, ()), DeviceId(row.device_id))
    return lost


def _save_lost(connection: Connection, last: Mapping[GroupId, Room]) -> None:
    connection.execute(delete(lost_devices).where(lost_devices.c.group_id.in_(last)))
    lost = ((group_id, device) for group_id, room in last.items() for device in room.lost)
    values = [{"group_id": group_id, "device_id": device} for group_id, device in lost]
    if values:
        connection.execute(insert(lost_devices), values)


def _read_staged(row: Row[*tuple[object, ...]]) -> StagedChange:
    return StagedChange(
        submission_id=SubmissionId(row.submission_id),
        epoch=row.epoch,
        message=row.message,
        welcome=row.welcome,
        added=outlines.read_devices(row.added),
        removed=outlines.read_devices(row.removed),
        group=_restored(row),
    )


@lru_cache(maxsize=4096)
def _read_offices(stored: str) -> tuple[EntryId, ...]:
    """Return offices; those of the same room, or of the same partners, are read once."""
    return tuple(EntryId(office) for office in json.loads(stored))


@lru_cache(maxsize=4096)
def _read_seats(stored: str | None) -> tuple[Seat, ...]:
    return tuple(Seat(EntryId(office), since_ms) for office, since_ms in json.loads(stored or "[]"))


def _restored(row: Row[*tuple[object, ...]]) -> mls.Group:
    try:
        return mls.restore_group(row.epoch_state, row.ratchet_state)
    except PeerError as error:
        raise VaultError(_UNREADABLE) from error


def load_references(
    connection: Connection, wanted: Collection[GroupId] | None = None
) -> dict[GroupId, dict[str, str]]:
    """Return each office's own reference, by room; of some rooms or of all."""
    columns = room_references.c
    query = select(columns.group_id, columns.entry_id, columns.reference)
    if wanted is not None:
        query = query.where(columns.group_id.in_(wanted))
    found: dict[GroupId, dict[str, str]] = {}
    for group_id, entry_id, reference in connection.execute(query).all():
        found.setdefault(group_id, {})[entry_id] = reference
    return found


def rooms_referred_to(connection: Connection, reference: str) -> frozenset[GroupId]:
    """Return the rooms that an office files under a reference, given in lower case as Unicode folds it."""
    query = select(room_references.c.group_id, room_references.c.reference)
    found = (group_id for group_id, text in connection.execute(query) if text.casefold() == reference)
    return frozenset(map(GroupId, found))


def load_hearsay(connection: Connection) -> dict[GroupId, tuple[str, ...]]:
    """Return the offices whose references stand in no message received here, by room."""
    known = select(room_references).where(room_references.c.hearsay == 1)
    found: dict[GroupId, tuple[str, ...]] = {}
    for row in connection.execute(known.order_by(room_references.c.entry_id)):
        found[GroupId(row.group_id)] = (*found.get(GroupId(row.group_id), ()), row.entry_id)
    return found


def load_own_payloads(connection: Connection) -> frozenset[bytes]:
    """Return the hashes of what was submitted and has not come back."""
    return frozenset(connection.execute(select(own_payloads.c.sha256)).scalars())


def follow_own_payloads(_: Connection, held: frozenset[bytes], effects: Iterable[Effect]) -> frozenset[bytes]:
    """Return the same after some effects, without reading it again."""
    changed = set(held)
    for effect in effects:
        match effect:
            case RememberPayload():
                changed.add(effect.sha256)
            case ForgetPayload():
                changed.discard(effect.sha256)
            case _:
                pass
    return frozenset(changed)


def load_reseals(connection: Connection) -> dict[GroupId, int]:
    """Return the rooms whose history is owed to a new device, and after which row."""
    return {GroupId(row.group_id): row.after_sequence for row in connection.execute(select(reseals))}
