"""A log in a folder, by the names of C2SP tlog-tiles: ``checkpoint``, ``tile/...``, ``tile/entries/...``.

Nothing read from here is believed until it adds up to a verified checkpoint. The checkpoint is written last:
where there is one, the rest is there.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.entry_bundle import MAX_ENTRY_BYTES, decode_bundle
from rogatory_crypto.log.merkle import HASH_BYTES
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES
from rogatory_crypto.log.tiles import EntryBundle, Tile, changed_bundles

CHECKPOINT: Final = "checkpoint"
EVIDENCE: Final = "split-view.cbor"
_LENGTH_BYTES: Final = 2


def largest(part: Tile | EntryBundle) -> int:
    """Return how many bytes a tile or a bundle may have."""
    if isinstance(part, Tile):
        return part.width * HASH_BYTES
    return part.width * (MAX_ENTRY_BYTES + _LENGTH_BYTES)


class LogFolder:
    """One log on this disk.

    Args:
        path: the folder; made when something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def checkpoint(self) -> bytes | None:
        """Return the signed checkpoint, None where the folder is not whole."""
        return self._read(CHECKPOINT, MAX_NOTE_BYTES)

    def part(self, part: Tile | EntryBundle) -> bytes | None:
        """Return a tile or a bundle if it is there."""
        return self._read(part.path(), largest(part))

    def keep(self, part: Tile | EntryBundle, data: bytes) -> None:
        """Write a tile or a bundle, whole or not at all."""
        self._write(part.path(), data)

    def keep_checkpoint(self, signed: bytes) -> None:
        """Write the checkpoint that all the rest adds up to."""
        self._write(CHECKPOINT, signed)

    def keep_evidence(self, evidence: bytes) -> Path:
        """Write evidence of two histories; returns where."""
        self._write(EVIDENCE, evidence)
        return self.path / EVIDENCE

    def entries(self, size: int) -> Iterator[tuple[EntryBundle, tuple[bytes, ...]]]:
        """Return the bundles of a log of ``size`` entries in order, decoded.

        Raises:
            PeerError: NOT_FOUND where one is missing, WRONG_LENGTH or TOO_LARGE where it is not what it must
                be; the detail names it.
        """
        for bundle in changed_bundles(0, size):
            data = self.part(bundle)
            if data is None:
                raise PeerError(Code.NOT_FOUND, f"{bundle.path()} is missing")
            try:
                entries = decode_bundle(data, bundle.width)
            except PeerError as error:
                raise PeerError(error.code, f"{bundle.path()}: {error.detail}") from error
            yield bundle, entries

    def _read(self, name: str, limit: int) -> bytes | None:
        """Return a file, or one byte more than it may have: whoever reads it finds it wrong."""
        path = self.path / name
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(limit + 1)

    def _write(self, name: str, data: bytes) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_bytes(data)
        temporary.replace(path)


def read_entries(path: Path) -> Iterator[bytes]:
    """Return the entries of a file in which each stands after its length in 16 bits.

    Raises:
        PeerError: WRONG_LENGTH where the last one is cut off.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        while length := file.read(_LENGTH_BYTES):
            entry = file.read(int.from_bytes(length))
            if len(length) < _LENGTH_BYTES or len(entry) < int.from_bytes(length):
                raise PeerError(Code.WRONG_LENGTH, "the last entry is cut off")
            yield entry
