"""Runs the program of a relay's operator who lies, as he would: on the relay's folder, by himself."""

import sys
from typing import Any, Final

from rogatory_client.demo.command_process import finish_command, start_program
from rogatory_client.demo.fact import require
from rogatory_client.demo.relay_folder import published_size, until
from rogatory_client.demo.relay_process import RelayProcess

_PROGRAM: Final = (sys.executable, "-m", "rogatory_client.demo.malicious_relay")


async def conspire(step: str, relay: RelayProcess, *arguments: str) -> dict[str, Any]:
    """Do one of his steps; see ``malicious_relay``."""
    answered = await finish_command(await start_program(*_PROGRAM, step, str(relay.folder), *arguments))
    require(answered.exit_code == 0, f"the relay's operator can {step} ({answered.said[-400:]})")
    return answered.data


async def show(relay: RelayProcess, size: int) -> None:
    """Start the honest program on what he has made, until enough witnesses have cosigned so many entries."""
    await relay.start()
    await until(
        "a checkpoint over the forged entry, with enough cosignatures",
        lambda: published_size(relay.folder) >= size,
        relay.process,
    )
