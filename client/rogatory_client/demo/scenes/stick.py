"""13. SEA: while the relay is away, two offices write by stick; when it is back, nothing is there twice."""

from pathlib import Path
from typing import Any

from rogatory_client.demo.concurrently import together
from rogatory_client.demo.desk import Desk
from rogatory_client.demo.fact import only, require
from rogatory_client.demo.world import ASKED_BY_STICK, WRITING_BY_STICK, World


async def play(world: World) -> str:
    """Open a consultation, lose the line, go on by stick both ways, and find it all once."""
    words, stick = world.words, world.path("stick")
    writer, reader = world.desks[WRITING_BY_STICK], world.desks[ASKED_BY_STICK]
    room_id = await _meet(writer, reader, words.by_line)
    await world.relay.stop()
    there = await _carry(writer, reader, room_id, words.by_stick, stick / "there.carry")
    await _require_said(reader, room_id, words.by_stick)
    back = await _carry(reader, writer, room_id, words.back_by_stick, stick / "back.carry")
    await world.relay.start()
    await together(writer.run("sync"), reader.run("sync"))
    await together(writer.run("sync"), reader.run("sync"))
    for desk in (writer, reader):
        for text in (words.by_line, words.by_stick, words.back_by_stick):
            await _require_said(desk, room_id, text)
    return f"without a relay, {there} and {back} messages went by stick; with it again, each is there once"


async def _meet(writer: Desk, reader: Desk, text: str) -> str:
    said = await writer.run(
        "consult", "--to", reader.entry_id, "--subject", "Joint working group", "--text", text
    )
    room_id: str = said["message"]["room_id"]
    await reader.run("sync")
    await writer.run("sync")
    return room_id


async def _carry(writer: Desk, reader: Desk, room_id: str, text: str, file: Path) -> int:
    await writer.run("send", room_id, "--text", text, "--offline")
    carried: dict[str, Any] = (await writer.run("carry", "out", str(file)))["carried"]
    taken = (await reader.run("carry", "in", str(file)))["carried"]
    require(not taken["refused"], "all that was carried is taken in")
    require(taken["messages"], "something of it is new")
    count: int = carried["messages"]
    return count


async def _require_said(desk: Desk, room_id: str, text: str) -> None:
    shown = (await desk.run("case", "show", room_id, "--offline"))["messages"]
    only((each for each in shown if text in each["text"]), f"{desk.entry_id} has what was said, once")
