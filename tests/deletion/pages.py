"""A vault's files as a thief with the passphrase reads them: every page, live, free or superseded.

SQLCipher 4: each page of 4096 bytes is AES-256-CBC under the raw key, its last 80 bytes are the IV and an
HMAC-SHA-512 over ciphertext, IV and page number. The log holds pages of the same form in frames; those of a
former round are read too, whether or not SQLite would still believe them.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import pbkdf2_hmac
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from tests.deletion.recorder import Derived, mask

from rogatory_client.vault.database import DATABASE_NAME, HEADER_NAME
from rogatory_client.vault.key import derive_key, parse_header

PAGE: Final = 4096
_RESERVE, _IV, _SALT = 80, 16, 16
_LOG_HEADER, _FRAME_HEADER = 32, 24


@dataclass(frozen=True, slots=True)
class Reader:
    """The key of a vault and the key of its page codes."""

    key: bytes
    code_key: bytes

    @classmethod
    def of(cls, home: Path, passphrase: bytes) -> "Reader":
        key = derive_key(passphrase, parse_header((home / HEADER_NAME).read_text()))
        salt = (home / DATABASE_NAME).read_bytes()[:_SALT]
        return cls(key, pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32))

    def page(self, number: int, data: bytes) -> bytes:
        """Decrypt a page whose code is right."""
        begin = _SALT if number == 1 else 0
        body, iv, code = data[begin:-_RESERVE], data[-_RESERVE : -_RESERVE + _IV], data[-64:]
        expected = hmac.digest(self.code_key, body + iv + number.to_bytes(4, "little"), "sha512")
        assert hmac.compare_digest(expected, code), f"page {number} is not of this vault"
        decryptor = Cipher(algorithms.AES256(self.key), modes.CBC(iv)).decryptor()
        return decryptor.update(body) + decryptor.finalize()


def database_pages(home: Path, reader: Reader) -> Iterator[bytes]:
    """Yield all pages of the main file, in use or free."""
    data = (home / DATABASE_NAME).read_bytes()
    assert len(data) % PAGE == 0
    for number in range(1, len(data) // PAGE + 1):
        yield reader.page(number, data[(number - 1) * PAGE : number * PAGE])


def log_pages(home: Path, reader: Reader) -> Iterator[bytes]:
    """Yield all pages that the write-ahead log still holds, believed or not."""
    path = home / f"{DATABASE_NAME}-wal"
    data = path.read_bytes() if path.exists() else b""
    step = _FRAME_HEADER + PAGE
    for at in range(_LOG_HEADER, len(data) - step + 1, step):
        number = int.from_bytes(data[at : at + 4], "big")
        yield reader.page(number, data[at + _FRAME_HEADER : at + step])


@dataclass(frozen=True, slots=True)
class Disk:
    """Everything a search goes through."""

    database: bytes
    log: bytes
    raw: bytes

    @classmethod
    def of(cls, home: Path, passphrase: bytes) -> "Disk":
        reader = Reader.of(home, passphrase)
        files = [path for path in sorted(home.rglob("*")) if path.is_file()]
        return cls(
            b"".join(database_pages(home, reader)),
            b"".join(log_pages(home, reader)),
            b"".join(path.read_bytes() for path in files),
        )

    def finds(self, notes: list[Derived]) -> list[str]:
        """Return where each secret that is found stands, and its label."""
        places = {"file": self.database, "log": self.log, "raw": self.raw}
        masked = {name: mask(data) for name, data in places.items()}
        return [
            f"{note.label} in the {name}"
            for note in notes
            for name, data in masked.items()
            if any(half in data for half in _halves(note.secret))
        ]


def _halves(secret: bytes) -> tuple[bytes, ...]:
    """Half of a secret is a find too: a page may end in its middle."""
    middle = max(len(secret) // 2, 8)
    return (secret[:middle], secret[-middle:])
