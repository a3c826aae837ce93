"""An office's signature on a message of its own: over these bytes, in this room, by this device, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor, signing
from rogatory_crypto.content.attestation import (
    MEDIA_TYPE,
    Attestation,
    attestation_part,
    sign_attestation,
    verify_attestation,
)
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key(PRIVATE)
ATTESTATION = Attestation(
    message_id=MessageId(b"\x01" + bytes(31)),
    content_sha256=bytes(32),
    group_id=GroupId(bytes(32)),
    at=1_800_000_000,
    authority=EntryId("CNA-GH-01"),
    officer="case officer 2",
    device_id=DeviceId(bytes(16)),
)
SIGNED = sign_attestation(ATTESTATION, PRIVATE)


def key_of(_: Attestation) -> bytes:
    return PUBLIC


def refusal_of(data: bytes) -> Code:
    with pytest.raises(PeerError) as refusal:
        verify_attestation(data, key_of)
    return refusal.value.code


def test_what_was_signed_is_verified_and_travels_as_a_part_of_its_own() -> None:
    part = attestation_part(SIGNED)
    assert part.content_type == MEDIA_TYPE
    assert verify_attestation(part.content, key_of) == ATTESTATION


@given(st.data())
def test_every_changed_bit_is_refused(data: st.DataObject) -> None:
    signed = bytearray(SIGNED)
    signed[data.draw(st.integers(0, len(signed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert refusal_of(bytes(signed)) in {Code.BAD_SIGNATURE, Code.MALFORMED, Code.TOO_LARGE}


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_a_peer_error(data: bytes) -> None:
    assert refusal_of(data) in set(Code)


def test_another_key_and_another_purpose_are_refused() -> None:
    assert refusal_of(sign_attestation(ATTESTATION, bytes(32))) is Code.BAD_SIGNATURE
    body = ATTESTATION.encode()
    for label in ("CaseStatement", "Receipt"):
        assert refusal_of(cbor.encode([body, signing.sign(label, body, PRIVATE)])) is Code.BAD_SIGNATURE


def test_a_key_that_is_not_to_be_found_is_refused() -> None:
    def unknown(_: Attestation) -> bytes:
        raise PeerError(Code.REVOKED, "gone")

    with pytest.raises(PeerError) as refusal:
        verify_attestation(SIGNED, unknown)
    assert refusal.value.code is Code.REVOKED
