"""Signed non-delivery: nobody but its device states it, not before its time, and only for its own reasons."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor, signing
from rogatory_crypto.content import receipts
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.non_delivery import (
    MAX_WAIT_S,
    MIN_WAIT_S,
    OVERRULING,
    NonDelivery,
    Reason,
    is_non_delivery,
    sign_non_delivery,
    verify_non_delivery,
)
from rogatory_crypto.content.receipts import EvidenceEvent, Receipt
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key(PRIVATE)
STATED = NonDelivery(
    event=EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE,
    reason=Reason.DELIVERY_TIME_OUT,
    group_id=GroupId(bytes(32)),
    message_id=MessageId(b"\x01" + bytes(31)),
    content_sha256=bytes(32),
    accepted_at=1_800_000_000,
    waited_s=86_400,
    at=1_800_086_400,
    recipient=EntryId("CNA-GH-01"),
    authority=EntryId("CNA-SN-01"),
    officer="case officer 2",
    device_id=DeviceId(bytes(16)),
)
HANDOVER = EvidenceEvent.CONTENT_HANDOVER_FAILURE


def key_of(_: NonDelivery) -> bytes:
    return PUBLIC


@given(
    st.sampled_from([STATED, replace(STATED, event=HANDOVER, reason=Reason.OPENING_TIME_OUT)]),
    st.integers(MIN_WAIT_S, MAX_WAIT_S),
    st.integers(0, 1 << 40),
)
def test_what_was_stated_verifies_as_it_was(stated: NonDelivery, waited_s: int, later: int) -> None:
    stated = replace(stated, waited_s=waited_s, at=stated.accepted_at + waited_s + later)
    signed = sign_non_delivery(stated, PRIVATE)
    assert verify_non_delivery(signed, key_of) == stated
    assert is_non_delivery(signed)


@given(st.data())
def test_every_changed_bit_is_refused(data: st.DataObject) -> None:
    signed = bytearray(sign_non_delivery(STATED, PRIVATE))
    signed[data.draw(st.integers(0, len(signed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(PeerError) as refusal:
        verify_non_delivery(bytes(signed), key_of)
    expected = {Code.BAD_SIGNATURE, Code.MALFORMED, Code.TOO_LARGE, Code.UNSUPPORTED}
    assert refusal.value.code in expected


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_a_peer_error(data: bytes) -> None:
    with pytest.raises(PeerError):
        verify_non_delivery(data, key_of)
    assert not is_non_delivery(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"event": EvidenceEvent.CONTENT_CONSIGNMENT},
        {"event": EvidenceEvent.ACCEPTANCE_REJECTION_EXPIRY},
        {"event": HANDOVER},
        {"reason": Reason.OPENING_TIME_OUT},
        {"event": HANDOVER, "reason": Reason.NOT_READABLE},
        {"recipient": EntryId("CNA-SN-01")},
        {"at": 1_800_086_399},
        {"waited_s": MIN_WAIT_S - 1},
        {"waited_s": MAX_WAIT_S + 1, "at": 1 << 40},
        {"officer": ""},
        {"officer": "x" * 121},
        {"content_sha256": bytes(31)},
    ],
    ids=str,
)
def test_what_no_office_may_state_is_neither_signed_nor_believed(changes: dict[str, object]) -> None:
    wrong = replace(STATED, **changes)  # type: ignore[arg-type]  # fields
    with pytest.raises(MisuseError):
        sign_non_delivery(wrong, PRIVATE)
    body = wrong.encode()
    forged = cbor.encode(["NonDelivery", body, signing.sign("NonDelivery", body, PRIVATE)])
    with pytest.raises(PeerError):
        verify_non_delivery(forged, key_of)


def test_a_receipt_is_no_non_delivery_and_the_other_way_round() -> None:
    receipt = Receipt(
        EvidenceEvent.CONTENT_CONSIGNMENT,
        STATED.group_id,
        STATED.message_id,
        STATED.content_sha256,
        STATED.at,
        STATED.recipient,
        STATED.officer,
        STATED.device_id,
    )
    signed = receipts.sign_receipt(receipt, PRIVATE)
    assert not is_non_delivery(signed)
    with pytest.raises(PeerError):
        verify_non_delivery(signed, key_of)
    with pytest.raises(PeerError):
        receipts.verify_receipt(sign_non_delivery(STATED, PRIVATE), lambda _: PUBLIC)


def test_only_what_shows_more_overrules() -> None:
    """Opening overrules that it was not delivered; delivery does not overrule that nobody opened it."""
    assert EvidenceEvent.CONTENT_CONSIGNMENT in OVERRULING[EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE]
    assert EvidenceEvent.CONTENT_CONSIGNMENT not in OVERRULING[HANDOVER]
    assert set(OVERRULING[HANDOVER]) < set(OVERRULING[EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE])
