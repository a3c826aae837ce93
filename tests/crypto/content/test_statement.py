"""An officer's signature beside an event: over this event, in this room, by this device, or none at all."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor, signing
from rogatory_crypto.content.case_progress import ProgressEnquiry, StateSet
from rogatory_crypto.content.events import event_part
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.statement import (
    MEDIA_TYPE,
    Statement,
    event_hash,
    require_statement,
    statement_part,
    verify_statement,
)
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key(PRIVATE)
EVENT = StateSet("under_review", (MessageId(b"\x01" + bytes(31)),))
STATEMENT = Statement(
    event_sha256=event_hash(EVENT),
    group_id=GroupId(bytes(32)),
    at=1_800_000_000,
    authority=EntryId("CNA-GH-01"),
    officer="case officer 2",
    device_id=DeviceId(bytes(16)),
)
PART = statement_part(STATEMENT, PRIVATE)


def key_of(_: Statement) -> bytes:
    return PUBLIC


def refusal_of(data: bytes) -> Code:
    with pytest.raises(PeerError) as refusal:
        verify_statement(data, key_of)
    return refusal.value.code


def test_a_statement_beside_its_event_is_found_and_verified() -> None:
    other = statement_part(replace(STATEMENT, event_sha256=bytes(32)), PRIVATE)
    assert require_statement(EVENT, (event_part(EVENT), other, PART), key_of) == STATEMENT


@given(st.data())
def test_every_changed_bit_is_refused(data: st.DataObject) -> None:
    signed = bytearray(PART.content)
    signed[data.draw(st.integers(0, len(signed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert refusal_of(bytes(signed)) in {Code.BAD_SIGNATURE, Code.MALFORMED, Code.TOO_LARGE}


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_a_peer_error(data: bytes) -> None:
    assert refusal_of(data) in set(Code)


def test_no_statement_and_one_on_another_event_are_no_signature() -> None:
    on_another = statement_part(replace(STATEMENT, event_sha256=event_hash(ProgressEnquiry(None))), PRIVATE)
    for parts in ((), (event_part(EVENT),), (event_part(EVENT), on_another)):
        with pytest.raises(PeerError) as refusal:
            require_statement(EVENT, parts, key_of)
        assert refusal.value.code is Code.BAD_SIGNATURE


def test_another_key_and_another_purpose_are_refused() -> None:
    assert refusal_of(statement_part(STATEMENT, bytes(32)).content) is Code.BAD_SIGNATURE
    body = STATEMENT.encode()
    assert refusal_of(cbor.encode([body, signing.sign("Receipt", body, PRIVATE)])) is Code.BAD_SIGNATURE


def test_a_key_that_is_not_to_be_found_is_refused() -> None:
    def unknown(_: Statement) -> bytes:
        raise PeerError(Code.REVOKED, "gone")

    with pytest.raises(PeerError) as refusal:
        verify_statement(PART.content, unknown)
    assert refusal.value.code is Code.REVOKED
    assert PART.content_type == MEDIA_TYPE
