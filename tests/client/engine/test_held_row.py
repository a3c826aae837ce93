"""What waits for a tree is bounded in rooms, bytes and time, and given up as a whole or not at all."""

from tests.client.engine.case_room import notes

from rogatory_client.engine.effect import HoldRow, ReleaseRows
from rogatory_client.engine.held_row import (
    HELD_S,
    MAX_HELD_BYTES,
    MAX_HELD_ROOMS,
    HeldRoom,
    expire,
    hold,
    size_of,
)
from rogatory_crypto.errors import Code
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import GroupId, RowKind, Sequence

NOW = 1_800_000_000
ROOM = GroupId(b"r" * 32)


def others(count: int, size: int = 1) -> dict[GroupId, HeldRoom]:
    return {GroupId(bytes([at]) * 32): HeldRoom(size, NOW - at) for at in range(count)}


def row(size: int, sequence: int = 5) -> Row:
    return Row(Sequence(sequence), 0, RowKind.WELCOME, bytes(size))


def test_rows_are_held_in_their_order_and_the_officer_is_told_once() -> None:
    rows = [row(10, 5), row(20, 6)]
    outcome = hold({}, ROOM, rows, NOW)
    assert outcome.effects == tuple(HoldRow(ROOM, each, NOW) for each in rows)
    assert [told.kind for told in outcome.happenings] == ["warning"]
    assert hold({ROOM: HeldRoom(100, NOW)}, ROOM, rows, NOW).happenings == ()


def test_more_rooms_than_may_wait_are_not_held() -> None:
    full = others(MAX_HELD_ROOMS)
    assert notes(hold(full, ROOM, [row(1)], NOW)) == [Code.QUOTA_EXCEEDED]
    assert isinstance(hold(full, next(iter(full)), [row(1)], NOW).effects[0], HoldRow)
    assert isinstance(hold(others(MAX_HELD_ROOMS - 1), ROOM, [row(1)], NOW).effects[0], HoldRow)


def test_a_room_that_would_be_too_much_is_given_up_with_all_that_was_held_of_it() -> None:
    """A log with a hole in it could never be followed."""
    held = {ROOM: HeldRoom(MAX_HELD_BYTES - size_of(10), NOW), **others(0)}
    assert isinstance(hold(held, ROOM, [row(10)], NOW).effects[0], HoldRow)
    outcome = hold(held, ROOM, [row(11)], NOW)
    assert outcome.effects[0] == ReleaseRows(ROOM)
    assert notes(outcome) == [Code.QUOTA_EXCEEDED]
    assert [told.kind for told in outcome.happenings] == ["warning"]


def test_what_has_waited_too_long_is_given_up_and_nothing_else() -> None:
    held = {ROOM: HeldRoom(1, NOW - HELD_S - 1), **others(3)}
    outcome = expire(held, NOW)
    assert outcome.effects[0] == ReleaseRows(ROOM)
    assert notes(outcome) == [Code.EXPIRED]
    assert expire(others(3), NOW).effects == ()
    assert notes(expire({ROOM: HeldRoom(1, NOW - HELD_S)}, NOW)) == []
