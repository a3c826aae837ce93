"""What proposals do to a tree, and whether a tree is sound (RFC 9420 sections 7.7, 7.8, 7.9)."""

from tests.conformance.vectors.case import Case, hexed, same

from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.nodes import leaf_place
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import PROPOSAL
from rogatory_crypto.mls.provisional import apply
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import NodeIndex
from rogatory_crypto.mls.tree_validation import verify_structure
from rogatory_crypto.primitives import cipher_suite


def tree_operations_case(case: Case) -> None:
    suite = cipher_suite(case["cipher_suite"])
    before = RatchetTree.decode(suite, hexed(case["tree_before"]))
    same(before.tree_hash().hex(), case["tree_hash_before"], "tree_hash_before")
    proposal = PROPOSAL.decode(hexed(case["proposal"]))
    applied = apply([Listed(proposal, MemberSender(case["proposal_sender"]))], before, ())
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
