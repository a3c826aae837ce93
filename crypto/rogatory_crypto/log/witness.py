"""What a witness decides: whether a checkpoint continues the newest it has cosigned (C2SP tlog-witness).

A decision is a ``Swap`` or a ``Refusal``. The witness replaces the expected checkpoint by the new one in one
atomic step, makes that durable, and only then cosigns; where another request was faster it answers with
``conflict``. It signs nothing before, because a cosignature is a promise never to go back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from rogatory_crypto.errors import PeerError
from rogatory_crypto.log.add_checkpoint import AddCheckpoint, parse_add_checkpoint
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.merkle import EMPTY_ROOT, verify_consistency
from rogatory_crypto.log.note_key import SigningKey, VerifierKey
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, verify_log
from rogatory_crypto.log.signed_note import NoteSignature, SignedNote

SIZE_CONTENT_TYPE: Final = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Swap:
    """Replace ``expected``, the newest checkpoint of ``origin`` so far, by ``new``, then cosign it."""

    origin: str
    expected: SignedCheckpoint | None
    new: SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a request that changes nothing.

    Attributes:
        status: the HTTP status that the protocol wants.
        reason: for the local log.
        body: empty, or the size of the newest cosigned checkpoint.
        content_type: of the body.
        suspect: a checkpoint that the log has signed and that does not continue what it signed before.
    """

    status: int
    reason: str
    body: bytes = b""
    content_type: str = "text/plain"
    suspect: SignedCheckpoint | None = None


def decide(
    request: bytes, logs: Mapping[str, Sequence[VerifierKey]], newest: Mapping[str, SignedCheckpoint]
) -> Swap | Refusal:
    """Judge a request to cosign (tlog-witness, add-checkpoint).

    Args:
        request: the body.
        logs: trusted keys by origin.
        newest: the newest cosigned checkpoint by origin.
    """
    try:
        wanted = parse_add_checkpoint(request)
    except PeerError as error:
        return Refusal(400, error.detail)
    origin = wanted.signed.checkpoint.origin
    if origin not in logs:
        return Refusal(404, "an unknown log")
    try:
        verify_log(wanted.signed, logs[origin])
    except PeerError as error:
        return Refusal(403, error.detail)
    return _follow(wanted, logs[origin], newest.get(origin))


def conflict(newest: SignedCheckpoint | None) -> Refusal:
    """Return the answer that names the newest size, also for a swap that came too late."""
    size = newest.checkpoint.size if newest else 0
    return Refusal(409, "not the size we have cosigned", f"{size}\n".encode(), SIZE_CONTENT_TYPE)


def cosignatures(swap: Swap, keys: Sequence[SigningKey], now: int) -> tuple[NoteSignature, ...]:
    """Cosign the new checkpoint, once the swap is durable; ``now`` is unix seconds."""
    return tuple(cosign(swap.new.checkpoint, key, now) for key in keys)


def monitoring_path(origin: str) -> str:
    """Return where monitors find the newest checkpoint (tlog-witness, Monitor Retrieval Mechanism)."""
    return f"{sha256(origin.encode()).hexdigest()}/checkpoint"


def _follow(
    wanted: AddCheckpoint, log_keys: Sequence[VerifierKey], newest: SignedCheckpoint | None
) -> Swap | Refusal:
    head = wanted.signed.checkpoint
    old_size, old_root = (newest.checkpoint.size, newest.checkpoint.root) if newest else (0, EMPTY_ROOT)
    if wanted.old_size > head.size:
        return Refusal(400, "an old size beyond the checkpoint's")
    signed = _signed_by_log(wanted.signed, log_keys)
    if wanted.old_size != old_size:
        # Two roots of one size contradict each other whatever proof was sent.
        forked = head.size == old_size and head.root != old_root
        return replace(conflict(newest), suspect=signed if forked else None)
    if head.size == 0 and head.root != EMPTY_ROOT:
        return Refusal(422, "an empty tree with the root of another", suspect=signed)
    try:
        verify_consistency(old_size, old_root, head.size, head.root, wanted.proof)
    except PeerError as error:
        return Refusal(422, error.detail, suspect=signed)
    return Swap(head.origin, newest, signed)


def _signed_by_log(signed: SignedCheckpoint, log_keys: Sequence[VerifierKey]) -> SignedCheckpoint:
    """Drop the lines of keys we do not know, so that nobody can make us store and publish them."""
    lines = tuple(line for _, line in signed.note.signatures_by(log_keys))
    return SignedCheckpoint(signed.checkpoint, SignedNote(signed.note.text, lines))
