"""One draft on several devices: revisions that name those they build upon, and the answers that count.

An answer takes the place of those that its officer had seen. What two officers answered at once stands side
by side: every device shows the same of them in the field, and both beside it, until somebody answers anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from types import MappingProxyType

from rogatory_client.casework.answers.value import Answers, Value
from rogatory_client.casework.drafts.draft import Draft, Saved


@dataclass(frozen=True, slots=True)
class Revision:
    """Answers saved together.

    Attributes:
        number: as this device counts them.
        name: the same at all devices; empty for what only this device has.
        upon: names of the revisions that its officer had seen last.
        after: numbers of those that this device had saved before and told nobody.
        officer: who saved it.
        at: when, Unix seconds.
    """

    number: int
    name: bytes = b""
    upon: tuple[bytes, ...] = ()
    after: tuple[int, ...] = ()
    officer: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A field that several officers have answered at once, each with the officer; the first is shown."""

    field: str
    answers: tuple[tuple[str, Value | None], ...]


@dataclass(frozen=True, slots=True)
class DraftNow:
    """A draft as it stands, and what has to be decided in it."""

    draft: Draft
    at_once: tuple[AtOnce, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """Which revisions were known to which, by number; a set of them is the bits of a whole number."""

    revisions: Mapping[int, Revision]
    known_to: Mapping[int, int] = field(repr=False)

    def newest(self, numbers: Iterable[int]) -> tuple[Revision, ...]:
        """Return those of some revisions that none of them has seen; the same order at all devices."""
        chosen, seen = tuple(dict.fromkeys(numbers)), 0
        for each in chosen:
            seen |= self.known_to[each]
        return tuple(sorted((self.revisions[each] for each in chosen if not seen >> each & 1), key=_order))


def _order(revision: Revision) -> tuple[bool, bytes, int]:
    # What only this device has comes last: the others would be shown something else.
    return not revision.name, revision.name, -revision.number


def graph_of(revisions: Iterable[Revision]) -> Graph:
    """Return which revisions were known to which; names that are not here are passed over."""
    by_number = {each.number: each for each in revisions}
    numbers = {each.name: each.number for each in by_number.values() if each.name}
    known: dict[int, int] = {}
    for number in by_number:
        _fill(number, by_number, numbers, known)
    return Graph(MappingProxyType(by_number), MappingProxyType(known))


def _fill(
    number: int, by_number: Mapping[int, Revision], numbers: Mapping[bytes, int], known: dict[int, int]
) -> None:
    """Walk to the beginning without recursion: a draft of years has more revisions than a stack has room."""
    waiting = [number]
    while waiting:
        now = waiting[-1]
        upon = [each for each in _upon(by_number[now], numbers) if each in by_number]
        missing = [each for each in upon if each not in known]
        if missing and now not in known:
            waiting += missing
            continue
        waiting.pop()
        if now not in known:
            known[now] = reduce(or_, (known[each] | 1 << each for each in upon), 0)


def _upon(revision: Revision, numbers: Mapping[bytes, int]) -> tuple[int, ...]:
    named = (numbers[name] for name in revision.upon if name in numbers)
    return tuple(dict.fromkeys((*named, *revision.after)))


def draft_now(saved: Sequence[Saved], graph: Graph, revision: int | None = None) -> DraftNow:
    """Return the draft that saved answers make.

    Args:
        saved: oldest first, as this device has them.
        graph: of their revisions.
        revision: as of which, as this device counts; the newest if not given.
    """
    by_field: dict[str, dict[int, Value | None]] = {}
    newest = 0
    for each in saved:
        if revision is None or each.revision <= revision:
            by_field.setdefault(each.field, {})[each.revision] = each.answer
            newest = max(newest, each.revision)
    answers: dict[str, Value] = {}
    at_once: list[AtOnce] = []
    for name, given in by_field.items():
        standing = graph.newest(given)
        shown = given[standing[0].number]
        if shown is not None:
            answers[name] = shown
        differing = tuple((each.officer, given[each.number]) for each in standing)
        if any(answer != shown for _, answer in differing):
            at_once.append(AtOnce(name, differing))
    return DraftNow(Draft(newest, answers), tuple(at_once))


def answers_of(saved: Sequence[Saved], graph: Graph) -> Answers:
    """Return the answers as they stand."""
    return draft_now(saved, graph).draft.answers
