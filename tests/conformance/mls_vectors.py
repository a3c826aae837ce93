"""Run the official MLS test vectors: ``python mls_vectors.py DIR``.

Every ``*.json`` file in DIR must be of a known kind, hold at least one case, and pass entirely; anything else
ends with a non-zero exit status. A line ``FILE passed/total`` is printed for each file.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeAlias

from rogatory_crypto.codec import Reader
from rogatory_crypto.errors import RogatoryError
from rogatory_crypto.mls import framing, key_schedule, private_message, secret_tree, tree_math, treekem
from rogatory_crypto.mls.framing import AuthenticatedContent, PrivateMessage, PublicMessage
from rogatory_crypto.mls.key_schedule import ExternalPsk, GroupContext, PreSharedKeyId
from rogatory_crypto.mls.nodes import RATCHET_TREE_FIELD, KeyPackage, leaf_place
from rogatory_crypto.mls.proposal_list import Listed, apply
from rogatory_crypto.mls.proposals import PROPOSAL, Commit
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.secret_tree import RatchetKind, SecretTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex
from rogatory_crypto.mls.tree_validation import verify_structure
from rogatory_crypto.mls.treekem import UpdatePath
from rogatory_crypto.mls.welcome import (
    WELCOME_LABEL,
    GroupInfo,
    GroupSecrets,
    Welcome,
    decode_message,
    encode_message,
)
from rogatory_crypto.primitives import CipherSuite, SignatureKeyPair, cipher_suite

Case: TypeAlias = dict[str, Any]
hexed = bytes.fromhex


def counting_random() -> Callable[[int], bytes]:
    """A source of distinct bytes; what is made here is opened here again."""
    counter = iter(range(1 << 30))
    return lambda size: b"".join(next(counter).to_bytes(4, "big") for _ in range(size // 4 + 1))[:size]


def same(found: object, expected: object, what: str) -> None:
    """Fail with a name."""
    if found != expected:
        raise AssertionError(f"{what}: {found!r} is not {expected!r}")


def tree_math_case(case: Case) -> None:
    size = case["n_leaves"]
    same(2 * size - 1, case["n_nodes"], "n_nodes")
    same(tree_math.root(size), case["root"], "root")
    for number in range(case["n_nodes"]):
        node = NodeIndex(number)
        parent = number != case["root"]
        inner = number % 2 == 1
        same(tree_math.left(node) if inner else None, case["left"][number], "left")
        same(tree_math.right(node) if inner else None, case["right"][number], "right")
        same(tree_math.parent(node) if parent else None, case["parent"][number], "parent")
        same(tree_math.sibling(node) if parent else None, case["sibling"][number], "sibling")


def deserialization_case(case: Case) -> None:
    header = hexed(case["vlbytes_header"])
    reader = Reader(header + bytes(case["length"]))
    same(reader.length(), case["length"], "length")
    same(reader.position, len(header), "header")


def crypto_basics_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    part = case["ref_hash"]
    same(suite.ref_hash(part["label"].encode(), hexed(part["value"])).hex(), part["out"], "ref_hash")
    part = case["expand_with_label"]
    expanded = suite.expand_with_label(
        hexed(part["secret"]), part["label"].encode(), hexed(part["context"]), part["length"]
    )
    same(expanded.hex(), part["out"], "expand_with_label")
    part = case["derive_secret"]
    same(suite.derive_secret(hexed(part["secret"]), part["label"].encode()).hex(), part["out"], "derive")
    part = case["derive_tree_secret"]
    derived = suite.derive_tree_secret(
        hexed(part["secret"]), part["label"].encode(), part["generation"], part["length"]
    )
    same(derived.hex(), part["out"], "derive_tree_secret")
    _sign_case(suite, case["sign_with_label"])
    _encrypt_case(suite, case["encrypt_with_label"])


def _sign_case(suite: CipherSuite, part: Case) -> None:
    public, content, label = hexed(part["pub"]), hexed(part["content"]), part["label"].encode()
    suite.verify_with_label(public, label, content, hexed(part["signature"]))
    own = suite.sign_with_label(hexed(part["priv"]), label, content)
    suite.verify_with_label(public, label, content, own)
    same(suite.signature.public_key(hexed(part["priv"])), public, "signature key")


def _encrypt_case(suite: CipherSuite, part: Case) -> None:
    label, context, plaintext = part["label"].encode(), hexed(part["context"]), hexed(part["plaintext"])
    private, public = hexed(part["priv"]), hexed(part["pub"])
    received = hexed(part["kem_output"]), hexed(part["ciphertext"])
    own = suite.encrypt_with_label(public, label, context, plaintext, counting_random())
    for kem_output, ciphertext in (received, own):
        opened = suite.decrypt_with_label(private, label, context, kem_output, ciphertext)
        same(opened, plaintext, "encrypt_with_label")


def key_schedule_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    init = hexed(case["initial_init_secret"])
    for number, epoch in enumerate(case["epochs"]):
        tree_hash, confirmed = hexed(epoch["tree_hash"]), hexed(epoch["confirmed_transcript_hash"])
        context = GroupContext(1, suite.code, hexed(case["group_id"]), number, tree_hash, confirmed, ())
        encoded = context.encode()
        same(encoded.hex(), epoch["group_context"], "group_context")
        joiner = key_schedule.joiner_secret(suite, init, hexed(epoch["commit_secret"]), encoded)
        begun = key_schedule.begin_epoch(suite, joiner, hexed(epoch["psk_secret"]), encoded)
        for name in ("joiner_secret", "welcome_secret", "encryption_secret"):
            same(getattr(begun, name).hex(), epoch[name], name)
        welcome = key_schedule.welcome_secret(suite, joiner, hexed(epoch["psk_secret"]))
        same(welcome, begun.welcome_secret, "welcome_secret of a joiner")
        for field in fields(begun.secrets):
            same(getattr(begun.secrets, field.name).hex(), epoch[field.name], field.name)
        _, external = key_schedule.external_key_pair(suite, begun.secrets.external_secret)
        same(external.hex(), epoch["external_pub"], "external_pub")
        out = epoch["exporter"]
        exported = key_schedule.export(
            suite, begun.secrets.exporter_secret, out["label"].encode(), hexed(out["context"]), out["length"]
        )
        same(exported.hex(), out["secret"], "exporter")
        init = begun.secrets.init_secret


def psk_secret_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    psks = tuple(
        (PreSharedKeyId(ExternalPsk(hexed(psk["psk_id"])), hexed(psk["psk_nonce"])), hexed(psk["psk"]))
        for psk in case["psks"]
    )
    same(key_schedule.psk_secret(suite, psks).hex(), case["psk_secret"], "psk_secret")


def transcript_hashes_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    content = AuthenticatedContent.decode(hexed(case["authenticated_content"]))
    same(content.encode().hex(), case["authenticated_content"], "authenticated_content")
    before = hexed(case["interim_transcript_hash_before"])
    confirmed = key_schedule.confirmed_transcript_hash(suite, before, content.confirmed_transcript_input())
    same(confirmed.hex(), case["confirmed_transcript_hash_after"], "confirmed")
    tag = key_schedule.confirmation_tag(suite, hexed(case["confirmation_key"]), confirmed)
    same(tag, content.auth.confirmation_tag, "confirmation_tag")
    interim = key_schedule.interim_transcript_hash(suite, confirmed, tag)
    same(interim.hex(), case["interim_transcript_hash_after"], "interim")


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
        if kind != "application":
            _unprotect_public(suite, case, hexed(case[f"{kind}_pub"]), context, expected)


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


def _protected_by_us(suite: CipherSuite, case: Case, kind: str, context: bytes) -> PrivateMessage:
    content: framing.Content = hexed(case[kind])
    if kind == "proposal":
        content = PROPOSAL.decode(hexed(case[kind]))
    elif kind == "commit":
        content = Commit.decode(hexed(case[kind]))
    sender = framing.MemberSender(1)
    framed = framing.FramedContent(hexed(case["group_id"]), case["epoch"], sender, b"", content)
    private = hexed(case["signature_priv"])
    signed = framing.sign(suite, private, framing.PRIVATE_MESSAGE, framed, context)
    if kind == "commit":
        signed = signed.with_confirmation_tag(bytes(suite.hash_size))
    tree = SecretTree(suite, 2, hexed(case["encryption_secret"]))
    secret = hexed(case["sender_data_secret"])
    _, message = private_message.seal(suite, signed, secret, tree, counting_random())
    return message


def tree_operations_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    before = RatchetTree.decode(suite, hexed(case["tree_before"]))
    same(before.tree_hash().hex(), case["tree_hash_before"], "tree_hash_before")
    proposal = PROPOSAL.decode(hexed(case["proposal"]))
    applied = apply([Listed(proposal, LeafIndex(case["proposal_sender"]))], before)
    same(applied.tree.encode().hex(), case["tree_after"], "tree_after")
    same(applied.tree.tree_hash().hex(), case["tree_hash_after"], "tree_hash_after")
    same(before.encode().hex(), case["tree_before"], "the tree before, untouched")


def tree_validation_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    tree = RatchetTree.decode(suite, hexed(case["tree"]))
    same(tree.encode().hex(), case["tree"], "tree")
    for number, (tree_hash, resolution) in enumerate(
        zip(case["tree_hashes"], case["resolutions"], strict=True)
    ):
        same(tree.tree_hash(NodeIndex(number)).hex(), tree_hash, f"hash of {number}")
        same(tree.resolution(NodeIndex(number)), resolution, f"resolution of {number}")
    verify_structure(tree)
    for seat, leaf in tree.leaves():
        leaf.verify_signature(suite, leaf_place(hexed(case["group_id"]), seat))


def treekem_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    tree = RatchetTree.decode(suite, hexed(case["ratchet_tree"]))
    privates = {entry["index"]: _private_state(suite, tree, entry) for entry in case["leaves_private"]}
    for received in case["update_paths"]:
        _received_path(suite, case, tree, privates, received)
        _own_path(suite, case, tree, privates, received["sender"])


def _private_state(suite: CipherSuite, tree: RatchetTree, entry: Case) -> dict[NodeIndex, bytes]:
    keys = {NodeIndex(2 * entry["index"]): hexed(entry["encryption_priv"])}
    for known in entry["path_secrets"]:
        node = NodeIndex(known["node"])
        derived = treekem.climb(suite, hexed(known["path_secret"]), (node,))
        treekem.verify_public_keys(tree, derived)
        keys |= derived.private_keys
    return keys


def _provisional(suite: CipherSuite, case: Case, tree: RatchetTree) -> bytes:
    confirmed = hexed(case["confirmed_transcript_hash"])
    group_id = hexed(case["group_id"])
    return GroupContext(1, suite.code, group_id, case["epoch"], tree.tree_hash(), confirmed, ()).encode()


def _received_path(
    suite: CipherSuite, case: Case, tree: RatchetTree, privates: dict[int, dict[NodeIndex, bytes]], part: Case
) -> None:
    update = UpdatePath.decode(hexed(part["update_path"]))
    same(update.encode().hex(), part["update_path"], "update_path")
    after, sender = tree.copy(), LeafIndex(part["sender"])
    path = treekem.merge_path(after, sender, update, frozenset())
    same(after.tree_hash().hex(), part["tree_hash_after"], "tree_hash_after")
    context = _provisional(suite, case, after)
    for leaf, keys in privates.items():
        if leaf == sender:
            continue
        known = treekem.open_path(after, path, update, LeafIndex(leaf), keys, suite, context, frozenset())
        lowest = min(known.secrets, key=tree_math.level)
        same(known.secrets[lowest].hex(), part["path_secrets"][leaf], "path_secret")
        same(known.commit_secret.hex(), part["commit_secret"], "commit_secret")


def _own_path(
    suite: CipherSuite, case: Case, tree: RatchetTree, privates: dict[int, dict[NodeIndex, bytes]], seat: int
) -> None:
    sender, random = LeafIndex(seat), counting_random()
    private = next(hexed(e["signature_priv"]) for e in case["leaves_private"] if e["index"] == seat)
    signer = SignatureKeyPair(private, suite.signature.public_key(private))
    planned_tree = tree.copy()
    planned = treekem.plan_path(planned_tree, sender, signer, suite, hexed(case["group_id"]), random)
    context = _provisional(suite, case, planned_tree)
    update = treekem.seal_path(planned_tree, planned, suite, context, frozenset(), random)
    update = UpdatePath.decode(update.encode())
    after = tree.copy()
    path = treekem.merge_path(after, sender, update, frozenset())
    same(after.tree_hash(), planned_tree.tree_hash(), "tree hash of our own path")
    for leaf, keys in privates.items():
        if leaf != sender:
            own = LeafIndex(leaf)
            known = treekem.open_path(after, path, update, own, keys, suite, context, frozenset())
            same(known.commit_secret, planned.known.commit_secret, "commit_secret of our own path")


def welcome_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    package, welcome = decode_message(hexed(case["key_package"])), decode_message(hexed(case["welcome"]))
    if not isinstance(package, KeyPackage) or not isinstance(welcome, Welcome):
        raise TypeError("not a KeyPackage and a Welcome")
    reference = package.reference(suite)
    entry = next(entry for entry in welcome.secrets if entry.new_member == reference)
    sealed = entry.encrypted_group_secrets
    private, context = hexed(case["init_priv"]), welcome.encrypted_group_info
    opened = suite.decrypt_with_label(private, WELCOME_LABEL, context, sealed.kem_output, sealed.ciphertext)
    secrets = GroupSecrets.decode(opened)
    nothing = key_schedule.psk_secret(suite, ())
    secret = key_schedule.welcome_secret(suite, secrets.joiner_secret, nothing)
    key, nonce = key_schedule.welcome_key(suite, secret)
    info = GroupInfo.decode(suite.aead.open(key, nonce, b"", welcome.encrypted_group_info))
    info.verify_signature(suite, hexed(case["signer_pub"]))
    begun = key_schedule.begin_epoch(suite, secrets.joiner_secret, nothing, info.group_context.encode())
    confirmed = info.group_context.confirmed_transcript_hash
    tag = key_schedule.confirmation_tag(suite, begun.secrets.confirmation_key, confirmed)
    same(info.confirmation_tag, tag, "confirmation_tag")


_PROPOSAL_TAGS = {
    "add_proposal": 1,
    "update_proposal": 2,
    "remove_proposal": 3,
    "pre_shared_key_proposal": 4,
    "re_init_proposal": 5,
    "external_init_proposal": 6,
    "group_context_extensions_proposal": 7,
}


def messages_case(case: Case) -> None:
    for name, text in case.items():
        data = hexed(text)
        if name in _PROPOSAL_TAGS:
            tagged = _PROPOSAL_TAGS[name].to_bytes(2, "big") + data
            again = PROPOSAL.encode(PROPOSAL.decode(tagged))[2:]
        elif name == "ratchet_tree":
            again = RATCHET_TREE_FIELD.encode(RATCHET_TREE_FIELD.decode(data))
        elif name == "group_secrets":
            again = GroupSecrets.decode(data).encode()
        elif name == "commit":
            again = Commit.decode(data).encode()
        elif name.startswith(("mls_", "public_message_", "private_message")):
            again = encode_message(decode_message(data))
        else:
            raise AssertionError(f"an unknown message {name}")
        same(again, data, name)


KINDS: dict[str, Callable[[Case], None]] = {
    "crypto-basics": crypto_basics_case,
    "deserialization": deserialization_case,
    "key-schedule": key_schedule_case,
    "message-protection": message_protection_case,
    "messages": messages_case,
    "psk_secret": psk_secret_case,
    "secret-tree": secret_tree_case,
    "transcript-hashes": transcript_hashes_case,
    "tree-math": tree_math_case,
    "tree-operations": tree_operations_case,
    "tree-validation": tree_validation_case,
    "treekem": treekem_case,
    "welcome": welcome_case,
}


def run_file(path: Path) -> bool:
    """Run one file and tell whether every case of it passed."""
    run = KINDS.get(path.stem)
    cases = json.loads(path.read_text()) if run else []
    if run is None or not cases:
        print(f"{path.name} 0/0: {'no cases' if run else 'unknown kind'}")
        return False
    passed = 0
    for number, case in enumerate(cases):
        try:
            run(case)
        except (RogatoryError, AssertionError, LookupError, TypeError, ValueError) as error:
            print(f"{path.name} case {number}: {type(error).__name__}: {str(error)[:300]}")
        else:
            passed += 1
    print(f"{path.name} {passed}/{len(cases)}")
    return passed == len(cases)


def main(arguments: list[str]) -> int:
    """Run every file of the folder named on the command line."""
    if len(arguments) != 1:
        print("usage: mls_vectors.py DIR")
        return 64
    files = sorted(Path(arguments[0]).glob("*.json"))
    if not files:
        print("no vector files")
        return 1
    results = [run_file(path) for path in files]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
