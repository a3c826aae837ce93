"""Who gets into a room, whatever the relay hands out and in whatever order devices come."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.relay import SimulatedSession
from tests.simulator.test_story import A, B, C, link, world_with

from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.evidence import report_status
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.writing import write
from rogatory_client.vault import archive
from rogatory_crypto.content.epoch_report import EpochReport, report_part
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.status import MessageStatus
from rogatory_crypto.wire.identifier import GroupId
from rogatory_crypto.wire.request import ClaimedKeyPackage, ClaimedKeyPackages, KeyPackageClaim


async def test_a_relay_that_hands_out_keys_nobody_asked_for_adds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await world_with(tmp_path, A, B, C)
    await world.sync(C)
    (outsider,) = world.relay.registry.devices_of(C, int(world.now))  # type: ignore[arg-type]  # an entry id
    honest = SimulatedSession.claim_key_packages

    async def generous(session: SimulatedSession, claim: KeyPackageClaim) -> ClaimedKeyPackages:
        extra = ClaimedKeyPackage(outsider.entry.device_id, world.relay.packages[outsider.entry.device_id][0])
        return ClaimedKeyPackages((*(await honest(session, claim)).key_packages, extra))

    monkeypatch.setattr(SimulatedSession, "claim_key_packages", generous)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
        assert office.rooms()[0].offices == tuple(sorted((A, B)))
    async with world.at(C) as office:
        await office.sync()
        assert not office.rooms()


async def test_a_linked_device_that_was_never_started_keeps_nobody_waiting(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    world.new_device("second")
    async with world.at("second") as office:
        request = await office.link_request(A, "duty officer")
    async with world.at(A) as office:
        await office.approve_link(request.text, request.confirmation_code)
        office.reply("SN/1", "And this?")
        await office.sync()
        assert not office.outbox()
    async with world.at(B) as office:
        await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?", "And this?"]
    await world.sync("second")
    await world.sync(A)
    async with world.at("second") as office:
        await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?", "And this?"]


async def test_a_new_device_that_reads_a_request_before_the_history_keeps_both(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    await link(world, A, "second")
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    async with world.at(A) as office:
        office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference="SN/2",
            letter=letter,
            room="SN/1",
        )
        await office.sync()
    await world.sync(B)
    await world.sync("second")
    async with world.at("second") as office:
        assert [each.kind for each in office.messages()] == ["text", "request"]
        (room,) = office.rooms()
        assert (room.kind, room.subject, room.references[A]) == ("request", "Company records", "SN/2")
    assert not world.notes("second")


async def test_a_third_device_gets_the_history_too(tmp_path: Path) -> None:
    """It comes into the office's own room after that was opened."""
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    await link(world, A, "second")
    await world.sync("second")
    await link(world, A, "third")
    async with world.at("third") as office:
        await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?"]
        assert office.rooms()[0].subject == "Company records"
    assert not world.notes("third")


async def test_who_says_it_is_lost_and_is_not_costs_one_commit_and_one_key_package_each_time(
    tmp_path: Path,
) -> None:
    """N06: it reads that it was taken out and in again, and whoever else is there is left alone."""
    world = await world_with(tmp_path, A, B, C)
    for name in (B, C):
        await world.sync(name)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B, C], "Company records", "May we ask?")
        await office.sync()
    (log,) = world.relay.logs.values()
    (device,) = (each.entry.device_id for each in world.relay.registry.devices_of(B, int(world.now)))  # type: ignore[arg-type]  # an entry id
    for name in (B, C, A):
        await world.sync(name)
    for times in (1, 2, 3):
        stock = len(world.relay.packages[device])
        async with world.at(B) as office:
            (room,) = office._desk.rooms.values()
            assert room.group is not None
            part = report_part(EpochReport(room.group.epoch, "bad-mac"))
            written = write((part,), room.group_id, office._desk.context())
            parcel = Parcel(0, room.group_id, written.message_id, written.encoded)
            office._desk.carry_out(Outcome((), (Enqueue(parcel),)))
            await office.sync()
        for name in (A, C, B):
            await world.sync(name)
        assert log.epoch == 1 + times
        assert len(world.relay.packages[device]) == stock - 1
    assert not [note for name in (A, B, C) for note in world.notes(name)]


async def test_what_is_reported_in_another_room_is_not_shown(tmp_path: Path) -> None:
    """An office may say what became of a message in the room it shares, and nowhere else."""
    world = await world_with(tmp_path, A, B, C)
    async with world.at(A) as office:
        await office.sync()
        sent = office.start_consultation([C], "Between us", "May we ask?")
        office.start_consultation([B], "Company records", "And you?")
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        desk = office._desk
        shared = GroupId(bytes.fromhex(office.rooms()[0].room_id))
        with desk.vault.reading() as connection:
            record = archive.archive_of(connection, shared)[0]
        forged = replace(record, message_id=MessageId(bytes.fromhex(sent.message_id)))
        report = report_status(record.group_id, (forged,), MessageStatus.READ, desk.context())
        desk.carry_out(Outcome((), report))
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        assert {each.stage for each in office.receipts(sent.message_id)} == {"relayed"}


@pytest.mark.parametrize("days", [60, 90, 200])
async def test_an_office_can_be_written_to_long_after_its_first_keys_have_expired(
    tmp_path: Path, days: int
) -> None:
    world = await world_with(tmp_path, A, B)
    await world.sync(B)
    world.tick(days * 86_400)
    world.relay.expire_key_packages()
    await world.sync(B)
    async with world.at(B) as office:
        assert len(office._desk.key_packages) <= 51, "expired private keys are erased"
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
        assert not office.outbox()
    async with world.at(B) as office:
        await office.sync()
        assert len(office.messages()) == 1
