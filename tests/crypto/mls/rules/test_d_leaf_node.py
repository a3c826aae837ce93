"""Rules D: a leaf that breaks one of them gets no seat, by whichever door it comes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.crypto.mls import illegal
from tests.crypto.mls.illegal_welcome import invite
from tests.crypto.mls.test_certificates import LEAF, issue
from tests.crypto.mls.world import LIFETIME, NOW, World, distrust, grown, trust

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import (
    Lifetime,
    ProposalReceived,
    SignatureKeyPair,
    key_package_identity,
    process,
)
from rogatory_crypto.mls.credentials import (
    APPLICATION_ID,
    LAST_RESORT,
    REQUIRED_CAPABILITIES,
    BasicCredential,
    Capabilities,
    Credential,
    Extension,
    RequiredCapabilities,
    X509Credential,
)
from rogatory_crypto.mls.extensions import ExternalSender, external_senders_extension
from rogatory_crypto.mls.leaf_validation import CLOCK_TOLERANCE_S
from rogatory_crypto.mls.nodes import (
    FromCommit,
    FromKeyPackage,
    FromUpdate,
    LeafNode,
    Node,
    leaf_place,
)
from rogatory_crypto.mls.proposals import Add, GroupContextExtensions, Update
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.mls.welcome import encode_message

Changes: TypeAlias = dict[str, Any]
Door: TypeAlias = Callable[..., None]
NEWCOMER = b"newcomer"
UNKNOWN = 0x7777


@pytest.fixture
def world() -> World:
    return grown(3)


# The four doors. Each builds a whole message in which only the leaf is changed, and expects its refusal.


def by_add(world: World, changes: Changes, code: Code, rule: str, **options: Any) -> None:
    add = Add(illegal.key_package_of(world, NEWCOMER, leaf_changes=changes))
    illegal.refused(world.groups[1], illegal.commit(world.groups[0], add), code, rule, **options)
    illegal.refused(world.groups[1], illegal.message(world.groups[0], add), code, rule, **options)


def fresh_update(world: World, changes: Changes) -> LeafNode:
    leaf = illegal.honest_path(world, 0).leaf_node
    return illegal.leaf(world.groups[0], leaf, **{"source": FromUpdate(), **changes})


def by_update(world: World, changes: Changes, code: Code, rule: str, **options: Any) -> None:
    message = illegal.message(world.groups[0], Update(fresh_update(world, changes)))
    illegal.refused(world.groups[1], message, code, rule, **options)


def by_path(world: World, changes: Changes, code: Code, rule: str, **options: Any) -> None:
    path = illegal.honest_path(world, 0)
    spoilt = replace(path, leaf_node=illegal.leaf(world.groups[0], path.leaf_node, **changes))
    illegal.refused(world.groups[1], illegal.commit(world.groups[0], path=spoilt), code, rule, **options)


def by_joining(world: World, changes: Changes, code: Code, rule: str, **options: Any) -> None:
    """The leaf sits on seat 1 of the group to which a new member is invited."""

    def change(nodes: list[Node | None]) -> None:
        leaf = nodes[2]
        assert isinstance(leaf, LeafNode)
        place = leaf_place(world.groups[1].group_id, LeafIndex(1))
        nodes[2] = replace(leaf, **changes).signed(world.suite, world.groups[1].signer.private, place)

    invitation = invite(world, path=False)
    invitation.change_tree(change)
    invitation.refused(code, rule, **options)


ALL_DOORS = pytest.mark.parametrize("door", [by_add, by_update, by_path, by_joining])
OF_MEMBERS = pytest.mark.parametrize("door", [by_update, by_path])


def can(world: World, **changes: tuple[int, ...]) -> Capabilities:
    """Return what everybody can, with changes."""
    return replace(illegal.own_leaf(world.groups[0]).capabilities, **changes)


def identity_at(door: Door) -> bytes:
    """Return the identity on the leaf that a door brings."""
    return {by_add: NEWCOMER, by_joining: b"member-0-0"}.get(door, b"member-0")


@ALL_DOORS
def test_the_application_judges_every_identity(world: World, door: Door) -> None:
    # D01
    refuse = distrust(identity_at(door))
    door(world, {}, Code.INVALID_CREDENTIAL, "D01", authenticate=refuse)


def test_the_application_judges_what_it_sends_itself(world: World) -> None:
    # D01
    package = world.client(NEWCOMER).key_package()
    with pytest.raises(PeerError, match="D01"):
        world.stage(0, add=[package.message], authenticate=distrust(NEWCOMER))


@OF_MEMBERS
def test_a_seat_keeps_its_identity(world: World, door: Door) -> None:
    # D02
    changes = {"credential": BasicCredential(b"somebody else")}
    door(world, changes, Code.INVALID_CREDENTIAL, "D02")


def certified(key: SignatureKeyPair) -> X509Credential:
    """Return a chain of one certificate for a key, signed by itself."""
    private = Ed25519PrivateKey.from_private_bytes(key.private)
    return X509Credential((issue(replace(LEAF, key=private)).der,))


BOTH = (1, 2)


@ALL_DOORS
def test_a_chain_of_certificates_speaks_for_the_leafs_key(world: World, door: Door) -> None:
    # D03: of another key, of none, of bytes that are no certificate
    for credential in (
        certified(world.client(b"other").signer),
        X509Credential(()),
        X509Credential((b"certificate",)),
    ):
        changes = {"credential": credential, "capabilities": can(world, credentials=BOTH)}
        door(world, changes, Code.INVALID_CREDENTIAL, "D03")


@pytest.mark.parametrize("matching", [True, False])
def test_a_chain_of_certificates_speaks_for_an_external_senders_key(world: World, *, matching: bool) -> None:
    # D03 F07
    robot, other = world.client(b"robot").signer, world.client(b"other").signer
    sender = ExternalSender(robot.public, certified(robot if matching else other))
    extensions = (external_senders_extension((sender,)),)
    message = illegal.message(world.groups[0], GroupContextExtensions(extensions))
    if matching:
        assert isinstance(world.receive(1, message), ProposalReceived)
    else:
        illegal.refused(world.groups[1], message, Code.INVALID_CREDENTIAL, "D03")


@pytest.mark.parametrize("now", [NOW - 2000, NOW + 2000])
def test_a_chain_of_certificates_is_valid_when_it_comes(world: World, now: int) -> None:
    # D03
    client = world.client(NEWCOMER)
    changes: Changes = {
        "credential": certified(client.signer),
        "capabilities": can(world, credentials=BOTH),
    }
    data = client.key_package().message
    package = illegal.key_package(world.suite, client.signer, data, leaf_changes=changes)
    message = illegal.message(world.groups[0], Add(package))
    illegal.refused(world.groups[1], message, Code.INVALID_CREDENTIAL, "D03", now=now)
    assert isinstance(world.receive(1, message), ProposalReceived)


@ALL_DOORS
def test_a_credential_is_of_a_type_that_its_owner_can(world: World, door: Door) -> None:
    # D04
    for credentials in ((), (2,), (0x0A0A,)):
        changes = {"capabilities": can(world, credentials=credentials)}
        door(world, changes, Code.INVALID_LEAF_NODE, "D04")


@ALL_DOORS
@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), bytes(32), b"\x01" + bytes(31)])
def test_an_encryption_key_is_one_of_the_suite(world: World, door: Door, key: bytes) -> None:
    # D05: of the wrong length, or of small order
    door(world, {"encryption_key": key}, Code.MALFORMED, "D05")


@OF_MEMBERS
@pytest.mark.parametrize("size", [0, 31, 33, 57])
def test_a_signature_key_is_one_of_the_suite(world: World, door: Door, size: int) -> None:
    # D05 D06: the signature is by the true key
    key = (world.groups[0].signer.public * 2)[:size]
    door(world, {"signature_key": key}, Code.BAD_SIGNATURE, "D05")


def test_a_leaf_signs_itself(world: World) -> None:
    # D06: signed by another member
    group, other = world.groups[0], world.groups[2]
    leaf = fresh_update(world, {})
    signed = leaf.signed(world.suite, other.signer.private, leaf_place(group.group_id, group.own_leaf))
    illegal.refused(world.groups[1], illegal.message(group, Update(signed)), Code.BAD_SIGNATURE, "D06")
    client = world.client(NEWCOMER)
    package = client.key_package().package
    inner = package.leaf_node.signed(world.suite, other.signer.private, b"")
    outer = replace(package, leaf_node=inner).signed(world.suite, client.signer.private)
    illegal.refused(world.groups[1], illegal.commit(group, Add(outer)), Code.BAD_SIGNATURE, "D06")


def _encoded_anew(leaf: LeafNode) -> LeafNode:
    """Return a leaf whose bytes say what its fields say, with the signature it had."""
    return replace(leaf, encoded=illegal.encoded(leaf))


@pytest.mark.parametrize("place", [("other", 0), ("group", 1), ("group", 1 << 31), ("", 0)])
@pytest.mark.parametrize("by_commit", [False, True])
def test_a_leaf_is_signed_for_its_group_and_seat(
    world: World, place: tuple[str, int], *, by_commit: bool
) -> None:
    # D06
    group = world.groups[0]
    path = illegal.honest_path(world, 0)
    leaf = path.leaf_node if by_commit else replace(path.leaf_node, source=FromUpdate())
    elsewhere = leaf_place(place[0].encode(), LeafIndex(place[1]))
    moved = leaf.signed(world.suite, group.signer.private, elsewhere)
    honest = illegal.commit(group, path=replace(path, leaf_node=moved))
    message = honest if by_commit else illegal.message(group, Update(moved))
    illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "D06")


OF_A_PACKAGE, OF_AN_UPDATE, OF_A_COMMIT = FromKeyPackage(LIFETIME), FromUpdate(), FromCommit(bytes(32))


@pytest.mark.parametrize(
    ("door", "source"),
    [
        (by_add, OF_AN_UPDATE),
        (by_add, OF_A_COMMIT),
        (by_update, OF_A_PACKAGE),
        (by_update, OF_A_COMMIT),
        (by_path, OF_A_PACKAGE),
        (by_path, OF_AN_UPDATE),
    ],
)
def test_a_leaf_comes_by_the_door_it_was_made_for(world: World, door: Door, source: object) -> None:
    # D07
    door(world, {"source": source}, Code.INVALID_LEAF_NODE, "D07")


@OF_MEMBERS
def test_a_replaced_leaf_has_a_new_encryption_key(world: World, door: Door) -> None:
    # D08
    same = illegal.own_leaf(world.groups[0]).encryption_key
    door(world, {"encryption_key": same}, Code.INVALID_LEAF_NODE, "D08")


def test_an_added_leaf_brings_keys_that_nobody_has(world: World) -> None:
    # D09: of a leaf, of a parent, of a signer
    world.update(2)
    group = world.groups[0]
    parent = next(node for _, node in group.tree.parents())
    for key in (group.member(1).encryption_key, parent.encryption_key):
        add = Add(illegal.key_package_of(world, leaf_changes={"encryption_key": key}))
        illegal.refused(world.groups[1], illegal.commit(group, add), Code.INVALID_PROPOSAL, "D09")
    client = world.client(b"under another name")
    client.signer = group.signer
    add = Add(client.key_package().package)
    illegal.refused(world.groups[1], illegal.commit(group, add), Code.INVALID_PROPOSAL, "D09")


def test_an_updated_leaf_brings_keys_that_nobody_has(world: World) -> None:
    # D09: the proposal is refused once it is committed
    group = world.groups[0]
    key = group.member(1).encryption_key
    event = world.receive(2, illegal.message(group, Update(fresh_update(world, {"encryption_key": key}))))
    assert isinstance(event, ProposalReceived)
    world.receive(1, illegal.message(group, Update(fresh_update(world, {"encryption_key": key}))))
    (reference,) = world.groups[1].proposals
    message = illegal.commit(world.groups[2], reference)
    illegal.refused(world.groups[1], message, Code.INVALID_PROPOSAL, "D09")


def test_nobody_joins_a_group_in_which_a_key_is_there_twice(world: World) -> None:
    # D09
    other = world.groups[0].member(2)
    by_joining(world, {"encryption_key": other.encryption_key}, Code.INVALID_TREE, "K09")
    by_joining(world, {"signature_key": other.signature_key}, Code.INVALID_TREE, "D09")


REQUIREMENTS = [
    RequiredCapabilities(extensions=(UNKNOWN,)),
    RequiredCapabilities(proposals=(UNKNOWN,)),
    RequiredCapabilities(credentials=(2,)),
]


@pytest.mark.parametrize("required", REQUIREMENTS)
@pytest.mark.parametrize("door", [by_add, by_update, by_path])
def test_a_leaf_can_what_the_group_requires(world: World, door: Door, required: RequiredCapabilities) -> None:
    # D10
    illegal.give_extensions(world, Extension(REQUIRED_CAPABILITIES, required.encode()))
    door(world, {}, Code.INVALID_LEAF_NODE, "D10")


@pytest.mark.parametrize("required", REQUIREMENTS)
def test_nobody_joins_a_group_whose_members_cannot_what_it_requires(
    world: World, required: RequiredCapabilities
) -> None:
    # D10
    invitation = invite(world, path=False)
    invitation.change_context(extensions=(Extension(REQUIRED_CAPABILITIES, required.encode()),))
    invitation.refused(Code.INVALID_LEAF_NODE, "D10")


def test_what_everybody_can_may_be_required(world: World) -> None:
    # D10 D13: default types are satisfied without being listed
    required = RequiredCapabilities(extensions=(1, 5, LAST_RESORT), proposals=(1, 7), credentials=(1,))
    illegal.give_extensions(world, Extension(REQUIRED_CAPABILITIES, required.encode()))
    world.receive(1, illegal.message(world.groups[0], Update(fresh_update(world, {}))))
    assert world.groups[1].has_pending_proposals


@ALL_DOORS
def test_a_leaf_can_the_suite_the_version_and_its_own_extensions(world: World, door: Door) -> None:
    # D11
    for changes in (
        {"capabilities": can(world, cipher_suites=(2, 3))},
        {"capabilities": can(world, cipher_suites=())},
        {"capabilities": can(world, versions=())},
        {"capabilities": can(world, versions=(2,))},
        {"extensions": (Extension(UNKNOWN, b""),)},
    ):
        door(world, changes, Code.INVALID_LEAF_NODE, "D11")


@pytest.mark.parametrize("door", [by_add, by_update, by_path])
def test_a_leaf_can_every_extension_of_the_group(world: World, door: Door) -> None:
    # D11
    illegal.give_extensions(world, Extension(UNKNOWN, b""))
    door(world, {}, Code.INVALID_LEAF_NODE, "D11")


def any_successor(_old: Credential, _new: Credential) -> None:
    """Accept that a client comes back with another kind of credential."""


@pytest.mark.parametrize("credentials", [BOTH, (2,)])
def test_members_can_read_each_others_credentials(world: World, credentials: tuple[int, ...]) -> None:
    # D12: who is there cannot read certificates, or the newcomer nothing else
    client = world.client(NEWCOMER)
    changes: Changes = {
        "credential": certified(client.signer),
        "capabilities": can(world, credentials=credentials),
    }
    data = client.key_package().message
    package = illegal.key_package(world.suite, client.signer, data, leaf_changes=changes)
    message = illegal.commit(world.groups[0], Add(package))
    illegal.refused(world.groups[1], message, Code.INVALID_LEAF_NODE, "D12")


def test_a_member_does_not_turn_to_a_credential_that_others_cannot_read(world: World) -> None:
    # D12: even if the application accepts him as the same client
    changes: Changes = {
        "credential": certified(world.groups[0].signer),
        "capabilities": can(world, credentials=BOTH),
    }
    by_path(world, changes, Code.INVALID_LEAF_NODE, "D12", successor=any_successor)
    update = illegal.message(world.groups[0], Update(fresh_update(world, changes)))
    received = process(world.groups[1], update, now=NOW, authenticate=trust, successor=any_successor)
    (reference,) = received.group.proposals
    message = illegal.commit(world.groups[2], reference)
    illegal.refused(received.group, message, Code.INVALID_LEAF_NODE, "D12", successor=any_successor)


def test_nobody_joins_a_group_in_which_he_cannot_read_a_credential(world: World) -> None:
    # D12
    changes = {
        "credential": certified(world.groups[1].signer),
        "capabilities": can(world, credentials=BOTH),
    }
    by_joining(world, changes, Code.INVALID_LEAF_NODE, "D12")


@ALL_DOORS
@pytest.mark.parametrize(
    "listed",
    [{"extensions": (LAST_RESORT, number)} for number in range(1, 6)]
    + [{"proposals": (number,)} for number in range(1, 8)],
)
def test_what_everybody_can_is_not_listed(world: World, door: Door, listed: Changes) -> None:
    # D13
    door(world, {"capabilities": can(world, **listed)}, Code.INVALID_LEAF_NODE, "D13")


@pytest.mark.parametrize(
    "lifetime", [Lifetime(NOW, NOW - 1), Lifetime(NOW, NOW + 366 * 86_400), Lifetime(0, (1 << 64) - 1)]
)
def test_a_lifetime_is_bounded(world: World, lifetime: Lifetime) -> None:
    # D14
    changes: Changes = {"source": FromKeyPackage(lifetime)}
    by_add(world, changes, Code.INVALID_LEAF_NODE, "D14")
    package = illegal.key_package_of(world, leaf_changes=changes)
    with pytest.raises(PeerError, match="D14"):
        key_package_identity(encode_message(package))


@pytest.mark.parametrize("now", [LIFETIME.not_before - 1, LIFETIME.not_after + 1])
def test_we_send_no_leaf_outside_of_its_lifetime(world: World, now: int) -> None:
    # D14
    package = world.client(NEWCOMER).key_package()
    with pytest.raises(PeerError, match="D14") as caught:
        world.stage(0, add=[package.message], now=now)
    assert caught.value.code is Code.EXPIRED


def test_nobody_sits_before_his_time(world: World) -> None:
    # D14
    early = Lifetime(NOW + CLOCK_TOLERANCE_S + 1, NOW + 2 * CLOCK_TOLERANCE_S)
    by_joining(world, {"source": FromKeyPackage(early)}, Code.INVALID_LEAF_NODE, "D14")


@ALL_DOORS
@pytest.mark.parametrize("kind", [2, 3, 4, 5, LAST_RESORT])
def test_an_extension_that_belongs_elsewhere_is_not_in_a_leaf(world: World, door: Door, kind: int) -> None:
    # D15
    door(world, {"extensions": (Extension(kind, b""),)}, Code.INVALID_LEAF_NODE, "D15")


GREASE = tuple(0x0A0A + 0x1010 * step for step in range(15))


def test_what_nobody_knows_is_ignored(world: World) -> None:
    # D16 D15: reserved values everywhere, an id of the application, an extension of one's own that is listed
    changes: Changes = {
        "capabilities": Capabilities(
            (1, *GREASE), (1, *GREASE), (LAST_RESORT, UNKNOWN, *GREASE), GREASE, (1, *GREASE)
        ),
        "extensions": (
            Extension(APPLICATION_ID, opaque_bytes(b"id")),
            Extension(UNKNOWN, b""),
            Extension(0x0A0A, b""),
        ),
    }
    world.receive(1, illegal.message(world.groups[0], Update(fresh_update(world, changes))))
    assert world.groups[1].has_pending_proposals
    package = illegal.key_package_of(world, leaf_changes=changes)
    assert key_package_identity(encode_message(package)).identity == NEWCOMER


SMALL_ORDER = [
    "01" + "00" * 31,
    "00" * 32,
    "00" * 31 + "80",
    "ec" + "ff" * 30 + "7f",
    "ee" + "ff" * 30 + "7f",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_a_signature_key_of_small_order_signs_nothing(world: World, point: str) -> None:
    # D17: the signature (that point, 0) holds for every message where such keys are taken
    key = bytes.fromhex(point)
    signature = key + bytes(32)
    package = illegal.key_package_of(world)
    leaf = _encoded_anew(replace(package.leaf_node, signature_key=key, signature=signature))
    outer = replace(package, leaf_node=leaf, signature=signature)
    forged = replace(outer, encoded=illegal.encoded(outer))
    illegal.refused(world.groups[1], illegal.commit(world.groups[0], Add(forged)), Code.BAD_SIGNATURE, "E03")


def test_the_doors_open_for_what_is_sound(world: World) -> None:
    # only the forged confirmation tag is wrong
    add = Add(illegal.key_package_of(world, NEWCOMER))
    message = illegal.commit(world.groups[0], add)
    illegal.refused(world.groups[1], message, Code.BAD_MAC, "I09")
    message = illegal.commit(world.groups[0], path=illegal.honest_path(world, 0))
    illegal.refused(world.groups[1], message, Code.BAD_MAC, "I09")
    proposal = illegal.message(world.groups[0], Update(fresh_update(world, {})))
    event = process(world.groups[1], proposal, now=NOW, authenticate=trust)
    assert isinstance(event, ProposalReceived)
    assert invite(world, path=False).join().own_leaf == 3
