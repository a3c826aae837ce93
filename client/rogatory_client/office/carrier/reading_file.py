"""A carried file is read, whole or in parts, in any place and never much of it at once.

What it says of itself is believed for nothing but where bytes are: each byte is hashed before it counts.
"""

import hmac
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from rogatory_client.fault import VaultError
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import carried
from rogatory_crypto.wire.carried import CarriedFile, CarriedMessage, CarryHead, PartPlace

PIECE_BYTES: Final = 256 << 10


@dataclass(frozen=True, slots=True)
class _Segment:
    """Bytes ``begin`` to ``end`` of the whole, which begin at ``offset`` in one file on disk."""

    path: Path
    offset: int
    begin: int
    end: int


class CarriedSource:
    """An open carried file.

    Attributes:
        head: what it says it holds; who signed it is not checked here.
    """

    def __init__(self, segments: Sequence[_Segment]) -> None:
        self._segments = segments
        self._open: tuple[Path, BinaryIO] | None = None
        try:
            self.head = self._read_head()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close what is open."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def messages(self) -> Iterator[tuple[CarriedMessage, bytes]]:
        """Yield each message with its ciphertext, of which the hash is the one stated.

        Raises:
            PeerError: HASH_MISMATCH or WRONG_LENGTH.
        """
        offset = len(self.head.encoded)
        for number, each in enumerate(self.head.manifest.messages, 1):
            payload = self._exactly(offset, each.size)
            if not hmac.compare_digest(sha256(payload).digest(), each.sha256):
                raise PeerError(Code.HASH_MISMATCH, f"message {number} of the file is damaged")
            yield each, payload
            offset += each.size

    def check_messages(self) -> None:
        """Read all ciphertexts and return only if each is the one stated; errors as ``messages``."""
        for _ in self.messages():
            pass

    def files(self) -> Iterator[tuple[CarriedFile, int]]:
        """Yield each attachment and where it begins."""
        offset = len(self.head.encoded) + sum(each.size for each in self.head.manifest.messages)
        for each in self.head.manifest.files:
            yield each, offset
            offset += each.size

    def check_files(self) -> None:
        """Read all attachments and return only if each is the one stated.

        Raises:
            PeerError: HASH_MISMATCH or WRONG_LENGTH.
        """
        for number, (each, offset) in enumerate(self.files(), 1):
            digest = sha256()
            for piece in self.pieces(offset, each.size):
                digest.update(piece)
            if not hmac.compare_digest(digest.digest(), each.sha256):
                raise PeerError(Code.HASH_MISMATCH, f"attachment {number} of the file is damaged")

    def pieces(self, offset: int, size: int) -> Iterator[bytes]:
        """Yield ``size`` bytes from ``offset``.

        Raises:
            PeerError: WRONG_LENGTH if a file has become shorter.
            VaultError: it cannot be read any more.
        """
        for each in self._segments:
            first, last = max(offset, each.begin), min(offset + size, each.end)
            while first < last:
                piece = self._read(each, first, min(last - first, PIECE_BYTES))
                yield piece
                first += len(piece)

    def _exactly(self, offset: int, size: int) -> bytes:
        return b"".join(self.pieces(offset, size))

    def _read(self, segment: _Segment, at: int, size: int) -> bytes:
        try:
            if self._open is None or self._open[0] != segment.path:
                self.close()
                self._open = segment.path, _open(segment.path)
            self._open[1].seek(segment.offset + at - segment.begin)
            piece = self._open[1].read(size)
        except OSError as error:
            raise VaultError(f"{segment.path} cannot be read ({error.strerror}): check the stick") from error
        if not piece:
            raise PeerError(Code.WRONG_LENGTH, f"{segment.path.name} ends too early")
        return piece

    def _read_head(self) -> CarryHead:
        total = self._segments[-1].end
        wanted = carried.head_bytes(self._exactly(0, min(carried.PREFIX_BYTES, total)))
        head = carried.read_head(self._exactly(0, min(wanted, total)))
        if head.total_bytes != total:
            what = "ends too early" if head.total_bytes > total else "goes on behind its end"
            raise PeerError(
                Code.WRONG_LENGTH,
                f"the file {what} ({total} bytes, not {head.total_bytes}): copy it again, with all its parts",
            )
        return head


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[CarriedSource]:
    """Open a carried file, or all its parts in any order, for the length of a ``with``.

    Raises:
        PeerError: it is no such file, is cut, or parts are missing.
        VaultError: it cannot be read.
    """
    source: CarriedSource | None = None
    try:
        begun = [_begin(path) for path in paths[: carried.MAX_PARTS + 1]]
        places = [place for _, place in begun if place is not None]
        segments = _whole(begun) if not places else _in_order(begun, places)
        source = CarriedSource(segments)
        if places and sha256(source.head.encoded).digest() != places[0].head_sha256:
            raise PeerError(Code.MALFORMED, "the parts are not of the file they name")
        yield source
    except OSError as error:
        raise VaultError(f"{error.filename} cannot be read ({error.strerror}): check its name") from error
    finally:
        if source is not None:
            source.close()


def _open(path: Path) -> BinaryIO:
    # Not to wait for ever where somebody else's stick holds a pipe.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise PeerError(Code.MALFORMED, f"{path} is no file")
    return os.fdopen(descriptor, "rb")


def _begin(path: Path) -> tuple[_Segment, PartPlace | None]:
    with _open(path) as file:
        size = os.fstat(file.fileno()).st_size
        prefix = file.read(carried.PREFIX_BYTES)
        if not carried.is_part(prefix):
            return _Segment(path, 0, 0, size), None
        encoded = prefix + file.read(carried.place_bytes(prefix) - len(prefix))
    place = carried.read_place(encoded)
    if size != len(encoded) + place.size:
        raise PeerError(Code.WRONG_LENGTH, f"{path.name} was cut or goes on behind its end: copy it again")
    return _Segment(path, len(encoded), place.offset, place.offset + place.size), place


def _whole(begun: Sequence[tuple[_Segment, PartPlace | None]]) -> list[_Segment]:
    if len(begun) == 1 and begun[0][0].end == 0:
        raise PeerError(Code.MALFORMED, f"{begun[0][0].path} is empty")
    if len(begun) != 1:
        raise PeerError(Code.MALFORMED, "take in one file at a time, or all the parts of one")
    return [begun[0][0]]


def _in_order(begun: Sequence[tuple[_Segment, PartPlace | None]], places: list[PartPlace]) -> list[_Segment]:
    if len(places) != len(begun):
        raise PeerError(
            Code.MALFORMED, "some of these are parts and some are not: take in one file at a time"
        )
    return [begun[index][0] for index in carried.order_parts(places)]
