"""A signing ceremony as its operators see it: who may sign, who has, how many are missing.

Metadata goes round until it has enough signatures. A new root needs two sorts: enough operators of the root
before it, and enough of its own. Nothing here decides what is believed; ``root`` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from securesystemslib.signer import KEY_TYPE_ED25519, Key
from tuf.api.metadata import Metadata, Root, Targets, VerificationResult

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.root_signing import PrivateKey, Signers
from rogatory_crypto.log.tuf_metadata import Kind, parse_metadata, public_key, tuf_key, utc

OPERATORS: Final = Root.type
TRUSTEES: Final = Targets.type


@dataclass(frozen=True, slots=True)
class Signatures:
    """Whose signatures metadata needs and has.

    Attributes:
        whose: the version of the root that names these keys.
        threshold: how many must sign.
        signed: ids of the keys that have.
        unsigned: ids of those that may still.
    """

    whose: int
    threshold: int
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many are still needed."""
        return max(0, self.threshold - len(self.signed))


def root_signatures(data: bytes, previous: bytes | None) -> tuple[Signatures, ...]:
    """Return the state of a root: by the operators before, if any were, and by its own.

    Raises:
        PeerError: REPLAYED where it does not follow that root, else as ``parse_metadata``.
    """
    root = parse_metadata(data, Root)
    before = None if previous is None else parse_metadata(previous, Root).signed
    try:
        result = root.signed.get_root_verification_result(before, root.signed_bytes, root.signatures)
    except ValueError as error:
        raise PeerError(Code.REPLAYED, str(error)) from error
    own = _signatures(root.signed, result.second)
    return (own,) if before is None else (_signatures(before, result.first), own)


def trust_signatures(data: bytes, root: bytes) -> Signatures:
    """Return the state of a network trust under a root; errors as ``parse_metadata``."""
    trust, by = parse_metadata(data, Targets), parse_metadata(root, Root).signed
    return _signatures(by, by.get_verification_result(TRUSTEES, trust.signed_bytes, trust.signatures))


def key_id(private: PrivateKey) -> str:
    """Return the name that metadata has for a key: its hash in hex."""
    return str(tuf_key(private.public_key()).keyid)


def role_keys(root: bytes, role: str) -> tuple[Mapping[str, str], int]:
    """Return the algorithm of each key of a role by its id, and how many must sign.

    Raises:
        PeerError: as ``parse_metadata``.
    """
    signed = parse_metadata(root, Root).signed
    found = signed.roles[role]
    return {keyid: _algorithm(signed.keys[keyid]) for keyid in found.keyids}, found.threshold


def role_signers(root: bytes, role: str) -> Signers:
    """Return a role as the next root may take it over; errors as ``parse_metadata``."""
    signed = parse_metadata(root, Root).signed
    found = signed.roles[role]
    return Signers(tuple(public_key(signed.keys[keyid]) for keyid in found.keyids), found.threshold)


def version_of(data: bytes, kind: type[Kind]) -> tuple[int, int]:
    """Return version and expiry in unix seconds; errors as ``parse_metadata``."""
    signed = parse_metadata(data, kind).signed
    return signed.version, int(signed.expires.timestamp())


def renewed_trust(data: bytes, expires_at: int) -> bytes:
    """Return the next version of a network trust that says the same, to be signed."""
    signed = parse_metadata(data, Targets).signed
    following = Targets(version=signed.version + 1, expires=utc(expires_at), targets=signed.targets)
    return Metadata(following).to_bytes()


def _signatures(root: Root, result: VerificationResult) -> Signatures:
    return Signatures(root.version, result.threshold, tuple(result.signed), tuple(result.unsigned))


def _algorithm(key: Key) -> str:
    return "Ed25519" if key.keytype == KEY_TYPE_ED25519 else "ML-DSA-44"
