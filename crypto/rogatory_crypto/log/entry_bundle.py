"""Entry bundles: up to 256 entries, each after its length in 16 bits (C2SP tlog-tiles, Log entries)."""

from collections.abc import Sequence
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.tiles import TILE_WIDTH

MAX_ENTRY_BYTES: Final = (1 << 16) - 1
_LENGTH_BYTES: Final = 2


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return the bundle of 1 to 256 entries."""
    if not 0 < len(entries) <= TILE_WIDTH or any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise MisuseError("a bundle has 1 to 256 entries of at most 65 535 bytes")
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES) + entry for entry in entries)


def decode_bundle(data: bytes, width: int, *, limit: int = MAX_ENTRY_BYTES) -> tuple[bytes, ...]:
    """Return the entries of a bundle.

    Args:
        data: the whole bundle.
        width: how many entries it must have, known from the checkpoint's size.
        limit: how many bytes an entry may have.

    Raises:
        PeerError: TOO_LARGE for an entry beyond the limit, WRONG_LENGTH for any other number of entries.
    """
    if not 0 < width <= TILE_WIDTH:
        raise MisuseError("a bundle has 1 to 256 entries")
    entries: list[bytes] = []
    position = 0
    while position < len(data) and len(entries) < width:
        start = position + _LENGTH_BYTES
        position = start + int.from_bytes(data[position:start])
        if position - start > limit:
            raise PeerError(Code.TOO_LARGE, f"an entry of {position - start} bytes")
        entries.append(data[start:position])
    if len(entries) != width or position != len(data):
        raise PeerError(Code.WRONG_LENGTH, f"a bundle that is not {width} whole entries")
    return tuple(entries)
