"""Rules I: commits whose list is sound, and whose path, secrets or tag are not."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.illegal_welcome import invite
from tests.crypto.mls.world import NOW, World, grown, trust

from rogatory_crypto.errors import Code, MisuseError
from rogatory_crypto.mls import (
    CommitReceived,
    Group,
    PskStore,
    ReInit,
    Status,
    encode_group,
    process,
    propose_remove,
    propose_update,
    protect,
    sending,
    treekem,
)
from rogatory_crypto.mls import commit as commits
from rogatory_crypto.mls.credentials import Extension, same_identity
from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.key_schedule import (
    ExternalPsk,
    GroupContext,
    PreSharedKeyId,
    confirmation_tag,
    confirmed_transcript_hash,
)
from rogatory_crypto.mls.nodes import FromCommit, FromKeyPackage, KeyPackage, leaf_place
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import (
    Add,
    ByValue,
    Commit,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    Remove,
)
from rogatory_crypto.mls.tree_math import LeafIndex, node_of
from rogatory_crypto.mls.treekem import HpkeCiphertext, UpdatePath, UpdatePathNode

PSK = PreSharedKey(PreSharedKeyId(ExternalPsk(b"id"), bytes(32)))
REINIT = ReInit(b"continued" * 4, 1, 1, ())


@pytest.fixture
def world() -> World:
    return grown(5)


def refused(world: World, path: UpdatePath, code: Code, rule: str, *proposals: Proposal) -> None:
    """Commit a path of seat 0; everybody must refuse it."""
    message = illegal.commit(world.groups[0], *proposals, path=path)
    for seat in (1, 3):
        illegal.refused(world.groups[seat], message, code, rule)


def path_of(
    world: World,
    added: Sequence[KeyPackage] = (),
    *,
    seal_to_added: bool = False,
    change: Callable[[GroupContext], GroupContext] = lambda context: context,
    secret: Callable[[bytes], bytes] = lambda secret: secret,
    random: Callable[[int], bytes] = illegal.RANDOM,
) -> UpdatePath:
    """Return the path of seat 0.

    Args:
        world: all members.
        added: who is added by the commit.
        seal_to_added: whether their leaves get the secret, too.
        change: spoils the context that secrets are sealed under.
        secret: spoils the secrets, and leaves the keys as they are.
        random: where the secrets and so the keys come from.
    """
    group, suite = world.groups[0], world.suite
    tree = group.tree.copy()
    seats = frozenset(tree.add_leaf(package.leaf_node) for package in added)
    planned = treekem.plan_path(tree, group.own_leaf, group.signer, suite, group.group_id, random)
    secrets = {node: secret(held) for node, held in planned.known.secrets.items()}
    planned = replace(planned, known=replace(planned.known, secrets=secrets))
    context = replace(group.context, epoch=group.epoch + 1, tree_hash=tree.tree_hash())
    new = frozenset[LeafIndex]() if seal_to_added else seats
    return treekem.seal_path(tree, planned, suite, change(context).encode(), new, world.random)


@pytest.mark.parametrize(
    "proposals",
    [(), (Remove(2),), (GroupContextExtensions(()),), (PSK, Remove(2)), (GroupContextExtensions(()), PSK)],
)
def test_a_commit_has_a_path_where_one_is_required(world: World, proposals: tuple[Proposal, ...]) -> None:
    # I01
    message = illegal.commit(world.groups[0], *proposals)
    illegal.refused(world.groups[1], message, Code.INVALID_COMMIT, "I01")


def test_a_commit_of_an_update_has_a_path(world: World) -> None:
    # I01
    world.groups[2], message = propose_update(world.groups[2], random=world.random)
    world.broadcast(message)
    (reference,) = world.groups[1].proposals
    commit = illegal.commit(world.groups[0], reference)
    illegal.refused(world.groups[1], commit, Code.INVALID_COMMIT, "I01")


@pytest.mark.parametrize("proposal", [PSK, REINIT])
def test_a_commit_has_no_path_where_none_is_required(world: World, proposal: Proposal) -> None:
    # I01: only the forged confirmation tag is wrong
    message = illegal.commit(world.groups[0], proposal)
    store = PskStore(external={b"id": b"key"})
    illegal.refused(world.groups[1], message, Code.BAD_MAC, "I09", psks=store)


def test_a_leaf_carries_the_parent_hash_of_its_path(world: World) -> None:
    # I02: none, another, and that of a path before
    world.update(0)
    former = illegal.own_leaf(world.groups[0]).parent_hash
    assert former
    path = path_of(world)
    for parent_hash in (b"", bytes(32), former):
        leaf = illegal.leaf(world.groups[0], path.leaf_node, source=FromCommit(parent_hash))
        refused(world, replace(path, leaf_node=leaf), Code.INVALID_COMMIT, "I02")


def test_a_path_is_as_long_as_the_filtered_direct_path(world: World) -> None:
    # I03: a node less, a node more, none
    path = path_of(world)
    for nodes in (path.nodes[1:], path.nodes[:-1], (*path.nodes, path.nodes[-1]), ()):
        refused(world, replace(path, nodes=nodes), Code.INVALID_COMMIT, "I03")


def test_a_path_is_as_long_as_the_tree_after_the_proposals(world: World) -> None:
    # I03: the tree is halved by the removal, or doubled by the Adds
    refused(world, path_of(world), Code.INVALID_COMMIT, "I03", Remove(4))
    packages = [illegal.key_package_of(world, b"newcomer-%d" % number) for number in range(4)]
    adds = [Add(package) for package in packages]
    refused(world, path_of(world), Code.INVALID_COMMIT, "I03", *adds)


def with_secrets(path: UpdatePath, at: int, secrets: tuple[HpkeCiphertext, ...]) -> UpdatePath:
    nodes = list(path.nodes)
    nodes[at] = UpdatePathNode(nodes[at].encryption_key, secrets)
    return replace(path, nodes=tuple(nodes))


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_secret_is_sealed_to_each_node_of_the_resolution(world: World, at: int) -> None:
    # I04: one less, one more, none
    path = path_of(world)
    sealed = path.nodes[at].encrypted_path_secret
    for secrets in (sealed[:-1], (*sealed, sealed[0]), ()):
        refused(world, with_secrets(path, at, secrets), Code.INVALID_COMMIT, "I04")


def test_a_secret_is_not_sealed_to_who_is_just_added(world: World) -> None:
    # I04
    package = illegal.key_package_of(world)
    path = path_of(world, [package], seal_to_added=True)
    refused(world, path, Code.INVALID_COMMIT, "I04", Add(package))
    sound = path_of(world, [package])
    refused(world, sound, Code.BAD_MAC, "I09", Add(package))


def with_key(path: UpdatePath, at: int, key: bytes) -> UpdatePath:
    nodes = list(path.nodes)
    nodes[at] = replace(nodes[at], encryption_key=key)
    return replace(path, nodes=tuple(nodes))


def test_the_keys_of_a_path_are_new(world: World) -> None:
    # I05: of a leaf, of a parent, twice in the path, of its own leaf
    world.update(3)
    path = path_of(world)
    parent = next(node for _, node in world.groups[0].tree.parents())
    for at, key in (
        (0, world.groups[0].member(2).encryption_key),
        (1, parent.encryption_key),
        (2, path.nodes[0].encryption_key),
        (1, path.leaf_node.encryption_key),
    ):
        refused(world, with_key(path, at, key), Code.INVALID_COMMIT, "I05")


def test_the_leaf_of_a_path_has_a_new_key(world: World) -> None:
    # I05: of another leaf, of a parent, of the path
    world.update(3)
    path = path_of(world)
    parent = next(node for _, node in world.groups[0].tree.parents())
    for key in (
        world.groups[0].member(2).encryption_key,
        parent.encryption_key,
        path.nodes[-1].encryption_key,
    ):
        leaf = illegal.leaf(world.groups[0], path.leaf_node, encryption_key=key)
        refused(world, replace(path, leaf_node=leaf), Code.INVALID_COMMIT, "I05")


def former_epoch(context: GroupContext) -> GroupContext:
    return replace(context, epoch=context.epoch - 1)


def other_tree(context: GroupContext) -> GroupContext:
    return replace(context, tree_hash=bytes(32))


def other_transcript(context: GroupContext) -> GroupContext:
    return replace(context, confirmed_transcript_hash=bytes(32))


def other_extensions(context: GroupContext) -> GroupContext:
    return replace(context, extensions=(Extension(0x7777, b""),))


@pytest.mark.parametrize("change", [former_epoch, other_tree, other_transcript, other_extensions])
def test_secrets_are_sealed_under_the_provisional_context(
    world: World, change: Callable[[GroupContext], GroupContext]
) -> None:
    # I06
    refused(world, path_of(world, change=change), Code.DECRYPTION_FAILED, "I06")
    refused(world, path_of(world), Code.BAD_MAC, "I09")


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_path_secret_has_its_length(world: World, size: int) -> None:
    # I07: even if its keys are those that were sent
    path = path_of(world, random=lambda _: illegal.RANDOM(size))
    message = illegal.commit(world.groups[0], path=path)
    illegal.refused(world.groups[1], message, Code.INVALID_COMMIT, "I07")
    illegal.refused(world.groups[3], message, Code.BAD_MAC, "I09")  # who gets a secret derived from it


def test_a_path_secret_gives_the_keys_that_were_sent(world: World) -> None:
    # I07
    refused(world, path_of(world, secret=lambda held: held[::-1]), Code.INVALID_COMMIT, "I07")


def test_a_path_is_checked_by_whom_it_leaves_behind(world: World) -> None:
    # I08: nothing of the path is for him, and still it must be sound
    group, other = world.groups[0], world.groups[1]
    commit = illegal.honest_commit(group, world.stage(0, remove=[3]).message).content.content
    assert isinstance(commit, Commit)
    path = commit.path
    assert path is not None
    leaf = path.leaf_node
    by_another = leaf.signed(world.suite, other.signer.private, leaf_place(b"group", LeafIndex(0)))
    for spoilt, code, rule in (
        (replace(path, nodes=path.nodes[:1]), Code.INVALID_COMMIT, "I03"),
        (replace(path, leaf_node=by_another), Code.BAD_SIGNATURE, "D06"),
        (
            replace(path, leaf_node=illegal.leaf(group, leaf, source=FromCommit(bytes(32)))),
            Code.INVALID_COMMIT,
            "I02",
        ),
    ):
        message = illegal.commit(group, Remove(3), path=spoilt)
        illegal.refused(world.groups[3], message, code, rule)


@pytest.mark.parametrize("spoil", [lambda _: b"", lambda tag: tag[:-1], lambda tag: tag[::-1]])
def test_the_confirmation_tag_holds_before_anything_is_taken_over(
    world: World, spoil: Callable[[bytes], bytes]
) -> None:
    # I09 A10
    message, _ = illegal.commit_with_tag(world, 0, spoil)
    illegal.refused(world.groups[1], message, Code.BAD_MAC, "I09")


def test_pre_shared_keys_are_held(world: World) -> None:
    # I10 J03: nobody goes on with some of them
    other = PreSharedKey(PreSharedKeyId(ExternalPsk(b"other"), bytes(32)))
    message = illegal.commit(world.groups[0], PSK, other)
    for store in (PskStore(), PskStore(external={b"id": b"key"}), PskStore(external={b"other": b"key"})):
        illegal.refused(world.groups[1], message, Code.UNKNOWN_PSK, "I10", psks=store)


def tag_of(group: Group, proposals: Sequence[Proposal], commit_secret: bytes) -> bytes:
    """Return a commit without a path whose tag follows from this commit secret."""
    sender = MemberSender(group.own_leaf)
    commit = Commit(tuple(ByValue(proposal) for proposal in proposals), None)
    signed = sending.sign(group, commit, b"", public=False)
    listed = [Listed(proposal, sender) for proposal in proposals]
    after = commits.apply_list(group, listed, sender, group.admission(trust, NOW, same_identity))
    confirmed = confirmed_transcript_hash(
        group.suite, group.interim_transcript_hash, signed.confirmed_transcript_input()
    )
    context = commits.provisional_context(group.context, after)
    context = replace(context, confirmed_transcript_hash=confirmed)
    begun = commits.next_epoch_secrets(group.suite, group.secrets.init_secret, context, commit_secret, ())
    tag = confirmation_tag(group.suite, begun.secrets.confirmation_key, confirmed)
    return sending.seal(group, signed.with_confirmation_tag(tag), illegal.RANDOM)[1]


def test_without_a_path_the_commit_secret_is_zero(world: World) -> None:
    # I11: everything else follows from whatever the committer took instead
    group = world.groups[0]
    adds = [Add(illegal.key_package_of(world))]
    for secret in (b"\x01" + bytes(31), bytes(31), b""):
        illegal.refused(world.groups[1], tag_of(group, adds, secret), Code.BAD_MAC, "I09")
    event = process(world.groups[1], tag_of(group, adds, bytes(32)), now=NOW, authenticate=trust)
    assert isinstance(event, CommitReceived)


def test_the_last_epoch_is_the_last(world: World) -> None:
    # B02: no number follows 2^64 - 1
    for seat, group in world.groups.items():
        context = replace(group.context, epoch=(1 << 64) - 1)
        world.groups[seat] = replace(group, context=context, encoded_context=context.encode())
    message = illegal.commit(world.groups[0], Add(illegal.key_package_of(world)))
    illegal.refused(world.groups[1], message, Code.WRONG_EPOCH, "B02")


def test_who_is_removed_says_nothing_more_and_forgets(world: World) -> None:
    # I12
    before = world.groups[3]
    staged = world.stage(0, remove=[3])
    event = process(before, staged.message, now=NOW, authenticate=trust)
    assert isinstance(event, CommitReceived)
    assert event.removed_us
    assert event.group.status is Status.REMOVED
    acts: tuple[Callable[[Group], object], ...] = (
        lambda group: protect(group, b"still here", random=world.random),
        lambda group: propose_remove(group, 0, random=world.random),
        lambda group: propose_update(group, random=world.random),
    )
    for act in acts:
        with pytest.raises(MisuseError, match="I12"):
            act(event.group)
    illegal.refused(event.group, world.stage(1).message, Code.REMOVED, "I12")
    kept = encode_group(event.group)
    for secret in (before.secrets.init_secret, before.secrets.exporter_secret, *before.private_keys.values()):
        assert secret in encode_group(before)
        assert secret not in kept


def test_after_a_reinit_the_old_group_is_silent(world: World) -> None:
    # I13
    staged = world.stage(0, reinit=REINIT)
    event = process(world.groups[1], staged.message, now=NOW, authenticate=trust)
    assert isinstance(event, CommitReceived)
    for group in (staged.group, event.group):
        assert group.status is Status.SUSPENDED
        with pytest.raises(MisuseError, match="I13"):
            protect(group, b"one more", random=world.random)
        with pytest.raises(MisuseError, match="I13"):
            propose_remove(group, 2, random=world.random)
    live = replace(event.group, status=Status.ACTIVE)
    message = illegal.commit(live)
    illegal.refused(staged.group, message, Code.REMOVED, "I13")


def test_a_tree_is_truncated_when_all_is_applied(world: World) -> None:
    # I14: the last leaf goes and another comes, so the tree keeps its size
    newcomer = world.client(b"newcomer").key_package()
    staged = world.stage(0, remove=[4], add=[newcomer.message])
    assert [member.leaf_index for member in staged.added] == [4]
    world.merge(0, staged)
    assert world.agrees()
    assert world.groups[0].tree.size == 8
    world.merge(0, world.stage(0, remove=[3, 4]))
    assert world.agrees()
    assert world.groups[0].tree.size == 4


def test_a_committer_makes_his_leaf_anew(world: World) -> None:
    # I15: fresh key, of a commit, signed for the seat; and his private key is the new one
    before = world.groups[0]
    old = illegal.own_leaf(before)
    assert isinstance(old.source, FromKeyPackage)
    staged = world.stage(0, path=True)
    new = illegal.own_leaf(staged.group)
    assert isinstance(new.source, FromCommit)
    assert new.encryption_key != old.encryption_key
    assert new.signature != old.signature
    new.verify_signature(world.suite, leaf_place(before.group_id, before.own_leaf))
    private = staged.group.private_keys[node_of(before.own_leaf)]
    assert world.suite.kem.public_key(private) == new.encryption_key
    world.merge(0, staged)
    world.update(3)
    assert world.agrees()


def test_a_welcome_is_signed_by_the_leaf_of_the_new_tree(world: World) -> None:
    # I15 K02
    invitation = invite(world)
    signer = invitation.staged.group.tree.leaf(LeafIndex(0))
    assert signer is not None
    invitation.info.verify_signature(world.suite, signer.signature_key)
    assert invitation.info.group_context == invitation.staged.group.context
