"""What the offices of a case agree to carry over into a request, as the office shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CarryAnswerView:
    """An office's answer to a proposal; nothing is ``agreed`` where it refuses."""

    message_id: str
    at_ms: int
    office: str
    officer: str
    agreed: tuple[str, ...]
    reasons: str


@dataclass(frozen=True, slots=True)
class CarryProposalView:
    """A proposal: which messages, of whom agreement is asked, and what was answered."""

    message_id: str
    at_ms: int
    office: str
    officer: str
    messages: tuple[str, ...]
    asked: tuple[str, ...]
    reasons: str
    answers: tuple[CarryAnswerView, ...]
    waits_for_this_office: bool


@dataclass(frozen=True, slots=True)
class CarriedView:
    """A message of a case, and how it stands to the request.

    Attributes:
        about: its subject, or how its text begins.
        standing: ``formal`` where it was said in the request's case; else ``informal``, ``proposed``,
            ``refused``, ``agreed``, ``carried over``, or ``not carried over`` where a request names it
            although it was not agreed.
        reason: why it is not carried over.
        waiting_for: the offices that have neither agreed nor refused.
    """

    message_id: str
    at_ms: int
    office: str
    officer: str
    about: str
    standing: str
    reason: str
    waiting_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CarryOverView:
    """All of it; ``attempts`` are answers that do not count, with why."""

    room_id: str
    proposals: tuple[CarryProposalView, ...]
    messages: tuple[CarriedView, ...]
    attempts: tuple[tuple[str, str], ...]
