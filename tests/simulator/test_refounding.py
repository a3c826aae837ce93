"""A member makes a change that nobody can follow: the others are told, and go on without it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.world import World

from rogatory_client.engine import staging
from rogatory_client.engine.additions import prove_additions
from rogatory_client.engine.room import Context
from rogatory_client.office import Office
from rogatory_client.office.view import RoomState
from rogatory_crypto.content.added_devices import AddedDevices
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import DeviceId


def false_proof(devices: Sequence[DeviceId], context: Context) -> bytes:
    """A checkpoint that holds, and entries that are not under it."""
    proof = AddedDevices.decode(prove_additions(devices, context))
    if not any(context.registry.devices[each].entry.entry_id == C for each in devices):
        return proof.encode()
    changed = tuple(replace(each, entry=each.entry[:-1] + b"?") for each in proof.devices)
    return replace(proof, devices=changed).encode()


async def ended_by_c(folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """C adds a device of its own without the log's proof, and helps nobody afterwards."""
    world = await world_with(folder, A, B, C)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B, C], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    for name in (B, C):
        await world.sync(name)
    with monkeypatch.context() as patch:
        patch.setattr(staging, "prove_additions", false_proof)
        await join(world, "another of C", "duty officer", Role.DUTY_OFFICER, C)
        await world.sync(C)
    return world


async def state(office: Office) -> list[RoomState]:
    return [each.state for each in office.rooms()]


async def found_again(world: World) -> None:
    async with world.at(A) as office:
        await office.sync()
        office.reply("SN/1", "Does anybody read this?")
        await office.sync()
        assert await state(office) == [RoomState.CUT_OFF]
        with pytest.raises(MisuseError, match="nobody else"):
            office.refound("SN/1", "We go on here.", without=[B, C])
        with pytest.raises(MisuseError, match="was not in the case"):
            office.refound("SN/1", "We go on here.", without=["CNA-ML-01"])
        office.refound("SN/1", "We go on here.", without=[C.lower()])
        await office.sync()
        assert [each.state for each in office.outbox()] == ["failed"]
        assert office.room("SN/1").offices == tuple(sorted((A, B))), (
            "the reference names the one that goes on"
        )
        with pytest.raises(MisuseError, match="goes on where it is"):
            office.refound("SN/1", "Once more.")


async def test_those_who_are_left_go_on_in_a_room_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await ended_by_c(tmp_path, monkeypatch)
    async with world.at(B) as office:
        report = await office.sync()
        assert any("rogatory case refound" in each for each in report.warnings)
        assert await state(office) == [RoomState.CUT_OFF]
    await found_again(world)
    async with world.at(B) as office:
        await office.sync()
        new = next(each for each in office.rooms() if each.state is RoomState.OPEN)
        assert (new.subject, new.offices) == ("Company records", tuple(sorted((A, B))))
        office.reply(new.room_id, "We read you.")
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        assert [each.text for each in office.messages("SN/1")] == ["We go on here.", "We read you."]
    async with world.at(C) as office:
        await office.sync()
        assert len(office.rooms()) == 1


async def test_who_takes_the_reference_of_a_case_that_ended_is_not_told_what_is_said_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await ended_by_c(tmp_path, monkeypatch)
    async with world.at(C) as office:
        office.start_consultation([A], "Anything new?", "Write to us.", reference="SN/1")
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        assert sorted(await state(office)) == [RoomState.CUT_OFF, RoomState.OPEN]
        with pytest.raises(MisuseError, match="2 cases"):
            office.reply("SN/1", "Our witness is here.")


async def test_a_case_that_goes_on_is_not_founded_again(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        with pytest.raises(MisuseError, match="goes on where it is"):
            office.refound("SN/1", "Once more.")
