"""The register as it is shown: one row a request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which rows, each condition beside the others; None or empty where it makes no difference.

    Attributes:
        direction: ``incoming`` or ``outgoing``.
        states: words of the life cycle, one of which it is, with any of the offices asked.
        with_state: name, ISO code or entry of the other side; part of it is enough.
        types: identifiers of types, one of which it is.
        urgencies: one of which it is.
        overdue: whether something is.
        conflicts: whether an officer has to decide.
        since: Unix seconds; submitted then or later.
        caseworker: who works on it; empty for nobody, None for whoever.
        text: in a reference of either side, or in the subject.
        consultations: whether cases without a request are rows too.
        sort: ``age``, ``next``, ``state``, ``with``, ``type``, ``urgency`` or ``reference``;
            ``-`` before it turns it.
    """

    direction: str | None = None
    states: tuple[str, ...] = ()
    with_state: str | None = None
    types: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    overdue: bool = False
    conflicts: bool = False
    since: int | None = None
    caseworker: str | None = None
    text: str = ""
    consultations: bool = False
    sort: str = "-age"


@dataclass(frozen=True, slots=True)
class NextView:
    """What is due next.

    Attributes:
        at: Unix seconds.
        clocks: the same on the clock of each office in the case.
    """

    what: str
    at: int
    acts: str
    overdue: bool
    clocks: dict[str, str]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One request; of persons it tells nothing.

    Attributes:
        direction: ``incoming`` or ``outgoing``.
        others: entry ids of the other side.
        with_states: their States.
        own_reference, their_reference: None until somebody has given one.
        state: word of the life cycle; None in a conflict, or where the offices asked stand at different ones.
        lines: the state with each office asked, where there are several; empty in a conflict.
        age_days: since it was submitted.
        next: None where nothing is due.
        subject: None unless it was asked for, as it may name persons.
        caseworkers: nobody, one, or those named at once.
    """

    room_id: str
    kind: str
    direction: str
    others: tuple[str, ...]
    with_states: tuple[str, ...]
    own_reference: str | None
    their_reference: str | None
    subject: str | None
    request_type: str | None
    urgency: str | None
    state: str | None
    lines: dict[str, str]
    in_conflict: bool
    submitted_at: int | None
    age_days: int | None
    next: NextView | None
    caseworkers: tuple[str, ...]

    @property
    def stands_at(self) -> str:
        """The state; of several offices asked that stand at different ones, that with each."""
        if self.state is not None or not self.lines:
            return self.state or ""
        return "; ".join(f"{office}: {state or 'in conflict'}" for office, state in self.lines.items())


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A page of the register.

    Attributes:
        total: how many rows there are on all pages.
        page: from 1.
    """

    rows: tuple[RegisterRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class SavedView:
    """Filters under a name."""

    name: str
    filters: RegisterFilter


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """What was asked of or by a State, or of a type.

    Attributes:
        days_to_acknowledge, days_to_execute: medians; None where too few were.
        grounds: of refusals.
    """

    name: str
    incoming: int | None
    outgoing: int | None
    open: int | None
    overdue: int | None
    executed: int | None
    refused: int | None
    days_to_acknowledge: float | None
    days_to_execute: float | None
    grounds: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """Figures for the head of the office; numbers below ``hidden_below`` are None, but 0 is told."""

    by: str
    hidden_below: int
    rows: tuple[StatisticsRow, ...]
    total: StatisticsRow
