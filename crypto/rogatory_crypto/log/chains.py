"""The chain of entries about each subject: where the next one belongs, for whoever writes and whoever audits.

An entry's place is its number among those about the same subject, and the leaf hash of the one before it.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from rogatory_crypto.log.entry_content import Subject


class Place(NamedTuple):
    """Where an entry stands in its subject's chain."""

    sequence: int
    previous: bytes | None


FIRST = Place(0, None)


@dataclass
class Chains:
    """The heads of all chains of a log."""

    _next: dict[Subject, Place] = field(default_factory=dict)

    def copy(self) -> "Chains":
        """Return the same heads, to try entries on that stand or fall together."""
        return Chains(self._next.copy())

    def next_place(self, subject: Subject) -> Place:
        """Return where the next entry about a subject belongs."""
        return self._next.get(subject, FIRST)

    def extend(self, subject: Subject, leaf: bytes) -> None:
        """Take in the entry with this leaf hash as the newest about its subject."""
        self._next[subject] = Place(self.next_place(subject).sequence + 1, leaf)
