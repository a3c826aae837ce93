"""Nothing lost, nothing twice, no key used again: the story cut after every step and over breaking lines.

A generation of a ratchet that was used twice would be refused by the receiver as replayed and noted; the
tests therefore demand that nobody has noted anything (checklist L07, N01-N07).
"""

from pathlib import Path

import pytest
from tests.simulator.test_story import A, B, link, world_with
from tests.simulator.world import Adversary, Killed, World

TEXTS = ["May we ask?", "You may.", "Then we do."]


async def converse(world: World, folder: Path) -> None:
    """A consultation becomes a request with an attachment; the other side answers and acknowledges."""
    evidence = folder / "evidence.bin"
    evidence.write_bytes(bytes(range(256)) * 300)
    await world.sync(A)
    async with calm(world, A) as office:
        office.start_consultation([B], "Company records", TEXTS[0], reference="SN/1")
    await world.sync(A)
    await world.sync(B)
    async with calm(world, B) as office:
        office.reply("SN/1", TEXTS[1])
    await world.sync(B)
    await world.sync(A)
    async with calm(world, A) as office:
        office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference="SN/1",
            letter=evidence,
            room="SN/1",
            text=TEXTS[2],
        )
    await world.sync(A)
    await world.sync(B)
    async with calm(world, B) as office:
        request = next(each for each in office.messages() if each.kind == "request")
        office.show(request.message_id)
        office.acknowledge("SN/1", "GH/9")
    await world.sync(B)
    await world.sync(A)


class calm:  # noqa: N801  # reads as the word it is
    """Sit down at a device while the adversary rests."""

    def __init__(self, world: World, name: str) -> None:
        self._world = world
        self._office = world.at(name)

    async def __aenter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204  # the office's own type
        self._former, self._world.adversary = self._world.adversary, Adversary(self._world.chance)
        return await self._office.__aenter__()

    async def __aexit__(self, *failure: object) -> None:
        await self._office.__aexit__(*failure)  # type: ignore[arg-type]  # passed on as it came
        self._world.adversary = self._former


async def settle(world: World, *names: str) -> None:
    world.adversary = Adversary(world.chance)
    for _ in range(3):
        for name in names:
            await world.sync(name)


async def check(world: World) -> None:
    """Both sides have everything once, in order, with all evidence."""
    for name in (A, B):
        async with world.at(name) as office:
            assert [each.text for each in office.messages() if each.text] == TEXTS
            assert [each.kind for each in office.messages()] == ["text", "text", "request", "acknowledgement"]
            assert not office.outbox()
            request = next(each for each in office.messages() if each.kind == "request")
            stages = [each.stage for each in office.receipts(request.message_id)]
            expected = {"relayed", "delivered", "opened", "acknowledged"} - (
                {"relayed"} if name == B else set()
            )
            assert sorted(stages) == sorted(expected)
        assert world.notes(name) == []


@pytest.mark.parametrize("seed", range(6))
async def test_breaking_lines_and_kills_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    world = await world_with(tmp_path, A, B)
    world.chance.seed(seed)
    world.adversary = Adversary(world.chance, break_one_in=14, kill_one_in=23)
    await converse(world, tmp_path)
    await settle(world, A, B)
    await check(world)


async def test_a_first_sending_cut_after_every_step(tmp_path: Path) -> None:
    """The densest stretch: create the group, claim, commit, seal, send, each followed by a kill."""
    world = await world_with(tmp_path, A, B)
    await world.sync(A)
    sent = []
    cut = 1
    while True:
        async with world.at(A) as office:
            sent.append(office.start_consultation([B], f"Matter {cut}", f"Text {cut}").text)
        world.adversary = Adversary(world.chance, kill_at=cut)
        try:
            async with world.at(A) as office:
                await office.sync(patience_s=1e9)
        except Killed:
            world.adversary = Adversary(world.chance)
            await world.sync(A)
            cut += 1
        else:
            break
    assert cut > 10, "the sending has many steps"
    world.adversary = Adversary(world.chance)
    await world.sync(B)
    async with world.at(B) as office:
        assert sorted(each.text for each in office.messages()) == sorted(sent)
        assert len(office.rooms()) == len(sent)
    assert world.notes(B) == []


async def test_enrolment_cut_after_every_step(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.publish_directory()
    entries = ["CNA-SN-01", "CNA-GH-01", "CNA-NG-01", "CNA-BJ-01", "CNA-BF-01", "CNA-ML-01"]
    for cut, entry in enumerate(entries, start=1):
        world.new_device(entry)
        code = await world.invite(entry)
        world.adversary = Adversary(world.chance, kill_at=cut)
        try:
            async with world.at(entry) as office:
                await office.enrol(code, "case officer")
        except Killed:
            pass
        world.adversary = Adversary(world.chance)
        async with world.at(entry) as office:
            if office.identity.entry_id is None:
                await office.enrol(code, "case officer")
            await office.sync()
            assert office.identity.enrolled


@pytest.mark.parametrize("seed", range(3))
async def test_a_second_device_joins_over_breaking_lines(tmp_path: Path, seed: int) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", TEXTS[0], reference="SN/1")
        await office.sync()
    await world.sync(B)
    async with world.at(B) as office:
        office.reply("SN/1", TEXTS[1])
    world.chance.seed(1000 + seed)
    await link(world, A, "second")
    world.adversary = Adversary(world.chance, break_one_in=11, kill_one_in=17)
    for name in ("second", B, A, "second"):
        await world.sync(name)
    await settle(world, A, "second", B)
    for name in (A, B, "second"):
        async with world.at(name) as office:
            assert [each.text for each in office.messages()] == TEXTS[:2]
        assert world.notes(name) == []
