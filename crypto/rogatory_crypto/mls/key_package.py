"""Making and checking KeyPackages (RFC 9420 section 10)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from rogatory_crypto.codec import DOCUMENT, UINT8, Struct, opaque
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls.credentials import (
    DEFAULT_EXTENSIONS,
    LAST_RESORT,
    PROTOCOL_VERSION,
    Capabilities,
    Credential,
    Extension,
    Lifetime,
    extension_of,
    own_capabilities,
)
from rogatory_crypto.mls.leaf_validation import check_lifetime, check_own_leaf, verify_key_package
from rogatory_crypto.mls.nodes import FromKeyPackage, KeyPackage, LeafNode
from rogatory_crypto.mls.welcome import decode_message, encode_message
from rogatory_crypto.primitives import CipherSuite, Random, SignatureKeyPair, cipher_suite

_STATE_VERSION: Final = 1
_SECRET: Final = opaque(1024)


@dataclass(frozen=True, slots=True)
class _Stored(Struct):
    version: int
    message: bytes
    init_private: bytes = field(repr=False)
    encryption_private: bytes = field(repr=False)
    signature_private: bytes = field(repr=False)
    FIELDS: ClassVar = (UINT8, DOCUMENT, _SECRET, _SECRET, _SECRET)


@dataclass(frozen=True, slots=True)
class KeyPackageSecrets:
    """A KeyPackage of our own with its private halves.

    The keeper deletes it in the same transaction that stores the group it joined (E07, K13), unless it is the
    last resort.

    Attributes:
        message: the KeyPackage as a complete MLSMessage, to be published.
        reference: its KeyPackageRef.
        last_resort: whether it may be used more than once.
    """

    message: bytes
    reference: bytes
    last_resort: bool
    package: KeyPackage = field(repr=False)
    init_private: bytes = field(repr=False)
    encryption_private: bytes = field(repr=False)
    signature_private: bytes = field(repr=False)

    @property
    def suite(self) -> CipherSuite:
        """The suite it was made for."""
        return cipher_suite(self.package.cipher_suite)

    @property
    def signer(self) -> SignatureKeyPair:
        """The signature key of its leaf."""
        return SignatureKeyPair(self.signature_private, self.package.leaf_node.signature_key)

    def encode(self) -> bytes:
        """Return everything, to be kept secret."""
        stored = _Stored(
            _STATE_VERSION,
            self.message,
            self.init_private,
            self.encryption_private,
            self.signature_private,
        )
        return stored.encode()

    @classmethod
    def decode(cls, data: bytes) -> "KeyPackageSecrets":
        """Restore from ``encode``.

        Raises:
            PeerError: MALFORMED or UNSUPPORTED for bytes that ``encode`` did not write.
        """
        stored = _Stored.decode(data)
        if stored.version != _STATE_VERSION:
            raise PeerError(Code.UNSUPPORTED, f"KeyPackage state of version {stored.version}")
        package = _decode_package(stored.message)
        suite = cipher_suite(package.cipher_suite)
        return cls(
            stored.message,
            package.reference(suite),
            _is_last_resort(package),
            package,
            stored.init_private,
            stored.encryption_private,
            stored.signature_private,
        )


@dataclass(frozen=True, slots=True)
class VerifiedKeyPackage:
    """Somebody's KeyPackage that is sound; who he is remains for the application to judge."""

    message: bytes = field(repr=False)
    reference: bytes
    suite: CipherSuite
    identity: bytes
    signature_key: bytes
    lifetime: Lifetime
    last_resort: bool


def generate_key_package(
    suite: CipherSuite,
    signer: SignatureKeyPair,
    credential: Credential,
    lifetime: Lifetime,
    random: Random,
    *,
    last_resort: bool = False,
    capabilities: Capabilities | None = None,
    extensions: Sequence[Extension] = (),
    leaf_extensions: Sequence[Extension] = (),
) -> KeyPackageSecrets:
    """Make a KeyPackage with fresh keys.

    Args:
        suite: the suite of the groups it may be added to.
        signer: the client's signature key.
        credential: who the client is.
        lifetime: when it may be used; ``MAX_LIFETIME_S`` at most.
        random: source of randomness.
        last_resort: whether it may be handed out more than once.
        capabilities: what the client supports, if more than we have anyway.
        extensions: of the KeyPackage.
        leaf_extensions: of its leaf; the capabilities must list them.

    Raises:
        MisuseError: for what others would refuse.
    """
    leaf, encryption_private = new_leaf(
        suite, signer, credential, lifetime, random, capabilities, leaf_extensions
    )
    init_private, init_public = suite.kem.derive_key_pair(random(suite.hash_size))
    marks = (*extensions, Extension(LAST_RESORT, b"")) if last_resort else tuple(extensions)
    if not {mark.extension_type for mark in marks} - DEFAULT_EXTENSIONS <= set(leaf.capabilities.extensions):
        raise MisuseError("E06: an extension that the capabilities do not list")
    package = KeyPackage(PROTOCOL_VERSION, suite.code, init_public, leaf, marks)
    package = package.signed(suite, signer.private)
    message = encode_message(package)
    _check_own(message, suite)
    reference = package.reference(suite)
    return KeyPackageSecrets(
        message, reference, last_resort, package, init_private, encryption_private, signer.private
    )


def _check_own(message: bytes, suite: CipherSuite) -> None:
    try:
        verify_key_package(_decode_package(message), suite)
    except PeerError as error:
        raise MisuseError(error.detail) from error


def new_leaf(
    suite: CipherSuite,
    signer: SignatureKeyPair,
    credential: Credential,
    lifetime: Lifetime,
    random: Random,
    capabilities: Capabilities | None = None,
    extensions: Sequence[Extension] = (),
) -> tuple[LeafNode, bytes]:
    """Return a leaf as KeyPackages have it, and its private encryption key."""
    check_lifetime(lifetime)
    private, public = suite.kem.derive_key_pair(random(suite.hash_size))
    supported = capabilities or own_capabilities(suite.code)
    source = FromKeyPackage(lifetime)
    leaf = LeafNode(public, signer.public, credential, supported, source, tuple(extensions))
    try:
        signed = leaf.signed(suite, signer.private, b"")
    except (OverflowError, struct.error) as error:
        raise MisuseError("a number that does not fit into a leaf") from error
    return check_own_leaf(signed, suite), private


def _decode_package(message: bytes) -> KeyPackage:
    package = decode_message(message, limit=OPAQUE_MESSAGE_LIMIT)
    if not isinstance(package, KeyPackage):
        raise PeerError(Code.INVALID_KEY_PACKAGE, "not a KeyPackage")
    return package


OPAQUE_MESSAGE_LIMIT: Final = 1 << 16  # Q01: a KeyPackage with the largest credential


def _is_last_resort(package: KeyPackage) -> bool:
    return extension_of(package.extensions, LAST_RESORT) is not None


def decode_key_package(message: bytes) -> tuple[KeyPackage, CipherSuite]:
    """Read a KeyPackage message whose suite we know.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, UNSUPPORTED or INVALID_KEY_PACKAGE.
    """
    package = _decode_package(message)
    return package, cipher_suite(package.cipher_suite)


def key_package_identity(message: bytes) -> VerifiedKeyPackage:
    """Check a KeyPackage that came from outside and say whose it claims to be.

    Args:
        message: a complete MLSMessage.

    Raises:
        PeerError: for anything that breaks sections D or E of the rules.
    """
    package, suite = decode_key_package(message)
    lifetime = verify_key_package(package, suite)
    leaf = package.leaf_node
    return VerifiedKeyPackage(
        message,
        package.reference(suite),
        suite,
        leaf.identity,
        leaf.signature_key,
        lifetime,
        _is_last_resort(package),
    )
