"""The three kinds of failure, kept apart by who is to blame.

``MisuseError`` is ours: a caller broke the contract of an API. ``PeerError`` is the other side's: bytes that
came in are wrong, and only its ``Code`` may travel back. ``TransportError`` is the network's: nobody is to
blame and trying again is right. Decoders and verifiers raise ``PeerError`` and nothing else.
"""

from enum import StrEnum


class Code(StrEnum):
    """Why bytes were refused; the value is what goes over the wire, so it never changes."""

    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    UNSUPPORTED = "unsupported"
    BAD_SIGNATURE = "bad-signature"
    BAD_MAC = "bad-mac"
    DECRYPTION_FAILED = "decryption-failed"
    WRONG_GROUP = "wrong-group"
    WRONG_EPOCH = "wrong-epoch"
    UNKNOWN_MEMBER = "unknown-member"
    REPLAYED = "replayed"
    TOO_FAR_AHEAD = "too-far-ahead"
    INVALID_CREDENTIAL = "invalid-credential"
    INVALID_LEAF_NODE = "invalid-leaf-node"
    INVALID_KEY_PACKAGE = "invalid-key-package"
    INVALID_PROPOSAL = "invalid-proposal"
    INVALID_COMMIT = "invalid-commit"
    INVALID_TREE = "invalid-tree"
    INVALID_WELCOME = "invalid-welcome"
    UNKNOWN_PSK = "unknown-psk"
    REMOVED = "removed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    EPOCH_TAKEN = "epoch-taken"
    EXPIRED = "expired"
    ALREADY_USED = "already-used"
    REVOKED = "revoked"
    WRONG_LENGTH = "wrong-length"
    WRONG_OFFSET = "wrong-offset"
    HASH_MISMATCH = "hash-mismatch"
    QUOTA_EXCEEDED = "quota-exceeded"
    STORAGE_FULL = "storage-full"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class RogatoryError(Exception):
    """Root of everything this software raises on purpose."""


class MisuseError(RogatoryError):
    """The calling code, not the data, is wrong."""


class PeerError(RogatoryError):
    """What the other side sent is wrong.

    Attributes:
        code: what may be told to the peer.
        detail: for the local log only; names the rule that was broken.
    """

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code = code
        self.detail = detail


class TransportError(RogatoryError):
    """The network failed; the same call may succeed later."""
