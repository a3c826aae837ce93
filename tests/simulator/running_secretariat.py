"""A secretariat with real vaults: two officers, and helpers that play their part of an admission."""

import json
from pathlib import Path

from tests.simulator.world import World

from rogatory_client.office import Office
from rogatory_crypto.identity import Role

NET, A, B = "NET-WACAP", "CNA-SN-01", "CNA-GH-01"
FIRST, SECOND = "first", "second"
MEMBERS = [A, B, "CNA-NG-01"]


async def secretariat(folder: Path) -> World:
    """The directory operator has invited the secretariat; its second officer has a device of his own."""
    world = World(folder)
    networks = [{"code": "WACAP", "members": MEMBERS, "secretariat": NET}]
    await world.publish_directory(json.dumps(networks).encode())
    world.new_device(FIRST)
    async with world.at(FIRST) as office:
        await office.enrol(await world.invite(NET), "head of secretariat", Role.HEAD)
    await link(world, SECOND, "legal officer")
    return world


async def link(world: World, name: str, officer: str, role: Role = Role.SECRETARIAT_OFFICER) -> None:
    """Give the secretariat another device."""
    world.new_device(name)
    async with world.at(name) as office:
        request = await office.link_request(NET, officer, role)
    async with world.at(FIRST) as office:
        await office.approve_link(request.text, request.confirmation_code)
    async with world.at(name) as office:
        await office.sync(until_idle=False)


async def proposal(world: World, entry_id: str = A, *, days: int = 14, again: bool = False) -> str:
    async with world.at(FIRST) as office:
        return (await office.admissions.propose(entry_id, "WACAP", days=days, again=again)).text


async def confirm(world: World, text: str) -> None:
    async with world.at(SECOND) as office:
        await office.admissions.confirm(text)


async def code_for(world: World, entry_id: str = A, *, days: int = 14) -> str:
    """The code in the letter that the first officer has printed."""
    await confirm(world, await proposal(world, entry_id, days=days))
    async with world.at(FIRST) as office:
        return (await office.admissions.letter(entry_id)).code.printable()


async def enrolled(world: World, entry_id: str = A) -> None:
    """An office that has enrolled with its letter."""
    code = await code_for(world, entry_id)
    world.new_device(entry_id)
    async with world.at(entry_id) as office:
        await office.enrol(code, "head")


async def state_of(office: Office, entry_id: str = A) -> str:
    await office.sync(until_idle=False)
    return next(each.state.value for each in office.admissions.list() if each.entry_id == entry_id)
