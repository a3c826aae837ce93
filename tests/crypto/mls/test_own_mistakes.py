"""What everybody would refuse is not made, and what is asked wrongly is our own mistake."""

from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import LIFETIME, World, grown

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import (
    BasicCredential,
    Extension,
    Lifetime,
    X509Credential,
    create_group,
    export_secret,
    generate_key_package,
    key_package_identity,
    own_capabilities,
)
from rogatory_crypto.mls.credentials import APPLICATION_ID, CREDENTIAL_LIMIT, LAST_RESORT, Credential
from rogatory_crypto.mls.nodes import RATCHET_TREE_FIELD, ParentNode
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
