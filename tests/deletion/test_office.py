"""A whole case between two offices: at each rest, nothing that must be gone is on the disk of either.

Commits, messages, receipts, attachments up and down, a device that joins and one that is removed: all as the
office makes them, over a relay in memory. Between rests one side may rightly hold what the other has used up.
"""

from pathlib import Path

import pytest
from tests.deletion.pages import Disk
from tests.deletion.recorder import Alive, Deletion, Recorder, mask
from tests.simulator.test_story import A, B, link, world_with
from tests.simulator.world import PASSPHRASE, World

from rogatory_client.vault import open_vault, rooms
from rogatory_client.vault.keys import load_key_packages


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    made.install(monkeypatch.setattr)
    return made


def authenticator(recorder: Recorder, label: str, secret: bytes) -> bytes:
    """Return the masked authenticator of the epoch that a secret comes from."""
    parent = recorder.notes[label, mask(secret)].parent
    siblings = (note for note in recorder.notes.values() if note.parent == parent)
    (found,) = (note.secret for note in siblings if note.label == "authentication")
    return found


def alive(recorder: Recorder, home: Path) -> Alive:
    """Return what a device may still hold, by the epochs it says it is in."""
    vault = open_vault(home, PASSPHRASE)
    with vault.reading() as connection:
        loaded = rooms.load_rooms(connection).values()
        packages = load_key_packages(connection)
    vault.close()
    groups = [room.group for room in loaded if room.group is not None]
    live = [group for group in groups if group.active]
    return Alive(
        epochs=frozenset(mask(group.epoch_authenticator) for group in live),
        past=frozenset(
            authenticator(recorder, "sender data", past.sender_data_secret)
            for group in groups
            for past in group.past
        ),
        resumable=frozenset(
            authenticator(recorder, "resumption", secret) for group in live for _, secret in group.resumption
        ),
        left=frozenset(mask(group.epoch_authenticator) for group in groups if not group.active),
        public=b"".join([*(group.ratchet_tree for group in live), *(each.message for each in packages)]),
    )


async def at_rest(world: World, recorder: Recorder, *names: str) -> None:
    """Let all read all, then search the disk of each."""
    for name in names * 3:
        await world.sync(name)
    for name in names:
        deletion = Deletion(recorder, alive(recorder, world.folder / name))
        gone, disk = deletion.gone(), Disk.of(world.folder / name, PASSPHRASE)
        assert len(gone) > 100
        assert disk.finds(gone) == [], name
        assert disk.finds(deletion.kept()), name


async def test_a_case_with_evidence_and_a_second_device(tmp_path: Path, recorder: Recorder) -> None:
    world = await world_with(tmp_path, A, B)
    await world.sync(A)
    async with world.at(A) as office:
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
    await at_rest(world, recorder, A, B)
    evidence = tmp_path / "evidence.bin"
    evidence.write_bytes(bytes(range(256)) * 300)
    async with world.at(B) as office:
        sent = office.reply("SN/1", "See this.", attachments=[evidence])
    await at_rest(world, recorder, A, B)
    async with world.at(A) as office:
        await office.save_attachment(sent.message_id, 0, tmp_path / "saved")
        office.reply("SN/1", "Thank you.")
    await at_rest(world, recorder, A, B)
    await link(world, A, "second")
    await at_rest(world, recorder, A, B, "second")
    async with world.at("second") as office:
        office.reply("SN/1", "The duty officer here.")
        second = office.identity.device_id
    await at_rest(world, recorder, A, B, "second")
    async with world.at(A) as office:
        await office.revoke_device(second, "lost")
        office.reply("SN/1", "Among ourselves again.")
    await at_rest(world, recorder, A, B)
    world.tick(20 * 86_400)
    await at_rest(world, recorder, A, B)
