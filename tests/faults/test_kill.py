"""An office is killed, with signal 9, at every step of founding a room, sending and receiving.

Afterwards nothing it had taken in hand is lost, nothing is shown twice, no key made two ciphertexts, and all
agree on the room (checklist L07, N01 to N05).
"""

import shutil
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from tests.client.transport.relay_world import CHEAP
from tests.faults.generations import Generations
from tests.faults.kill_world import QUOTAS, A, B, KillWorld, founded
from tests.faults.killed_office import PASSPHRASE, Task
from tests.integration.relay.relay_process import RelayProcess

from rogatory_client.office import Office
from rogatory_client.vault import open_vault, rooms

WRITES = {"written", "on disk", "erased"}


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[KillWorld]:
    relay = RelayProcess(tmp_path, tables=QUOTAS)
    await relay.start()
    made = KillWorld(relay)
    await founded(made)
    yield made
    await relay.stop()


async def consulted(world: KillWorld) -> str:
    """Let both be in a room that has nothing outstanding; return its id."""
    async with world.at(A) as office:
        room = office.start_consultation([B], "Company records", "May we ask?").room_id
    for name in (A, B, A, B):
        await world.restart(name)
    return room


async def check(world: KillWorld, known: Generations, subjects: int = 1) -> None:
    """Let both come to rest; hold what they have against each other and against what left them."""
    for name in (A, B, A, B):
        await world.restart(name)
        known.learn_from(world.home(name))
    world.generations(known, A, B)
    assert len(known.used) > len(world.said(A))
    assert known.used_twice == []
    seen = []
    for name in (A, B):
        async with world.at(name) as office:
            seen.append([message.text for message in office.messages()])
            assert not office.outbox()
            assert len(office.rooms()) == subjects
    assert Counter(seen[0]) == Counter(seen[1])
    assert max(Counter(seen[0]).values()) == 1
    assert set(world.said(A)) <= set(seen[1])
    assert notes(world, A) + notes(world, B) == []
    assert epochs(world, A) == epochs(world, B)


def notes(world: KillWorld, name: str) -> list[tuple[str, str]]:
    """What an office has refused: a key used again would be among it, as a replay."""
    vault = open_vault(world.home(name), PASSPHRASE)
    with vault.reading() as connection:
        rows = connection.exec_driver_sql("SELECT code, detail FROM notes").all()
    vault.close()
    return [(row[0], row[1]) for row in rows]


def epochs(world: KillWorld, name: str) -> dict[bytes, bytes]:
    """The epoch authenticator of each room."""
    vault = open_vault(world.home(name), PASSPHRASE)
    with vault.reading() as connection:
        loaded = rooms.load_rooms(connection)
    vault.close()
    return {key: room.group.epoch_authenticator for key, room in loaded.items() if room.group is not None}


async def test_sending(world: KillWorld) -> None:
    room, known = await consulted(world), Generations()

    async def begin(step: int) -> Task:
        return Task(f"Text {step}", room)

    await world.sweep(A, begin)
    assert world.steps(A).keys() >= {*WRITES, "before Submit", "after Submit", "came Accepted"}
    assert world.steps(A)["on disk"] >= 4
    await check(world, known)


async def test_receiving(world: KillWorld) -> None:
    """The receiver answers too: what it sends of its own accord uses each key once."""
    room, known = await consulted(world), Generations()

    async def begin(step: int) -> Task:
        async with world.at(A) as office:
            for part in ("first", "second"):
                office.reply(room, f"Text {step}, {part}")
        await world.restart(A)
        return Task()

    await world.sweep(B, begin)
    assert world.steps(B).keys() >= {*WRITES, "came Deliver", "before Read", "after Read", "before Submit"}
    await check(world, known)


async def test_founding_a_room(world: KillWorld) -> None:
    """The commit that makes the group, its Welcome, the opening and what is said in it."""
    known = Generations()

    async def begin(step: int) -> Task:
        return Task(f"Matter {step}", to=B)

    await world.sweep(A, begin)
    assert world.steps(A).keys() >= {*WRITES, "before SubmitCommit", "after SubmitCommit", "came Accepted"}
    assert {"before claim_key_packages", "after claim_key_packages"} <= world.steps(A).keys()
    async with world.at(A) as office:
        subjects = len(office.rooms())
    await check(world, known, subjects)


async def linked(world: KillWorld, count: int) -> list[str]:
    """Give A's office more devices, all of them in its rooms; return their ids."""
    devices = []
    for number in range(count):
        name = f"{A}-{number}"
        Office.create(world.home(name), world.profile, PASSPHRASE, cost=CHEAP)
        async with world.at(name) as device, world.at(A) as office:
            asked = await device.link_request(A, f"officer {number}")
            devices.append((await office.approve_link(asked.text, asked.confirmation_code)).device_id)
            await device.sync()
    for name in (A, B, A, B):
        await world.restart(name)
    return devices


async def test_committing_and_following(world: KillWorld) -> None:
    """Each round removes a device, by a commit in the case's room and in the office's own."""
    await consulted(world)
    known = Generations()
    for step, device in enumerate(await linked(world, 60), start=1):
        known.learn_from(world.home(A))
        async with world.at(A) as office:
            await office.revoke_device(device, "lost")
        killed = [await world.work_and_settle(name, Task(), step) for name in (A, B)]
        if not any(killed):
            break
    else:
        raise AssertionError("it never comes to its end")
    for name, least in (
        (A, {"before SubmitCommit", "after SubmitCommit", "came Accepted"}),
        (B, {"came Deliver"}),
    ):
        assert world.steps(name).keys() >= {*WRITES, *least}
    assert epochs(world, B).items() <= epochs(world, A).items()
    world.generations(known, A, B)
    assert len({place.epoch for place in known.used}) > step
    assert known.used_twice == []
    assert notes(world, A) + notes(world, B) == []


async def test_a_vault_that_is_put_back_uses_keys_again_and_is_found_out(world: KillWorld) -> None:
    """L09: the reason why no vault in use is ever copied back, and the proof that the check would see it."""
    room, known = await consulted(world), Generations()
    copy = world.folder / "copy"
    shutil.copytree(world.home(A), copy)
    await world.work(A, Task("Said once", room))
    shutil.rmtree(world.home(A))
    copy.rename(world.home(A))
    await world.work(A, Task("Said again", room))
    known.learn_from(world.home(A))
    world.generations(known, A)
    assert len(known.used_twice) == 1
