"""A hostile log, honest witnesses and clients: whoever holds the log's key cannot show two histories.

The log has two branches and tries any order of requests, to any witness, for any size, with any old size, and
shows any client whatever cosignatures it has got. As long as two quorums share an honest witness, all that
clients accept is one history. Where too many witnesses collude, it is two; then gossip is evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.log.log_world import COSIGNER, LOG_KEY, NOW, ORIGIN, World, signing_key

from rogatory_crypto.errors import PeerError
from rogatory_crypto.log.add_checkpoint import AddCheckpoint
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.follower import Follower
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint
from rogatory_crypto.log.signed_note import NoteSignature
from rogatory_crypto.log.split_view import Prefix, verify_split_view
from rogatory_crypto.log.witness import Swap, cosignatures, decide
from rogatory_crypto.log.witness_policy import Group, Log, Policy, Witness

COUNT = 5
SIZE = 12
FORK = 4
KEYS = [signing_key(f"witness.example/{number}", COSIGNER) for number in range(COUNT)]
NAMES = tuple(b"w%d" % number for number in range(COUNT))
BRANCHES = (World().grow(SIZE), World("hidden", since=FORK).grow(SIZE))
SIGNED = [[branch.signed(size) for size in range(SIZE + 1)] for branch in BRANCHES]


def policy(threshold: int) -> Policy:
    witnesses = tuple(Witness(name, key.verifier) for name, key in zip(NAMES, KEYS, strict=True))
    return Policy((Log(LOG_KEY.verifier),), witnesses, (Group(b"q", threshold, NAMES),), b"q")


@dataclass
class HostileLog:
    """The log's key, two histories, and every cosignature it could get; the last witnesses collude."""

    threshold: int
    colluders: int
    states: list[dict[str, SignedCheckpoint]] = field(default_factory=lambda: [{} for _ in range(COUNT)])
    got: dict[Checkpoint, list[NoteSignature]] = field(default_factory=dict)
    clients: list[Follower] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clients = [Follower(ORIGIN, policy(self.threshold)) for _ in range(3)]

    def ask(self, witness: int, branch: int, size: int) -> None:
        signed = SIGNED[branch][size]
        lines = self.got.setdefault(signed.checkpoint, [])
        if witness >= COUNT - self.colluders:
            lines.append(cosign(signed.checkpoint, KEYS[witness], NOW))
            return
        state = self.states[witness]
        old_size = state[ORIGIN].checkpoint.size if state else 0
        proof = BRANCHES[branch].tree.prove_consistency(min(old_size, size), size)
        request = AddCheckpoint(old_size, proof, signed).encode()
        decision = decide(request, {ORIGIN: [LOG_KEY.verifier]}, state)
        if isinstance(decision, Swap):
            state[ORIGIN] = decision.new
            lines.extend(cosignatures(decision, [KEYS[witness]], NOW))

    def show(self, client: int, branch: int, size: int) -> None:
        signed = SIGNED[branch][size]
        shown = signed.with_signatures(self.got.get(signed.checkpoint, ()))
        accepted = self.clients[client].accepted
        old_size = accepted.checkpoint.size if accepted else 0
        proof = BRANCHES[branch].tree.prove_consistency(min(old_size, size), size)
        try:
            self.clients[client] = self.clients[client].advance(shown.encode(), proof, now=NOW)
        except PeerError:
            assert self.clients[client].accepted == accepted

    def accepted(self) -> list[Checkpoint]:
        return [client.accepted.checkpoint for client in self.clients if client.accepted is not None]


def one_history(checkpoints: Sequence[Checkpoint]) -> bool:
    return any(all(head.root == branch.tree.root(head.size) for head in checkpoints) for branch in BRANCHES)


PLACES = st.tuples(st.integers(0, 1), st.integers(FORK, SIZE))
ROUNDS = st.lists(
    st.tuples(PLACES, st.lists(st.integers(0, COUNT - 1), max_size=COUNT, unique=True), st.integers(0, 2)),
    min_size=4,
    max_size=14,
)


@pytest.mark.parametrize(("threshold", "colluders"), [(3, 0), (4, 1), (4, 2), (5, 4)])
@given(rounds=ROUNDS)
@settings(max_examples=60, deadline=None)
def test_clients_accept_one_history(
    threshold: int, colluders: int, rounds: list[tuple[tuple[int, int], list[int], int]]
) -> None:
    """Two quorums share at least ``2 * threshold - 5`` witnesses: more than collude."""
    log = HostileLog(threshold, colluders)
    for (branch, size), witnesses, client in rounds:
        for witness in (*witnesses, *range(COUNT - colluders, COUNT)):
            log.ask(witness, branch, size)
        log.show(client, branch, size)
    assert one_history(log.accepted())


def test_an_honest_history_gets_through() -> None:
    """Else the property above would hold for clients that accept nothing."""
    log = HostileLog(threshold=4, colluders=1)
    for size in (FORK, 7, SIZE):
        for witness in range(COUNT):
            log.ask(witness, 0, size)
        for client in range(3):
            log.show(client, 0, size)
    assert log.accepted() == [BRANCHES[0].checkpoint()] * 3


def test_too_many_colluders_split_the_view_and_gossip_catches_the_log() -> None:
    log = HostileLog(threshold=3, colluders=1)
    for witness, branch, size in ((0, 0, 9), (1, 0, 9), (2, 1, 11), (3, 1, 11), (4, 0, 9), (4, 1, 11)):
        log.ask(witness, branch, size)
    log.show(0, 0, 9)
    log.show(1, 1, 11)
    assert not one_history(log.accepted())
    ours, theirs = log.clients[0].accepted, log.clients[1].accepted
    assert ours is not None
    assert theirs is not None
    tree = BRANCHES[1].tree
    prefix = Prefix(tree.root(9), tree.prove_consistency(9, 11))
    for client, heard in ((log.clients[0], theirs), (log.clients[1], ours)):
        evidence = client.gossip(heard.signed.encode(), prefix)
        assert evidence is not None
        assert verify_split_view(evidence, [LOG_KEY.verifier]).log_keys == (LOG_KEY.verifier,)
