"""A log with its keys, five witnesses and their policy, all made of fixed seeds, for tests of the log."""

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.note_key import SignatureType, SigningKey
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, sign_checkpoint
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import Group, Log, Policy, Witness

ORIGIN = "log.example/network"
NOW = 1_790_000_000
HOUR = 3_600
DAY = 86_400
ED25519 = SignatureType.ED25519
COSIGNER = SignatureType.COSIGNATURE_ED25519
ML_DSA = SignatureType.COSIGNATURE_ML_DSA_44


@cache
def signing_key(name: str, kind: SignatureType) -> SigningKey:
    return SigningKey(name, kind, sha256(f"{name} {kind}".encode()).digest())


LOG_KEY = signing_key(ORIGIN, ED25519)
LOG_KEY_PQ = signing_key(ORIGIN, ML_DSA)
WITNESS_KEYS = tuple(
    signing_key(f"witness.example/w{number}", ML_DSA if number % 2 else COSIGNER) for number in range(5)
)
WITNESSES = tuple(Witness(f"w{number}".encode(), key.verifier) for number, key in enumerate(WITNESS_KEYS))
POLICY = Policy(
    logs=(Log(LOG_KEY.verifier), Log(LOG_KEY_PQ.verifier)),
    witnesses=WITNESSES,
    groups=(Group(b"most", 2, (b"w0", b"w1", b"w2")), Group(b"quorum", 2, (b"most", b"w3"))),
    quorum=b"quorum",
)


def leaf(number: int, branch: str = "") -> bytes:
    return leaf_hash(f"entry {number} {branch}".encode())


@dataclass
class World:
    """A growing log; ``branch`` makes another history from the leaf ``since`` on."""

    branch: str = ""
    since: int = 0
    tree: Tree = field(default_factory=Tree)

    def grow(self, size: int) -> "World":
        for number in range(self.tree.size, size):
            self.tree.append(leaf(number, self.branch if number >= self.since else ""))
        return self

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        size = self.tree.size if size is None else size
        return Checkpoint(ORIGIN, size, self.tree.root(size))

    def signed(
        self, size: int | None = None, *, keys: tuple[SigningKey, ...] = (LOG_KEY,)
    ) -> SignedCheckpoint:
        return sign_checkpoint(self.checkpoint(size), keys, NOW)

    def witnessed(self, size: int | None = None, *, at: int = NOW, by: str = "013") -> SignedCheckpoint:
        signed = self.signed(size)
        lines = [cosign(signed.checkpoint, WITNESS_KEYS[int(number)], at) for number in by]
        return signed.with_signatures(lines)
