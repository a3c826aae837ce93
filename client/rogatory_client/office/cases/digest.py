"""What the register tells of a case, computed from what was said in it, and as it is written.

What depends on the time that is asked about (a sending that has failed, what is overdue) is computed when it
is asked. ``digesting`` remembers digests until what they were made from changes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rogatory_client.casework.deadlines.due import Due, OfficeCalendar, has_passed
from rogatory_client.casework.deadlines.of_case import acted_at, deadlines_of
from rogatory_client.casework.deadlines.rules import Legal
from rogatory_crypto.casework import Judged, Side, Standing, State, Timeline
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class NextDue:
    """What is due.

    Attributes:
        what, at, acts: what, when in Unix seconds, and who has to act.
        acted_at: when that office last did something.
        legal, basis: whether and by what it binds.
        reminders: Unix seconds, oldest first.
        set_by: the message that set it, None where a rule did.
        begun: from when its term runs, Unix seconds; None where that is not known.
    """

    what: str
    at: int
    acts: str
    acted_at: int | None
    legal: str
    basis: str
    reminders: tuple[int, ...]
    set_by: str | None
    begun: int | None

    def as_due(self) -> Due:
        """Return it as it was computed."""
        set_by = None if self.set_by is None else MessageId(bytes.fromhex(self.set_by))
        acts, legal = EntryId(self.acts), Legal(self.legal)
        return Due(self.what, self.at, acts, legal, self.basis, self.reminders, set_by, self.begun)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a case stands.

    Attributes:
        state: None in a conflict, or where the offices asked stand at different ones.
        closed_ms: when the own side last closed its file, if that counts.
        dues: what is due, soonest first.
        lines: of several offices asked each with its state, as who asks them sees it.
    """

    state: str | None
    closed_ms: int | None
    dues: tuple[NextDue, ...]
    lines: tuple[tuple[str, str | None], ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """Return all states in which it stands, each once."""
        found = [state for _, state in self.lines] or [self.state]
        return tuple(dict.fromkeys(state for state in found if state is not None))


@dataclass(frozen=True, slots=True)
class Failing:
    """Where a case stands once somebody has not received it by ``after``, Unix seconds."""

    after: int
    stand: Stand


@dataclass(frozen=True, slots=True)
class Digest:
    """What the register tells of a case.

    Attributes:
        side: the own one.
        reference: the own office's.
        stand: where it stands.
        failing: where it stands once receipts have not come, soonest first.
        in_conflict: whether an officer has to decide.
        submitted_ms, acknowledged_ms, executed_ms: when that was first said.
        ground: of a refusal that stands.
        enquiries: how many have no answer.
    """

    requesting: str | None
    side: str
    reference: str | None
    stand: Stand
    failing: tuple[Failing, ...]
    since_ms: int | None
    in_conflict: bool
    request_type: str | None
    legal_basis: str | None
    urgency: str | None
    submitted_ms: int | None
    acknowledged_ms: int | None
    executed_ms: int | None
    ground: str | None
    enquiries: int

    def stand_at(self, now: int) -> Stand:
        """Return where the case stands at an instant, Unix seconds."""
        failed = [each.stand for each in self.failing if now > each.after]
        stand = failed[-1] if failed else self.stand
        if stand.state != State.CLOSED:
            return stand
        left = tuple(due for due in stand.dues if not has_passed(due.at, now, is_closed=True))
        return replace(stand, dues=left)


@dataclass(frozen=True, slots=True)
class Moment:
    """A case at an instant: its timeline, and those of the cases that go on from it, each with how."""

    timeline: Timeline
    later: Sequence[tuple[str, Timeline]] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """By what terms are counted: the offices in a case, their calendars, and the terms of the own office."""

    offices: Sequence[EntryId]
    calendars: Mapping[EntryId, OfficeCalendar]
    terms: Mapping[str, str]


def digest_of(
    now: Moment,
    failing: Mapping[int, Moment],
    counted: Counted,
    own: EntryId,
) -> Digest:
    """Return the digest of a case.

    Args:
        now: before anything could have failed.
        failing: as it is after each instant at which a receipt is awaited no more, soonest first.
        counted: by what its terms are counted.
        own: the office whose side it is seen from.
    """
    timeline = now.timeline
    request, valid = timeline.request, timeline.with_standing(Standing.VALID)
    return Digest(
        requesting=timeline.requesting,
        side=timeline.side_of(own).value,
        reference=timeline.references.get(own),
        stand=_stand(now, counted, own),
        failing=tuple(Failing(after, _stand(each, counted, own)) for after, each in failing.items()),
        since_ms=timeline.since_ms,
        in_conflict=timeline.conflict is not None,
        request_type=None if request is None else request.request_type,
        legal_basis=None if request is None else request.legal_basis,
        urgency=None if request is None else request.urgency.value,
        submitted_ms=_first(valid, State.SENT),
        acknowledged_ms=_first(valid, State.ACKNOWLEDGED),
        executed_ms=_first(valid, State.EXECUTED),
        ground=_ground(valid, timeline),
        enquiries=len(timeline.enquiries_for(own)),
    )


def closed_at(timeline: Timeline, side: Side) -> int | None:
    """Return when a side last closed its file of a case that it holds closed, Unix milliseconds."""
    if side not in timeline.closed_by:
        return None
    valid = timeline.with_standing(Standing.VALID)
    closed = (each for each in valid if each.said.state == State.CLOSED and each.side is side)
    return max((each.entry.at_ms for each in closed), default=None)


def _stand(moment: Moment, counted: Counted, own: EntryId) -> Stand:
    timeline = moment.timeline
    dues = deadlines_of(timeline, counted.offices, counted.calendars, counted.terms, moment.later)
    return Stand(
        None if timeline.state is None else timeline.state.value,
        closed_at(timeline, timeline.side_of(own)),
        tuple(_next_due(due, timeline) for due in dues),
        () if own in timeline.lines else tuple(_states_of(timeline)),
    )


def _states_of(timeline: Timeline) -> Iterator[tuple[str, str | None]]:
    for office, line in sorted(timeline.lines.items()):
        yield office, None if line.state is None else line.state.value


def _next_due(due: Due, timeline: Timeline) -> NextDue:
    return NextDue(
        what=due.what,
        at=due.at,
        acts=due.acts,
        acted_at=acted_at(timeline, due.acts),
        legal=due.legal.value,
        basis=due.basis,
        reminders=due.reminders,
        set_by=None if due.set_by is None else due.set_by.hex(),
        begun=due.begun,
    )


def _first(valid: Sequence[Judged], state: State) -> int | None:
    return min((each.entry.at_ms for each in valid if each.state is state), default=None)


def _ground(valid: Sequence[Judged], timeline: Timeline) -> str | None:
    """Return on what the case was refused, if that stands or was only closed since."""
    if timeline.state not in {State.REFUSED, State.CLOSED}:
        return None
    return next((each.said.ground for each in reversed(valid) if each.state is State.REFUSED), None)


def write_digest(digest: Digest) -> str:
    """Return a digest as JSON: lists in the order of the fields, as thousands are read at a time."""
    return json.dumps(_plain(digest), separators=(",", ":"))


def _plain(value: object) -> object:
    match value:
        case Digest() | Stand() | Failing() | NextDue():
            return [_plain(getattr(value, name)) for name in value.__slots__]
        case tuple():
            return list(map(_plain, value))
        case _:
            return value


def read_digests(stored: Iterable[str]) -> list[Digest]:
    """Return digests as they were written, in their order."""
    # One text is read in half the time of its parts.
    return list(map(_read_digest, json.loads(f"[{','.join(stored)}]")))


def _read_digest(plain: list[Any]) -> Digest:
    requesting, side, reference, stand, failing, *rest = plain
    failed = tuple(Failing(after, _read_stand(each)) for after, each in failing)
    return Digest(requesting, side, reference, _read_stand(stand), failed, *rest)


def _read_stand(plain: list[Any]) -> Stand:
    state, closed_ms, dues, lines = plain
    stood = tuple((office, each) for office, each in lines)
    return Stand(state, closed_ms, tuple(map(_read_due, dues)), stood)


def _read_due(plain: list[Any]) -> NextDue:
    what, at, acts, acted, legal, basis, reminders, set_by, begun = plain
    return NextDue(what, at, acts, acted, legal, basis, tuple(reminders), set_by, begun)
