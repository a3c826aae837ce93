"""Rules H: external commits, signed by who joins, in which one thing is wrong."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import NOW, Client, World, distrust, grown, trust

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import (
    CommitReceived,
    GroupPolicy,
    encode_group,
    group_info,
    join_external,
    process,
    propose_remove,
)
from rogatory_crypto.mls.credentials import EXTERNAL_PUB, RATCHET_TREE, BasicCredential, Extension
from rogatory_crypto.mls.framing import COMMIT, NewMemberCommit, PublicMessage
from rogatory_crypto.mls.key_schedule import ExternalPsk, PreSharedKeyId
from rogatory_crypto.mls.nodes import RATCHET_TREE_FIELD
from rogatory_crypto.mls.proposals import (
    Add,
    ByReference,
    ByValue,
    Commit,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ProposalOrRef,
    ReInit,
    Remove,
    Update,
)
from rogatory_crypto.mls.welcome import GroupInfo, decode_message, encode_message

PSK = PreSharedKey(PreSharedKeyId(ExternalPsk(b"id"), bytes(32)))


@dataclass
class Joiner:
    """Somebody who joins a world by himself, and the commit by which he does."""

    world: World
    client: Client

    def info(self) -> bytes:
        return group_info(self.world.groups[0], external=True)

    def join(self, info: bytes | None = None, **options: Any) -> bytes:
        settings: dict[str, Any] = {
            "now": NOW,
            "random": self.world.random,
            "authenticate": trust,
            **options,
        }
        package = self.client.key_package()
        return join_external(self.info() if info is None else info, package, **settings).message

    def honest(self, **options: Any) -> Commit:
        message = decode_message(self.join(**options))
        assert isinstance(message, PublicMessage)
        assert isinstance(message.content.content, Commit)
        return message.content.content

    def commit(self, *proposals: Proposal | bytes, **options: Any) -> bytes:
        """Return the honest commit with another list, signed again."""
        honest = self.honest(**options)
        entries: tuple[ProposalOrRef, ...] = tuple(
            ByReference(entry) if isinstance(entry, bytes) else ByValue(entry) for entry in proposals
        )
        return self.sign(replace(honest, proposals=entries))

    def sign(self, commit: Commit) -> bytes:
        sender, signer = NewMemberCommit(), self.client.signer
        return illegal.outside_bytes(self.world.groups[0], COMMIT, commit.encode(), sender, signer=signer)

    def on_seat(self, seat: int, *, resync: bool = False, **changes: object) -> Commit:
        """Return the honest commit with its leaf signed for a seat, with other fields."""
        honest = self.honest(resync=resync)
        assert honest.path is not None
        group = replace(illegal.on_seat(self.world.groups[0], seat), signer=self.client.signer)
        leaf = illegal.leaf(group, honest.path.leaf_node, **changes)
        return replace(honest, path=replace(honest.path, leaf_node=leaf))

    def refused(self, message: bytes, code: Code, rule: str, **options: Any) -> None:
        illegal.refused(self.world.groups[1], message, code, rule, **options)


@pytest.fixture
def joiner() -> Joiner:
    world = grown(4)
    return Joiner(world, world.client(b"joiner"))


@pytest.fixture
def returning() -> Joiner:
    """The member on seat 2, who has lost his state."""
    world = grown(4)
    client = world.client(world.groups[0].member(2).identity)
    return Joiner(world, client)


def external_init(commit: Commit) -> Proposal:
    first = commit.proposals[0]
    assert isinstance(first, ByValue)
    assert isinstance(first.proposal, ExternalInit)
    return first.proposal


def test_what_the_builder_signs_is_otherwise_sound(joiner: Joiner, returning: Joiner) -> None:
    # only the forged confirmation tag is wrong
    joiner.refused(joiner.sign(joiner.honest()), Code.BAD_MAC, "I09")
    returning.refused(returning.sign(returning.honest(resync=True)), Code.BAD_MAC, "I09")
    event = process(joiner.world.groups[1], joiner.join(), now=NOW, authenticate=trust)
    assert isinstance(event, CommitReceived)


def test_no_proposal_by_reference(joiner: Joiner) -> None:
    # H01: not even to one that is known
    world = joiner.world
    world.groups[3], message = propose_remove(world.groups[3], 2, random=world.random)
    world.broadcast(message)
    (reference,) = world.groups[1].proposals
    first = external_init(joiner.honest())
    joiner.refused(joiner.commit(first, reference), Code.INVALID_COMMIT, "H01")


def test_no_commit_without_a_path(joiner: Joiner) -> None:
    # H01 B08
    commit = replace(joiner.honest(), path=None)
    joiner.refused(joiner.sign(commit), Code.FORBIDDEN, "B08")


def test_one_external_init(joiner: Joiner) -> None:
    # H02: none, two, and the same twice
    first, second = external_init(joiner.honest()), external_init(joiner.honest())
    for proposals in ((), (PSK,), (first, second), (first, first)):
        joiner.refused(joiner.commit(*proposals), Code.INVALID_COMMIT, "H02")


def test_one_removal_at_most(joiner: Joiner) -> None:
    # H03
    first = external_init(joiner.honest())
    joiner.refused(joiner.commit(first, Remove(2), Remove(3)), Code.INVALID_COMMIT, "H03")


@pytest.mark.parametrize("seat", [0, 1, 3])
def test_nobody_removes_another(joiner: Joiner, seat: int) -> None:
    # H03 D02: nor him who reads it; the leaf is signed for the seat that becomes free
    honest = joiner.on_seat(seat)
    proposals = (*honest.proposals, ByValue(Remove(seat)))
    message = joiner.sign(replace(honest, proposals=proposals))
    joiner.refused(message, Code.INVALID_CREDENTIAL, "D02")


def test_who_returns_brings_a_new_key(returning: Joiner) -> None:
    # H03 D08
    old = returning.world.groups[0].member(2).encryption_key
    commit = returning.on_seat(2, resync=True, encryption_key=old)
    returning.refused(returning.sign(commit), Code.INVALID_LEAF_NODE, "D08")


def test_who_is_there_removes_himself_first(joiner: Joiner) -> None:
    # H03 G06: the same client would sit twice
    identity = joiner.world.groups[0].member(2).identity
    commit = joiner.on_seat(4, credential=BasicCredential(identity))
    joiner.refused(joiner.sign(commit), Code.INVALID_COMMIT, "G06")


@pytest.mark.parametrize("kind", ["add", "update", "extensions", "reinit"])
def test_nothing_else_but_pre_shared_keys(joiner: Joiner, kind: str) -> None:
    # H04
    honest = joiner.honest()
    assert honest.path is not None
    other: dict[str, Proposal] = {
        "add": Add(illegal.key_package_of(joiner.world)),
        "update": Update(honest.path.leaf_node),
        "extensions": GroupContextExtensions(()),
        "reinit": ReInit(bytes(32), 1, 1, ()),
    }
    message = joiner.commit(external_init(honest), other[kind])
    joiner.refused(message, Code.INVALID_COMMIT, "H04")


def test_a_pre_shared_key_is_held_and_named_once(joiner: Joiner) -> None:
    # H04 J03 G07
    first = external_init(joiner.honest())
    joiner.refused(joiner.commit(first, PSK), Code.UNKNOWN_PSK, "J03")
    joiner.refused(joiner.commit(first, PSK, PSK), Code.INVALID_PROPOSAL, "G07")


def test_the_init_secret_is_that_of_the_epochs_key(joiner: Joiner) -> None:
    # H05: another encapsulation gives another secret, which only the tag shows
    other = external_init(joiner.honest())
    joiner.refused(joiner.commit(other), Code.BAD_MAC, "I09")


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_kem_output_has_its_length(joiner: Joiner, size: int) -> None:
    # H05 F06
    joiner.refused(joiner.commit(ExternalInit(bytes(size))), Code.INVALID_PROPOSAL, "F06")


def test_a_joiner_sits_on_the_leftmost_blank_leaf(joiner: Joiner) -> None:
    # H06 D06: his leaf was signed for the next one
    world = joiner.world
    world.remove(0, 1)
    world.remove(0, 2)
    commit = joiner.on_seat(2)
    illegal.refused(world.groups[3], joiner.sign(commit), Code.BAD_SIGNATURE, "D06")
    event = process(world.groups[3], joiner.join(), now=NOW, authenticate=trust)
    assert isinstance(event, CommitReceived)
    assert [member.leaf_index for member in event.added] == [1]


def changed(joiner: Joiner, *, signer: int = 0, **changes: Any) -> bytes:
    """Return the GroupInfo with other fields, signed by a seat."""
    info = decode_message(joiner.info())
    assert isinstance(info, GroupInfo)
    group = joiner.world.groups[signer]
    return encode_message(replace(info, **changes).signed(group.suite, group.signer.private))


def not_believed(joiner: Joiner, info: bytes, code: Code, rule: str, **options: Any) -> None:
    with pytest.raises(PeerError) as caught:
        joiner.join(info, **options)
    assert (caught.value.code, rule in caught.value.detail) == (code, True), str(caught.value)


def extensions_of(joiner: Joiner) -> tuple[Extension, ...]:
    info = decode_message(joiner.info())
    assert isinstance(info, GroupInfo)
    return info.extensions


def test_a_group_info_is_signed_by_the_member_it_names(joiner: Joiner) -> None:
    # H07 K02
    not_believed(joiner, changed(joiner, signer=1), Code.BAD_SIGNATURE, "H07")
    not_believed(joiner, _of_nobody(joiner), Code.INVALID_WELCOME, "K02")


def _of_nobody(joiner: Joiner) -> bytes:
    info = decode_message(joiner.info())
    assert isinstance(info, GroupInfo)
    group = joiner.world.groups[0]
    return encode_message(replace(info, signer=7).signed(group.suite, group.signer.private))


def test_a_group_info_has_a_key_to_join_by(joiner: Joiner) -> None:
    # H07 H08: none, none that can be read, none of the KEM
    tree = next(held for held in extensions_of(joiner) if held.extension_type == RATCHET_TREE)
    for external_pub, code, rule in (
        ((), Code.FORBIDDEN, "H07"),
        ((Extension(EXTERNAL_PUB, bytes(32)),), Code.MALFORMED, "A03"),
        ((Extension(EXTERNAL_PUB, b"\x20" + bytes(33)),), Code.MALFORMED, "A03"),
        ((Extension(EXTERNAL_PUB, opaque_bytes(bytes(32))),), Code.MALFORMED, ""),
        ((Extension(EXTERNAL_PUB, opaque_bytes(bytes(31))),), Code.MALFORMED, ""),
    ):
        info = changed(joiner, extensions=(tree, *external_pub))
        not_believed(joiner, info, code, rule)


def test_a_group_info_carries_the_groups_sound_tree(joiner: Joiner) -> None:
    # H07 K05
    others = [held for held in extensions_of(joiner) if held.extension_type != RATCHET_TREE]
    nodes = RATCHET_TREE_FIELD.decode(joiner.world.groups[0].ratchet_tree)
    smaller = Extension(RATCHET_TREE, RATCHET_TREE_FIELD.encode(nodes[:1]))
    not_believed(joiner, changed(joiner, extensions=(*others, smaller)), Code.INVALID_TREE, "K05")
    not_believed(joiner, changed(joiner, extensions=tuple(others)), Code.INVALID_WELCOME, "K05")


def test_a_group_info_is_of_a_group_that_we_can(joiner: Joiner) -> None:
    # H07 K12
    context = replace(joiner.world.groups[0].context, extensions=(Extension(0x7777, b""),))
    not_believed(joiner, changed(joiner, group_context=context), Code.UNSUPPORTED, "K12")


def test_the_application_judges_whom_a_joiner_joins(joiner: Joiner) -> None:
    # H07 D01
    not_believed(joiner, joiner.info(), Code.INVALID_CREDENTIAL, "D01", authenticate=distrust(b"member-0"))


def test_another_message_is_no_group_info(joiner: Joiner) -> None:
    # H07
    not_believed(joiner, joiner.client.key_package().message, Code.MALFORMED, "H07")


def test_a_group_lets_nobody_in_unless_its_policy_says_so(joiner: Joiner, returning: Joiner) -> None:
    # H08: an external commit, and a resync where external commits are allowed
    closed = replace(joiner.world.groups[1], policy=GroupPolicy())
    illegal.refused(closed, joiner.join(), Code.FORBIDDEN, "H08")
    half = replace(returning.world.groups[1], policy=GroupPolicy(external_commits=True))
    illegal.refused(half, returning.join(resync=True), Code.FORBIDDEN, "H08")
    not_believed(joiner, joiner.info(), Code.UNKNOWN_MEMBER, "H03", resync=True)


def test_the_application_judges_who_joins(joiner: Joiner) -> None:
    # H08 D01
    joiner.refused(joiner.join(), Code.INVALID_CREDENTIAL, "D01", authenticate=distrust(b"joiner"))


def test_an_external_commit_uses_nothing_of_a_pending_one(joiner: Joiner) -> None:
    # H09: whoever has staged a commit comes to the same epoch as who has not
    world = joiner.world
    staged = world.stage(1, remove=[3])
    waiting = staged.current
    message = joiner.join()
    first = process(waiting, message, now=NOW, authenticate=trust)
    second = process(world.groups[2], message, now=NOW, authenticate=trust)
    assert isinstance(first, CommitReceived)
    assert isinstance(second, CommitReceived)
    assert first.group.epoch_authenticator == second.group.epoch_authenticator
    assert first.group.epoch_authenticator != staged.group.epoch_authenticator
    illegal.refused(first.group, staged.message, Code.WRONG_EPOCH, "M04")
    for secret in staged.group.private_keys.values():
        if secret not in waiting.private_keys.values():
            assert secret not in encode_group(first.group)
