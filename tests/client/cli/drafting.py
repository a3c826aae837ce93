"""Drafts of two offices in a simulated world."""

from pathlib import Path
from typing import Any

from tests.client.casework.sample_answers import complete_answers
from tests.client.cli.sitting import sit
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import World

from rogatory_client.casework.answers.value import Item
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.cli.answer import Answer
from rogatory_client.cli.drafts import commands as draft_commands


async def two_offices(folder: Path) -> World:
    """A world in which the first office knows the directory."""
    (folder / "world").mkdir()
    made = await world_with(folder / "world", A, B)
    async with made.at(A) as office:
        await office.sync()
    return made


def draft_of(answer: Answer) -> dict[str, Any]:
    draft = answer.data["draft"]
    assert isinstance(draft, dict)
    return draft


async def begun(world: World, type_id: str = "taking_evidence") -> str:
    return str(draft_of(await draft_commands.new(sit(world, A), type_id, B))["draft_id"])


async def filled(world: World, type_id: str = "taking_evidence") -> str:
    """A draft with a complete set of answers."""
    draft = await begun(world, type_id)
    known = {"requesting_authority", "addressed_authority"}
    async with world.at(A) as office:
        for name, value in complete_answers(request_type(type_id)).items():
            if name not in known:
                office.drafts.set(draft, name, value)
    return draft


def holds_files(value: object) -> bool:
    return isinstance(value, tuple) and isinstance(value[0], Item) and bool(value[0].get("sha256"))
