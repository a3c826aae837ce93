"""What has come overnight is few transactions; what is wrong with one row is no other's loss."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.simulator.relay import Log, SimulatedFeed
from tests.simulator.test_hostile_relay import append
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import Adversary, Killed, World

from rogatory_client.office.line import gathering
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.frame import Deliver, Read, RelayFrame
from rogatory_crypto.wire.identifier import GroupId, RowKind

ROOMS = 4
ROUNDS = 3


async def overnight(folder: Path, rooms: int = ROOMS) -> tuple[World, list[str]]:
    """A and B share rooms that B has read; then A says something in each, round after round."""
    world = await world_with(folder, A, B)
    async with world.at(A) as office:
        await office.sync()
        names = [
            office.start_consultation([B], f"Matter {number}", "May we ask?").room_id
            for number in range(rooms)
        ]
        await office.sync()
    await world.sync(B)
    async with world.at(A) as office:
        await office.sync()
        for text in said():
            for name in names:
                office.reply(name, text)
        await office.sync()
    return world, names


def said() -> list[str]:
    return [f"Round {number}" for number in range(ROUNDS)]


def log_of(world: World, name: str) -> Log:
    return world.relay.logs[GroupId(bytes.fromhex(name))]


async def read_by(world: World, name: str, room: str) -> list[str]:
    async with world.at(name) as office:
        return [message.text for message in office.messages(room)][1:]


async def steps_of(world: World, name: str) -> int:
    """Synchronise, and count the transactions in which messages came in."""
    async with world.at(name) as office:
        vault, kept = office._desk.vault, Counter[int]()
        former = vault.on_commit

        def counted() -> None:
            with vault.reading() as connection:
                total = connection.exec_driver_sql("SELECT count(*) FROM messages WHERE own = 0").scalar_one()
            kept[total] += 1
            if former is not None:
                former()

        vault.on_commit = counted
        await office.sync()
    return len(kept) - 1


async def test_messages_of_several_rooms_are_one_transaction(tmp_path: Path) -> None:
    world, names = await overnight(tmp_path)
    assert await steps_of(world, B) == 1
    for name in names:
        assert await read_by(world, B, name) == said()
    assert world.notes(B) == []


async def test_each_room_is_told_once_what_has_come(tmp_path: Path) -> None:
    world, names = await overnight(tmp_path)
    before = [len(log_of(world, name).rows) for name in names]
    await world.sync(B)
    assert [len(log_of(world, name).rows) for name in names] == [count + 1 for count in before]
    async with world.at(A) as office:
        await office.sync()
        own = [message for message in office.messages() if message.text in said()]
        assert len(own) == ROOMS * ROUNDS
        assert {each.stage for each in office.receipts(own[0].message_id)} == {"relayed", "delivered"}
        assert all("delivered" in {each.stage for each in office.receipts(one.message_id)} for one in own)


async def test_all_rooms_are_reported_as_read_by_one_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, names = await overnight(tmp_path)
    sent: list[Read] = []
    honest = SimulatedFeed.send

    async def noting(feed: SimulatedFeed, frame: object) -> None:
        if isinstance(frame, Read):
            sent.append(frame)
        await honest(feed, frame)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(SimulatedFeed, "send", noting)
    await world.sync(B)
    assert {position.group_id.hex() for position in sent[0].positions} == set(names)


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\xff" * 200])
async def test_a_bad_row_in_the_midst_is_noted_alone(tmp_path: Path, payload: bytes) -> None:
    world, names = await overnight(tmp_path)
    append(world.relay, log_of(world, names[1]), RowKind.APPLICATION, payload)
    async with world.at(A) as office:
        for name in names:
            office.reply(name, "And this.")
        await office.sync()
    await world.sync(B)
    for name in names:
        assert await read_by(world, B, name) == [*said(), "And this."]
    assert len(world.notes(B)) == 1


async def test_a_row_that_may_need_a_newer_log_is_taken_in_by_itself(tmp_path: Path) -> None:
    """A key of the wrong group is refused for good: what came with it in other rooms is here."""
    world, names = await overnight(tmp_path)
    stranger = log_of(world, names[0]).rows[-1][0]
    append(world.relay, log_of(world, names[2]), RowKind.COMMIT, stranger.payload)
    await world.sync(B)
    for name in names:
        assert await read_by(world, B, name) == said()
    assert len(world.notes(B)) == 1


async def test_a_frame_that_cannot_be_read_leaves_what_came_before_it_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, names = await overnight(tmp_path)
    honest = SimulatedFeed.receive
    delivered: list[Deliver] = []

    async def garbled(feed: SimulatedFeed) -> RelayFrame:
        frame = await honest(feed)
        if isinstance(frame, Deliver):
            delivered.append(frame)
            if len(delivered) == 3:
                raise PeerError(Code.MALFORMED, "not a frame")
        return frame

    monkeypatch.setattr(SimulatedFeed, "receive", garbled)
    async with world.at(B) as office:
        with pytest.raises(PeerError, match="not a frame"):
            await office.sync()
    counts = [len(await read_by(world, B, name)) for name in names]
    assert sorted(counts) == [0, 0, ROUNDS, ROUNDS]
    monkeypatch.undo()
    await world.sync(B)
    for name in names:
        assert await read_by(world, B, name) == said()


async def test_a_line_that_breaks_while_more_is_waited_for_keeps_what_has_come(tmp_path: Path) -> None:
    world, names = await overnight(tmp_path)
    world.adversary = Adversary(world.chance, break_one_in=9)
    await world.sync(B)
    world.adversary = Adversary(world.chance)
    for name in names:
        assert await read_by(world, B, name) == said()
    assert world.notes(B) == []


async def test_killed_after_every_step_nothing_is_lost_or_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of two rows, so that there are steps between them."""
    monkeypatch.setattr(gathering, "ENOUGH_ROWS", 2)
    world, names = await overnight(tmp_path)
    world.relay.rows_at_once = 1
    cut = 1
    while True:
        world.adversary = Adversary(world.chance, kill_at=cut)
        try:
            async with world.at(B) as office:
                await office.sync()
        except Killed:
            cut += 1
            continue
        break
    world.adversary = Adversary(world.chance)
    assert cut > ROOMS * ROUNDS
    for name in (B, A, B):
        await world.sync(name)
    for name in names:
        assert await read_by(world, B, name) == said()
        assert await read_by(world, A, name) == said()
    assert world.notes(A) + world.notes(B) == []


async def test_a_transaction_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "ENOUGH_ROWS", 5)
    world, names = await overnight(tmp_path)
    world.relay.rows_at_once = 1
    assert await steps_of(world, B) == -(-ROOMS * ROUNDS // 5)
    for name in names:
        assert await read_by(world, B, name) == said()


async def test_rooms_that_are_new_come_in_between_others(tmp_path: Path) -> None:
    """A Welcome changes what is known, so it is a transaction of its own; all else keeps its order."""
    world, names = await overnight(tmp_path)
    async with world.at(A) as office:
        new = office.start_consultation([B], "New matter", "At once?").room_id
        await office.sync()
        for name in (*names, new):
            office.reply(name, "And this.")
        await office.sync()
    await world.sync(B)
    for name in names:
        assert await read_by(world, B, name) == [*said(), "And this."]
    assert await read_by(world, B, new) == ["And this."]
    assert world.notes(B) == []


def in_order(texts: Sequence[str]) -> bool:
    return list(texts) == sorted(texts, key=[*said(), "And this."].index)


async def test_what_an_office_has_said_itself_passes_by(tmp_path: Path) -> None:
    """Rows of our own are among the others, and known by their hash alone."""
    world, names = await overnight(tmp_path)
    async with world.at(B) as office:
        for name in names:
            office.reply(name, "From here.")
        await office.sync()
        await office.sync()
        assert office._desk.own_payloads == frozenset()
    await world.sync(A)
    for name in names:
        texts = await read_by(world, B, name)
        assert Counter(texts) == Counter([*said(), "From here."])
        assert in_order([text for text in texts if text in said()])
        assert Counter(await read_by(world, A, name)) == Counter(texts)
