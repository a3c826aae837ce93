"""On which side of a case an office is: who asks, who is asked, and who has no side.

The sides are the office that has made the request and those it is addressed to, and whom all of these have
agreed to take in as a party. Everybody else who is in the room is a guest, however he came in. While nothing
was requested yet, or where the request names no addressee, all are asked but who was brought in later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rogatory_crypto.casework.company import Word, standings_of
from rogatory_crypto.casework.record import Entry
from rogatory_crypto.casework.state import Side
from rogatory_crypto.content.case_company import Standing, StandingProposed
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides of a case.

    Attributes:
        requesting: the office that asks; None where nobody has begun.
        asked: the offices that are asked; None for all that were not brought in later.
        brought_in: offices that somebody in the case has proposed.
    """

    requesting: EntryId | None = None
    asked: frozenset[EntryId] | None = None
    brought_in: frozenset[EntryId] = field(default=frozenset())

    def of(self, office: EntryId) -> Side:
        """Return on which side an office is."""
        if office == self.requesting:
            return Side.REQUESTING
        is_asked = office not in self.brought_in if self.asked is None else office in self.asked
        return Side.REQUESTED if is_asked else Side.GUEST


NO_SIDES: Final = Sides()


def sides_in(
    entries: Sequence[Entry], requesting: EntryId | None, addressees: Iterable[EntryId] = ()
) -> Sides:
    """Return the sides of a case.

    Args:
        entries: all of it, in the order that all receivers share.
        requesting: the office that asks.
        addressees: of its request.
    """
    brought_in = brought_in_by(entries) - {requesting}
    named = frozenset(addressees)
    if not named:
        return Sides(requesting, None, brought_in - _parties(entries, brought_in, requesting, None))
    return Sides(requesting, named | _parties(entries, brought_in, requesting, named), brought_in)


def brought_in_by(entries: Iterable[Entry]) -> frozenset[EntryId]:
    """Return the offices that others have proposed before they had said anything themselves."""
    spoken: set[EntryId] = set()
    found: set[EntryId] = set()
    for entry in entries:
        spoken.add(entry.office)
        for event in entry.events:
            if isinstance(event, StandingProposed) and event.office not in spoken:
                found.add(event.office)
    return frozenset(found)


def _parties(
    entries: Sequence[Entry],
    brought_in: frozenset[EntryId],
    requesting: EntryId | None,
    named: frozenset[EntryId] | None,
) -> frozenset[EntryId]:
    """Return whom the parties have agreed to take in as one of them."""
    spoken = frozenset(entry.office for entry in entries) - brought_in
    founders = (spoken if named is None else named) | ({requesting} if requesting is not None else set())
    held = standings_of(_words(entries), founders).held
    return frozenset(name for name, each in held.items() if each.said.standing is Standing.PARTY)


def _words(entries: Iterable[Entry]) -> list[Word]:
    return [
        Word(entry.message_id, entry.office, entry.device_id, entry.at_ms, event, is_queued=entry.is_queued)
        for entry in entries
        for event in entry.events
        if isinstance(event, StandingProposed)
    ]
