"""What is carried on a stick arrives as over the relay, and once, whichever way comes first (L07)."""

from pathlib import Path
from typing import NoReturn

import pytest
from tests.simulator.carriers import acquainted, carry, last, texts
from tests.simulator.test_story import A, B, C, link, world_with
from tests.simulator.world import World

from rogatory_client.engine.membership import LEAF_REFRESH_S
from rogatory_client.office import Office
from rogatory_client.office.carrier.reading_file import opened
from rogatory_crypto import mls
from rogatory_crypto.errors import Code, MisuseError, PeerError

DAY_S = 86_400


async def write(world: World, sender: str, name: str, *said: str) -> Path:
    """Say something in the case and write what waits to a file."""
    path = world.folder / name
    async with world.at(sender) as office:
        for each in said:
            office.reply("SN/2", each)
        office.carrier.out(path)
    return path


async def settle(world: World, *names: str) -> None:
    for _ in range(3):
        for name in names:
            await world.sync(name)


async def test_a_text_goes_by_stick_its_receipts_come_back_and_the_line_doubles_nothing(
    tmp_path: Path,
) -> None:
    world = await acquainted(tmp_path, A, B)
    async with world.at(A) as office:
        sent = office.reply("SN/2", "Two more pages follow.")
    out, came = await carry(world, A, B, "one.carry")
    assert (out.messages, out.offices, out.stayed, out.left) == (1, (B,), (), 0)
    assert (came.office, came.messages, came.here_already, came.refused) == (A, 1, 0, ())
    async with world.at(B) as office:
        message = last(office)
        assert (message.text, message.state, message.by_carrier) == ("Two more pages follow.", "new", True)
        assert message.written_at_ms == sent.at_ms
        office.show(message.message_id)
    back, returned = await carry(world, B, A, "back.carry")
    assert (back.messages, returned.messages) == (2, 2)
    async with world.at(A) as office:
        stages = {each.stage: each.signed for each in office.receipts(sent.message_id)}
        assert stages == {"delivered": True, "opened": True}, "and not relayed: there is no postmark"
        assert last(office).state == "queued"
    await settle(world, A, B)
    async with world.at(A) as office:
        stages = {each.stage: each.signed for each in office.receipts(sent.message_id)}
        assert stages == {"relayed": True, "delivered": True, "opened": True}
        assert not office.outbox()
    async with world.at(B) as office:
        message = last(office)
        assert (message.by_carrier, message.state, message.written_at_ms) == (False, "read", None)
        assert texts(office).count("Two more pages follow.") == 1
        assert not office._desk.carried
        assert not office.outbox()
    assert not world.notes(A) + world.notes(B)


async def test_the_time_that_counts_is_the_relays_once_it_has_one(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    path = await write(world, A, "one.carry", "Written first.")
    async with world.at(A) as office:
        (waiting,) = office.outbox()
        assert (waiting.state, waiting.carried_at) == ("sealed", int(world.now))
    world.tick(3 * DAY_S)
    async with world.at(B) as office:
        office.carrier.take_in([path])
        came = last(office)
        assert came.written_at_ms is not None
        assert came.at_ms - came.written_at_ms >= 3 * DAY_S * 1000, "not what the sender claims"
    world.tick(2 * DAY_S)
    await settle(world, A, B)
    async with world.at(B) as office:
        assert last(office).at_ms >= came.at_ms + 2 * DAY_S * 1000


@pytest.mark.parametrize("first", ["twice", "relay first", "reordered"])
async def test_a_file_that_comes_again_late_or_in_another_order_changes_nothing(
    tmp_path: Path, first: str
) -> None:
    world = await acquainted(tmp_path, A, B)
    one = await write(world, A, "one.carry", "First.")
    two = await write(world, A, "two.carry", "Second.")
    if first == "relay first":
        await settle(world, A, B)
    async with world.at(B) as office:
        for path in {"twice": (one, two), "relay first": (one, two), "reordered": (two, one)}[first]:
            office.carrier.take_in([path])
        answers = len(office.outbox())
        for path in (one, two, one):
            again = office.carrier.take_in([path])
            assert (again.messages, again.refused) == (0, ())
            assert again.here_already >= 1
        assert len(office.outbox()) == answers
    await settle(world, A, B)
    async with world.at(B) as office:
        assert sorted(texts(office)) == ["First.", "Second."]
        assert office.carrier.take_in([two]).here_already == 2
        assert not office._desk.carried
    async with world.at(A) as office:
        for message in office.messages():
            found = [each.stage for each in office.receipts(message.message_id)]
            assert len(found) == len(set(found)), "no receipt twice"
    assert not world.notes(A) + world.notes(B)


async def test_weeks_without_a_line_are_weeks_of_sticks(tmp_path: Path) -> None:
    """Old keys keep nobody from carrying: to renew them takes the relay (P04)."""
    world = await acquainted(tmp_path, A, B)
    said = []
    for week in range(6):
        world.tick(LEAF_REFRESH_S + DAY_S)
        for sender, receiver in ((A, B), (B, A)):
            async with world.at(sender) as office:
                said.append(f"{sender}, week {week}")
                office.reply("SN/2", said[-1])
            _, came = await carry(world, sender, receiver, f"{sender}-{week}.carry")
            assert not came.refused
    for name in (A, B):
        async with world.at(name) as office:
            assert sorted(texts(office)) == sorted(said)
    await settle(world, A, B)
    for name in (A, B):
        async with world.at(name) as office:
            assert sorted(texts(office)) == sorted(said)
            assert not office.outbox()
            assert not office._desk.carried
    assert not world.notes(A) + world.notes(B)


async def test_who_got_no_stick_reads_it_from_the_relay_and_three_offices_agree(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B, C)
    path = await write(world, A, "one.carry", "By stick to one.")
    async with world.at(B) as office:
        office.carrier.take_in([path])
        office.reply("SN/2", "An answer.")
    await settle(world, B, A, C)
    timelines = []
    for name in (A, B, C):
        async with world.at(name) as office:
            timelines.append([(each.text, each.at_ms) for each in office.messages()])
    assert timelines[0] == timelines[1] == timelines[2]
    assert not world.notes(A) + world.notes(B) + world.notes(C)


@pytest.mark.parametrize("renewals", [1, 3, 5])
async def test_what_was_sealed_anew_for_the_relay_is_known_by_its_message(
    tmp_path: Path, renewals: int
) -> None:
    """A ciphertext that became too old for the relay is sealed anew; who has it by carrier has it once."""
    world = await acquainted(tmp_path, A, B)
    path = await write(world, A, "one.carry", "By stick.")
    async with world.at(B) as office:
        office.carrier.take_in([path])
    for _ in range(renewals):  # of B's keys: each is an epoch, and forgets those of a fortnight ago
        world.tick(LEAF_REFRESH_S + 1)
        await world.sync(B)
    await settle(world, A, B)
    async with world.at(B) as office:
        assert texts(office) == ["By stick."]
        assert not last(office).by_carrier
        assert not office._desk.carried
        assert office.carrier.take_in([path]).here_already == 1
    async with world.at(A) as office:
        assert [each.stage for each in office.receipts(last(office).message_id)].count("delivered") == 1
    assert not world.notes(A) + world.notes(B)


async def test_a_change_that_overtakes_the_stick_is_no_hindrance_within_the_epochs_kept(
    tmp_path: Path,
) -> None:
    world = await acquainted(tmp_path, A, B)
    path = await write(world, A, "one.carry", "On its way.")
    world.tick(LEAF_REFRESH_S + 1)
    await world.sync(B)
    async with world.at(B) as office:
        assert office.carrier.take_in([path]).messages == 1
    await settle(world, A, B)
    async with world.at(B) as office:
        assert texts(office) == ["On its way."]
    assert not world.notes(A) + world.notes(B)


async def test_keys_that_are_gone_name_who_must_act(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    path = await write(world, A, "one.carry", "Too late.")
    for _ in range(7):
        world.tick(LEAF_REFRESH_S + 1)
        await world.sync(B)
    async with world.at(B) as office:
        (refused,) = office.carrier.take_in([path]).refused
        assert (refused.code, refused.number) == ("wrong-epoch", 1)
        assert f"{A} must carry it again" in refused.reason
        assert not texts(office)


async def test_a_message_from_an_epoch_that_has_not_come_waits_for_the_line(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    world.tick(LEAF_REFRESH_S + 1)
    await world.sync(A)
    path = await write(world, A, "one.carry", "From the next epoch.")
    async with world.at(A) as office:
        await office.sync()
    async with world.at(A) as office:
        office.reply("SN/2", "After the commit.")
        office.carrier.out(tmp_path / "two.carry")
    async with world.at(B) as office:
        before = len(office.messages())
        (refused,) = office.carrier.take_in([tmp_path / "two.carry"]).refused
        assert "connect with `rogatory sync`" in refused.reason
        assert len(office.messages()) == before
        await office.sync()
        taken = office.carrier.take_in([tmp_path / "two.carry"])
        assert (taken.messages, taken.refused) == (1, ())
        assert office.carrier.take_in([path]).here_already == 1


async def test_a_change_on_its_way_to_the_relay_holds_up_no_stick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that a stick uses while a commit is staged are used in the group it leads to as well (L07)."""
    world = await acquainted(tmp_path, A, B)
    world.tick(LEAF_REFRESH_S + 1)
    async with world.at(B) as office:
        monkeypatch.setattr(world.relay, "submit", cut_off)
        with pytest.raises(ConnectionError):
            await office.sync()
        monkeypatch.undo()
        (room,) = office._desk.rooms.values()
        assert room.staged is not None
    path = await write(world, A, "one.carry", "Meanwhile.")
    async with world.at(B) as office:
        assert office.carrier.take_in([path]).messages == 1
        office.reply("SN/2", "Also meanwhile.")
        office.carrier.out(tmp_path / "back.carry")
    async with world.at(A) as office:
        assert not office.carrier.take_in([tmp_path / "back.carry"]).refused
    async with world.at(B) as office:
        assert office.carrier.take_in([path]).here_already == 1
    await settle(world, B, A)
    async with world.at(B) as office:
        (room,) = office._desk.rooms.values()
        assert room.staged is None
        assert sorted(texts(office)) == ["Also meanwhile.", "Meanwhile."]
        assert reading_again(office, path) is Code.REPLAYED, "the key is gone in the epoch that followed, too"
        assert office.carrier.take_in([path]).here_already == 1
        assert not office._desk.carried
    assert not world.notes(A) + world.notes(B)


def reading_again(office: Office, path: Path) -> Code:
    """How an office's one room answers to a ciphertext that it has read, whatever else knows of it."""
    (room,) = office._desk.rooms.values()
    assert room.group is not None
    with opened([path]) as source:
        ((_, payload),) = source.messages()
    authenticate = office._desk.context().authenticate_member
    with pytest.raises(PeerError) as refusal:
        mls.process(room.group, payload, now=office._desk.surroundings.now(), authenticate=authenticate)
    return refusal.value.code


def cut_off(*_: object) -> NoReturn:
    raise ConnectionError


async def test_a_new_case_says_why_it_cannot_be_carried(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        with pytest.raises(MisuseError, match="the relay lets its addressees in; connect once"):
            office.carrier.out(tmp_path / "one.carry")
        assert not list(tmp_path.glob("*.carry"))
        with pytest.raises(MisuseError, match="no other office"):
            office.carrier.out(tmp_path / "one.carry", to="CNA-XX-01")
        await office.sync()
        with pytest.raises(MisuseError, match="nothing waits"):
            office.carrier.out(tmp_path / "one.carry")
        office.reply("SN/1", "And this?")
        office.carrier.out(tmp_path / "one.carry", to=B.lower())
    async with world.at(B) as office:
        with pytest.raises(PeerError, match="the case is new") as refusal:
            office.carrier.take_in([tmp_path / "one.carry"])
        assert refusal.value.code is Code.WRONG_GROUP
        await office.sync()
        assert office.carrier.take_in([tmp_path / "one.carry"]).messages == 1


async def test_nothing_is_carried_past_a_device_that_has_to_go(tmp_path: Path) -> None:
    """A removed device reads nothing that is said later: its removal takes the relay's order."""
    world = await acquainted(tmp_path, A, B)
    await link(world, A, "second")
    await settle(world, "second", A, B)
    async with world.at(A) as office:
        lost = next(each for each in office.devices() if not each.this_device)
        await office.revoke_device(lost.device_id, "lost")
        office.reply("SN/2", "Not for the thief.")
    async with world.at(B) as office:
        await office.sync(until_idle=False)
        office.reply("SN/2", "Nor this.")
        with pytest.raises(MisuseError, match="1 devices are to be taken out"):
            office.carrier.out(tmp_path / "one.carry")


async def test_a_file_of_a_device_out_of_service_is_refused(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    await link(world, A, "second")
    await settle(world, A, "second", B, A)
    async with world.at("second") as office:
        office.reply("SN/2", "From a device that was stolen?")
        office.carrier.out(tmp_path / "one.carry")
    async with world.at(A) as office:
        lost = next(each for each in office.devices() if not each.this_device)
        await office.revoke_device(lost.device_id, "lost")
    async with world.at(B) as office:
        await office.sync(until_idle=False)
        with pytest.raises(PeerError, match="out of service"):
            office.carrier.take_in([tmp_path / "one.carry"])
        assert not texts(office)


async def test_other_offices_files_and_ones_own_are_not_taken_in(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    await world.enrol(C)
    path = await write(world, A, "one.carry", "For B.")
    async with world.at(C) as office:
        with pytest.raises(PeerError, match="another office's") as refusal:
            office.carrier.take_in([path])
        assert refusal.value.code is Code.WRONG_GROUP
        assert not office.rooms()
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="this device has made this file"):
            office.carrier.take_in([path])


async def test_an_own_second_device_reads_the_stick_too(tmp_path: Path) -> None:
    world = await acquainted(tmp_path, A, B)
    await link(world, A, "second")
    await settle(world, A, "second", B, A)
    path = await write(world, A, "one.carry", "Said by the first.")
    async with world.at("second") as office:
        office.carrier.take_in([path])
        message = last(office)
        assert (message.own, message.state, message.by_carrier) == (True, "queued", True)
    await settle(world, A, B, "second")
    async with world.at("second") as office:
        assert (last(office).state, last(office).by_carrier) == ("relayed", False)
    assert not world.notes("second")
