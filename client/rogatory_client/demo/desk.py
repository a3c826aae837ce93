"""A desk: one officer's computer with a vault of its own, that acts only through the command ``rogatory``."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rogatory_client.demo.command_process import Answered, finish_command, run_command, start_command


@dataclass(frozen=True, slots=True)
class Desk:
    """One device of one office.

    Attributes:
        entry_id: the office's entry.
        officer: the function of who sits here.
        role: what that officer may do for the office.
        home: folder of the vault; what is saved goes beside it.
        passphrase: of the vault.
    """

    entry_id: str
    officer: str
    role: str
    home: Path
    passphrase: bytes = field(repr=False)

    async def make_vault(self, profile: Path) -> None:
        """Make an empty vault for a network."""
        await self.run("init", "--profile", str(profile))

    async def run(
        self, *arguments: str, exit_code: int | None = 0, code: str | None = None
    ) -> dict[str, Any]:
        """Run a command of this office and return its JSON."""
        return (await self.answer(*arguments, exit_code=exit_code, code=code)).data

    async def answer(self, *arguments: str, exit_code: int | None = 0, code: str | None = None) -> Answered:
        """The same with exit code and what was said on standard error."""
        return await run_command(
            *arguments, "--home", str(self.home), secrets=self._secrets(code), exit_code=exit_code
        )

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start a command that something is about to happen to."""
        return await start_command(*arguments, "--home", str(self.home), secrets=self._secrets(None))

    async def finish(self, process: asyncio.subprocess.Process) -> Answered:
        """Wait for a started command."""
        return await finish_command(process)

    def folder(self, name: str) -> Path:
        """Return a folder of this desk beside its vault, made if need be."""
        folder = self.home.with_name(f"{self.home.name}-{name}")
        folder.mkdir(exist_ok=True)
        return folder

    def _secrets(self, code: str | None) -> dict[str, bytes]:
        secrets = {"--passphrase-fd": self.passphrase}
        return secrets if code is None else secrets | {"--code-fd": code.encode()}
