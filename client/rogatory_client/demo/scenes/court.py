"""17. A court gets the case as one file and checks it on a computer without a network."""

import asyncio
from pathlib import Path

from rogatory_client.demo import offline_process
from rogatory_client.demo.command_process import finish_command, start_program
from rogatory_client.demo.concurrently import together
from rogatory_client.demo.fact import require
from rogatory_client.demo.world import World

_HOST = "127.0.0.1"


async def play(world: World) -> str:
    """Make the bundle, check it where nothing can be reached, and check one with a changed byte."""
    bundle = world.requesting.folder("court") / "case.asice"
    made = await world.requesting.run(
        "bundle", "make", world.case.room_id, "--offline", "--out", str(bundle),
        "--document", str(world.case.letter), "--document", str(world.case.evidence),
    )  # fmt: skip
    changed = await asyncio.to_thread(_changed, bundle)
    async with await asyncio.start_server(_hang_up, _HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        require(offline_process.reaches(_HOST, port), "here the network is there")
        passed, failed = await together(_verify(world, bundle, port, 0), _verify(world, changed, port, 1))
    require((passed, failed) == ("TOTAL-PASSED", "TOTAL-FAILED"), f"{passed}; changed: {failed}")
    size = bundle.stat().st_size >> 20
    return (
        f"{made['messages']} messages with {made['receipts']} receipts in {size} MiB: TOTAL-PASSED in a "
        "process without a network; with one byte changed, TOTAL-FAILED"
    )


def _hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _verify(world: World, bundle: Path, port: int, exit_code: int) -> str:
    started = await start_program(
        *offline_process.PROGRAM, _HOST, str(port),
        "bundle", "verify", str(bundle), "--trust", str(world.profile), "--json",
    )  # fmt: skip
    answered = await finish_command(started)
    require(answered.exit_code == exit_code, f"it ends with {exit_code}: {answered.data or answered.said}")
    indication: str = answered.data["indication"]
    return indication


def _changed(bundle: Path) -> Path:
    """Change a byte in the middle of the evidence."""
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    changed = bundle.with_name("changed.asice")
    changed.write_bytes(content)
    return changed
