"""Starts and ends the demonstration's time-stamping authority."""

import asyncio
import sys
from pathlib import Path
from typing import Final

from rogatory_client.demo.fact import require

PROGRAM: Final = "rogatory_client.demo.time_stamping"
CERTIFICATE_NAME: Final = "tsa.der"
KEY_NAME: Final = "tsa.key"


class TimeStampingProcess:
    """Starts and ends the process.

    Args:
        folder: holds the authority's certificate and key.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> str:
        """Start it and return its URL."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", PROGRAM, str(self._folder),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        line = await self._process.stdout.readline() if self._process.stdout else b""
        require(line.startswith(b"http://127.0.0.1:"), "the time-stamping authority is up")
        return line.decode().strip()

    async def stop(self) -> None:
        """End it."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.terminate()
            await self._process.wait()
            self._process = None
