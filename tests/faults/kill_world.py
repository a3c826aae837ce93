"""A relay process and offices that are killed at every step, one after the other, and started again."""

import asyncio
import json
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from multiprocessing import get_context
from pathlib import Path

from tests.client.transport.relay_world import RelayWorld
from tests.effort import examples
from tests.faults.generations import Generations
from tests.faults.killed_office import Step, Task, run

from rogatory_crypto.signing import PrivateKeys
from rogatory_directory_sync import sample_file

A, B = OFFICES = ("CNA-SN-01", "CNA-GH-01")
QUOTAS = "[quotas]\nconnections = 1000\n" + "".join(
    f"{name}_burst = 100000\n"
    for name in (
        "publications",
        "challenges",
        "submissions",
        "additions",
        "additions_of_one",
        "key_package_uploads",
        "key_package_claims",
    )
)
DECISIVE = "on disk"
OF_ONE_NAME = 2


class KillWorld(RelayWorld):
    """Two offices and what has left them."""

    async def publish_directory(self, key: PrivateKeys) -> None:
        """Publish a small one: each start of an office reads it all."""
        every = json.loads(sample_file("state-after-2026-06.json").content)
        records = json.dumps([record for record in every if record["record_id"] in OFFICES]).encode()
        await self.publish_records(key, records)

    def journal(self, name: str) -> Path:
        return self.folder / f"{name}.journal"

    def home(self, name: str) -> Path:
        return self.folder / name

    async def work(self, name: str, task: Task, kill_at: int | Step | None = None) -> bool:
        """Let an office do a task in a process of its own; tell whether it was killed."""
        context = get_context("forkserver")
        context.set_forkserver_preload(["tests.faults.killed_office"])
        process = context.Process(target=run, args=(self.home(name), self.journal(name), task, kill_at))
        process.start()
        await asyncio.to_thread(process.join, 120)
        assert process.exitcode in {0, -signal.SIGKILL}, process.exitcode
        return process.exitcode == -signal.SIGKILL

    async def sweep(self, name: str, begin: Callable[[int], Awaitable[Task]]) -> None:
        """Kill an office at each step that it takes when it is not killed.

        What is on disk decides what the next start finds: each such step counts. Of the steps between, which
        change nothing there, a few of each name are enough for every run; a search takes them all.

        Args:
            name: of the office.
            begin: makes everything ready for one round and says what the office is to do.
        """
        course = Counter(await self._course(name, await begin(0)))
        steps = [
            Step(between, time)
            for between, times in course.items()
            for time in range(1, (times if between == DECISIVE else min(times, examples(OF_ONE_NAME))) + 1)
        ]
        for number, step in enumerate(steps, start=1):
            await self.work_and_settle(name, await begin(number), step)

    async def _course(self, name: str, task: Task) -> list[str]:
        """Let an office do a task unharmed, and return the names of its steps."""
        path = self.journal(name).with_suffix(".course")
        path.unlink(missing_ok=True)
        assert not await self.work(name, task)
        course = path.read_text().splitlines()
        await self.settle(name)
        return course

    async def work_and_settle(self, name: str, task: Task, kill_at: int | Step) -> bool:
        """Let an office do a task, then start it again until it has nothing to do; tell if it was killed."""
        killed = await self.work(name, task, kill_at)
        await self.settle(name)
        return killed

    async def settle(self, name: str) -> None:
        """Start an office until it has nothing to do, so that each round begins alike."""
        # The second time reads what the first one said.
        for _ in range(2):
            await self.restart(name)

    async def restart(self, name: str) -> None:
        """Start an office again, unharmed."""
        assert not await self.work(name, Task())

    def steps(self, name: str) -> Counter[str]:
        """Return at which steps an office was killed, and how often."""
        path = self.journal(name).with_suffix(".steps")
        return Counter(path.read_text().splitlines() if path.exists() else ())

    def said(self, name: str) -> list[str]:
        """Return what an office has taken in hand."""
        path = self.journal(name).with_suffix(".said")
        return path.read_text().splitlines() if path.exists() else []

    def generations(self, known: Generations, *names: str) -> Generations:
        """Return which keys all that left these offices has used."""
        for name in names:
            if self.journal(name).exists():
                known.take_journal(self.journal(name))
        return known


async def founded(world: KillWorld) -> None:
    """Publish the directory and enrol both offices, which then know of each other."""
    operator = world.relay.operator.private_key
    await world.publish_directory(operator)
    for name in OFFICES:
        await world.enrol(name, operator)
    for name in OFFICES:
        await world.restart(name)
