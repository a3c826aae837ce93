"""What cannot be opened is no way to more: neither to what others may not read, nor to a flood."""

from pathlib import Path

from tests.simulator.office_world import HEAD, SECOND, THIRD, settle
from tests.simulator.test_circles import SECRET, office_of_three, restrict, texts
from tests.simulator.test_circles import say as write_in_case
from tests.simulator.test_non_delivery import HOUR_S, events, request_to, seen_at, state_of
from tests.simulator.test_story import A, B, link, world_with
from tests.simulator.test_unreadable import rows_of, say, spoil
from tests.simulator.world import World

from rogatory_client.office import reading
from rogatory_client.vault.archive import read_message
from rogatory_crypto.content import status
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import Disposition, SinglePart
from rogatory_crypto.content.resent import MessageResent, resent_part
from rogatory_crypto.content.status import MessageStatus, StatusReport
from rogatory_crypto.content.unreadable_report import UnreadableReport, UnreadableRow, unreadable_part
from rogatory_crypto.wire.identifier import GroupId, RowKind, Sequence


async def case_of(world: World, name: str) -> GroupId:
    async with world.at(name) as office:
        (group_id,) = office._desk.rooms
        return group_id


async def test_what_was_said_in_a_limited_case_is_handed_on_to_those_in_it_alone(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await restrict(world, HEAD, "second officer")
    group_id = await case_of(world, B)
    await write_in_case(world, SECRET, B)
    log = world.relay.logs[group_id]
    place = max(number for number, (row, _) in enumerate(log.rows) if row.kind is RowKind.APPLICATION)
    await world.sync(A)
    spoil(world, group_id, place=place)
    await settle(world, SECOND, A, THIRD)
    assert SECRET in await texts(world, SECOND)
    await world.sync(THIRD)
    async with world.at(THIRD) as office:
        with office._desk.vault.reading() as connection:
            known = connection.exec_driver_sql("SELECT content FROM messages").scalars().all()
    assert known, "it reads the office's own room"
    assert not any(SECRET.encode() in each for each in known)


async def test_an_unsigned_status_keeps_no_failure_of_a_formal_message_from_being_stated(
    tmp_path: Path,
) -> None:
    """It proves nothing to anybody: whoever will not sign is said not to have got the message."""
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B)
    await world.sync(B)
    report = StatusReport(((MessageId(bytes.fromhex(message)), MessageStatus.READ),))
    await say(world, B, SinglePart(Disposition.UNSPECIFIED, "", status.MEDIA_TYPE, report.encode()))
    world.tick(37 * HOUR_S)
    assert events(await state_of(world, A, message)) == [("ContentHandoverFailure", None)]


async def test_a_first_report_is_answered_by_one_device_whatever_it_says(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await link(world, A, "second")
    await request_to(world, tmp_path, B)
    for name in ("second", B, A, "second"):
        await world.sync(name)
    group_id = await case_of(world, B)
    rows = [row for row, _ in world.relay.logs[group_id].rows if row.kind is RowKind.APPLICATION]
    told = tuple(UnreadableRow(Sequence(row.sequence), "replayed") for row in rows)
    await say(world, B, unreadable_part(UnreadableReport(told, again=True)))
    before = rows_of(world)
    await world.sync("second")
    assert rows_of(world) == before, "who has sent it answers first"
    await world.sync(A)
    assert rows_of(world) == before + 2, "the opening and the request"


async def test_a_message_that_is_here_is_not_moved_to_a_row_that_nobody_could_open(tmp_path: Path) -> None:
    """It keeps its time, and is not dated as said again either."""
    world = await world_with(tmp_path, A, B)
    message = await request_to(world, tmp_path, B)
    await world.sync(B)
    group_id = await case_of(world, B)
    log = world.relay.logs[group_id]
    async with world.at(A) as office:
        await office.sync()
        office.reply("SN/2", "Said later.")
        await office.sync()
    place = max(number for number, (row, _) in enumerate(log.rows) if row.kind is RowKind.APPLICATION)
    sequence = spoil(world, group_id, place=place)
    before = await seen_at(world, B, message)
    async with world.at(A) as office:
        record = read_message(reading.stored_message(office._desk, message))
    await say(world, A, resent_part(MessageResent(Sequence(sequence), record.sender, record.content)))
    after = await seen_at(world, B, message)
    assert (after.at_ms, after.said_again_ms) == (before.at_ms, None)
