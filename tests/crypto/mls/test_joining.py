"""Welcomes that must be refused (rules J, K) and the first epoch."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from tests.crypto.mls.world import LIFETIME, NOW, World, distrust, grown, trust

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import (
    BasicCredential,
    Group,
    KeyPackageSecrets,
    StagedCommit,
    create_group,
    generate_key_package,
    greased,
    join_group,
    key_package_identity,
    key_schedule,
    own_capabilities,
    stage_commit,
)
from rogatory_crypto.mls.credentials import (
    EXTERNAL_SENDERS,
    RATCHET_TREE,
    REQUIRED_CAPABILITIES,
    Extension,
    RequiredCapabilities,
)
from rogatory_crypto.mls.key_schedule import ExternalPsk, GroupContext, PreSharedKeyId
from rogatory_crypto.mls.leaf_validation import CLOCK_TOLERANCE_S
from rogatory_crypto.mls.nodes import NODE, RATCHET_TREE_FIELD, LeafNode, Node, ParentNode
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.treekem import HpkeCiphertext
from rogatory_crypto.mls.welcome import (
    WELCOME_LABEL,
    EncryptedGroupSecrets,
    GroupInfo,
    GroupSecrets,
    PathSecret,
    Welcome,
    decode_message,
    encode_message,
)


@dataclass
class Invitation:
    """A Welcome taken apart, so that its parts can be changed and put together again."""

    world: World
    package: KeyPackageSecrets
    staged: StagedCommit
    secrets: GroupSecrets
    info: GroupInfo

    def seal(self, *, signer: Group | None = None) -> bytes:
        """Return the Welcome of the parts as they are now, with a fresh signature if a signer is named."""
        suite = self.world.suite
        info = self.info if signer is None else self.info.signed(suite, signer.signer.private)
        nothing = key_schedule.psk_secret(suite, ())
        secret = key_schedule.welcome_secret(suite, self.secrets.joiner_secret, nothing)
        key, nonce = key_schedule.welcome_key(suite, secret)
        sealed_info = suite.aead.seal(key, nonce, b"", info.encode())
        sealed = suite.encrypt_with_label(
            self.package.package.init_key,
            WELCOME_LABEL,
            sealed_info,
            self.secrets.encode(),
            self.world.random,
        )
        entry = EncryptedGroupSecrets(self.package.reference, HpkeCiphertext(*sealed))
        return encode_message(Welcome(suite.code, (entry,), sealed_info))

    def change_tree(self, change: Callable[[list[Node | None]], None]) -> None:
        """Change the tree and let the context agree with it."""
        data = next(e.extension_data for e in self.info.extensions if e.extension_type == RATCHET_TREE)
        nodes = list(RATCHET_TREE_FIELD.decode(data))
        change(nodes)
        tree = RATCHET_TREE_FIELD.encode(tuple(nodes))
        extensions = (Extension(RATCHET_TREE, tree),)
        self.info = replace(self.info, extensions=extensions)

    def rehash(self) -> None:
        """Let the context carry the hash of the tree as it is now."""
        tree = RatchetTree.decode(self.world.suite, self.info.extensions[0].extension_data)
        self.change_context(tree_hash=tree.tree_hash())

    def change_context(self, **changes: object) -> None:
        context: GroupContext = replace(self.info.group_context, **changes)  # type: ignore[arg-type]  # named by the tests
        self.info = replace(self.info, group_context=context)

    def refusal(self, *, signer: Group | None = None) -> str:
        with pytest.raises(PeerError) as caught:
            join_group(self.seal(signer=signer), self.package, now=NOW, authenticate=trust)
        return str(caught.value)


@pytest.fixture
def invitation() -> Invitation:
    world = grown(6)
    for seat in (0, 2, 5, 3):
        world.update(seat)
    world.remove(0, 4)
    package = world.client(b"guest").key_package()
    staged = world.stage(0, add=[package.message], path=True)
    return opened(world, package, staged)


def opened(world: World, package: KeyPackageSecrets, staged: StagedCommit) -> Invitation:
    assert staged.welcome is not None
    welcome = decode_message(staged.welcome)
    assert isinstance(welcome, Welcome)
    suite, sealed = world.suite, welcome.secrets[0].encrypted_group_secrets
    secrets = GroupSecrets.decode(
        suite.decrypt_with_label(
            package.init_private,
            WELCOME_LABEL,
            welcome.encrypted_group_info,
            sealed.kem_output,
            sealed.ciphertext,
        )
    )
    secret = key_schedule.welcome_secret(suite, secrets.joiner_secret, key_schedule.psk_secret(suite, ()))
    key, nonce = key_schedule.welcome_key(suite, secret)
    info = GroupInfo.decode(suite.aead.open(key, nonce, b"", welcome.encrypted_group_info))
    return Invitation(world, package, staged, secrets, info)


def test_what_was_taken_apart_and_put_together_still_opens(invitation: Invitation) -> None:
    group = join_group(invitation.seal(), invitation.package, now=NOW, authenticate=trust)
    assert group.epoch_authenticator == invitation.staged.group.epoch_authenticator
    assert group.own_leaf == invitation.staged.added[0].leaf_index


def test_the_tree_may_come_by_another_way_and_must_be_the_one(invitation: Invitation) -> None:
    # K05
    world = invitation.world
    package = world.client(b"other guest").key_package()
    staged = world.stage(0, add=[package.message], include_tree=False)
    assert staged.welcome is not None
    tree = staged.group.ratchet_tree
    joined = join_group(staged.welcome, package, now=NOW, authenticate=trust, ratchet_tree=tree)
    assert joined.tree_hash == staged.group.tree_hash
    for other in (None, world.groups[0].ratchet_tree, b"\x00", b""):
        with pytest.raises(PeerError):
            join_group(staged.welcome, package, now=NOW, authenticate=trust, ratchet_tree=other)


def test_a_welcome_for_another_package_or_suite_is_refused(invitation: Invitation) -> None:
    # K01
    stranger = invitation.world.client(b"stranger").key_package()
    with pytest.raises(PeerError, match="K01"):
        join_group(invitation.seal(), stranger, now=NOW, authenticate=trust)
    welcome = decode_message(invitation.seal())
    assert isinstance(welcome, Welcome)
    other = encode_message(replace(welcome, cipher_suite=2))
    with pytest.raises(PeerError, match="K01"):
        join_group(other, invitation.package, now=NOW, authenticate=trust)
    with pytest.raises(PeerError, match="not a Welcome"):
        join_group(stranger.message, stranger, now=NOW, authenticate=trust)
    invitation.change_context(version=2)
    assert "K01" in invitation.refusal(signer=invitation.world.groups[0])


@pytest.mark.parametrize("signer", [1, 4, 100])
def test_only_the_named_leaf_may_sign(invitation: Invitation, signer: int) -> None:
    # K02: another leaf, a blank one (seat 4 is ours: not its key), one outside of the tree
    invitation.info = replace(invitation.info, signer=signer)
    refusal = invitation.refusal(signer=invitation.world.groups[0])
    assert "K02" in refusal or "bad-signature" in refusal


def test_a_signature_by_any_other_member_is_refused(invitation: Invitation) -> None:
    # K02
    assert "bad-signature" in invitation.refusal(signer=invitation.world.groups[1])


def test_pre_shared_keys_that_we_do_not_hold_are_not_replaced(invitation: Invitation) -> None:
    # J03
    psk = PreSharedKeyId(ExternalPsk(b"id"), bytes(32))
    invitation.secrets = replace(invitation.secrets, psks=(psk,))
    assert "J03" in invitation.refusal()


def test_a_path_secret_that_does_not_fit_is_refused(invitation: Invitation) -> None:
    # K11
    invitation.secrets = replace(invitation.secrets, path_secret=PathSecret(bytes(32)))
    assert "I07" in invitation.refusal()


def test_a_wrong_confirmation_tag_is_refused(invitation: Invitation) -> None:
    # K12
    invitation.info = replace(invitation.info, confirmation_tag=bytes(32))
    assert "K12" in invitation.refusal(signer=invitation.world.groups[0])


@pytest.mark.parametrize(
    ("extension", "rule"), [(EXTERNAL_SENDERS, "A05"), (0x7777, "K12"), (RATCHET_TREE, "K14")]
)
def test_a_group_with_an_extension_that_we_do_not_support_is_not_joined(
    invitation: Invitation, extension: int, rule: str
) -> None:
    # K12 K14
    invitation.change_context(extensions=(Extension(extension, b""),))
    assert rule in invitation.refusal(signer=invitation.world.groups[0])


def test_required_capabilities_hold_for_everybody(invitation: Invitation) -> None:
    # D10 K12
    for required, expected in (
        (RequiredCapabilities(credentials=(1,)), "K12: the confirmation tag"),
        (RequiredCapabilities(extensions=(0x7777,)), "D10"),
        (RequiredCapabilities(proposals=(0x7777,)), "D10"),
        (RequiredCapabilities(credentials=(2,)), "D10"),
    ):
        extension = Extension(REQUIRED_CAPABILITIES, required.encode())
        invitation.change_context(extensions=(extension,))
        assert expected in invitation.refusal(signer=invitation.world.groups[0])


def test_every_identity_in_the_tree_is_judged(invitation: Invitation) -> None:
    # D01 K07
    with pytest.raises(PeerError) as caught:
        join_group(invitation.seal(), invitation.package, now=NOW, authenticate=distrust(b"member-0"))
    assert caught.value.code is Code.INVALID_CREDENTIAL


def parent(nodes: list[Node | None], index: int) -> ParentNode:
    node = nodes[index]
    assert isinstance(node, ParentNode)
    return node


def leaf(nodes: list[Node | None], seat: int) -> LeafNode:
    node = nodes[2 * seat]
    assert isinstance(node, LeafNode)
    return node


def parents(nodes: list[Node | None]) -> list[int]:
    return [index for index, node in enumerate(nodes) if isinstance(node, ParentNode)]


def blank_last(nodes: list[Node | None]) -> None:
    nodes.append(None)


def swap_kinds(nodes: list[Node | None]) -> None:
    nodes[1] = leaf(nodes, 0)


def null_parent_hash(nodes: list[Node | None]) -> None:
    index = parents(nodes)[0]
    nodes[index] = replace(parent(nodes, index), parent_hash=b"")


def other_parent_key(nodes: list[Node | None]) -> None:
    index = parents(nodes)[0]
    changed = bytes(31) + b"\x09"
    nodes[index] = replace(parent(nodes, index), encryption_key=changed)


def same_parent_key(nodes: list[Node | None]) -> None:
    first, second, *_ = parents(nodes)
    nodes[first] = replace(parent(nodes, first), encryption_key=parent(nodes, second).encryption_key)


def unmerged_far_away(nodes: list[Node | None]) -> None:
    nodes[1] = replace(parent(nodes, 1), unmerged_leaves=(5,))


def unmerged_twice(nodes: list[Node | None]) -> None:
    nodes[3] = replace(parent(nodes, 3), unmerged_leaves=(1, 1))


def unmerged_merged_below(nodes: list[Node | None]) -> None:
    nodes[3] = replace(parent(nodes, 3), unmerged_leaves=(1,))


def invented_parent(nodes: list[Node | None]) -> None:
    blanks = [index for index in range(1, len(nodes), 2) if nodes[index] is None]
    nodes[blanks[0]] = ParentNode(bytes(31) + b"\x09", b"", ())


def same_seat_twice(nodes: list[Node | None]) -> None:
    nodes[2] = leaf(nodes, 0)


def leaf_moved(nodes: list[Node | None]) -> None:
    nodes[2], nodes[4] = nodes[4], nodes[2]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (blank_last, "K04"),
        (swap_kinds, "K04"),
        (null_parent_hash, "K06"),
        (other_parent_key, "K06"),
        (same_parent_key, "K09"),
        (unmerged_far_away, "K08"),
        (unmerged_twice, "K08"),
        (unmerged_merged_below, "K08"),
        (same_seat_twice, "K09"),
        (leaf_moved, "K06"),
    ],
)
def test_a_tree_that_members_could_not_have_made_is_refused(
    invitation: Invitation, change: Callable[[list[Node | None]], None], expected: str
) -> None:
    invitation.change_tree(change)
    if expected != "K04":
        invitation.rehash()
    assert expected in invitation.refusal(signer=invitation.world.groups[0])


def test_an_invented_parent_is_refused() -> None:
    # K06: nobody vouches for it
    world = grown(4)
    package = world.client(b"guest").key_package()
    invitation = opened(world, package, world.stage(0, add=[package.message], path=False))
    invitation.change_tree(invented_parent)
    invitation.rehash()
    assert "K06" in invitation.refusal(signer=world.groups[0])


def test_another_tree_than_the_contexts_is_refused(invitation: Invitation) -> None:
    # K05
    invitation.change_tree(null_parent_hash)
    assert "K05" in invitation.refusal(signer=invitation.world.groups[0])


def test_our_own_leaf_must_be_there_byte_for_byte(invitation: Invitation) -> None:
    # K10
    other = invitation.world.client(b"other").key_package()
    package = replace(invitation.package, package=other.package)
    with pytest.raises(PeerError, match="K10"):
        join_group(invitation.seal(), package, now=NOW, authenticate=trust)


def test_a_group_needs_a_name() -> None:
    world = World()
    client = world.client(b"x")
    for name in (b"", bytes(256)):
        with pytest.raises(MisuseError):
            create_group(world.suite, name, client.signer, BasicCredential(b"x"), LIFETIME, world.random)


def test_the_group_info_of_a_staged_commit_is_the_next_epochs(invitation: Invitation) -> None:
    info = decode_message(invitation.staged.group_info)
    assert isinstance(info, GroupInfo)
    assert info.group_context.epoch == invitation.staged.group.epoch
    info.verify_signature(invitation.world.suite, invitation.world.groups[0].signer.public)


def test_a_key_package_is_not_a_group_info(invitation: Invitation) -> None:
    with pytest.raises(PeerError):
        key_package_identity(invitation.staged.group_info)


def test_nodes_encode_as_they_were_read(invitation: Invitation) -> None:
    for _, node in invitation.staged.group.tree.leaves():
        assert NODE.encode(NODE.decode(NODE.encode(node))) == NODE.encode(node)


def test_a_seat_taken_before_its_time_is_refused(invitation: Invitation) -> None:
    # D14
    early = LIFETIME.not_before - CLOCK_TOLERANCE_S
    joined = join_group(invitation.seal(), invitation.package, now=early, authenticate=trust)
    assert joined.active
    with pytest.raises(PeerError, match="D14"):
        join_group(invitation.seal(), invitation.package, now=early - 1, authenticate=trust)


def test_a_signature_key_sits_once(invitation: Invitation) -> None:
    # D09, with another encryption key
    def same_signature_key(nodes: list[Node | None]) -> None:
        nodes[2] = replace(leaf(nodes, 1), signature_key=leaf(nodes, 0).signature_key, encoded=b"")
        changed = leaf(nodes, 1)
        nodes[2] = changed.signed(invitation.world.suite, invitation.world.groups[0].signer.private, b"")

    invitation.change_tree(same_signature_key)
    invitation.rehash()
    assert "D09" in invitation.refusal(signer=invitation.world.groups[0])


def test_a_member_cannot_welcome_himself_and_a_shared_node_is_not_blank(invitation: Invitation) -> None:
    # K11
    invitation.info = replace(invitation.info, signer=invitation.staged.added[0].leaf_index)
    own = replace(invitation.world.groups[0], signer=invitation.package.signer)
    assert "K11" in invitation.refusal(signer=own)
    world = grown(2)
    package = world.client(b"guest").key_package()
    flat = opened(world, package, world.stage(0, add=[package.message], path=False))
    flat.secrets = replace(flat.secrets, path_secret=PathSecret(bytes(32)))
    assert "K11" in flat.refusal()


def test_a_meaningless_capability_is_no_support_for_an_extension() -> None:
    # K12 P02: RFC 9420 section 13.5, our own list is compared without it
    world = World()
    founder, guest = world.client(b"founder"), world.client(b"guest")
    settings = (LIFETIME, world.random)
    can = greased(own_capabilities(1), 0)
    group = create_group(
        world.suite,
        b"greased",
        founder.signer,
        BasicCredential(b"founder"),
        *settings,
        extensions=[Extension(can.extensions[-1], b"")],
        capabilities=can,
    )
    package = generate_key_package(
        world.suite, guest.signer, BasicCredential(b"guest"), *settings, capabilities=can
    )
    staged = stage_commit(group, add=[package.message], random=world.random, now=NOW, authenticate=trust)
    assert staged.welcome is not None
    with pytest.raises(PeerError, match="K12"):
        join_group(staged.welcome, package, now=NOW, authenticate=trust)
