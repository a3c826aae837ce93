"""The largest and densest bytes that each limit of the decoders lets in (rules Q01 to Q05).

``made(n)`` holds ``n`` of what is counted, each as small as it can be, so that nothing is denser.
The limits are written as numbers: a constant that grows by mistake has to be seen here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.crypto.mls.decoder_corpus import SUITE, harvest

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.mls import (
    ExternalSender,
    RequiredCapabilities,
    X509Credential,
)
from rogatory_crypto.mls.credentials import (
    EXTENSIONS,
    EXTERNAL_SENDERS,
    BasicCredential,
    Capabilities,
    Extension,
)
from rogatory_crypto.mls.extensions import external_senders
from rogatory_crypto.mls.framing import FramedContent, PrivateMessage
from rogatory_crypto.mls.group_state import RatchetState
from rogatory_crypto.mls.key_package import decode_key_package
from rogatory_crypto.mls.nodes import KeyPackage, LeafNode, ParentNode
from rogatory_crypto.mls.proposals import ByReference, Commit
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.secret_tree import Ratchet
from rogatory_crypto.mls.treekem import UpdatePath, UpdatePathNode
from rogatory_crypto.mls.welcome import GroupSecrets, Welcome, decode_message

EMPTY: Final = b"\x00"


@dataclass(frozen=True)
class Limit:
    """A limit, the decoder that holds it, and bytes with any number of what it counts."""

    most: int
    decode: Callable[[bytes], Any]
    made: Callable[[int], bytes]


def repeated(item: bytes, *, before: bytes = b"", after: bytes = b"") -> Callable[[int], bytes]:
    """Return a maker of a vector of equal items between other members."""
    return lambda count: before + opaque_bytes(item * count) + after


def opaque_of(*, before: bytes = b"", after: bytes = b"") -> Callable[[int], bytes]:
    return repeated(b"x", before=before, after=after)


def _message(size: int) -> bytes:
    """Return a PrivateMessage of exactly this many bytes."""
    head = b"\x00\x01\x00\x02" + opaque_bytes(b"group") + bytes(8) + b"\x01" + EMPTY + EMPTY
    return head + opaque_bytes(bytes(size - len(head) - 4))


def _extension_list(count: int) -> bytes:
    return opaque_bytes(b"".join((0x7000 + number).to_bytes(2, "big") + EMPTY for number in range(count)))


def _key_package(size: int) -> bytes:
    """Return a KeyPackage message of exactly this many bytes, by one long extension."""
    package = KeyPackage.decode(max(harvest()[KeyPackage], key=len))
    head = b"\x00\x01\x00\x05" + package.encoded[: package.encoded.index(package.leaf_node.encoded)]
    rest = head + package.leaf_node.encoded
    padding = size - len(rest) - len(opaque_bytes(package.signature)) - 4 - 2 - 4
    extension = b"\x70\x00" + opaque_bytes(bytes(padding))
    return rest + opaque_bytes(extension) + opaque_bytes(package.signature)


def _tree(count: int) -> bytes:
    """Return a tree of this many nodes, all blank but the last."""
    leaf = b"\x01\x01" + max(harvest()[LeafNode], key=len)
    last = leaf if count % 2 else b"\x01\x02" + opaque_bytes(b"key") + EMPTY + EMPTY
    return opaque_bytes(EMPTY * (count - 1) + last)


def _full_tree(count: int) -> bytes:
    """Return a tree of this many nodes, none blank, whose parents each name 1024 unmerged leaves."""
    leaf = b"\x01\x01" + min(harvest()[LeafNode], key=len)
    parent = b"\x01\x02" + EMPTY + EMPTY + opaque_bytes(bytes(4 * 1024))
    return opaque_bytes(b"".join(parent if place % 2 else leaf for place in range(count)))


def _framed(group_id: bytes, authenticated_data: bytes, data: bytes) -> bytes:
    sender = b"\x01" + bytes(4)
    parts = opaque_bytes(group_id) + bytes(8) + sender + opaque_bytes(authenticated_data)
    return parts + b"\x01" + opaque_bytes(data)


def _ratchets(past: int, proposals: int, keys: int) -> bytes:
    waiting = EMPTY + b"\x01" + bytes(4) + b"\x00\x03" + bytes(4)
    vectors = (bytes(9) * past, waiting * proposals, bytes(2) * keys)
    head = b"\x02" + opaque_bytes(b"group") + bytes(8) + EMPTY + EMPTY
    return head + b"".join(map(opaque_bytes, vectors)) + bytes(16)


_LEAF: Final = max(harvest()[LeafNode], key=len)
_PSK: Final = b"\x01" + EMPTY + EMPTY

LIMITS: Final[dict[str, Limit]] = {
    "Q01 a message": Limit(4 << 20, decode_message, _message),
    "Q01 a KeyPackage": Limit(64 << 10, decode_key_package, _key_package),
    "Q01 application data": Limit(
        1 << 20, FramedContent.decode, lambda size: _framed(b"group", b"", bytes(size))
    ),
    "Q01 authenticated data": Limit(
        2 << 20, FramedContent.decode, lambda size: _framed(b"group", bytes(size), b"")
    ),
    "Q01 a group id": Limit(255, FramedContent.decode, lambda size: _framed(bytes(size), b"", b"")),
    "Q01 a ciphertext": Limit(
        4 << 20,
        lambda data: PrivateMessage.decode(data, limit=8 << 20),
        opaque_of(before=EMPTY + bytes(8) + b"\x01" + EMPTY + EMPTY),
    ),
    "Q02 nodes of a tree": Limit(2 * 2048 - 1, lambda data: RatchetTree.decode(SUITE, data), _tree),
    "Q02 unmerged leaves": Limit(2048, ParentNode.decode, repeated(bytes(4), before=EMPTY + EMPTY)),
    "Q02 recipients of a path secret": Limit(2048, UpdatePathNode.decode, repeated(bytes(2), before=EMPTY)),
    "Q02 nodes of a path": Limit(32, UpdatePath.decode, repeated(bytes(2), before=_LEAF)),
    "Q02 members of a Welcome": Limit(
        2048, Welcome.decode, repeated(bytes(3), before=b"\x00\x01", after=EMPTY)
    ),
    "Q02 proposals by reference": Limit(1024 + 64, Commit.decode, repeated(b"\x02\x00", after=EMPTY)),
    "Q02 proposals by value": Limit(1024 + 64, Commit.decode, repeated(b"\x01\x00\x07\x00", after=EMPTY)),
    "Q02 pre-shared keys": Limit(16, GroupSecrets.decode, repeated(_PSK, before=EMPTY + EMPTY)),
    "Q02 extensions": Limit(64, EXTENSIONS.decode, _extension_list),
    "Q02 a credential": Limit(16 << 10, BasicCredential.decode, opaque_of()),
    "Q02 a certificate": Limit(
        16 << 10, X509Credential.decode, lambda size: opaque_bytes(opaque_bytes(bytes(size)))
    ),
    "Q02 certificates": Limit(5, X509Credential.decode, repeated(EMPTY)),
    "Q02 capabilities": Limit(256, Capabilities.decode, repeated(b"\x70\x00", after=EMPTY * 4)),
    "Q02 required capabilities": Limit(
        256, RequiredCapabilities.decode, repeated(b"\x70\x00", after=EMPTY * 2)
    ),
    "Q02 external senders": Limit(
        64,
        lambda data: external_senders((Extension(EXTERNAL_SENDERS, data),)),
        repeated(ExternalSender(b"", BasicCredential(b"")).encode()),
    ),
    "Q02 a reference": Limit(64, ByReference.decode, opaque_of()),
    "Q03 skipped keys of a sender": Limit(1000, Ratchet.decode, repeated(bytes(6), before=EMPTY + bytes(4))),
    "Q04 stored past epochs": Limit(256, RatchetState.decode, lambda count: _ratchets(count, 0, 0)),
    "Q05 stored proposals": Limit(1024, RatchetState.decode, lambda count: _ratchets(0, count, 0)),
    "Q05 stored update keys": Limit(1024, RatchetState.decode, lambda count: _ratchets(0, 0, count)),
}

DENSE: Final[dict[str, tuple[Callable[[bytes], Any], bytes]]] = {
    "a path with all recipients": (
        UpdatePath.decode,
        _LEAF + opaque_bytes((EMPTY + opaque_bytes(bytes(2) * 2048)) * 32),
    ),
    "a commit of lists of extensions": (
        Commit.decode,
        opaque_bytes((b"\x01\x00\x07" + _extension_list(64)) * 1088) + EMPTY,
    ),
    "a tree of unmerged leaves": (lambda data: RatchetTree.decode(SUITE, data), _full_tree(2047)),
    **{name: (limit.decode, limit.made(limit.most)) for name, limit in LIMITS.items()},
}
