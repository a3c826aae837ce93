"""Rules K: Welcomes whose seals and signatures hold, and into whose groups nobody may go."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.illegal_welcome import Invitation, invite, lived_in
from tests.crypto.mls.world import World, distrust, grown

from rogatory_crypto.errors import Code
from rogatory_crypto.mls import propose_update
from rogatory_crypto.mls.credentials import (
    APPLICATION_ID,
    EXTERNAL_SENDERS,
    LAST_RESORT,
    RATCHET_TREE,
    REQUIRED_CAPABILITIES,
    BasicCredential,
    Extension,
    RequiredCapabilities,
)
from rogatory_crypto.mls.extensions import ExternalSender, external_senders_extension
from rogatory_crypto.mls.nodes import MAX_LEAVES, RATCHET_TREE_FIELD, FromCommit, LeafNode, Node, ParentNode
from rogatory_crypto.mls.welcome import PathSecret, Welcome, decode_message, encode_message

Nodes = list[Node | None]
OTHER_KEY = bytes(31) + b"\x09"


@pytest.fixture
def invitation() -> Invitation:
    return lived_in()


def parent(nodes: Nodes, index: int) -> ParentNode:
    node = nodes[index]
    assert isinstance(node, ParentNode)
    return node


def leaf(nodes: Nodes, seat: int) -> LeafNode:
    node = nodes[2 * seat]
    assert isinstance(node, LeafNode)
    return node


def test_what_is_put_together_again_is_sound(invitation: Invitation) -> None:
    nodes = RATCHET_TREE_FIELD.decode(invitation.tree)
    assert [index for index in range(1, len(nodes), 2) if nodes[index] is not None] == [1, 3, 5, 7]
    group = invitation.join()
    assert group.epoch_authenticator == invitation.staged.group.epoch_authenticator


def test_a_welcome_is_for_our_key_package(invitation: Invitation) -> None:
    # K01
    message = invitation.seal()
    invitation.package = invitation.world.client(b"stranger").key_package()
    invitation.refused(Code.INVALID_WELCOME, "K01", message)


@pytest.mark.parametrize("suite", [2, 3, 0xF04E, 0xFFFF])
def test_a_welcome_is_of_our_key_packages_suite(invitation: Invitation, suite: int) -> None:
    # K01
    welcome = decode_message(invitation.seal())
    assert isinstance(welcome, Welcome)
    message = encode_message(replace(welcome, cipher_suite=suite))
    invitation.refused(Code.INVALID_WELCOME, "K01", message)


@pytest.mark.parametrize(
    "changes", [{"version": 0}, {"version": 2}, {"cipher_suite": 2}, {"cipher_suite": 3}]
)
def test_a_group_is_of_our_version_and_suite(invitation: Invitation, changes: dict[str, int]) -> None:
    # K01
    invitation.change_context(**changes)
    invitation.refused(Code.INVALID_WELCOME, "K01")


@pytest.mark.parametrize("seat", [1, 2, 3, 5])
def test_a_group_info_is_signed_by_the_leaf_it_names(invitation: Invitation, seat: int) -> None:
    # K02: by another member than it names, and named another than signs
    message = invitation.seal(signer=invitation.world.groups[seat])
    invitation.refused(Code.BAD_SIGNATURE, "K02", message)
    invitation.info = replace(invitation.info, signer=seat)
    invitation.refused(Code.BAD_SIGNATURE, "K02")


@pytest.mark.parametrize("seat", [6, 7, 8, 1 << 31, (1 << 32) - 1])
def test_nobody_signs_from_a_blank_seat(invitation: Invitation, seat: int) -> None:
    # K02: blank, or outside of the tree
    invitation.info = replace(invitation.info, signer=seat)
    invitation.refused(Code.INVALID_WELCOME, "K02")


def test_a_group_info_without_a_signature_is_refused(invitation: Invitation) -> None:
    # K02
    bare = replace(invitation.info, signature=b"")
    invitation.refused(Code.BAD_SIGNATURE, "K02", invitation.seal(info=bare.encode()))


def blank_last(nodes: Nodes) -> None:
    nodes.append(None)


def blank_only(nodes: Nodes) -> None:
    nodes[:] = [None]


def nothing(nodes: Nodes) -> None:
    nodes.clear()


def leaf_above(nodes: Nodes) -> None:
    nodes[1] = leaf(nodes, 0)


def parent_below(nodes: Nodes) -> None:
    nodes[2] = parent(nodes, 1)


@pytest.mark.parametrize("change", [blank_last, blank_only, nothing, leaf_above, parent_below])
def test_a_tree_has_its_shape(invitation: Invitation, change: Callable[[Nodes], None]) -> None:
    # K04
    invitation.change_tree(change, rehash=False)
    invitation.refused(Code.INVALID_TREE, "K04")


def test_a_tree_has_a_largest_size(invitation: Invitation) -> None:
    # K04 Q02
    def widen(nodes: Nodes) -> None:
        nodes += [None] * (2 * MAX_LEAVES - len(nodes)) + [leaf(nodes, 0)]

    invitation.change_tree(widen, rehash=False)
    invitation.refused(Code.TOO_LARGE, "A07")


def test_a_tree_is_the_one_of_the_context(invitation: Invitation) -> None:
    # K05
    def change(nodes: Nodes) -> None:
        nodes[1] = replace(parent(nodes, 1), encryption_key=OTHER_KEY)

    invitation.change_tree(change, rehash=False)
    invitation.refused(Code.INVALID_TREE, "K05")


def test_a_tree_that_comes_by_another_way_is_the_one_of_the_context(invitation: Invitation) -> None:
    # K05
    tree = invitation.tree
    invitation.info = replace(invitation.info, extensions=())
    invitation.refused(Code.INVALID_WELCOME, "K05")
    before = invitation.world.groups[0].ratchet_tree
    invitation.refused(Code.INVALID_TREE, "K05", ratchet_tree=before)
    assert invitation.join(ratchet_tree=tree).epoch == invitation.staged.group.epoch


def null_parent_hash(nodes: Nodes) -> None:
    nodes[3] = replace(parent(nodes, 3), parent_hash=b"")


def null_parent_hash_of_a_leaf(nodes: Nodes) -> None:
    changed = replace(leaf(nodes, 3), source=FromCommit(b""))
    nodes[6] = replace(changed, encoded=illegal.encoded(changed))


def hash_at_the_root(nodes: Nodes) -> None:
    nodes[7] = replace(parent(nodes, 7), parent_hash=bytes(32))


def other_parent_key(nodes: Nodes) -> None:
    nodes[5] = replace(parent(nodes, 5), encryption_key=OTHER_KEY)


def invented_parent(nodes: Nodes) -> None:
    nodes[9] = ParentNode(OTHER_KEY, b"", ())


def leaves_swapped(nodes: Nodes) -> None:
    nodes[2], nodes[4] = nodes[4], nodes[2]


def member_dropped(nodes: Nodes) -> None:
    """Beside the path of the last committer, whose hash covers who sat there."""
    nodes[2] = None


def member_exchanged(nodes: Nodes) -> None:
    nodes[10] = World(seed="elsewhere").client(b"stranger").key_package().package.leaf_node


@pytest.mark.parametrize(
    "change",
    [
        null_parent_hash,
        null_parent_hash_of_a_leaf,
        hash_at_the_root,
        other_parent_key,
        invented_parent,
        leaves_swapped,
        member_dropped,
        member_exchanged,
    ],
)
def test_every_parent_is_vouched_for_by_one_chain(
    invitation: Invitation, change: Callable[[Nodes], None]
) -> None:
    # K06
    invitation.change_tree(change)
    invitation.refused(Code.INVALID_TREE, "K06")


def test_every_leaf_is_signed_for_its_group(invitation: Invitation) -> None:
    # K07 D06: leaves of committers name the group
    invitation.change_context(group_id=b"another group")
    invitation.refused(Code.BAD_SIGNATURE, "D06")


def test_every_leaf_is_signed_for_its_seat() -> None:
    # K07 D06: an updated leaf on the seat of another, in a tree without parents that would tell
    world = grown(4)
    world.groups[1], message = propose_update(world.groups[1], random=world.random)
    world.broadcast(message)
    world.merge(0, world.stage(0))
    world.remove(0, 2)
    invitation = invite(world, path=False)

    def move(nodes: Nodes) -> None:
        for index in range(1, len(nodes), 2):
            nodes[index] = None
        nodes[2], nodes[6] = nodes[6], nodes[2]

    invitation.change_tree(move)
    invitation.refused(Code.BAD_SIGNATURE, "D06")


@pytest.mark.parametrize("identity", [b"member-0", b"member-0-1", b"guest"])
def test_every_identity_is_judged(invitation: Invitation, identity: bytes) -> None:
    # K07 D01
    invitation.refused(Code.INVALID_CREDENTIAL, "D01", authenticate=distrust(identity))


def unmerged(index: int, *leaves: int) -> Callable[[Nodes], None]:
    def change(nodes: Nodes) -> None:
        nodes[index] = replace(parent(nodes, index), unmerged_leaves=leaves)

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(unmerged(5, 3, 2), id="out of order"),
        pytest.param(unmerged(5, 3, 3), id="twice"),
        pytest.param(unmerged(5, 1), id="beside"),
        pytest.param(unmerged(7, 6), id="blank"),
        pytest.param(unmerged(7, 8), id="outside of the tree"),
        pytest.param(unmerged(7, (1 << 32) - 1), id="far outside of the tree"),
        pytest.param(unmerged(3, 1), id="merged below"),
        pytest.param(unmerged(7, 3), id="merged further below"),
    ],
)
def test_unmerged_leaves_are_below_in_order_and_nowhere_merged(
    invitation: Invitation, change: Callable[[Nodes], None]
) -> None:
    # K08
    invitation.change_tree(change)
    invitation.refused(Code.INVALID_TREE, "K08")


def key_of_another_parent(nodes: Nodes) -> None:
    nodes[3] = replace(parent(nodes, 3), encryption_key=parent(nodes, 7).encryption_key)


def key_of_a_leaf(nodes: Nodes) -> None:
    nodes[3] = replace(parent(nodes, 3), encryption_key=leaf(nodes, 5).encryption_key)


def leaf_twice(nodes: Nodes) -> None:
    nodes[2] = leaf(nodes, 0)


@pytest.mark.parametrize("change", [key_of_another_parent, key_of_a_leaf, leaf_twice])
def test_an_encryption_key_is_there_once(invitation: Invitation, change: Callable[[Nodes], None]) -> None:
    # K09
    invitation.change_tree(change)
    invitation.refused(Code.INVALID_TREE, "K09")


def test_our_leaf_is_in_the_tree_byte_for_byte() -> None:
    # K10: our keys and our signature, and one extension more than we published
    invitation = invite(grown(3), path=False)
    signer, suite = invitation.package.signer, invitation.world.suite

    def change(nodes: Nodes) -> None:
        more = replace(leaf(nodes, 3), extensions=(Extension(APPLICATION_ID, b"\x04more"),))
        nodes[6] = more.signed(suite, signer.private, b"")

    invitation.change_tree(change)
    invitation.refused(Code.INVALID_WELCOME, "K10")


def test_our_leaf_is_in_the_tree_at_all() -> None:
    # K10
    world = grown(4)
    invitation = invite(world, path=False)

    def replace_by_another(nodes: Nodes) -> None:
        nodes[8] = world.client(b"other").key_package().package.leaf_node

    invitation.change_tree(replace_by_another)
    invitation.refused(Code.INVALID_WELCOME, "K10")


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(32), bytes(33)])
def test_a_path_secret_gives_the_keys_of_the_tree(invitation: Invitation, secret: bytes) -> None:
    # K11
    invitation.secrets = replace(invitation.secrets, path_secret=PathSecret(secret))
    invitation.refused(Code.INVALID_COMMIT, "K11")


def test_a_path_secret_of_a_higher_node_is_refused() -> None:
    # K11: the guest shares node 5 with the committer's neighbour, and only the root with him
    world = grown(2)
    invitation = invite(world)
    held = invitation.secrets.path_secret
    assert held is not None
    above = world.suite.derive_secret(held.path_secret, b"path")
    invitation.secrets = replace(invitation.secrets, path_secret=PathSecret(above))
    invitation.refused(Code.INVALID_COMMIT, "K11")


def test_a_path_secret_is_of_a_node_that_is_there() -> None:
    # K11: of a commit that had no path
    invitation = invite(grown(2), path=False)
    invitation.secrets = replace(invitation.secrets, path_secret=PathSecret(bytes(32)))
    invitation.refused(Code.INVALID_WELCOME, "K11")


def test_nobody_welcomes_himself(invitation: Invitation) -> None:
    # K11: there is no node that two share if both are one
    own = invitation.staged.added[0].leaf_index
    invitation.info = replace(invitation.info, signer=own)
    signer = replace(invitation.world.groups[0], signer=invitation.package.signer)
    invitation.refused(Code.INVALID_WELCOME, "K11", invitation.seal(signer=signer))


@pytest.mark.parametrize("tag", [b"", bytes(32), bytes(31)])
def test_the_confirmation_tag_is_of_the_epoch_that_we_reach(invitation: Invitation, tag: bytes) -> None:
    # K12
    invitation.info = replace(invitation.info, confirmation_tag=tag)
    invitation.refused(Code.BAD_MAC, "K12")


def test_a_joiner_secret_of_another_epoch_confirms_nothing(invitation: Invitation) -> None:
    # K12: everything is sealed under it, so only the tag tells
    invitation.secrets = replace(invitation.secrets, joiner_secret=bytes(32))
    invitation.refused(Code.BAD_MAC, "K12")


@pytest.mark.parametrize("extension", [0x7777, 0xF001])
def test_a_group_with_an_extension_that_we_cannot_is_not_joined(
    invitation: Invitation, extension: int
) -> None:
    # K12 K14
    invitation.change_context(extensions=(Extension(extension, b""),))
    invitation.refused(Code.UNSUPPORTED, "K12")


def test_a_group_that_requires_what_we_cannot_is_not_joined(invitation: Invitation) -> None:
    # K12 D10
    required = RequiredCapabilities(proposals=(0x7777,))
    invitation.change_context(extensions=(Extension(REQUIRED_CAPABILITIES, required.encode()),))
    invitation.refused(Code.INVALID_LEAF_NODE, "D10")


@pytest.mark.parametrize("extension", [APPLICATION_ID, RATCHET_TREE, 4, 10])
def test_an_extension_that_belongs_elsewhere_is_not_in_a_group(
    invitation: Invitation, extension: int
) -> None:
    # K14
    invitation.change_context(extensions=(Extension(extension, b""),))
    invitation.refused(Code.UNSUPPORTED, "K14")


def test_extensions_of_a_group_info_that_nobody_knows_are_ignored(invitation: Invitation) -> None:
    # K14
    unknown = (Extension(0x7777, b"?"), Extension(0x0A0A, b""))
    invitation.info = replace(invitation.info, extensions=(*invitation.info.extensions, *unknown))
    assert invitation.join().active


@pytest.mark.parametrize("kind", [APPLICATION_ID, REQUIRED_CAPABILITIES, EXTERNAL_SENDERS, LAST_RESORT])
def test_an_extension_that_belongs_elsewhere_is_not_in_a_group_info(
    invitation: Invitation, kind: int
) -> None:
    # K14
    more = (*invitation.info.extensions, Extension(kind, bytes(3)))
    invitation.info = replace(invitation.info, extensions=more)
    invitation.refused(Code.UNSUPPORTED, "K14")


def test_nobody_joins_a_group_that_he_is_in(invitation: Invitation) -> None:
    # K03
    name = invitation.info.group_context.group_id
    invitation.refused(Code.INVALID_WELCOME, "K03", known_groups={b"other", name})
    assert invitation.join(known_groups={b"other"}).active


def test_external_senders_that_the_application_does_not_know_are_a_reason_not_to_join() -> None:
    # K07 D01
    invitation = invite(grown(3), path=False)
    sender = ExternalSender(invitation.world.groups[0].signer.public, BasicCredential(b"robot"))
    invitation.change_context(extensions=(external_senders_extension((sender,)),))
    invitation.refused(Code.INVALID_CREDENTIAL, "D01", authenticate=distrust(b"robot"))
