"""Keys of messages: one tree of secrets a epoch, two ratchets a member (RFC 9420 section 9).

The tree is a persistent value: taking a key returns a new tree that shares all but one path with the old one,
so a failed decryption costs nothing and burns nothing (C08). Where a subtree has been split its secret is
gone (L02); where a ratchet has advanced only keys that were skipped remain (L03).
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Final, NamedTuple, TypeAlias

from rogatory_crypto.codec import UINT8, UINT32, Field, Reader, Struct, opaque, optional, structure, vector
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.primitives import NONCE_BYTES, CipherSuite

MAX_FORWARD: Final = 1000  # Q03
MAX_SKIPPED: Final = 1000  # Q03, a ratchet
MAX_SKIPPED_IN_TREE: Final = 20_000  # Q03
LAST_GENERATION: Final = (1 << 32) - 1
_SECRET: Final = opaque(64)


class RatchetKind(Enum):
    """Which of a member's two ratchets."""

    HANDSHAKE = b"handshake"
    APPLICATION = b"application"


class MessageKey(NamedTuple):
    """A key and nonce for one message; they do not show."""

    key: bytes
    nonce: bytes

    def __repr__(self) -> str:
        return "MessageKey()"


@dataclass(frozen=True, slots=True)
class SkippedKey(Struct):
    """A key passed over because a later message came first."""

    generation: int
    key: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    FIELDS: ClassVar = (UINT32, _SECRET, _SECRET)


@dataclass(frozen=True, slots=True)
class Ratchet(Struct):
    """The secret of the next generation and the keys that were skipped, oldest first."""

    secret: bytes | None = field(repr=False)  # None after the last generation
    generation: int
    skipped: tuple[SkippedKey, ...] = ()
    FIELDS: ClassVar = (optional(_SECRET), UINT32, vector(structure(SkippedKey), count=MAX_SKIPPED))

    def take(self, suite: CipherSuite, generation: int) -> tuple["Ratchet", MessageKey]:
        """Return the key of a generation and the ratchet without it.

        Raises:
            PeerError: REPLAYED for a key that is used up or too old, TOO_FAR_AHEAD beyond ``MAX_FORWARD``.
        """
        if generation < self.generation or self.secret is None:
            return self._take_skipped(generation)
        if generation - self.generation > MAX_FORWARD:  # C07
            raise PeerError(Code.TOO_FAR_AHEAD, f"C07: {generation - self.generation} generations ahead")
        skipped = []
        secret = self.secret
        for passed in range(self.generation, generation):
            skipped.append(SkippedKey(passed, *_message_key(suite, secret, passed)))
            secret = suite.derive_tree_secret(secret, b"secret", passed, suite.hash_size)
        key = _message_key(suite, secret, generation)
        kept = (*self.skipped, *skipped)[-MAX_SKIPPED:] if skipped else self.skipped
        if generation == LAST_GENERATION:
            return Ratchet(None, generation, kept), key
        following = suite.derive_tree_secret(secret, b"secret", generation, suite.hash_size)
        return Ratchet(following, generation + 1, kept), key

    def _take_skipped(self, generation: int) -> tuple["Ratchet", MessageKey]:
        for position, held in enumerate(self.skipped):
            if held.generation == generation:
                rest = self.skipped[:position] + self.skipped[position + 1 :]
                return Ratchet(self.secret, self.generation, rest), MessageKey(held.key, held.nonce)
        raise PeerError(Code.REPLAYED, f"C06: generation {generation} is used or too old")


def _message_key(suite: CipherSuite, secret: bytes, generation: int) -> MessageKey:
    return MessageKey(
        suite.derive_tree_secret(secret, b"key", generation, suite.aead.key_size),
        suite.derive_tree_secret(secret, b"nonce", generation, NONCE_BYTES),
    )


@dataclass(frozen=True, slots=True)
class LeafRatchets(Struct):
    """The two ratchets of a member."""

    handshake: Ratchet
    application: Ratchet
    FIELDS: ClassVar = (structure(Ratchet), structure(Ratchet))

    def take(
        self, suite: CipherSuite, kind: RatchetKind, generation: int | None
    ) -> tuple["LeafRatchets", int, MessageKey, int]:
        """Return the ratchets without a key, its generation, the key, and how many more were skipped."""
        handshake = kind is RatchetKind.HANDSHAKE
        before = self.handshake if handshake else self.application
        if generation is None:
            if before.secret is None:
                raise MisuseError("C10: all generations of this epoch are used")
            generation = before.generation
        after, key = before.take(suite, generation)
        ratchets = LeafRatchets(after, self.application) if handshake else LeafRatchets(self.handshake, after)
        return ratchets, generation, key, len(after.skipped) - len(before.skipped)


# A subtree is a secret, the two subtrees of a secret that has been used up, or what a leaf's secret became.
Split: TypeAlias = tuple["Subtree", "Subtree"]
Subtree: TypeAlias = bytes | Split | LeafRatchets


@dataclass(frozen=True, slots=True)
class SecretTree:
    """The message keys of an epoch for a tree of ``leaves`` seats, a power of two."""

    suite: CipherSuite
    leaves: int
    top: Subtree = field(repr=False)
    skipped: int = 0

    def take(
        self, leaf: LeafIndex, kind: RatchetKind, generation: int | None = None
    ) -> tuple["SecretTree", int, MessageKey]:
        """Return the key of a generation, of the next one if none is named, and the tree without it.

        Raises:
            PeerError: UNKNOWN_MEMBER, REPLAYED or TOO_FAR_AHEAD.
            MisuseError: if our own ratchet is at its end.
        """
        if not 0 <= leaf < self.leaves:
            raise PeerError(Code.UNKNOWN_MEMBER, "B05: a seat outside of the tree")
        beside, ratchets = self._descend(leaf)
        ratchets, generation, key, more_skipped = ratchets.take(self.suite, kind, generation)
        skipped = self.skipped + more_skipped
        if more_skipped > 0 and skipped > MAX_SKIPPED_IN_TREE:
            raise PeerError(Code.TOO_FAR_AHEAD, "Q03: too many keys were skipped in this epoch")
        return SecretTree(self.suite, self.leaves, _climb(leaf, ratchets, beside), skipped), generation, key

    def erased(self) -> "SecretTree":
        """Return a tree of which no key can be had.  # I12."""
        return SecretTree(self.suite, self.leaves, b"")

    def _descend(self, leaf: int) -> tuple[list[Subtree], LeafRatchets]:
        """Return the subtrees beside the way down, topmost first, and what stands at its end."""
        beside = []
        node = self.top
        width = self.leaves >> 1
        while width:
            left, right = node if isinstance(node, tuple) else self._split(node)
            if leaf & width:
                beside.append(left)
                node = right
            else:
                beside.append(right)
                node = left
            width >>= 1
        return beside, node if isinstance(node, LeafRatchets) else self._ratchets(node)

    def _split(self, node: bytes | LeafRatchets) -> Split:
        if not isinstance(node, bytes):
            raise MisuseError("a leaf above a leaf")
        size = self.suite.hash_size
        return (
            self.suite.expand_with_label(node, b"tree", b"left", size),
            self.suite.expand_with_label(node, b"tree", b"right", size),
        )

    def _ratchets(self, node: bytes | Split) -> LeafRatchets:
        if not isinstance(node, bytes):
            raise MisuseError("a parent below a leaf")
        size = self.suite.hash_size
        return LeafRatchets(
            Ratchet(self.suite.expand_with_label(node, b"handshake", b"", size), 0),
            Ratchet(self.suite.expand_with_label(node, b"application", b"", size), 0),
        )

    def encode(self) -> bytes:
        """Return the unconsumed secrets, to be kept."""
        out = bytearray()
        _write_subtree(out, self.top)
        return bytes(out)

    @classmethod
    def decode(cls, suite: CipherSuite, leaves: int, data: bytes) -> "SecretTree":
        """Restore a tree from ``encode``.

        Raises:
            PeerError: MALFORMED.
        """
        top = Field(lambda reader: _read_subtree(reader, leaves), _write_subtree).decode(
            data, limit=len(data)
        )
        return cls(suite, leaves, top, _count_skipped(top))


def _climb(leaf: int, ratchets: LeafRatchets, beside: list[Subtree]) -> Subtree:
    """Return the tree around a leaf; the bits of its index tell on which side it stands at each level."""
    node: Subtree = ratchets
    for other in reversed(beside):
        node = (other, node) if leaf & 1 else (node, other)
        leaf >>= 1
    return node


def _count_skipped(node: Subtree) -> int:
    match node:
        case (left, right):
            return _count_skipped(left) + _count_skipped(right)
        case LeafRatchets(handshake, application):
            return len(handshake.skipped) + len(application.skipped)
        case _:
            return 0


def _write_subtree(out: bytearray, node: Subtree) -> None:
    match node:
        case bytes():
            UINT8.write(out, 0)
            _SECRET.write(out, node)
        case (left, right):
            UINT8.write(out, 1)
            _write_subtree(out, left)
            _write_subtree(out, right)
        case LeafRatchets():
            UINT8.write(out, 2)
            node.write(out)


def _read_subtree(reader: Reader, width: int) -> Subtree:
    match UINT8.read(reader):
        case 0:
            return _SECRET.read(reader)
        case 1 if width > 1:
            left = _read_subtree(reader, width // 2)
            return left, _read_subtree(reader, width // 2)
        case 2 if width == 1:
            return LeafRatchets.read(reader)
        case _:
            raise PeerError(Code.MALFORMED, "no such subtree")


def sender_data_key(suite: CipherSuite, secret: bytes, ciphertext: bytes) -> MessageKey:
    """Return key and nonce of the sender data, bound to a sample of the ciphertext.  # C01."""
    sample = ciphertext[: suite.hash_size]
    return MessageKey(
        suite.expand_with_label(secret, b"key", sample, suite.aead.key_size),
        suite.expand_with_label(secret, b"nonce", sample, NONCE_BYTES),
    )
