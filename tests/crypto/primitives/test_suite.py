"""Cipher suites by number, signatures and key derivation."""

import pytest
from tests.crypto.mls.world import seeded_random

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import sign_with_label, verify_with_label
from rogatory_crypto.primitives import CIPHER_SUITES, cipher_suite, generate_signature_key
from rogatory_crypto.primitives.kdf import HKDF_SHA256

RANDOM = seeded_random("suite")


@pytest.mark.parametrize("code", [0, 8, 0x50, 0xFFFF])
def test_an_unknown_suite_is_refused(code: int) -> None:
    # S03
    with pytest.raises(PeerError) as caught:
        cipher_suite(code)
    assert caught.value.code is Code.UNSUPPORTED


def test_the_provisional_numbers_name_the_same_constructions() -> None:
    assert cipher_suite(0x4E).name == cipher_suite(0xF04E).name
    assert cipher_suite(0x4F).name == cipher_suite(0xF04F).name


@pytest.mark.parametrize("code", sorted(CIPHER_SUITES))
def test_signatures_say_what_they_are_for(code: int) -> None:
    suite = cipher_suite(code)
    key, other = generate_signature_key(suite, RANDOM), generate_signature_key(suite, RANDOM)
    signature = sign_with_label(suite, key.private, "Statement", b"content")
    verify_with_label(suite, key.public, "Statement", b"content", signature)
    for public, label, content, changed in (
        (other.public, "Statement", b"content", signature),
        (key.public, "Other", b"content", signature),
        (key.public, "Statement", b"other", signature),
        (key.public, "Statement", b"content", b""),
        (key.public, "Statement", b"content", signature[:-1]),
        (b"", "Statement", b"content", signature),
        (key.public[:-1], "Statement", b"content", signature),
    ):
        with pytest.raises(PeerError) as caught:
            verify_with_label(suite, public, label, content, changed)
        assert caught.value.code is Code.BAD_SIGNATURE


def test_a_statement_never_borrows_a_label_of_mls() -> None:
    suite = cipher_suite(1)
    key = generate_signature_key(suite, RANDOM)
    with pytest.raises(MisuseError):
        sign_with_label(suite, key.private, "FramedContentTBS", b"")


def test_a_key_of_small_order_signs_nothing() -> None:
    # D17: the identity point with the signature (identity, 0) verifies for any message in some libraries
    identity = b"\x01" + bytes(31)
    with pytest.raises(PeerError):
        cipher_suite(1).signature.verify(identity, b"anything", identity + bytes(32))


def test_private_keys_are_not_shown_and_have_their_size() -> None:
    key = generate_signature_key(cipher_suite(1), RANDOM)
    assert repr(key.private) not in repr(key)
    with pytest.raises(MisuseError):
        cipher_suite(1).signature.sign(b"short", b"")


def test_hkdf_gives_several_blocks_and_an_end() -> None:
    # RFC 5869 appendix A.2
    prk = HKDF_SHA256.extract(bytes(range(0x60, 0xB0)), bytes(0x50))
    long = HKDF_SHA256.expand(prk, b"info", 82)
    assert long[:20] == HKDF_SHA256.expand(prk, b"info", 20)
    assert len(HKDF_SHA256.expand(prk, b"", 255 * 32)) == 8160
    with pytest.raises(MisuseError):
        HKDF_SHA256.expand(prk, b"", 255 * 32 + 1)
