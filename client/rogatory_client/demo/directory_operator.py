"""The directory operator's desk: a key file of its own, and commands that need nothing else."""

from dataclasses import dataclass, field
from pathlib import Path

from rogatory_client.demo.command_process import run_command


@dataclass(frozen=True, slots=True)
class DirectoryOperator:
    """Who publishes the directory and invites the secretariats.

    Attributes:
        folder: where the key and the imported directory are.
        profile: the network profile, once the relay has one.
        passphrase: of the key file.
    """

    folder: Path
    profile: Path
    passphrase: bytes = field(repr=False)

    @property
    def key(self) -> Path:
        """The key file."""
        return self.folder / "operator.key"

    async def make_key(self) -> str:
        """Make the key; returns the file with its public half."""
        made = await run_command("directory", "operator-init", str(self.key), secrets=self._secrets())
        public: str = made.data["public_file"]
        return public

    async def publish(self, state: Path) -> int:
        """Hand the directory to the relay; returns how many entries it has."""
        published = await run_command(
            "directory", "publish", "--state", str(state), *self._common(), secrets=self._secrets()
        )
        count: int = published.data["entries"]
        return count

    async def invite(self, *entry_ids: str, days: int = 14) -> dict[str, str]:
        """Invite secretariats; returns their enrolment codes by entry."""
        invited = await run_command(
            "directory", "invite", *entry_ids, "--days", str(days), *self._common(), secrets=self._secrets()
        )
        return {each["entry_id"]: each["code"] for each in invited.data["invitations"]}

    def _common(self) -> tuple[str, ...]:
        return ("--operator-key", str(self.key), "--profile", str(self.profile))

    def _secrets(self) -> dict[str, bytes]:
        return {"--passphrase-fd": self.passphrase}
