"""Who is in a case, from what was said about it: the same at all who hold the same messages.

An office's circle is a chain: each change names the one before it, and of two that name the same one the
first at the relay counts. So a device that was shut out cannot let itself in again by what it says late. An
office that was not there from the beginning is what one party has proposed and all others have agreed to.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from rogatory_crypto.content.case_company import CircleSet, LiaisonAssigned, Standing, StandingProposed
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.identity import Registry, Role
from rogatory_crypto.identity.standing import Device
from rogatory_crypto.identity.statement import officer_told_apart
from rogatory_crypto.wire.identifier import DeviceId, EntryId


@dataclass(frozen=True, slots=True)
class Word:
    """Something said about who is in a case.

    Attributes:
        at_ms: when the relay accepted it; counts for the order.
        is_queued: whether it has not.
    """

    message_id: MessageId
    office: EntryId
    device_id: DeviceId
    at_ms: int
    event: CircleSet | StandingProposed | LiaisonAssigned
    is_queued: bool = False

    @property
    def order(self) -> tuple[bool, int, MessageId, bytes]:
        """Where it stands among others, those of its own message too, the same at every receiver."""
        return self.is_queued, self.at_ms, self.message_id, self.event.encode()


@dataclass(frozen=True, slots=True)
class Circle:
    """To which officers an office has limited a case; ``officers`` is empty where it is open to all.

    ``head`` is the message that set it, which the next change names; ``passed_over`` are those that do not
    count.
    """

    head: MessageId | None
    officers: tuple[str, ...]
    passed_over: tuple[MessageId, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a party has proposed about an office, and who of the parties has agreed to it."""

    word: Word
    said: StandingProposed
    agreed_by: frozenset[EntryId]
    missing: frozenset[EntryId]


@dataclass(frozen=True, slots=True)
class Standings:
    """What offices are in a case that were not there from the beginning, and what waits for an agreement."""

    held: Mapping[EntryId, Proposal]
    waiting: tuple[Proposal, ...]

    def of(self, office: EntryId) -> Standing | None:
        """Return what was agreed about an office; None where nothing was."""
        found = self.held.get(office)
        return None if found is None else found.said.standing


def circle_of(
    words: Iterable[Word], office: EntryId, registry: Registry, *, with_queued: bool = False
) -> Circle:
    """Return to whom an office has limited a case.

    Args:
        words: said in the case, in any order.
        office: whose circle.
        registry: whose device is whose.
        with_queued: whether what the relay has not accepted yet counts, too.
    """
    said = {
        word.message_id: (word, word.event)
        for word in sorted(words, key=lambda each: each.order, reverse=True)
        if isinstance(word.event, CircleSet) and word.office == office and (with_queued or not word.is_queued)
    }
    # The first of those that follow one comes last here, and is looked at first.
    after: dict[MessageId | None, list[tuple[Word, CircleSet]]] = {}
    for word, event in said.values():
        after.setdefault(event.follows, []).append((word, event))
    head: MessageId | None = None
    officers: tuple[str, ...] = ()
    counting: set[MessageId] = set()
    while True:
        following = (
            (word, event)
            for word, event in reversed(after.get(head, ()))
            if word.message_id not in counting and _may_set(word, event, officers, registry)
        )
        found = next(following, None)
        if found is None:
            passed_over = tuple(sorted(said.keys() - counting))
            return Circle(head, officers, passed_over)
        word, event = found
        head, officers = word.message_id, event.officers
        counting.add(head)


def _may_set(word: Word, event: CircleSet, officers: tuple[str, ...], registry: Registry) -> bool:
    """Who changes a circle is in it, before and after."""
    at = word.at_ms // 1000
    lists = [each for each in (officers, event.officers) if each]
    return all(word.device_id in seats_of(each, word.office, registry, at) for each in lists)


def seats_of(officers: Iterable[str], office: EntryId, registry: Registry, at: int) -> frozenset[DeviceId]:
    """Return the devices of the officers of a circle at a time (Unix seconds), in service or not.

    Who took over a device of theirs by a hand-over is one of them. Where none of them has a device in service
    any more, the head of the office steps in, or nobody there could name a successor.
    """
    named = frozenset(map(officer_told_apart, officers))
    own = {name: each for name, each in registry.devices.items() if each.entry.entry_id == office}
    found = {name for name, each in own.items() if each.entry.who in named}
    while heirs := {own[name].successor for name in found if own[name].successor in own} - found:
        found |= {each for each in heirs if each is not None}
    if not any(_serves(own[name], at) for name in found):
        found |= {name for name, each in own.items() if each.entry.role is Role.HEAD}
    return frozenset(found)


def _serves(device: Device, at: int) -> bool:
    is_revoked = device.revoked_at is not None and device.revoked_at <= at
    return not is_revoked and at < device.not_after


def standings_of(words: Iterable[Word], founders: frozenset[EntryId]) -> Standings:
    """Return what offices are in a case by agreement.

    Args:
        words: said in the case, in any order; what the relay has not accepted yet counts for nothing.
        founders: who is a party from the beginning: nobody proposes anything about them.
    """
    parties = set(founders)
    held: dict[EntryId, Proposal] = {}
    waiting: dict[MessageId, Proposal] = {}
    for word, said in _proposals(words):
        proposal = _proposal(word, said, parties, held, waiting)
        if proposal is None or said.office in founders:
            continue
        if proposal.missing:
            waiting[proposal.word.message_id] = proposal
            continue
        waiting.pop(proposal.word.message_id, None)
        held[said.office] = proposal
        parties.discard(said.office)
        if said.standing is Standing.PARTY:
            parties.add(said.office)
    return Standings(MappingProxyType(held), tuple(waiting.values()))


def _proposals(words: Iterable[Word]) -> Iterator[tuple[Word, StandingProposed]]:
    for word in sorted(words, key=lambda each: each.order):
        if isinstance(word.event, StandingProposed) and not word.is_queued:
            yield word, word.event


def _proposal(
    word: Word,
    said: StandingProposed,
    parties: set[EntryId],
    held: Mapping[EntryId, Proposal],
    waiting: Mapping[MessageId, Proposal],
) -> Proposal | None:
    """Return the proposal that a word makes or agrees to; None where it is not its office's to say."""
    if word.office not in parties or word.office == said.office:
        return None
    former = held.get(said.office)
    if (
        former is not None
        and former.word.office == word.office
        and former.said == replace(said, answers=None)
    ):
        return None  # said once more to who has come
    if said.answers is None:
        return Proposal(word, said, frozenset({word.office}), _to_ask(word, said, parties, held))
    asked = waiting.get(said.answers)
    if asked is None or (asked.said.office, asked.said.standing, asked.said.with_history) != (
        *(said.office, said.standing),
        said.with_history,
    ):
        return None
    return Proposal(asked.word, asked.said, asked.agreed_by | {word.office}, asked.missing - {word.office})


def _to_ask(
    word: Word, said: StandingProposed, parties: set[EntryId], held: Mapping[EntryId, Proposal]
) -> frozenset[EntryId]:
    """Return who else has to agree: nobody, where a guest goes, or a party goes by who brought it in."""
    former = held.get(said.office)
    if said.standing is Standing.OUT and former is not None:
        brought_in = former.word.office == word.office
        if former.said.standing is Standing.GUEST or brought_in:
            return frozenset()
    return frozenset(parties) - {word.office, said.office}


def states_of_liaisons(words: Iterable[Word]) -> Mapping[str, frozenset[str]]:
    """Return the States of each liaison, by officer as compared, as the office has said it last."""
    found: dict[str, frozenset[str]] = {}
    for word in sorted(words, key=lambda each: each.order):
        if isinstance(word.event, LiaisonAssigned):
            found[officer_told_apart(word.event.officer)] = frozenset(word.event.states)
    return MappingProxyType(found)
