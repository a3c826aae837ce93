"""What it costs a device to keep its group: a message, a batch, an epoch; with former pages erased and kept.

Wall time, because waiting for the disk is the most of it. "kept" leaves former pages in the write-ahead log,
which the vault never does where keys are replaced: the difference is the price of deletion.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.measure import report
from tests.crypto.mls.world import HYBRID, World, grown

from rogatory_client.engine.effect import SaveRoom
from rogatory_client.engine.room import Room
from rogatory_client.vault import Cost, Vault, create_vault, effects
from rogatory_crypto import mls
from rogatory_crypto.wire.identifier import GroupId

MEMBERS: Final = (10, 100)
BATCH: Final = 100
REPETITIONS: Final = 200


def save(vault: Vault, group: mls.Group, *, erasing: bool) -> None:
    with vault.writing(erasing=erasing) as connection:
        effects.apply(connection, [SaveRoom(Room(GroupId(b"group"), group=group))])


def median_ms(prepare: Callable[[], mls.Group], vault: Vault, repetitions: int, *, erasing: bool) -> float:
    """Return how long keeping each of some groups takes, milliseconds."""
    times = []
    for _ in range(repetitions):
        group = prepare()
        began = time.perf_counter()
        save(vault, group, erasing=erasing)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def after_messages(world: World, count: int) -> mls.Group:
    """Return the group of member 0 after some messages of his."""
    for _ in range(count):
        world.groups[0], _ = mls.protect(world.groups[0], b"said", random=world.random)
    return world.groups[0]


def after_commit(world: World) -> mls.Group:
    """Return the group of member 0 in its next epoch."""
    world.groups[0] = world.stage(0, path=True).group
    return world.groups[0]


def measure(vault: Vault, members: int) -> None:
    world = grown(members, HYBRID)
    steps: dict[str, tuple[Callable[[], mls.Group], int]] = {
        "a message": (lambda: after_messages(world, 1), REPETITIONS),
        f"a batch of {BATCH}": (lambda: after_messages(world, BATCH), REPETITIONS // 10),
        "an epoch": (lambda: after_commit(world), REPETITIONS // 4),
    }
    for name, (prepare, repetitions) in steps.items():
        for metric, erasing in (("erased", True), ("kept", False)):
            value = median_ms(prepare, vault, repetitions, erasing=erasing)
            report(f"vault, {members} members, {name}", metric, value, "ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        vault = create_vault(Path(folder) / "home", b"passphrase", cost=Cost(32, 1, 1), salt=os.urandom(16))
        for members in MEMBERS:
            measure(vault, members)
        vault.close()


if __name__ == "__main__":
    main()
