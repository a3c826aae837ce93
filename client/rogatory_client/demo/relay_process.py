"""The relay in a process of its own: started, killed without warning, started again on the same folder."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Final

from rogatory_client.demo.command_process import PROGRAM
from rogatory_client.demo.fact import FactMissingError, require

_READY_LIMIT_S: Final = 60
LOG_NAME: Final = "relay.log"


def free_port() -> int:
    """Return a loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RelayProcess:
    """The relay of one demonstration.

    Args:
        folder: made by ``rogatory relay init``; the journal is written into it, too.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.starts = 0
        self._process: asyncio.subprocess.Process | None = None
        self._journal: asyncio.Task[None] | None = None

    @property
    def log(self) -> Path:
        """Everything the relay has said so far, of all its runs."""
        return self.folder / LOG_NAME

    async def start(self) -> None:
        """Start it and return once it takes connections.

        Raises:
            FactMissingError: it does not come up.
        """
        require(self._process is None, "one relay at a time")
        config = self.folder / "relay.toml"
        self._process = await asyncio.create_subprocess_exec(
            *PROGRAM, "relay", "serve", "--config", str(config),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        ready = asyncio.Event()
        self._journal = asyncio.create_task(self._keep_journal(self._process, ready))
        try:
            async with asyncio.timeout(_READY_LIMIT_S):
                await ready.wait()
        except TimeoutError as error:
            raise FactMissingError("the relay did not come up") from error
        require(self._process.returncode is None, f"the relay runs; its journal ends with {self._tail()}")
        self.starts += 1

    async def kill(self) -> None:
        """End it as a power failure would (SIGKILL)."""
        if self._process is not None and self._journal is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.wait()
            await self._journal
            self._process = None

    async def stop(self) -> None:
        """End it in order (SIGTERM)."""
        if self._process is not None and self._journal is not None:
            if self._process.returncode is None:
                self._process.terminate()
            await self._process.wait()
            await self._journal
            self._process = None

    async def _keep_journal(self, process: asyncio.subprocess.Process, ready: asyncio.Event) -> None:
        if process.stderr is None:
            raise FactMissingError("the relay's journal cannot be read")
        with self.log.open("ab") as log:
            while line := await process.stderr.readline():
                log.write(line)
                log.flush()
                if _is_ready(line):
                    ready.set()
        # Whoever waits for a relay that ended instead must not wait for ever.
        ready.set()

    def _tail(self) -> str:
        return self.log.read_text(errors="replace")[-400:]


def _is_ready(line: bytes) -> bool:
    try:
        event = json.loads(line)
    except ValueError:
        return False
    return isinstance(event, dict) and event.get("event") == "ready"
