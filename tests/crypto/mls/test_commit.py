"""Commits that must be refused, each for the rule it breaks (rules D to G and I)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.mls import illegal
from tests.crypto.mls.test_certificates import LEAF, issue
from tests.crypto.mls.world import LIFETIME, NOW, OPEN, World, distrust, grown, trust

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import (
    Group,
    KeyPackageSecrets,
    Lifetime,
    X509Credential,
    create_group,
    encode_group,
    generate_key_package,
    generate_signature_key,
    join_group,
    own_capabilities,
    process,
    propose_add,
    propose_remove,
    propose_update,
    sending,
)
from rogatory_crypto.mls.credentials import APPLICATION_ID, BasicCredential, Capabilities, Extension
from rogatory_crypto.mls.leaf_validation import MAX_LIFETIME_S
from rogatory_crypto.mls.nodes import FromCommit, FromKeyPackage, FromUpdate, KeyPackage
from rogatory_crypto.mls.proposals import (
    Add,
    ByValue,
    Commit,
    Remove,
    Update,
)
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.mls.treekem import HpkeCiphertext, UpdatePath
from rogatory_crypto.mls.welcome import decode_message

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def world() -> World:
    return grown(5)


def rule(group: Group, message: bytes) -> str:
    """Return what a refusal says, having checked that nothing changed."""
    before = encode_group(group)
    with pytest.raises(PeerError) as caught:
        process(group, message, now=NOW, authenticate=trust)
    assert encode_group(group) == before
    return str(caught.value)


def package(world: World, name: bytes = b"newcomer", **leaf_changes: Any) -> KeyPackage:
    client = world.client(name)
    message = client.key_package().message
    return illegal.key_package(world.suite, client.signer, message, leaf_changes=leaf_changes)


def outer(world: World, name: bytes = b"newcomer", **changes: Any) -> KeyPackage:
    client = world.client(name)
    message = client.key_package().message
    return illegal.key_package(world.suite, client.signer, message, leaf_changes={}, **changes)


def capabilities(world: World) -> Capabilities:
    decoded = decode_message(world.client(b"any").key_package().message)
    assert isinstance(decoded, KeyPackage)
    return decoded.leaf_node.capabilities


LEAF_FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("D05", {"encryption_key": b"short"}),
    ("D05", {"encryption_key": bytes(32)}),
    ("D07", {"source": FromUpdate()}),
    ("D07", {"source": FromCommit(b"")}),
    ("D14", {"source": FromKeyPackage(Lifetime(NOW, NOW - 1))}),
    ("D14", {"source": FromKeyPackage(Lifetime(NOW, NOW + MAX_LIFETIME_S + 1))}),
    ("D11", {"extensions": (Extension(0x7777, b""),)}),
    ("D15", {"extensions": (Extension(2, b""),)}),
]


@pytest.mark.parametrize(("expected", "changes"), LEAF_FAULTS)
def test_an_add_with_a_faulty_leaf_is_refused(world: World, expected: str, changes: dict[str, Any]) -> None:
    # F01
    message = illegal.commit(world.groups[0], Add(package(world, **changes)))
    assert expected in rule(world.groups[1], message)


CAPABILITY_FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("D04", {"credentials": (2,)}),
    ("D11", {"cipher_suites": (2,)}),
    ("D11", {"versions": (2,)}),
    ("D13", {"extensions": (10, 3)}),
    ("D13", {"proposals": (1,)}),
]


@pytest.mark.parametrize(("expected", "changes"), CAPABILITY_FAULTS)
def test_an_add_with_faulty_capabilities_is_refused(
    world: World, expected: str, changes: dict[str, Any]
) -> None:
    changed = replace(capabilities(world), **changes)
    message = illegal.commit(world.groups[0], Add(package(world, capabilities=changed)))
    assert expected in rule(world.groups[1], message)


def test_unknown_capabilities_and_an_application_id_are_welcome(world: World) -> None:
    # D15 D16 E06
    grease = replace(
        capabilities(world), extensions=(10, 0x0A0A), proposals=(0x1A1A,), cipher_suites=(0x2A2A, 1)
    )
    changes: dict[str, Any] = {"capabilities": grease, "extensions": (Extension(APPLICATION_ID, b"\x03app"),)}
    faultless = [
        Add(package(world, **changes)),
        Add(outer(world, b"e06", extensions=(Extension(0x7777, b""),))),
    ]
    message = illegal.commit(world.groups[0], *faultless)
    assert "I09" in rule(world.groups[1], message)  # only the forged tag is wrong


def test_faulty_key_packages_are_refused(world: World) -> None:
    # F01 E03
    client = world.client(b"one key")
    honest = client.key_package()
    key = honest.package.leaf_node.encryption_key
    one_key = illegal.key_package(world.suite, client.signer, honest.message, leaf_changes={}, init_key=key)
    tail = bytearray(honest.package.encoded)
    tail[-1] ^= 1
    for expected, faulty in (
        ("E01", outer(world, cipher_suite=2)),
        ("E01", outer(world, version=2)),
        ("E04", one_key),
        ("D05", outer(world, init_key=b"short")),
        ("bad-signature", KeyPackage.decode(bytes(tail))),
    ):
        assert expected in rule(world.groups[1], illegal.commit(world.groups[0], Add(faulty))), expected


def test_a_leaf_signature_by_another_key_is_refused(world: World) -> None:
    # D06 E03
    client, other = world.client(b"one"), world.client(b"two")
    message = client.key_package().message
    forged = illegal.key_package(world.suite, other.signer, message, leaf_changes={})
    assert "bad-signature" in rule(world.groups[1], illegal.commit(world.groups[0], Add(forged)))


def test_the_application_refuses_an_identity(world: World) -> None:
    # D01, wherever a leaf is admitted
    newcomer = world.client(b"stranger").key_package()
    with pytest.raises(PeerError) as at_sender:
        world.stage(0, add=[newcomer.message], authenticate=distrust(b"stranger"))
    assert at_sender.value.code is Code.INVALID_CREDENTIAL
    staged = world.stage(0, add=[newcomer.message])
    with pytest.raises(PeerError) as at_receiver:
        process(world.groups[1], staged.message, now=NOW, authenticate=distrust(b"stranger"))
    assert at_receiver.value.code is Code.INVALID_CREDENTIAL
    with pytest.raises(PeerError):
        propose_add(
            world.groups[0],
            newcomer.message,
            now=NOW,
            authenticate=distrust(b"stranger"),
            random=world.random,
        )


@pytest.mark.parametrize("now", [LIFETIME.not_before - 1, LIFETIME.not_after + 1])
def test_an_expired_key_package_is_not_sent(world: World, now: int) -> None:
    # D14
    newcomer = world.client(b"late").key_package()
    with pytest.raises(PeerError) as caught:
        world.stage(0, add=[newcomer.message], now=now)
    assert caught.value.code is Code.EXPIRED


def test_a_list_that_breaks_its_rules_is_refused(world: World) -> None:
    group, newcomer = world.groups[0], package(world)
    twin = outer(world, b"twin", init_key=newcomer.init_key)
    own_leaf = group.tree.leaf(group.own_leaf)
    assert own_leaf is not None
    client = world.client(b"twice")
    first, second = client.key_package().package, client.key_package().package
    member = Add(package(world, world.groups[2].member(2).identity))
    for expected, proposals in (
        ("G01", (b"unknown reference",)),
        ("G02", (Update(own_leaf),)),
        ("G03", (Remove(0),)),
        ("G04", (Remove(3), Remove(3))),
        ("G05", (Add(first), Add(second))),
        ("E05", (Add(newcomer), Add(twin))),
        ("F03", (Remove(7),)),
        ("F03", (Remove(1 << 31),)),
        ("G06", (member,)),
    ):
        message = illegal.commit(group, *proposals)
        assert expected in rule(world.groups[1], message), expected


def test_a_member_with_the_same_signature_key_is_not_added_again(world: World) -> None:
    # G06 D09
    client = world.client(b"again")
    world.merge(0, world.stage(0, add=[client.key_package().message]))
    client.identity = b"under another name"
    with pytest.raises(PeerError, match="D09"):
        world.stage(0, add=[client.key_package().message])


def test_a_commit_without_its_path_is_refused(world: World) -> None:
    # I01
    group = world.groups[0]
    for proposals in ((), (Remove(2),), (Add(package(world)), Remove(2))):
        assert "I01" in rule(world.groups[1], illegal.commit(group, *proposals))
    with pytest.raises(MisuseError, match="I01"):
        world.stage(0, path=False)


def spoilt(world: World, seat: int = 0) -> list[tuple[str, UpdatePath]]:
    """Return paths of a member that break one rule each."""
    group, path = world.groups[seat], illegal.honest_path(world, seat)
    first, *rest = path.nodes
    old = group.tree.leaf(group.own_leaf)
    other = world.groups[1].member(3)
    assert old is not None

    def leaf(**changes: object) -> UpdatePath:
        return replace(path, leaf_node=illegal.leaf(group, path.leaf_node, **changes))

    return [
        ("I03", replace(path, nodes=path.nodes[1:])),
        ("I03", replace(path, nodes=(*path.nodes, first))),
        ("I04", replace(path, nodes=(replace(first, encrypted_path_secret=()), *rest))),
        ("I05", replace(path, nodes=(replace(first, encryption_key=rest[0].encryption_key), *rest))),
        ("I05", replace(path, nodes=(replace(first, encryption_key=other.encryption_key), *rest))),
        ("D05", replace(path, nodes=(replace(first, encryption_key=bytes(32)), *rest))),
        ("I02", leaf(source=FromCommit(bytes(32)))),
        ("D07", leaf(source=FromUpdate())),
        ("D08", leaf(encryption_key=old.encryption_key)),
        ("I05", leaf(encryption_key=other.encryption_key)),
        ("D02", leaf(credential=BasicCredential(b"somebody else"))),
        ("bad-signature", replace(path, leaf_node=illegal.leaf(world.groups[1], path.leaf_node))),
    ]


@pytest.mark.parametrize("case", range(12))
def test_a_faulty_path_is_refused(world: World, case: int) -> None:
    # I02 I03 I04 I05
    expected, path = spoilt(world)[case]
    message = illegal.commit(world.groups[0], path=path)
    assert expected in rule(world.groups[1], message)


def test_a_faulty_path_is_refused_even_by_the_member_whom_it_removes(world: World) -> None:
    # I08
    path = illegal.honest_path(world, 0)
    message = illegal.commit(world.groups[0], Remove(1), path=path)
    assert "I03" in rule(world.groups[1], message)


def test_a_path_secret_that_does_not_fit_is_refused(world: World) -> None:
    # I07: sealed to us properly, but not the secret of the public keys
    lying = illegal.commit(world.groups[0], path=illegal.honest_path(world, 0, lie=True))
    assert "I07" in rule(world.groups[1], lying)
    path = illegal.honest_path(world, 0)
    broken = HpkeCiphertext(bytes(32), bytes(48))
    nodes = tuple(
        replace(node, encrypted_path_secret=(broken,) * len(node.encrypted_path_secret))
        for node in path.nodes
    )
    message = illegal.commit(world.groups[0], path=replace(path, nodes=nodes))
    assert "decryption-failed" in rule(world.groups[1], message)


@pytest.mark.parametrize("tag", [b"", bytes(31), bytes(32)])
def test_a_wrong_confirmation_tag_is_refused(world: World, tag: bytes) -> None:
    # I09 A10
    path = illegal.honest_path(world, 0)
    message = illegal.message(world.groups[0], Commit((), path), tag=tag)
    assert "I09" in rule(world.groups[1], message)


def test_an_update_of_another_client_or_an_old_key_is_refused(world: World) -> None:
    # F02 D02 D06 D07 D08
    group = world.groups[0]
    old = group.tree.leaf(group.own_leaf)
    assert old is not None
    fresh = illegal.honest_path(world, 0).leaf_node
    proper = illegal.leaf(group, fresh, source=FromUpdate())
    for expected, leaf in (
        ("D07", fresh),
        ("D08", illegal.leaf(group, proper, encryption_key=old.encryption_key)),
        ("D02", illegal.leaf(group, proper, credential=BasicCredential(b"else"))),
        (
            "bad-signature",
            illegal.leaf(replace(group, context=replace(group.context, group_id=b"o")), proper),
        ),
    ):
        assert expected in rule(world.groups[1], illegal.message(group, Update(leaf))), expected


def test_an_update_by_value_belongs_to_nobody_but_the_committer(world: World) -> None:
    # G02 G15
    leaf = illegal.leaf(world.groups[2], illegal.honest_path(world, 2).leaf_node, source=FromUpdate())
    assert "G02" in rule(world.groups[1], illegal.commit(world.groups[0], Update(leaf)))


def test_a_reference_of_an_earlier_epoch_is_unknown(world: World) -> None:
    # F09 G01
    world.groups[1], message = propose_remove(world.groups[1], 4, random=world.random)
    world.broadcast(message)
    (reference,) = world.groups[0].proposals
    world.groups = {seat: replace(group, proposals={}) for seat, group in world.groups.items()}
    world.update(0)
    assert "G01" in rule(world.groups[2], illegal.commit(world.groups[0], reference))


def test_of_conflicting_proposals_a_committer_takes_what_may_stand_together(world: World) -> None:
    # G02 to G05: the removal of a seat wins over its update, own changes are left to others
    client = world.client(b"wanted twice")
    proposed: list[tuple[int, Callable[[Group], tuple[Group, bytes]]]] = [
        (2, lambda group: propose_update(group, random=world.random)),
        (3, lambda group: propose_remove(group, 2, random=world.random)),
        (4, lambda group: propose_remove(group, 2, random=world.random)),
        (0, lambda group: propose_update(group, random=world.random)),
        (1, lambda group: propose_remove(group, 0, random=world.random)),
    ]
    for sender, make in proposed:
        world.groups[sender], message = make(world.groups[sender])
        world.broadcast(message)
    for sender in (3, 4):
        world.groups[sender], message = propose_add(
            world.groups[sender],
            client.key_package().message,
            now=NOW,
            authenticate=trust,
            random=world.random,
        )
        world.broadcast(message)
    staged = world.stage(0, remove=[2])
    assert [member.leaf_index for member in staged.removed] == [2]
    assert [member.identity for member in staged.added] == [b"wanted twice"]
    world.merge(0, staged)
    assert world.agrees()


def test_a_blank_seat_commits_nothing(world: World) -> None:
    world.remove(0, 3)
    forged = replace(world.groups[0], own_leaf=LeafIndex(3))
    message = sending.seal(
        forged,
        sending.sign(forged, Commit((ByValue(Remove(1)),), None), b"", public=False).with_confirmation_tag(
            b""
        ),
        world.random,
    )[1]
    assert "B05" in rule(world.groups[1], message)


def test_a_signature_key_of_another_member_is_not_taken_over(world: World) -> None:
    # G12 D09: signed by its own key, so by two members in league
    group, other = world.groups[0], world.groups[2]
    path = illegal.honest_path(world, 0)
    lent = replace(group, signer=other.signer)
    leaf = illegal.leaf(lent, path.leaf_node, signature_key=other.signer.public)
    message = illegal.commit(group, path=replace(path, leaf_node=leaf))
    assert "D09" in rule(world.groups[1], message)


def test_an_added_encryption_key_is_nobody_elses(world: World) -> None:
    # D09 G12
    key = world.groups[0].member(3).encryption_key
    message = illegal.commit(world.groups[0], Add(package(world, encryption_key=key)))
    assert "D09" in rule(world.groups[1], message)


def test_a_path_that_leaves_us_out_is_refused(world: World) -> None:
    # I07: every node we hold a key of is ours, so somebody has to have forgotten us
    forgetful = replace(world.groups[1], private_keys={})
    assert "I07" in rule(forgetful, world.stage(0).message)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_dishonest_members_commit_gives_a_refusal_and_nothing_else(data: st.DataObject) -> None:
    world = grown(3, seed="dishonest")
    group = world.groups[0]
    path = illegal.honest_path(world, 0)
    entries = (ByValue(Add(package(world))), ByValue(Remove(2)))
    encoded = bytearray(Commit(entries, path).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    try:
        commit = Commit.decode(bytes(encoded))
    except PeerError:
        return
    rule(world.groups[1], illegal.message(group, commit))


def test_a_client_with_another_certificate_is_no_second_client() -> None:
    # G06 G05: of one name, under another key
    world = World()
    can = replace(own_capabilities(world.suite.code), credentials=(1, 2))
    founder = world.client(b"founder")
    world.groups[0] = create_group(
        world.suite,
        b"g",
        founder.signer,
        BasicCredential(b"founder"),
        LIFETIME,
        world.random,
        policy=OPEN,
        capabilities=can,
    )
    first, second = (certified(world, can) for _ in range(2))
    assert first.package.leaf_node.signature_key != second.package.leaf_node.signature_key
    staged = world.stage(0, add=[first.message])
    world.groups[0] = staged.group
    assert staged.welcome is not None
    world.groups[1] = join_group(staged.welcome, first, now=NOW, authenticate=trust, policy=OPEN)
    assert "G06" in rule(world.groups[1], illegal.commit(world.groups[0], Add(second.package)))
    replaced = illegal.commit(world.groups[0], Add(second.package), Remove(1))
    assert "I01" in rule(world.groups[1], replaced)


def certified(world: World, can: Capabilities) -> KeyPackageSecrets:
    """Return a KeyPackage with a certificate; all are of one name."""
    signer = generate_signature_key(world.suite, world.random)
    private = Ed25519PrivateKey.from_private_bytes(signer.private)
    credential = X509Credential((issue(replace(LEAF, key=private)).der,))
    return generate_key_package(world.suite, signer, credential, LIFETIME, world.random, capabilities=can)
