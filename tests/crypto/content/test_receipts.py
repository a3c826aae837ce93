"""Receipts: whoever holds one can prove one event, and nothing about a consultation."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor, signing
from rogatory_crypto.content import receipts, status
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.receipts import EvidenceEvent, Receipt
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key(PRIVATE)
RECEIPT = Receipt(
    event=EvidenceEvent.CONTENT_HANDOVER,
    group_id=GroupId(bytes(32)),
    message_id=MessageId(b"\x01" + bytes(31)),
    content_sha256=bytes(32),
    at=1_800_000_000,
    authority=EntryId("CNA-SN-01"),
    officer="case officer 2",
    device_id=DeviceId(bytes(16)),
)
ACKNOWLEDGEMENT = replace(RECEIPT, event=EvidenceEvent.CONTENT_ACKNOWLEDGEMENT, own_reference="IN-2026-4")
RECEIPTS = st.builds(
    replace, st.just(RECEIPT), event=st.sampled_from(EvidenceEvent), at=st.integers(0, 1 << 40)
) | st.builds(replace, st.just(ACKNOWLEDGEMENT), own_reference=st.text("AB/12", min_size=1, max_size=200))


def key_of(_: Receipt) -> bytes:
    return PUBLIC


def refusal_of(data: bytes) -> Code:
    with pytest.raises(PeerError) as refusal:
        receipts.verify_receipt(data, key_of)
    return refusal.value.code


@given(RECEIPTS)
def test_a_signed_receipt_verifies_as_what_was_signed(receipt: Receipt) -> None:
    signed = receipts.sign_receipt(receipt, PRIVATE)
    verified = receipts.verify_receipt(signed, key_of)
    assert verified.receipt == receipt
    assert verified.public_key == PUBLIC
    assert verified.signed == signed


@given(st.data())
def test_every_changed_bit_is_refused(data: st.DataObject) -> None:
    signed = bytearray(receipts.sign_receipt(ACKNOWLEDGEMENT, PRIVATE))
    signed[data.draw(st.integers(0, len(signed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert refusal_of(bytes(signed)) in {
        Code.BAD_SIGNATURE,
        Code.MALFORMED,
        Code.TOO_LARGE,
        Code.UNSUPPORTED,
    }


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_a_peer_error(data: bytes) -> None:
    assert refusal_of(data) in set(Code)


def test_the_signature_is_bound_to_receipts() -> None:
    """The same body signed for another purpose is no receipt."""
    body = RECEIPT.encode()
    signature = signing.sign("Postmark", body, PRIVATE)
    assert refusal_of(cbor.encode([body, signature])) is Code.BAD_SIGNATURE


def test_another_device_did_not_sign_it() -> None:
    signed = receipts.sign_receipt(RECEIPT, bytes(32))
    assert refusal_of(signed) is Code.BAD_SIGNATURE


def test_the_refusal_of_a_revoked_device_comes_through() -> None:
    def revoked(_: Receipt) -> bytes:
        raise PeerError(Code.REVOKED)

    with pytest.raises(PeerError) as refusal:
        receipts.verify_receipt(receipts.sign_receipt(RECEIPT, PRIVATE), revoked)
    assert refusal.value.code is Code.REVOKED


def signed_plain(**changes: Any) -> bytes:
    plain = {
        "event": "ContentHandover",
        "group_id": bytes(32),
        "message_id": bytes(32),
        "content_sha256": bytes(32),
        "at": 1,
        "authority": "CNA-SN-01",
        "officer": "duty officer",
        "device_id": bytes(16),
        "own_reference": None,
    }
    body = cbor.encode(list((plain | changes).values()))
    return cbor.encode([body, signing.sign("Receipt", body, PRIVATE)])


def test_the_plain_form_is_the_array_of_the_fields() -> None:
    assert receipts.verify_receipt(signed_plain(), key_of).receipt.officer == "duty officer"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"event": "ContentLost"}, Code.UNSUPPORTED),
        ({"event": 1}, Code.UNSUPPORTED),
        ({"group_id": b""}, Code.MALFORMED),
        ({"message_id": bytes(31)}, Code.MALFORMED),
        ({"content_sha256": bytes(33)}, Code.MALFORMED),
        ({"at": -1}, Code.MALFORMED),
        ({"officer": ""}, Code.MALFORMED),
        ({"device_id": bytes(15)}, Code.MALFORMED),
        ({"own_reference": "IN-1"}, Code.MALFORMED),
    ],
)
def test_a_signature_does_not_excuse_a_wrong_field(changes: dict[str, Any], code: Code) -> None:
    assert refusal_of(signed_plain(**changes)) is code


def test_a_receipt_that_no_peer_would_accept_is_our_mistake() -> None:
    with pytest.raises(MisuseError):
        receipts.sign_receipt(replace(RECEIPT, own_reference="IN-1"), PRIVATE)


@pytest.mark.parametrize("kind", CaseKind)
def test_only_formal_rooms_carry_signed_receipts(kind: CaseKind) -> None:
    """Formal is provable, informal is not transferable."""
    receipts.check_evidence(kind, receipts.evidence_media_type(kind))
    receipts.check_evidence(kind, status.MEDIA_TYPE)
    if kind is CaseKind.REQUEST:
        assert receipts.evidence_media_type(kind) == receipts.MEDIA_TYPE
        return
    assert receipts.evidence_media_type(kind) == status.MEDIA_TYPE
    with pytest.raises(PeerError) as refusal:
        receipts.check_evidence(kind, receipts.MEDIA_TYPE)
    assert refusal.value.code is Code.FORBIDDEN
