"""A small world: one relay, some offices with real vaults, a clock that goes when told, and an adversary.

Everything follows from one seed: keys, cuts and broken connections. ``Killed`` is a kill -9: it flies through
the client between two steps, and the next start finds what was on disk.
"""

import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.simulator import secretariat
from tests.simulator.log import proposed
from tests.simulator.relay import SimulatedFeed, SimulatedRelay, SimulatedSession
from tests.simulator.secretariat import PaperSecretariat
from tests.trusted_network import TrustedNetwork

from rogatory_client.office import Office
from rogatory_client.office.desk import Surroundings
from rogatory_client.transport.line import DeviceKey
from rogatory_client.vault import Cost, open_vault
from rogatory_crypto.errors import TransportError
from rogatory_crypto.identity import (
    EnrolmentCode,
    Invitation,
    Signer,
    Snapshot,
    generate_code,
    sign_snapshot,
    sign_statement,
)
from rogatory_crypto.log.entry_content import DirectorySnapshot
from rogatory_crypto.wire.identifier import EntryId, Sequence
from rogatory_crypto.wire.log_request import EntryPublication
from rogatory_directory_sync import sample_file

ORIGIN = "relay.example"
BEGIN = 1_795_000_000
YEARS = 3_650
SUITE = 0x0001
ENTRIES = {
    "CNA-AM-01",
    "CNA-BF-01",
    "CNA-BJ-01",
    "CNA-GH-01",
    "CNA-ML-01",
    "CNA-NG-01",
    "CNA-SN-01",
    "NET-WACAP",
}
SECRETARIATS = {"WACAP": EntryId("NET-WACAP"), secretariat.NETWORK: secretariat.ENTRY}
CHEAP = Cost(memory_kib=32, passes=1, lanes=1)
PASSPHRASE = b"correct horse battery staple"


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Adversary:
    """What goes wrong at each step: by chance, or at one chosen step."""

    chance: random.Random
    break_one_in: int = 0
    kill_one_in: int = 0
    kill_at: int | None = None
    steps: int = 0

    def strike(self, hang_up: Callable[[], None]) -> None:
        self.steps += 1
        if self.steps == self.kill_at or (self.kill_one_in and not self.chance.randrange(self.kill_one_in)):
            raise Killed
        if self.break_one_in and not self.chance.randrange(self.break_one_in):
            hang_up()
            raise TransportError("the line broke")


@dataclass
class SimulatedLine:
    world: "World"
    feeds: list[SimulatedFeed] = field(default_factory=list)

    @property
    def relay(self) -> SimulatedRelay:
        return self.world.relay

    async def session(self, device: DeviceKey) -> SimulatedSession:
        self.world.relay.admit(device)
        return SimulatedSession(self.world.relay, device.device_id, self._step)

    async def feed(self, device: DeviceKey) -> SimulatedFeed:
        self.world.relay.admit(device)
        feed = SimulatedFeed(self.world.relay, device.device_id, self._step)
        self.feeds.append(feed)
        return feed

    async def close(self) -> None:
        self._hang_up()

    def _step(self) -> None:
        self.world.tick()
        self.world.adversary.strike(self._hang_up)

    def _hang_up(self) -> None:
        for feed in self.feeds:
            feed.is_open = False
            if feed in self.world.relay.feeds:
                self.world.relay.feeds.remove(feed)
        self.feeds.clear()


class World:
    def __init__(self, folder: Path, seed: int = 0, suite: int = SUITE) -> None:
        self.folder = folder
        self.chance = random.Random(seed)  # noqa: S311  # a simulation is repeatable
        self.now = float(BEGIN)
        self.adversary = Adversary(self.chance)
        self.network = TrustedNetwork(ORIGIN, BEGIN, YEARS, witnesses=1, secretariats=SECRETARIATS)
        self.on_paper = ENTRIES - set(SECRETARIATS.values())
        self.secretariat = PaperSecretariat(ORIGIN, self.chance.randbytes)
        self.relay = SimulatedRelay(self.network, lambda: int(self.now * 1000))
        self.profile = self.network.profile(suite=suite)

    def tick(self, seconds: float = 0.01) -> None:
        self.now += seconds

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(lambda: self.now, self.chance.randbytes)

    async def publish_directory(self, networks: bytes = b"[]") -> None:
        await self._publish_lists(1, self.records(), json.loads(networks))

    async def publish_records(self, sequence: int, records: list[dict[str, Any]], members: list[str]) -> None:
        """Publish other records, with these members of the one network."""
        networks = [{"code": "WACAP", "members": members, "secretariat": "NET-WACAP"}]
        await self._publish_lists(sequence, records, networks)

    async def _publish_lists(
        self, sequence: int, records: list[dict[str, Any]], networks: list[dict[str, Any]]
    ) -> None:
        """Publish a directory that counts those whom the secretariat on paper invites to its network."""
        on_paper = {"code": secretariat.NETWORK, "members": sorted(self.on_paper), "secretariat": None}
        encoded = (json.dumps(records).encode(), json.dumps([*networks, on_paper]).encode())
        await self.publish_snapshot(Snapshot(ORIGIN, Sequence(sequence), int(self.now), *encoded))

    def records(self) -> list[dict[str, Any]]:
        """Each start of a client reads the whole directory; a world of a few offices has a small one."""
        every = json.loads(sample_file("state-after-2026-06.json").content)
        return [record for record in every if record["record_id"] in ENTRIES]

    async def publish_snapshot(self, snapshot: Snapshot) -> None:
        """Publish a directory as its operator does: named in the log, then handed over."""
        signed = sign_snapshot(snapshot, self.network.directory_private)
        named = DirectorySnapshot(snapshot.sequence, sha256(signed).digest())
        await self.relay.publish_entries(EntryPublication((self.relay.log.content(named),)))
        await self.relay.publish_directory(signed)

    async def invite(self, entry_id: str) -> str:
        """A code: from the directory operator for a secretariat, from two officers for anybody else."""
        code = generate_code(self.chance.randbytes)
        await self.found_secretariat()
        await self.relay.publish_entries(proposed([self.invitation(entry_id, code)]))
        return code.printable()

    async def found_secretariat(self) -> None:
        """Let the log know two officers on paper who may invite; once is enough."""
        if not self.secretariat.devices:
            founding = self.secretariat.found(self.network.directory_private, int(self.now))
            await self.relay.publish_entries(proposed(founding))

    def invitation(self, entry_id: str, code: EnrolmentCode) -> bytes:
        now = int(self.now)
        if entry_id not in SECRETARIATS.values():
            return self.secretariat.invitation(entry_id, code, now)
        invitation = Invitation(ORIGIN, EntryId(entry_id), code.public_key(), now, now + 86_400)
        return sign_statement(invitation, {Signer.OPERATOR: self.network.directory_private}).encoded

    def new_device(self, name: str) -> None:
        Office.create(
            self.folder / name, self.profile, PASSPHRASE, cost=CHEAP, surroundings=self.surroundings
        )

    async def enrol(self, entry_id: str, name: str | None = None) -> None:
        self.new_device(name or entry_id)
        async with self.at(name or entry_id) as office:
            await office.enrol(await self.invite(entry_id), "case officer")

    @asynccontextmanager
    async def at(self, name: str) -> AsyncIterator[Office]:
        """Sit down at a device; every transaction is a step the adversary may strike after."""
        vault = open_vault(self.folder / name, PASSPHRASE)
        line = SimulatedLine(self)
        vault.on_commit = self._after_commit
        try:
            yield Office(vault, line, self.surroundings, self._pause)
        finally:
            await line.close()
            vault.close()

    async def sync(self, name: str) -> None:
        """Synchronise a device through whatever happens, starting it again after each kill."""
        for _ in range(500):
            try:
                async with self.at(name) as office:
                    await office.sync(patience_s=1e9)
            except Killed:
                continue
            return
        raise AssertionError("it never came to rest")

    async def quietly(self, name: str) -> None:
        """Synchronise without an adversary."""
        self.adversary, former = Adversary(self.chance), self.adversary
        await self.sync(name)
        self.adversary = former

    def notes(self, name: str) -> list[tuple[str, str]]:
        """What a device has refused."""
        vault = open_vault(self.folder / name, PASSPHRASE)
        with vault.reading() as connection:
            rows = connection.exec_driver_sql("SELECT code, detail FROM notes").all()
        vault.close()
        return [(row[0], row[1]) for row in rows]

    def _after_commit(self) -> None:
        try:
            self.adversary.strike(lambda: None)
        except TransportError:
            if self.relay.feeds:  # where there is no line, none breaks
                raise

    async def _pause(self, seconds: float) -> None:
        self.now += seconds
