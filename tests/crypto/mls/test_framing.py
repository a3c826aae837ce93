"""What may be framed how (RFC 9420 section 6; rules B)."""

from dataclasses import replace

import pytest
from tests.crypto.mls.world import grown

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import framing, private_message, sending
from rogatory_crypto.mls.framing import (
    PRIVATE_MESSAGE,
    AuthenticatedContent,
    Content,
    FramedContent,
    MemberSender,
    NewMemberCommit,
    NewMemberProposal,
    to_be_signed,
)
from rogatory_crypto.mls.key_schedule import PreSharedKeyId, ResumptionPsk, external_key_pair
from rogatory_crypto.mls.proposals import Commit, Remove


def test_an_authenticated_content_encodes_as_it_was_read() -> None:
    group = grown(2).groups[0]
    proposal = sending.sign(group, Remove(1), b"aad", public=True)
    commit = sending.sign(group, Commit((), None), b"", public=False).with_confirmation_tag(b"tag")
    for content in (proposal, commit):
        assert AuthenticatedContent.decode(content.encode()) == content
        with pytest.raises(PeerError, match="A03"):
            AuthenticatedContent.decode(content.encode() + b"\x00")


def test_the_context_is_signed_by_those_who_have_it() -> None:
    # B10
    context = b"group context"
    for sender, has_it in (
        (framing.MemberSender(0), True),
        (NewMemberCommit(), True),
        (NewMemberProposal(), False),
        (framing.ExternalSenderIndex(0), False),
    ):
        assert to_be_signed(1, b"content", sender, context).endswith(context) == has_it


def test_application_data_is_never_sealed_in_the_open() -> None:
    # B03
    group = grown(2).groups[0]
    signed = sending.sign(group, b"data", b"", public=True)
    with pytest.raises(MisuseError, match="B03"):
        sending.seal(group, signed, bytes)


def test_only_members_send_private_messages() -> None:
    # B04
    group = grown(2).groups[0]
    signed = sending.sign(group, Remove(1), b"", public=False)
    outside = replace(signed, content=replace(signed.content, sender=NewMemberProposal()))
    with pytest.raises(MisuseError, match="B04"):
        private_message.seal(group.suite, outside, b"", group.secret_tree, bytes)


@pytest.mark.parametrize("content", [Remove(1), Commit((), None), b"data"])
def test_who_asks_to_be_added_says_nothing_else(content: Content) -> None:
    # B07
    group = grown(2).groups[0]
    framed = FramedContent(group.group_id, group.epoch, NewMemberProposal(), b"", content)
    with pytest.raises(PeerError) as caught:
        framing.verify_sender(framed)
    assert caught.value.code is Code.FORBIDDEN


def test_only_a_check_of_the_signature_makes_a_verified_content() -> None:
    # B11
    group = grown(2).groups[0]
    content = FramedContent(group.group_id, group.epoch, MemberSender(0), b"", b"data")
    signed = framing.sign(group.suite, group.signer.private, PRIVATE_MESSAGE, content, group.encoded_context)
    with pytest.raises(MisuseError, match="B11"):
        framing.Verified(signed, object())
    verified = framing.verify(group.suite, signed, group.signer.public, group.encoded_context)
    assert verified.content == content


def test_authenticated_data_is_bounded() -> None:
    world = grown(2)
    with pytest.raises(PeerError) as caught:
        sending.protect(world.groups[0], b"x", authenticated_data=bytes((2 << 20) + 1), random=world.random)
    assert caught.value.code is Code.TOO_LARGE


def test_short_messages_are_of_one_length() -> None:
    # P03
    world = grown(2)
    group = world.groups[0]
    sizes = {len(sending.protect(group, bytes(size), random=world.random)[1]) for size in (0, 1, 100)}
    assert len(sizes) == 1


def test_a_resumption_key_names_its_use() -> None:
    # A04
    name = PreSharedKeyId(ResumptionPsk(1, b"group", 7), bytes(32))
    assert PreSharedKeyId.decode(name.encode()) == name
    for usage in (0, 4):
        faulty = bytearray(name.encode())
        faulty[1] = usage
        with pytest.raises(PeerError, match="A04"):
            PreSharedKeyId.decode(bytes(faulty))


def test_all_members_derive_the_same_external_key() -> None:
    world = grown(2)
    keys = {external_key_pair(group.suite, group.secrets.external_secret) for group in world.groups.values()}
    assert len(keys) == 1
