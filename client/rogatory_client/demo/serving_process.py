"""A program that serves, in a process of its own: started, killed without warning, started again."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rogatory_client.demo.fact import FactMissingError, require

_READY_LIMIT_S: Final = 60


class ServingProcess:
    """One server of the demonstration, which says ``{"event": "ready"}`` once it takes connections.

    Args:
        name: what it is, for the report.
        program: the program and its arguments.
        log: where everything it says is kept, of all its runs.
    """

    def __init__(self, name: str, program: Sequence[str], log: Path) -> None:
        self.name = name
        self.program = tuple(program)
        self.log = log
        self.starts = 0
        self._process: asyncio.subprocess.Process | None = None
        self._journal: asyncio.Task[None] | None = None

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The process.

        Raises:
            FactMissingError: it does not run.
        """
        if self._process is None:
            raise FactMissingError(f"{self.name} does not run")
        return self._process

    async def start(self) -> None:
        """Start it and return once it takes connections.

        Raises:
            FactMissingError: it does not come up.
        """
        require(self._process is None, f"{self.name} runs once at a time")
        self._process = await asyncio.create_subprocess_exec(
            *self.program,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        ready = asyncio.Event()
        self._journal = asyncio.create_task(self._keep_journal(self._process, ready))
        try:
            async with asyncio.timeout(_READY_LIMIT_S):
                await ready.wait()
        except TimeoutError as error:
            raise FactMissingError(f"{self.name} did not come up") from error
        up = self._process.returncode is None
        require(up, f"{self.name} runs; its journal ends with {self._tail()}")
        self.starts += 1

    async def kill(self) -> None:
        """End it as a power failure would (SIGKILL)."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        await self._ended()

    async def stop(self) -> None:
        """End it in order (SIGTERM)."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
        await self._ended()

    async def _ended(self) -> None:
        if self._process is not None and self._journal is not None:
            await self._process.wait()
            await self._journal
            self._process = None

    async def _keep_journal(self, process: asyncio.subprocess.Process, ready: asyncio.Event) -> None:
        if process.stdout is None:
            raise FactMissingError(f"the journal of {self.name} cannot be read")
        with self.log.open("ab") as log:
            while line := await process.stdout.readline():
                log.write(line)
                log.flush()
                if _is_ready(line):
                    ready.set()
        # The pipe closes a moment before the process has ended and is known to have.
        await process.wait()
        # Whoever waits for a server that ended instead must not wait for ever.
        ready.set()

    def _tail(self) -> str:
        return self.log.read_text(errors="replace")[-400:]


def _is_ready(line: bytes) -> bool:
    try:
        event = json.loads(line)
    except ValueError:
        return False
    return isinstance(event, dict) and event.get("event") == "ready"
