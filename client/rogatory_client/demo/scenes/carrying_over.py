"""4. Before the request is made, both sides agree which informal words it carries over, and sign for them."""

from rogatory_client.demo.fact import require
from rogatory_client.demo.world import World


async def play(world: World) -> str:
    """Propose, and agree to it."""
    room_id = world.case.room_id
    await world.requesting.run("case", "carry-over", "propose", room_id)
    await world.requested.run("case", "carry-over", "answer", room_id, "--all")
    found = (await world.requesting.run("case", "carry-over", "show", room_id))["carry_over"]
    agreed = [each for each in found["messages"] if each["standing"] == "agreed"]
    require({each["message_id"] for each in agreed} >= set(world.case.informal_ids), "both agree to both")
    return f"both offices agree on {len(agreed)} messages of the consultation, and each signed for its own"
