"""Evidence that a log has shown two histories, for anybody to check offline.

Two checkpoints that the log signed, and the root of the older's size inside the newer's tree, proven by a
consistency proof (RFC 9162 section 2.1.4). If that root is not the older checkpoint's, no tree continues
both, and no answer the log could give would reconcile them. For two of the same size the proof is empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.merkle import Proof, verify_consistency
from rogatory_crypto.log.note_key import VerifierKey
from rogatory_crypto.log.signed_checkpoint import LogCheckpoint, parse_signed_checkpoint, verify_log
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.structure import Structure


def _read_note(value: object) -> bytes:
    return cbor.byte_string(value, maximum=MAX_NOTE_BYTES)


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands behind a checkpoint's tree at an earlier size: that tree's root, and the proof."""

    root: bytes
    proof: Proof


@dataclass(frozen=True, slots=True)
class SplitView(Structure):
    """Two signed checkpoints of one log and what proves that they contradict each other; not yet verified."""

    older: bytes
    newer: bytes
    prefix_root: bytes
    proof: Proof
    LIMIT: ClassVar = 2 * MAX_NOTE_BYTES + (1 << 12)
    READERS: ClassVar = (
        _read_note,
        _read_note,
        identifier.read_hash,
        lambda value: cbor.array_of(value, identifier.read_hash, maximum=64),
    )


@dataclass(frozen=True, slots=True)
class VerifiedSplitView:
    """A log caught with two histories; only ``verify_split_view`` makes one.

    Attributes:
        log_keys: the keys whose holder signed both.
    """

    older: Checkpoint
    newer: Checkpoint
    log_keys: tuple[VerifierKey, ...]


def compare(one: LogCheckpoint, other: LogCheckpoint, prefix: Prefix | None = None) -> SplitView | None:
    """Return evidence if two checkpoints of one log contradict each other, None if they agree.

    Args:
        one: a checkpoint that its log has signed.
        other: another one of the same origin, such as one heard from somebody else.
        prefix: the root of the smaller size inside the larger's tree, from anybody who has that tree; not
            needed for two of the same size.

    Raises:
        PeerError: NOT_FOUND where sizes differ and nothing was given to compare by, HASH_MISMATCH or
            MALFORMED where the prefix proves nothing, which is no evidence against the log.
    """
    if one.checkpoint.origin != other.checkpoint.origin:
        raise MisuseError("checkpoints of two logs cannot contradict each other")
    older, newer = sorted((one, other), key=lambda item: item.checkpoint.size)
    if older.checkpoint.size == newer.checkpoint.size:
        prefix = Prefix(newer.checkpoint.root, ())
    if prefix is None:
        raise PeerError(Code.NOT_FOUND, "checkpoints of two sizes and no proof to compare them by")
    _verify_prefix(older.checkpoint, newer.checkpoint, prefix)
    if prefix.root == older.checkpoint.root:
        return None
    return SplitView(older.signed.encode(), newer.signed.encode(), prefix.root, prefix.proof)


def verify_split_view(evidence: SplitView, log_keys: Sequence[VerifierKey]) -> VerifiedSplitView:
    """Check evidence that a log has shown two histories, with nothing but the log's keys.

    Raises:
        PeerError: MALFORMED or TOO_LARGE for its parts, BAD_SIGNATURE where the log did not sign both,
            HASH_MISMATCH where the proof fails, CONFLICT where the two do not contradict each other.
    """
    older = verify_log(parse_signed_checkpoint(evidence.older), log_keys)
    newer = verify_log(parse_signed_checkpoint(evidence.newer), log_keys)
    if older.checkpoint.origin != newer.checkpoint.origin:
        raise PeerError(Code.CONFLICT, "checkpoints of two logs")
    _verify_prefix(older.checkpoint, newer.checkpoint, Prefix(evidence.prefix_root, evidence.proof))
    if evidence.prefix_root == older.checkpoint.root:
        raise PeerError(Code.CONFLICT, "two checkpoints of one history")
    keys = dict.fromkeys(older.log_keys + newer.log_keys)
    return VerifiedSplitView(older.checkpoint, newer.checkpoint, tuple(keys))


def _verify_prefix(older: Checkpoint, newer: Checkpoint, prefix: Prefix) -> None:
    verify_consistency(older.size, prefix.root, newer.size, newer.root, prefix.proof)
