"""HPKE against another implementation, both ways: what one side seals, the other opens (RFC 9180).

The library knows every KEM of our suites but DHKEM(X448), and beside them those of draft-ietf-hpke-pq.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke as oracle
from cryptography.hazmat.primitives.asymmetric import ec, mlkem, x25519
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.mls.world import seeded_random

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.primitives import CIPHER_SUITES, aead
from rogatory_crypto.primitives.hpke import Hpke
from rogatory_crypto.primitives.hybrid_kem import MLKEM1024_P384
from rogatory_crypto.primitives.kdf import HKDF_SHA256, HKDF_SHA384, HKDF_SHA512
from rogatory_crypto.primitives.ml_kem import ML_KEM_768, ML_KEM_1024

RANDOM = seeded_random("oracle")
UNKNOWN_THERE = {0x21}  # DHKEM(X448)


def _weierstrass(curve: ec.EllipticCurve) -> Callable[[bytes], ec.EllipticCurvePrivateKey]:
    return lambda scalar: ec.derive_private_key(int.from_bytes(scalar, "big"), curve)


def _x_wing(seed: bytes) -> oracle.MLKEM768X25519PrivateKey:
    expanded = hashlib.shake_256(seed).digest(96)
    lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    return oracle.MLKEM768X25519PrivateKey(lattice, x25519.X25519PrivateKey.from_private_bytes(expanded[64:]))


def _mlkem1024_p384(seed: bytes) -> oracle.MLKEM1024P384PrivateKey:
    expanded = hashlib.shake_256(seed).digest(112)
    lattice = mlkem.MLKEM1024PrivateKey.from_seed_bytes(expanded[:64])
    return oracle.MLKEM1024P384PrivateKey(lattice, _weierstrass(ec.SECP384R1())(expanded[64:]))


THEIR_KEMS: dict[int, tuple[oracle.KEM, Callable[[bytes], Any]]] = {
    0x10: (oracle.KEM.P256, _weierstrass(ec.SECP256R1())),
    0x11: (oracle.KEM.P384, _weierstrass(ec.SECP384R1())),
    0x12: (oracle.KEM.P521, _weierstrass(ec.SECP521R1())),
    0x20: (oracle.KEM.X25519, x25519.X25519PrivateKey.from_private_bytes),
    0x41: (oracle.KEM.MLKEM768, mlkem.MLKEM768PrivateKey.from_seed_bytes),
    0x42: (oracle.KEM.MLKEM1024, mlkem.MLKEM1024PrivateKey.from_seed_bytes),
    0x51: (oracle.KEM.MLKEM1024_P384, _mlkem1024_p384),
    0x647A: (oracle.KEM.MLKEM768_X25519, _x_wing),
}
THEIR_KDFS = {1: oracle.KDF.HKDF_SHA256, 2: oracle.KDF.HKDF_SHA384, 3: oracle.KDF.HKDF_SHA512}
THEIR_AEADS = {1: oracle.AEAD.AES_128_GCM, 2: oracle.AEAD.AES_256_GCM, 3: oracle.AEAD.CHACHA20_POLY1305}


def _codes(ours: Hpke) -> tuple[int, int, int]:
    return ours.kem.code, ours.kdf.code, ours.aead.code


OF_SUITES = {_codes(suite.hpke): suite.hpke for suite in CIPHER_SUITES.values()}
OF_DRAFT = (
    Hpke(ML_KEM_768, HKDF_SHA384, aead.AES_256_GCM),
    Hpke(ML_KEM_1024, HKDF_SHA512, aead.AES_256_GCM),
    Hpke(MLKEM1024_P384, HKDF_SHA256, aead.CHACHA20_POLY1305),
)
COMBINATIONS = {
    "-".join(map(hex, _codes(ours))): ours
    for ours in (*OF_SUITES.values(), *OF_DRAFT)
    if ours.kem.code not in UNKNOWN_THERE
}
EVERY = pytest.mark.parametrize("ours", COMBINATIONS.values(), ids=COMBINATIONS)
SEEDS = st.binary(min_size=32, max_size=80)
TEXTS = st.binary(max_size=300)


def _theirs(ours: Hpke, private: bytes) -> tuple[oracle.Suite, Any]:
    their_kem, load = THEIR_KEMS[ours.kem.code]
    suite = oracle.Suite(their_kem, THEIR_KDFS[ours.kdf.code], THEIR_AEADS[ours.aead.code])
    return suite, load(private)


def test_nothing_but_x448_is_left_out() -> None:
    compared = {code for code, *_ in OF_SUITES} - UNKNOWN_THERE
    assert compared == {0x10, 0x11, 0x12, 0x20, 0x647A}
    assert compared | {0x41, 0x42, 0x51} == set(THEIR_KEMS)


@EVERY
@given(seed=SEEDS, info=TEXTS, plaintext=TEXTS)
def test_they_open_what_we_seal(ours: Hpke, seed: bytes, info: bytes, plaintext: bytes) -> None:
    private, public = ours.kem.derive_key_pair(seed)
    suite, key = _theirs(ours, private)
    enc, ciphertext = ours.seal(public, ours.prepare(info), plaintext, RANDOM)
    assert suite.decrypt(enc + ciphertext, key, info) == plaintext
    with pytest.raises(InvalidTag):
        suite.decrypt(enc + ciphertext, key, info + b"other")


@EVERY
@given(seed=SEEDS, info=TEXTS, plaintext=TEXTS)
def test_we_open_what_they_seal(ours: Hpke, seed: bytes, info: bytes, plaintext: bytes) -> None:
    private, _ = ours.kem.derive_key_pair(seed)
    suite, key = _theirs(ours, private)
    sealed = suite.encrypt(plaintext, key.public_key(), info)
    enc, ciphertext = sealed[: ours.kem.enc_size], sealed[ours.kem.enc_size :]
    assert ours.open(private, ours.prepare(info), enc, ciphertext) == plaintext
    with pytest.raises(PeerError) as caught:
        ours.open(private, ours.prepare(info + b"other"), enc, ciphertext)
    assert caught.value.code is Code.DECRYPTION_FAILED


@EVERY
@given(seed=SEEDS, at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_both_refuse_what_is_changed(ours: Hpke, seed: bytes, at: int, bit: int) -> None:
    private, public = ours.kem.derive_key_pair(seed)
    suite, key = _theirs(ours, private)
    sealed = bytearray(b"".join(ours.seal(public, ours.prepare(b""), b"plaintext", RANDOM)))
    sealed[at % len(sealed)] ^= 1 << bit
    enc, ciphertext = bytes(sealed[: ours.kem.enc_size]), bytes(sealed[ours.kem.enc_size :])
    with pytest.raises(PeerError) as caught:
        ours.open(private, ours.prepare(b""), enc, ciphertext)
    assert caught.value.code is Code.DECRYPTION_FAILED
    with pytest.raises((InvalidTag, ValueError)):
        suite.decrypt(bytes(sealed), key, b"")
