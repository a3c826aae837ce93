"""KeyPackages: made, kept, checked (RFC 9420 section 10; rules E)."""

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import CLASSICAL, HYBRID, LIFETIME, NOW, World, grown, trust

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import KeyPackageSecrets, Lifetime, join_group, key_package_identity
from rogatory_crypto.mls.leaf_validation import MAX_LIFETIME_S
from rogatory_crypto.mls.welcome import encode_message


@pytest.mark.parametrize("last_resort", [False, True])
@pytest.mark.parametrize("code", [CLASSICAL, HYBRID])
def test_a_key_package_says_whose_it_is(code: int, *, last_resort: bool) -> None:
    client = World(code).client(b"officer")
    secrets = client.key_package(last_resort=last_resort)
    verified = key_package_identity(secrets.message)
    assert verified.identity == b"officer"
    assert verified.signature_key == client.signer.public
    assert verified.reference == secrets.reference
    assert verified.lifetime == LIFETIME
    assert verified.last_resort == secrets.last_resort == last_resort
    assert verified.suite.code == code


def test_what_is_stored_still_joins() -> None:
    world = grown(2)
    secrets = world.client(b"stored").key_package()
    restored = KeyPackageSecrets.decode(secrets.encode())
    assert restored == secrets
    staged = world.stage(0, add=[secrets.message])
    assert staged.welcome is not None
    assert join_group(staged.welcome, restored, now=NOW, authenticate=trust).own_leaf == 2


def test_stored_bytes_of_another_version_or_kind_are_refused() -> None:
    world = World()
    data = world.client(b"x").key_package().encode()
    with pytest.raises(PeerError) as caught:
        KeyPackageSecrets.decode(b"\x02" + data[1:])
    assert caught.value.code is Code.UNSUPPORTED
    with pytest.raises(PeerError):
        KeyPackageSecrets.decode(data[:-1])


def test_private_halves_do_not_show() -> None:
    secrets = World().client(b"x").key_package()
    shown = repr(secrets)
    for private in (secrets.init_private, secrets.encryption_private, secrets.signature_private):
        assert repr(private) not in shown


@pytest.mark.parametrize("lifetime", [Lifetime(NOW, NOW - 1), Lifetime(NOW, NOW + MAX_LIFETIME_S + 1)])
def test_a_lifetime_that_others_refuse_is_not_made(lifetime: Lifetime) -> None:
    # D14
    with pytest.raises(MisuseError):
        World().client(b"x").key_package(lifetime)


def test_another_suite_is_refused() -> None:
    world = World()
    client = world.client(b"x")
    message = client.key_package().message
    other = illegal.key_package(world.suite, client.signer, message, leaf_changes={}, cipher_suite=0x0A0A)
    with pytest.raises(PeerError) as caught:
        key_package_identity(encode_message(other))
    assert caught.value.code is Code.UNSUPPORTED


def test_a_key_package_is_bounded() -> None:
    with pytest.raises(PeerError) as caught:
        key_package_identity(bytes(1 << 17))
    assert caught.value.code is Code.TOO_LARGE


def test_a_key_package_of_another_version_is_refused() -> None:
    # A08
    world = World()
    client = world.client(b"x")
    message = client.key_package().message
    other = illegal.key_package(world.suite, client.signer, message, leaf_changes={}, version=2)
    with pytest.raises(PeerError, match="A08"):
        key_package_identity(encode_message(other))
