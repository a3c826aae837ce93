"""A group of any size for the benchmarks of MLS, seen through a few of its members.

All members of an epoch share its secrets; they differ in seat, signature key and the private keys they hold.
Hence one state serves to commit as anybody, and a group of thousands needs no thousands of states. One
member, the receiver, is whole: it joined by the Welcome, processes every commit and makes its own.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rogatory_crypto import mls
from rogatory_crypto.mls.tree_math import LeafIndex

NOW: Final = 1_790_000_000
LIFETIME: Final = mls.Lifetime(NOW - 60, NOW + 28 * 86_400 - 60)


def admit(_identity: object, _signature_key: bytes) -> None:
    """Accept every credential: who is who is not what is measured."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member to be, with the key package it is added by."""

    signer: mls.SignatureKeyPair
    key_package: mls.KeyPackageSecrets


def new_person(suite: mls.CipherSuite, name: int) -> Person:
    """Make a signature key and a key package."""
    signer = mls.generate_signature_key(suite, os.urandom)
    identity = f"member {name}".encode()
    return Person(
        signer, mls.generate_key_package(suite, signer, mls.BasicCredential(identity), LIFETIME, os.urandom)
    )


def found(suite: mls.CipherSuite) -> mls.Group:
    """Create a group of one."""
    signer = mls.generate_signature_key(suite, os.urandom)
    return mls.create_group(
        suite, os.urandom(32), signer, mls.BasicCredential(b"creator"), LIFETIME, os.urandom
    )


def stage(
    group: mls.Group,
    *,
    add: Iterable[Person] = (),
    remove: tuple[int, ...] = (),
    path: bool | None = None,
    include_tree: bool = True,
) -> mls.StagedCommit:
    """Make a commit."""
    return mls.stage_commit(
        group,
        add=[person.key_package.message for person in add],
        remove=remove,
        path=path,
        random=os.urandom,
        now=NOW,
        authenticate=admit,
        include_tree=include_tree,
    )


def join(staged: mls.StagedCommit, person: Person, ratchet_tree: bytes | None = None) -> mls.Group:
    """Join by the Welcome, tree and every leaf signature verified."""
    assert staged.welcome is not None
    return mls.join_group(
        staged.welcome, person.key_package, now=NOW, authenticate=admit, ratchet_tree=ratchet_tree
    )


def process(group: mls.Group, message: bytes) -> mls.Group:
    """Process a message and return the state after it."""
    return mls.process(group, message, now=NOW, authenticate=admit).group


@dataclass(frozen=True, slots=True)
class Crowd:
    """A group in one epoch.

    Attributes:
        state: the epoch as somebody holds it.
        receiver: the epoch as the member holds it who processes everything.
        signers: of all members, by seat.
    """

    state: mls.Group
    receiver: mls.Group
    signers: Mapping[int, mls.SignatureKeyPair]

    def member(self, seat: int) -> mls.Group:
        """Return the state of a member, good for sending and committing."""
        if seat == self.receiver.own_leaf:
            return self.receiver
        return replace(self.state, own_leaf=LeafIndex(seat), signer=self.signers[seat], private_keys={})

    def updated_by(self, seat: int) -> tuple["Crowd", int]:
        """Return the group after a member's fresh path, and the size of the commit."""
        staged = stage(self.member(seat), path=True)
        own = seat == self.receiver.own_leaf
        receiver = staged.group if own else process(self.receiver, staged.message)
        return replace(self, state=staged.group, receiver=receiver), len(staged.message)

    def assert_agreed(self) -> None:
        """Make sure that what was measured was also right."""
        assert self.state.epoch_authenticator == self.receiver.epoch_authenticator


def gather(staged: mls.StagedCommit, people: list[Person]) -> Crowd:
    """Return the group in its first common epoch; somebody in the middle is the receiver."""
    signers = {0: staged.group.signer}
    for member, person in zip(staged.added, people, strict=True):
        signers[member.leaf_index] = person.signer
    receiver = join(staged, people[len(people) // 2], staged.group.ratchet_tree)
    return Crowd(staged.group, receiver, signers)
