"""What everybody would refuse is not made, and what is asked wrongly is our own mistake."""

from dataclasses import replace
from typing import Any

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import LIFETIME, NOW, World, grown, trust

from rogatory_crypto.codec import OPAQUE_LIMIT, opaque_bytes
from rogatory_crypto.errors import Code, MisuseError, PeerError, RogatoryError
from rogatory_crypto.mls import (
    APPLICATION_USE,
    BasicCredential,
    CommitReceived,
    Extension,
    ExternalPsk,
    GroupPolicy,
    Lifetime,
    PskStore,
    ReInit,
    Remove,
    ResumptionPsk,
    SignatureKeyPair,
    X509Credential,
    create_group,
    export_secret,
    generate_key_package,
    group_info,
    key_package_identity,
    own_capabilities,
    propose_add,
    propose_external,
    propose_reinit,
    propose_remove,
)
from rogatory_crypto.mls.credentials import APPLICATION_ID, CREDENTIAL_LIMIT, LAST_RESORT, Credential
from rogatory_crypto.mls.framing import AUTHENTICATED_DATA_LIMIT, MemberSender
from rogatory_crypto.mls.nodes import RATCHET_TREE_FIELD, ParentNode
from rogatory_crypto.mls.proposal_list import Listed, verify_list
from rogatory_crypto.mls.proposals import PROPOSALS_LIMIT
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.welcome import encode_message


@pytest.mark.parametrize("length", [-1, 255 * 32 + 1, 1 << 16])
def test_a_secret_has_a_length_that_the_hash_can_give(length: int) -> None:
    group = grown(2).groups[0]
    with pytest.raises(MisuseError):
        export_secret(group, "label", b"", length)
    assert len(export_secret(group, "label", b"", 255 * 32)) == 255 * 32


def test_a_label_is_a_text() -> None:
    with pytest.raises(MisuseError):
        export_secret(grown(2).groups[0], "\ud800", b"", 32)


@pytest.mark.parametrize(
    "credential",
    [BasicCredential(bytes(CREDENTIAL_LIMIT + 1)), X509Credential((b"certificate",))],
)
def test_a_credential_that_nobody_would_take_is_not_packed(credential: Credential) -> None:
    # D04 Q02
    world = World()
    client = world.client(b"x")
    with pytest.raises(MisuseError):
        generate_key_package(world.suite, client.signer, credential, LIFETIME, world.random)
    with pytest.raises(MisuseError):
        create_group(world.suite, b"g", client.signer, credential, LIFETIME, world.random)


@pytest.mark.parametrize("lifetime", [Lifetime((1 << 64) - 5, 1 << 64), Lifetime(-1, 5)])
def test_a_lifetime_has_64_bits(lifetime: Lifetime) -> None:
    world = World()
    client = world.client(b"x")
    with pytest.raises(MisuseError):
        generate_key_package(world.suite, client.signer, BasicCredential(b"x"), lifetime, world.random)


def test_capabilities_without_the_own_suite_are_not_packed() -> None:
    # D11
    world = World()
    client = world.client(b"x")
    with pytest.raises(MisuseError, match="D11"):
        generate_key_package(
            world.suite,
            client.signer,
            BasicCredential(b"x"),
            LIFETIME,
            world.random,
            capabilities=replace(own_capabilities(1), cipher_suites=(2,)),
        )


def test_known_extensions_are_read_to_their_end() -> None:
    # A03
    world = World()
    client = world.client(b"x")
    message = client.key_package().message
    marked = illegal.key_package(
        world.suite, client.signer, message, leaf_changes={}, extensions=(Extension(LAST_RESORT, b"junk"),)
    )
    named = illegal.key_package(
        world.suite,
        client.signer,
        message,
        leaf_changes={"extensions": (Extension(APPLICATION_ID, b"\x01idle"),)},
    )
    for package in (marked, named):
        with pytest.raises(PeerError, match="A03") as caught:
            key_package_identity(encode_message(package))
        assert caught.value.code is Code.MALFORMED


def test_a_tree_does_not_end_in_a_parent() -> None:
    # K04
    group = grown(2).groups[0]
    leaf = group.tree.leaf(group.own_leaf)
    encoded = RATCHET_TREE_FIELD.encode((leaf, ParentNode(bytes(32), b"", ())))
    with pytest.raises(PeerError, match="K04"):
        RatchetTree.decode(group.suite, encoded)


@pytest.mark.parametrize("seat", [-1, -2, 1 << 40])
@pytest.mark.parametrize("members", [1, 2])
def test_nobody_sits_outside_of_the_tree(members: int, seat: int) -> None:
    # B05
    world = grown(members)
    with pytest.raises(PeerError, match="B05"):
        world.groups[0].member(seat)
    with pytest.raises(PeerError, match="B05"):
        propose_remove(world.groups[0], seat, random=world.random)
    with pytest.raises(MisuseError):
        world.stage(0, remove=[seat])


@pytest.mark.parametrize(
    "limits",
    [
        {"past_epochs": -1},
        {"past_epochs": 257},
        {"resumption_psks": -1},
        {"past_epoch_s": -1},
        {"max_lifetime_s": 1 << 64},
        {"messages_an_epoch": 1 << 32},
        {"bytes_an_epoch": 0.5},
    ],
)
def test_a_policy_has_limits_that_can_be_stored(limits: dict[str, Any]) -> None:
    # L07
    with pytest.raises(MisuseError):
        GroupPolicy(**limits)


TWICE = (Extension(APPLICATION_ID + 0x7000, b""),) * 2


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"reinit": ReInit(bytes(256), 1, 1, ())}, PeerError),
        ({"reinit": ReInit(b"next", 1 << 16, 1, ())}, MisuseError),
        ({"reinit": ReInit(b"next", 1, 1, TWICE)}, PeerError),
        ({"extensions": TWICE}, PeerError),
        ({"extensions": [Extension(1 << 16, b"")]}, MisuseError),
        ({"psk": [ExternalPsk(bytes(OPAQUE_LIMIT + 1))]}, PeerError),
        ({"psk": [ResumptionPsk(APPLICATION_USE, b"group", -1)]}, MisuseError),
    ],
)
def test_nothing_is_committed_that_nobody_can_read(
    wanted: dict[str, Any], error: type[RogatoryError]
) -> None:
    # A09 Q02
    world = grown(2)
    store = PskStore({bytes(OPAQUE_LIMIT + 1): bytes(32)}, {(b"group", -1): bytes(32)})
    with pytest.raises(error):
        world.stage(0, psks=store, **wanted)


def test_nothing_is_proposed_that_nobody_can_read() -> None:
    # Q02
    world = grown(2)
    group = world.groups[0]
    with pytest.raises(PeerError):
        propose_reinit(group, ReInit(bytes(256), 1, 1, ()), random=world.random)
    with pytest.raises(MisuseError):
        propose_external(group_info(group), 0, group.signer, Remove(1 << 32))
    with pytest.raises(MisuseError):
        propose_external(group_info(group), -1, group.signer, Remove(1))
    with pytest.raises(PeerError, match="A07"):
        propose_external(
            group_info(group),
            0,
            group.signer,
            Remove(1),
            authenticated_data=bytes(AUTHENTICATED_DATA_LIMIT + 1),
        )


def test_no_group_has_two_extensions_of_one_type() -> None:
    # A09
    world = World()
    client = world.client(b"x")
    kind = TWICE[0].extension_type
    capabilities = replace(own_capabilities(1), extensions=(kind,))
    with pytest.raises(PeerError, match="A09"):
        create_group(
            world.suite,
            b"g",
            client.signer,
            BasicCredential(b"x"),
            LIFETIME,
            world.random,
            extensions=TWICE,
            capabilities=capabilities,
        )


def large_packages(world: World) -> list[bytes]:
    """Return KeyPackages that are longer together than a message may be."""
    packages = []
    for number in range(70):
        client = world.client(b"large-%d" % number)
        package = generate_key_package(
            world.suite,
            client.signer,
            BasicCredential(client.identity),
            LIFETIME,
            world.random,
            leaf_extensions=(Extension(APPLICATION_ID, opaque_bytes(bytes(60_000))),),
        )
        packages.append(package.message)
    return packages


def test_no_commit_is_longer_than_what_is_read() -> None:
    # Q01: whoever merged it would be alone in his epoch
    world = grown(2)
    with pytest.raises(PeerError) as caught:
        world.stage(0, add=large_packages(world))
    assert caught.value.code is Code.TOO_LARGE


def test_no_welcome_is_longer_than_what_is_read() -> None:
    # Q01: with the tree beside it, it is short
    world = grown(2)
    for number, package in enumerate(large_packages(world)):
        proposer = number % 2
        world.groups[proposer], message = propose_add(
            world.groups[proposer], package, now=NOW, authenticate=trust, random=world.random
        )
        world.receive(1 - proposer, message)
    with pytest.raises(PeerError) as caught:
        world.stage(0)
    assert caught.value.code is Code.TOO_LARGE
    assert isinstance(world.receive(1, world.stage(0, include_tree=False).message), CommitReceived)


UNLISTED = Extension(0x7777, b"")
LISTED = replace(own_capabilities(1), extensions=(UNLISTED.extension_type,))


@pytest.mark.parametrize(
    "options",
    [
        {"extensions": [UNLISTED]},
        {"last_resort": True, "capabilities": LISTED},
        {"extensions": [UNLISTED, UNLISTED], "capabilities": LISTED},
        {"extensions": [Extension(UNLISTED.extension_type, bytes(1 << 16))], "capabilities": LISTED},
        {"extensions": [Extension(1 << 16, b"")]},
        {"capabilities": replace(LISTED, extensions=(1 << 16,))},
        {"leaf_extensions": [Extension(1 << 16, b"")]},
    ],
)
def test_no_key_package_is_made_that_nobody_would_take(options: dict[str, Any]) -> None:
    # E06, RFC 9420 section 10
    world = World()
    client = world.client(b"x")
    credential = BasicCredential(b"x")
    with pytest.raises(MisuseError):
        generate_key_package(world.suite, client.signer, credential, LIFETIME, world.random, **options)
    generate_key_package(
        world.suite,
        client.signer,
        credential,
        LIFETIME,
        world.random,
        extensions=[UNLISTED],
        capabilities=LISTED,
    )


def test_a_key_package_is_signed_by_its_own_key() -> None:
    # E03
    world = World()
    signer = SignatureKeyPair(world.client(b"x").signer.private, world.client(b"y").signer.public)
    with pytest.raises(MisuseError, match="E03"):
        generate_key_package(world.suite, signer, BasicCredential(b"x"), LIFETIME, world.random)


def test_no_commit_has_more_proposals_than_are_read() -> None:
    # Q02
    us = MemberSender(0)
    removals = [Listed(Remove(seat), us) for seat in range(1, PROPOSALS_LIMIT + 2)]
    verify_list(removals[:-1], us)
    with pytest.raises(PeerError) as caught:
        verify_list(removals, us)
    assert caught.value.code is Code.TOO_LARGE
