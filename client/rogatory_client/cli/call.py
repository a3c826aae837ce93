"""What a command is given beside its own arguments: the terminal, the vault's place and how to open it."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rogatory_client.cli.passphrase import PassphraseSource
from rogatory_client.cli.terminal import Terminal
from rogatory_client.fault import StandingFailureError
from rogatory_crypto.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rogatory_client.office import Office, Progress

# Who typed a command waits for its answer: an unreachable relay is tried again for this long, no longer.
PATIENCE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Call:
    """One run of one command.

    Attributes:
        terminal: where it prints.
        home: the folder of the vault.
        passphrase: how to open the vault.
        offline: do not contact the relay.
    """

    terminal: Terminal
    home: Path
    passphrase: PassphraseSource
    offline: bool = False

    @asynccontextmanager
    async def office(self) -> "AsyncIterator[Office]":
        """Open the vault for the length of an ``async with``."""
        from rogatory_client.office import Office

        async with Office.open(self.home, self.passphrase.existing()) as office:
            yield office

    async def refresh(self, office: "Office", progress: "Progress | None" = None) -> tuple[str, ...]:
        """Synchronise unless told not to; a relay that cannot be reached now is a warning.

        Raises:
            StandingFailureError: trying again is of no use until somebody does something.
        """
        if self.offline:
            return ()
        try:
            report = await office.sync(progress=progress, patience_s=PATIENCE_S)
        except StandingFailureError:
            raise
        except TransportError as error:
            return (f"{error}; shown is what is on this device",)
        return report.warnings
