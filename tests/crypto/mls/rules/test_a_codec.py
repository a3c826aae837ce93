"""Rules A: one encoding of each value, in messages that are signed and sealed as they should be."""

from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.illegal_welcome import lived_in
from tests.crypto.mls.world import World, grown

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import key_package_identity, message_epoch
from rogatory_crypto.mls.credentials import EXTENSIONS_LIMIT, REQUIRED_CAPABILITIES, Extension
from rogatory_crypto.mls.framing import APPLICATION, COMMIT, PROPOSAL_CONTENT
from rogatory_crypto.mls.nodes import NODE, RATCHET_TREE_FIELD, FromUpdate, KeyPackage, LeafNode, ParentNode
from rogatory_crypto.mls.proposals import PROPOSALS_LIMIT
from rogatory_crypto.mls.welcome import GroupInfo, encode_message

HANDSHAKES = pytest.mark.parametrize("public", [False, True])


@pytest.fixture
def world() -> World:
    return grown(3)


def handshake(world: World, content_type: int, body: bytes, *, public: bool = False) -> bytes:
    send = illegal.public_bytes if public else illegal.private_bytes
    return send(world.groups[0], content_type, body)


def updated(world: World) -> LeafNode:
    group = world.groups[0]
    return illegal.leaf(group, illegal.honest_path(world, 0).leaf_node, source=FromUpdate())


@HANDSHAKES
def test_a_presence_octet_is_0_or_1(world: World, *, public: bool) -> None:
    # A01: the octet before the path of a commit
    for octet, code, rule in (
        (b"\x00", Code.INVALID_COMMIT, "I01"),
        (b"\x02", Code.MALFORMED, "A01"),
        (b"\xff", Code.MALFORMED, "A01"),
    ):
        message = handshake(world, COMMIT, b"\x00" + octet, public=public)
        illegal.refused(world.groups[1], message, code, rule)


@pytest.mark.parametrize(
    ("length", "code", "rule"),
    [
        ("00", Code.INVALID_COMMIT, "I01"),
        ("4000", Code.MALFORMED, "A02"),
        ("80000000", Code.MALFORMED, "A02"),
        ("c000000000000000", Code.MALFORMED, "A02"),
        ("bfffffff", Code.MALFORMED, "A02"),
    ],
)
@HANDSHAKES
def test_a_length_has_one_form_and_fits(
    world: World, length: str, code: Code, rule: str, *, public: bool
) -> None:
    # A02: the length of a commit's list
    message = handshake(world, COMMIT, bytes.fromhex(length) + b"\x00", public=public)
    illegal.refused(world.groups[1], message, code, rule)


@HANDSHAKES
def test_nothing_trails_a_message(world: World, *, public: bool) -> None:
    # A03
    message = handshake(world, COMMIT, b"\x00\x00", public=public)
    illegal.refused(world.groups[1], message, Code.INVALID_COMMIT, "I01")
    illegal.refused(world.groups[1], message + b"\x00", Code.MALFORMED, "A03")


def test_nothing_trails_the_payload_of_an_extension() -> None:
    # A03: the group requires nothing, and one byte
    invitation = lived_in()
    invitation.change_context(extensions=(Extension(REQUIRED_CAPABILITIES, bytes(3) + b"\x00"),))
    invitation.refused(Code.MALFORMED, "A03")


def test_nothing_trails_the_sender_data_and_the_secrets_of_a_welcome() -> None:
    # A03
    invitation = lived_in()
    info = invitation.info.signed(invitation.world.suite, invitation.world.groups[0].signer.private)
    invitation.refused(Code.MALFORMED, "A03", invitation.seal(info=info.encode() + b"\x00"))
    assert invitation.join(invitation.seal(info=info.encode())).active


NONCE = "20" + "00" * 32
PSK_OF_GROUP_A = "0161" + "00" * 8 + NONCE


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        pytest.param(COMMIT, "0103" + "00", Code.UNSUPPORTED, id="kind of entry"),
        pytest.param(COMMIT, "0100" + "00", Code.UNSUPPORTED, id="no kind of entry"),
        pytest.param(PROPOSAL_CONTENT, "0004" + "03" + "0161" + NONCE, Code.UNSUPPORTED, id="kind of PSK"),
        pytest.param(PROPOSAL_CONTENT, "0004" + "0204" + PSK_OF_GROUP_A, Code.MALFORMED, id="use of a PSK"),
        pytest.param(
            PROPOSAL_CONTENT, "0004" + "0200" + PSK_OF_GROUP_A, Code.MALFORMED, id="no use of a PSK"
        ),
        pytest.param(PROPOSAL_CONTENT, "0008", Code.UNSUPPORTED, id="proposal"),
    ],
)
@HANDSHAKES
def test_an_unknown_number_is_refused(
    world: World, content_type: int, body: str, code: Code, *, public: bool
) -> None:
    # A04 F10: whole but for one number
    message = handshake(world, content_type, bytes.fromhex(body), public=public)
    illegal.refused(world.groups[1], message, code, "A04")


@pytest.mark.parametrize("content_type", [0, 4, 255])
@HANDSHAKES
def test_an_unknown_content_type_is_refused(world: World, content_type: int, *, public: bool) -> None:
    # A04
    message = handshake(world, content_type, b"\x00", public=public)
    illegal.refused(world.groups[1], message, Code.MALFORMED, "A04")


@pytest.mark.parametrize("sender", ["00", "05", "ff"])
def test_an_unknown_kind_of_sender_is_refused(world: World, sender: str) -> None:
    # A04
    message = illegal.public_bytes(world.groups[0], PROPOSAL_CONTENT, b"", sender=bytes.fromhex(sender))
    illegal.refused(world.groups[1], message, Code.UNSUPPORTED, "A04")


@pytest.mark.parametrize("source", [0, 4])
def test_an_unknown_source_of_a_leaf_is_refused(world: World, source: int) -> None:
    # A04
    leaf = illegal.leaf_bytes(world.groups[0], updated(world), source=bytes([source]))
    message = handshake(world, PROPOSAL_CONTENT, b"\x00\x02" + leaf)
    illegal.refused(world.groups[1], message, Code.UNSUPPORTED, "A04")


@pytest.mark.parametrize("wire_format", [0, 6, 0xFFFF])
def test_an_unknown_wire_format_is_refused(world: World, wire_format: int) -> None:
    # A04
    message = handshake(world, COMMIT, b"\x00\x00")
    changed = message[:2] + wire_format.to_bytes(2, "big") + message[4:]
    illegal.refused(world.groups[1], changed, Code.MALFORMED, "A04")


def test_an_unknown_kind_of_node_is_refused() -> None:
    # A04
    invitation = lived_in()
    first = invitation.tree.index(b"\x01\x01")  # present, a leaf
    tree = invitation.tree
    invitation.set_tree(tree[: first + 1] + b"\x03" + tree[first + 2 :], rehash=False)
    invitation.refused(Code.UNSUPPORTED, "A04")


def test_half_a_number_at_the_end_of_capabilities_is_refused(world: World) -> None:
    # A05
    leaf = updated(world)
    whole = leaf.capabilities.encode()
    assert whole.startswith(b"\x02\x00\x01")
    halved = b"\x03\x00\x01\x00" + whole[3:]
    data = illegal.leaf_bytes(world.groups[0], leaf, capabilities=halved)
    message = handshake(world, PROPOSAL_CONTENT, b"\x00\x02" + data)
    illegal.refused(world.groups[1], message, Code.MALFORMED, "A05")


def test_half_an_unmerged_leaf_is_refused() -> None:
    # A05
    invitation = lived_in()
    nodes = RATCHET_TREE_FIELD.decode(invitation.tree)
    parts = [b"\x00" if node is None else b"\x01" + NODE.encode(node) for node in nodes]
    assert isinstance(nodes[3], ParentNode)
    parts[3] = b"\x01\x02" + illegal.encoded(nodes[3], unmerged_leaves=b"\x03\x00\x00\x00")
    invitation.set_tree(opaque_bytes(b"".join(parts)), rehash=False)
    invitation.refused(Code.MALFORMED, "A05")


def test_signatures_and_references_are_over_the_bytes_that_came(world: World) -> None:
    # A06 E08: whatever else an object says, only its bytes count
    client = world.client(b"exact")
    package = client.key_package().package
    pretended = replace(package, extensions=(Extension(0x7777, b""),))
    pretended.verify_signature(world.suite)
    assert pretended.encode() == package.encoded
    assert pretended.reference(world.suite) == package.reference(world.suite)
    flipped = replace(package, encoded=package.encoded[:-70] + b"\x01" + package.encoded[-69:])
    with pytest.raises(PeerError, match="E03"):
        flipped.verify_signature(world.suite)
    assert flipped.reference(world.suite) != package.reference(world.suite)
    embedded = KeyPackage.FIELDS[3].decode(package.leaf_node.encoded)
    assert embedded.encoded == package.leaf_node.encoded


def test_a_message_is_verified_as_it_came(world: World) -> None:
    # A06: signed for the proposal to remove seat 1, and carrying another
    group = world.groups[0]
    message = illegal.public_bytes(group, PROPOSAL_CONTENT, b"\x00\x03" + (1).to_bytes(4, "big"))
    other = message.replace(b"\x00\x03\x00\x00\x00\x01", b"\x00\x03\x00\x00\x00\x02")
    illegal.refused(world.groups[1], other, Code.BAD_MAC, "B09")


def test_a_list_is_bounded(world: World) -> None:
    # A07 Q02: one reference more than a commit may have
    entries = (b"\x02" + opaque_bytes(bytes(32))) * (PROPOSALS_LIMIT + 1)
    message = handshake(world, COMMIT, opaque_bytes(entries) + b"\x00")
    illegal.refused(world.groups[1], message, Code.TOO_LARGE, "A07")


def test_extensions_are_bounded(world: World) -> None:
    # A07 Q02
    many = tuple(Extension(0x7000 + number, b"") for number in range(EXTENSIONS_LIMIT + 1))
    package = illegal.key_package_of(world, extensions=many)
    illegal.refused(world.groups[1], illegal.commit_of_bytes(world, package), Code.TOO_LARGE, "A07")


def test_application_data_is_bounded_inside_of_the_ciphertext(world: World) -> None:
    # A07 Q01
    message = illegal.private_bytes(world.groups[0], APPLICATION, opaque_bytes(bytes((1 << 20) + 1)))
    illegal.refused(world.groups[1], message, Code.TOO_LARGE, "A07")


def test_another_version_is_refused(world: World) -> None:
    # A08
    message = handshake(world, COMMIT, b"\x00\x00")
    for version in (b"\x00\x00", b"\x00\x02", b"\xff\xff"):
        illegal.refused(world.groups[1], version + message[2:], Code.UNSUPPORTED, "A08")
        with pytest.raises(PeerError, match="A08"):
            message_epoch(version + message[2:])


def test_a_key_package_is_of_its_messages_version(world: World) -> None:
    # A08
    for version in (0, 2):
        package = illegal.key_package_of(world, version=version)
        with pytest.raises(PeerError, match="A08") as caught:
            key_package_identity(encode_message(package))
        assert caught.value.code is Code.UNSUPPORTED


TWICE = (Extension(0x7777, b"one"), Extension(0x7777, b"two"))


def test_a_leaf_has_each_extension_once(world: World) -> None:
    # A09
    leaf = illegal.leaf(world.groups[0], updated(world), extensions=TWICE)
    message = handshake(world, PROPOSAL_CONTENT, b"\x00\x02" + leaf.encode())
    illegal.refused(world.groups[1], message, Code.MALFORMED, "A09")


def test_a_key_package_has_each_extension_once(world: World) -> None:
    # A09
    package = illegal.key_package_of(world, extensions=TWICE)
    illegal.refused(world.groups[1], illegal.commit_of_bytes(world, package), Code.MALFORMED, "A09")


@pytest.mark.parametrize("where", ["group", "info"])
def test_a_group_and_its_info_have_each_extension_once(where: str) -> None:
    # A09
    invitation = lived_in()
    if where == "group":
        invitation.change_context(extensions=TWICE)
    else:
        invitation.info = replace(invitation.info, extensions=(*invitation.info.extensions, *TWICE))
    assert isinstance(invitation.info, GroupInfo)
    invitation.refused(Code.MALFORMED, "A09")


TAGS = pytest.mark.parametrize("size", [0, 1, 16, 31, 33, 64])


@TAGS
def test_a_membership_tag_is_compared_with_its_length(world: World, size: int) -> None:
    # A10 B09: a piece of the true one, or more than it
    message = handshake(world, COMMIT, b"\x00\x00", public=True)
    assert message[-33] == 32
    tag = (message[-32:] * 2)[:size]
    illegal.refused(world.groups[1], message[:-33] + opaque_bytes(tag), Code.BAD_MAC, "B09")


@TAGS
def test_a_confirmation_tag_is_compared_with_its_length(world: World, size: int) -> None:
    # A10 I09
    message, true = illegal.commit_with_tag(world, 0, lambda tag: (tag * 2)[:size])
    illegal.refused(world.groups[1], message, Code.BAD_MAC, "I09")
    assert len(true) == 32


@TAGS
def test_a_confirmation_tag_of_a_group_info_is_compared_with_its_length(size: int) -> None:
    # A10 K12
    invitation = lived_in()
    tag = (invitation.info.confirmation_tag * 2)[:size]
    invitation.info = replace(invitation.info, confirmation_tag=tag)
    invitation.refused(Code.BAD_MAC, "K12")
