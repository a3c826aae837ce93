"""Cases about ratchet trees: what proposals do to them, whether they are sound, and paths through them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.conformance.generator.histories import Company, founded
from tests.conformance.generator.messages import updated_leaf
from tests.conformance.generator.seeded import Case, is_large, key_package, number

from rogatory_crypto.mls import (
    Add,
    CipherSuite,
    KeyPackageSecrets,
    Proposal,
    Random,
    Remove,
    Update,
    tree_math,
    treekem,
)
from rogatory_crypto.mls.key_schedule import GroupContext
from rogatory_crypto.mls.proposals import PROPOSAL
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex


def tree_operations_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """Adds into a blank and beyond the tree, an Update, Removes that narrow the tree and that do not."""
    group, newcomer = founded(suite, random, 2), key_package(suite, "newcomer", random).package
    leaf = updated_leaf(group, random)
    alone = RatchetTree.of(suite, leaf)
    three = group.tree.copy()
    three.add_leaf(key_package(suite, "third", random).package.leaf_node)

    def added(tree: RatchetTree) -> None:
        tree.add_leaf(newcomer.leaf_node)

    def updated(tree: RatchetTree) -> None:
        tree.update_leaf(LeafIndex(0), leaf)

    def removed(seat: int) -> Callable[[RatchetTree], None]:
        def remove(tree: RatchetTree) -> None:
            tree.remove_leaf(LeafIndex(seat))
            tree.truncate()

        return remove

    cases = [
        _operation(suite, alone, Add(newcomer), added),
        _operation(suite, group.tree, Update(leaf), updated),
        _operation(suite, group.tree, Remove(1), removed(1)),
    ]
    if is_large(suite):
        return cases
    wider = [_operation(suite, three, Add(newcomer), added), _operation(suite, three, Remove(1), removed(1))]
    return cases + wider


def _operation(
    suite: CipherSuite, before: RatchetTree, proposal: Proposal, change: Callable[[RatchetTree], None]
) -> Case:
    after = before.copy()
    change(after)
    return {
        "cipher_suite": suite.code,
        "tree_before": before.encode().hex(),
        "proposal": PROPOSAL.encode(proposal).hex(),
        "proposal_sender": 0,
        "tree_hash_before": before.tree_hash().hex(),
        "tree_after": after.encode().hex(),
        "tree_hash_after": after.tree_hash().hex(),
    }


def tree_validation_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """A full tree, one with blanks inside and at its end, one with leaves that were not merged yet."""
    company = Company(suite, random)
    cases = []
    members = 3 if is_large(suite) else 4
    company.commit(0, [company.newcomer() for _ in range(members - 1)])
    for seat in range(members):
        company.commit(seat, path=True)
    if not is_large(suite):
        cases.append(_valid(company))
    company.commit(members - 1, [company.newcomer()])
    cases.append(_valid(company))
    company.commit(0, remove=[1, 2])
    cases.append(_valid(company))
    return cases


def _valid(company: Company) -> Case:
    group = company.groups[0]
    nodes = [NodeIndex(index) for index in range(2 * group.tree.size - 1)]
    return {
        "cipher_suite": company.suite.code,
        "tree": group.tree.encode().hex(),
        "group_id": group.group_id.hex(),
        "resolutions": [group.tree.resolution(node) for node in nodes],
        "tree_hashes": [group.tree.tree_hash(node).hex() for node in nodes],
    }


@dataclass(slots=True)
class _Grove:
    """A tree whose owner remembers every path secret that each of its members was told."""

    suite: CipherSuite
    random: Random
    group_id: bytes
    tree: RatchetTree
    packages: list[KeyPackageSecrets] = field(repr=False)
    leaf_keys: dict[int, bytes] = field(repr=False)
    secrets: dict[int, dict[NodeIndex, bytes]] = field(repr=False)

    @classmethod
    def of(cls, suite: CipherSuite, random: Random, members: int) -> "_Grove":
        """Return one without any path."""
        packages = [key_package(suite, f"member-{seat}", random) for seat in range(members)]
        tree = RatchetTree.of(suite, packages[0].package.leaf_node)
        for package in packages[1:]:
            tree.add_leaf(package.package.leaf_node)
        keys = {seat: package.encryption_private for seat, package in enumerate(packages)}
        return cls(suite, random, random(16), tree, packages, keys, {seat: {} for seat in keys})

    def update(self, seat: int) -> None:
        """Let one refresh its path, and everybody below it learn their part."""
        planned = self.plan(self.tree, seat)
        own = tree_math.node_of(LeafIndex(seat))
        for node in self.tree.direct_path(LeafIndex(seat)):
            for known in self.secrets.values():
                known.pop(node, None)
        for node, _ in planned.path:
            for other, known in self.secrets.items():
                if tree_math.is_below(tree_math.node_of(LeafIndex(other)), node):
                    known[node] = planned.known.secrets[node]
        self.leaf_keys[seat] = planned.known.private_keys[own]

    def plan(self, tree: RatchetTree, seat: int) -> treekem.PlannedPath:
        """Put a fresh path into a tree."""
        signer = self.packages[seat].signer
        return treekem.plan_path(tree, LeafIndex(seat), signer, self.suite, self.group_id, self.random)

    def remove(self, seat: int) -> None:
        """Blank a seat and everything above it."""
        for node in self.tree.direct_path(LeafIndex(seat)):
            for known in self.secrets.values():
                known.pop(node, None)
        self.tree.remove_leaf(LeafIndex(seat))
        del self.leaf_keys[seat], self.secrets[seat]


def treekem_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """Two and four members with paths, and a tree with a blank and a leaf that is not merged."""
    members = 3 if is_large(suite) else 4
    small, grown = _Grove.of(suite, random, 2), _Grove.of(suite, random, members)
    small.update(0)
    for seat in range(members):
        grown.update(seat)
    grown.remove(1)
    grown.update(members - 1)
    return [_treekem(grown)] if is_large(suite) else [_treekem(small), _treekem(grown)]


def _treekem(grove: _Grove) -> Case:
    suite, random, tree = grove.suite, grove.random, grove.tree
    epoch, confirmed = number(random, 1 << 32), random(suite.hash_size)
    return {
        "cipher_suite": suite.code,
        "group_id": grove.group_id.hex(),
        "epoch": epoch,
        "confirmed_transcript_hash": confirmed.hex(),
        "ratchet_tree": tree.encode().hex(),
        "leaves_private": [
            {
                "index": seat,
                "encryption_priv": key.hex(),
                "signature_priv": grove.packages[seat].signature_private.hex(),
                "path_secrets": [
                    {"node": node, "path_secret": secret.hex()}
                    for node, secret in sorted(grove.secrets[seat].items())
                ],
            }
            for seat, key in grove.leaf_keys.items()
        ],
        "update_paths": [_update_path(grove, seat, epoch, confirmed) for seat in grove.leaf_keys],
    }


def _update_path(grove: _Grove, seat: int, epoch: int, confirmed: bytes) -> Case:
    suite, after = grove.suite, grove.tree.copy()
    planned = grove.plan(after, seat)
    tree_hash = after.tree_hash()
    context = GroupContext(1, suite.code, grove.group_id, epoch, tree_hash, confirmed, ()).encode()
    update = treekem.seal_path(after, planned, suite, context, frozenset(), grove.random)
    told = [_told(grove, planned, seat, other) for other in range(after.size)]
    return {
        "sender": seat,
        "update_path": update.encode().hex(),
        "path_secrets": told,
        "commit_secret": planned.known.commit_secret.hex(),
        "tree_hash_after": tree_hash.hex(),
    }


def _told(grove: _Grove, planned: treekem.PlannedPath, sender: int, other: int) -> str | None:
    """Return the secret of the lowest node of the path above a member."""
    if other == sender or other not in grove.leaf_keys:
        return None
    own = tree_math.node_of(LeafIndex(other))
    lowest = next(node for node, beside in planned.path if tree_math.is_below(own, beside))
    return planned.known.secrets[lowest].hex()
