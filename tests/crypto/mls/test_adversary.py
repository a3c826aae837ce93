"""Honest members over a delivery service that drops, repeats, delays, reorders, forks, spoils and forges.

What must hold (N01 to N07, C05 to C08, B14): members of one epoch agree on everything; members of different
histories never share an epoch authenticator, so every fork shows; plaintext is handed over at most once, as
its author sent it; what fails changes nothing; and what nobody spoilt is accepted.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.crypto.mls import illegal
from tests.crypto.mls import tree_oracle as oracle
from tests.crypto.mls.delivery import Delivery, Kind, Letter
from tests.crypto.mls.honest_party import SHARED_KEYS, Party
from tests.crypto.mls.hostile_proposals import hostile_proposal
from tests.crypto.mls.poisoned_commit import stage_poisoned_commit
from tests.crypto.mls.tree_pair import oracle_of
from tests.crypto.mls.world import CLASSICAL, HYBRID, NOW, OPEN, Client, seeded_random, trust
from tests.effort import examples

from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import (
    APPLICATION_USE,
    Extension,
    ExternalPsk,
    Group,
    KeyPackageSecrets,
    PskSource,
    RequiredCapabilities,
    ResumptionPsk,
    cipher_suite,
    group_info,
    join_external,
    join_group,
    propose_add,
    propose_join,
    propose_remove,
    propose_update,
    protect,
    required_capabilities_extension,
    sending,
    stage_commit,
)
from rogatory_crypto.mls.proposals import Remove
from rogatory_crypto.mls.tree_math import LeafIndex

if TYPE_CHECKING:
    from collections.abc import Callable

FOUNDERS, SEATS = 4, 8
NUMBER = st.integers(0, 63)
DEMANDS: Final[tuple[tuple[Extension, ...], ...]] = (
    (),
    (required_capabilities_extension(RequiredCapabilities(credentials=(1,))),),
)

MIXED: Final = ("psk", "resumption", "extensions")
ACTS: Final = [
    *["say"] * 5,
    *(f"propose {what}" for what in ("update", "remove", "add", "leave")),
    *(f"commit {what} promptly" for what in ("update", "remove", "invite", "invite", "nothing", *MIXED)),
    *(f"commit {what} later" for what in ("update", "remove", "invite")),
    *["overlap"] * 2,
    "enter",
    "return",
    "ask",
    *["acknowledge"] * 2,
    *["deliver"] * 4,
    *["settle"] * 2,
    "restart",
    "impersonate",
    "linger",
    "seize",
    "poison",
    "quarrel",
    "divert",
    *(f"tamper {how}" for how in sorted(Delivery(0).acts)),
    *(f"tamper {how}" for how in ("reorder", "repeat", "belate", "belate")),
]


class Adversary(RuleBasedStateMachine):
    """The members of a group and what stands between them."""

    @initialize(seed=st.integers(0, 2**32 - 1), code=st.sampled_from([CLASSICAL] * 5 + [HYBRID]))
    def found(self, seed: int, code: int) -> None:
        self.suite = cipher_suite(code)
        self.random = seeded_random("adversary")
        self.delivery = Delivery(seed)
        self.parties: list[Party] = []
        self.invited: dict[bytes, tuple[Client, KeyPackageSecrets]] = {}
        self.count = 0
        founder = self.client()
        self.settle(Party(founder, founder.create()))
        for _ in range(FOUNDERS - 1):
            self.commit(0, 0, "invite promptly", public=False)
        outsider = self.client()
        self.elsewhere = outsider.create(b"another group")

    def client(self) -> Client:
        self.count += 1
        return Client(self.suite, b"client-%d" % self.count, self.random)

    def settle(self, party: Party) -> None:
        self.parties.append(party)
        self.delivery.open_queue(party.name)

    def party(self, which: int) -> Party:
        return self.parties[which % len(self.parties)]

    def member(self, which: int) -> Party:
        members = [party for party in self.parties if party.active]
        return members[which % len(members)]

    def invitation(self) -> bytes:
        client = self.client()
        package = client.key_package()
        self.invited[client.identity] = (client, package)
        return package.message

    def post(self, kind: Kind, author: Party, data: bytes, content: bytes = b"") -> Letter:
        known = frozenset(author.proposals)
        return self.carry(Letter(kind, 0, author.name, author.history, data, content, known))

    def carry(self, letter: Letter) -> Letter:
        """Number a letter and give it to the service."""
        self.count += 1
        numbered = replace(letter, number=self.count)
        self.delivery.post(numbered)
        return numbered

    @staticmethod
    def other_seat(party: Party, which: int) -> LeafIndex | None:
        """Return somebody else's seat."""
        seats = [LeafIndex(member.leaf_index) for member in party.group.members]
        seats.remove(party.group.own_leaf)
        return seats[which % len(seats)] if seats else None

    @rule(act=st.sampled_from(ACTS), which=NUMBER, whom=NUMBER, public=st.booleans())
    def act(self, act: str, which: int, whom: int, *, public: bool) -> None:
        """Let somebody do something; one rule, so that no run does without honest acts."""
        verb, _, rest = act.partition(" ")
        acts: dict[str, Callable[[], None]] = {
            "say": lambda: self.say(which),
            "propose": lambda: self.propose(which, whom, rest, public=public),
            "commit": lambda: self.commit(which, whom, rest, public=public),
            "overlap": lambda: self.overlap(which, whom),
            "acknowledge": lambda: self.acknowledge(which),
            "deliver": lambda: self.deliver(which, 1 + whom % 12),
            "settle": lambda: self.deliver_to_all(1 + whom % 12),
            "restart": lambda: self.party(which).restart(),
            "enter": lambda: self.enter(which),
            "return": lambda: self.come_back(which, whom),
            "ask": lambda: self.ask(which),
            "impersonate": lambda: self.impersonate(which, whom),
            "linger": lambda: self.speak_after_removal(which, whom),
            "seize": lambda: self.commit_falsely(which, whom),
            "quarrel": lambda: self.quarrel(which, whom),
            "poison": lambda: self.poison(which, whom),
            "divert": lambda: self.divert(which),
            "tamper": lambda: self.tamper(which, rest),
        }
        acts[verb]()

    # Honest acts

    def say(self, which: int) -> None:
        party = self.member(which)
        if party.group.has_pending_proposals:  # N04
            self.commit(which, 0, "nothing promptly", public=False)
            return
        self.count += 1
        content = b"said-%d" % self.count
        party.group, data = protect(party.group, content, random=self.random)
        self.post(Kind.APPLICATION, party, data, content)

    def propose(self, which: int, whom: int, what: str, *, public: bool) -> None:
        party = self.member(which)
        group, seat = party.group, self.other_seat(party, whom)
        match what:
            case "remove" if seat is not None:
                group, data = propose_remove(group, seat, random=self.random, public=public)
            case "leave" if seat is not None:
                group, data = propose_remove(group, group.own_leaf, random=self.random, public=public)
            case "add" if len(group.members) < SEATS:
                group, data = self.propose_add(group, public=public)
            case _:
                group, data = propose_update(group, random=self.random, public=public)
        party.group = group
        party.proposals.add(self.post(Kind.PROPOSAL, party, data).number)

    def propose_add(self, group: Group, *, public: bool) -> tuple[Group, bytes]:
        return propose_add(
            group, self.invitation(), now=NOW, authenticate=trust, random=self.random, public=public
        )

    def commit(self, which: int, whom: int, wish: str, *, public: bool) -> None:
        """Stage a commit and send it; whether it counts is for the service to say, promptly or later."""
        what, when = wish.split()
        party = self.member(which)
        seat = self.other_seat(party, whom)
        staged = stage_commit(
            party.group,
            add=[self.invitation()] if what == "invite" and len(party.group.members) < SEATS else [],
            remove=[seat] if what == "remove" and seat is not None else [],
            path=True if what == "update" else None,
            psk=self.keys_to_mix(party.group, what),
            extensions=DEMANDS[whom % 2] if what == "extensions" else None,
            public=public,
            random=self.random,
            now=NOW,
            authenticate=trust,
            psks=SHARED_KEYS,
        )
        party.group = staged.current
        party.pending = (staged, self.post(Kind.COMMIT, party, staged.message).number)
        if when == "promptly":
            self.accept(party)
            self.deliver_to_all(12)

    def overlap(self, which: int, whom: int) -> None:
        """Let somebody read while his commit waits; what he read stays read when it counts (C06, N05)."""
        party = self.member(which)
        self.commit(which, whom, "update later", public=False)
        self.say(whom)
        self.deliver_to_all(12)
        if party.pending is not None:
            self.accept(party)
            self.tamper(self.parties.index(party), "repeat")

    @staticmethod
    def keys_to_mix(group: Group, what: str) -> list[PskSource]:
        match what:
            case "psk":
                return [ExternalPsk(b"shared")]
            case "resumption" if not group.has_pending_proposals:  # which may add somebody without that key
                return [ResumptionPsk(APPLICATION_USE, group.group_id, group.epoch)]
            case _:
                return []

    def enter(self, which: int) -> None:
        """Join by an external commit."""
        if len(self.member(which).group.members) < SEATS:
            self.enter_as(self.client(), self.member(which), resync=False)

    def come_back(self, which: int, whom: int) -> None:
        """Take one's seat again in the epoch of somebody who still has one's leaf, having lost all state."""
        lost, host = self.member(which), self.member(whom)
        if lost is not host and any(member.identity == lost.name for member in host.group.members):
            self.parties.remove(lost)
            self.enter_as(lost.client, host, resync=True)

    def enter_as(self, client: Client, host: Party, *, resync: bool) -> None:
        entered = join_external(
            group_info(host.group, external=True),
            client.key_package(),
            resync=resync,
            now=NOW,
            random=self.random,
            authenticate=trust,
            policy=OPEN,
        )
        letter = self.carry(Letter(Kind.COMMIT, 0, client.identity, host.history, entered.message))
        self.settle(Party(client, entered.group, (*host.history, letter.number)))

    def ask(self, which: int) -> None:
        """Let a stranger ask to be added."""
        host = self.member(which)
        if len(host.group.members) < SEATS:
            client = self.client()
            package = client.key_package()
            self.invited[client.identity] = (client, package)
            data = propose_join(group_info(host.group), package)
            self.carry(Letter(Kind.REQUEST, 0, client.identity, host.history, data))

    def acknowledge(self, which: int) -> None:
        """Tell one who waits that his commit counts, whatever the others were told."""
        waiting = [party for party in self.parties if party.pending is not None]
        if not waiting:
            return
        self.accept(waiting[which % len(waiting)])

    def accept(self, party: Party) -> None:
        """Let a commit count for its author, and let those in whom it adds."""
        staged = party.merge()
        for member in staged.added:
            entry = self.invited.pop(member.identity, None)
            if entry is not None and staged.welcome is not None:
                self.refuse_or_ignore(self.delivery.flipped(staged.welcome), entry[1], staged.group)
                group = join_group(
                    staged.welcome, entry[1], now=NOW, authenticate=trust, policy=OPEN, psks=SHARED_KEYS
                )
                self.settle(Party(entry[0], group, party.history))

    @staticmethod
    def refuse_or_ignore(welcome: bytes, package: KeyPackageSecrets, group: Group) -> None:
        """Try a spoilt Welcome, which is refused unless what was spoilt is for somebody else."""
        try:
            joined = join_group(welcome, package, now=NOW, authenticate=trust, policy=OPEN, psks=SHARED_KEYS)
        except PeerError:
            return
        assert joined.epoch_authenticator == group.epoch_authenticator

    def deliver(self, which: int, count: int) -> None:
        party = self.party(which)
        for _ in range(count):
            letter = self.delivery.fetch(party.name)
            if letter is not None:
                party.receive(letter)

    def deliver_to_all(self, count: int) -> None:
        for which in range(len(self.parties)):
            self.deliver(which, count)

    # Dishonest acts

    def tamper(self, which: int, how: str) -> None:
        party = self.party(which)
        self.delivery.acts[how](party.name)
        self.deliver(which, 1)

    def impersonate(self, which: int, whom: int) -> None:
        """Speak as another member, with his message keys, which every member has, and one's own signature."""
        liar = self.member(which)
        seat = self.other_seat(liar, whom)
        if seat is not None and not liar.group.has_pending_proposals:
            mask = replace(liar.group, own_leaf=seat)
            self.post(Kind.FALSE, liar, protect(mask, b"false", random=self.random)[1])

    def speak_after_removal(self, which: int, whom: int) -> None:
        """Send what a removed member can still make: his old keys under the number of the newest epoch."""
        former = [party for party in self.parties if not party.active]
        if not former:
            return
        liar, target = former[which % len(former)], self.member(whom)
        context = replace(liar.last_active.context, epoch=target.group.epoch)
        group = replace(liar.last_active, context=context, encoded_context=context.encode())
        content = Remove(0) if whom % 2 else b"still here"
        if context != liar.last_active.context:
            self.post(Kind.FALSE, liar, illegal.message(group, content, public=bool(whom % 2)))

    def commit_falsely(self, which: int, whom: int) -> None:
        """Commit what one may, with the confirmation tag of another epoch; or remove without a path."""
        liar = self.member(which)
        seat = self.other_seat(liar, whom)
        if whom % 2 and seat is not None:
            self.post(Kind.FALSE, liar, illegal.commit(liar.group, Remove(seat)))
            return
        quiet = replace(liar.group, proposals={})  # I12: who is removed has no tag to check
        staged = stage_commit(quiet, path=True, random=self.random, now=NOW, authenticate=trust)
        signed = illegal.honest_commit(liar.group, staged.message)
        false = signed.with_confirmation_tag(liar.group.confirmation_tag)
        self.post(Kind.FALSE, liar, sending.seal(liar.group, false, self.random)[1])

    def quarrel(self, which: int, whom: int) -> None:
        """Propose what no commit can carry out; nobody's commit may fail for that (RFC 9420 section 12.2)."""
        liar = self.member(which)
        seat = self.other_seat(liar, whom)
        if seat is not None:
            proposal = hostile_proposal(liar.group, liar.group.member(seat), self.random, whom)
            signed = sending.sign(liar.group, proposal, b"", public=bool(which % 2))
            liar.group, data = sending.seal(liar.group, signed, self.random)
            self.post(Kind.QUARREL, liar, data)

    def poison(self, which: int, whom: int) -> None:
        """Commit so that one recipient finds a wrong secret and all others are content.  # I07."""
        liar = self.member(which)
        staged = stage_poisoned_commit(liar.group, self.random, whom)
        liar.group = staged.current
        liar.pending = (staged, self.post(Kind.POISON, liar, staged.message).number)

    def divert(self, which: int) -> None:
        """Deliver a message of another group."""
        self.elsewhere, data = protect(self.elsewhere, b"elsewhere", random=self.random)
        self.post(Kind.FALSE, self.party(which), data)

    # What must hold

    @invariant()
    def members_of_one_epoch_agree_and_forks_show(self) -> None:
        epochs: dict[object, tuple[object, ...]] = {}
        members = [party for party in getattr(self, "parties", []) if party.active]
        for party in members:
            group = party.group
            assert group.epoch == len(party.history)
            assert party.group.member(group.own_leaf).identity == party.name
            view = (
                group.epoch_authenticator,
                group.tree_hash,
                group.members,
                group.confirmed_transcript_hash,
            )
            assert epochs.setdefault(party.history, view) == view
        assert len({view[0] for view in epochs.values()}) == len(epochs)

    def teardown(self) -> None:
        """Let the oracle judge the trees that the members arrived at."""
        for party in getattr(self, "parties", []):
            tree = oracle_of(party.last_active.tree)
            assert oracle.tree_hash(tree, self.suite.hash) == party.last_active.tree_hash
            assert oracle.flaws(tree, self.suite.hash) == []


Adversary.TestCase.settings = settings(max_examples=examples(40), stateful_step_count=80, deadline=None)
TestAdversary = Adversary.TestCase
