"""Message keys and the protection of messages (RFC 9420 sections 6, 9)."""

from tests.conformance.vectors.case import Case, counting_random, hexed, same

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.mls import framing, private_message, secret_tree
from rogatory_crypto.mls.framing import AuthenticatedContent, PrivateMessage, PublicMessage
from rogatory_crypto.mls.key_schedule import GroupContext
from rogatory_crypto.mls.proposals import PROPOSAL, Commit
from rogatory_crypto.mls.secret_tree import RatchetKind, SecretTree
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.mls.welcome import decode_message, encode_message
from rogatory_crypto.primitives import CipherSuite, cipher_suite


def secret_tree_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    part = case["sender_data"]
    key = secret_tree.sender_data_key(suite, hexed(part["sender_data_secret"]), hexed(part["ciphertext"]))
    same((key.key.hex(), key.nonce.hex()), (part["key"], part["nonce"]), "sender_data")
    tree = SecretTree(suite, len(case["leaves"]), hexed(case["encryption_secret"]))
    for leaf, generations in enumerate(case["leaves"]):
        for expected in generations:
            for kind in RatchetKind:
                tree, _, key = tree.take(LeafIndex(leaf), kind, expected["generation"])
                name = kind.name.lower()
                found = key.key.hex(), key.nonce.hex()
                same(found, (expected[f"{name}_key"], expected[f"{name}_nonce"]), f"{name} key")


def message_protection_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    context = GroupContext(
        1,
        suite.code,
        hexed(case["group_id"]),
        case["epoch"],
        hexed(case["tree_hash"]),
        hexed(case["confirmed_transcript_hash"]),
        (),
    ).encode()
    for kind in ("proposal", "commit", "application"):
        expected = hexed(case[kind])
        own = _protected_by_us(suite, case, kind, context)
        _unprotect(suite, case, hexed(case[f"{kind}_priv"]), context, expected)
        _unprotect(suite, case, encode_message(own), context, expected)
        if kind == "application":
            _refuse_public(suite, case, context)
            continue
        _unprotect_public(suite, case, hexed(case[f"{kind}_pub"]), context, expected)
        _unprotect_public(suite, case, _public_by_us(suite, case, kind, context), context, expected)


def _content_bytes(content: AuthenticatedContent) -> bytes:
    out = bytearray()
    framing.write_content(out, content.content.content)
    return content.content.content if isinstance(content.content.content, bytes) else bytes(out)


def _unprotect(suite: CipherSuite, case: Case, data: bytes, context: bytes, expected: bytes) -> None:
    message = decode_message(data)
    if not isinstance(message, PrivateMessage):
        raise TypeError("not a PrivateMessage")
    tree = SecretTree(suite, 2, hexed(case["encryption_secret"]))
    sender = private_message.open_sender_data(suite, message, hexed(case["sender_data_secret"]))
    _, opened = private_message.open_content(suite, message, sender, tree)
    verified = framing.verify(suite, opened, hexed(case["signature_pub"]), context)
    same(_content_bytes(verified.authenticated), expected, "private content")


def _unprotect_public(suite: CipherSuite, case: Case, data: bytes, context: bytes, expected: bytes) -> None:
    message = decode_message(data)
    if not isinstance(message, PublicMessage):
        raise TypeError("not a PublicMessage")
    key = hexed(case["membership_key"])
    opened = message.open(suite, key, context)
    verified = framing.verify(suite, opened, hexed(case["signature_pub"]), context)
    same(_content_bytes(verified.authenticated), expected, "public content")
    sealed = framing.seal_public(suite, key, opened, context)
    same(encode_message(sealed), data, "public message")


def _signed_by_us(
    suite: CipherSuite, case: Case, kind: str, context: bytes, wire_format: int
) -> AuthenticatedContent:
    content: framing.Content = hexed(case[kind])
    if kind == "proposal":
        content = PROPOSAL.decode(hexed(case[kind]))
    elif kind == "commit":
        content = Commit.decode(hexed(case[kind]))
    sender = framing.MemberSender(1)
    framed = framing.FramedContent(hexed(case["group_id"]), case["epoch"], sender, b"", content)
    signed = framing.sign(suite, hexed(case["signature_priv"]), wire_format, framed, context)
    return signed.with_confirmation_tag(bytes(suite.hash_size)) if kind == "commit" else signed


def _protected_by_us(suite: CipherSuite, case: Case, kind: str, context: bytes) -> PrivateMessage:
    signed = _signed_by_us(suite, case, kind, context, framing.PRIVATE_MESSAGE)
    tree = SecretTree(suite, 2, hexed(case["encryption_secret"]))
    secret = hexed(case["sender_data_secret"])
    _, message = private_message.seal(suite, signed, secret, tree, counting_random())
    return message


def _public_by_us(suite: CipherSuite, case: Case, kind: str, context: bytes) -> bytes:
    signed = _signed_by_us(suite, case, kind, context, framing.PUBLIC_MESSAGE)
    return encode_message(framing.seal_public(suite, hexed(case["membership_key"]), signed, context))


def _refuse_public(suite: CipherSuite, case: Case, context: bytes) -> None:
    try:
        _public_by_us(suite, case, "application", context)
    except MisuseError:
        return
    raise AssertionError("application data went out in the open")
