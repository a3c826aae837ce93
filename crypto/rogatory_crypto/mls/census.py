"""What may sit in a tree only once: keys and credentials, counted as they come and go (D09, G06).

Whether a change makes one sit twice then costs what the change costs, whatever the size of the tree.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from rogatory_crypto.mls.nodes import LeafNode, Node, ParentNode

T = TypeVar("T", bound=Hashable)
_MANY: Final = 256


class Tally(Generic[T]):
    """How often each value occurs; copies share what was counted before and own their latest changes."""

    __slots__ = ("_base", "_changes", "_repeated", "_total")

    def __init__(self, values: Iterable[T] = ()) -> None:
        self._base = dict(Counter(values))  # shared, hence never changed
        self._changes: dict[T, int] = {}
        self._total = sum(self._base.values())
        self._repeated = self._total - len(self._base)

    @property
    def is_distinct(self) -> bool:
        """Whether no value occurs twice."""
        return not self._repeated

    def __contains__(self, value: T) -> bool:
        return self._count(value) > 0

    def __len__(self) -> int:
        """The number of different values."""
        return self._total - self._repeated

    def copy(self) -> "Tally[T]":
        """Return a tally that may be changed without changing this one."""
        twin: Tally[T] = Tally.__new__(Tally)
        twin._base, twin._changes = self._base, self._changes.copy()
        twin._total, twin._repeated = self._total, self._repeated
        if len(twin._changes) > _MANY:
            twin._settle()
        return twin

    def replace(self, old: T | None, new: T | None) -> None:
        """Count ``new`` in the place of ``old``; None stands for a blank."""
        if old == new:
            return
        if old is not None:
            self._repeated -= self._count(old) > 1
            self._change(old, -1)
        if new is not None:
            self._repeated += self._count(new) > 0
            self._change(new, 1)

    def _count(self, value: T) -> int:
        return self._base.get(value, 0) + self._changes.get(value, 0)

    def _change(self, value: T, by: int) -> None:
        self._total += by
        self._changes[value] = self._changes.get(value, 0) + by

    def _settle(self) -> None:
        now = self._base | {value: self._count(value) for value in self._changes}
        self._base = {value: count for value, count in now.items() if count}
        self._changes = {}


_Identity: TypeAlias = tuple[int, bytes]
_Values: TypeAlias = tuple[bytes | None, bytes | None, _Identity | None, int | None]


def _values(node: Node | None) -> _Values:
    match node:
        case LeafNode():
            return node.encryption_key, node.signature_key, _identity(node), node.credential.TAG
        case ParentNode():
            return node.encryption_key, None, None, None
        case None:
            return None, None, None, None


def _identity(leaf: LeafNode) -> _Identity:
    """Return what a client keeps when its credential is renewed."""
    return leaf.credential.TAG, leaf.credential.identity


@dataclass(frozen=True, slots=True)
class Census:
    """The tallies of a tree.

    Attributes:
        encryption_keys: of all nodes.
        signature_keys: of all leaves.
        identities: of all leaves, with the type of the credential (G06).
        credential_types: of all leaves (D12).
    """

    encryption_keys: Tally[bytes]
    signature_keys: Tally[bytes]
    identities: Tally[_Identity]
    credential_types: Tally[int]

    @classmethod
    def of(cls, nodes: Iterable[Node | None]) -> "Census":
        """Count the nodes of a tree."""
        taken = [node for node in nodes if node is not None]
        leaves = [node for node in taken if isinstance(node, LeafNode)]
        return cls(
            Tally(node.encryption_key for node in taken),
            Tally(leaf.signature_key for leaf in leaves),
            Tally(map(_identity, leaves)),
            Tally(leaf.credential.TAG for leaf in leaves),
        )

    def copy(self) -> "Census":
        """Return a census that may be changed without changing this one."""
        return Census(
            self.encryption_keys.copy(),
            self.signature_keys.copy(),
            self.identities.copy(),
            self.credential_types.copy(),
        )

    def replace(self, old: Node | None, new: Node | None) -> None:
        """Count one node in the place of another; None stands for a blank."""
        old_encryption, old_signature, old_identity, old_type = _values(old)
        new_encryption, new_signature, new_identity, new_type = _values(new)
        self.encryption_keys.replace(old_encryption, new_encryption)
        self.signature_keys.replace(old_signature, new_signature)
        self.identities.replace(old_identity, new_identity)
        self.credential_types.replace(old_type, new_type)
