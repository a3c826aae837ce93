"""What a message of urgent work says, as lines of it; whether that counts the timeline tells."""

from datetime import UTC, datetime

from rogatory_crypto.content.events import CaseEvent
from rogatory_crypto.content.urgent import CaseLinked, EscalationNotice, OralRequest, PresenceEnded


def urgent_details(event: CaseEvent) -> dict[str, str]:
    """Return the words of such an event by what they are; nothing for what it leaves open, or for another."""
    match event:
        case OralRequest():
            said = {
                "oral_request": event.memo,
                "called_at": _moment(event.made_at),
                "caller": f"{event.caller} {event.caller_function}".strip(),
                "called": f"{event.called} {event.called_function}".strip(),
            }
        case EscalationNotice():
            said = {"urgent_request_to": event.requested, "waits_since": _moment(event.waiting_since)}
        case PresenceEnded():
            days = "" if event.agreed_days is None else str(event.agreed_days)
            said = {"presence_ended": event.told_on, "agreed_days": days, "whom": event.note}
        case CaseLinked():
            said = {"goes_on_as": event.relation, "earlier_case": event.earlier.hex()}
        case _:
            said = {}
    return {name: text for name, text in said.items() if text}


def _moment(at: int) -> str:
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, ValueError, OSError):
        return str(at)
