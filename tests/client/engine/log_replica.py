"""A device's replica of the log, made of entries and cosigned at a time, for tests."""

from dataclasses import dataclass, field

from tests.crypto.log.log_world import ORIGIN, POLICY
from tests.crypto.log.log_world import World as Log

from rogatory_crypto.content.seen_checkpoint import SeenCheckpoint, seen
from rogatory_crypto.log.merkle import Proof, leaf_hash
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import Policy, WitnessedCheckpoint, verify_checkpoint


@dataclass
class Replica:
    """A ``LogView`` over entries, at the newest checkpoint."""

    entries: tuple[bytes, ...]
    at: int
    origin: str = ORIGIN
    policy: Policy = POLICY
    accepted: WitnessedCheckpoint | None = field(init=False)

    def __post_init__(self) -> None:
        self.tree = Tree(map(leaf_hash, self.entries))
        signed = Log(tree=self.tree).witnessed(at=self.at)
        self.accepted = verify_checkpoint(signed, self.policy, now=self.at)

    @property
    def newest(self) -> WitnessedCheckpoint:
        assert self.accepted is not None
        return self.accepted

    @property
    def seen(self) -> SeenCheckpoint:
        """The newest checkpoint as messages carry it."""
        small = seen(self.newest.log_checkpoint)
        assert small is not None
        return small

    def entry(self, index: int) -> bytes:
        return self.entries[index]

    def prove(self, index: int) -> Proof:
        return self.tree.prove_inclusion(index)

    def root(self, size: int) -> bytes | None:
        return self.tree.root(size) if size <= self.tree.size else None

    def prove_prefix(self, old_size: int) -> Proof:
        return self.tree.prove_consistency(old_size)
