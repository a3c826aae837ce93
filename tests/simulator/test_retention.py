"""Holds and purges in an office of two officers: by two of them, on every device, and never while held."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.deletion.pages import Disk
from tests.simulator.office_world import CASE, SECOND, office_of_two, settle
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B
from tests.simulator.world import PASSPHRASE, Adversary, World

from rogatory_client.engine.effect import FROM_PARTNER, Outcome, SaveMessage
from rogatory_client.office import Office
from rogatory_client.office.at_home import say_at_home
from rogatory_client.vault import archive
from rogatory_crypto.content.retention import (
    CaseHeld,
    PurgeConfirmed,
    PurgeConsent,
    PurgeProposed,
    order_hash,
    sign_consent,
)
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import GroupId

SECRETS = ("quokkaledger", "narwhalnote", "SN/1")


async def talked(folder: Path) -> tuple[World, str]:
    """A case with words that are nowhere else, read by all; and its id."""
    world = await office_of_two(folder)
    async with world.at(B) as office:
        office.reply(CASE, "Look for the quokkaledger.")
        await office.sync()
    await settle(world, A, SECOND)
    async with world.at(SECOND) as office:
        office.mailbox.note(CASE, "The narwhalnote stays with us.")
        await office.sync()
    await settle(world, A, SECOND)
    async with world.at(A) as office:
        room = office.room(CASE).room_id
    for name in (A, SECOND):
        async with world.at(name) as office:
            for each in office.messages(room):
                office.show(each.message_id)
            await office.sync()
    await settle(world, A, SECOND, B)
    return world, room


async def propose(world: World, room: str, name: str = SECOND) -> str:
    async with world.at(name) as office:
        purge = office.retention.propose(room, "Its time is over.").message_id
        await office.sync()
    return purge


async def confirm(world: World, purge: str, name: str = A) -> None:
    await world.sync(name)
    async with world.at(name) as office:
        office.retention.confirm(purge)
        await office.sync()


async def said_in(world: World, name: str, room: str) -> list[str]:
    async with world.at(name) as office:
        return [each.text for each in office.messages(room)]


def residue(world: World, name: str) -> list[str]:
    disk = Disk.of(world.folder / name, PASSPHRASE)
    places = (disk.database, disk.log, disk.raw)
    return [word for word in SECRETS for place in places if word.encode() in place]


async def test_two_officers_purge_and_no_plaintext_is_left(tmp_path: Path) -> None:
    world, room = await talked(tmp_path)
    for name in (A, SECOND):
        assert set(residue(world, name)) == set(SECRETS)
    purge = await propose(world, room)
    await settle(world, A)
    assert len(await said_in(world, A, room)) == 2
    await confirm(world, purge)
    await settle(world, SECOND, A)
    for name in (A, SECOND):
        assert await said_in(world, name, room) == []
        assert residue(world, name) == []
        async with world.at(name) as office:
            (record,) = office.retention.records()
            assert (record.standing, record.left, record.proposed_by) == ("ordered", 0, "second officer")
            assert [each.officer for each in record.confirmed_by] == ["case officer"]
            assert office.search.find("quokkaledger").hits == ()
    async with world.at(B) as office:
        office.reply(CASE, "One thing more.")
        await office.sync()
    await settle(world, A, SECOND)
    for name in (A, SECOND):
        assert await said_in(world, name, room) == ["One thing more."]


async def test_a_hold_stops_what_was_proposed_and_confirmed(tmp_path: Path) -> None:
    world, room = await talked(tmp_path)
    purge = await propose(world, room)
    async with world.at(SECOND) as office:  # said before the other has confirmed, sent after
        office.retention.hold(room, "A court has asked.")
    async with world.at(A) as office:
        await office.sync()
        office.retention.confirm(purge)
    await settle(world, SECOND, A)
    for name in (A, SECOND):
        assert len(await said_in(world, name, room)) == 2
        async with world.at(name) as office:
            assert office.retention.record(purge).standing == "stopped by a hold"
            with pytest.raises(MisuseError, match="under legal hold"):
                office.retention.propose(room, "Again.")
    async with world.at(SECOND) as office:
        with pytest.raises(MisuseError, match="may not lift"):
            office.retention.lift_hold(room, "Over.")
    async with world.at(A) as office:
        office.retention.lift_hold(room, "The court has what it needs.")
        await office.sync()
    await settle(world, SECOND)
    assert len(await said_in(world, SECOND, room)) == 2, "what a hold has stopped does not go on by itself"
    await confirm(world, await propose(world, room))
    await settle(world, SECOND, A)
    for name in (A, SECOND):
        assert await said_in(world, name, room) == []


async def test_one_officer_with_two_devices_purges_nothing(tmp_path: Path) -> None:
    world, room = await talked(tmp_path)
    await join(world, "twin", "Second  Officer", Role.CASE_OFFICER)
    await settle(world, A, SECOND, "twin")
    purge = await propose(world, room)
    await world.sync("twin")
    async with world.at("twin") as office:
        with pytest.raises(MisuseError, match="another officer than the one who proposed it"):
            office.retention.confirm(purge)
        force(office, purge)
        await office.sync()
    await settle(world, A, SECOND, "twin")
    async with world.at(A) as office:
        view = office.retention.record(purge)
        assert view.standing == "waiting"
        assert [each.reason for each in view.refused] == [
            "another officer than the one who proposed it confirms it"
        ]
    assert len(await said_in(world, SECOND, room)) == 2


def force(office: Office, purge: str, officer: str | None = None) -> None:
    """Say a consent that no honest program says."""
    oneself, order = office._desk.oneself, office.retention.record(purge)
    case = GroupId(bytes.fromhex(order.room_id))
    consent = PurgeConsent(
        order_hash(bytes.fromhex(order.signed)),
        case,
        office._desk.surroundings.now(),
        oneself.entry_id,
        officer or oneself.officer,
        oneself.device_id,
    )
    say_at_home(office._desk, PurgeConfirmed(case, sign_consent(consent, oneself.signer.private)))


async def test_a_consent_in_another_name_is_shown_and_does_not_count(tmp_path: Path) -> None:
    world, room = await talked(tmp_path)
    purge = await propose(world, room)
    async with world.at(SECOND) as office:
        force(office, purge, "case officer")
        await office.sync()
    await settle(world, A, SECOND)
    async with world.at(A) as office:
        view = office.retention.record(purge)
        assert (view.standing, view.refused[0].officer) == ("waiting", "second officer")
        assert "another device" in view.refused[0].reason
    assert len(await said_in(world, A, room)) == 2


@pytest.mark.parametrize("reasons", ["", " . ", "\u200b", "No\u202ething", "Over.\x1b[2J", "\ud800"])
async def test_what_hides_or_says_nothing_is_no_reason(tmp_path: Path, reasons: str) -> None:
    world, room = await talked(tmp_path)
    async with world.at(A) as office:
        office.retention.hold(room, "A court has asked.")
        for act in (office.retention.lift_hold, office.retention.hold):
            with pytest.raises(MisuseError):
                act(room, reasons)
        office.retention.lift_hold(room, "The court has what it needs.")
        with pytest.raises(MisuseError):
            office.retention.propose(room, reasons)
        assert office.retention.records() == ()
        assert len(office.retention.holds(room)) == 1


async def test_roles_without_the_right_neither_hold_nor_propose(tmp_path: Path) -> None:
    world, room = await talked(tmp_path)
    await join(world, "clerk", "clerk", Role.CLERK)
    await settle(world, A, SECOND, "clerk", B)
    async with world.at("clerk") as office:
        case = GroupId(bytes.fromhex(room))
        with pytest.raises(MisuseError, match="may not put a case under legal hold"):
            say_at_home(office._desk, CaseHeld(case, "Mine."))
        with pytest.raises(MisuseError, match="may not have a case purged"):
            say_at_home(office._desk, PurgeProposed(case, b"\x80"))


@pytest.mark.parametrize("seed", range(2))
async def test_killed_at_any_step_all_or_nothing_is_gone(tmp_path: Path, seed: int) -> None:
    world, room = await talked(tmp_path)
    purge = await propose(world, room)
    await world.sync(A)
    async with world.at(A) as office:
        office.retention.confirm(purge)
    world.chance.seed(seed)
    world.adversary = Adversary(world.chance, break_one_in=12, kill_one_in=12)
    await settle(world, A, SECOND)
    world.adversary = Adversary(world.chance)
    for name in (A, SECOND):
        assert len(await said_in(world, name, room)) in {0, 2}, "all or nothing"
    await settle(world, A, SECOND)
    for name in (A, SECOND):
        assert await said_in(world, name, room) == []
        assert residue(world, name) == []


async def test_a_new_device_learns_of_the_purge_and_nothing_of_the_case(tmp_path: Path) -> None:
    world, room = await talked(tmp_path)
    await confirm(world, await propose(world, room))
    await settle(world, SECOND, A)
    await join(world, "third", "duty officer", Role.DUTY_OFFICER)
    await settle(world, A, SECOND, "third", B, A, "third")
    assert residue(world, "third") == []
    async with world.at("third") as office:
        (record,) = office.retention.records()
        assert (record.standing, record.left) == ("ordered", 0)
        assert office.messages() == ()


async def test_what_comes_back_is_erased_again_and_told(tmp_path: Path) -> None:
    world, room = await talked(tmp_path)
    async with world.at(A) as office:
        with office._desk.vault.reading() as connection:
            kept = archive.archive_of(connection, GroupId(bytes.fromhex(room)))
    await confirm(world, await propose(world, room))
    async with world.at(A) as office:
        back = tuple(SaveMessage(replace(each, sequence=FROM_PARTNER)) for each in kept)
        office._desk.carry_out(Outcome((), back))
        report = await office.sync()
        assert any("of a purged case came back and were erased again" in each for each in report.warnings)
    assert await said_in(world, A, room) == []
    assert residue(world, A) == []
