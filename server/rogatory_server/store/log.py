"""Works on group logs: what a group commit looks up and appends, and what a device may read back.

A device sees the rows of its intervals of membership, and of Welcomes only the one its interval begins with.
Intervals and rows are read on one snapshot, so that a removed device can never read past its removal.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from itertools import chain
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from rogatory_crypto.wire.identifier import DeviceId, GroupId, RowKind
from rogatory_server.store.schema import SEQUENCE_BITS, log_row, membership, mls_group, position, row_id

# Look-ups are padded to a power of two, so that few statements are ever prepared.
MAX_KEYS: Final = 4096
ROWS_PER_FETCH: Final = 16
MAX_ROWS_PER_STATEMENT: Final = 256
# Where an open membership ends: after every possible sequence.
NO_END: Final = 1 << SEQUENCE_BITS


class KnownSubmission(NamedTuple):
    """An earlier submission under the same device and id."""

    group_number: int
    sequence: int
    accepted_at_ms: int
    payload_sha256: bytes


class GroupRecord(NamedTuple):
    """A group as stored, with the devices now in its roster."""

    number: int
    group_id: GroupId
    epoch: int
    last_sequence: int
    roster: frozenset[DeviceId]


class NewRow(NamedTuple):
    """A row to append, in the order of the table's columns."""

    row_id: int
    accepted_at_ms: int
    kind: int
    submission_key: bytes | None
    payload: bytes


class StoredRow(NamedTuple):
    """A row of a group's log."""

    sequence: int
    accepted_at_ms: int
    kind: int
    payload: bytes


class Page(NamedTuple):
    """What a device may see after a position.

    Attributes:
        rows: visible rows, ascending.
        scanned_to: the sequence up to which nothing else is visible.
        at_end: there was nothing more to see when the snapshot was taken.
    """

    rows: list[StoredRow]
    scanned_to: int
    at_end: bool


class GroupPosition(NamedTuple):
    """One group a device is or was in, and how far it has read."""

    group_id: GroupId
    group_number: int
    last_visible: int
    position: int
    is_member: bool


_APPEND: Final = (
    "INSERT INTO log_row (row_id, accepted_at_ms, kind, submission_key, payload) VALUES ",
    "",
)
_ADVANCE: Final = (
    "INSERT INTO mls_group (number, group_id, epoch, last_sequence) VALUES ",
    " ON CONFLICT (number) DO UPDATE SET epoch = excluded.epoch, last_sequence = excluded.last_sequence",
)
_KNOWN: Final = "SELECT submission_key, row_id, accepted_at_ms, payload FROM log_row WHERE submission_key "


@cache
def _known_sql(count: int) -> str:
    return f"{_KNOWN}IN ({','.join('?' * count)})"


@cache
def _many_sql(statement: tuple[str, str], rows: int, columns: int) -> str:
    row = f"({','.join('?' * columns)})"
    return statement[0] + ",".join([row] * rows) + statement[1]


def _insert_many(
    connection: Connection, statement: tuple[str, str], rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert rows with few statements: every statement is a wait for the interpreter's lock."""
    columns = len(rows[0])
    if connection.dialect.name != sqlite.dialect.name:
        marks = ",".join(f"${at + 1}" for at in range(columns))
        connection.exec_driver_sql(f"{statement[0]}({marks}){statement[1]}", [*map(tuple, rows)])
        return
    start = 0
    while start < len(rows):
        # Powers of two, so that few statements are ever prepared.
        count = min(1 << (len(rows) - start).bit_length() - 1, MAX_ROWS_PER_STATEMENT)
        part = rows[start : start + count]
        arguments = tuple(chain.from_iterable(part))
        connection.exec_driver_sql(_many_sql(statement, count, columns), arguments)
        start += count


def known_submissions(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, KnownSubmission]:
    """Find which of these submissions are in a log already."""
    found: dict[bytes, KnownSubmission] = {}
    for start in range(0, len(keys), MAX_KEYS):
        part = list(keys[start : start + MAX_KEYS])
        # Only the hash is kept: a short submission may name a long row, and a batch may name thousands.
        for key, number, accepted_at_ms, payload in _look_up(connection, part):
            found[key] = KnownSubmission(
                number >> SEQUENCE_BITS,
                number & ((1 << SEQUENCE_BITS) - 1),
                accepted_at_ms,
                sha256(payload).digest(),
            )
    return found


def _look_up(connection: Connection, keys: list[bytes]) -> Iterable[tuple[bytes, int, int, bytes]]:
    if connection.dialect.name == sqlite.dialect.name:
        padded = 1 << (len(keys) - 1).bit_length()
        arguments = tuple(keys + keys[-1:] * (padded - len(keys)))
        result = connection.exec_driver_sql(_known_sql(padded), arguments)
    else:
        result = connection.exec_driver_sql(_KNOWN + "= ANY($1)", (keys,))
    return ((bytes(row[0]), row[1], row[2], bytes(row[3])) for row in result)


def append_rows(connection: Connection, rows: list[NewRow]) -> None:
    """Append rows; their ids and submission keys are new."""
    _insert_many(connection, _APPEND, rows)


def load_group(connection: Connection, group_id: GroupId) -> GroupRecord | None:
    """Return a group and its roster."""
    row = connection.execute(select(mls_group).where(mls_group.c.group_id == group_id)).one_or_none()
    if row is None:
        return None
    members = connection.execute(
        select(membership.c.device_id).where(
            membership.c.group_number == row.number, membership.c.last_sequence.is_(None)
        )
    )
    roster = frozenset(DeviceId(bytes(member)) for (member,) in members)
    return GroupRecord(row.number, GroupId(bytes(row.group_id)), row.epoch, row.last_sequence, roster)


def last_group_number(connection: Connection) -> int:
    """Return the highest group number in use."""
    return connection.execute(select(func.max(mls_group.c.number))).scalar_one() or 0


def advance_groups(connection: Connection, groups: Sequence[tuple[int, GroupId, int, int]]) -> None:
    """Set epoch and last sequence of groups given as (number, group id, epoch, last sequence)."""
    _insert_many(connection, _ADVANCE, groups)


def end_membership(connection: Connection, device_id: DeviceId, group_number: int, last: int) -> None:
    """Let a device see nothing of a group after ``last``."""
    connection.execute(
        update(membership)
        .where(
            membership.c.device_id == device_id,
            membership.c.group_number == group_number,
            membership.c.last_sequence.is_(None),
        )
        .values(last_sequence=last)
    )


def begin_membership(connection: Connection, device_id: DeviceId, group_number: int, first: int) -> None:
    """Let a device see a group's rows from ``first`` on."""
    connection.execute(
        insert(membership).values(device_id=device_id, group_number=group_number, first_sequence=first)
    )


def advance_positions(connection: Connection, positions: dict[DeviceId, dict[int, int]]) -> None:
    """Move read positions, given by device and group number, forward; never back."""
    if not positions:
        return
    rows = [
        {"device_id": device_id, "group_number": number, "sequence": sequence}
        for device_id, groups in positions.items()
        for number, sequence in groups.items()
    ]
    build = postgresql.insert if connection.dialect.name == postgresql.dialect.name else sqlite.insert
    statement = build(position)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[position.c.device_id, position.c.group_number],
            set_={"sequence": statement.excluded.sequence},
            where=position.c.sequence < statement.excluded.sequence,
        ),
        rows,
    )


def positions_of(connection: Connection, device_id: DeviceId) -> list[GroupPosition]:
    """Return every group a device may still have rows of, with its position."""
    rows = connection.execute(
        select(
            mls_group.c.group_id,
            mls_group.c.number,
            mls_group.c.last_sequence,
            func.max(func.coalesce(membership.c.last_sequence, NO_END)),
            func.coalesce(func.max(position.c.sequence), 0),
        )
        .join(mls_group, mls_group.c.number == membership.c.group_number)
        .outerjoin(
            position,
            (position.c.device_id == membership.c.device_id)
            & (position.c.group_number == membership.c.group_number),
        )
        .where(membership.c.device_id == device_id)
        .group_by(mls_group.c.group_id, mls_group.c.number, mls_group.c.last_sequence)
    )
    return [
        GroupPosition(GroupId(bytes(group_id)), number, min(last, end), read, end == NO_END)
        for group_id, number, last, end, read in rows
    ]


def read_page(
    connection: Connection,
    device_id: DeviceId,
    group_number: int,
    after: int,
    *,
    max_rows: int,
    max_bytes: int,
) -> Page:
    """Return the next rows of a group that a device may see.

    Args:
        connection: a snapshot.
        device_id: who reads.
        group_number: the group.
        after: the sequence already delivered.
        max_rows: at most so many rows.
        max_bytes: stop once the payloads reach this size; at least one row is returned.
    """
    intervals = _intervals(connection, device_id, group_number)
    last = connection.execute(
        select(mls_group.c.last_sequence).where(mls_group.c.number == group_number)
    ).scalar_one_or_none()
    if last is None or not intervals:
        return Page([], after, at_end=True)
    rows: list[StoredRow] = []
    size, scanned = 0, after
    for first, end in intervals:
        start, stop = max(scanned + 1, first), last if end is None else end
        if start > stop:
            continue
        for row in _scan(connection, group_number, start, stop):
            if row.kind == RowKind.WELCOME and row.sequence != first:
                scanned = row.sequence
                continue
            if len(rows) == max_rows or (rows and size + len(row.payload) > max_bytes):
                return Page(rows, scanned, at_end=False)
            rows.append(row)
            size += len(row.payload)
            scanned = row.sequence
        scanned = max(scanned, stop)
    return Page(rows, scanned, at_end=True)


def _intervals(
    connection: Connection, device_id: DeviceId, group_number: int
) -> list[tuple[int, int | None]]:
    found = connection.execute(
        select(membership.c.first_sequence, membership.c.last_sequence)
        .where(membership.c.device_id == device_id, membership.c.group_number == group_number)
        .order_by(membership.c.first_sequence)
    )
    return [(first, last) for first, last in found]


def _scan(connection: Connection, group_number: int, start: int, stop: int) -> Iterator[StoredRow]:
    """Yield all rows of a range, holding few in memory: each may be megabytes."""
    base = row_id(group_number, 0)
    columns = (log_row.c.row_id, log_row.c.accepted_at_ms, log_row.c.kind, log_row.c.payload)
    statement = (
        select(*columns)
        .where(log_row.c.row_id.between(base + start, base + stop))
        .order_by(log_row.c.row_id)
        .execution_options(yield_per=ROWS_PER_FETCH)
    )
    with connection.execute(statement) as found:
        for number, accepted_at_ms, kind, payload in found:
            yield StoredRow(number - base, accepted_at_ms, kind, payload)
