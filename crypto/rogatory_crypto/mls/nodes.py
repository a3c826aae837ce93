"""Leaves, parents and KeyPackages as they travel (RFC 9420 sections 7.1, 7.2, 10).

A leaf and a KeyPackage keep the bytes they came in: signatures and hashes are over those, never over a second
encoding (A06).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Self, TypeAlias

from rogatory_crypto.codec import (
    OPAQUE,
    UINT8,
    UINT16,
    Field,
    Reader,
    Struct,
    opaque_bytes,
    optional,
    structure,
    uint32_vector,
    variant,
    vector,
)
from rogatory_crypto.mls.credentials import (
    CREDENTIAL,
    EXTENSIONS,
    Capabilities,
    Credential,
    Extension,
    Lifetime,
)
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.primitives import CipherSuite

MAX_LEAVES: Final = 2048  # Q02
TREE_LIMIT: Final = 16 << 20
SMALL_LEAF: Final = 2 << 10  # Q02
LEAVES_LIMIT: Final = 8 << 20  # Q02
Signer: TypeAlias = Callable[[bytes, bytes], bytes]
_LEAF_LABEL: Final = b"LeafNodeTBS"
_KEY_PACKAGE_LABEL: Final = b"KeyPackageTBS"


class LeafNodeSource(Struct):
    """Where a leaf was made for."""

    __slots__ = ()
    TAG: ClassVar[int]


@dataclass(frozen=True, slots=True)
class FromKeyPackage(LeafNodeSource):
    """The leaf of a KeyPackage."""

    lifetime: Lifetime
    TAG: ClassVar = 1
    FIELDS: ClassVar = (structure(Lifetime),)


@dataclass(frozen=True, slots=True)
class FromUpdate(LeafNodeSource):
    """The leaf of an Update."""

    TAG: ClassVar = 2
    FIELDS: ClassVar = ()


@dataclass(frozen=True, slots=True)
class FromCommit(LeafNodeSource):
    """The leaf of a Commit's path."""

    parent_hash: bytes
    TAG: ClassVar = 3
    FIELDS: ClassVar = (OPAQUE,)


_SOURCE: Final[Field[LeafNodeSource]] = variant(UINT8, {1: FromKeyPackage, 2: FromUpdate, 3: FromCommit})


class _Signed(Struct):
    """A structure whose last field is a signature over everything before it."""

    __slots__ = ()
    encoded: bytes

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read one value and keep its bytes."""
        start = reader.position
        value = super().read(reader)
        object.__setattr__(value, "encoded", reader.data[start : reader.position])
        return value

    def write(self, out: bytearray) -> None:
        """Append the bytes as they are."""
        out += self.encode()

    def encode(self) -> bytes:
        """Return the bytes as they are."""
        return self.encoded

    def to_be_signed(self) -> bytes:
        """Return what stands before the signature, of a value that has none yet."""
        out = bytearray()
        super().write(out)
        return bytes(out[: len(out) - 1])  # without the length of the empty signature


@dataclass(frozen=True, slots=True)
class LeafNode(_Signed):
    """A member's leaf; ``encoded`` are its exact bytes."""

    encryption_key: bytes
    signature_key: bytes
    credential: Credential
    capabilities: Capabilities
    source: LeafNodeSource
    extensions: tuple[Extension, ...]
    signature: bytes = b""
    encoded: bytes = field(default=b"", compare=False, repr=False)
    FIELDS: ClassVar = (OPAQUE, OPAQUE, CREDENTIAL, structure(Capabilities), _SOURCE, EXTENSIONS, OPAQUE)
    TAG: ClassVar = 1

    @property
    def identity(self) -> bytes:
        """The identity of its credential."""
        return self.credential.identity

    @property
    def parent_hash(self) -> bytes:
        """The parent hash of a leaf made by a commit, else nothing."""
        return self.source.parent_hash if isinstance(self.source, FromCommit) else b""

    def signed(self, suite: CipherSuite, private: bytes, place: bytes) -> "LeafNode":
        """Return this leaf with a signature for ``place`` (see ``leaf_place``)."""
        bare = replace(self, signature=b"", encoded=b"")
        content = bare.to_be_signed()
        signature = suite.sign_with_label(private, _LEAF_LABEL, content + self._bound(place))
        return replace(bare, signature=signature, encoded=content + opaque_bytes(signature))

    def verify_signature(self, suite: CipherSuite, place: bytes) -> None:
        """Return only if the leaf signed itself for ``place``.  # D06.

        Raises:
            PeerError: BAD_SIGNATURE.
        """
        content = self.encoded[: len(self.encoded) - len(opaque_bytes(self.signature))] + self._bound(place)
        suite.verify_with_label(self.signature_key, _LEAF_LABEL, content, self.signature)

    def _bound(self, place: bytes) -> bytes:
        return b"" if isinstance(self.source, FromKeyPackage) else place


def leaf_place(group_id: bytes, leaf: LeafIndex) -> bytes:
    """Return what binds the signature of a leaf to its seat (RFC 9420 section 7.2)."""
    return opaque_bytes(group_id) + leaf.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class ParentNode(Struct):
    """An inner node that has a key. Its bytes are kept once somebody asks: every hash and copy needs them."""

    encryption_key: bytes
    parent_hash: bytes
    unmerged_leaves: tuple[int, ...]
    _encoded: bytes = field(default=b"", init=False, compare=False, repr=False)
    FIELDS: ClassVar = (OPAQUE, OPAQUE, uint32_vector(MAX_LEAVES))
    TAG: ClassVar = 2

    def with_unmerged(self, leaves: Iterable[int]) -> "ParentNode":
        """Return the node with other unmerged leaves."""
        return ParentNode(self.encryption_key, self.parent_hash, tuple(leaves))

    def write(self, out: bytearray) -> None:
        """Append the encoding."""
        out += self.encode()

    def encode(self) -> bytes:
        """Return the encoding."""
        if not self._encoded:
            out = bytearray()
            Struct.write(self, out)
            object.__setattr__(self, "_encoded", bytes(out))
        return self._encoded


Node: TypeAlias = LeafNode | ParentNode
NODE: Final[Field[Node]] = variant(UINT8, {1: LeafNode, 2: ParentNode})
RATCHET_TREE_FIELD: Final = vector(optional(NODE), count=2 * MAX_LEAVES - 1, limit=TREE_LIMIT)


@dataclass(frozen=True, slots=True)
class KeyPackage(_Signed):
    """What a client publishes so that it can be added; ``encoded`` are its exact bytes."""

    version: int
    cipher_suite: int
    init_key: bytes
    leaf_node: LeafNode
    extensions: tuple[Extension, ...]
    signature: bytes = b""
    encoded: bytes = field(default=b"", compare=False, repr=False)
    FIELDS: ClassVar = (UINT16, UINT16, OPAQUE, structure(LeafNode), EXTENSIONS, OPAQUE)

    def signed(self, suite: CipherSuite, private: bytes) -> "KeyPackage":
        """Return this KeyPackage with its signature."""
        content = replace(self, signature=b"", encoded=b"").to_be_signed()
        signature = suite.sign_with_label(private, _KEY_PACKAGE_LABEL, content)
        return replace(self, signature=signature, encoded=content + opaque_bytes(signature))

    def verify_signature(self, suite: CipherSuite) -> None:
        """Return only if the leaf's key signed it.  # E03.

        Raises:
            PeerError: BAD_SIGNATURE.
        """
        content = self.encoded[: len(self.encoded) - len(opaque_bytes(self.signature))]
        suite.verify_with_label(self.leaf_node.signature_key, _KEY_PACKAGE_LABEL, content, self.signature)

    def reference(self, suite: CipherSuite) -> bytes:
        """``KeyPackageRef`` over the exact bytes (RFC 9420 section 5.2).  # E08."""
        return suite.ref_hash(b"MLS 1.0 KeyPackage Reference", self.encoded)
