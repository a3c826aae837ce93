"""A witness of the log: a folder with keys of its own, and a process that cosigns."""

from pathlib import Path
from typing import Any

from rogatory_client.demo.command_process import PROGRAM, run_command
from rogatory_client.demo.serving_process import ServingProcess


class WitnessProcess(ServingProcess):
    """The witness of one network's secretariat.

    Args:
        folder: of the witness; made by ``make_keys``.
        network: whose secretariat runs it.
        port: on loopback, where it listens without TLS.
    """

    def __init__(self, folder: Path, network: str, port: int) -> None:
        self.folder = folder
        self.network = network
        self.url = f"http://127.0.0.1:{port}"
        serve = ("log", "witness", "serve", str(folder), "--listen", f"127.0.0.1:{port}", "--json")
        log = folder.with_name(f"{folder.name}.log")
        super().__init__(f"the witness of {network}", (*PROGRAM, *serve), log)

    async def make_keys(self, *, post_quantum: bool) -> str:
        """Make the witness; returns what the network's policy says of it (NAME=VKEY=URL)."""
        made = await run_command(
            "log", "witness", "init", str(self.folder), "--name", f"witness.example/{self.network.lower()}"
        )
        vkey = self.folder.with_name(f"{self.folder.name}.vkey")
        vkey.write_text(made.data["vkeys"][1 if post_quantum else 0])
        return f"{self.network.lower()}={vkey}={self.url}"

    async def follow(self, vkeys: list[str]) -> None:
        """Cosign a log from the next start on."""
        await run_command("log", "witness", "add-log", str(self.folder), *vkeys)

    async def show(self) -> dict[str, Any]:
        """Return what it holds, with its evidence against logs."""
        return (await run_command("log", "witness", "show", str(self.folder))).data
