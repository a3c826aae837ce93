"""What the events of a message say, for who reads a bundle without our programs: a heading, and all words.

Words of the life cycle, ids of grounds and numbers of articles are the same in every language.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from rogatory_client.bundle.wording import Wording
from rogatory_client.casework.forms.articles import cited
from rogatory_client.casework.forms.catalogue import request_type, type_ids
from rogatory_client.casework.forms.shared_tables import refusal_grounds
from rogatory_client.validation_report.moments import moment
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.case_company import StandingProposed
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.events import Acknowledged, CaseEvent, CaseOpened, ReferenceSet, RequestSubmitted
from rogatory_crypto.content.history import OfficeReturned
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import Disposition, SinglePart, walk
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.urgent import CaseLinked, OralRequest, PresenceEnded

_TEXT_TYPES: Final = ("text/plain", "text/markdown")
_ID_CHARACTERS: Final = 12
_LATEST: Final = 253_402_300_799  # the end of the year 9999
_Said: TypeAlias = Mapping[str, str | Iterable[str] | None]


def told(read: ReadMessage) -> tuple[CaseEvent, ...]:
    """Return the events of a message that an index tells; what a room was opened with may be informal."""
    return tuple(each for each in read.said.events if not isinstance(each, CaseOpened))


def texts_of(read: ReadMessage) -> Iterator[str]:
    """Yield the lines of a message that are there for people to read."""
    for part in walk(read.message.content.nested_part):
        if (
            isinstance(part, SinglePart)
            and part.disposition == Disposition.RENDER
            and part.content_type.partition(";")[0] in _TEXT_TYPES
        ):
            yield from part.content.decode(errors="replace").splitlines()


def heading_of(event: CaseEvent, words: Wording) -> str:
    """Return what an event is, on one line."""
    match event:
        case RequestSubmitted(reference=reference, request_type=kind):
            return words.words["request"].format(reference=reference, type=_type_in_words(kind, words))
        case Acknowledged(own_reference=reference):
            return words.words["acknowledged"].format(reference=reference)
        case StateSet(state=state):
            return words.words["state"].format(state=state)
        case _:
            return words.events[_HEADINGS.get(type(event), "other")].format(**_places(event))


_HEADINGS: Final[Mapping[type[CaseEvent], str]] = {
    ProgressEnquiry: "progress_enquiry",
    ProgressAnswer: "progress_answer",
    DeadlineSet: "deadline",
    DeadlineWithdrawn: "deadline_withdrawn",
    HandlingWished: "handling",
    SentDespite: "despite",
    OralRequest: "oral",
    PresenceEnded: "presence_ended",
    CaseLinked: "linked",
    CarryOverProposed: "carry_proposed",
    CarryOverAnswered: "carry_answered",
    ReferenceSet: "reference",
    StandingProposed: "taking_part",
    OfficeReturned: "returned",
}


def _places(event: CaseEvent) -> dict[str, str | int]:
    """Return what is filled in."""
    match event:
        case DeadlineSet(acts=office) | StandingProposed(office=office) | OfficeReturned(office=office):
            return {"office": office}
        case OralRequest(caller=caller, called=called):
            return {"caller": caller, "called": called}
        case PresenceEnded(told_on=day):
            return {"day": day}
        case CarryOverProposed(messages=messages) | CarryOverAnswered(agreed=messages):
            return {"count": len(messages)}
        case ReferenceSet(own_reference=reference):
            return {"reference": reference}
        case _:
            return {}


def lines_of(event: CaseEvent, words: Wording) -> Iterator[str]:
    """Yield what an event is, then all that it says, each with its label."""
    yield heading_of(event, words)
    for label, said in _said(event).items():
        parts = said.splitlines() if isinstance(said, str) else tuple(said or ())
        lines = [part for part in parts if part.strip()]
        yield from (f"{words.labels[label]}: {lines[0]}", *lines[1:]) if lines else ()


def _said(event: CaseEvent) -> _Said:
    match event:
        case RequestSubmitted(legal_basis=basis, urgency=urgency):
            return {"legal_basis": basis, "urgency": urgency.value}
        case StateSet():
            return _said_of_state(event)
        case ProgressEnquiry(due=due):
            return {"due": due}
        case ProgressAnswer(progress=progress, expected=expected):
            return {"progress": progress, "expected": expected}
        case DeadlineSet(what=what, due=due, basis=basis):
            return {"what": what, "due": due, "basis": basis}
        case (
            DeadlineWithdrawn(reasons=reasons)
            | CarryOverProposed(reasons=reasons)
            | CarryOverAnswered(reasons=reasons)
        ):
            return {"reasons": reasons}
        case _:
            return _said_beside(event)


def _said_of_state(event: StateSet) -> _Said:
    return {
        "ground": _ground_in_words(event.ground),
        "reasons": event.reasons,
        "points": tuple(f"{number}. {each}" for number, each in enumerate(event.items, start=1)),
        "consultation": _named(event.consultation),
        "result": _named(event.message),
        "confidentiality": event.confidentiality,
        "due": event.due,
    }


def _said_beside(event: CaseEvent) -> _Said:
    """What stands beside a request, or of urgent work."""
    match event:
        case HandlingWished(confidentiality=kept, reason=reason, purpose=purpose, conditions=conditions):
            return {"confidentiality": kept, "reasons": reason, "purpose": purpose, "conditions": conditions}
        case SentDespite(reason=reason, rules=rules):
            return {"reasons": reason, "blocked": ", ".join(rules)}
        case OralRequest(memo=memo, made_at=at):
            return {"memo": memo, "at": moment(min(at, _LATEST))}
        case PresenceEnded(agreed_days=days, note=note):
            return {"days": None if days is None else str(days), "what": note}
        case CaseLinked(relation=relation, earlier=earlier):
            return {"earlier": f"{earlier.hex()[:_ID_CHARACTERS]} ({relation})"}
        case _:
            return {}


def _named(message: MessageId | None) -> str | None:
    return None if message is None else message.hex()[:_ID_CHARACTERS]


def _ground_in_words(ground: str | None) -> str | None:
    known = refusal_grounds().get(ground or "")
    return ground if known is None else f"{known.id} ({cited(known.basis, '')})"


def _type_in_words(kind: str, words: Wording) -> str:
    return request_type(kind).title[words.code] if kind in type_ids() else kind
