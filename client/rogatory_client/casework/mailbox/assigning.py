"""The office's mailbox: who works on what and who stands in, read from all that its officers said of it.

Each word names those that it takes the place of. What no other word takes the place of counts: one, or
several that officers said at once, and these are all shown until somebody decides. No order of arrival and no
clock has a part in it, so all devices of the office see the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.office_work import MAX_BUILT_UPON, CaseAssigned, DeputySet
from rogatory_crypto.content.outgoing_release import ReleasePolicySet
from rogatory_crypto.identity import Role

Event_co = TypeVar("Event_co", covariant=True)
_Replacing = TypeVar("_Replacing", CaseAssigned, DeputySet, ReleasePolicySet)


@dataclass(frozen=True, slots=True)
class Said(Generic[Event_co]):
    """A word of the office's own room, with who said it.

    Attributes:
        officer: the function of who said it.
        role: of the device.
        at_ms: when the relay took it in; when it was said, where that has not happened.
    """

    message_id: MessageId
    officer: str
    role: Role
    at_ms: int
    event: Event_co


@dataclass(frozen=True, slots=True)
class Refused(Generic[Event_co]):
    """A word that does not count, and why."""

    said: Said[Event_co]
    reason: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who works on a case.

    Attributes:
        officers: nobody, one, or those whom officers named at once.
        heads: what the next assignment takes the place of.
        counting: the words that count, oldest first.
        refused: what does not count.
    """

    officers: tuple[str, ...] = ()
    heads: tuple[MessageId, ...] = ()
    counting: tuple[Said[CaseAssigned], ...] = ()
    refused: tuple[Refused[CaseAssigned], ...] = ()

    @property
    def in_conflict(self) -> bool:
        """Whether officers said at once what cannot both be."""
        return len({each.event.officer for each in self.counting}) > 1


@dataclass(frozen=True, slots=True)
class Deputies:
    """Who stands in for an officer: arrangements that count, and what does not."""

    counting: tuple[Said[DeputySet], ...] = ()
    refused: tuple[Refused[DeputySet], ...] = ()

    @property
    def heads(self) -> tuple[MessageId, ...]:
        """What the next arrangement takes the place of."""
        return _named(self.counting)

    def on(self, day: str) -> tuple[str, ...]:
        """Return who stands in on a day, ``YYYY-MM-DD``."""
        arranged = (each.event for each in self.counting if each.event.first <= day <= each.event.last)
        return tuple(sorted({each.deputy for each in arranged if each.deputy is not None}))


NOBODY: Final = Assignment()


def assignment_of(
    said: Iterable[Said[CaseAssigned]], refusal: Callable[[str], str | None] = lambda _: None
) -> Assignment:
    """Return who works on a case.

    Args:
        said: all that was said of it, in any order.
        refusal: why an officer may not work on it, or None where he may.
    """
    sound: list[Said[CaseAssigned]] = []
    refused: list[Refused[CaseAssigned]] = []
    for each in said:
        reason = None if each.event.officer is None else refusal(each.event.officer)
        if reason is None:
            sound.append(each)
        else:
            refused.append(Refused(each, reason))
    counting = in_force(sound)
    officers = sorted({each.event.officer for each in counting if each.event.officer is not None})
    return Assignment(tuple(officers), _named(counting), counting, tuple(refused))


def deputies_of(said: Iterable[Said[DeputySet]]) -> Deputies:
    """Return who stands in for one officer; the officer says so, or the head does."""
    judged = [(each, _against(each)) for each in said]
    sound = (each for each, reason in judged if reason is None)
    refused = tuple(Refused(each, reason) for each, reason in judged if reason is not None)
    return Deputies(in_force(sound), refused)


def _against(said: Said[DeputySet]) -> str | None:
    event = said.event
    if said.role is not Role.HEAD and said.officer != event.officer:
        return "only the officer and the head of the office say who stands in"
    if event.deputy == event.officer:
        return "nobody stands in for himself"
    if event.last < event.first:
        return "the last day is before the first"
    return None


def two_persons_wanted(said: Sequence[Said[ReleasePolicySet]]) -> bool:
    """Return whether a second officer releases requests; where heads said both at once, one does."""
    return any(each.event.two_persons for each in in_force(said))


def in_force(said: Iterable[Said[_Replacing]]) -> tuple[Said[_Replacing], ...]:
    """Return the words that no other one takes the place of, oldest first."""
    every = {each.message_id: each for each in said}
    replaced = {named for each in every.values() for named in each.event.builds_on}
    counting = (each for name, each in every.items() if name not in replaced)
    return tuple(sorted(counting, key=lambda each: (each.at_ms, each.message_id)))


def in_place_of(standing_in: Mapping[str, Sequence[str]], officer: str) -> frozenset[str]:
    """Return the officers whose work an officer sees besides the own.

    Args:
        standing_in: who stands in for each officer today.
        officer: whose mailbox it is.
    """
    return frozenset(absent for absent, deputies in standing_in.items() if officer in deputies)


def _named(counting: Sequence[Said[object]]) -> tuple[MessageId, ...]:
    return tuple(each.message_id for each in counting)[:MAX_BUILT_UPON]
