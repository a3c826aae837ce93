"""Who may say what: one table of roles, kept by whoever receives, as a relay cannot be trusted with it.

The role stands in the device entry that the office has signed. What a device does by itself is nobody's word
and open to every role: receipts of delivery and opening, status, non-delivery, reports of lost devices and of
what cannot be opened, what is said once more, evidence against the log. What needs an office's secretariat or
membership is checked besides, not instead.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Never

from rogatory_crypto.content import (
    attestation,
    epoch_report,
    events,
    non_delivery,
    receipts,
    resent,
    split_report,
    statement,
    status,
    unreadable_report,
)
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.case_company import CircleRoom, CircleSet, LiaisonAssigned, StandingProposed
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
    Notice,
    ReferenceSet,
    RequestSubmitted,
    StatusChanged,
)
from rogatory_crypto.content.history import HistoryResealed, HistoryReturned, KeysAccepted, OfficeReturned
from rogatory_crypto.content.nested_part import MultiPart, NestedPart, SinglePart
from rogatory_crypto.content.office_work import CaseAssigned, CaseNote, DeputySet, DraftMoved, DraftSaved
from rogatory_crypto.content.outgoing_release import ReleaseAnswered, ReleaseAsked, ReleasePolicySet
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.retention import CaseHeld, HoldLifted, PurgeConfirmed, PurgeProposed
from rogatory_crypto.content.urgent import CaseLinked, EscalationNotice, OralRequest, PresenceEnded
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Role


class Saying(StrEnum):
    """What may be said, as a sentence goes on after ``may not``."""

    CONSULT = "open or write in a consultation"
    WRITE_FORMALLY = "write in a formal request"
    REQUEST = "submit a formal request"
    ACKNOWLEDGE = "acknowledge a request"
    DECIDE = "decide on a case"
    ENQUIRE = "ask how far a request is"
    CARRY_OVER = "agree to what a request carries over"
    FILE = "file a case under a reference"
    POST = "post a notice"
    DISCUSS = "write in a network's room"
    HAND_HISTORY = "hand the office's history to its devices"
    ACCEPT_KEYS = "accept another office's keys"
    RETURN_OFFICE = "let an office back into a case"
    WRITE_AT_HOME = "write in the office's own room"
    SHARE_WORK = "note, assign or draft for the office"
    SET_POLICY = "decide how the office releases requests"
    NOTE_CALL = "note an oral request"
    ESCALATE = "tell a secretariat that a request waits"
    CHOOSE_COMPANY = "say who is in a case"
    ASSIGN_LIAISON = "say which cases a liaison sees"
    HOLD_CASE = "put a case under legal hold"
    LIFT_HOLD = "lift a legal hold"
    PURGE = "have a case purged"


_CASE_OWNER: Final = frozenset(
    {Saying.ACCEPT_KEYS, Saying.RETURN_OFFICE, Saying.HAND_HISTORY, Saying.CHOOSE_COMPANY}
)
_INFORMAL: Final = frozenset({Saying.CONSULT, Saying.DISCUSS, Saying.WRITE_AT_HOME, Saying.SHARE_WORK})
_CASE_WORK: Final = frozenset(
    {
        *_INFORMAL,
        *_CASE_OWNER,
        Saying.WRITE_FORMALLY,
        Saying.REQUEST,
        Saying.ACKNOWLEDGE,
        Saying.DECIDE,
        Saying.ENQUIRE,
        Saying.CARRY_OVER,
        Saying.FILE,
        Saying.NOTE_CALL,
        Saying.ESCALATE,
        Saying.HOLD_CASE,
        Saying.PURGE,
    }
)

# An officer of a case does all its work, by day or on duty; the head all there is. A prosecutor answers for
# the facts, in a request too, and asks how far it is; a liaison speaks in consultations only: neither asks
# formally. A clerk drafts at home and keeps the references. Who administers devices has no part in cases, who
# runs a network none in requests. An observer reads. What was said in a case is handed back by who answers
# for cases; whose keys an office's are, whoever works here may have asked (``identity.role`` has the same two
# lists).
RIGHTS: Final[Mapping[Role, frozenset[Saying]]] = MappingProxyType(
    {
        Role.HEAD: frozenset(Saying),
        Role.CASE_OFFICER: _CASE_WORK,
        Role.DUTY_OFFICER: _CASE_WORK,
        Role.PROSECUTOR: _INFORMAL | _CASE_OWNER | {Saying.WRITE_FORMALLY, Saying.ENQUIRE},
        Role.LIAISON: frozenset({Saying.CONSULT, Saying.DISCUSS}),
        Role.CLERK: frozenset(
            {Saying.CONSULT, Saying.FILE, Saying.WRITE_AT_HOME, Saying.SHARE_WORK, Saying.ACCEPT_KEYS}
        ),
        Role.ADMINISTRATOR: frozenset({Saying.WRITE_AT_HOME, Saying.HAND_HISTORY, Saying.ACCEPT_KEYS}),
        Role.SECRETARIAT_OFFICER: _INFORMAL | {Saying.POST, Saying.HAND_HISTORY, Saying.ACCEPT_KEYS},
        Role.OBSERVER: frozenset(),
    }
)

# In a room whose opening has not come yet, whoever may write in one kind of case may write.
_WRITING: Final[Mapping[CaseKind | None, frozenset[Saying]]] = MappingProxyType(
    {
        None: frozenset({Saying.CONSULT, Saying.WRITE_FORMALLY, Saying.DISCUSS, Saying.WRITE_AT_HOME}),
        CaseKind.CONSULTATION: frozenset({Saying.CONSULT}),
        CaseKind.REQUEST: frozenset({Saying.WRITE_FORMALLY}),
        CaseKind.NETWORK: frozenset({Saying.DISCUSS}),
        CaseKind.OFFICE: frozenset({Saying.WRITE_AT_HOME}),
        CaseKind.RETURN: frozenset({Saying.RETURN_OFFICE}),
        CaseKind.CIRCLE: frozenset({Saying.WRITE_AT_HOME}),
    }
)
_OPENING: Final[Mapping[CaseKind, Saying]] = MappingProxyType(
    {
        CaseKind.CONSULTATION: Saying.CONSULT,
        CaseKind.REQUEST: Saying.REQUEST,
        CaseKind.NETWORK: Saying.POST,
        # Made by the device that has the office's key, before anything is said in it.
        CaseKind.OFFICE: Saying.HAND_HISTORY,
        CaseKind.RETURN: Saying.RETURN_OFFICE,
    }
)
_SAYINGS: Final[Mapping[type[CaseEvent], Saying]] = MappingProxyType(
    {
        RequestSubmitted: Saying.REQUEST,
        Acknowledged: Saying.ACKNOWLEDGE,
        ReferenceSet: Saying.FILE,
        Notice: Saying.POST,
        StatusChanged: Saying.DECIDE,
        HistoryResealed: Saying.HAND_HISTORY,
        OfficeReturned: Saying.RETURN_OFFICE,
        HistoryReturned: Saying.RETURN_OFFICE,
        KeysAccepted: Saying.ACCEPT_KEYS,
        StateSet: Saying.DECIDE,
        ProgressEnquiry: Saying.ENQUIRE,
        ProgressAnswer: Saying.DECIDE,
        DeadlineSet: Saying.DECIDE,
        DeadlineWithdrawn: Saying.DECIDE,
        CarryOverProposed: Saying.CARRY_OVER,
        CarryOverAnswered: Saying.CARRY_OVER,
        HandlingWished: Saying.REQUEST,
        SentDespite: Saying.REQUEST,
        OralRequest: Saying.NOTE_CALL,
        EscalationNotice: Saying.ESCALATE,
        PresenceEnded: Saying.DECIDE,
        CaseLinked: Saying.DECIDE,
        CaseNote: Saying.SHARE_WORK,
        CaseAssigned: Saying.SHARE_WORK,
        DeputySet: Saying.SHARE_WORK,
        DraftSaved: Saying.SHARE_WORK,
        DraftMoved: Saying.SHARE_WORK,
        ReleasePolicySet: Saying.SET_POLICY,
        ReleaseAsked: Saying.REQUEST,
        ReleaseAnswered: Saying.REQUEST,
        CircleSet: Saying.CHOOSE_COMPANY,
        CircleRoom: Saying.HAND_HISTORY,
        StandingProposed: Saying.CHOOSE_COMPANY,
        LiaisonAssigned: Saying.ASSIGN_LIAISON,
        CaseHeld: Saying.HOLD_CASE,
        HoldLifted: Saying.LIFT_HOLD,
        PurgeProposed: Saying.PURGE,
        PurgeConfirmed: Saying.PURGE,
    }
)
_BY_ITSELF: Final = frozenset(
    {
        attestation.MEDIA_TYPE,
        events.MEDIA_TYPE,
        receipts.MEDIA_TYPE,
        statement.MEDIA_TYPE,
        status.MEDIA_TYPE,
        epoch_report.MEDIA_TYPE,
        split_report.MEDIA_TYPE,
        non_delivery.MEDIA_TYPE,
        unreadable_report.MEDIA_TYPE,
        resent.MEDIA_TYPE,
    }
)


def require_right(role: Role, parts: Iterable[NestedPart], kind: CaseKind | None) -> None:
    """Return only if a role may say all of this.

    Args:
        role: as the sender's device entry has it.
        parts: the parts of the message, nested ones too.
        kind: of the room, once the message's own events have been followed; None where that is not known.

    Raises:
        PeerError: FORBIDDEN, naming the role and what it may not say; MALFORMED, TOO_LARGE or UNSUPPORTED
            for an event that cannot be read.
    """
    rights = RIGHTS[role]
    for part in parts:
        wanted = _wanted(part, kind)
        if wanted and not wanted & rights:
            _refuse(role, next(iter(wanted)) if len(wanted) == 1 else "say anything")


def require_acknowledgement(role: Role) -> None:
    """Return only if a role may sign that a request was taken in hand.

    Raises:
        PeerError: FORBIDDEN.
    """
    if Saying.ACKNOWLEDGE not in RIGHTS[role]:
        _refuse(role, Saying.ACKNOWLEDGE)


def _wanted(part: NestedPart, kind: CaseKind | None) -> frozenset[Saying]:
    """Return the rights of which one is needed: none for a container, or what a device says by itself."""
    if isinstance(part, MultiPart):
        return frozenset()
    event = events.read_event(part)
    if event is not None:
        return frozenset({_saying(event)})
    if isinstance(part, SinglePart) and part.content_type in _BY_ITSELF:
        return frozenset()
    return _WRITING[kind]


def _saying(event: CaseEvent) -> Saying:
    return _OPENING[event.kind] if isinstance(event, CaseOpened) else _SAYINGS[type(event)]


def _refuse(role: Role, what: str) -> Never:
    raise PeerError(Code.FORBIDDEN, f"a device of the role {role} may not {what}")
