"""Rules B: who may send what and how, and that nothing means anything before its signature holds."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import NOW, World, grown, trust

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, MisuseError
from rogatory_crypto.mls import (
    EchoReceived,
    GroupPolicy,
    ProposalReceived,
    SignatureKeyPair,
    generate_signature_key,
    process,
    propose_remove,
    protect,
)
from rogatory_crypto.mls.credentials import BasicCredential
from rogatory_crypto.mls.extensions import ExternalSender, external_senders_extension
from rogatory_crypto.mls.framing import (
    APPLICATION,
    COMMIT,
    PRIVATE_MESSAGE,
    PROPOSAL_CONTENT,
    PUBLIC_MESSAGE,
    SENDER,
    ExternalSenderIndex,
    NewMemberCommit,
    NewMemberProposal,
    Sender,
)
from rogatory_crypto.mls.proposals import PROPOSAL, Add, Commit, ExternalInit, Proposal, Remove

REMOVE_2 = b"\x00\x03" + (2).to_bytes(4, "big")
EMPTY_COMMIT = b"\x00\x00"
HELLO = opaque_bytes(b"hello")


@pytest.fixture
def world() -> World:
    return grown(3)


@pytest.fixture
def robot(world: World) -> SignatureKeyPair:
    """The key of the group's only external sender."""
    key = generate_signature_key(world.suite, world.random)
    sender = ExternalSender(key.public, BasicCredential(b"robot"))
    illegal.give_extensions(world, external_senders_extension((sender,)))
    return key


def by_robot(world: World, robot: SignatureKeyPair, proposal: Proposal | bytes, index: int = 0) -> bytes:
    body = proposal if isinstance(proposal, bytes) else PROPOSAL.encode(proposal)
    sender = ExternalSenderIndex(index)
    return illegal.outside_bytes(world.groups[0], PROPOSAL_CONTENT, body, sender, signer=robot)


@pytest.mark.parametrize("name", [b"", b"grou", b"groups", b"other"])
@pytest.mark.parametrize("public", [False, True])
def test_a_message_names_our_group(world: World, name: bytes, *, public: bool) -> None:
    # B01
    group = world.groups[0]
    renamed = replace(group, context=replace(group.context, group_id=name))
    send = illegal.public_bytes if public else illegal.private_bytes
    illegal.refused(world.groups[1], send(renamed, PROPOSAL_CONTENT, REMOVE_2), Code.WRONG_GROUP, "B01")


@pytest.mark.parametrize("step", [-1, 1, 2, 1 << 62])
def test_a_handshake_is_of_this_epoch(world: World, step: int) -> None:
    # B02
    world.update(1)
    group = world.groups[0]
    moved = replace(group, context=replace(group.context, epoch=group.epoch + step))
    for send in (illegal.public_bytes, illegal.private_bytes):
        message = send(moved, PROPOSAL_CONTENT, REMOVE_2)
        illegal.refused(world.groups[1], message, Code.WRONG_EPOCH, "B02")


def test_application_data_of_a_later_epoch_wait_outside(world: World) -> None:
    # B02: the commit that begins it has not come yet
    staged = world.stage(0)
    message = protect(staged.group, b"early", random=world.random)[1]
    illegal.refused(world.groups[1], message, Code.WRONG_EPOCH, "B02")


def test_application_data_are_private(world: World) -> None:
    # B03
    message = illegal.public_bytes(world.groups[0], APPLICATION, HELLO)
    illegal.refused(world.groups[1], message, Code.MALFORMED, "B03")


@pytest.mark.parametrize("seat", [3, 4, 1 << 31, (1 << 32) - 1])
def test_a_member_who_sends_has_a_seat(world: World, seat: int) -> None:
    # B05: blank, or outside of the tree
    group = world.groups[0]
    claims = illegal.claim(seat, 0)
    message = illegal.private_bytes(group, APPLICATION, HELLO, claims=claims)
    illegal.refused(world.groups[1], message, Code.UNKNOWN_MEMBER, "B05")
    sender = b"\x01" + seat.to_bytes(4, "big")
    message = illegal.public_bytes(group, PROPOSAL_CONTENT, REMOVE_2, sender=sender)
    illegal.refused(world.groups[1], message, Code.UNKNOWN_MEMBER, "B05")


def test_an_external_sender_is_heard(world: World, robot: SignatureKeyPair) -> None:
    # B06: what the others break is all right here
    event = process(world.groups[1], by_robot(world, robot, Remove(2)), now=NOW, authenticate=trust)
    assert isinstance(event, ProposalReceived)


@pytest.mark.parametrize("index", [1, 64, (1 << 32) - 1])
def test_an_external_sender_has_an_index(world: World, robot: SignatureKeyPair, index: int) -> None:
    # B06
    message = by_robot(world, robot, Remove(2), index)
    illegal.refused(world.groups[1], message, Code.UNKNOWN_MEMBER, "B06")


def test_an_external_sender_proposes_only_what_is_his_to_propose(
    world: World, robot: SignatureKeyPair
) -> None:
    # B06: no Update, no ExternalInit, no commit, no data
    group = world.groups[0]
    update = b"\x00\x02" + illegal.own_leaf(group).encode()
    for body in (update, PROPOSAL.encode(ExternalInit(bytes(32)))):
        illegal.refused(world.groups[1], by_robot(world, robot, body), Code.FORBIDDEN, "B06")
    sender = ExternalSenderIndex(0)
    commit = illegal.outside_bytes(group, COMMIT, EMPTY_COMMIT, sender, signer=robot)
    illegal.refused(world.groups[1], commit, Code.FORBIDDEN, "B06")
    data = illegal.outside_bytes(group, APPLICATION, HELLO, sender, signer=robot)
    illegal.refused(world.groups[1], data, Code.FORBIDDEN, "B06")


def test_an_external_senders_key_is_the_groups(world: World, robot: SignatureKeyPair) -> None:
    # B06 B11
    other = world.client(b"other").signer
    assert other.public != robot.public
    illegal.refused(world.groups[1], by_robot(world, other, Remove(2)), Code.BAD_SIGNATURE, "B11")


def test_who_asks_to_join_proposes_himself(world: World) -> None:
    # B07: nothing but an Add, and signed by the very key in it
    group, client = world.groups[0], world.client(b"newcomer")
    package = client.key_package().package
    add = PROPOSAL.encode(Add(package))
    sender = NewMemberProposal()
    sound = illegal.outside_bytes(group, PROPOSAL_CONTENT, add, sender, signer=client.signer)
    assert isinstance(process(world.groups[1], sound, now=NOW, authenticate=trust), ProposalReceived)
    removal = illegal.outside_bytes(group, PROPOSAL_CONTENT, REMOVE_2, sender, signer=client.signer)
    illegal.refused(world.groups[1], removal, Code.FORBIDDEN, "B07")
    by_another = illegal.outside_bytes(group, PROPOSAL_CONTENT, add, sender)
    illegal.refused(world.groups[1], by_another, Code.BAD_SIGNATURE, "B11")
    closed = replace(world.groups[1], policy=GroupPolicy())
    illegal.refused(closed, sound, Code.FORBIDDEN, "B07")


def test_who_joins_by_himself_commits_with_a_path(world: World) -> None:
    # B08
    client = world.client(b"newcomer")
    for content_type, body in (
        (COMMIT, EMPTY_COMMIT),
        (PROPOSAL_CONTENT, REMOVE_2),
        (APPLICATION, HELLO),
    ):
        message = illegal.outside_bytes(
            world.groups[0], content_type, body, NewMemberCommit(), signer=client.signer
        )
        illegal.refused(world.groups[1], message, Code.FORBIDDEN, "B08")


def test_who_joins_by_himself_signs_with_the_key_of_his_leaf(world: World) -> None:
    # B08 B11
    path = illegal.honest_path(world, 0)
    body = Commit((), path).encode()
    other = world.client(b"other").signer
    message = illegal.outside_bytes(world.groups[0], COMMIT, body, NewMemberCommit(), signer=other)
    illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "B11")


def without_tag(message: bytes) -> bytes:
    return message[:-33]


def of_another_epoch(message: bytes) -> bytes:
    return message[:-32] + bytes(32)


@pytest.mark.parametrize(
    ("spoil", "code", "rule"),
    [(without_tag, Code.MALFORMED, "A0"), (of_another_epoch, Code.BAD_MAC, "B09")],
)
def test_a_members_public_message_has_its_membership_tag(
    world: World, spoil: Callable[[bytes], bytes], code: Code, rule: str
) -> None:
    # B09
    message = illegal.public_bytes(world.groups[0], PROPOSAL_CONTENT, REMOVE_2)
    assert message[-33] == 32
    illegal.refused(world.groups[1], spoil(message), code, rule)


def test_nobody_from_outside_has_a_membership_tag(world: World, robot: SignatureKeyPair) -> None:
    # B09 A03
    message = illegal.outside_bytes(
        world.groups[0],
        PROPOSAL_CONTENT,
        REMOVE_2,
        ExternalSenderIndex(0),
        signer=robot,
        membership_tag=opaque_bytes(bytes(32)),
    )
    illegal.refused(world.groups[1], message, Code.MALFORMED, "A03")


def test_a_membership_tag_is_over_the_signature_too(world: World) -> None:
    # B09
    message = illegal.public_bytes(world.groups[0], PROPOSAL_CONTENT, REMOVE_2)
    place = len(message) - 33 - 1
    changed = message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]
    illegal.refused(world.groups[1], changed, Code.BAD_MAC, "B09")


def signed_over(world: World, sender: Sender, signer: SignatureKeyPair, context: bytes, body: bytes) -> bytes:
    """Return a message from outside, signed together with this context."""
    group = replace(world.groups[0], signer=signer)
    content_type = COMMIT if isinstance(sender, NewMemberCommit) else PROPOSAL_CONTENT
    content = illegal.framed(group, content_type, body, sender=SENDER.encode(sender))
    tag = bytes(32) if content_type == COMMIT else None
    _, auth = illegal.authenticated(group, content, PUBLIC_MESSAGE, tag=tag, context=context)
    return b"\x00\x01\x00\x01" + content + auth


def test_the_context_is_signed_by_those_who_have_it_only(world: World, robot: SignatureKeyPair) -> None:
    # B10
    group, client = world.groups[0], world.client(b"newcomer")
    add = PROPOSAL.encode(Add(client.key_package().package))
    path = illegal.honest_path(world, 0)
    commit = Commit((), path).encode()
    for message in (
        signed_over(world, ExternalSenderIndex(0), robot, group.encoded_context, REMOVE_2),
        signed_over(world, NewMemberProposal(), client.signer, group.encoded_context, add),
        signed_over(world, NewMemberCommit(), group.signer, b"", commit),
    ):
        illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "B11")
    content = illegal.framed(group, PROPOSAL_CONTENT, REMOVE_2)
    _, auth = illegal.authenticated(group, content, PRIVATE_MESSAGE, tag=None, context=b"")
    message = illegal.sealed(group, PROPOSAL_CONTENT, REMOVE_2 + auth)
    illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "B11")


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), bytes(65)])
def test_no_signature_is_a_false_one(world: World, signature: bytes) -> None:
    # B11
    group = world.groups[0]
    message = illegal.sealed(group, PROPOSAL_CONTENT, REMOVE_2 + opaque_bytes(signature))
    illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "B11")


def test_a_signature_is_judged_before_what_is_said(world: World) -> None:
    # B11 Q07: a proposal that is refused in itself, by somebody else than it says
    removal = b"\x00\x03" + (7).to_bytes(4, "big")
    forged = illegal.private_bytes(illegal.on_seat(world.groups[0], 2), PROPOSAL_CONTENT, removal)
    illegal.refused(world.groups[1], forged, Code.BAD_SIGNATURE, "B11")
    honest = illegal.private_bytes(world.groups[0], PROPOSAL_CONTENT, removal)
    illegal.refused(world.groups[1], honest, Code.INVALID_PROPOSAL, "F03")


def test_a_confirmation_tag_belongs_to_a_commit_and_to_nothing_else(world: World) -> None:
    # B12: what stands where a tag should, or should not, is read as what follows
    group = world.groups[0]
    for content_type, body, tag in (
        (COMMIT, EMPTY_COMMIT, None),
        (PROPOSAL_CONTENT, REMOVE_2, b"\x01" * 32),
        (APPLICATION, HELLO, b"\x01" * 32),
    ):
        content = illegal.framed(group, content_type, body)
        _, auth = illegal.authenticated(group, content, PRIVATE_MESSAGE, tag=tag)
        message = illegal.sealed(group, content_type, body + auth)
        code, rule = (Code.MALFORMED, "A05") if tag is None else (Code.MALFORMED, "C04")
        illegal.refused(world.groups[1], message, code, rule)


@pytest.mark.parametrize(("content_type", "body"), [(PROPOSAL_CONTENT, REMOVE_2), (COMMIT, EMPTY_COMMIT)])
def test_a_message_comes_by_the_wire_format_it_was_signed_for(
    world: World, content_type: int, body: bytes
) -> None:
    # B13: private by a signature for the public, and public by one for the private
    group = world.groups[0]
    content = illegal.framed(group, content_type, body)
    tag = bytes(32) if content_type == COMMIT else None
    _, auth = illegal.authenticated(group, content, PUBLIC_MESSAGE, tag=tag)
    message = illegal.sealed(group, content_type, body + auth)
    illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "B11")
    signed, _ = illegal.authenticated(group, content, PUBLIC_MESSAGE, tag=tag)
    _, auth = illegal.authenticated(group, content, PRIVATE_MESSAGE, tag=tag)
    membership = group.suite.kdf.mac(group.secrets.membership_key, signed + auth)
    message = b"\x00\x01\x00\x01" + content + auth + opaque_bytes(membership)
    illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "B11")


@pytest.mark.parametrize("public", [False, True])
def test_our_own_message_that_comes_back_changes_nothing(world: World, *, public: bool) -> None:
    # B14
    group, message = propose_remove(world.groups[0], 2, random=world.random, public=public)
    event = process(group, message, now=NOW, authenticate=trust)
    assert isinstance(event, EchoReceived)
    assert event.group is group


def test_handshakes_are_private_where_the_group_says_so(world: World) -> None:
    # B15: of members, received and sent
    closed = {seat: replace(group, policy=GroupPolicy()) for seat, group in world.groups.items()}
    for message in (
        illegal.public_bytes(world.groups[0], PROPOSAL_CONTENT, REMOVE_2),
        illegal.public_bytes(world.groups[0], COMMIT, EMPTY_COMMIT),
    ):
        illegal.refused(closed[1], message, Code.FORBIDDEN, "B15")
    with pytest.raises(MisuseError, match="B15"):
        propose_remove(closed[0], 2, random=world.random, public=True)
    world.groups = closed
    with pytest.raises(MisuseError, match="B15"):
        world.stage(0, public=True)
