"""An officer's signature in a message: over all of it, in this room, by this device, or none at all."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor, signing
from rogatory_crypto.content.case_progress import ProgressEnquiry, StateSet
from rogatory_crypto.content.events import Acknowledged, ReferenceSet, event_part
from rogatory_crypto.content.mimi import MessageId, MimiContent, decode
from rogatory_crypto.content.nested_part import (
    Disposition,
    ExternalPart,
    MultiPart,
    NestedPart,
    PartSemantics,
    SinglePart,
)
from rogatory_crypto.content.statement import (
    Statement,
    covered_hash,
    must_be_stated,
    sign_content,
    statement_part,
    statements_in,
    verify_statement,
)
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

PRIVATE: Final = bytes(range(32))
PUBLIC: Final = signing.public_key(PRIVATE)
EVENT: Final = StateSet("refused", (MessageId(b"\x01" + bytes(31)),))
WORDS: Final = SinglePart(Disposition.RENDER, "en", "text/plain;charset=utf-8", b"We cannot, by our law.")
FILE: Final = ExternalPart(
    disposition=Disposition.ATTACHMENT,
    language="",
    content_type="application/pdf",
    url="mimi://relay.example/b/00",
    expires=0,
    size=17,
    enc_alg=0xC0B2,
    key=bytes(32),
    nonce=bytes(24),
    aad=b"",
    hash_alg=1,
    content_hash=bytes(32),
    description="",
    filename="decision.pdf",
)


def message(*parts: NestedPart) -> MimiContent:
    whole = MultiPart(Disposition.RENDER, "", PartSemantics.PROCESS_ALL, parts)
    return MimiContent(salt=bytes(16), nested_part=whole, extensions={1: "mimi://a", 2: "mimi://r"})


def stating(content: MimiContent, **fields: object) -> Statement:
    said = Statement(
        content_sha256=covered_hash(content),
        group_id=GroupId(bytes(32)),
        at=1_800_000_000,
        authority=EntryId("CNA-GH-01"),
        officer="case officer 2",
        device_id=DeviceId(bytes(16)),
    )
    return replace(said, **fields)  # type: ignore[arg-type]  # fields of a Statement


EMPTY: Final = message(event_part(EVENT), WORDS, FILE, statement_part())
SIGNED: Final = sign_content(EMPTY, stating(EMPTY), PRIVATE)


def key_of(_: Statement) -> bytes:
    return PUBLIC


def refusal_of(content: MimiContent) -> Code:
    with pytest.raises(PeerError) as refusal:
        verify_statement(content, key_of)
    return refusal.value.code


def with_parts(*parts: NestedPart) -> MimiContent:
    """The signed message with these in place of its event, words and file."""
    return replace(SIGNED, nested_part=replace(message(*parts, *statements_in(SIGNED)).nested_part))


def test_a_signature_covers_the_message_as_it_is_read() -> None:
    assert verify_statement(decode(SIGNED.encode()), key_of) == stating(EMPTY)


@pytest.mark.parametrize(
    "changed",
    [
        with_parts(event_part(EVENT), replace(WORDS, content=b"We can."), FILE),
        with_parts(event_part(EVENT), replace(WORDS, language="fr"), FILE),
        with_parts(event_part(EVENT), FILE),
        with_parts(event_part(EVENT), WORDS, WORDS, FILE),
        with_parts(WORDS, event_part(EVENT), FILE),
        with_parts(event_part(ProgressEnquiry(None)), WORDS, FILE),
        with_parts(event_part(EVENT), WORDS, replace(FILE, filename="order.pdf")),
        with_parts(event_part(EVENT), WORDS, replace(FILE, content_hash=b"\1" * 32)),
        replace(SIGNED, salt=b"\1" * 16),
        replace(SIGNED, in_reply_to=MessageId(bytes(32))),
        replace(SIGNED, extensions={1: "mimi://b", 2: "mimi://r"}),
    ],
)
def test_other_words_files_and_events_are_not_what_was_signed(changed: MimiContent) -> None:
    with pytest.raises(PeerError, match="its words or files are not those") as refusal:
        verify_statement(changed, key_of)
    assert refusal.value.code is Code.HASH_MISMATCH


@given(st.data())
def test_every_changed_bit_is_refused(data: st.DataObject) -> None:
    (part,) = statements_in(SIGNED)
    signed = bytearray(part.content)
    signed[data.draw(st.integers(0, len(signed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = message(event_part(EVENT), WORDS, FILE, statement_part(bytes(signed)))
    expected = {Code.BAD_SIGNATURE, Code.MALFORMED, Code.TOO_LARGE, Code.HASH_MISMATCH}
    assert refusal_of(changed) in expected


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_a_peer_error(data: bytes) -> None:
    assert refusal_of(message(event_part(EVENT), WORDS, FILE, statement_part(data))) in set(Code)


def test_no_signature_and_two_are_refused() -> None:
    assert refusal_of(message(event_part(EVENT), WORDS)) is Code.BAD_SIGNATURE
    assert refusal_of(with_parts(event_part(EVENT), WORDS, FILE, *statements_in(SIGNED))) is Code.CONFLICT


def test_another_key_and_another_purpose_are_refused() -> None:
    assert refusal_of(sign_content(EMPTY, stating(EMPTY), bytes(32))) is Code.BAD_SIGNATURE
    body = stating(EMPTY).encode()
    for_another = cbor.encode([body, signing.sign("Receipt", body, PRIVATE)])
    changed = message(event_part(EVENT), WORDS, FILE, statement_part(for_another))
    assert refusal_of(changed) is Code.BAD_SIGNATURE


def test_a_key_that_is_not_to_be_found_is_refused() -> None:
    def unknown(_: Statement) -> bytes:
        raise PeerError(Code.REVOKED, "gone")

    with pytest.raises(PeerError) as refusal:
        verify_statement(SIGNED, unknown)
    assert refusal.value.code is Code.REVOKED


def test_what_decides_in_a_case_must_be_signed_and_a_remark_need_not() -> None:
    assert must_be_stated([ReferenceSet("GH/9"), EVENT])
    assert must_be_stated([Acknowledged(MessageId(bytes(32)), "GH/9")])
    assert not must_be_stated([ReferenceSet("GH/9")])
    assert not must_be_stated([])
