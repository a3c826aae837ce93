"""Which informal messages a request carries over: proposed, agreed by every office, signed for, and named.

Whether a message is carried over hangs on the messages that name it and never on the order they came in: an
agreement that comes after the request counts like one from before, and none can be taken back, as no
signature can. So all who hold the same messages see the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rogatory_crypto.casework.change import in_order
from rogatory_crypto.casework.progress import Attempt
from rogatory_crypto.casework.record import Entry
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId


class Carriage(StrEnum):
    """How a message of a consultation stands to the request."""

    INFORMAL = "informal"
    PROPOSED = "proposed"
    REFUSED = "refused"
    AGREED = "agreed"
    CARRIED_OVER = "carried over"
    NOT_CARRIED = "not carried over"


@dataclass(frozen=True, slots=True)
class Uttered:
    """Which office said a message, and when the relay took it in, Unix milliseconds."""

    office: EntryId
    at_ms: int


@dataclass(frozen=True, slots=True)
class Agreements:
    """All that an office holds of what was agreed in a room.

    Attributes:
        entries: the messages that propose or answer, in any order, any number of times.
        attested: the messages that each entry signs for; only such as its own office has said.
        uttered: every message of the room that people read.
        seated: since when each office of the case has been in the room, Unix milliseconds; guests are not
            asked about what others said.
        named: what the requests that count carry over.
    """

    entries: tuple[Entry, ...]
    attested: Mapping[MessageId, frozenset[MessageId]]
    uttered: Mapping[MessageId, Uttered]
    seated: Mapping[EntryId, int]
    named: frozenset[MessageId]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal with its answers."""

    entry: Entry
    said: CarryOverProposed = field(repr=False)
    answers: tuple[tuple[Entry, CarryOverAnswered], ...] = field(repr=False)

    def agreed(self, message: MessageId) -> frozenset[EntryId]:
        """Return the offices that agree to carry a message over; who proposes it does."""
        agreeing = (entry.office for entry, answer in self.answers if message in answer.agreed)
        return frozenset({self.entry.office, *agreeing})

    def refused(self, message: MessageId) -> frozenset[EntryId]:
        """Return the offices that have answered, and none of whose officers has agreed."""
        return frozenset(entry.office for entry, _ in self.answers) - self.agreed(message)


@dataclass(frozen=True, slots=True)
class Carried:
    """How one message stands; ``waiting_for`` are the offices that have neither agreed nor refused."""

    message_id: MessageId
    standing: Carriage
    reason: str = ""
    waiting_for: tuple[EntryId, ...] = ()


@dataclass(frozen=True, slots=True)
class CarryOver:
    """What became of all proposals.

    Attributes:
        messages: all that were proposed or that a request names, in the order they were said.
        attempts: answers to what nobody has proposed.
    """

    proposals: tuple[Proposal, ...]
    messages: tuple[Carried, ...]
    attempts: tuple[Attempt, ...]

    def with_standing(self, *standings: Carriage) -> tuple[MessageId, ...]:
        """Return the messages that stand so."""
        return tuple(each.message_id for each in self.messages if each.standing in standings)


def project_carry_over(held: Agreements) -> CarryOver:
    """Return what the offices of a room have agreed upon, and what became of it."""
    entries = in_order(held.entries)
    proposals = tuple(_proposals(entries))
    known = {each.entry.message_id for each in proposals}
    names = {name for each in proposals for name in each.said.messages} | held.named
    signed = {name for each in entries for name in held.attested.get(each.message_id, ())}
    ordered = sorted(names, key=lambda name: (_said_at(held, name), name))
    return CarryOver(
        proposals,
        tuple(_carried(name, proposals, held, signed) for name in ordered),
        tuple(
            Attempt(entry, "it answers no proposal that is here")
            for entry, answer in _answers(entries)
            if answer.proposal not in known
        ),
    )


def _proposals(entries: Iterable[Entry]) -> Iterator[Proposal]:
    answers = tuple(_answers(entries))
    for entry in entries:
        for event in entry.events:
            if isinstance(event, CarryOverProposed):
                mine = tuple(each for each in answers if each[1].proposal == entry.message_id)
                yield Proposal(entry, event, mine)


def _answers(entries: Iterable[Entry]) -> Iterator[tuple[Entry, CarryOverAnswered]]:
    for entry in entries:
        for event in entry.events:
            if isinstance(event, CarryOverAnswered):
                yield entry, event


def _said_at(held: Agreements, name: MessageId) -> float:
    uttered = held.uttered.get(name)
    return float("inf") if uttered is None else uttered.at_ms


def _carried(
    name: MessageId, proposals: Iterable[Proposal], held: Agreements, signed: Collection[MessageId]
) -> Carried:
    judged = [_judged(name, each, held, signed) for each in proposals if name in each.said.messages]
    agreed = next((each for each in judged if each.standing is Carriage.AGREED), None)
    found = agreed or (judged[-1] if judged else Carried(name, Carriage.INFORMAL, "nobody has proposed it"))
    if name not in held.named:
        return found
    standing = Carriage.CARRIED_OVER if agreed else Carriage.NOT_CARRIED
    return Carried(name, standing, found.reason, found.waiting_for)


def _judged(name: MessageId, proposal: Proposal, held: Agreements, signed: Collection[MessageId]) -> Carried:
    """One refusal is enough to refuse; who has not answered is waited for."""
    uttered = held.uttered.get(name)
    if uttered is None:
        return Carried(name, Carriage.PROPOSED, "it is not here")
    lacking = _asked(proposal, uttered, held.seated) - proposal.agreed(name)
    if refused := sorted(lacking & proposal.refused(name)):
        return Carried(name, Carriage.REFUSED, f"refused by {', '.join(refused)}")
    if lacking:
        waiting = tuple(sorted(lacking))
        return Carried(name, Carriage.PROPOSED, f"not agreed by {', '.join(waiting)}", waiting)
    if name not in signed:
        reason = f"{uttered.office} has said it and has not signed for it"
        return Carried(name, Carriage.PROPOSED, reason)
    return Carried(name, Carriage.AGREED)


def _asked(proposal: Proposal, uttered: Uttered, seated: Mapping[EntryId, int]) -> frozenset[EntryId]:
    """Return whose agreement a message needs: its author's, and that of all who were there when it was said.

    A proposal cannot pass over an office that was; one that came later has not read it and is not asked.
    """
    present = (office for office, since_ms in seated.items() if since_ms <= uttered.at_ms)
    return frozenset({uttered.office, *proposal.said.offices, *present})
