"""16. The relay shows one history to one office, another to the other; a witness colludes, all notice."""

import asyncio
import shutil
from typing import Final

from rogatory_client.demo.desk import Desk
from rogatory_client.demo.fact import only, require
from rogatory_client.demo.malicious_process import conspire, show
from rogatory_client.demo.witness_process import WitnessProcess
from rogatory_client.demo.world import OUTSIDER, REQUESTED, REQUESTING, World

# The other history is longer than the one that somebody has seen, whatever the relay has added to that.
_OTHERS: Final = 4


async def play(world: World) -> str:
    """Show two histories, and see who says so."""
    honest, absent, colluding = world.witnesses
    await _remember(colluding)
    await conspire("fork", world.relay)
    await absent.stop()
    await _show_one(world)
    await _forget(colluding)
    await absent.start()
    await _show_another(world)
    heard = await _told(world.requested)
    require(REQUESTING in heard, f"the office learns it from what the other says: {heard}")
    seen = await _told(world.requesting)
    require(heard != seen, f"the other office sees it by its own copy of the log: {seen}")
    evidence = (await honest.show())["evidence"]
    require(evidence, "the honest witness has refused the other history and keeps what it was asked to sign")
    return (
        "one witness was away and one colluded, so both histories had their quorum; one office learned it "
        "inside the encrypted case, the other by its own copy of the log, the third witness keeps evidence"
    )


async def _show_one(world: World) -> None:
    """An entry more, for the eyes of one office; what that office says then carries what it has seen."""
    forged = await conspire("forge", world.relay, REQUESTED)
    await show(world.relay, forged["index"] + 1)
    await world.requesting.run("sync")
    await world.requesting.run("send", world.case.room_id, "--text", world.words.before_split)
    await world.relay.stop()


async def _show_another(world: World) -> None:
    """The log as it was before, with other entries: for everybody else."""
    await conspire("other", world.relay)
    forged = [await conspire("forge", world.relay, OUTSIDER) for _ in range(_OTHERS)]
    await show(world.relay, forged[-1]["index"] + 1)


async def _told(desk: Desk) -> str:
    await desk.answer("sync", exit_code=None)
    alarms = (await desk.run("alarm", "list"))["alarms"]
    told: str = only(
        (each["text"] for each in alarms if "two histories" in each["text"]), f"{desk.entry_id} is alarmed"
    )
    return told


async def _remember(witness: WitnessProcess) -> None:
    await witness.stop()
    await asyncio.to_thread(shutil.copytree, witness.folder, witness.folder.with_name("remembered"))
    await witness.start()


async def _forget(witness: WitnessProcess) -> None:
    """A witness that colludes puts an older copy of its store back, and has promised nothing."""
    await witness.stop()
    await asyncio.to_thread(shutil.rmtree, witness.folder)
    await asyncio.to_thread(shutil.move, witness.folder.with_name("remembered"), witness.folder)
    await witness.start()
