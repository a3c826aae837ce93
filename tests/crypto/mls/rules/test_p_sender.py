"""Rules P: what we send ourselves."""

from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import World, distrust, grown

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import ApplicationReceived, key_package_identity, propose_remove, protect
from rogatory_crypto.mls.credentials import (
    REQUIRED_CAPABILITIES,
    BasicCredential,
    Extension,
    RequiredCapabilities,
)
from rogatory_crypto.mls.extensions import (
    EXTERNAL_SENDERS_LIMIT,
    ExternalSender,
    external_senders,
    external_senders_extension,
)
from rogatory_crypto.mls.framing import (
    AUTHENTICATED_DATA_LIMIT,
    PROPOSAL_CONTENT,
    ExternalSenderIndex,
    PrivateMessage,
    PublicMessage,
)
from rogatory_crypto.mls.private_message import padded_size
from rogatory_crypto.mls.proposals import GroupContextExtensions
from rogatory_crypto.mls.welcome import decode_message, encode_message

GREASE = frozenset(0x0A0A + 0x1010 * step for step in range(15))
TAG_BYTES = 16
REMOVE_2 = b"\x00\x03" + (2).to_bytes(4, "big")


@pytest.fixture
def world() -> World:
    return grown(3)


def test_a_creator_adds_nobody_who_cannot_what_the_group_requires() -> None:
    # P01 D10: before anything is sent
    world = World()
    required = RequiredCapabilities(extensions=(0x7777,)).encode()
    illegal.give_extensions(world, Extension(REQUIRED_CAPABILITIES, required))
    package = illegal.key_package_of(world)
    with pytest.raises(PeerError, match="D10") as caught:
        world.stage(0, add=[encode_message(package)])
    assert caught.value.code is Code.INVALID_LEAF_NODE


def test_a_creator_adds_nobody_of_another_suite() -> None:
    # P01 E01: no member is a reason to fall back to a weaker suite
    world, other = World(1), World(2)
    package = other.client(b"newcomer").key_package()
    with pytest.raises(PeerError, match="E01"):
        world.stage(0, add=[package.message])


def test_a_list_of_capabilities_says_what_is_true(world: World) -> None:
    # P02: what we can is what we say, and reserved values stay out of versions and the group's own fields
    package = world.client(b"newcomer").key_package().package
    capabilities = package.leaf_node.capabilities
    assert capabilities.versions == (1,)
    assert set(capabilities.cipher_suites) - GREASE == {world.suite.code}
    assert set(capabilities.credentials) - GREASE
    kinds = {extension.extension_type for extension in package.extensions + package.leaf_node.extensions}
    assert kinds - GREASE <= set(capabilities.extensions)
    assert not world.groups[0].context.extensions
    assert key_package_identity(encode_message(package)).identity == b"newcomer"


@pytest.mark.parametrize("size", [0, 1, 100, 1_000, 10_000, 100_000])
def test_a_ciphertext_tells_a_bucket_and_not_a_length(world: World, size: int) -> None:
    # P03
    sent = illegal.opened(protect(world.groups[0], bytes(size), random=world.random)[1])
    less = illegal.opened(protect(world.groups[0], bytes(max(size - 20, 0)), random=world.random)[1])
    assert len(sent.ciphertext) == len(less.ciphertext)
    assert padded_size(len(sent.ciphertext) - TAG_BYTES) == len(sent.ciphertext) - TAG_BYTES


def test_handshakes_are_private_unless_asked_for(world: World) -> None:
    # P03
    group = world.groups[0]
    for message in (propose_remove(group, 2, random=world.random)[1], world.stage(0).message):
        assert isinstance(decode_message(message), PrivateMessage)
    public = propose_remove(group, 2, random=world.random, public=True)[1]
    assert isinstance(decode_message(public), PublicMessage)


def test_data_in_the_open_are_bounded_and_bound_to_the_message(world: World) -> None:
    # P05 C02
    group = world.groups[0]
    with pytest.raises(PeerError) as caught:
        protect(group, b"x", authenticated_data=bytes(AUTHENTICATED_DATA_LIMIT + 1), random=world.random)
    assert caught.value.code is Code.TOO_LARGE
    message = protect(group, b"x", authenticated_data=b"order 7", random=world.random)[1]
    changed = encode_message(replace(illegal.opened(message), authenticated_data=b"order 8"))
    illegal.refused(world.groups[1], changed, Code.DECRYPTION_FAILED, "C02")
    event = world.receive(1, message)
    assert isinstance(event, ApplicationReceived)
    assert event.authenticated_data == b"order 7"


def test_nobody_proposes_from_outside_unless_the_group_names_him(world: World) -> None:
    # P06 B06: a group has no external senders by itself
    assert external_senders(world.groups[0].extensions) == ()
    message = illegal.outside_bytes(world.groups[0], PROPOSAL_CONTENT, REMOVE_2, ExternalSenderIndex(0))
    illegal.refused(world.groups[1], message, Code.UNKNOWN_MEMBER, "B06")


def test_external_senders_are_few_and_judged(world: World) -> None:
    # P06 D01 Q02
    senders = tuple(
        ExternalSender(world.client(b"robot").signer.public, BasicCredential(b"robot-%d" % number))
        for number in range(EXTERNAL_SENDERS_LIMIT + 1)
    )
    few = GroupContextExtensions((external_senders_extension(senders[:2]),))
    message = illegal.message(world.groups[0], few)
    illegal.refused(
        world.groups[1], message, Code.INVALID_CREDENTIAL, "D01", authenticate=distrust(b"robot-1")
    )
    many = GroupContextExtensions((external_senders_extension(senders),))
    illegal.refused(world.groups[1], illegal.message(world.groups[0], many), Code.TOO_LARGE, "A07")
