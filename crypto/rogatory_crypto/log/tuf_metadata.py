"""Metadata of The Update Framework as we accept it: python-tuf's structures, held to rules of our own.

python-tuf checks roles, thresholds, versions and expiry. Beyond that a key is Ed25519 or ML-DSA-44 and is
named by its own hash, so that none counts twice under two names; it must be able to sign; and the bytes must
be the compact form that python-tuf writes, so that what is read re-encodes to the same bytes.
"""

from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.signer import (
    ED25519,
    KEY_TYPE_ED25519,
    KEY_TYPE_MLDSA,
    MLDSA_44_1,
    Key,
    SSlibKey,
)
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Role, Root, Signed, Targets

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, MisuseError, PeerError

MAX_METADATA_BYTES: Final = 1 << 20
MAX_KEYS: Final = 64

Kind = TypeVar("Kind", Root, Targets)
PublicKey: TypeAlias = Ed25519PublicKey | MLDSA44PublicKey


def parse_metadata(data: bytes, kind: type[Kind]) -> Metadata[Kind]:
    """Read metadata of one role without judging its signatures.

    Raises:
        PeerError: TOO_LARGE, MALFORMED, UNSUPPORTED for another role or kind of key, BAD_SIGNATURE for a key
            that could never sign.
    """
    if len(data) > MAX_METADATA_BYTES:
        raise PeerError(Code.TOO_LARGE, f"{len(data)} bytes of root metadata")
    try:
        metadata: Metadata[Any] = Metadata.from_bytes(data)
        same = metadata.to_bytes() == data
        metadata.signed_bytes  # noqa: B018  # canonical JSON has no form for some values, such as floats
    except RepositoryError as error:
        raise PeerError(Code.MALFORMED, f"not metadata: {error.__cause__ or error}") from error
    signed = metadata.signed
    if not isinstance(signed, kind):
        raise PeerError(Code.UNSUPPORTED, f"metadata of the role {signed.type}")
    if not same or metadata.unrecognized_fields or type(signed.version) is not int:
        raise PeerError(Code.MALFORMED, "metadata that does not re-encode to the same bytes")
    if isinstance(signed, Root):
        _check_root(signed)
    return metadata


def require_current(signed: Signed, now: int) -> None:
    """Return only if metadata has not expired (TUF specification 5.3.10).

    Raises:
        PeerError: EXPIRED.
    """
    if signed.is_expired(utc(now)):
        raise PeerError(Code.EXPIRED, f"{signed.type} metadata {signed.version} expired at {signed.expires}")


def utc(at: int) -> datetime:
    """Return unix seconds as python-tuf takes time."""
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise MisuseError(f"{at} is no time in unix seconds") from error


def tuf_key(public: PublicKey) -> SSlibKey:
    """Return a key in metadata's form, named by its hash."""
    scheme = ED25519 if isinstance(public, Ed25519PublicKey) else MLDSA_44_1
    return SSlibKey.from_crypto(public, scheme=scheme)


def _check_root(root: Root) -> None:
    if len(root.keys) > MAX_KEYS:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_KEYS} keys")
    for key in root.keys.values():
        _check_key(key)
    for role in root.roles.values():
        _check_role(role, root)


def _check_key(key: Key) -> None:
    if (key.keytype, key.scheme) not in {(KEY_TYPE_ED25519, ED25519), (KEY_TYPE_MLDSA, MLDSA_44_1)}:
        raise PeerError(Code.UNSUPPORTED, f"a key of type {str(key.scheme)[:40]}")
    if tuf_key(public_key(key)) != key:
        raise PeerError(Code.MALFORMED, "a key that is not named by its own hash")


def public_key(key: Key) -> PublicKey:
    """Return a key of metadata.

    Raises:
        PeerError: MALFORMED, UNSUPPORTED, or BAD_SIGNATURE for a key that could never sign.
    """
    try:
        text = key.keyval["public"]
        if key.keytype == KEY_TYPE_ED25519:
            return Ed25519PublicKey.from_public_bytes(signing.verify_public_key(bytes.fromhex(text)))
        public = load_pem_public_key(text.encode())
    except (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm) as error:
        raise PeerError(Code.MALFORMED, "a public key that cannot be read") from error
    if not isinstance(public, MLDSA44PublicKey):
        raise PeerError(Code.UNSUPPORTED, "a key of another type than it says")
    return public


def _check_role(role: Role, root: Root) -> None:
    if type(role.threshold) is not int or not set(role.keyids) <= set(root.keys):
        raise PeerError(Code.MALFORMED, "a role with a key that is not there")
    if role.keyids and role.threshold > len(role.keyids):
        raise PeerError(Code.MALFORMED, "a threshold that its keys cannot reach")
