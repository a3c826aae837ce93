"""Who may say what, role by role and room by room."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.content import non_delivery, resent, rights, status, unreadable_report
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
from rogatory_crypto.content.epoch_report import EpochReport, report_part
from rogatory_crypto.content.events import (
    MEDIA_TYPE,
    Acknowledged,
    CaseEvent,
    CaseOpened,
    Notice,
    ReferenceSet,
    RequestSubmitted,
    StatusChanged,
    Urgency,
    event_part,
)
from rogatory_crypto.content.history import HistoryResealed, HistoryReturned, KeysAccepted, OfficeReturned
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import (
    Disposition,
    ExternalPart,
    MultiPart,
    NestedPart,
    NullPart,
    PartSemantics,
    SinglePart,
)
from rogatory_crypto.content.office_work import (
    CaseAssigned,
    CaseNote,
    DeputySet,
    DraftId,
    DraftMoved,
    DraftPlace,
    DraftSaved,
)
from rogatory_crypto.content.outgoing_release import ReleaseAnswered, ReleaseAsked, ReleasePolicySet
from rogatory_crypto.content.receipts import MEDIA_TYPE as RECEIPT
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.retention import CaseHeld, HoldLifted, PurgeConfirmed, PurgeProposed
from rogatory_crypto.content.rights import RIGHTS, Saying, require_acknowledgement, require_right
from rogatory_crypto.content.split_report import MEDIA_TYPE as SPLIT
from rogatory_crypto.content.urgent import CaseLinked, EscalationNotice, OralRequest, PresenceEnded
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Role
from rogatory_crypto.identity.role import MAY_ACCEPT_PARTNER, MAY_RETURN_PARTNER
from rogatory_crypto.wire.identifier import EntryId, GroupId

_BY_ITSELF_TOO = (
    *(status.MEDIA_TYPE, RECEIPT, SPLIT),
    *(non_delivery.MEDIA_TYPE, unreadable_report.MEDIA_TYPE, resent.MEDIA_TYPE),
)
TEXT = SinglePart(Disposition.RENDER, "en", "text/markdown", b"Good morning.")
FILE = ExternalPart(
    Disposition.ATTACHMENT, "", "a/b", "u", 0, 1, 0xC0B2, b"", b"", b"", 1, bytes(32), "", "letter.pdf"
)
REQUEST = RequestSubmitted("banking_records", "UNTOC 18", Urgency.ROUTINE, "en", "SN/2", (), ())
CONSULTATION, FORMAL, NETWORK, OFFICE, RETURN = (
    CaseKind.CONSULTATION,
    CaseKind.REQUEST,
    CaseKind.NETWORK,
    CaseKind.OFFICE,
    CaseKind.RETURN,
)
HEAD, CASE_OFFICER, PROSECUTOR, DUTY_OFFICER, CLERK, ADMINISTRATOR, SECRETARIAT, LIAISON, OBSERVER = Role
ALL = frozenset(Role)
AT_HOME = ALL - {ADMINISTRATOR, LIAISON, OBSERVER}


def opened(kind: CaseKind) -> CaseOpened:
    return CaseOpened(kind, "Company records", None, "WACAP" if kind is NETWORK else None)


def may(role: Role, part: NestedPart, kind: CaseKind | None) -> bool:
    try:
        require_right(role, (part,), kind)
    except PeerError as error:
        return error.code is not Code.FORBIDDEN or f"role {role} may not" not in error.detail
    return True


EVENTS: list[tuple[CaseEvent, CaseKind, frozenset[Role]]] = [
    (opened(CONSULTATION), CONSULTATION, ALL - {ADMINISTRATOR, OBSERVER}),
    (opened(FORMAL), FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (opened(NETWORK), NETWORK, frozenset({HEAD, SECRETARIAT})),
    (opened(OFFICE), OFFICE, ALL - {CLERK, LIAISON, OBSERVER}),
    (REQUEST, FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (Acknowledged(MessageId(bytes(32)), "GH/9"), FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (StatusChanged("executed"), FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (ReferenceSet("GH/9"), CONSULTATION, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER, CLERK})),
    (Notice("WACAP", "Meeting", 1, None), NETWORK, frozenset({HEAD, SECRETARIAT})),
    (HistoryResealed(()), OFFICE, ALL - {CLERK, LIAISON, OBSERVER}),
    (opened(RETURN), RETURN, MAY_RETURN_PARTNER),
    (OfficeReturned(EntryId("CNA-GH-01"), FORMAL, with_history=True), FORMAL, MAY_RETURN_PARTNER),
    (HistoryReturned(CONSULTATION, "Records", (), ()), RETURN, MAY_RETURN_PARTNER),
    (KeysAccepted(EntryId("CNA-GH-01"), bytes(32)), OFFICE, MAY_ACCEPT_PARTNER),
    (
        CarryOverProposed((MessageId(bytes(32)),), (EntryId("CNA-GH-01"),)),
        CONSULTATION,
        frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER}),
    ),
    (
        CarryOverAnswered(MessageId(bytes(32)), ()),
        CONSULTATION,
        frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER}),
    ),
    (StateSet("executed", ()), FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (HandlingWished("substance"), FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (SentDespite("A reason."), FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (ProgressEnquiry(None), FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER, PROSECUTOR})),
    (
        ProgressAnswer(MessageId(bytes(32)), "Soon.", None),
        FORMAL,
        frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER}),
    ),
    (
        DeadlineSet("hearing", "2026-12-31", EntryId("CNA-GH-01"), ""),
        FORMAL,
        frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER}),
    ),
    (
        DeadlineWithdrawn(MessageId(bytes(32)), ""),
        FORMAL,
        frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER}),
    ),
    (
        OralRequest(0, EntryId("CNA-GH-01"), "", EntryId("CNA-SN-01"), "", "Freeze."),
        FORMAL,
        frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER}),
    ),
    (
        EscalationNotice(EntryId("CNA-GH-01"), 0),
        CONSULTATION,
        frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER}),
    ),
    (PresenceEnded("2026-12-01", None, ""), FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (CaseLinked("extension", GroupId(bytes(32))), FORMAL, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (CircleSet(("head",), None), FORMAL, MAY_RETURN_PARTNER),
    (CircleRoom(GroupId(bytes(32))), CaseKind.CIRCLE, ALL - {CLERK, LIAISON, OBSERVER}),
    (StandingProposed(EntryId("CNA-GH-01"), Standing.GUEST), FORMAL, MAY_RETURN_PARTNER),
    (LiaisonAssigned("liaison", ("GH",)), OFFICE, frozenset({HEAD})),
    (CaseNote(GroupId(bytes(32)), "A note."), OFFICE, AT_HOME),
    (CaseAssigned(GroupId(bytes(32)), "clerk", ()), OFFICE, AT_HOME),
    (DeputySet("clerk", None, "2026-12-01", "2026-12-02", ()), OFFICE, AT_HOME),
    (DraftSaved(DraftId(bytes(8)), "extradition", (), ()), OFFICE, AT_HOME),
    (DraftMoved(DraftId(bytes(8)), DraftPlace.AWAY, ()), OFFICE, AT_HOME),
    (ReleasePolicySet(two_persons=True, builds_on=()), OFFICE, frozenset({HEAD})),
    (
        ReleaseAsked(GroupId(bytes(32)), (), "Records", b"\x80"),
        OFFICE,
        frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER}),
    ),
    (
        ReleaseAnswered(MessageId(bytes(32)), bytes(32), released=True, reasons=""),
        OFFICE,
        frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER}),
    ),
    (CaseHeld(GroupId(bytes(32)), "Asked"), OFFICE, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (HoldLifted(GroupId(bytes(32)), (), "Over"), OFFICE, frozenset({HEAD})),
    (PurgeProposed(GroupId(bytes(32)), b"\x80"), OFFICE, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
    (PurgeConfirmed(GroupId(bytes(32)), b"\x80"), OFFICE, frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER})),
]
WRITERS: dict[CaseKind | None, frozenset[Role]] = {
    CONSULTATION: ALL - {ADMINISTRATOR, OBSERVER},
    FORMAL: frozenset({HEAD, CASE_OFFICER, DUTY_OFFICER, PROSECUTOR}),
    NETWORK: ALL - {CLERK, ADMINISTRATOR, OBSERVER},
    OFFICE: ALL - {LIAISON, OBSERVER},
    RETURN: MAY_RETURN_PARTNER,
    CaseKind.CIRCLE: ALL - {LIAISON, OBSERVER},
    None: ALL - {OBSERVER},
}


@pytest.mark.parametrize(("event", "kind", "roles"), EVENTS, ids=lambda each: type(each).__name__)
def test_an_event_is_said_by_these_roles_and_no_other(
    event: CaseEvent, kind: CaseKind, roles: frozenset[Role]
) -> None:
    assert {role for role in Role if may(role, event_part(event), kind)} == roles


@pytest.mark.parametrize("part", [TEXT, FILE, NullPart(Disposition.RENDER)], ids=["text", "file", "deletion"])
@pytest.mark.parametrize("kind", WRITERS)
def test_in_a_room_these_roles_write_and_no_other(part: NestedPart, kind: CaseKind | None) -> None:
    assert {role for role in Role if may(role, part, kind)} == WRITERS[kind]


@pytest.mark.parametrize("role", Role)
def test_every_device_reports_what_it_did_by_itself(role: Role) -> None:
    by_itself = (
        report_part(EpochReport(1, "forbidden")),
        *(SinglePart(Disposition.UNSPECIFIED, "", each, b"") for each in _BY_ITSELF_TOO),
    )
    for part, kind in product(by_itself, (None, *CaseKind)):
        assert may(role, part, kind)


def test_taking_in_hand_is_not_what_a_device_does_by_itself() -> None:
    for role in Role:
        if role in {HEAD, CASE_OFFICER, DUTY_OFFICER}:
            require_acknowledgement(role)
        else:
            with pytest.raises(PeerError, match="acknowledge a request"):
                require_acknowledgement(role)


def test_a_message_is_judged_by_all_of_its_parts() -> None:
    both = MultiPart(Disposition.RENDER, "", PartSemantics.PROCESS_ALL, (TEXT, event_part(REQUEST)))
    parts = (both, *both.parts)
    require_right(CASE_OFFICER, parts, FORMAL)
    with pytest.raises(PeerError, match="role prosecutor may not submit a formal request"):
        require_right(PROSECUTOR, parts, FORMAL)
    with pytest.raises(PeerError, match="role observer may not write in a formal request"):
        require_right(OBSERVER, parts, FORMAL)
    with pytest.raises(PeerError, match="role observer may not say anything"):
        require_right(OBSERVER, parts, None)


def test_an_event_that_cannot_be_read_is_no_text() -> None:
    with pytest.raises(PeerError) as caught:
        require_right(HEAD, (SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, b"\xff"),), FORMAL)
    assert caught.value.code is Code.MALFORMED


def test_the_table_has_every_role_and_uses_every_right() -> None:
    assert set(RIGHTS) == set(Role)
    others = frozenset().union(*(RIGHTS[role] for role in Role if role is not HEAD))
    assert frozenset(Saying) - others == {
        *(Saying.SET_POLICY, Saying.ASSIGN_LIAISON, Saying.LIFT_HOLD),  # for the head alone
    }
    assert RIGHTS[OBSERVER] == frozenset()
    assert RIGHTS[CASE_OFFICER] <= RIGHTS[HEAD]


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        rights.RIGHTS[OBSERVER] = frozenset(Saying)  # type: ignore[index]  # that is the point


@given(st.sampled_from(Role), st.sampled_from([None, *CaseKind]), st.text(min_size=1, max_size=30))
def test_no_invented_media_type_gives_a_right(role: Role, kind: CaseKind | None, media_type: str) -> None:
    """What a role may not write as text it may not write as anything."""
    if media_type.startswith("application/"):
        return
    part = SinglePart(Disposition.RENDER, "", media_type, b"x")
    assert may(role, part, kind) is (role in WRITERS[kind])
