"""What a message says about its case, as lines of it; whether that counts the timeline tells."""

from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite


def progress_details(
    event: StateSet | ProgressEnquiry | ProgressAnswer | DeadlineSet | DeadlineWithdrawn,
) -> dict[str, str]:
    """Return the words of such an event by what they are; nothing for what it leaves open."""
    return {name: text for name, text in _said(event).items() if text}


def _said(
    event: StateSet | ProgressEnquiry | ProgressAnswer | DeadlineSet | DeadlineWithdrawn,
) -> dict[str, str | None]:
    match event:
        case StateSet():
            return {
                "sets_state": event.state,
                "reasons": event.reasons,
                "points": "\n".join(numbered(event.items)),
                "ground": event.ground,
                "consultation": None if event.consultation is None else event.consultation.hex(),
                "result_or_answer": None if event.message is None else event.message.hex(),
                "confidentiality": event.confidentiality,
                "due": event.due,
            }
        case ProgressEnquiry():
            return {"asks": "how far the request is", "due": event.due}
        case ProgressAnswer():
            return {"answers": event.enquiry.hex(), "progress": event.progress, "expected": event.expected}
        case DeadlineSet():
            return {"deadline": event.what, "due": event.due, "acts": event.acts, "basis": event.basis}
        case DeadlineWithdrawn():
            return {"withdraws_deadline": event.deadline.hex(), "reasons": event.reasons}


def wish_details(event: HandlingWished | SentDespite) -> dict[str, str]:
    """Return the words of what stands beside a request; nothing for what it leaves open."""
    return {name: text for name, text in _wished(event).items() if text}


def _wished(event: HandlingWished | SentDespite) -> dict[str, str]:
    match event:
        case HandlingWished():
            return {
                "confidentiality_asked": event.confidentiality if event.asks_confidentiality else "",
                "confidentiality_reason": event.reason,
                "used_only_for": event.purpose,
                "conditions_of_use": "\n".join(numbered(event.conditions)),
            }
        case SentDespite():
            return {"sent_although_it_blocks": event.reason, "what_blocked": ", ".join(event.rules)}


def numbered(items: tuple[str, ...]) -> tuple[str, ...]:
    """Return points with their numbers, from 1."""
    return tuple(f"{number}. {item}" for number, item in enumerate(items, start=1))
