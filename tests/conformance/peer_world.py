"""A group whose members sit in several processes and exchange nothing but hex."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

from tests.conformance.peer_process import Answer, PeerProcess

COMPARED = ("epoch", "epoch_authenticator", "tree_hash", "confirmed_transcript_hash", "members")


@dataclass(slots=True)
class Member:
    """A client in a group."""

    process: PeerProcess
    group: str
    identity: str
    state: Answer = field(repr=False)

    def ask(self, cmd: str, **fields: Any) -> Answer:
        """Ask this member's process about its group."""
        answer = self.process.ask(cmd, group=self.group, **fields)
        if "epoch_authenticator" in answer:
            self.state = answer
        return answer

    def refused(self, cmd: str, **fields: Any) -> str:
        """Return the error of a request that must fail and leave the group as it was."""
        error = self.process.refused(cmd, group=self.group, **fields)
        now = self.process.ask("state", group=self.group)
        assert [now[name] for name in COMPARED] == [self.state[name] for name in COMPARED]
        return error

    @property
    def leaf(self) -> int:
        """Its seat."""
        leaf = self.state["own_leaf"]
        assert isinstance(leaf, int)
        return leaf


@dataclass(slots=True)
class Newcomer:
    """A client with a KeyPackage and no group yet."""

    process: PeerProcess
    identity: str
    kp: str
    key_package: str


class PeerWorld:
    """One group; whoever acts is named by seat."""

    def __init__(self, processes: Sequence[PeerProcess], suite: int, group_id: str) -> None:
        self.suite = suite
        self._processes: Iterator[PeerProcess] = cycle(processes)
        self._numbers = count()
        self.group_id = group_id
        founder = self.newcomer()
        answer = founder.process.ask("create_group", kp=founder.kp, group_id=group_id)
        self.members: dict[int, Member] = {}
        self.seat(founder, answer)

    def newcomer(self, identity: str | None = None, process: PeerProcess | None = None) -> Newcomer:
        """Make a client, in the next process if none is named."""
        process = process or next(self._processes)
        name = identity or f"{self.group_id}-{next(self._numbers)}"
        made = process.ask("key_package", identity=name, suite=self.suite)
        return Newcomer(process, name, made["kp"], made["key_package"])

    def seat(self, newcomer: Newcomer, answer: Answer) -> Member:
        """Note where somebody sits who has just come in."""
        member = Member(newcomer.process, answer["group"], newcomer.identity, answer)
        self.members[member.leaf] = member
        return member

    def others(self, seat: int) -> list[Member]:
        """Return everybody but one."""
        return [member for leaf, member in self.members.items() if leaf != seat]

    def deliver(self, seat: int, message: str) -> list[Answer]:
        """Let everybody but the sender process a message."""
        return [member.ask("process", message=message) for member in self.others(seat)]

    def commit(
        self, by: int, newcomers: Sequence[Newcomer] = (), proposed: Sequence[Newcomer] = (), **fields: Any
    ) -> Answer:
        """Commit, let the others follow and those it adds join, and compare what all hold.

        ``proposed`` are those whose Add was proposed before: the commit carries it by reference.
        """
        adds = [newcomer.key_package for newcomer in newcomers]
        answer = self.members[by].ask("commit", add=adds, **fields)
        self.follow(by, answer)
        self.welcome((*newcomers, *proposed), answer)
        self.compare()
        return answer

    def follow(self, by: int, answer: Answer) -> None:
        """Let the others process a commit and the proposals sent before it; unseat whom it removes."""
        for message in (*answer.get("proposals", ()), answer["commit"]):
            for followed in self.deliver(by, message):
                assert followed["sender"] == by
        for leaf, member in list(self.members.items()):
            if member.state["active"] == "removedFromGroup":
                del self.members[leaf]

    def welcome(self, newcomers: Sequence[Newcomer], answer: Answer, **fields: Any) -> list[Member]:
        """Let newcomers join by the Welcome of a commit."""
        if "ratchet_tree" not in fields:
            fields["ratchet_tree"] = answer["ratchet_tree"]
        return [
            self.seat(
                newcomer,
                newcomer.process.ask("join", kp=newcomer.kp, welcome=answer["welcome"], **fields),
            )
            for newcomer in newcomers
        ]

    def grow(self, number: int, by: int = 0, **fields: Any) -> Answer:
        """Add some clients in one commit."""
        return self.commit(by, [self.newcomer() for _ in range(number)], **fields)

    def compare(self) -> None:
        """Fail unless everybody holds the same epoch and the seats are those we know."""
        first = next(iter(self.members.values())).state
        for member in self.members.values():
            for name in COMPARED:
                assert member.state[name] == first[name], f"{member.identity}: {name}"
            assert member.state["active"] == "active"
        assert [seat["leaf"] for seat in first["members"]] == sorted(self.members)
        assert {seat["leaf"]: seat["identity"] for seat in first["members"]} == {
            leaf: member.identity for leaf, member in self.members.items()
        }

    def talk(self, by: int, text: bytes, aad: bytes = b"") -> None:
        """Let one speak and everybody else hear it."""
        sent = self.members[by].ask("send", data=text.hex(), aad=aad.hex())
        for heard in self.deliver(by, sent["message"]):
            assert (heard["kind"], heard["data"], heard["sender"]) == ("application", text.hex(), by)
            assert (heard["aad"], heard["epoch"]) == (aad.hex(), self.members[by].state["epoch"])
