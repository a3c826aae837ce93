"""What HPKE refuses, and the secrets both sides export (RFC 9180)."""

import pytest
from tests.crypto.mls.world import seeded_random

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives import CIPHER_SUITES, cipher_suite
from rogatory_crypto.primitives.curves import P256_ORDER
from rogatory_crypto.primitives.hybrid_kem import MLKEM768_P256, MLKEM768_X25519, MLKEM1024_P384
from rogatory_crypto.primitives.kem import DHKEM_X25519, Kem
from rogatory_crypto.primitives.ml_kem import ML_KEM_768, ML_KEM_1024

# Every KEM once: those of the suites and those that only the vectors of draft-ietf-hpke-pq use.
KEMS: dict[int, Kem] = {
    kem.code: kem
    for kem in (
        *(suite.kem for suite in CIPHER_SUITES.values()),
        ML_KEM_768,
        ML_KEM_1024,
        MLKEM768_P256,
        MLKEM1024_P384,
    )
}
RANDOM = seeded_random("hpke")


@pytest.mark.parametrize("code", [1, 2, 4, 5, 7, 0xF04E, 0xF052])
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


@pytest.mark.parametrize("kem", KEMS.values(), ids=map(hex, KEMS))
def test_keys_that_are_none_are_refused(kem: Kem) -> None:
    # D05 S01
    private, public = kem.derive_key_pair(RANDOM(66))
    kem.check_public_key(public)
    assert kem.public_key(private) == public
    _, enc = kem.encap(public, RANDOM)
    ladder = kem.code in {0x20, 0x21}  # RFC 7748: every string of the right length is a point
    for faulty in (b"", public[:-1], public + b"\x00", *(() if ladder else (b"\xff" * len(public),))):
        with pytest.raises(PeerError) as caught:
            kem.check_public_key(faulty)
        assert caught.value.code is Code.MALFORMED
        with pytest.raises(PeerError):
            kem.encap(faulty, RANDOM)
    for faulty in (b"", private[:-1], private + b"\x00"):
        with pytest.raises(PeerError):
            kem.public_key(faulty)
        with pytest.raises(PeerError):
            kem.decap(enc, faulty)
    for faulty in (b"", enc[:-1], enc + b"\x00"):
        with pytest.raises(PeerError):
            kem.decap(faulty, private)


def test_the_first_candidate_that_is_a_scalar_is_taken() -> None:
    # draft-irtf-cfrg-concrete-hybrid-kems: four candidates for P-256, because not every string is a scalar
    zero, order, good = bytes(32), P256_ORDER.to_bytes(32, "big"), b"\x01" * 32
    assert MLKEM768_P256._scalar(zero + order + good + b"\x02" * 32) == good
    with pytest.raises(MisuseError):
        MLKEM768_P256._scalar(zero + order + zero + order)


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
    small_order = public[:1184] + bytes(32)
    with pytest.raises(PeerError, match="D05"):
        MLKEM768_X25519.check_public_key(small_order)
    with pytest.raises(PeerError, match="small order"):
        MLKEM768_X25519.encap(small_order, RANDOM)


def test_a_prepared_info_serves_many_recipients() -> None:
    suite = cipher_suite(1)
    info = suite.prepare_encryption(b"Welcome", bytes(1000))
    for _ in range(3):
        private, public = suite.kem.derive_key_pair(RANDOM(32))
        enc, sealed = suite.hpke.seal(public, info, b"secrets", RANDOM)
        opened = suite.decrypt_with_label(private, b"Welcome", bytes(1000), enc, sealed)
        assert opened == b"secrets"


@pytest.mark.parametrize("code", [1, 2, 4, 5, 7, 0xF04E, 0xF052])
def test_both_sides_export_one_secret(code: int) -> None:
    # RFC 9420 section 8.3: the init secret of an external commit
    suite = cipher_suite(code)
    private, public = suite.kem.derive_key_pair(RANDOM(66))
    info, label = suite.hpke.prepare(b""), b"MLS 1.0 external init secret"
    enc, sent = suite.hpke.send_export(public, info, label, suite.hash_size, RANDOM)
    assert len(sent) == suite.hash_size
    assert suite.hpke.receive_export(private, info, enc, label, suite.hash_size) == sent
    other = suite.hpke.prepare(b"other")
    assert suite.hpke.receive_export(private, other, enc, label, suite.hash_size) != sent
    assert suite.hpke.receive_export(private, info, enc, b"other", suite.hash_size) != sent
    again, fresh = suite.hpke.send_export(public, info, label, suite.hash_size, RANDOM)
    assert (again, fresh) != (enc, sent)


@pytest.mark.parametrize("code", [1, 2, 4, 0xF04E])
def test_a_faulty_encapsulation_exports_nothing(code: int) -> None:
    # S04
    suite = cipher_suite(code)
    private, public = suite.kem.derive_key_pair(RANDOM(66))
    info = suite.hpke.prepare(b"")
    enc, _ = suite.hpke.send_export(public, info, b"", 32, RANDOM)
    for faulty in (b"", enc[:-1], enc + b"\x00", bytes(len(enc))):
        with pytest.raises(PeerError) as caught:
            suite.hpke.receive_export(private, info, faulty, b"", 32)
        assert caught.value.code is Code.DECRYPTION_FAILED
    with pytest.raises(PeerError) as caught:
        suite.hpke.send_export(public[:-1], info, b"", 32, RANDOM)
    assert caught.value.code is Code.MALFORMED
