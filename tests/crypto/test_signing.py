"""Labelled Ed25519, alone or with ML-DSA-44: one purpose, one key, one message, no key of small order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.signing import Check, PrivateKeys, PublicKeys, verify_now

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key(PRIVATE)


def refusal_of(label: str, body: bytes, signature: bytes, public: bytes) -> Code:
    with pytest.raises(PeerError) as refusal:
        signing.verify(label, body, signature, public)
    return refusal.value.code


@given(st.text(st.characters(codec="ascii"), max_size=20), st.binary(max_size=200))
def test_a_signature_verifies_for_its_purpose_and_no_other(label: str, body: bytes) -> None:
    signature = signing.sign(label, body, PRIVATE)
    signing.verify(label, body, signature, PUBLIC)
    assert refusal_of(label + "x", body, signature, PUBLIC) is Code.BAD_SIGNATURE
    assert refusal_of(label, body + b"x", signature, PUBLIC) is Code.BAD_SIGNATURE


@given(st.binary(max_size=70), st.binary(max_size=40))
def test_arbitrary_signatures_and_keys_are_refused_with_one_code(signature: bytes, public: bytes) -> None:
    assert refusal_of("Receipt", b"", signature, public) is Code.BAD_SIGNATURE


def test_a_key_of_small_order_signs_nothing() -> None:
    """With the identity as key and R, S = 0 satisfies the equation of RFC 8032 for every message."""
    identity = b"\x01" + bytes(31)
    assert refusal_of("Receipt", b"any", identity + bytes(32), identity) is Code.BAD_SIGNATURE
    with pytest.raises(PeerError):
        signing.verify_public_key(identity)


def test_a_good_public_key_is_returned_and_a_short_one_refused() -> None:
    assert signing.verify_public_key(PUBLIC) == PUBLIC
    with pytest.raises(PeerError):
        signing.verify_public_key(PUBLIC[:-1])


def test_a_private_key_of_another_length_is_our_mistake() -> None:
    with pytest.raises(MisuseError):
        signing.sign("Receipt", b"", b"short")


def test_rfc_8032_test_1_gives_the_public_key() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert signing.public_key(seed) == public


PAIR = PrivateKeys(PRIVATE, bytes(32))
PUBLIC_PAIR = PAIR.public
SIGNED = signing.sign_both("Receipt", b"body", PAIR)


def refusal_of_pair(label: str, body: bytes, signature: bytes, public: PublicKeys = PUBLIC_PAIR) -> Code:
    with pytest.raises(PeerError) as refusal:
        signing.verify_both(label, body, signature, public)
    return refusal.value.code


def test_a_pair_is_64_bytes_of_ed25519_and_2420_of_ml_dsa_44() -> None:
    signing.verify_both("Receipt", b"body", SIGNED, PUBLIC_PAIR)
    assert len(SIGNED) == signing.PAIR_BYTES == 64 + 2420
    signing.verify("Receipt", b"body", SIGNED[:64], PUBLIC)


@pytest.mark.parametrize(("label", "body"), [("Receipts", b"body"), ("Receipt", b"other")])
def test_a_pair_is_for_one_purpose_and_one_body(label: str, body: bytes) -> None:
    assert refusal_of_pair(label, body, SIGNED) is Code.BAD_SIGNATURE


@given(st.integers(0, signing.PAIR_BYTES - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_pair_is_noticed(at: int, flip: int) -> None:
    changed = SIGNED[:at] + bytes([SIGNED[at] ^ flip]) + SIGNED[at + 1 :]
    assert refusal_of_pair("Receipt", b"body", changed) is Code.BAD_SIGNATURE


@pytest.mark.parametrize("cut", [0, 63, 64, 65, signing.PAIR_BYTES - 1])
def test_half_a_pair_is_none(cut: int) -> None:
    assert refusal_of_pair("Receipt", b"body", SIGNED[:cut]) is Code.BAD_SIGNATURE
    assert refusal_of_pair("Receipt", b"body", SIGNED + b"x") is Code.BAD_SIGNATURE


@pytest.mark.parametrize("half", ["ed25519", "ml_dsa_44"])
def test_each_half_is_that_of_its_key(half: str) -> None:
    other = PrivateKeys(bytes([1]) * 32, bytes([1]) * 32).public
    mixed = replace(PUBLIC_PAIR, **{half: getattr(other, half)})
    assert refusal_of_pair("Receipt", b"body", SIGNED, mixed) is Code.BAD_SIGNATURE


@given(st.text(max_size=100) | st.binary(max_size=1400).map(bytes.hex))
def test_any_text_is_public_keys_or_a_peer_error(text: str) -> None:
    try:
        public = PublicKeys.from_hex(text)
    except PeerError:
        return
    assert public.hex() == text


def test_a_check_says_what_it_needs() -> None:
    verify_now(Check("Receipt", b"body", SIGNED, PUBLIC_PAIR))
    verify_now(Check("Receipt", b"body", SIGNED[:64], PUBLIC))
    for wrong in (
        Check("Receipt", b"body", SIGNED, PUBLIC),
        Check("Receipt", b"body", SIGNED[:64], PUBLIC_PAIR),
    ):
        with pytest.raises(PeerError):
            verify_now(wrong)
