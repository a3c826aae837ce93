"""Update paths, received and made (RFC 9420 sections 7.4 to 7.6)."""

from tests.conformance.vectors.case import Case, counting_random, hexed, same

from rogatory_crypto.mls import tree_math, treekem
from rogatory_crypto.mls.key_schedule import GroupContext
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex
from rogatory_crypto.mls.treekem import UpdatePath
from rogatory_crypto.primitives import CipherSuite, SignatureKeyPair, cipher_suite


def treekem_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    tree = RatchetTree.decode(suite, hexed(case["ratchet_tree"]))
    privates = {entry["index"]: _private_state(suite, tree, entry) for entry in case["leaves_private"]}
    for received in case["update_paths"]:
        _received_path(suite, case, tree, privates, received)
        _own_path(suite, case, tree, privates, received["sender"])


def _private_state(suite: CipherSuite, tree: RatchetTree, entry: Case) -> dict[NodeIndex, bytes]:
    leaf = tree.leaf(LeafIndex(entry["index"]))
    if leaf is None:
        raise LookupError("private keys of a blank leaf")
    private = hexed(entry["encryption_priv"])
    same(suite.kem.public_key(private), leaf.encryption_key, "encryption_priv")
    same(suite.signature.public_key(hexed(entry["signature_priv"])), leaf.signature_key, "signature_priv")
    keys = {NodeIndex(2 * entry["index"]): private}
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
