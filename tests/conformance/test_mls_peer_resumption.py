"""A peer follows a group that starts over or branches off; the others sit in this process."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.conformance.peer_process import Answer, PeerProcess
from tests.crypto.mls.world import seeded_random, trust

from rogatory_crypto.mls import (
    BasicCredential,
    Group,
    GroupPolicy,
    Lifetime,
    ReInit,
    SignatureKeyPair,
    cipher_suite,
    create_group,
    generate_signature_key,
    stage_branch,
    stage_commit,
    stage_reinit,
)

NOW = int(time.time())
RANDOM = seeded_random("resumption")


def found(suite: int, group_id: bytes) -> Group:
    signer: SignatureKeyPair = generate_signature_key(cipher_suite(suite), RANDOM)
    lifetime = Lifetime(NOW - 3600, NOW + 86_400)
    founder = BasicCredential(b"founder")
    policy = GroupPolicy(public_handshakes=True)
    return create_group(cipher_suite(suite), group_id, signer, founder, lifetime, RANDOM, policy=policy)


@dataclass(slots=True)
class Pair:
    """A group of two: its founder here, a peer in a process."""

    founder: Group
    peer: PeerProcess
    group: str

    def key_package(self, suite: int) -> tuple[str, bytes]:
        made = self.peer.ask("key_package", identity="peer", suite=suite)
        return made["kp"], bytes.fromhex(made["key_package"])


@pytest.fixture
def pair() -> Iterator[Pair]:
    with PeerProcess() as peer:
        made = peer.ask("key_package", identity="peer", suite=1)
        added = [bytes.fromhex(made["key_package"])]
        staged = stage_commit(found(1, b"old"), add=added, random=RANDOM, now=NOW, authenticate=trust)
        assert staged.welcome is not None
        joined = peer.ask("join", kp=made["kp"], welcome=staged.welcome.hex())
        yield Pair(staged.group, peer, joined["group"])


def agrees(answer: Answer, group: Group) -> bool:
    return bool(answer["epoch_authenticator"] == group.epoch_authenticator.hex())


def test_a_reinitialised_group_is_continued_in_another_suite(pair: Pair) -> None:
    reinit = ReInit(b"new", 1, 0xF04E, ())
    staged = stage_commit(pair.founder, reinit=reinit, random=RANDOM, now=NOW, authenticate=trust)
    told = pair.peer.ask("process", group=pair.group, message=staged.message.hex())
    assert (told["kind"], told["active"]) == ("commit", "suspendedPendingReinit")
    assert agrees(told, staged.group)
    for cmd, fields in (("send", {"data": "00"}), ("commit", {}), ("propose", {"type": "update"})):
        assert "I13" in pair.peer.refused(cmd, group=pair.group, **fields)
    kp, package = pair.key_package(0xF04E)
    following = stage_reinit(
        found(0xF04E, b"new"), staged.group, add=[package], random=RANDOM, now=NOW, authenticate=trust
    )
    assert following.welcome is not None
    joined = pair.peer.ask("join", kp=kp, welcome=following.welcome.hex())
    assert joined["active"] == "active"
    assert agrees(joined, following.group)


def test_a_branch_is_entered_by_who_was_in_the_group(pair: Pair) -> None:
    kp, package = pair.key_package(1)
    branch = stage_branch(
        found(1, b"branch"), pair.founder, add=[package], random=RANDOM, now=NOW, authenticate=trust
    )
    assert branch.welcome is not None
    joined = pair.peer.ask("join", kp=kp, welcome=branch.welcome.hex())
    assert agrees(joined, branch.group)
    assert pair.peer.ask("state", group=pair.group)["epoch"] == 1


def test_a_branch_is_closed_to_who_has_forgotten_the_group(pair: Pair) -> None:
    kp, package = pair.key_package(1)
    branch = stage_branch(
        found(1, b"branch"), pair.founder, add=[package], random=RANDOM, now=NOW, authenticate=trust
    )
    assert branch.welcome is not None
    pair.peer.ask("forget", group=pair.group)
    assert "J03" in pair.peer.refused("join", kp=kp, welcome=branch.welcome.hex())
