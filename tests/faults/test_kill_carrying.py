"""Files for a carrier, by an office that is killed, with signal 9, at every step of writing and of taking in.

However far it came, the second attempt ends with the same file, each message is here once with one receipt,
and no key serves twice (checklist L07).
"""

import asyncio
import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from tests.faults.killed_office import Steps, counted
from tests.simulator.carriers import acquainted, texts
from tests.simulator.test_story import A, B
from tests.simulator.world import PASSPHRASE, World

from rogatory_client.office import Office
from rogatory_client.office.desk import Surroundings
from rogatory_client.transport import HttpsLine
from rogatory_client.vault import keys, open_vault

MOST_STEPS = 60
SIZE = 1 << 20


def carry_out(home: Path, journal: Path, file: Path, now: float, kill_at: int) -> None:
    """Write what waits; every piece that is on its way to the disk is a step."""
    with_office(home, Steps(journal, kill_at), now, lambda office, steps: office.carrier.out(
        file, part_bytes=400_000, progress=lambda *_: steps.take("piece")
    ))  # fmt: skip


def take_in(home: Path, journal: Path, file: Path, now: float, kill_at: int) -> None:
    """Take a file in."""
    with_office(home, Steps(journal, kill_at), now, lambda office, steps: office.carrier.take_in(
        parts_of(file), progress=lambda *_: steps.take("piece")
    ))  # fmt: skip


def with_office(home: Path, steps: Steps, now: float, work: Callable[[Office, Steps], object]) -> None:
    vault = open_vault(home, PASSPHRASE)
    with vault.reading() as connection:
        profile = keys.load_identity(connection).profile
    line, surroundings = HttpsLine(profile, lambda: 0), Surroundings(lambda: now, os.urandom)
    work(Office(counted(vault, steps), line, surroundings), steps)
    vault.close()


def parts_of(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.name}.*-of-*"))


async def process(target: Callable[..., None], *arguments: object) -> bool:
    """Run in a process of its own; tell whether it was killed."""
    child = get_context("forkserver").Process(target=target, args=arguments)
    child.start()
    await asyncio.to_thread(child.join, 120)
    assert child.exitcode in {0, -signal.SIGKILL}, child.exitcode
    return child.exitcode == -signal.SIGKILL


async def queued(world: World, file: Path) -> None:
    async with world.at(A) as office:
        for number in range(3):
            office.reply("SN/2", f"Text {number}.", attachments=[file] if number == 1 else ())


async def test_a_file_is_whole_or_goes_on(tmp_path: Path) -> None:
    world, stick = await killed_world(tmp_path)
    await queued(world, tmp_path / "evidence.bin")
    for step in range(1, MOST_STEPS):
        file = stick / f"{step}.carry"
        killed = await process(carry_out, world.folder / A, tmp_path / "journal", file, world.now, step)
        async with world.at(A) as office:
            sealed = [each.parcel.payload for each in office._desk.waiting]
            if killed:
                office.carrier.out(file, part_bytes=400_000)
            assert [each.parcel.payload for each in office._desk.waiting] == sealed or None in sealed
        whole = b"".join(each.read_bytes() for each in parts_of(file))
        assert len(whole) > SIZE
        assert {each.name for each in stick.glob(f".{file.name}*")} == set(), "nothing lies about"
        if not killed:
            break
    else:
        raise AssertionError("it never comes to its end")
    async with world.at(B) as office:
        assert office.carrier.take_in(parts_of(file)).messages == 3
    steps = set((tmp_path / "journal.steps").read_text().splitlines())
    assert steps == {"written", "on disk", "erased", "piece"}


async def test_what_is_taken_in_is_here_once(tmp_path: Path) -> None:
    world, stick = await killed_world(tmp_path)
    before: list[str] = []
    for step in range(1, MOST_STEPS):
        await queued(world, tmp_path / "evidence.bin")
        file = stick / f"{step}.carry"
        async with world.at(A) as office:
            office.carrier.out(file, part_bytes=400_000)
        killed = await process(take_in, world.folder / B, tmp_path / "journal", file, world.now, step)
        async with world.at(B) as office:
            said = texts(office)
            assert said in (before, [*before, "Text 0.", "Text 1.", "Text 2."]), "a batch is one transaction"
            came = office.carrier.take_in(parts_of(file))
            assert (came.messages + came.here_already, came.attachments, came.refused) == (
                3 * step,
                1 * step,
                (),
            )
            before = texts(office)
            assert len(before) == 3 * step
            assert len(office.outbox()) == step, "the receipts of one file travel together"
        if not killed:
            break
    else:
        raise AssertionError("it never comes to its end")
    for name in (A, B, A, B):
        await world.sync(name)
    async with world.at(B) as office:
        assert sorted(texts(office)) == sorted(before)
        assert not office._desk.carried
    async with world.at(A) as office:
        for each in office.messages():
            if each.text:
                assert [told.stage for told in office.receipts(each.message_id)].count("delivered") == 1
    assert not world.notes(A) + world.notes(B)


async def killed_world(folder: Path) -> tuple[World, Path]:
    (folder / "world").mkdir()
    (folder / "stick").mkdir()
    (folder / "evidence.bin").write_bytes(os.urandom(SIZE))
    world = await acquainted(folder / "world", A, B)
    return world, folder / "stick"
