"""The root operators: three people with a key each, of whom any two decide what the network believes."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rogatory_client.demo.command_process import run_command
from rogatory_client.demo.concurrently import together
from rogatory_client.demo.fact import require

OPERATORS: Final = 3
THRESHOLD: Final = 2


@dataclass(frozen=True, slots=True)
class Believed:
    """What the network is to believe, in the words of ``rogatory trust draft``."""

    directory_key: str
    postmark_key: str
    logs: Sequence[str]
    witnesses: Sequence[str]
    quorum: int
    secretariats: Sequence[str]


@dataclass(frozen=True, slots=True)
class RootOperators:
    """Who decides.

    Attributes:
        folder: with a key file for each of them.
        passphrase: of the key files.
    """

    folder: Path
    passphrase: bytes = field(repr=False, default_factory=lambda: secrets.token_hex(16).encode())

    async def make_keys(self) -> None:
        """Let each make a key; the third one's is post-quantum."""
        await together(
            *(
                run_command(
                    "trust", "key-init", str(key), *(["--post-quantum"] if number == OPERATORS else []),
                    secrets=self._secrets(),
                )
                for number, key in enumerate(self._keys(), start=1)
            )
        )  # fmt: skip

    async def decide(self, trust: Path, origin: str, believed: Believed) -> None:
        """Draft what the network believes, have the first and the third sign, and check the result."""
        await run_command("trust", "draft", str(trust), *self._draft(believed))
        first, _, third = self._keys()
        signed = await self._sign(trust, first)
        require(not signed, "one operator alone decides nothing")
        require(await self._sign(trust, third), f"{THRESHOLD} of {OPERATORS} operators decide")
        await run_command("trust", "check", str(trust), "--origin", origin)

    async def _sign(self, trust: Path, key: Path) -> bool:
        signed = await run_command("trust", "sign", str(trust), "--key", str(key), secrets=self._secrets())
        complete: bool = signed.data["complete"]
        return complete

    def _keys(self) -> list[Path]:
        return [self.folder / f"{number}.key" for number in range(1, OPERATORS + 1)]

    def _draft(self, believed: Believed) -> list[str]:
        named = {
            "--root-key": [f"{key}.pub" for key in self._keys()],
            "--threshold": [str(THRESHOLD)],
            "--directory-key": [believed.directory_key],
            "--postmark-key": [believed.postmark_key],
            "--log": believed.logs,
            "--witness": believed.witnesses,
            "--quorum": [str(believed.quorum)],
            "--secretariat": believed.secretariats,
        }
        return [word for option, values in named.items() for value in values for word in (option, value)]

    def _secrets(self) -> dict[str, bytes]:
        return {"--passphrase-fd": self.passphrase}
