"""Who sits where, and who proposes from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls.credentials import Credential
from rogatory_crypto.mls.nodes import LeafNode
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex


@dataclass(frozen=True, slots=True)
class Member:
    """Who sits on a leaf."""

    leaf_index: int
    credential: Credential
    signature_key: bytes
    encryption_key: bytes

    @property
    def identity(self) -> bytes:
        """The identity of the credential."""
        return self.credential.identity


@dataclass(frozen=True, slots=True)
class Outsider:
    """Who proposes without a seat: an external sender of the group, or a client who asks to be added."""

    credential: Credential
    signature_key: bytes

    @property
    def identity(self) -> bytes:
        """The identity of the credential."""
        return self.credential.identity


def member_of(seat: LeafIndex, leaf: LeafNode) -> Member:
    """Return what the application needs of a leaf."""
    return Member(seat, leaf.credential, leaf.signature_key, leaf.encryption_key)


class Roster(Mapping[int, Member]):
    """Who sits where, read from a tree when asked: most is never asked."""

    __slots__ = ("_tree",)

    def __init__(self, tree: RatchetTree) -> None:
        self._tree = tree

    def __getitem__(self, leaf_index: int) -> Member:
        leaf = self._tree.leaf(LeafIndex(leaf_index))
        if leaf is None:
            raise KeyError(leaf_index)
        return member_of(LeafIndex(leaf_index), leaf)

    def __iter__(self) -> Iterator[int]:
        return (seat for seat, _ in self._tree.leaves())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def seated(members: Mapping[int, Member], leaf_index: int) -> Member:
    """Return who sits on a leaf.  # B05 M02.

    Raises:
        PeerError: UNKNOWN_MEMBER.
    """
    member = members.get(leaf_index)
    if member is None:
        raise PeerError(Code.UNKNOWN_MEMBER, "B05: nobody sits there")
    return member
