"""The postmark: the relay's signed statement that it accepted a ciphertext at a time.

One signature covers all submissions that became durable in one group commit: it signs the root of a Merkle
tree (RFC 9162 section 2.1) over them, and each sender gets the audit path of its own leaf. The cost of a
signature is shared; each postmark still stands alone.
"""

from collections.abc import Sequence as Items
from dataclasses import dataclass
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.log import merkle
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.identifier import GroupId, Sequence, SubmissionId
from rogatory_crypto.wire.structure import Structure

LABEL: Final = "Postmark"
MAX_BATCH: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Consignment(Structure):
    """What a postmark speaks of: which ciphertext took which place in which log."""

    group_id: GroupId
    sequence: Sequence
    submission_id: SubmissionId
    payload_sha256: bytes
    READERS: ClassVar = (
        identifier.read_group_id,
        identifier.read_sequence,
        identifier.read_submission_id,
        identifier.read_hash,
    )


@dataclass(frozen=True, slots=True)
class Postmark(Structure):
    """Audit path of one consignment to the signed ``root`` of its batch; times are the relay's clock."""

    accepted_at_ms: int
    index: int
    size: int
    root: bytes
    path: tuple[bytes, ...]
    signature: bytes
    READERS: ClassVar = (
        identifier.read_time,
        lambda value: cbor.unsigned(value, maximum=MAX_BATCH),
        lambda value: cbor.unsigned(value, maximum=MAX_BATCH),
        identifier.read_hash,
        lambda value: cbor.array_of(value, identifier.read_hash, maximum=16),
        lambda value: cbor.byte_string(value, length=64),
    )


@dataclass(frozen=True, slots=True)
class VerifiedPostmark:
    """A postmark whose signature and audit path hold; only ``verify_postmark`` makes one."""

    consignment: Consignment
    accepted_at_ms: int


def sign_postmarks(
    consignments: Items[Consignment], *, origin: str, accepted_at_ms: int, private_key: bytes
) -> list[Postmark]:
    """Sign one batch; the result stands in the order of ``consignments``.

    Args:
        consignments: 1 to 65 536 of them.
        origin: the relay's name; a postmark of one relay is worth nothing at another.
        accepted_at_ms: when the batch became durable, milliseconds since 1970.
        private_key: the relay's Ed25519 seed.
    """
    root, paths = merkle.inclusion_proofs([merkle.leaf_hash(item.encode()) for item in consignments])
    size = len(consignments)
    signature = signing.sign(LABEL, batch_statement(origin, accepted_at_ms, root, size), private_key)
    return [
        Postmark(accepted_at_ms, index, size, root, tuple(path), signature)
        for index, path in enumerate(paths)
    ]


def verify_postmark(
    postmark: Postmark, consignment: Consignment, *, origin: str, public_key: bytes
) -> VerifiedPostmark:
    """Check that the relay ``origin`` accepted exactly this consignment.

    Raises:
        PeerError: BAD_SIGNATURE if the signature does not hold, another code if the path does not fit.
    """
    leaf = merkle.leaf_hash(consignment.encode())
    merkle.verify_inclusion(leaf, postmark.index, postmark.size, postmark.path, postmark.root)
    statement = batch_statement(origin, postmark.accepted_at_ms, postmark.root, postmark.size)
    signing.verify(LABEL, statement, postmark.signature, public_key)
    return VerifiedPostmark(consignment, postmark.accepted_at_ms)


def batch_statement(origin: str, accepted_at_ms: int, root: bytes, size: int) -> bytes:
    """Return what the relay ``origin`` signs for a batch of ``size`` consignments."""
    return cbor.encode([origin, accepted_at_ms, root, size])
