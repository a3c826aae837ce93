"""Rules Q: what is too large or too much is refused, and the cheapest check speaks first."""

from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import World, grown

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import key_package_identity, message_epoch, propose_remove, protect
from rogatory_crypto.mls.certificates import CHAIN_LIMIT
from rogatory_crypto.mls.credentials import (
    CREDENTIAL_LIMIT,
    EXTENSIONS_LIMIT,
    BasicCredential,
    Extension,
    X509Credential,
)
from rogatory_crypto.mls.framing import (
    APPLICATION,
    APPLICATION_LIMIT,
    COMMIT,
    HANDSHAKE_LIMIT,
    PROPOSAL_CONTENT,
    MemberSender,
)
from rogatory_crypto.mls.group import PROPOSALS_A_SENDER
from rogatory_crypto.mls.group_state import PROPOSALS_AN_EPOCH
from rogatory_crypto.mls.key_schedule import PSK_LIMIT
from rogatory_crypto.mls.nodes import MAX_LEAVES, KeyPackage
from rogatory_crypto.mls.proposals import PROPOSALS_LIMIT, Remove
from rogatory_crypto.mls.secret_tree import MAX_FORWARD, MAX_SKIPPED_IN_TREE, RatchetKind
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.mls.welcome import GroupSecrets, encode_message

REMOVE_2 = b"\x00\x03" + (2).to_bytes(4, "big")


@pytest.fixture
def world() -> World:
    return grown(3)


def test_we_send_no_application_data_beyond_the_limit(world: World) -> None:
    # Q01
    protect(world.groups[0], bytes(APPLICATION_LIMIT), random=world.random)
    with pytest.raises(PeerError) as caught:
        protect(world.groups[0], bytes(APPLICATION_LIMIT + 1), random=world.random)
    assert caught.value.code is Code.TOO_LARGE


def test_we_read_no_application_data_beyond_the_limit(world: World) -> None:
    # Q01: in the content, and before anything is decrypted
    message = illegal.private_bytes(world.groups[0], APPLICATION, opaque_bytes(bytes(APPLICATION_LIMIT + 1)))
    illegal.refused(world.groups[1], message, Code.TOO_LARGE, "A07")
    padded = bytes(2 * APPLICATION_LIMIT)
    message = illegal.private_bytes(world.groups[0], APPLICATION, opaque_bytes(b"x"), padding=padded)
    illegal.refused(world.groups[1], message, Code.TOO_LARGE, "Q01")


def test_no_message_beyond_the_limit_is_looked_at(world: World) -> None:
    # Q01
    message = illegal.opened(illegal.private_bytes(world.groups[0], COMMIT, b"\x00\x00"))
    huge = b"\x00\x01\x00\x02" + replace(message, ciphertext=bytes(HANDSHAKE_LIMIT)).encode()
    illegal.refused(world.groups[1], huge, Code.TOO_LARGE, "A07")
    with pytest.raises(PeerError) as caught:
        message_epoch(huge)
    assert caught.value.code is Code.TOO_LARGE


def test_a_key_package_is_small(world: World) -> None:
    # Q01 Q02
    package = illegal.key_package_of(world, extensions=(Extension(0x7777, bytes(1 << 16)),))
    with pytest.raises(PeerError) as caught:
        key_package_identity(encode_message(package))
    assert caught.value.code is Code.TOO_LARGE


@pytest.mark.parametrize("seat", [MAX_LEAVES, 1 << 24, 1 << 31, (1 << 32) - 1])
def test_no_seat_is_beyond_the_tree(world: World, seat: int) -> None:
    # Q02: whose node index would not fit into 32 bits, too
    remove = illegal.message(world.groups[0], Remove(seat))
    illegal.refused(world.groups[1], remove, Code.INVALID_PROPOSAL, "F03")
    sender = b"\x01" + seat.to_bytes(4, "big")
    spoken = illegal.public_bytes(world.groups[0], PROPOSAL_CONTENT, REMOVE_2, sender=sender)
    illegal.refused(world.groups[1], spoken, Code.UNKNOWN_MEMBER, "B05")


def test_a_commit_has_so_many_proposals(world: World) -> None:
    # Q02
    group = world.groups[0]
    for count, code in ((PROPOSALS_LIMIT, Code.INVALID_COMMIT), (PROPOSALS_LIMIT + 1, Code.TOO_LARGE)):
        entries = opaque_bytes((b"\x02" + opaque_bytes(bytes(32))) * count)
        message = illegal.private_bytes(group, COMMIT, entries + b"\x00")
        illegal.refused(world.groups[1], message, code, "G01" if code is Code.INVALID_COMMIT else "A07")


def test_a_welcome_has_so_many_pre_shared_keys() -> None:
    # Q02 J07
    psk = b"\x01" + opaque_bytes(b"id") + opaque_bytes(bytes(32))
    head = opaque_bytes(bytes(32)) + b"\x00"
    assert len(GroupSecrets.decode(head + opaque_bytes(psk * PSK_LIMIT)).psks) == PSK_LIMIT
    with pytest.raises(PeerError, match="A07") as caught:
        GroupSecrets.decode(head + opaque_bytes(psk * (PSK_LIMIT + 1)))
    assert caught.value.code is Code.TOO_LARGE


def test_a_list_of_extensions_is_short(world: World) -> None:
    # Q02
    many = tuple(Extension(0x7000 + number, b"") for number in range(EXTENSIONS_LIMIT + 1))
    package = illegal.key_package_of(world, extensions=many)
    illegal.refused(world.groups[1], illegal.commit_of_bytes(world, package), Code.TOO_LARGE, "A07")
    package = illegal.key_package_of(world, extensions=many[1:])
    assert KeyPackage.decode(package.encoded) == package


def test_a_credential_is_small(world: World) -> None:
    # Q02
    changes: dict[str, object] = {"credential": BasicCredential(bytes(CREDENTIAL_LIMIT + 1))}
    package = illegal.key_package_of(world, leaf_changes=changes)
    illegal.refused(world.groups[1], illegal.commit_of_bytes(world, package), Code.TOO_LARGE, "A07")


def test_a_chain_of_certificates_is_short(world: World) -> None:
    # Q02
    chain = X509Credential((b"certificate",) * (CHAIN_LIMIT + 1))
    package = illegal.key_package_of(world, leaf_changes={"credential": chain})
    illegal.refused(world.groups[1], illegal.commit_of_bytes(world, package), Code.TOO_LARGE, "A07")


def test_a_jump_of_generations_is_bounded(world: World) -> None:
    # Q03 C07
    far = illegal.private_bytes(
        world.groups[0], APPLICATION, opaque_bytes(b"x"), claims=illegal.claim(0, MAX_FORWARD + 1)
    )
    illegal.refused(world.groups[1], far, Code.TOO_FAR_AHEAD, "C07")


def test_skipped_keys_are_bounded_for_all_senders_together() -> None:
    # Q03: each sender stays within his own bound
    senders = MAX_SKIPPED_IN_TREE // MAX_FORWARD
    tree = grown(32).groups[0].secret_tree
    for seat in range(1, senders + 1):
        tree, _, _ = tree.take(LeafIndex(seat), RatchetKind.APPLICATION, MAX_FORWARD)
    with pytest.raises(PeerError, match="Q03") as caught:
        tree.take(LeafIndex(senders + 1), RatchetKind.APPLICATION, MAX_FORWARD)
    assert caught.value.code is Code.TOO_FAR_AHEAD
    tree.take(LeafIndex(senders + 1), RatchetKind.APPLICATION, 0)


def test_one_member_has_so_many_proposals_in_an_epoch(world: World) -> None:
    # Q05
    group, messages = world.groups[0], []
    for number in range(PROPOSALS_A_SENDER + 1):
        group = replace(group, proposals={})  # a dishonest sender forgets his own
        group, message = propose_remove(group, 2, random=world.random, authenticated_data=b"%d" % number)
        messages.append(message)
    for message in messages[:-1]:
        world.receive(1, message)
    illegal.refused(world.groups[1], messages[-1], Code.QUOTA_EXCEEDED, "Q05")


def test_all_members_together_have_so_many_proposals_in_an_epoch(world: World) -> None:
    # Q05
    message = propose_remove(world.groups[0], 2, random=world.random)[1]
    world.receive(2, message)
    (entry,) = world.groups[2].proposals.values()
    others = {b"%d" % number: replace(entry, sender=MemberSender(3)) for number in range(PROPOSALS_AN_EPOCH)}
    full = replace(world.groups[1], proposals=others)
    illegal.refused(full, message, Code.QUOTA_EXCEEDED, "Q05")


def test_the_cheapest_check_speaks_first(world: World) -> None:
    # Q07: every message breaks the rule named and all those named below it
    group = world.groups[0]
    outsider = replace(illegal.on_seat(group, 7), signer=world.client(b"outsider").signer)
    sound = illegal.public_bytes(outsider, COMMIT, b"\x00\x00")
    spoilt = sound[:-1] + bytes([sound[-1] ^ 1])
    seated = illegal.public_bytes(illegal.on_seat(outsider, 2), COMMIT, b"\x00\x00")
    for message, code, rule in (
        (spoilt.replace(b"group", b"other"), Code.WRONG_GROUP, "B01"),
        (
            spoilt.replace(b"group" + bytes(7) + b"\x01", b"group" + bytes(7) + b"\x09"),
            Code.WRONG_EPOCH,
            "B02",
        ),
        (spoilt, Code.UNKNOWN_MEMBER, "B05"),
        (seated[:-1] + bytes([seated[-1] ^ 1]), Code.BAD_MAC, "B09"),
        (seated, Code.BAD_SIGNATURE, "B11"),
        (illegal.public_bytes(group, COMMIT, b"\x00\x00"), Code.INVALID_COMMIT, "I01"),
    ):
        illegal.refused(world.groups[1], message, code, rule)
