"""A world in which the line is gone: offices that know each other, and sticks between them."""

from pathlib import Path

from tests.simulator.test_story import world_with
from tests.simulator.world import World

from rogatory_client.office import CarriedInView, CarriedOutView, MessageView, Office


async def acquainted(folder: Path, first: str, *others: str) -> World:
    """Offices in one formal case that all have read, filed by the first under SN/2; nothing waits."""
    world = await world_with(folder, first, *others)
    letter = folder / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    async with world.at(first) as office:
        await office.sync()
        office.submit_request(
            request_type="banking_records", legal_basis="UNTOC 18", reference="SN/2", letter=letter,
            to=others, subject="Company records",
        )  # fmt: skip
        await office.sync()
    for _ in range(2):
        for name in (first, *others):
            await world.sync(name)
    return world


def texts(office: Office) -> list[str]:
    return [each.text for each in office.messages() if each.text]


def last(office: Office) -> MessageView:
    return office.messages()[-1]


async def carry(world: World, sender: str, receiver: str, name: str) -> tuple[CarriedOutView, CarriedInView]:
    """Carry what waits from one office to another, without a line."""
    path = world.folder / name
    async with world.at(sender) as office:
        out = office.carrier.out(path)
    async with world.at(receiver) as office:
        return out, office.carrier.take_in([path])
