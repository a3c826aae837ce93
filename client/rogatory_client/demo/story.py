"""Plays the scenes in order, times them, and stops at the first that cannot show its facts."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from rogatory_client.demo.concurrently import together
from rogatory_client.demo.scenes import (
    carrying_over,
    consultation,
    court,
    devices,
    evidence,
    execution,
    forged_device,
    founding,
    notice,
    outage,
    preservation,
    record,
    request,
    secrecy,
    stick,
    two_histories,
    verification,
)
from rogatory_client.demo.world import World, new_world
from rogatory_crypto.errors import MisuseError, RogatoryError

Scene: TypeAlias = Callable[[World], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """How one step ended; ``detail`` is what was shown, or what was missing."""

    name: str
    ok: bool
    seconds: float
    detail: str

    def as_dict(self) -> dict[str, object]:
        """What JSON says of it."""
        return {
            "name": self.name,
            "ok": self.ok,
            "seconds": round(self.seconds, 2),
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the story ended; ``ok`` only if every step held."""

    steps: tuple[StepOutcome, ...]

    @property
    def ok(self) -> bool:
        """Whether all steps were played and held."""
        return len(self.steps) == len(SCENES) and all(step.ok for step in self.steps)

    def as_dict(self) -> dict[str, object]:
        """What JSON says of it."""
        return {"ok": self.ok, "steps": [step.as_dict() for step in self.steps]}


SCENES: Final[tuple[tuple[str, Scene], ...]] = (
    ("The network is founded", founding.play),
    ("A notice reaches its network only", notice.play),
    ("A prosecutor asks informally", consultation.play),
    ("Both sides agree what is carried over", carrying_over.play),
    ("It becomes a formal, signed request", request.play),
    ("The relay dies twice and nothing is lost", outage.play),
    ("The recipient verifies the documents", verification.play),
    ("The sender holds evidence of every stage", evidence.play),
    ("A second device joins, and is revoked", devices.play),
    ("A forged device is refused", forged_device.play),
    ("The request is executed and closed", execution.play),
    ("Data is preserved by one command", preservation.play),
    ("Two offices write without a line", stick.play),
    ("Outsiders and the relay read nothing", secrecy.play),
    ("Both offices hold the same record", record.play),
    ("Two histories are caught", two_histories.play),
    ("A court checks the case without a network", court.play),
)


async def play(keep: Path | None, tell: Callable[[StepOutcome], None]) -> Outcome:
    """Play the whole story once.

    Args:
        keep: a new folder that stays afterwards; None for a temporary one that is removed.
        tell: called as each step ends.

    Raises:
        MisuseError: ``keep`` exists.
    """
    steps: list[StepOutcome] = []
    async with _stage(keep) as world:
        for name, scene in SCENES:
            steps.append(await _play_scene(name, scene, world))
            tell(steps[-1])
            if not steps[-1].ok:
                break
    return Outcome(tuple(steps))


async def _play_scene(name: str, scene: Scene, world: World) -> StepOutcome:
    began = time.monotonic()
    try:
        detail, ok = await scene(world), True
    except (RogatoryError, OSError, LookupError, TypeError, ValueError) as error:
        # What a command's answer lacks, or has of another kind, is a missing fact as well.
        detail, ok = str(error) or type(error).__name__, False
    return StepOutcome(name, ok, time.monotonic() - began, detail)


@asynccontextmanager
async def _stage(keep: Path | None) -> AsyncIterator[World]:
    folder = await asyncio.to_thread(_new_folder, keep)
    world = new_world(folder)
    try:
        yield world
    finally:
        await together(world.relay.kill(), *(witness.kill() for witness in world.witnesses))
        await world.stamping.stop()
        if keep is None:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _new_folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="rogatory-demo-"))
    try:
        keep.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise MisuseError(f"{keep} exists: name a new folder") from error
    return keep.resolve()
