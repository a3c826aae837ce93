"""15. Both offices end with the same record of the case and nothing left to send; then the summary."""

from typing import Any

from rogatory_client.demo.concurrently import together
from rogatory_client.demo.desk import Desk
from rogatory_client.demo.fact import require
from rogatory_client.demo.world import World


async def play(world: World) -> str:
    """Compare what the two offices have on file, without the relay."""
    ours, theirs = await together(_record(world.requesting, world), _record(world.requested, world))
    require(ours == theirs, "both offices hold the same messages")
    require(len(set(ours)) == len(ours), "no message is there twice")
    return f"{len(ours)} messages on file at both offices, the same ones, each once; nothing waits"


async def _record(desk: Desk, world: World) -> list[tuple[Any, ...]]:
    waiting = (await desk.run("outbox"))["outbox"]
    require(not waiting, f"nothing waits at {desk.entry_id}")
    shown = await desk.run("case", "show", world.case.room_id, "--offline")
    return sorted(
        (message["message_id"], message["sender"], message["kind"], message["text"])
        for message in shown["messages"]
    )
