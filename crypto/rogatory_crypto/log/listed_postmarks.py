"""How postmarks come into the log: one entry for many batches, and a proof for each.

A relay signs a batch of postmarks with every commit of its store, too often for an entry each. So an entry is
a Merkle root over the statements that were signed for the batches of a while: postmark, its batch's root,
the entry's root, the log's root. That the relay signs both with one key and label is safe, because what is
under a batch's root begins with a group id and what is under an entry's with the relay's name.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log import merkle
from rogatory_crypto.log.entry_content import PostmarkBatch
from rogatory_crypto.wire import postmark
from rogatory_crypto.wire.log_request import PostmarkProof
from rogatory_crypto.wire.postmark import Postmark, batch_statement

MAX_LISTED: Final = 4096


class SignedBatch(NamedTuple):
    """What the relay signed for one batch: when, the root over its postmarks, and how many there are."""

    accepted_at_ms: int
    root: bytes
    size: int


def list_batches(
    batches: Sequence[SignedBatch], *, origin: str, listed_at_ms: int, private_key: bytes
) -> PostmarkBatch:
    """Return the body of the entry over 1 to 4096 batches.

    Args:
        batches: in the order in which proofs count them.
        origin: the relay's name.
        listed_at_ms: milliseconds since 1970.
        private_key: the relay's Ed25519 seed.
    """
    if not 0 < len(batches) <= MAX_LISTED:
        raise MisuseError(f"an entry lists 1 to {MAX_LISTED} batches of postmarks")
    root, size = merkle.root(_leaves(batches, origin)), len(batches)
    statement = batch_statement(origin, listed_at_ms, root, size)
    return PostmarkBatch(listed_at_ms, size, root, signing.sign(postmark.LABEL, statement, private_key))


def prove_listed(
    batches: Sequence[SignedBatch], position: int, *, origin: str, log_index: int
) -> PostmarkProof:
    """Return the proof that a batch is in the entry over these batches, which stands at ``log_index``."""
    _, paths = merkle.inclusion_proofs(_leaves(batches, origin))
    return PostmarkProof(log_index, position, len(batches), paths[position])


def verify_listed(mark: Postmark, proof: PostmarkProof, entry: PostmarkBatch, *, origin: str) -> None:
    """Return only if the entry lists the batch of a postmark; both are verified by themselves.

    Args:
        mark: the postmark.
        proof: as the relay gave it.
        entry: the body at ``proof.log_index`` of the log.
        origin: the relay's name.

    Raises:
        PeerError: MALFORMED or HASH_MISMATCH.
    """
    if proof.size != entry.size:
        raise PeerError(Code.MALFORMED, f"a proof for {proof.size} batches where {entry.size} are listed")
    (leaf,) = _leaves([SignedBatch(mark.accepted_at_ms, mark.root, mark.size)], origin)
    merkle.verify_inclusion(leaf, proof.position, proof.size, proof.path, entry.root)


def _leaves(batches: Sequence[SignedBatch], origin: str) -> list[bytes]:
    return [
        merkle.leaf_hash(batch_statement(origin, batch.accepted_at_ms, batch.root, batch.size))
        for batch in batches
    ]
