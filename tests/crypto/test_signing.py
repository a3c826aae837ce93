"""Labelled Ed25519: one purpose, one key, one message, and no key of small order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, MisuseError, PeerError

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
