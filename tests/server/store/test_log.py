"""Group logs in a store: the contract every database keeps."""

from hashlib import sha256

import pytest
from sqlalchemy import Connection

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import DeviceId, GroupId, RowKind
from rogatory_server.store import Store, log
from rogatory_server.store.log import NewRow, Page
from rogatory_server.store.schema import row_id

GROUP = GroupId(b"g" * 32)
CREATOR, JOINER = DeviceId(b"c" * 16), DeviceId(b"j" * 16)
JOINS_AT = 4


def new_row(sequence: int, *, number: int = 1, size: int = 10, kind: RowKind = RowKind.APPLICATION) -> NewRow:
    key = None if kind is RowKind.WELCOME else number.to_bytes(16) + sequence.to_bytes(16)
    return NewRow(row_id(number, sequence), 1000 + sequence, kind, key, (sequence & 0xFF).to_bytes(1) * size)


def fill(connection: Connection) -> None:
    """Rows 1 to 9; a second device joins with the Welcome at 4 and is removed by row 7."""
    log.advance_groups(connection, [(1, GROUP, 3, 9), (2, GroupId(b"h" * 32), 0, 1)])
    log.begin_membership(connection, CREATOR, 1, 1)
    log.begin_membership(connection, JOINER, 1, JOINS_AT)
    log.end_membership(connection, JOINER, 1, 7)
    rows = [
        new_row(number, kind=RowKind.WELCOME if number == JOINS_AT else RowKind.APPLICATION)
        for number in range(1, 10)
    ]
    log.append_rows(connection, [*rows, new_row(1, number=2)])


async def page(store: Store, device: DeviceId, after: int, rows: int = 100, size: int = 1 << 20) -> Page:
    def read(connection: Connection) -> Page:
        return log.read_page(connection, device, 1, after, max_rows=rows, max_bytes=size)

    return await store.read(read)


async def test_each_device_sees_the_rows_of_its_membership(store: Store) -> None:
    await store.write(fill)
    everything = await page(store, CREATOR, 0)
    assert [row.sequence for row in everything.rows] == [1, 2, 3, 5, 6, 7, 8, 9]
    assert (everything.scanned_to, everything.at_end) == (9, True)
    joined = await page(store, JOINER, 0)
    assert [row.sequence for row in joined.rows] == [4, 5, 6, 7]
    assert (joined.scanned_to, joined.at_end) == (7, True)
    assert await page(store, DeviceId(bytes(16)), 0) == Page([], 0, at_end=True)


@pytest.mark.parametrize(("rows", "size"), [(1, 1 << 20), (3, 1 << 20), (100, 25), (100, 1)])
async def test_pages_follow_each_other_without_gap_or_repetition(store: Store, rows: int, size: int) -> None:
    await store.write(fill)
    seen: list[int] = []
    after, at_end = 0, False
    while not at_end:
        part = await page(store, CREATOR, after, rows, size)
        assert part.scanned_to > after or part.at_end
        assert 1 <= len(part.rows) <= rows or part.at_end
        seen += [row.sequence for row in part.rows]
        after, at_end = part.scanned_to, part.at_end
    assert seen == [1, 2, 3, 5, 6, 7, 8, 9]


async def test_known_submissions_are_found_by_device_and_id(store: Store) -> None:
    await store.write(fill)
    rows = [new_row(2), new_row(1, number=2)]
    keys = [row.submission_key for row in rows if row.submission_key is not None]
    found = await store.read(lambda connection: log.known_submissions(connection, [*keys, bytes(32)]))
    assert {key: (item.group_number, item.sequence, item.payload_sha256) for key, item in found.items()} == {
        keys[0]: (1, 2, sha256(b"\x02" * 10).digest()),
        keys[1]: (2, 1, sha256(b"\x01" * 10).digest()),
    }
    assert await store.read(lambda connection: log.known_submissions(connection, [])) == {}


async def test_many_rows_go_in_at_once(store: Store) -> None:
    await store.write(fill)
    rows = [new_row(number, number=2) for number in range(2, 1003)]
    await store.write(lambda connection: log.append_rows(connection, rows))
    keys = [row.submission_key or b"" for row in rows]
    assert len(await store.read(lambda connection: log.known_submissions(connection, keys))) == 1001


async def test_a_group_is_loaded_with_its_present_roster(store: Store) -> None:
    await store.write(fill)
    record = await store.read(lambda connection: log.load_group(connection, GROUP))
    assert record == log.GroupRecord(1, GROUP, 3, 9, frozenset({CREATOR}))
    assert await store.read(lambda connection: log.load_group(connection, GroupId(b"x" * 32))) is None
    assert await store.read(log.last_group_number) == 2
    await store.write(lambda connection: log.advance_groups(connection, [(1, GROUP, 4, 12)]))
    record = await store.read(lambda connection: log.load_group(connection, GROUP))
    assert record is not None
    assert (record.epoch, record.last_sequence) == (4, 12)


async def test_positions_only_move_forward(store: Store) -> None:
    await store.write(fill)
    await store.write(lambda connection: log.advance_positions(connection, {JOINER: {1: 5}, CREATOR: {1: 9}}))
    await store.write(lambda connection: log.advance_positions(connection, {JOINER: {1: 3}, CREATOR: {1: 9}}))
    (joiner,) = await store.read(lambda connection: log.positions_of(connection, JOINER))
    assert joiner == log.GroupPosition(GROUP, 1, last_visible=7, position=5, is_member=False)
    (creator,) = await store.read(lambda connection: log.positions_of(connection, CREATOR))
    assert creator == log.GroupPosition(GROUP, 1, last_visible=9, position=9, is_member=True)


async def test_a_work_that_fails_leaves_nothing(store: Store) -> None:
    def fail(connection: Connection) -> None:
        fill(connection)
        raise PeerError(Code.CONFLICT)

    with pytest.raises(PeerError):
        await store.write(fail)
    assert await store.read(log.last_group_number) == 0
    await store.write(fill)
    assert await store.read(log.last_group_number) == 2
