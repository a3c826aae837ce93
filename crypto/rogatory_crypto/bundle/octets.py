"""Bytes that lie somewhere and are read in pieces: a document of any size takes the memory of one piece."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Protocol

from rogatory_crypto.attachments import PIECE_BYTES
from rogatory_crypto.errors import Code, PeerError

_SHORT: Final = "it ends before it should"


class Octets(Protocol):
    """Bytes by their place; where they lie, only who made this knows."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def at(self, start: int, length: int) -> bytes:
        """Return what lies there: fewer bytes at the end, none behind it.

        Raises:
            OSError: they cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes that are in memory."""

    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.content)

    def at(self, start: int, length: int) -> bytes:
        """Return what lies there."""
        return self.content[start : start + length]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of other bytes."""

    whole: Octets = field(repr=False)
    start: int
    size: int

    def at(self, start: int, length: int) -> bytes:
        """Return what lies there."""
        return self.whole.at(self.start + start, max(0, min(length, self.size - start)))


@dataclass(frozen=True, slots=True)
class Measured:
    """Bytes with the check value of an archive (CRC-32) and SHA-256, as they were when they were read."""

    octets: Octets = field(repr=False)
    crc32: int
    sha256: bytes

    @property
    def size(self) -> int:
        """How many there are."""
        return self.octets.size


def pieces(octets: Octets) -> Iterator[bytes]:
    """Yield all of them, in order.

    Raises:
        PeerError: WRONG_LENGTH where there are fewer than ``size`` says.
    """
    for start in range(0, octets.size, PIECE_BYTES):
        piece = octets.at(start, PIECE_BYTES)
        if len(piece) != min(PIECE_BYTES, octets.size - start):
            raise PeerError(Code.WRONG_LENGTH, _SHORT)
        yield piece


def read_whole(octets: Octets, limit: int) -> bytes:
    """Return all of them.

    Raises:
        PeerError: TOO_LARGE above the limit, or WRONG_LENGTH.
    """
    if octets.size > limit:
        raise PeerError(Code.TOO_LARGE, f"{octets.size} bytes where {limit} are the most")
    return b"".join(pieces(octets))


def measure(octets: Octets) -> Measured:
    """Read all of them once; errors as ``pieces``."""
    check, digest = 0, sha256()
    for piece in pieces(octets):
        check = zlib.crc32(piece, check)
        digest.update(piece)
    return Measured(octets, check, digest.digest())
