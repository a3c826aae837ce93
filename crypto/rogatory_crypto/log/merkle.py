"""Merkle tree of an append-only log: RFC 9162 section 2.1 over SHA-256.

A leaf is hashed with a zero byte in front, a node with a one byte, so that neither can pass for the other.
All functions work on leaf hashes; ``leaf_hash`` makes one from an entry. A proof is a tuple of 32-byte hashes
from the leaves upwards, exactly as long as the two sizes or the index and the size demand. Here is whatever
verifies, and proofs for a batch that is signed at once; ``tree`` grows and proves.
"""

from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from typing import Final, TypeAlias

from rogatory_crypto.errors import Code, PeerError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()

Proof: TypeAlias = tuple[bytes, ...]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry (RFC 9162 section 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children (RFC 9162 section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of the leaves (RFC 9162 section 2.1.1)."""
    return _levels(leaf_hashes)[-1][0] if leaf_hashes else EMPTY_ROOT


def inclusion_proofs(leaf_hashes: Sequence[bytes]) -> tuple[bytes, list[Proof]]:
    """Return the root and the inclusion proof of every leaf, hashing each node once."""
    if not leaf_hashes:
        return EMPTY_ROOT, []
    levels = _levels(leaf_hashes)
    return levels[-1][0], [_path(levels, index) for index in range(len(leaf_hashes))]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Return only if the leaf stands at ``index`` of a tree of ``size`` (RFC 9162 section 2.1.3.2).

    Raises:
        PeerError: MALFORMED where no such proof can exist, HASH_MISMATCH where it leads to another root.
    """
    if not 0 <= index < size:
        raise PeerError(Code.MALFORMED, f"no leaf {index} in a tree of {size}")
    _check_hashes(leaf, expected, *proof)
    position, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise PeerError(Code.MALFORMED, "an inclusion proof longer than the tree is high")
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            if not position & 1:
                position, last = _skip_promoted(position, last)
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    _check_end(last, (computed, expected))


def verify_consistency(
    old_size: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return only if the tree of ``size`` leaves begins with that of ``old_size`` (RFC 9162 section 2.1.4.2).

    Raises:
        PeerError: MALFORMED where no such proof can exist, HASH_MISMATCH where the old tree is not a part.
    """
    if not 0 <= old_size <= size:
        raise PeerError(Code.MALFORMED, f"a tree of {size} never had {old_size} leaves")
    _check_hashes(old_root, new_root, *proof)
    if old_size in {0, size}:
        beginning = EMPTY_ROOT if old_size == 0 else new_root
        _check_end(len(proof), (old_root, beginning))
        return
    complete = old_size & (old_size - 1) == 0
    path = (old_root, *proof) if complete else tuple(proof)
    if not path or (complete and not proof):
        raise PeerError(Code.MALFORMED, "an empty consistency proof for two different sizes")
    _follow_consistency(old_size, old_root, size, new_root, path)


def _follow_consistency(old_size: int, old_root: bytes, size: int, new_root: bytes, path: Proof) -> None:
    position, last = old_size - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise PeerError(Code.MALFORMED, "a consistency proof longer than the tree is high")
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            if not position & 1:
                position, last = _skip_promoted(position, last)
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    _check_end(last, (old, old_root), (new, new_root))


def _levels(leaf_hashes: Sequence[bytes]) -> list[list[bytes]]:
    """Return the tree from the leaves up; a last node without a sibling rises unchanged."""
    level = list(leaf_hashes)
    levels = [level]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        parents = [node_hash(left, right) for left, right in pairs]
        if len(level) & 1:
            parents.append(level[-1])
        levels.append(parents)
        level = parents
    return levels


def _path(levels: list[list[bytes]], index: int) -> Proof:
    path: list[bytes] = []
    for level in levels:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        index >>= 1
    return tuple(path)


def _skip_promoted(position: int, last: int) -> tuple[int, int]:
    """Rise past the levels on which the last node had no sibling."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _check_hashes(*hashes: bytes) -> None:
    if set(map(len, hashes)) != {HASH_BYTES}:
        raise PeerError(Code.MALFORMED, "a tree hash is 32 bytes")


def _check_end(left_over: int, *pairs: tuple[bytes, bytes]) -> None:
    if left_over:
        raise PeerError(Code.MALFORMED, "a proof of the wrong length")
    if not all(compare_digest(computed, expected) for computed, expected in pairs):
        raise PeerError(Code.HASH_MISMATCH, "a proof leads to another root")
