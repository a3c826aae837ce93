"""Every message that must be refused, and that refusing it changes nothing (rules A to D, P, Q)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import NOW, World, grown, trust

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import (
    ApplicationReceived,
    Group,
    encode_group,
    framing,
    message_authenticated_data,
    message_epoch,
    private_message,
    process,
    propose_remove,
    protect,
    sending,
)
from rogatory_crypto.mls.framing import (
    ExternalSenderIndex,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    NewMemberCommit,
    NewMemberProposal,
    PrivateMessage,
    PublicMessage,
    Sender,
)
from rogatory_crypto.mls.group import PROPOSALS_A_SENDER, Status
from rogatory_crypto.mls.private_message import SenderData, padded_size
from rogatory_crypto.mls.proposals import Commit, ExternalInit, Remove
from rogatory_crypto.mls.secret_tree import MAX_FORWARD, RatchetKind, sender_data_key
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.mls.welcome import decode_message, encode_message


def refused(group: Group, message: bytes) -> PeerError:
    """Process, expect a refusal and that nothing changed."""
    before = encode_group(group)
    with pytest.raises(PeerError) as caught:
        process(group, message, now=NOW, authenticate=trust)
    assert encode_group(group) == before
    return caught.value


def private(message: bytes) -> PrivateMessage:
    decoded = decode_message(message)
    assert isinstance(decoded, PrivateMessage)
    return decoded


def public(message: bytes) -> PublicMessage:
    decoded = decode_message(message)
    assert isinstance(decoded, PublicMessage)
    return decoded


@pytest.fixture
def world() -> World:
    return grown(3)


def hello(world: World, seat: int = 0) -> bytes:
    return protect(world.groups[seat], b"hello", random=world.random)[1]


def test_another_group_is_refused(world: World) -> None:
    changed = replace(private(hello(world)), group_id=b"other")
    assert refused(world.groups[1], encode_message(changed)).code is Code.WRONG_GROUP  # B01


@pytest.mark.parametrize("offset", [1, 2, -1])
def test_an_epoch_that_we_do_not_hold_is_refused(world: World, offset: int) -> None:
    # B02; the group was joined in this epoch, so nothing before it is held
    message = private(hello(world))
    changed = replace(message, epoch=message.epoch + offset)
    assert refused(world.groups[1], encode_message(changed)).code is Code.WRONG_EPOCH


def test_handshakes_of_a_past_epoch_are_refused_even_if_it_is_held(world: World) -> None:
    # M04
    message = propose_remove(world.groups[0], 2, random=world.random)[1]
    world.update(1)
    assert refused(world.groups[1], message).code is Code.WRONG_EPOCH


def test_application_data_in_the_open_is_refused(world: World) -> None:
    # B03
    group = world.groups[0]
    framed = FramedContent(group.group_id, group.epoch, MemberSender(0), b"", b"open")
    signed = framing.sign(group.suite, group.signer.private, 1, framed, group.encoded_context)
    message = PublicMessage(framed, framed.encode(), signed.auth, b"tag")
    assert "B03" in refused(world.groups[1], encode_message(message)).detail


def test_a_sender_on_a_blank_seat_is_refused(world: World) -> None:
    # B05, the seat is inside of the tree
    world.remove(0, 1)
    forged = replace(world.groups[0], own_leaf=LeafIndex(1))
    message = sending.seal(forged, sending.sign(forged, b"ghost", b"", public=False), world.random)[1]
    assert "B05" in refused(world.groups[2], message).detail


def test_a_sender_outside_of_the_tree_is_refused(world: World) -> None:
    # B05 Q02: a leaf index that would overflow a node index is no different
    group = world.groups[0]
    message = propose_remove(group, 2, random=world.random, public=True)[1]
    opened = public(message)
    for seat in (4, 1 << 31, (1 << 32) - 1):
        content = replace(opened.content, sender=MemberSender(seat))
        changed = replace(opened, content=content, encoded_content=content.encode())
        assert "B05" in refused(world.groups[1], encode_message(changed)).detail


@pytest.mark.parametrize(
    ("sender", "rule"),
    [(ExternalSenderIndex(0), "B06: no such"), (NewMemberProposal(), "B07"), (NewMemberCommit(), "B08")],
)
def test_senders_from_outside_say_only_what_they_may(world: World, sender: Sender, rule: str) -> None:
    # B06 B07 B08
    group = world.groups[0]
    content = FramedContent(group.group_id, group.epoch, sender, b"", Remove(1))
    message = PublicMessage(content, content.encode(), FramedContentAuthData(b"s", None), None)
    assert rule in refused(world.groups[1], encode_message(message)).detail


@pytest.mark.parametrize("spoil", [lambda _: b"", lambda tag: tag[:-1], lambda tag: bytes(len(tag))])
def test_a_wrong_membership_tag_is_refused_whatever_its_length(
    world: World, spoil: Callable[[bytes], bytes]
) -> None:
    # B09 A10
    message = public(propose_remove(world.groups[0], 2, random=world.random, public=True)[1])
    assert message.membership_tag is not None
    changed = replace(message, membership_tag=spoil(message.membership_tag))
    assert refused(world.groups[1], encode_message(changed)).code is Code.BAD_MAC


@pytest.mark.parametrize("signature", [b"", bytes(64)])
@pytest.mark.parametrize("public_message", [False, True])
def test_an_absent_or_wrong_signature_is_a_failure(
    world: World, signature: bytes, *, public_message: bool
) -> None:
    # B11 C05
    group = world.groups[0]
    signed = sending.sign(group, Remove(2), b"", public=public_message)
    forged = replace(signed, auth=FramedContentAuthData(signature, None))
    message = sending.seal(group, forged, world.random)[1]
    assert refused(world.groups[1], message).code is Code.BAD_SIGNATURE


def test_a_member_cannot_speak_for_another(world: World) -> None:
    # B11: sealed with seat 2's keys by somebody who only has his own signature key
    forged = replace(world.groups[0], own_leaf=world.groups[2].own_leaf)
    message = sending.seal(forged, sending.sign(forged, b"me", b"", public=False), world.random)[1]
    assert refused(world.groups[1], message).code is Code.BAD_SIGNATURE


def test_a_forgery_does_not_burn_the_honest_senders_key(world: World) -> None:
    # C08
    honest = protect(world.groups[2], b"honest", random=world.random)[1]
    forged = replace(world.groups[0], own_leaf=world.groups[2].own_leaf)
    forgery = sending.seal(forged, sending.sign(forged, b"false", b"", public=False), world.random)[1]
    assert refused(world.groups[1], forgery).code is Code.BAD_SIGNATURE
    assert isinstance(world.receive(1, honest), ApplicationReceived)


@pytest.mark.parametrize("field", ["ciphertext", "encrypted_sender_data", "authenticated_data"])
def test_a_changed_byte_is_refused(world: World, field: str) -> None:
    # C01 C02
    message = private(protect(world.groups[0], b"x", authenticated_data=b"aad", random=world.random)[1])
    value = bytearray(getattr(message, field))
    value[-1] ^= 1
    changes: dict[str, Any] = {field: bytes(value)}
    changed = replace(message, **changes)
    assert refused(world.groups[1], encode_message(changed)).code is Code.DECRYPTION_FAILED


def test_a_short_ciphertext_is_refused(world: World) -> None:
    # C01: shorter than the sample for the sender data
    changed = replace(private(hello(world)), ciphertext=b"short")
    assert refused(world.groups[1], encode_message(changed)).code is Code.DECRYPTION_FAILED


@pytest.mark.parametrize("content_type", [0, 2, 3, 4, 255])
def test_another_content_type_is_refused(world: World, content_type: int) -> None:
    # C03 A04
    changed = replace(private(hello(world)), content_type=content_type)
    refused(world.groups[1], encode_message(changed))


def sealed_body(world: World, body: bytes, generation: int = 0) -> bytes:
    """Return a private application message of seat 0 with any plaintext."""
    group = world.groups[0]
    _, _, key = group.secret_tree.take(group.own_leaf, RatchetKind.APPLICATION, generation)
    head = private_message._sender_data_aad(group.group_id, group.epoch, 1)
    guard = b"grrd"
    suite = group.suite
    ciphertext = suite.aead.seal(key.key, private_message._guarded(key, guard), head + b"\x00", body)
    outer = sender_data_key(suite, group.secrets.sender_data_secret, ciphertext)
    data = SenderData(0, generation, guard).encode()
    sealed = suite.aead.seal(outer.key, outer.nonce, head, data)
    return encode_message(PrivateMessage(group.group_id, group.epoch, 1, b"", sealed, ciphertext))


def plain_body(world: World, padding: bytes) -> bytes:
    group = world.groups[0]
    signed = sending.sign(group, b"padded", b"", public=False)
    return b"\x06padded" + signed.auth.encode() + padding


def test_padding_must_be_zero(world: World) -> None:
    # C04
    assert isinstance(
        process(
            world.groups[1], sealed_body(world, plain_body(world, bytes(9))), now=NOW, authenticate=trust
        ),
        ApplicationReceived,
    )
    for padding in (b"\x01", bytes(9) + b"\x01", b"\x01" + bytes(9)):
        error = refused(world.groups[1], sealed_body(world, plain_body(world, padding)))
        assert "C04" in error.detail


def test_a_plaintext_that_does_not_parse_is_refused(world: World) -> None:
    for body in (b"", b"\x05abc", b"\xc0"):
        assert refused(world.groups[1], sealed_body(world, body)).code is Code.MALFORMED


def test_a_generation_too_far_ahead_is_refused(world: World) -> None:
    # C07
    group = world.groups[0]
    tree = group.secret_tree
    kind = RatchetKind.APPLICATION
    tree, _, _ = tree.take(group.own_leaf, kind, MAX_FORWARD)
    ahead = replace(group, secret_tree=tree)
    world.groups[0], message = protect(ahead, b"far", random=world.random)
    assert refused(world.groups[1], message).code is Code.TOO_FAR_AHEAD


def test_an_external_init_of_the_wrong_length_is_refused(world: World) -> None:
    # F06
    message = illegal.message(world.groups[0], ExternalInit(b"kem"))
    assert "F06" in refused(world.groups[1], message).detail


def test_one_member_cannot_fill_the_proposal_cache(world: World) -> None:
    # Q05
    group, message = world.groups[1], b""
    for number in range(PROPOSALS_A_SENDER + 1):
        world.groups[0], message = propose_remove(
            replace(world.groups[0], proposals={}),
            2,
            random=world.random,
            authenticated_data=b"%d" % number,
        )
        if number < PROPOSALS_A_SENDER:
            group = process(group, message, now=NOW, authenticate=trust).group
    assert refused(group, message).code is Code.QUOTA_EXCEEDED


def test_a_removed_member_takes_no_more_handshakes(world: World) -> None:
    # I12
    message = propose_remove(world.groups[0], 2, random=world.random)[1]
    inactive = replace(world.groups[1], status=Status.REMOVED)
    assert refused(inactive, message).code is Code.REMOVED


def test_other_messages_are_not_for_a_group(world: World) -> None:
    package = world.client(b"x").key_package()
    assert refused(world.groups[1], package.message).code is Code.MALFORMED
    with pytest.raises(PeerError):
        message_epoch(package.message)
    with pytest.raises(PeerError):
        message_authenticated_data(package.message)


def test_what_is_said_in_the_open_is_read_by_anybody(world: World) -> None:
    group = world.groups[0]
    closed = protect(group, b"hello", authenticated_data=b"seen", random=world.random)[1]
    public = propose_remove(group, 2, random=world.random, authenticated_data=b"seen", public=True)[1]
    for message in (closed, public):
        assert message_authenticated_data(message) == b"seen"


def test_routing_reads_group_and_epoch(world: World) -> None:
    group = world.groups[0]
    open_message = propose_remove(group, 2, random=world.random, public=True)[1]
    for message in (hello(world), open_message):
        assert message_epoch(message) == (group.group_id, group.epoch)


@pytest.mark.parametrize("cut", [0, 1, 3, 4, 20, -1])
def test_truncated_and_trailing_bytes_are_refused(world: World, cut: int) -> None:
    # A03
    message = hello(world)
    assert refused(world.groups[1], message[:cut]).code in {Code.MALFORMED, Code.UNSUPPORTED}
    assert refused(world.groups[1], message + b"\x00").code is Code.MALFORMED


def test_another_version_and_wire_format_are_refused(world: World) -> None:
    # A08 A04
    message = hello(world)
    assert refused(world.groups[1], b"\x00\x02" + message[2:]).code is Code.UNSUPPORTED
    assert refused(world.groups[1], message[:2] + b"\x00\x09" + message[4:]).code is Code.MALFORMED


def test_application_data_is_bounded(world: World) -> None:
    # Q01
    with pytest.raises(PeerError) as caught:
        protect(world.groups[0], bytes((1 << 20) + 1), random=world.random)
    assert caught.value.code is Code.TOO_LARGE
    changed = replace(private(hello(world)), ciphertext=bytes(3 << 20))
    refused(world.groups[1], encode_message(changed))


def test_padding_hides_lengths_in_buckets() -> None:
    # P03
    assert [padded_size(size) for size in (0, 1, 256, 257, 1024, 1025, 65_536, 65_537)] == [
        256,
        256,
        256,
        512,
        1024,
        2048,
        65_536,
        131_072,
    ]


def test_an_own_message_that_comes_back_is_no_attack(world: World) -> None:
    # B14
    world.groups[0], message = protect(world.groups[0], b"echo", random=world.random)
    event = world.receive(0, message)
    assert type(event).__name__ == "EchoReceived"


def test_a_commit_without_a_tag_does_not_parse(world: World) -> None:
    # B12
    group = world.groups[0]
    signed = sending.sign(group, Commit((), None), b"", public=False)
    message = sending.seal(group, signed, world.random)[1]
    assert refused(world.groups[1], message).code in {Code.MALFORMED, Code.BAD_MAC, Code.INVALID_COMMIT}
