"""Rules E: KeyPackages that are refused when they are added, and when they are handed in."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.illegal_welcome import invite
from tests.crypto.mls.world import HYBRID, Client, World, grown

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import key_package_identity
from rogatory_crypto.mls.credentials import LAST_RESORT, Extension
from rogatory_crypto.mls.nodes import FromUpdate, KeyPackage
from rogatory_crypto.mls.proposals import Add
from rogatory_crypto.mls.welcome import EncryptedGroupSecrets, Welcome, decode_message, encode_message


@pytest.fixture
def world() -> World:
    return grown(3)


def refused(world: World, package: KeyPackage, code: Code, rule: str) -> None:
    """Add a KeyPackage by proposal and by commit; both must be refused."""
    add = Add(package)
    illegal.refused(world.groups[1], illegal.message(world.groups[0], add), code, rule)
    illegal.refused(world.groups[1], illegal.commit(world.groups[0], add), code, rule)


def handed_in(package: KeyPackage, code: Code, rule: str) -> None:
    """Let a relay look at it, which must refuse it, too."""
    with pytest.raises(PeerError, match=rule) as caught:
        key_package_identity(encode_message(package))
    assert caught.value.code is code


@pytest.mark.parametrize("suite", [2, 3, HYBRID, 0x0A0A])
def test_a_key_package_is_of_the_groups_suite(world: World, suite: int) -> None:
    # E01
    refused(world, illegal.key_package_of(world, cipher_suite=suite), Code.INVALID_KEY_PACKAGE, "E01")


@pytest.mark.parametrize("version", [0, 2, 0xFFFF])
def test_a_key_package_is_of_the_groups_version(world: World, version: int) -> None:
    # E01
    refused(world, illegal.key_package_of(world, version=version), Code.INVALID_KEY_PACKAGE, "E01")


def test_its_leaf_is_one_of_a_key_package(world: World) -> None:
    # E02 D07
    package = illegal.key_package_of(world, leaf_changes={"source": FromUpdate()})
    refused(world, package, Code.INVALID_LEAF_NODE, "D07")
    handed_in(package, Code.INVALID_LEAF_NODE, "D07")


def test_its_leaf_breaks_no_rule_of_leaves(world: World) -> None:
    # E02 D05
    package = illegal.key_package_of(world, leaf_changes={"encryption_key": bytes(32)})
    refused(world, package, Code.MALFORMED, "D05")
    handed_in(package, Code.MALFORMED, "D05")


def by_another_key(world: World, client: Client) -> KeyPackage:
    return client.key_package().package.signed(world.suite, world.client(b"other").signer.private)


def for_another_use(world: World, client: Client) -> KeyPackage:
    package = client.key_package().package
    content = package.encoded[: -len(opaque_bytes(package.signature))]
    signature = world.suite.sign_with_label(client.signer.private, b"LeafNodeTBS", content)
    return replace(package, signature=signature, encoded=content + opaque_bytes(signature))


def unsigned(_world: World, client: Client) -> KeyPackage:
    bare = replace(client.key_package().package, signature=b"")
    return replace(bare, encoded=illegal.encoded(bare))


def last_resort_after_all(_world: World, client: Client) -> KeyPackage:
    changed = replace(client.key_package().package, extensions=(Extension(LAST_RESORT, b""),))
    return replace(changed, encoded=illegal.encoded(changed))


@pytest.mark.parametrize("spoil", [by_another_key, for_another_use, unsigned, last_resort_after_all])
def test_a_key_package_is_signed_by_its_leafs_key(
    world: World, spoil: Callable[[World, Client], KeyPackage]
) -> None:
    # E03
    package = spoil(world, world.client(b"newcomer"))
    refused(world, package, Code.BAD_SIGNATURE, "E03")
    handed_in(package, Code.BAD_SIGNATURE, "E03")


def test_the_two_keys_of_a_key_package_differ(world: World) -> None:
    # E04
    client = world.client(b"one key")
    honest = client.key_package()
    key = honest.package.leaf_node.encryption_key
    package = illegal.key_package(world.suite, client.signer, honest.message, leaf_changes={}, init_key=key)
    refused(world, package, Code.INVALID_KEY_PACKAGE, "E04")
    handed_in(package, Code.INVALID_KEY_PACKAGE, "E04")


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(32), bytes(33), b"\x01" + bytes(31)])
def test_its_init_key_is_one_of_the_suite(world: World, key: bytes) -> None:
    # E04 D05
    package = illegal.key_package_of(world, init_key=key)
    refused(world, package, Code.MALFORMED, "D05")
    handed_in(package, Code.MALFORMED, "D05")


def test_an_init_key_is_there_once_in_a_commit(world: World) -> None:
    # E05
    first = illegal.key_package_of(world, b"first")
    second = illegal.key_package_of(world, b"second", init_key=first.init_key)
    message = illegal.commit(world.groups[0], Add(first), Add(second))
    illegal.refused(world.groups[1], message, Code.INVALID_PROPOSAL, "E05")


def test_no_client_publishes_an_init_key_twice(world: World) -> None:
    # E05 E04
    client = world.client(b"one of many")
    packages = [client.key_package().package for _ in range(8)]
    keys = [key for package in packages for key in (package.init_key, package.leaf_node.encryption_key)]
    assert len(set(keys)) == 16


def test_extensions_that_nobody_knows_are_ignored(world: World) -> None:
    # E06: only the forged confirmation tag is wrong
    package = illegal.key_package_of(world, extensions=(Extension(0x7777, b"?"), Extension(0x0A0A, b"")))
    message = illegal.commit(world.groups[0], Add(package))
    illegal.refused(world.groups[1], message, Code.BAD_MAC, "I09")
    assert key_package_identity(encode_message(package)).identity == b"newcomer"


def test_the_last_resort_says_so(world: World) -> None:
    # E07: who hands it out and who keeps its private half both read it from the package itself
    client = world.client(b"seldom there")
    for last_resort in (False, True):
        secrets = client.key_package(last_resort=last_resort)
        assert key_package_identity(secrets.message).last_resort == secrets.last_resort == last_resort


def test_a_welcome_names_the_exact_bytes_of_a_key_package() -> None:
    # E08 K01: a reference with one bit changed, and that of a package that differs in its signature only
    invitation = invite(grown(3))
    honest = decode_message(invitation.seal())
    assert isinstance(honest, Welcome)
    package, suite = invitation.package.package, invitation.world.suite
    flipped = bytes([invitation.package.reference[0] ^ 1]) + invitation.package.reference[1:]
    spoilt = replace(package, encoded=package.encoded[:-1] + b"\x00")
    for reference in (flipped, b"", spoilt.reference(suite), suite.hash(package.encoded)):
        entries = tuple(
            EncryptedGroupSecrets(reference, entry.encrypted_group_secrets) for entry in honest.secrets
        )
        welcome = encode_message(replace(honest, secrets=entries))
        invitation.refused(Code.INVALID_WELCOME, "K01", welcome)
