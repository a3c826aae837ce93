"""A delivery service that cannot be trusted: it carries letters, and does with them what it likes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import TypeAlias

History: TypeAlias = tuple[int, ...]


class Kind(Enum):
    """What a letter is in truth, whatever its bytes claim."""

    APPLICATION = "application"
    PROPOSAL = "proposal"
    REQUEST = "request"  # of a stranger, to be added
    QUARREL = "quarrel"  # a proposal that is sound by itself and meant to make commits fail
    COMMIT = "commit"
    POISON = "poison"  # a commit that some of its recipients cannot follow
    FALSE = "false"  # spoilt on the way, forged, or of another group


@dataclass(frozen=True)
class Letter:
    """A message and the truth about it.

    Attributes:
        number: unique; the number of a commit names the epoch it leads to.
        author: who made it.
        history: the commits that had led to the author's epoch.
        content: the plaintext of application data, unique.
        proposals: the numbers of all proposals that the author of a commit knew.
    """

    kind: Kind
    number: int
    author: bytes
    history: History
    data: bytes
    content: bytes = b""
    proposals: frozenset[int] = frozenset()


class Delivery:
    """One queue for each client, and an adversary with a seed in the middle.

    Letters that wait are delayed, letters taken from anywhere are reordered, and nothing ties what one client
    gets to what another gets: so two commits of one epoch may each reach half of the members (a fork).
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  # an adversary whose runs repeat
        self.queues: dict[bytes, list[Letter]] = {}
        self.posted: list[Letter] = []
        self.fetched: dict[bytes, list[Letter]] = {}
        self.acts: dict[str, Callable[[bytes], None]] = {
            "drop": self.drop,
            "duplicate": self.duplicate,
            "reorder": self.reorder,
            "replay": self.replay,
            "repeat": self.repeat,
            "belate": self.belate,
            "flip": self.flip,
            "truncate": self.truncate,
            "extend": self.extend,
            "splice": self.splice,
        }

    def open_queue(self, name: bytes) -> None:
        self.queues[name] = []
        self.fetched[name] = []

    def post(self, letter: Letter) -> None:
        """Promise to carry a letter to everybody."""
        self.posted.append(letter)
        for queue in self.queues.values():
            queue.append(letter)

    def fetch(self, name: bytes) -> Letter | None:
        queue = self.queues[name]
        if not queue:
            return None
        self.fetched[name].append(queue[0])
        return queue.pop(0)

    def drop(self, name: bytes) -> None:
        queue = self.queues[name]
        if queue:
            queue.pop(self._random.randrange(len(queue)))

    def duplicate(self, name: bytes) -> None:
        queue = self.queues[name]
        if queue:
            queue.insert(self._random.randrange(len(queue)), self._random.choice(queue))

    def reorder(self, name: bytes) -> None:
        self._random.shuffle(self.queues[name])

    def replay(self, name: bytes) -> None:
        """Bring up something that was said long ago, perhaps by or to others."""
        if self.posted:
            self.queues[name].insert(0, self._random.choice(self.posted))

    def repeat(self, name: bytes) -> None:
        """Bring up something that was delivered before, plaintext first."""
        heard = [letter for letter in self.fetched[name] if letter.kind is Kind.APPLICATION]
        if self.fetched[name]:
            self.queues[name].insert(0, self._random.choice(heard[-6:] or self.fetched[name]))

    def belate(self, name: bytes) -> None:
        """Bring up what somebody said, lately or long ago, whether it was delivered or not."""
        said = [letter for letter in self.posted if letter.kind is Kind.APPLICATION]
        if said:
            self.queues[name].insert(0, self._random.choice(said[-24:]))

    def flip(self, name: bytes) -> None:
        self._spoil(name, self.flipped)

    def flipped(self, data: bytes) -> bytes:
        """Return bytes with one bit changed."""
        position, bit = self._random.randrange(len(data)), 1 << self._random.randrange(8)
        return data[:position] + bytes([data[position] ^ bit]) + data[position + 1 :]

    def truncate(self, name: bytes) -> None:
        self._spoil(name, lambda data: data[: self._random.randrange(len(data))])

    def extend(self, name: bytes) -> None:
        self._spoil(name, lambda data: data + self._random.randbytes(1 + self._random.randrange(9)))

    def splice(self, name: bytes) -> None:
        """Put the end of one letter behind the beginning of another."""

        def change(data: bytes) -> bytes:
            cut = self._random.randrange(len(data))
            return data[:cut] + self._random.choice(self.posted).data[cut:]

        self._spoil(name, change)

    def _spoil(self, name: bytes, change: Callable[[bytes], bytes]) -> None:
        """Deliver a spoilt copy first, and the letter itself afterwards."""
        if not self.posted:
            return
        letter = self._random.choice(self.queues[name] or self.posted)
        data = change(letter.data)
        if all(data != known.data for known in self.posted):
            self.queues[name].insert(0, replace(letter, kind=Kind.FALSE, data=data))
