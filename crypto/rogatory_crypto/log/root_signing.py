"""Making root metadata: who may say what a network believes, and one operator's signature at a time.

Operators sign apart from each other: ``unsigned_root`` and ``unsigned_network_trust`` write the metadata
once, then it goes round and each adds a signature with ``sign_metadata``. python-tuf writes; nothing here is
a format.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Role, Root, TargetFile, Targets

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.former import NOBODY, Former
from rogatory_crypto.log.root import DIRECTORY_KEY, FORMER, POSTMARK_KEY, SECRETARIATS, WITNESS_POLICY
from rogatory_crypto.log.tlog_policy import encode_policy
from rogatory_crypto.log.tuf_metadata import Kind, PublicKey, parse_metadata, tuf_key, utc
from rogatory_crypto.log.witness_policy import Policy
from rogatory_crypto.signing import PublicKeys
from rogatory_crypto.wire.identifier import EntryId

PrivateKey: TypeAlias = Ed25519PrivateKey | MLDSA44PrivateKey


@dataclass(frozen=True, slots=True)
class Signers:
    """The keys of a role and how many of them must sign."""

    keys: tuple[PublicKey, ...]
    threshold: int


def operator_key(seed: bytes, *, post_quantum: bool = False) -> PrivateKey:
    """Return the private key of a 32-byte seed: Ed25519, or ML-DSA-44."""
    if len(seed) != 32:
        raise MisuseError("an operator's key is a seed of 32 bytes")
    if post_quantum:
        return MLDSA44PrivateKey.from_seed_bytes(seed)
    return Ed25519PrivateKey.from_private_bytes(seed)


def unsigned_root(version: int, expires_at: int, operators: Signers, trustees: Signers) -> bytes:
    """Return a root to be signed.

    Args:
        version: one more than the root before it; 1 for the first.
        expires_at: unix seconds.
        operators: who may replace this root.
        trustees: who may say what the network believes.
    """
    root = Root(version=version, expires=utc(expires_at))
    for name, signers in ((Root.type, operators), (Targets.type, trustees)):
        keys = {key.keyid: key for key in map(tuf_key, signers.keys)}
        if not 0 < signers.threshold <= len(keys) == len(signers.keys):
            raise MisuseError("a role has distinct keys and a threshold that they can reach")
        root.keys.update(keys)
        root.roles[name] = Role(list(keys), signers.threshold)
    return Metadata(root).to_bytes()


def unsigned_network_trust(
    version: int,
    expires_at: int,
    *,
    directory_key: PublicKeys,
    postmark_key: bytes,
    policy: Policy,
    secretariats: Mapping[str, EntryId],
    former: Former = NOBODY,
) -> bytes:
    """Return what a network believes, to be signed; the fields are those of ``root.NetworkTrust``."""
    contents = {
        DIRECTORY_KEY: directory_key.hex(),
        POSTMARK_KEY: postmark_key.hex(),
        WITNESS_POLICY: _policy_text(policy),
        SECRETARIATS: "".join(
            f"{network} {entry_id}\n" for network, entry_id in sorted(secretariats.items())
        ),
    }
    contents[FORMER] = former.encode()
    targets = {path: _target(path, content) for path, content in contents.items()}
    return Metadata(Targets(version=version, expires=utc(expires_at), targets=targets)).to_bytes()


def sign_metadata(data: bytes, kind: type[Kind], private: PrivateKey) -> bytes:
    """Return the metadata with one more signature; those of other keys stay."""
    metadata = parse_metadata(data, kind)
    metadata.sign(CryptoSigner(private, tuf_key(private.public_key())), append=True)
    return metadata.to_bytes()


def _policy_text(policy: Policy) -> str:
    try:
        return encode_policy(policy).decode()
    except UnicodeDecodeError as error:
        raise MisuseError("a policy in root metadata is UTF-8") from error


def _target(path: str, content: str) -> TargetFile:
    data = content.encode()
    return TargetFile(len(data), {"sha256": sha256(data).hexdigest()}, path, {"custom": {"content": content}})
