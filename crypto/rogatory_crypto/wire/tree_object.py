"""Where the ratchet tree of a large group lies at the relay, and the key it lies there under.

A Welcome need not carry the tree (RFC 9420 section 12.4.3.3). A tree of more than ``MAX_WELCOME_TREE_BYTES``
is stored beside it: whoever commits stores the tree of the next epoch, encrypted, before the commit is
submitted. A new member learns the tree's hash from its Welcome, derives address and key from it, fetches,
decrypts, and joins only if the tree has that very hash.

Both derive from the tree hash and the group id by HKDF-SHA256, each its own part of the output, so that the
address says nothing of the key. Nobody outside can guess a tree hash, although the relay has seen the
KeyPackages: a tree also holds keys that were made inside of the group, of its creator's leaf and of every
path since, and they travel in encrypted handshakes only. Where handshakes are public, the relay knows the
tree anyway. A removed member can compute the tree that its removal made, as it reads that commit; a tree
holds no secret, and the relay hands it out to members only.

The same tree gives the same bytes at the same address, so any upload may be repeated. One key serves one
plaintext: another tree has another hash. What the relay learns is that an object was stored and its size.
"""

from dataclasses import dataclass, field
from typing import Final

from rogatory_crypto import cbor
from rogatory_crypto.attachments import (
    CONTEXT_BYTES,
    KEY_BYTES,
    SALT_BYTES,
    AttachmentKey,
    Decryptor,
    Encryptor,
    stored_size,
)
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives.kdf import HKDF_SHA256
from rogatory_crypto.wire.identifier import BLOB_ID_BYTES, BlobId, GroupId

LABEL: Final = "Rogatory 1.0 Ratchet Tree"
MAX_WELCOME_TREE_BYTES: Final = 32 << 10
MAX_TREE_BYTES: Final = 16 << 20
MAX_STORED_TREE_BYTES: Final = stored_size(MAX_TREE_BYTES)


@dataclass(frozen=True, slots=True)
class TreeObject:
    """The address of one tree at the relay, and the key that opens it."""

    blob_id: BlobId
    key: AttachmentKey = field(repr=False)


def tree_object(group_id: GroupId, tree_hash: bytes) -> TreeObject:
    """Return where the tree of this hash lies, for members of this group.

    Args:
        group_id: the group; the same tree in another group would lie elsewhere.
        tree_hash: of the GroupContext (RFC 9420 section 7.8).
    """
    secret = HKDF_SHA256.extract(cbor.encode([LABEL, group_id]), tree_hash)
    blob_id = HKDF_SHA256.expand(secret, b"address", BLOB_ID_BYTES)
    derived = HKDF_SHA256.expand(secret, b"key", KEY_BYTES + SALT_BYTES + CONTEXT_BYTES)
    key, salt = derived[:KEY_BYTES], derived[KEY_BYTES : KEY_BYTES + SALT_BYTES]
    return TreeObject(BlobId(blob_id), AttachmentKey(key, salt, derived[KEY_BYTES + SALT_BYTES :]))


def seal_tree(place: TreeObject, tree: bytes) -> bytes:
    """Return the stored form of an encoded tree, at most ``MAX_TREE_BYTES`` long."""
    if len(tree) > MAX_TREE_BYTES:
        raise MisuseError(f"a ratchet tree has at most {MAX_TREE_BYTES} bytes")
    encryptor = Encryptor(place.key, len(tree), digesting=False)
    return encryptor.update(tree) + encryptor.finish()


def open_tree(place: TreeObject, stored: bytes) -> bytes:
    """Return the encoded tree; that it has the right hash is for ``mls.join_group`` to check (K05).

    Raises:
        PeerError: TOO_LARGE, WRONG_LENGTH if it was cut, DECRYPTION_FAILED if it is another's or damaged.
    """
    if len(stored) > MAX_STORED_TREE_BYTES:
        raise PeerError(Code.TOO_LARGE, "K05: a ratchet tree of more bytes than are read")
    decryptor = Decryptor(place.key)
    return decryptor.update(stored) + decryptor.finish()
