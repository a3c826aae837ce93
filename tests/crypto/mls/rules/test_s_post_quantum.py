"""Rules S: keys, encapsulations and numbers of the post-quantum suites, in whole messages."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from tests.crypto.mls import illegal
from tests.crypto.mls.illegal_welcome import invite
from tests.crypto.mls.world import HYBRID, World, grown

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import key_package_identity
from rogatory_crypto.mls.nodes import FromUpdate
from rogatory_crypto.mls.proposals import Add, Update
from rogatory_crypto.mls.treekem import HpkeCiphertext, UpdatePath
from rogatory_crypto.mls.welcome import Welcome, decode_message, encode_message
from rogatory_crypto.primitives.hybrid_kem import MLKEM768_X25519
from rogatory_crypto.primitives.ml_kem import ML_KEM_768

LATTICE_KEY, LATTICE_CIPHERTEXT, POINT = 1184, 1088, 32


@pytest.fixture
def world() -> World:
    return grown(3, HYBRID)


def shorter(key: bytes) -> bytes:
    return key[:-1]


def longer(key: bytes) -> bytes:
    return key + b"\x00"


def nothing(_key: bytes) -> bytes:
    return b""


def only_the_point(key: bytes) -> bytes:
    return key[LATTICE_KEY:]


def coefficients_out_of_range(key: bytes) -> bytes:
    return b"\xff" * LATTICE_KEY + key[LATTICE_KEY:]


def one_coefficient_out_of_range(key: bytes) -> bytes:
    """The first coefficient is 3329, the modulus itself (FIPS 203 section 7.2)."""
    first = (3329).to_bytes(2, "little")
    return first[:1] + bytes([(key[1] & 0xF0) | first[1]]) + key[2:]


FAULTS = pytest.mark.parametrize(
    "spoil",
    [shorter, longer, nothing, only_the_point, coefficients_out_of_range, one_coefficient_out_of_range],
)
Spoil = Callable[[bytes], bytes]


@FAULTS
def test_a_key_of_an_added_member_is_one_of_the_kem(world: World, spoil: Spoil) -> None:
    # S01
    honest = world.client(b"newcomer").key_package().package
    for package in (
        illegal.key_package_of(world, init_key=spoil(honest.init_key)),
        illegal.key_package_of(
            world, leaf_changes={"encryption_key": spoil(honest.leaf_node.encryption_key)}
        ),
    ):
        message = illegal.commit(world.groups[0], Add(package))
        illegal.refused(world.groups[1], message, Code.MALFORMED, "S01")
        with pytest.raises(PeerError, match="S01"):
            key_package_identity(encode_message(package))


@FAULTS
def test_a_key_of_an_update_is_one_of_the_kem(world: World, spoil: Spoil) -> None:
    # S01
    fresh = illegal.honest_path(world, 0).leaf_node
    key = spoil(fresh.encryption_key)
    leaf = illegal.leaf(world.groups[0], fresh, source=FromUpdate(), encryption_key=key)
    message = illegal.message(world.groups[0], Update(leaf))
    illegal.refused(world.groups[1], message, Code.MALFORMED, "S01")


@FAULTS
def test_a_key_of_a_path_is_one_of_the_kem(world: World, spoil: Spoil) -> None:
    # S01
    path = illegal.honest_path(world, 0)
    first, *rest = path.nodes
    spoilt = replace(path, nodes=(replace(first, encryption_key=spoil(first.encryption_key)), *rest))
    message = illegal.commit(world.groups[0], path=spoilt)
    illegal.refused(world.groups[1], message, Code.MALFORMED, "S01")


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"])
def test_the_curves_half_of_a_key_is_no_point_of_small_order(world: World, point: bytes) -> None:
    # D05 S01: whose secret everybody knows, so that the hybrid would be no hybrid
    honest = world.client(b"newcomer").key_package().package
    package = illegal.key_package_of(world, init_key=honest.init_key[:LATTICE_KEY] + point)
    message = illegal.commit(world.groups[0], Add(package))
    illegal.refused(world.groups[1], message, Code.MALFORMED, "D05")
    path = resealed(
        illegal.honest_path(world, 0),
        lambda sealed: replace(sealed, kem_output=sealed.kem_output[:LATTICE_CIPHERTEXT] + point),
    )
    message = illegal.commit(world.groups[0], path=path)
    illegal.refused(world.groups[1], message, Code.DECRYPTION_FAILED, "D05")


def resealed(path: UpdatePath, spoil: Callable[[HpkeCiphertext], HpkeCiphertext]) -> UpdatePath:
    """Return a path whose every sealed secret is spoilt."""
    return replace(
        path,
        nodes=tuple(
            replace(node, encrypted_path_secret=tuple(map(spoil, node.encrypted_path_secret)))
            for node in path.nodes
        ),
    )


@pytest.mark.parametrize("size", [0, POINT, LATTICE_CIPHERTEXT, LATTICE_CIPHERTEXT + POINT - 1])
def test_an_encapsulation_has_its_length(world: World, size: int) -> None:
    # S01
    path = illegal.honest_path(world, 0)
    spoilt = resealed(path, lambda sealed: replace(sealed, kem_output=sealed.kem_output[:size]))
    message = illegal.commit(world.groups[0], path=spoilt)
    illegal.refused(world.groups[1], message, Code.DECRYPTION_FAILED, "S01")


def flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


LATTICE_BIT, POINT_BIT = 7, LATTICE_CIPHERTEXT + 7


def other_lattice(sealed: HpkeCiphertext) -> HpkeCiphertext:
    return replace(sealed, kem_output=flipped(sealed.kem_output, LATTICE_BIT))


def other_point(sealed: HpkeCiphertext) -> HpkeCiphertext:
    return replace(sealed, kem_output=flipped(sealed.kem_output, POINT_BIT))


def other_ciphertext(sealed: HpkeCiphertext) -> HpkeCiphertext:
    return replace(sealed, ciphertext=flipped(sealed.ciphertext, 0))


def test_a_decapsulation_that_fails_looks_like_any_other_failure(world: World) -> None:
    # S04: the same code and the same words, wherever the ciphertext was changed
    refusals = set()
    for spoil in (other_lattice, other_point, other_ciphertext):
        message = illegal.commit(world.groups[0], path=resealed(illegal.honest_path(world, 0), spoil))
        error = illegal.refused(world.groups[1], message, Code.DECRYPTION_FAILED, "I07")
        refusals.add(str(error))
    assert len(refusals) == 1


def test_a_welcome_whose_encapsulation_was_changed_opens_for_nobody() -> None:
    # S04
    invitation = invite(grown(2, HYBRID))
    honest = decode_message(invitation.seal())
    assert isinstance(honest, Welcome)
    for spoil in (other_lattice, other_point, other_ciphertext):
        entries = tuple(
            replace(entry, encrypted_group_secrets=spoil(entry.encrypted_group_secrets))
            for entry in honest.secrets
        )
        message = encode_message(replace(honest, secrets=entries))
        invitation.refused(Code.DECRYPTION_FAILED, "K01", message)


@pytest.mark.parametrize("suite", [0x0000, 0x0008, 0x0050, 0xF050, 0xFFFF])
def test_a_number_that_is_not_configured_is_refused(world: World, suite: int) -> None:
    # S03: never guessed from what the keys look like
    package = illegal.key_package_of(world, cipher_suite=suite)
    with pytest.raises(PeerError, match="S03") as caught:
        key_package_identity(encode_message(package))
    assert caught.value.code is Code.UNSUPPORTED


def test_two_numbers_of_one_construction_are_two_suites(world: World) -> None:
    # S03 E01: the number is signed, and the provisional one is not the private one
    package = illegal.key_package_of(world, cipher_suite=0x004E)
    message = illegal.commit(world.groups[0], Add(package))
    illegal.refused(world.groups[1], message, Code.INVALID_KEY_PACKAGE, "E01")


def test_a_key_pair_is_derived_from_enough_and_for_one_kem_only() -> None:
    # S02: the number of the KEM is part of what is hashed
    hybrid, lattice = MLKEM768_X25519, ML_KEM_768
    ikm = bytes(range(32))
    assert hybrid.derive_key_pair(ikm) == hybrid.derive_key_pair(ikm)
    other = replace(hybrid, code=hybrid.code + 1)
    assert other.derive_key_pair(ikm) != hybrid.derive_key_pair(ikm)
    for kem in (hybrid, lattice):
        for short in (b"", ikm[:-1]):
            with pytest.raises(MisuseError, match="S02"):
                kem.derive_key_pair(short)


def test_a_derived_key_pair_is_the_one_of_the_draft() -> None:
    # S02: LabeledDerive spelt out, then the expansion of the seed
    ikm = bytes(range(48))
    label = b"HPKE-v1" + b"KEM" + b"\x64\x7a" + b"\x00\x0d" + b"DeriveKeyPair" + b"\x00\x20"
    seed = hashlib.shake_256(ikm + label).digest(32)
    expanded = hashlib.shake_256(seed).digest(96)
    lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).public_key().public_bytes_raw()
    point = X25519PrivateKey.from_private_bytes(expanded[64:]).public_key().public_bytes_raw()
    assert MLKEM768_X25519.derive_key_pair(ikm) == (seed, lattice + point)
