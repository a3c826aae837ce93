"""A whole case between two offices: each time one of them leaves off, its disk is searched as it lies there.

Commits, messages, receipts, attachments up and down, a device that joins and one that is removed: all as the
office makes them, over a relay in memory. What each device has derived is recorded apart.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.deletion.pages import Disk
from tests.deletion.recorder import Alive, Deletion, Recorder, mask
from tests.simulator.test_story import A, B, link
from tests.simulator.world import PASSPHRASE, World

from rogatory_client.office import Office
from rogatory_client.vault import Vault, rooms
from rogatory_client.vault.keys import load_key_packages


@dataclass
class Searched:
    """What the searches of one device went through."""

    derived: Recorder = field(default_factory=Recorder)
    times: int = 0
    labels: set[str] = field(default_factory=set)


class SearchedWorld(World):
    """Records for each device what it derives, and searches its disk before it closes its vault."""

    def __init__(self, folder: Path, recorder: Recorder) -> None:
        super().__init__(folder)
        self.recorder = recorder
        self.searched: dict[str, Searched] = {}

    @asynccontextmanager
    async def at(self, name: str) -> AsyncIterator[Office]:
        searched = self.searched.setdefault(name, Searched())
        self.recorder.notes, self.recorder.used = searched.derived.notes, searched.derived.used
        async with super().at(name) as office:
            yield office
            deletion = Deletion(searched.derived, alive(searched.derived, office._desk.vault))
            gone = deletion.gone()
            assert Disk.of(self.folder / name, PASSPHRASE).finds(gone) == [], name
            searched.times += 1
            searched.labels |= {note.label for note in gone}


def authenticator(recorder: Recorder, label: str, secret: bytes) -> bytes:
    """Return the masked authenticator of the epoch that a secret comes from."""
    parent = recorder.notes[label, mask(secret)].parent
    siblings = (note for note in recorder.notes.values() if note.parent == parent)
    (found,) = (note.secret for note in siblings if note.label == "authentication")
    return found


def alive(recorder: Recorder, vault: Vault) -> Alive:
    """Return what a device may still hold, by the epochs it says it is in."""
    with vault.reading() as connection:
        loaded = rooms.load_rooms(connection).values()
        packages = load_key_packages(connection)
    groups = [room.group for room in loaded if room.group is not None]
    groups += [room.staged.group for room in loaded if room.staged is not None]
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


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SearchedWorld:
    recorder = Recorder()
    recorder.install(monkeypatch.setattr)
    made = SearchedWorld(tmp_path, recorder)
    await made.publish_directory()
    for entry in (A, B):
        await made.enrol(entry)
    await made.sync(A)
    return made


async def all_read(world: World, *names: str) -> None:
    for name in names * 2:
        await world.sync(name)


async def send_evidence(world: World, folder: Path) -> None:
    evidence = folder / "evidence.bin"
    evidence.write_bytes(bytes(range(256)) * 300)
    async with world.at(B) as office:
        sent = office.reply("SN/1", "See this.", attachments=[evidence])
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        await office.save_attachment(sent.message_id, 0, folder / "saved")
        office.reply("SN/1", "Thank you.")
        await office.sync()


async def test_a_case_with_evidence_and_a_second_device(world: SearchedWorld, tmp_path: Path) -> None:
    async with world.at(A) as office:
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    await all_read(world, B, A)
    await send_evidence(world, tmp_path)
    await link(world, A, "second")
    await all_read(world, A, "second", B)
    async with world.at("second") as office:
        office.reply("SN/1", "The duty officer here.")
        await office.sync()
        second = office.identity.device_id
    await all_read(world, A, "second", B)
    async with world.at(A) as office:
        await office.revoke_device(second, "lost")
        office.reply("SN/1", "Among ourselves again.")
        await office.sync()
    await all_read(world, B, A)
    world.tick(20 * 86_400)
    await all_read(world, A, B)
    expected = {"secret", "key", "nonce", "init", "exporter", "path", "node", "private key", "sender data"}
    for name in (A, B):
        assert world.searched[name].times > 8
        assert expected <= world.searched[name].labels
