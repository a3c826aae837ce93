"""Events of a case: what is sent comes back, and nothing else passes for an event."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor
from rogatory_crypto.content import events
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.events import (
    Acknowledged,
    CaseEvent,
    CaseOpened,
    DocumentRef,
    DocumentRole,
    Notice,
    ReferenceSet,
    RequestSubmitted,
    StatusChanged,
    Urgency,
)
from rogatory_crypto.content.history import (
    ArchivedRow,
    HistoryResealed,
    HistoryReturned,
    KeysAccepted,
    OfficeReference,
    OfficeReturned,
)
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import NullPart, SinglePart
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.urgent import CaseLinked, EscalationNotice, OralRequest, PresenceEnded
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.identifier import EntryId, GroupId

GHANA = EntryId("CNA-GH-01")
MESSAGE_ID = MessageId(b"\x01" + bytes(31))
LETTER = DocumentRef(1, DocumentRole.LETTER, bytes(32), "letter.pdf", 5_000, "application/pdf")
REQUEST = RequestSubmitted(
    request_type="bank_and_business_records",
    legal_basis="UNTOC 18(3)(f)",
    urgency=Urgency.PRIORITY,
    language="pt",
    reference="MLA/2026/0117",
    documents=(LETTER, replace(LETTER, part_index=2, role=DocumentRole.EVIDENCE)),
    carried_over=(MESSAGE_ID,),
)
SAMPLES: list[CaseEvent] = [
    CaseOpened(CaseKind.CONSULTATION, "Company register", "C-17", None),
    CaseOpened(CaseKind.NETWORK, "Notices", None, "WACAP"),
    REQUEST,
    replace(REQUEST, origin=bytes(16)),
    Acknowledged(MESSAGE_ID, "IN-2026-4"),
    ReferenceSet("IN-2026-4"),
    Notice("WACAP", "New contact hours", 2, None),
    StatusChanged("under_review"),
    HistoryResealed((ArchivedRow(b"sender", 1_700_000_000_000, b"content"),)),
    HistoryResealed(
        (ArchivedRow(b"sender", 1_700_000_000_000, b"content", (GHANA,)),),
        "Company register",
        (OfficeReference(GHANA, "GH/9"),),
    ),
    OfficeReturned(GHANA, CaseKind.REQUEST, with_history=True),
    HistoryReturned(
        CaseKind.CONSULTATION,
        "Company register",
        (OfficeReference(GHANA, "GH/9"),),
        (ArchivedRow(b"sender", 1_700_000_000_000, b"content"),),
    ),
    KeysAccepted(GHANA, bytes(32)),
    CarryOverProposed((MESSAGE_ID,), (GHANA,), "They answer the question."),
    CarryOverAnswered(MESSAGE_ID, (MESSAGE_ID,)),
    CarryOverAnswered(MESSAGE_ID, (), "They name a source."),
    StateSet("acknowledged", (MESSAGE_ID,)),
    StateSet(
        "refused",
        (MESSAGE_ID, MessageId(b"\x01" + bytes(30) + b"\x02")),
        reasons="The person was tried here.",
        items=("What is the date of the judgment?",),
        ground="ne_bis_in_idem",
        consultation=MESSAGE_ID,
        message=MESSAGE_ID,
        confidentiality="can_keep",
        due="2028-02-29",
    ),
    ProgressEnquiry(None),
    ProgressAnswer(MESSAGE_ID, "The bank has answered.", "2026-12-31"),
    DeadlineSet("hearing", "2026-12-31", GHANA, "UNTOC 18(24)"),
    DeadlineWithdrawn(MESSAGE_ID, ""),
    OralRequest(1_795_000_000, GHANA, "duty officer", EntryId("CNA-SN-01"), "", "Freeze the account."),
    EscalationNotice(GHANA, 1_795_000_000),
    PresenceEnded("2026-12-01", None, "the witness K."),
    PresenceEnded("2026-12-01", 30, ""),
    CaseLinked("extension", GroupId(bytes(32))),
    HandlingWished("fact_and_substance", "Until the arrest.", "The trial.", ("Not for tax matters.",)),
    SentDespite("The ship sails tonight.", ("G-c", "required:purpose")),
]


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_survives_encoding_and_its_part(event: CaseEvent) -> None:
    encoded = events.encode(event)
    assert events.decode(encoded) == event
    assert events.encode(events.decode(encoded)) == encoded
    assert events.read_event(events.event_part(event)) == event


@given(st.sampled_from(SAMPLES), st.data())
def test_a_changed_byte_is_another_event_or_a_peer_error(event: CaseEvent, data: st.DataObject) -> None:
    encoded = bytearray(events.encode(event))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        changed = events.decode(bytes(encoded))
    except PeerError:
        return
    assert events.encode(changed) == bytes(encoded)


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_an_event_or_a_peer_error(data: bytes) -> None:
    try:
        event = events.decode(data)
    except PeerError:
        return
    assert events.encode(event) == data


REFUSED: list[tuple[Any, Code]] = [
    ([], Code.MALFORMED),
    ({}, Code.MALFORMED),
    (["1"], Code.MALFORMED),
    ([True, "consultation", "s", None, None], Code.MALFORMED),
    ([99], Code.UNSUPPORTED),
    ([1, "party", "s", None, None], Code.UNSUPPORTED),
    ([1, "consultation", "", None, None], Code.MALFORMED),
    ([1, "consultation", "s" * 301, None, None], Code.TOO_LARGE),
    ([1, "consultation", "s", None], Code.MALFORMED),
    ([1, "consultation", "s", "", None], Code.MALFORMED),
    ([1, "consultation", "s", None, "WACAP"], Code.MALFORMED),
    ([1, "network", "s", None, None], Code.MALFORMED),
    ([2, "Bank", "UNTOC 18", "routine", "en", "r", [], [], [], None], Code.MALFORMED),
    ([2, "bank", "UNTOC 18", "soon", "en", "r", [], [], [], None], Code.UNSUPPORTED),
    ([2, "bank", "UNTOC 18", "routine", "english language", "r", [], [], [], None], Code.MALFORMED),
    ([2, "bank", "UNTOC 18", "routine", "en", "r", [[0]], [], [], None], Code.MALFORMED),
    ([2, "bank", "UNTOC 18", "routine", "en", "r", [], [bytes(31)], [], None], Code.MALFORMED),
    ([2, "bank", "UNTOC 18", "routine", "en", "r", [], [], [], bytes(15)], Code.MALFORMED),
    ([3, bytes(31), "r"], Code.MALFORMED),
    ([4, ""], Code.MALFORMED),
    ([5, "WACAP", "s", 0, None], Code.MALFORMED),
    ([5, "WACAP", "s", 1, -1], Code.MALFORMED),
    ([6, "Under review"], Code.MALFORMED),
    ([7, [[b"", 0, b"", []]], "", []], Code.MALFORMED),
    ([7, [[b"sender", 0, b""]], "", []], Code.MALFORMED),
    ([7, [], "", [["CNA-GH-01"]]], Code.MALFORMED),
    ([8, "CNA-GH-01", "network", True], Code.MALFORMED),
    ([8, "CNA-GH-01", "return", False], Code.MALFORMED),
    ([9, "office", "Records", [], []], Code.MALFORMED),
    ([9, "request", "Records", [["CNA-GH-01", ""]], []], Code.MALFORMED),
    ([10, "CNA-GH-01", bytes(31)], Code.MALFORMED),
    ([11, "Refused", [], "", [], None, None, None, None, None], Code.MALFORMED),
    ([11, "refused", [bytes(31)], "", [], None, None, None, None, None], Code.MALFORMED),
    ([11, "refused", [bytes(32)] * 65, "", [], None, None, None, None, None], Code.TOO_LARGE),
    ([11, "refused", [], "x" * 20_001, [], None, None, None, None, None], Code.TOO_LARGE),
    ([11, "refused", [], "", [""], None, None, None, None, None], Code.MALFORMED),
    ([11, "refused", [], "", ["x"] * 201, None, None, None, None, None], Code.TOO_LARGE),
    ([11, "refused", [], "", [], "", None, None, None, None], Code.MALFORMED),
    ([11, "refused", [], "", [], None, None, None, None, "2027-02-29"], Code.MALFORMED),
    ([11, "refused", [], "", [], None, None, None, None, "2027-2-28"], Code.MALFORMED),
    ([11, "refused", [], "", [], None, None, None, None], Code.MALFORMED),
    ([12, "tomorrow"], Code.MALFORMED),
    ([12, "9999-12-31"], Code.MALFORMED),
    ([12, "1969-12-31"], Code.MALFORMED),
    ([12, "\u0662\u0660\u0662\u0667-01-01"], Code.MALFORMED),
    ([13, bytes(32), "", None], Code.MALFORMED),
    ([14, "hearing", "2026-12-31", "", ""], Code.MALFORMED),
    ([14, "hearing", None, "CNA-GH-01", ""], Code.MALFORMED),
    ([15, bytes(31), ""], Code.MALFORMED),
]


@pytest.mark.parametrize(("plain", "code"), REFUSED)
def test_what_is_no_event_is_refused(plain: object, code: Code) -> None:
    with pytest.raises(PeerError) as refusal:
        events.decode(cbor.encode(plain))
    assert refusal.value.code is code


def test_an_event_does_not_decode_as_another_kind() -> None:
    with pytest.raises(PeerError):
        Acknowledged.decode(events.encode(ReferenceSet("r")))


def test_an_event_that_no_peer_would_accept_is_our_mistake() -> None:
    with pytest.raises(MisuseError):
        events.encode(ReferenceSet(""))


def test_a_larger_archive_needs_a_larger_limit() -> None:
    row = ArchivedRow(b"sender", 0, bytes(600_000))
    encoded = events.encode(HistoryResealed((row, row)))
    with pytest.raises(PeerError) as refusal:
        events.decode(encoded)
    assert refusal.value.code is Code.TOO_LARGE
    assert events.decode(encoded, limit=len(encoded)) == HistoryResealed((row, row))


def test_other_parts_carry_no_event() -> None:
    assert events.read_event(NullPart(1)) is None
    assert events.read_event(SinglePart(1, "", "text/plain;charset=utf-8", b"")) is None
    with pytest.raises(PeerError):
        events.read_event(SinglePart(1, "", events.MEDIA_TYPE, b""))


@pytest.mark.parametrize("language", ["fr", "zh-Hant", "pt-BR", "ar", "sr-Latn-RS"])
def test_language_tags_of_the_networks_are_carried(language: str) -> None:
    event = replace(REQUEST, language=language)
    assert events.decode(events.encode(event)) == event


def identifiers(text: str, section: str) -> list[str]:
    """The ids of one section of the catalogue, without reading all of its language."""
    body = re.split(rf"^{section}:$", text, maxsplit=1, flags=re.MULTILINE)[1]
    body = re.split(r"^\w", body, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^ +- id: (\w+)$", body, flags=re.MULTILINE)


def test_every_type_urgency_and_state_of_the_catalogue_can_be_said(shared: Path) -> None:
    text = (shared / "requests" / "request-types.yaml").read_text(encoding="utf-8")
    types, states = identifiers(text, "types"), identifiers(text, "lifecycle")
    assert len(types) > 30
    assert {"consultation", "sent", "acknowledged", "closed"} <= set(states)
    assert identifiers(text, "urgency_levels") == [urgency.value for urgency in Urgency]
    for name in types:
        events.encode(replace(REQUEST, request_type=name))
    for name in states:
        events.encode(StatusChanged(name))
        events.encode(StateSet(name, ()))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (CaseOpened(CaseKind.CONSULTATION, "", None, None), "subject: is empty"),
        (
            CaseOpened(CaseKind.CONSULTATION, "x" * 301, None, None),
            "subject: 301 characters where at most 300",
        ),
        (CaseOpened(CaseKind.CONSULTATION, "S", "", None), "reference: is empty"),
        (ReferenceSet("x" * 201), "own_reference: 201 characters"),
        (StatusChanged("Under review"), "status: 'Under review' is not an identifier"),
    ],
)
def test_what_nobody_would_accept_is_named_with_its_field(event: CaseEvent, said: str) -> None:
    with pytest.raises(MisuseError, match=said):
        events.encode(event)
