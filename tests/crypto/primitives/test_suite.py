"""Cipher suites by number, signatures and key derivation."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from tests.crypto.mls.world import World, seeded_random

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import ApplicationReceived, protect, sign_with_label, verify_with_label
from rogatory_crypto.primitives import CIPHER_SUITES, cipher_suite, generate_signature_key
from rogatory_crypto.primitives.kdf import HKDF_SHA256

RANDOM = seeded_random("suite")


@pytest.mark.parametrize("code", [0, 8, 0x50, 0x51, 0xF050, 0xFFFF])
def test_an_unknown_suite_is_refused(code: int) -> None:
    # S03
    with pytest.raises(PeerError) as caught:
        cipher_suite(code)
    assert caught.value.code is Code.UNSUPPORTED


def test_the_provisional_numbers_name_the_same_constructions() -> None:
    assert cipher_suite(0x4E).name == cipher_suite(0xF04E).name
    assert cipher_suite(0x4F).name == cipher_suite(0xF04F).name
    assert cipher_suite(0x52).name == cipher_suite(0xF052).name


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


@pytest.mark.parametrize("sign", [0, 0x80])
@pytest.mark.parametrize("y", [0, 1, (1 << 448) - (1 << 224) - 2])
def test_a_key_of_small_order_signs_nothing_on_the_larger_curve(y: int, sign: int) -> None:
    # D17: OpenSSL takes the point with y = 0 and the signature (that point, 0) for any message
    public = y.to_bytes(56, "little") + bytes([sign])
    with pytest.raises(PeerError, match="D17"):
        cipher_suite(4).signature.verify(public, b"anything", public + bytes(57))


@pytest.mark.parametrize("code", [2, 5, 7])
def test_a_key_on_a_curve_has_one_form(code: int) -> None:
    # D05 D09: the compressed point is the same key in other bytes
    scheme = cipher_suite(code).signature
    private = scheme.generate(RANDOM)
    public, signature = scheme.public_key(private), scheme.sign(private, b"message")
    scheme.verify(public, b"message", signature)
    compressed = bytes([2 + (public[-1] & 1)]) + public[1 : (len(public) + 1) // 2]
    with pytest.raises(PeerError, match="D05"):
        scheme.verify(compressed, b"message", signature)


def test_ml_dsa_is_pure_and_has_an_empty_context() -> None:
    # S05: the signature fits a verifier of the library with the empty context and none with another
    scheme = cipher_suite(0xF052).signature
    private = scheme.generate(RANDOM)
    public, signature = scheme.public_key(private), scheme.sign(private, b"message")
    assert (len(private), len(public), len(signature)) == (32, 1312, 2420)
    key = MLDSA44PublicKey.from_public_bytes(public)
    key.verify(signature, b"message", b"")
    with pytest.raises(InvalidSignature):
        key.verify(signature, b"message", b"context")
    with_context = MLDSA44PrivateKey.from_seed_bytes(private).sign(b"message", b"context")
    with pytest.raises(PeerError, match="bad-signature"):
        scheme.verify(public, b"message", with_context)


def test_a_group_lives_on_post_quantum_signatures() -> None:
    world = World(0xF052)
    (seat,) = world.grow(1)
    world.update(seat)
    world.groups[seat], message = protect(world.groups[seat], b"text", random=world.random)
    received = world.receive(0, message)
    assert isinstance(received, ApplicationReceived)
    assert received.content == b"text"
    assert world.agrees()


def test_ml_dsa_keys_and_signatures_have_exact_lengths() -> None:
    # D05 S05
    scheme = cipher_suite(0x0052).signature
    private = scheme.generate(RANDOM)
    public, signature = scheme.public_key(private), scheme.sign(private, b"message")
    for changed_key, changed in (
        (public + b"\x00", signature),
        (public[:-1], signature),
        (public, signature + b"\x00"),
        (public, signature[:-1]),
        (public, bytes(2420)),
        (bytes(1312), signature),
    ):
        with pytest.raises(PeerError) as caught:
            scheme.verify(changed_key, b"message", changed)
        assert caught.value.code is Code.BAD_SIGNATURE


@pytest.mark.parametrize("code", [1, 2, 4, 0xF052])
def test_a_faulty_private_key_is_our_own_mistake(code: int) -> None:
    scheme = cipher_suite(code).signature
    for faulty in (b"", b"\xff" * 90):
        with pytest.raises(MisuseError):
            scheme.sign(faulty, b"message")


def test_private_keys_are_not_shown() -> None:
    key = generate_signature_key(cipher_suite(1), RANDOM)
    assert repr(key.private) not in repr(key)


def test_hkdf_gives_several_blocks_and_an_end() -> None:
    # RFC 5869 appendix A.2
    prk = HKDF_SHA256.extract(bytes(range(0x60, 0xB0)), bytes(0x50))
    long = HKDF_SHA256.expand(prk, b"info", 82)
    assert long[:20] == HKDF_SHA256.expand(prk, b"info", 20)
    assert len(HKDF_SHA256.expand(prk, b"", 255 * 32)) == 8160
    with pytest.raises(MisuseError):
        HKDF_SHA256.expand(prk, b"", 255 * 32 + 1)
