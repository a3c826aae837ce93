"""A client that does as it should, knows what it may expect of each letter, and checks that it gets it."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from tests.crypto.mls.delivery import History, Kind, Letter
from tests.crypto.mls.world import NOW, Client, trust

from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import (
    ApplicationReceived,
    CommitReceived,
    EchoReceived,
    Group,
    ProposalReceived,
    PskStore,
    Received,
    StagedCommit,
    decode_group,
    encode_group,
    process,
)

SHARED_KEYS: Final = PskStore(external={b"shared": b"agreed on elsewhere"})
RETAINED: Final = 5  # Q04: past epochs whose messages are still read


class Due(Enum):
    """What has to become of a letter."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    EITHER = "either"


@dataclass
class Party:
    """One member, or former member, with the truth about where he stands.

    Attributes:
        history: the commits that led to his epoch; equal exactly for members of one epoch.
        joined: the number of his first epoch.
        read: the numbers of the letters whose plaintext he was given.
        proposals: the numbers of the proposals of this epoch that he knows.
        pending: a commit of his own for which he waits.
    """

    client: Client
    group: Group
    history: History = ()
    active: bool = True
    read: set[int] = field(default_factory=set)
    proposals: set[int] = field(default_factory=set)
    pending: tuple[StagedCommit, int] | None = None
    joined: int = field(init=False)
    last_active: Group = field(init=False)

    def __post_init__(self) -> None:
        self.joined = len(self.history)
        self.last_active = self.group

    @property
    def name(self) -> bytes:
        return self.client.identity

    def due(self, letter: Letter) -> Due:
        """Return what the RFC says has to become of a letter here and now."""
        if letter.author == self.name and letter.kind is not Kind.FALSE:
            return Due.EITHER  # an echo, or too old to be recognised
        match letter.kind:
            case Kind.FALSE:
                return Due.REFUSED
            case Kind.APPLICATION:
                return self._due_application(letter)
            case Kind.REQUEST:
                return self._due_request(letter)
            case _ if not self.active or letter.history != self.history:
                return Due.REFUSED
            case Kind.PROPOSAL if letter.number not in self.proposals:
                return Due.ACCEPTED
            case Kind.COMMIT if letter.proposals <= self.proposals:
                return Due.ACCEPTED
            case _:
                return Due.EITHER

    def _due_request(self, letter: Letter) -> Due:
        # B10: what a stranger signs names the group and the number of the epoch, but not its context; so
        # both sides of a fork may take it.
        if not self.active or len(letter.history) != len(self.history):
            return Due.REFUSED
        return Due.EITHER if letter.number in self.proposals else Due.ACCEPTED

    def _due_application(self, letter: Letter) -> Due:
        epoch = len(letter.history)
        shared = self.history[:epoch] == letter.history and epoch >= self.joined
        ended = len(self.history) - epoch + (not self.active)  # I12: for who was removed his last epoch too
        if letter.number in self.read or not shared or ended > RETAINED:
            return Due.REFUSED
        return Due.ACCEPTED

    def receive(self, letter: Letter) -> None:
        """Process a letter.

        A refusal must be due and leave the group as it was; anything but ``PeerError`` goes through and fails
        the test.
        """
        before = encode_group(self.group)
        due = self.due(letter)
        event = self._process(letter.data)
        assert encode_group(self.group) == before
        if isinstance(event, PeerError):
            assert due is not Due.ACCEPTED, (letter.kind, str(event))
            return
        if isinstance(event, EchoReceived):
            assert letter.author == self.name or letter.kind is Kind.FALSE
            assert encode_group(event.group) == before
            return
        assert due is not Due.REFUSED, letter.kind
        self._accept(letter, event)

    def _process(self, data: bytes) -> Received | PeerError:
        try:
            return process(self.group, data, now=NOW, authenticate=trust, psks=SHARED_KEYS)
        except PeerError as error:
            return error

    def _accept(self, letter: Letter, event: Received) -> None:
        assert not isinstance(event, EchoReceived)
        assert letter.author != self.name  # B14
        assert event.sender.identity == letter.author
        assert event.epoch == len(letter.history)
        self.group = event.group
        match event:
            case ApplicationReceived():
                assert letter.kind is Kind.APPLICATION
                assert event.content == letter.content
                self.read.add(letter.number)
            case ProposalReceived():
                assert letter.kind in {Kind.PROPOSAL, Kind.REQUEST, Kind.QUARREL}
                self.proposals.add(letter.number)
            case CommitReceived():
                assert letter.kind in {Kind.COMMIT, Kind.POISON}
                self._follow(letter.number, removed=event.removed_us)

    def _follow(self, commit: int, *, removed: bool) -> None:
        self.pending = None  # N05 H09, mls-rs 308
        self.proposals.clear()
        if removed:
            self.active = False
        else:
            self.history = (*self.history, commit)
            self.last_active = self.group

    def merge(self) -> StagedCommit:
        """Live by the pending commit, which the service says was accepted."""
        assert self.pending is not None
        staged, number = self.pending
        self.group = staged.merge(self.group, now=NOW)
        self._follow(number, removed=False)
        return staged

    def restart(self) -> None:
        """Come back from what is on disk; a commit that waited is lost."""
        stored = encode_group(self.group)
        self.group = decode_group(stored)
        self.pending = None
        assert encode_group(self.group) == stored
