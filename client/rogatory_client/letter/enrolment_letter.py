"""What the letter with an office's one-time code says: a value, checked when it is made.

It is printed and carried over a channel that the office knows; whoever reads it can enrol as the office. So
the code is in no name, log or repr, and the file is for its owner only (mode 0600).
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from rogatory_client.casework.answers.text import check_text
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.enrolment import EnrolmentCode
from rogatory_crypto.wire.identifier import EntryId

FILE_MODE: Final = 0o600
_HASH_BYTES: Final = 32
_LATEST: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class EnrolmentLetter:
    """One letter to one office.

    Attributes:
        office: its name.
        entry_id: its entry in the directory.
        network: the network that invites it.
        code: the one-time code.
        issued_at: date of the letter, unix seconds.
        expires_at: when the code ends, unix seconds.
        relay: the relay's name.
        root_sha256: SHA-256 of the pinned root in the network profile.
        contact: whom to call, by function.
        telephones: the contact's numbers, which the office must know from elsewhere too.
        language: BCP 47; English where its language has no table.
    """

    office: str
    entry_id: EntryId
    network: str
    code: EnrolmentCode = field(repr=False)
    issued_at: int
    expires_at: int
    relay: str
    root_sha256: bytes
    contact: str
    telephones: tuple[str, ...]
    language: str = "en"

    def __post_init__(self) -> None:
        """Refuse what a letter cannot do without.

        Raises:
            MisuseError: naming the field.
        """
        for name in ("office", "entry_id", "network", "relay", "contact", "language"):
            _require_text(name, getattr(self, name))
        if not self.telephones:
            raise MisuseError("the letter needs: telephones")
        for number in self.telephones:
            _require_text("telephones", number)
        if len(self.root_sha256) != _HASH_BYTES:
            raise MisuseError("root_sha256: a SHA-256 hash")
        if not 0 <= self.issued_at < self.expires_at < _LATEST:
            raise MisuseError("expires_at: after issued_at, and in this century")

    @property
    def file_name(self) -> str:
        """A name for the file that says whose letter it is and nothing of the code."""
        return f"enrolment-letter-{re.sub(r'[^A-Za-z0-9-]', '-', self.entry_id)}.pdf"

    @property
    def fingerprint(self) -> tuple[str, ...]:
        """The root's hash as it is compared: sixteen groups of four hexadecimal digits."""
        digits = self.root_sha256.hex()
        return tuple(digits[at : at + 4] for at in range(0, len(digits), 4))


def _require_text(name: str, text: str) -> None:
    if not text.strip():
        raise MisuseError(f"the letter needs: {name}")
    if "\n" in text:
        raise MisuseError(f"{name}: one line")
    check_text(name, text)
