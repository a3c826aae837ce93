"""content.cddl describes what the encoders write (RFC 8610)."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pycddl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rogatory_crypto.content
from rogatory_crypto import cbor
from rogatory_crypto.content import attestation, events, receipts, statement
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.case_company import (
    CircleRoom,
    CircleSet,
    LiaisonAssigned,
    Standing,
    StandingProposed,
)
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.epoch_report import EpochReport
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
from rogatory_crypto.content.mimi import Expiration, MessageId, MimiContent
from rogatory_crypto.content.nested_part import (
    ExternalPart,
    MultiPart,
    NullPart,
    PartSemantics,
    SinglePart,
)
from rogatory_crypto.content.non_delivery import (
    MAX_WAIT_S,
    MIN_WAIT_S,
    NonDelivery,
    Reason,
    sign_non_delivery,
)
from rogatory_crypto.content.office_work import (
    DRAFT_ID_BYTES,
    CaseAssigned,
    CaseNote,
    DeputySet,
    DraftAnswer,
    DraftId,
    DraftMoved,
    DraftPlace,
    DraftSaved,
)
from rogatory_crypto.content.outgoing_release import ReleaseAnswered, ReleaseAsked, ReleasePolicySet
from rogatory_crypto.content.receipts import EvidenceEvent, Receipt
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.resent import MessageResent
from rogatory_crypto.content.retention import CaseHeld, HoldLifted, PurgeConfirmed, PurgeProposed
from rogatory_crypto.content.signed_body import sign_body
from rogatory_crypto.content.status import MessageStatus, StatusReport
from rogatory_crypto.content.unreadable_report import UnreadableReport, UnreadableRow
from rogatory_crypto.content.urgent import CaseLinked, EscalationNotice, OralRequest, PresenceEnded
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId, Sequence

SCHEMA = Path(rogatory_crypto.content.__file__).with_name("content.cddl").read_text(encoding="utf-8")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
HASHES = st.binary(min_size=32, max_size=32)
MESSAGE_IDS = HASHES.map(MessageId)
SMALL = st.integers(0, 255)


@cache
def schema(rule: str) -> Any:
    return pycddl.Schema(f"start = {rule}\n{SCHEMA}")


def validate(rule: str, encoded: bytes) -> None:
    schema(rule).validate_cbor(encoded)


OPENED = st.builds(
    CaseOpened, st.sampled_from([CaseKind.CONSULTATION, CaseKind.REQUEST]), TEXT, st.none() | TEXT, st.none()
)
DOCUMENTS = st.builds(DocumentRef, SMALL, st.sampled_from(DocumentRole), HASHES, TEXT, SMALL, TEXT)
REQUESTS = st.builds(
    RequestSubmitted,
    st.just("extradition"),
    TEXT,
    st.sampled_from(Urgency),
    st.just("fr"),
    TEXT,
    st.lists(DOCUMENTS, max_size=3).map(tuple),
    st.lists(MESSAGE_IDS, max_size=3).map(tuple),
    st.lists(TEXT.map(EntryId), max_size=2).map(tuple),
    st.none() | st.binary(min_size=16, max_size=16),
)
ROWS = st.builds(
    ArchivedRow,
    st.binary(min_size=1, max_size=9),
    st.integers(0, 1 << 41),
    st.binary(max_size=9),
    st.lists(TEXT.map(EntryId), max_size=2).map(tuple),
)
CASES = st.sampled_from([CaseKind.CONSULTATION, CaseKind.REQUEST])
EVERY_DAY = st.dates(date(1970, 1, 1), date(2999, 12, 31)).map(str)
DAYS = st.none() | EVERY_DAY
REFERENCES = st.builds(OfficeReference, TEXT.map(EntryId), TEXT)
GROUPS = HASHES.map(GroupId)
BUILT_UPON = st.lists(MESSAGE_IDS, max_size=3).map(tuple)
DRAFTS = st.binary(min_size=DRAFT_ID_BYTES, max_size=DRAFT_ID_BYTES).map(DraftId)
ANSWERS = st.builds(DraftAnswer, st.just("facts_summary"), st.none() | TEXT)
EVENTS: st.SearchStrategy[CaseEvent] = st.one_of(
    OPENED,
    REQUESTS,
    st.builds(Acknowledged, MESSAGE_IDS, TEXT),
    st.builds(ReferenceSet, TEXT),
    st.builds(Notice, TEXT, TEXT, st.integers(1, 9), st.none() | st.integers(0, 1 << 33)),
    st.just(StatusChanged("in_execution")),
    st.builds(
        HistoryResealed,
        st.lists(ROWS, max_size=3).map(tuple),
        TEXT,
        st.lists(REFERENCES, max_size=2).map(tuple),
    ),
    st.just(CaseOpened(CaseKind.NETWORK, "Notices", None, "SEA")),
    st.just(CaseOpened(CaseKind.RETURN, "Records", None, None)),
    st.builds(OfficeReturned, TEXT.map(EntryId), CASES, st.booleans()),
    st.builds(
        HistoryReturned,
        CASES,
        TEXT,
        st.lists(REFERENCES, max_size=2).map(tuple),
        st.lists(ROWS, max_size=2).map(tuple),
    ),
    st.builds(KeysAccepted, TEXT.map(EntryId), HASHES),
    st.builds(
        StateSet,
        st.just("refused"),
        st.lists(MESSAGE_IDS, max_size=3).map(tuple),
        st.just("") | TEXT,
        st.lists(TEXT, max_size=3).map(tuple),
        st.none() | st.just("essential_interests"),
        st.none() | MESSAGE_IDS,
        st.none() | MESSAGE_IDS,
        st.none() | st.just("cannot_keep"),
        DAYS,
    ),
    st.builds(ProgressEnquiry, DAYS),
    st.builds(ProgressAnswer, MESSAGE_IDS, TEXT, DAYS),
    st.builds(DeadlineSet, TEXT, EVERY_DAY, TEXT.map(EntryId), st.just("") | TEXT),
    st.builds(DeadlineWithdrawn, MESSAGE_IDS, st.just("") | TEXT),
    st.builds(
        OralRequest,
        st.integers(0, 1 << 33),
        TEXT.map(EntryId),
        st.just("") | TEXT,
        TEXT.map(EntryId),
        st.just("") | TEXT,
        TEXT,
    ),
    st.builds(EscalationNotice, TEXT.map(EntryId), st.integers(0, 1 << 33)),
    st.builds(PresenceEnded, EVERY_DAY, st.none() | st.integers(1, 3_650), st.just("") | TEXT),
    st.builds(
        CaseLinked,
        st.sampled_from(["extension", "follow_up"]),
        st.binary(min_size=16, max_size=64).map(GroupId),
    ),
    st.builds(CaseNote, GROUPS, TEXT),
    st.builds(CaseAssigned, GROUPS, st.none() | TEXT, BUILT_UPON, st.just("") | TEXT),
    st.builds(DeputySet, TEXT, st.none() | TEXT, EVERY_DAY, EVERY_DAY, BUILT_UPON),
    st.builds(
        DraftSaved, DRAFTS, st.just("extradition"), st.lists(ANSWERS, max_size=3).map(tuple), BUILT_UPON
    ),
    st.builds(DraftMoved, DRAFTS, st.sampled_from(DraftPlace), BUILT_UPON, st.none() | MESSAGE_IDS),
    st.builds(ReleasePolicySet, st.booleans(), BUILT_UPON),
    st.builds(
        ReleaseAsked,
        GROUPS,
        st.lists(TEXT.map(EntryId), max_size=2).map(tuple),
        st.just("") | TEXT,
        st.binary(min_size=1, max_size=9),
    ),
    st.builds(CaseHeld, GROUPS, TEXT),
    st.builds(HoldLifted, GROUPS, st.lists(MESSAGE_IDS, max_size=3).map(tuple), TEXT),
    st.builds(PurgeProposed, GROUPS, st.binary(min_size=1, max_size=9)),
    st.builds(PurgeConfirmed, GROUPS, st.binary(min_size=1, max_size=9)),
    st.builds(ReleaseAnswered, MESSAGE_IDS, HASHES, st.booleans(), st.just("") | TEXT),
    st.builds(
        CarryOverProposed,
        st.lists(MESSAGE_IDS, min_size=1, max_size=3).map(tuple),
        st.lists(TEXT.map(EntryId), min_size=1, max_size=2).map(tuple),
        st.just("") | TEXT,
    ),
    st.builds(
        CarryOverAnswered,
        MESSAGE_IDS,
        st.lists(MESSAGE_IDS, max_size=3).map(tuple),
        st.just("") | TEXT,
    ),
    st.builds(HandlingWished, st.just("substance"), TEXT, st.just("") | TEXT, st.tuples(TEXT)),
    st.builds(SentDespite, TEXT, st.tuples(TEXT, TEXT)),
    st.builds(CircleSet, st.lists(TEXT, max_size=3).map(tuple), st.none() | MESSAGE_IDS),
    st.builds(CircleRoom, HASHES.map(GroupId)),
    st.builds(
        StandingProposed,
        TEXT.map(EntryId),
        st.sampled_from(Standing),
        st.booleans(),
        st.none() | MESSAGE_IDS,
    ),
    st.builds(LiaisonAssigned, TEXT, st.lists(st.just("GH"), max_size=2).map(tuple)),
)


def rule_of(event: CaseEvent) -> str:
    """The rule is named like the class; the validator mistakes a choice between arrays that hold arrays."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(event).__name__).lower()


@given(EVENTS)
def test_every_event_is_described(event: CaseEvent) -> None:
    validate(rule_of(event), events.encode(event))
    assert events.decode(events.encode(event)) == event


SINGLE = st.builds(SinglePart, SMALL, TEXT, TEXT, st.binary(max_size=9))
EXTERNAL = st.builds(
    ExternalPart,
    *(SMALL, TEXT, TEXT, TEXT, st.integers(0, 1 << 31), st.integers(0, 1 << 63), st.just(0xC0B2)),
    *(HASHES, HASHES, HASHES, SMALL, HASHES, TEXT, TEXT),
)
LEAVES = st.builds(NullPart, SMALL, TEXT) | SINGLE | EXTERNAL
PARTS = LEAVES | st.builds(
    MultiPart,
    SMALL,
    TEXT,
    st.sampled_from(PartSemantics),
    st.lists(LEAVES, min_size=2, max_size=3).map(tuple),
)
CONTENTS = st.builds(
    MimiContent,
    salt=st.binary(min_size=16, max_size=16),
    nested_part=PARTS,
    replaces=st.none() | MESSAGE_IDS,
    topic_id=st.binary(max_size=9),
    expires=st.none() | st.builds(Expiration, st.booleans(), st.integers(0, 1 << 31)),
    in_reply_to=st.none() | MESSAGE_IDS,
    extensions=st.dictionaries(st.integers(3, 99) | TEXT, SMALL, max_size=3),
)


@given(CONTENTS)
def test_every_message_is_described(content: MimiContent) -> None:
    validate("mimi-content", content.encode())


def test_every_example_of_the_draft_is_described(shared: Path) -> None:
    examples = sorted((shared / "vectors" / "mimi").glob("[!i]*.cbor"))
    assert len(examples) == 14
    for example in examples:
        validate("mimi-content", example.read_bytes())


@given(st.lists(st.tuples(MESSAGE_IDS, st.sampled_from(MessageStatus)), max_size=4).map(tuple))
def test_every_status_report_is_described(statuses: tuple[tuple[MessageId, MessageStatus], ...]) -> None:
    validate("status-report", StatusReport(statuses).encode())


@given(st.sampled_from(EvidenceEvent), MESSAGE_IDS, TEXT)
def test_every_receipt_is_described(event: EvidenceEvent, message_id: MessageId, officer: str) -> None:
    receipt = Receipt(
        event,
        GroupId(bytes(16)),
        message_id,
        bytes(32),
        1,
        EntryId("CNA-SN-01"),
        officer,
        DeviceId(bytes(16)),
    )
    if event is EvidenceEvent.CONTENT_ACKNOWLEDGEMENT:
        receipt = replace(receipt, own_reference=officer)
    validate("receipt", receipt.encode())
    validate("signed-receipt", receipts.sign_receipt(receipt, bytes(32)))


@pytest.mark.parametrize(
    ("rule", "plain"),
    [
        ("mimi-content", [bytes(15), None, b"", None, None, {}, [1, "", 0]]),
        ("multi-part", [1, "", 3, 3, [[1, "", 0], [1, "", 0]]]),
        ("mimi-content", [bytes(16), None, b"", None, None, {}, [1, "", 1, "text/plain"]]),
        ("status-report", [[bytes(32), 7]]),
        ("case-opened", [1, "party", "subject", None, None]),
        ("case-opened", [1, "request", "subject", None]),
        ("status-changed", [8, "sent"]),
        ("receipt", ["ContentLost", bytes(16), bytes(32), bytes(32), 1, "a", "b", bytes(16), None]),
        ("signed-receipt", [b"", bytes(63)]),
    ],
)
def test_the_schema_refuses_what_the_decoders_refuse(rule: str, plain: object) -> None:
    with pytest.raises(pycddl.ValidationError):
        validate(rule, cbor.encode(plain))


@given(SMALL, TEXT)
def test_a_report_of_a_lost_device_is_described(epoch: int, code: str) -> None:
    validate("epoch-report", EpochReport(epoch, code).encode())


@given(MESSAGE_IDS, st.integers(0, 1 << 40), st.integers(MIN_WAIT_S, MAX_WAIT_S), TEXT)
def test_non_delivery_is_described(message_id: MessageId, at: int, waited_s: int, officer: str) -> None:
    stated = NonDelivery(
        EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE,
        Reason.DELIVERY_TIME_OUT,
        GroupId(bytes(16)),
        message_id,
        bytes(32),
        at,
        waited_s,
        at + waited_s,
        EntryId("CNA-GH-01"),
        EntryId("CNA-SN-01"),
        officer,
        DeviceId(bytes(16)),
    )
    validate("non-delivery", stated.encode())
    validate("signed-non-delivery", sign_non_delivery(stated, bytes(32)))


@given(st.lists(st.builds(UnreadableRow, SMALL.map(Sequence), TEXT), max_size=3).map(tuple), st.booleans())
def test_a_report_of_what_cannot_be_opened_is_described(
    rows: tuple[UnreadableRow, ...], again: object
) -> None:
    validate("unreadable-report", UnreadableReport(rows, again=bool(again)).encode())


@given(SMALL, HASHES, st.binary(max_size=9))
def test_a_message_said_again_is_described(sequence: int, sender: bytes, content: bytes) -> None:
    validate("message-resent", MessageResent(Sequence(sequence), sender, content).encode())


@given(HASHES, st.integers(0, 1 << 40), TEXT)
def test_every_statement_is_described(content_sha256: bytes, at: int, officer: str) -> None:
    said = statement.Statement(
        content_sha256, GroupId(bytes(32)), at, EntryId("CNA-SN-01"), officer, DeviceId(bytes(16))
    )
    validate("statement", said.encode())
    validate("signed-statement", sign_body(statement.LABEL, said, bytes(32)))


@given(MESSAGE_IDS, HASHES, st.integers(0, 1 << 33), TEXT)
def test_every_attestation_is_described(name: MessageId, content: bytes, at: int, officer: str) -> None:
    signed = attestation.Attestation(
        name, content, GroupId(bytes(32)), at, EntryId("CNA-GH-01"), officer, DeviceId(bytes(16))
    )
    validate("attestation", signed.encode())
    validate("signed-attestation", attestation.sign_attestation(signed, bytes(32)))
