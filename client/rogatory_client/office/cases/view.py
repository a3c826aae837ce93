"""Where a case stands, as the office shows it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StepView:
    """What this side may set next, who may, what it needs; ``line`` is for whom where several are asked."""

    state: str
    functions: tuple[str, ...]
    needs: tuple[str, ...]
    is_for_this_officer: bool
    line: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of state.

    Attributes:
        state: as it was said, whether or not there is such a state.
        standing: ``valid``, ``not valid`` or ``waiting``; ``reason`` says why it is not valid.
        settles: whether it decided a conflict.
        details: what was said with it.
        confirmed: whether the relay has given it its time; before that it is judged by this device's clock.
    """

    message_id: str
    at_ms: int
    office: str
    officer: str
    side: str
    state: str
    standing: str
    reason: str
    settles: bool
    details: dict[str, str]
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What the requested side has told of its progress, asked or not."""

    message_id: str
    at_ms: int
    office: str
    progress: str
    expected: str | None


@dataclass(frozen=True, slots=True)
class EnquiryView:
    """An enquiry about progress, and by which day an answer was wished."""

    message_id: str
    at_ms: int
    office: str
    due: str | None
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An enquiry, an answer or a deadline that does not count, and why."""

    message_id: str
    at_ms: int
    office: str
    officer: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseStateView:
    """Where a case stands, with all that led to it.

    Attributes:
        side: of the own office: ``requesting`` or ``requested``.
        state: None in a conflict, or where nothing has begun.
        next_steps: of this side.
        conflict: the changes that cannot both be, until an officer decides for one.
        changes: all of them, in the order that all offices share.
        closed_by: the sides that have closed their files.
        lines: the state with each office asked, where there are several.
        wishes: what stands beside the request: confidentiality, use, and why it was sent although it blocks.
        notes: what was told of the progress unasked.
        to_confirm: how many oral requests wait to be confirmed in writing.
    """

    room_id: str
    side: str
    requesting: str | None
    state: str | None
    since_ms: int | None
    references: dict[str, str]
    closed_by: tuple[str, ...]
    next_steps: tuple[StepView, ...]
    conflict: tuple[ChangeView, ...]
    changes: tuple[ChangeView, ...]
    enquiries: tuple[EnquiryView, ...]
    attempts: tuple[AttemptView, ...]
    wishes: dict[str, str] = field(default_factory=dict)
    to_confirm: int = 0
    lines: dict[str, str] = field(default_factory=dict)
    notes: tuple[AnswerView, ...] = ()


@dataclass(frozen=True, slots=True)
class TermView:
    """How long something may take.

    Attributes:
        types: of request that it is for; none for all that have no term of their own.
        acts: the side whose it is.
        terms: as it usually is, by urgency.
        own: as this office has set it.
    """

    what: str
    types: tuple[str, ...]
    acts: str
    legal: str
    basis: str
    terms: dict[str, str]
    own: str | None


@dataclass(frozen=True, slots=True)
class DueView:
    """Something that is due.

    Attributes:
        at: Unix seconds; the last second in time, as the day ends at the office that acts.
        legal: ``convention``, ``treaty`` or ``configurable``: who fixes it.
        overdue: as of now; never stored.
        reminders: Unix seconds, those that have come and that nobody in the office that acts has answered.
        clocks: the same instant on each office's clock.
        message_id: that set it; None where a rule did.
    """

    room_id: str
    what: str
    at: int
    acts: str
    legal: str
    basis: str
    overdue: bool
    reminders: tuple[int, ...]
    clocks: dict[str, str]
    message_id: str | None
