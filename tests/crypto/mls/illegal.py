"""Messages that an honest member never makes, properly signed and sealed by a dishonest one."""

from dataclasses import replace

from tests.crypto.mls.world import World, seeded_random

from rogatory_crypto.mls import Group, SignatureKeyPair, sending, treekem
from rogatory_crypto.mls.framing import Content
from rogatory_crypto.mls.nodes import KeyPackage, LeafNode, leaf_place
from rogatory_crypto.mls.proposals import ByReference, ByValue, Commit, Proposal, ProposalOrRef
from rogatory_crypto.mls.treekem import UpdatePath
from rogatory_crypto.mls.welcome import decode_message
from rogatory_crypto.primitives import CipherSuite

RANDOM = seeded_random("illegal")


def message(group: Group, content: Content, *, public: bool = False, tag: bytes | None = None) -> bytes:
    """Return any content, signed by the group's own member."""
    signed = sending.sign(group, content, b"", public=public)
    if isinstance(content, Commit):
        signed = signed.with_confirmation_tag(bytes(group.suite.hash_size) if tag is None else tag)
    return sending.seal(group, signed, RANDOM)[1]


def commit(group: Group, *proposals: Proposal | bytes, path: UpdatePath | None = None) -> bytes:
    """Return a commit of any proposals (bytes are references), with a confirmation tag of zeros."""
    entries: list[ProposalOrRef] = [
        ByReference(entry) if isinstance(entry, bytes) else ByValue(entry) for entry in proposals
    ]
    return message(group, Commit(tuple(entries), path))


def honest_path(world: World, seat: int, *, lie: bool = False) -> UpdatePath:
    """Return the path of a proper empty commit, to be spoilt; if it lies, of other secrets than its keys."""
    group = world.groups[seat]
    tree = group.tree.copy()
    planned = treekem.plan_path(tree, group.own_leaf, group.signer, group.suite, group.group_id, world.random)
    if lie:
        secrets = dict.fromkeys(planned.known.secrets, world.random(group.suite.hash_size))
        planned = replace(planned, known=replace(planned.known, secrets=secrets))
    context = replace(group.context, epoch=group.epoch + 1, tree_hash=tree.tree_hash()).encode()
    return treekem.seal_path(tree, planned, group.suite, context, frozenset(), world.random)


def leaf(group: Group, old: LeafNode, **changes: object) -> LeafNode:
    """Return a leaf with other fields, properly signed for the group's own seat."""
    changed = replace(old, **changes)  # type: ignore[arg-type]  # the fields are named by the tests
    place = leaf_place(group.group_id, group.own_leaf)
    return changed.signed(group.suite, group.signer.private, place)


def key_package(
    suite: CipherSuite,
    signer: SignatureKeyPair,
    data: bytes,
    *,
    leaf_changes: dict[str, object],
    **changes: object,
) -> KeyPackage:
    """Return a KeyPackage with other fields, properly signed again."""
    package = decode_message(data)
    assert isinstance(package, KeyPackage)
    inner = replace(package.leaf_node, **leaf_changes)  # type: ignore[arg-type]  # named by the tests
    inner = inner.signed(suite, signer.private, b"")
    outer = replace(package, leaf_node=inner, **changes)  # type: ignore[arg-type]  # named by the tests
    return outer.signed(suite, signer.private)
