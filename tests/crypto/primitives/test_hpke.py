"""HPKE against the vectors of draft-ietf-hpke-pq and against another implementation (RFC 9180)."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hpke as oracle
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from tests.crypto.mls.world import seeded_random

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.primitives import aead, cipher_suite
from rogatory_crypto.primitives.hpke import Hpke
from rogatory_crypto.primitives.hybrid_kem import MLKEM768_X25519
from rogatory_crypto.primitives.kdf import HKDF_SHA256, HKDF_SHA384, HKDF_SHA512
from rogatory_crypto.primitives.kem import DHKEM_X25519

KDFS = {1: HKDF_SHA256, 2: HKDF_SHA384, 3: HKDF_SHA512}
AEADS = {1: aead.AES_128_GCM, 2: aead.AES_256_GCM, 3: aead.CHACHA20_POLY1305}
RANDOM = seeded_random("hpke")


def test_hybrid_vectors(shared: Path) -> None:
    cases = json.loads((shared / "vectors" / "hpke-pq.json").read_text())
    ours = [case for case in cases if case["kem_id"] == MLKEM768_X25519.code and case["kdf_id"] in KDFS]
    assert ours
    for case in ours:
        private, public = MLKEM768_X25519.derive_key_pair(bytes.fromhex(case["ikmR"]))
        assert (private.hex(), public.hex()) == (case["skRm"], case["pkRm"])
        shared_secret = MLKEM768_X25519.decap(bytes.fromhex(case["enc"]), private)
        assert shared_secret.hex() == case["shared_secret"]
        hpke = Hpke(MLKEM768_X25519, KDFS[case["kdf_id"]], AEADS[case["aead_id"]])
        info = hpke.prepare(bytes.fromhex(case["info"]))
        key, nonce = hpke.key_and_nonce(shared_secret, info)
        assert (key.hex(), nonce.hex()) == (case["key"], case["base_nonce"])
        exporter = hpke.exporter_secret(shared_secret, info)
        assert exporter.hex() == case["exporter_secret"]
        for export in case["exports"]:
            found = hpke.export(exporter, bytes.fromhex(export["exporter_context"]), export["L"])
            assert found.hex() == export["exported_value"]
        for first in case["encryptions"][:1]:
            plaintext = hpke.aead.open(key, nonce, bytes.fromhex(first["aad"]), bytes.fromhex(first["ct"]))
            assert plaintext.hex() == first["pt"]


@pytest.mark.parametrize("code", [1, 0xF04E])
def test_both_ways_with_another_implementation(code: int) -> None:
    suite = cipher_suite(code)
    private, public = suite.kem.derive_key_pair(RANDOM(48))
    if code == 1:
        parts = oracle.KEM.X25519, oracle.KDF.HKDF_SHA256, oracle.AEAD.AES_128_GCM
        their_private: object = X25519PrivateKey.from_private_bytes(private)
        their_public: object = X25519PublicKey.from_public_bytes(public)
    else:
        parts = oracle.KEM.MLKEM768_X25519, oracle.KDF.HKDF_SHA384, oracle.AEAD.AES_256_GCM
        their_private, their_public = _hybrid_keys(private)
    other = oracle.Suite(*parts)
    info = suite.hpke.prepare(b"info")
    enc, ciphertext = suite.hpke.seal(public, info, b"ours", RANDOM)
    assert other.decrypt(enc + ciphertext, their_private, b"info") == b"ours"  # type: ignore[arg-type]  # of that KEM
    theirs = other.encrypt(b"theirs", their_public, b"info")  # type: ignore[arg-type]  # of that KEM
    size = suite.kem.enc_size
    assert suite.hpke.open(private, info, theirs[:size], theirs[size:]) == b"theirs"


def _hybrid_keys(seed: bytes) -> tuple[object, object]:
    from rogatory_crypto.primitives import hybrid_kem

    lattice, curve = hybrid_kem._expand(seed)
    private = oracle.MLKEM768X25519PrivateKey(lattice, curve)
    return private, oracle.MLKEM768X25519PublicKey(lattice.public_key(), curve.public_key())


@pytest.mark.parametrize("code", [1, 2, 4, 5, 7, 0xF04E])
def test_what_is_changed_does_not_open(code: int) -> None:
    suite = cipher_suite(code)
    private, public = suite.kem.derive_key_pair(RANDOM(66))
    enc, ciphertext = suite.encrypt_with_label(public, b"label", b"context", b"secret", RANDOM)
    wrong_enc = bytes([enc[0] ^ 1]) + enc[1:]
    for label, context, kem_output, sealed in (
        (b"other", b"context", enc, ciphertext),
        (b"label", b"other", enc, ciphertext),
        (b"label", b"context", wrong_enc, ciphertext),
        (b"label", b"context", enc[:-1], ciphertext),
        (b"label", b"context", b"", ciphertext),
        (b"label", b"context", enc, ciphertext[:-1]),
        (b"label", b"context", enc, b""),
    ):
        with pytest.raises(PeerError) as caught:
            suite.decrypt_with_label(private, label, context, kem_output, sealed)
        assert caught.value.code is Code.DECRYPTION_FAILED


@pytest.mark.parametrize("code", [1, 2, 4, 5, 7, 0xF04E])
def test_keys_that_are_none_are_refused(code: int) -> None:
    # D05 S01
    kem = cipher_suite(code).kem
    private, public = kem.derive_key_pair(RANDOM(66))
    kem.check_public_key(public)
    assert kem.public_key(private) == public
    for faulty in (b"", public[:-1], public + b"\x00"):
        with pytest.raises(PeerError):
            kem.check_public_key(faulty)
        with pytest.raises(PeerError):
            kem.encap(faulty, RANDOM)
    with pytest.raises(PeerError):
        kem.public_key(b"")


@pytest.mark.parametrize("point", ["00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f"])
def test_points_of_small_order_are_refused(point: str) -> None:
    # RFC 7748 section 6.1
    with pytest.raises(PeerError, match="D05"):
        DHKEM_X25519.check_public_key(bytes.fromhex(point))
    with pytest.raises(PeerError):
        DHKEM_X25519.encap(bytes.fromhex(point), RANDOM)
    with pytest.raises(PeerError):
        cipher_suite(4).kem.check_public_key(bytes(56))


def test_faulty_points_of_the_other_kems_are_refused() -> None:
    p256 = cipher_suite(2).kem
    with pytest.raises(PeerError, match="D05"):
        p256.check_public_key(b"\x04" + bytes(64))
    compressed = b"\x02" + p256.derive_key_pair(RANDOM(32))[1][1:]
    with pytest.raises(PeerError, match="D05"):
        p256.check_public_key(compressed)
    coefficients_out_of_range = b"\xff" * 1184 + bytes(32)
    with pytest.raises(PeerError, match="S01"):
        MLKEM768_X25519.check_public_key(coefficients_out_of_range)
    _, public = MLKEM768_X25519.derive_key_pair(RANDOM(32))
    with pytest.raises(PeerError, match="small order"):
        MLKEM768_X25519.encap(public[:1184] + bytes(32), RANDOM)


def test_a_prepared_info_serves_many_recipients() -> None:
    suite = cipher_suite(1)
    info = suite.prepare_encryption(b"Welcome", bytes(1000))
    for _ in range(3):
        private, public = suite.kem.derive_key_pair(RANDOM(32))
        enc, sealed = suite.hpke.seal(public, info, b"secrets", RANDOM)
        opened = suite.decrypt_with_label(private, b"Welcome", bytes(1000), enc, sealed)
        assert opened == b"secrets"
