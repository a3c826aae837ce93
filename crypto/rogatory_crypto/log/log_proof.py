"""A proof of inclusion that stands alone: index, path and a cosigned checkpoint (C2SP tlog-proof).

It is verified offline against a policy: the entry is in a tree that its log signed and a quorum had seen.
"""

from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.lines import base64, read_base64, read_decimal, read_lines, read_text
from rogatory_crypto.log.merkle import HASH_BYTES, Proof, verify_inclusion
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, parse_signed_checkpoint
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES
from rogatory_crypto.log.witness_policy import DAY_S, Policy, WitnessedCheckpoint, verify_checkpoint

MAX_EXTRA_BYTES: Final = 1 << 16
MAX_PATH: Final = 63
_MAX_BYTES: Final = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES
_FIRST: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class LogProof:
    """Index, inclusion proof and signed checkpoint; nothing is verified.

    Attributes:
        extra: data beside the proof that nothing authenticates, empty where there is none.
    """

    index: int
    path: Proof
    signed: SignedCheckpoint
    extra: bytes = b""

    def encode(self) -> bytes:
        """Return the text of a ``.tlog-proof`` file."""
        if len(self.extra) > MAX_EXTRA_BYTES:
            raise MisuseError(f"extra data beyond {MAX_EXTRA_BYTES} bytes")
        extra = (f"extra {base64(self.extra)}",) if self.extra else ()
        lines = (_FIRST, *extra, f"index {self.index}", *map(base64, self.path), "", "")
        return "\n".join(lines).encode() + self.signed.encode()


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """A leaf proven to stand in a log at an index; only ``verify_log_proof`` makes one."""

    leaf: bytes
    index: int
    witnessed: WitnessedCheckpoint


def parse_log_proof(data: bytes) -> LogProof:
    """Read a proof (tlog-proof, Format).

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    head, separator, checkpoint = read_text(data, limit=_MAX_BYTES).partition("\n\n")
    if not separator:
        raise PeerError(Code.MALFORMED, "no empty line between proof and checkpoint")
    lines = read_lines(head + "\n")
    if lines.pop(0) != _FIRST:
        raise PeerError(Code.MALFORMED, "not a proof of the version we read")
    extra = _read_extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else b""
    if not lines or not lines[0].startswith("index "):
        raise PeerError(Code.MALFORMED, "a proof without an index")
    index = read_decimal(lines.pop(0).removeprefix("index "))
    if len(lines) > MAX_PATH:
        raise PeerError(Code.TOO_LARGE, f"a path of more than {MAX_PATH} hashes")
    path = tuple(read_base64(line, length=HASH_BYTES) for line in lines)
    return LogProof(index, path, parse_signed_checkpoint(checkpoint.encode()), extra)


def verify_log_proof(
    proof: LogProof, leaf: bytes, policy: Policy, *, now: int, max_age_s: int | None = DAY_S
) -> LoggedEntry:
    """Check that a leaf is in a log that the policy trusts (tlog-proof, Verifying a tlog proof).

    Args:
        proof: what came in.
        leaf: the hash of the entry (``merkle.leaf_hash``), which the verifier computes itself.
        policy: whom to believe.
        now: unix seconds.
        max_age_s: how old the quorum may be; None for evidence from the past.

    Raises:
        PeerError: as ``verify_checkpoint`` and ``merkle.verify_inclusion``.
    """
    witnessed = verify_checkpoint(proof.signed, policy, now=now, max_age_s=max_age_s)
    head = witnessed.checkpoint
    verify_inclusion(leaf, proof.index, head.size, proof.path, head.root)
    return LoggedEntry(leaf, proof.index, witnessed)


def _read_extra(line: str) -> bytes:
    extra = read_base64(line.removeprefix("extra "))
    if not extra:
        raise PeerError(Code.MALFORMED, "extra data that is empty is left out")
    if len(extra) > MAX_EXTRA_BYTES:
        raise PeerError(Code.TOO_LARGE, f"extra data beyond {MAX_EXTRA_BYTES} bytes")
    return extra
