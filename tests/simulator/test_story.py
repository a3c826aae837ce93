"""The story of one case in the simulated world, without disturbance."""

import json
from pathlib import Path

import pytest
from tests.simulator.world import World

from rogatory_client.engine.membership import LEAF_REFRESH_S
from rogatory_crypto.errors import MisuseError, PeerError

A, B, C, NET = "CNA-SN-01", "CNA-GH-01", "CNA-NG-01", "NET-WACAP"


async def world_with(folder: Path, *entries: str) -> World:
    world = World(folder)
    networks = [{"code": "WACAP", "members": [A, B, C], "secretariat": NET}]
    await world.publish_directory(json.dumps(networks).encode())
    for entry in entries:
        await world.enrol(entry)
    return world


async def test_a_consultation_is_answered(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        sent = office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        assert sent.state == "queued"
        await office.sync()
        assert office.messages()[0].state == "relayed"
    async with world.at(B) as office:
        await office.sync()
        (room,) = office.rooms()
        assert (room.kind, room.subject, room.references) == ("consultation", "Company records", {A: "SN/1"})
        (message,) = office.messages()
        assert message.text == "May we ask?"
        office.reply("SN/1", "You may.")
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?", "You may."]
        stages = {(each.stage, each.signed) for each in office.receipts(sent.message_id)}
        assert stages == {("relayed", True), ("delivered", False)}
    assert not world.notes(A)
    assert not world.notes(B)


async def submit(world: World, folder: Path, evidence_bytes: int = 512_000) -> str:
    """A's consultation with B becomes a request with two documents; return the request's id."""
    letter, evidence = folder / "letter.pdf", folder / "evidence.bin"
    letter.write_bytes(b"%PDF-1.7 letter")
    evidence.write_bytes(bytes(range(256)) * (evidence_bytes // 256))
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
        sent = office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference="SN/2",
            letter=letter,
            room="SN/1",
            attachments=[evidence],
        )
        await office.sync()
        assert not office.outbox()
        assert office.room("SN/2").kind == "request"
    return sent.message_id


async def test_a_request_with_evidence_is_acknowledged(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B, C)
    message_id = await submit(world, tmp_path)
    async with world.at(B) as office:
        await office.sync()
        request = next(each for each in office.messages() if each.kind == "request")
        assert request.formal
        documents = [(each.filename, each.role) for each in request.attachments]
        assert documents == [("letter.pdf", "letter"), ("evidence.bin", "evidence")]
        saved = await office.save_attachment(request.message_id, 1, tmp_path / "out")
        assert saved.read_bytes() == (tmp_path / "evidence.bin").read_bytes()
        unread = office.room("SN/2").unread
        assert type(unread) is int
        office.show(request.message_id)
        assert office.room("SN/2").unread == unread - 1
        office.acknowledge("SN/2", "GH/9")
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        assert office.room("GH/9") == office.room("SN/2")
        found = office.receipts(message_id)
        assert {each.stage for each in found} == {"relayed", "delivered", "opened", "acknowledged"}
        assert all(each.signed for each in found)
        assert {each.own_reference for each in found} == {None, "GH/9"}
    async with world.at(C) as office:
        await office.sync()
        assert not office.rooms()
    assert not world.notes(A) + world.notes(B) + world.notes(C)


async def test_a_notice_reaches_the_members_and_nobody_else(tmp_path: Path) -> None:
    world = await world_with(tmp_path, NET, A, B, "CNA-AM-01")
    async with world.at(NET) as office:
        await office.sync()
        office.post_notice("WACAP", "Annual meeting", "In March.")
        await office.sync()
    await world.enrol(C)
    async with world.at(NET) as office:
        office.post_notice("WACAP", "Annual meeting", "In April.")
        await office.sync()
    for member, count in ((A, 2), (B, 2), (C, 1), ("CNA-AM-01", 0)):
        async with world.at(member) as office:
            await office.sync()
            notices = [each for each in office.messages() if each.kind == "notice"]
            assert len(notices) == count
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="only the secretariat"):
            office.post_notice("WACAP", "Mine", "No.")


async def test_a_second_device_reads_the_history_and_works(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    await world.sync(B)
    await link(world, A, "second")
    async with world.at("second") as office:
        await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?"]
        office.reply("SN/1", "Said by the second.")
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?", "Said by the second."]
        assert {each.sender for each in office.messages()} == {A}
    for name in (A, B, "second"):
        assert not world.notes(name)


async def test_a_revoked_device_reads_nothing_after(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    await link(world, A, "second")
    await world.sync("second")
    async with world.at(A) as office:
        lost = next(each for each in office.devices() if not each.this_device)
        await office.revoke_device(lost.device_id, "lost")
    async with world.at(B) as office:
        await office.sync()
        office.reply("SN/1", "A secret.")
        await office.sync()
    async with world.at("second") as office:
        with pytest.raises(PeerError):
            await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?"]
    await world.sync(A)
    for log in world.relay.logs.values():
        member = log.roster.get(bytes.fromhex(lost.device_id))  # type: ignore[call-overload]  # a device id
        assert member is None or member.last is not None
    async with world.at(A) as office:
        assert [each.text for each in office.messages()][-1] == "A secret."


async def link(world: World, first: str, name: str) -> None:
    world.new_device(name)
    async with world.at(name) as office:
        request = await office.link_request(A, "duty officer")
    async with world.at(first) as office:
        with pytest.raises(MisuseError, match="confirmation code"):
            await office.approve_link(request.text, "AAAA-AAAA")
        await office.approve_link(request.text, request.confirmation_code)
    await world.sync(name)
    await world.sync(first)


async def test_keys_that_have_served_a_week_are_renewed_before_anything_is_said(tmp_path: Path) -> None:
    """P04: what a thief of the old keys could read ends with the commit."""
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    await world.sync(B)
    world.tick(LEAF_REFRESH_S + 1)
    async with world.at(A) as office:
        office.reply("SN/1", "And this?")
        await office.sync()
        assert not office.outbox()
        (room,) = office._desk.rooms.values()
        assert room.group is not None
        assert room.group.epoch == 2
    for name in (B, A, B):
        await world.sync(name)
    async with world.at(B) as office:
        assert [each.text for each in office.messages()] == ["May we ask?", "And this?"]
        (room,) = office._desk.rooms.values()
        assert room.group is not None
        assert room.group.epoch == 3, "B renews its own keys, once"
    assert not world.notes(A)
    assert not world.notes(B)
