"""What may sit in a tree only once: keys and credentials, counted as they come and go (D09, G06).

Whether a change makes one sit twice then costs what the change costs, whatever the size of the tree.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from rogatory_crypto.mls.credentials import Credential
from rogatory_crypto.mls.nodes import LeafNode, Node, ParentNode

T = TypeVar("T", bound=Hashable)


class Tally(Generic[T]):
    """How often each value occurs; a copy shares the counts until either of the two changes."""

    __slots__ = ("_counts", "_shared", "_total")

    def __init__(self, values: Iterable[T] = ()) -> None:
        self._counts: dict[T, int] = {}
        self._shared = False
        self._total = 0
        for value in values:
            self._add(value)

    @property
    def is_distinct(self) -> bool:
        """Whether no value occurs twice."""
        return len(self._counts) == self._total

    def __contains__(self, value: object) -> bool:
        return value in self._counts

    def __len__(self) -> int:
        """The number of different values."""
        return len(self._counts)

    def copy(self) -> "Tally[T]":
        """Return a tally that may be changed without changing this one."""
        twin: Tally[T] = Tally()
        twin._counts, twin._total = self._counts, self._total
        twin._shared = self._shared = True
        return twin

    def replace(self, old: T | None, new: T | None) -> None:
        """Count ``new`` in the place of ``old``; None stands for a blank."""
        if old == new:
            return
        if self._shared:
            self._counts, self._shared = self._counts.copy(), False
        if old is not None:
            self._drop(old)
        if new is not None:
            self._add(new)

    def _add(self, value: T) -> None:
        self._counts[value] = self._counts.get(value, 0) + 1
        self._total += 1

    def _drop(self, value: T) -> None:
        left = self._counts[value] - 1
        self._total -= 1
        if left:
            self._counts[value] = left
        else:
            del self._counts[value]


_Values: TypeAlias = tuple[bytes | None, bytes | None, Credential | None]


def _values(node: Node | None) -> _Values:
    match node:
        case LeafNode():
            return node.encryption_key, node.signature_key, node.credential
        case ParentNode():
            return node.encryption_key, None, None
        case None:
            return None, None, None


@dataclass(frozen=True, slots=True)
class Census:
    """The tallies of a tree.

    Attributes:
        encryption_keys: of all nodes.
        signature_keys: of all leaves.
        credentials: of all leaves.
    """

    encryption_keys: Tally[bytes]
    signature_keys: Tally[bytes]
    credentials: Tally[Credential]

    @classmethod
    def of(cls, nodes: Iterable[Node | None]) -> "Census":
        """Count the nodes of a tree."""
        census = cls(Tally(), Tally(), Tally())
        for node in nodes:
            census.replace(None, node)
        return census

    def copy(self) -> "Census":
        """Return a census that may be changed without changing this one."""
        return Census(self.encryption_keys.copy(), self.signature_keys.copy(), self.credentials.copy())

    def replace(self, old: Node | None, new: Node | None) -> None:
        """Count one node in the place of another; None stands for a blank."""
        old_encryption, old_signature, old_credential = _values(old)
        new_encryption, new_signature, new_credential = _values(new)
        self.encryption_keys.replace(old_encryption, new_encryption)
        self.signature_keys.replace(old_signature, new_signature)
        self.credentials.replace(old_credential, new_credential)
