"""What an officer can get wrong, or the machine: each is said plainly, and nothing is lost."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.simulator.test_story import A, B, submit, world_with

from rogatory_client.engine.effect import Outcome, SaveRoom
from rogatory_client.fault import VaultError
from rogatory_client.office import as_dict
from rogatory_client.vault.schema import own_payloads
from rogatory_crypto.errors import Code, MisuseError, PeerError

C = "CNA-NG-01"


async def test_a_code_that_is_mistyped_used_or_too_old_is_refused(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A)
    world.new_device("other")
    used, late = await world.invite(B), await world.invite(C)
    world.new_device(B)
    async with world.at(B) as office:
        await office.enrol(used, "case officer")
        with pytest.raises(MisuseError, match="enrolled already"):
            await office.enrol(used, "case officer")
    world.tick(90_000)
    wrong = ("0000-" + used[5:], Code.MALFORMED), (used, Code.ALREADY_USED), (late, Code.EXPIRED)
    async with world.at("other") as office:
        for code, expected in wrong:
            with pytest.raises(PeerError) as refusal:
                await office.enrol(code, "case officer")
            assert refusal.value.code is expected
        assert not office.identity.enrolled


async def test_an_addressee_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A)
    async with world.at(A) as office:
        await office.sync()
        for to, said in (
            (["CNA-XX-99"], "not in the directory"),
            ([B], "not enrolled"),
            ([A], "other offices"),
        ):
            with pytest.raises(MisuseError, match=said):
                office.start_consultation(to, "x", "y")
        with pytest.raises(MisuseError, match="no case"):
            office.reply("SN/404", "x")
        assert office.outbox() == ()


@pytest.mark.parametrize("change", ["longer", "other", "gone"])
async def test_a_file_that_changed_since_it_was_attached_is_not_sent(tmp_path: Path, change: str) -> None:
    world = await world_with(tmp_path, A, B)
    path = tmp_path / "evidence.bin"
    path.write_bytes(bytes(100_000))
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "x", "y", attachments=[path])
        match change:
            case "longer":
                path.write_bytes(bytes(100_001))
            case "other":
                path.write_bytes(bytes(99_999) + b"\x01")
            case "gone":
                path.unlink()
        report = await office.sync()
        (waiting,) = office.outbox()
        assert waiting.state == "failed"
        assert "attach it again" in (waiting.failure or "")
        assert report.warnings
        office.reply(office.rooms()[0].room_id, "This still goes.")
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        assert [each.text for each in office.messages() if each.text] == ["This still goes."]
        assert office.rooms()[0].subject == "x"
    assert [code for code, _ in world.notes(B)] == []


async def test_a_name_that_is_a_path_stays_in_its_folder(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    path = tmp_path / "..\u202egnp.exe"
    path.write_bytes(b"content")
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "x", "y", attachments=[path])
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        folder = tmp_path / "out"
        saved = await office.save_attachment(office.messages()[-1].message_id, 0, folder)
        assert saved.parent == folder
        assert "\u202e" not in saved.name
        with pytest.raises(MisuseError, match="1 attachments"):
            await office.save_attachment(office.messages()[-1].message_id, 1, folder)


async def test_a_full_disk_loses_nothing_that_comes_in(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await submit(world, tmp_path)
    async with world.at(B) as office:
        vault = office._desk.vault
        with vault.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        for size in (100_000, 1_000, 10) * 400:
            with suppress(VaultError), vault.writing() as connection:
                connection.execute(insert(own_payloads).values(sha256=os.urandom(size), group_id=b""))
        with pytest.raises(VaultError, match="the disk is full"):
            await office.sync()
    async with world.at(B) as office:
        await office.sync()
        assert [each.kind for each in office.messages()] == ["text", "request"]
    assert world.notes(B) == []


async def test_the_same_request_is_opened_and_reported_once(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    message_id = await submit(world, tmp_path)
    async with world.at(B) as office:
        await office.sync()
        request = next(each for each in office.messages() if each.kind == "request")
        assert (request.state, office.show(request.message_id).state) == ("new", "read")
        office.show(request.message_id[:10])
        assert sum(each.kind == "evidence" for each in office.outbox()) == 1
        with pytest.raises(MisuseError, match="six characters"):
            office.show("ab")
        with pytest.raises(MisuseError, match="not the id"):
            office.show("not hex at all")
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        stages = [each.stage for each in office.receipts(message_id)]
        assert sorted(stages) == ["delivered", "opened", "relayed"]
        with pytest.raises(MisuseError, match="no request"):
            office.acknowledge("SN/2", "SN/3")


async def test_only_own_devices_are_revoked_and_for_a_known_reason(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        (own,) = office.devices()
        other = next(id_.hex() for id_ in office._desk.registry.devices if id_.hex() != own.device_id)
        for device_id, reason in ((other, "lost"), (own.device_id, "mood")):
            with pytest.raises(MisuseError, match="device of this office"):
                await office.revoke_device(device_id, reason)


async def test_views_are_json_and_hold_no_key(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await submit(world, tmp_path)
    async with world.at(A) as office:
        private = office._desk.identity.signer.private
        shown = repr([as_dict(each) for each in (office.identity, *office.messages(), *office.rooms())])
        assert private.hex() not in shown + repr(office._desk.identity)
        assert "CNA-GH-01" in shown


async def test_a_group_state_is_readable_after_its_past_has_expired(tmp_path: Path) -> None:
    """The two halves of a group must fit when past epochs are forgotten within one epoch (M03)."""
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "x", "y", reference="SN/1")
        await office.sync()
    await world.sync(B)
    await world.enrol(C)
    world.tick(40 * 86_400)
    async with world.at(A) as office:
        await office.sync()
        for room in office._desk.rooms.values():
            office._desk.carry_out(Outcome((room,), (SaveRoom(room),)))
    async with world.at(A) as office:
        office.reply("SN/1", "z")
        await office.sync()
