"""A message that a device cannot open is told, said again by its sender as it was, and taken in as itself."""

from dataclasses import replace
from pathlib import Path

from tests.simulator.test_hostile_relay import consulting
from tests.simulator.test_non_delivery import HOUR_S, request_to, state_of
from tests.simulator.test_story import A, B, C, link, world_with
from tests.simulator.world import World

from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.writing import write
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.content.resent import MessageResent, resent_part
from rogatory_crypto.content.unreadable_report import UnreadableReport, UnreadableRow, unreadable_part
from rogatory_crypto.wire.identifier import GroupId, RowKind, Sequence


def spoil(world: World, group_id: GroupId | None = None, *, place: int = -1) -> int:
    """Let the relay's copy of an application row be damaged, and return its number."""
    log = world.relay.logs[group_id] if group_id else next(iter(world.relay.logs.values()))
    row, only = log.rows[place]
    assert row.kind is RowKind.APPLICATION
    log.rows[place] = (replace(row, payload=row.payload[:-1] + bytes([row.payload[-1] ^ 1])), only)
    return int(row.sequence)


async def unread_request(tmp_path: Path) -> tuple[World, str]:
    """A's request reaches B as a row that B cannot open."""
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B)
    spoil(world)
    return world, message


async def test_it_is_said_again_and_is_the_same_message(tmp_path: Path) -> None:
    world, message = await unread_request(tmp_path)
    async with world.at(B) as office:
        report = await office.sync()
        assert any("NOT READABLE here" in each for each in report.warnings)
        (waiting,) = office.deliveries.unreadable()
        assert waiting.text.startswith(f"NOT READABLE here: {A}, whoever has sent it, must run")
        assert not [each for each in office.messages() if each.kind == "request"]
    async with world.at(A) as office:
        await office.sync()
        view = office.deliveries.of_message(message)
        (device,) = view.recipients[0].devices
        assert device.unreadable_since is not None
        assert device.resent
        assert "it was said again" in view.recipients[0].text
        original = office.deliveries.of_message(message)
    async with world.at(B) as office:
        await office.sync()
        assert office.deliveries.unreadable() == ()
        here = office.deliveries.of_message(message)
        assert (here.message_id, here.content_sha256, here.at_ms, here.sender) == (
            *(original.message_id, original.content_sha256, original.at_ms),
            A,
        )
        assert here.said_again_ms is not None
        assert here.said_again_ms > here.at_ms
        assert office.room("SN/2").kind == "request"
        office.show(message)
        office.acknowledge("SN/2", "GH/9")
        saved = await office.save_attachment(message, 0, tmp_path / "out")
        assert saved.read_bytes() == b"%PDF-1.7 letter"
        await office.sync()
    state = await state_of(world, A, message)
    assert (state.stage, state.failed) == ("acknowledged", False)


async def test_non_delivery_says_that_it_was_unreadable_and_the_receipt_overrules_it(tmp_path: Path) -> None:
    world, message = await unread_request(tmp_path)
    await world.sync(B)
    world.tick(25 * HOUR_S)
    state = await state_of(world, A, message)
    assert [(each.event, each.reason) for each in state.failures] == [
        ("ContentConsignmentFailure", "NotReadable")
    ]
    await world.sync(B)
    state = await state_of(world, A, message)
    assert (state.stage, state.failures[0].overruled_by) == ("delivered", "ContentConsignment")


async def test_it_is_told_again_after_a_day_and_then_the_officers_must_speak(tmp_path: Path) -> None:
    world, _ = await unread_request(tmp_path)
    texts = []
    for _ in range(5):
        async with world.at(B) as office:
            await office.sync()
            (waiting,) = office.deliveries.unreadable()
            texts.append((waiting.reports, waiting.text))
        world.tick(25 * HOUR_S)
    assert [count for count, _ in texts] == [1, 2, 3, 3, 3]
    assert "nobody has said it again; call" in texts[-1][1]


async def test_another_device_of_the_sender_answers_if_the_first_does_not(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await link(world, A, "second")
    message = await request_to(world, tmp_path, B)
    await world.sync("second")
    spoil_request(world)
    await world.sync(B)
    await world.sync("second")
    await world.sync(B)
    async with world.at(B) as office:
        assert len(office.deliveries.unreadable()) == 1, "the device that has sent it may still answer"
    world.tick(25 * HOUR_S)
    for name in (B, "second", B):
        await world.sync(name)
    async with world.at(B) as office:
        assert office.deliveries.unreadable() == ()
        assert office.deliveries.of_message(message).sender == A


def spoil_request(world: World, *, before: int = 0) -> int:
    """Damage an application row of the room with the most members: the newest, or one before."""
    group_id = max(world.relay.logs, key=lambda name: len(world.relay.logs[name].roster))
    rows = world.relay.logs[group_id].rows
    places = [number for number, (row, _) in enumerate(rows) if row.kind is RowKind.APPLICATION]
    return spoil(world, group_id, place=places[-1 - before])


async def say(world: World, name: str, *parts: NestedPart) -> None:
    """A changed program says what it likes in the one room."""
    async with world.at(name) as office:
        await office.sync()
        desk = office._desk
        (group_id,) = desk.rooms
        written = write(parts, group_id, desk.context())
        desk.carry_out(Outcome((), (Enqueue(Parcel(0, group_id, written.message_id, written.encoded)),)))
        await office.sync()


def rows_of(world: World) -> int:
    return sum(len(log.rows) for log in world.relay.logs.values())


async def test_who_asks_again_and_again_is_answered_once(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await request_to(world, tmp_path, B)
    await world.sync(B)
    sequence = Sequence(len(next(iter(world.relay.logs.values())).rows) - 1)
    report = UnreadableReport((UnreadableRow(sequence, "wrong-epoch"),), again=True)
    said_again = []
    for _ in range(3):
        await say(world, B, unreadable_part(report))
        before = rows_of(world)
        await world.sync(A)
        said_again.append(rows_of(world) - before)
    assert said_again == [1, 0, 0]
    async with world.at(B) as office:
        await office.sync()
        assert len([each for each in office.messages() if each.kind == "request"]) == 1
    assert world.notes(B) == []


async def test_what_nobody_has_said_is_not_said_again(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await request_to(world, tmp_path, B)
    await world.sync(B)
    rows = tuple(UnreadableRow(Sequence(number), "replayed") for number in (0, 1, 2, 10**6))
    before = rows_of(world)
    await say(world, B, unreadable_part(UnreadableReport(rows, again=False)))
    await world.sync(A)
    assert rows_of(world) == before + 1, "the report itself"
    assert world.notes(A) == []


async def test_what_an_office_says_again_for_another_is_refused(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B, C)
    await request_to(world, tmp_path, B, C)
    await world.sync(C)
    sequence = spoil(world, place=-2)
    async with world.at(A) as office:
        sender = office._desk.oneself.credential.encode()
    content = b"anything"
    await say(world, C, resent_part(MessageResent(Sequence(sequence), sender, content)))
    await world.sync(B)
    assert any(f"{C} says again what another office has said" in detail for _, detail in world.notes(B))


async def test_what_was_said_while_a_device_was_lost_comes_after_all(tmp_path: Path) -> None:
    """N06: it could not follow a commit, and was taken out and in again."""
    world, log = await consulting(tmp_path)
    await world.sync(B)
    await link(world, A, "second")
    index = max(number for number, (row, _) in enumerate(log.rows) if row.kind is RowKind.COMMIT)
    row, only = log.rows[index]
    log.rows[index] = (replace(row, payload=row.payload[:-1] + bytes([row.payload[-1] ^ 1])), only)
    async with world.at(A) as office:
        office.reply("SN/1", "Said in between.")
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        (waiting,) = office.deliveries.unreadable()
        assert "first this device must be taken into the case again" in waiting.text
    for name in (A, B, A, B):
        await world.sync(name)
    async with world.at(B) as office:
        assert office.deliveries.unreadable() == ()
        assert "Said in between." in [each.text for each in office.messages()]


async def test_a_device_is_handed_by_its_own_office_what_another_has_said(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await link(world, A, "second")
    async with world.at(B) as office:
        await office.sync()
        office.start_consultation([A], "Company records", "May we ask?", reference="GH/1")
        await office.sync()
    await world.sync(A)
    spoil_request(world, before=1)
    for name in ("second", A, "second"):
        await world.sync(name)
    async with world.at("second") as office:
        assert office.deliveries.unreadable() == ()
        assert "May we ask?" in [each.text for each in office.messages()]
