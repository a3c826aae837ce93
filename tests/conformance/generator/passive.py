"""Cases of a client that joins by a Welcome and follows what the others do."""

from dataclasses import dataclass, field
from typing import Any

from tests.conformance.generator.histories import Company
from tests.conformance.generator.seeded import NOW, Case, is_large, number
from tests.crypto.mls.world import trust

from rogatory_crypto.mls import (
    APPLICATION_USE,
    CipherSuite,
    Extension,
    ExternalPsk,
    Group,
    KeyPackageSecrets,
    PskStore,
    Random,
    RequiredCapabilities,
    ResumptionPsk,
    StagedCommit,
    group_info,
    join_external,
    propose_add,
    propose_extensions,
    propose_join,
    propose_psk,
    propose_remove,
    propose_update,
    required_capabilities_extension,
)


@dataclass(slots=True)
class Passive:
    """A company in which one client only listens."""

    company: Company
    package: KeyPackageSecrets = field(repr=False)
    case: Case = field(repr=False)
    seat: int

    @classmethod
    def joins(
        cls, suite: CipherSuite, random: Random, *, tree: bool, psks: int = 0, demanded: bool = False
    ) -> "Passive":
        """Let a client join two who have lived through an epoch or two.

        Args:
            suite: of the group.
            random: source of randomness.
            tree: whether the Welcome carries the tree.
            psks: how many external pre-shared keys everybody holds.
            demanded: whether the Welcome demands all of them.
        """
        external = {random(8): random(32) for _ in range(psks)}
        company = Company(suite, random, PskStore(external))
        company.commit(0, [company.newcomer()])
        company.commit(1, path=True)
        package = company.newcomer()
        named = [ExternalPsk(psk_id) for psk_id in external] if demanded else []
        staged = company.commit(0, [package], psk=named, include_tree=tree)
        case = _joined(package, staged, external, tree=tree)
        return cls(company, package, case, staged.added[0].leaf_index)

    @property
    def group(self) -> Group:
        """What the passive client holds."""
        return self.company.groups[self.seat]

    def epoch(self, by: int, proposals: list[bytes], **changes: Any) -> StagedCommit:
        """Let one commit what was proposed and what is asked for, and note it."""
        staged = self.company.commit(by, **changes)
        self.note(proposals, staged.message)
        return staged

    def note(self, proposals: list[bytes], commit: bytes) -> None:
        """Write an epoch down."""
        self.case["epochs"].append(
            {
                "proposals": [proposal.hex() for proposal in proposals],
                "commit": commit.hex(),
                "epoch_authenticator": self.group.epoch_authenticator.hex(),
            }
        )

    def proposed(self, by: int, made: tuple[Group, bytes]) -> bytes:
        """Let everybody hear a proposal."""
        self.company.groups[by], message = made
        self.company.receive(by, message)
        return message


def _joined(
    package: KeyPackageSecrets, staged: StagedCommit, external: dict[bytes, bytes], *, tree: bool
) -> Case:
    return {
        "cipher_suite": package.suite.code,
        "external_psks": [{"psk_id": name.hex(), "psk": psk.hex()} for name, psk in external.items()],
        "key_package": package.message.hex(),
        "signature_priv": package.signature_private.hex(),
        "encryption_priv": package.encryption_private.hex(),
        "init_priv": package.init_private.hex(),
        "welcome": (staged.welcome or b"").hex(),
        "ratchet_tree": None if tree else staged.group.ratchet_tree.hex(),
        "initial_epoch_authenticator": staged.group.epoch_authenticator.hex(),
        "epochs": [],
    }


def passive_welcome_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """The tree in the Welcome and beside it, without a pre-shared key and with two."""
    ways = ((False, 2),) if is_large(suite) else ((True, 0), (False, 0), (True, 2))
    return [Passive.joins(suite, random, tree=tree, psks=psks, demanded=True).case for tree, psks in ways]


def passive_commit_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """Every proposal by value and by reference, in both framings, and somebody who comes from outside."""
    if is_large(suite):
        return [_by_reference(suite, random), _from_outside(suite, random)]
    return [_by_value(suite, random), _by_reference(suite, random), _from_outside(suite, random)]


def _required() -> tuple[Extension, ...]:
    return (required_capabilities_extension(RequiredCapabilities(credentials=(1,))),)


def _by_value(suite: CipherSuite, random: Random) -> Case:
    passive = Passive.joins(suite, random, tree=True, psks=1)
    company, group = passive.company, passive.group
    resumed = ResumptionPsk(APPLICATION_USE, group.group_id, group.epoch)
    passive.epoch(1, [], psk=[ExternalPsk(next(iter(company.psks.external))), resumed], public=True)
    passive.epoch(0, [], psk=[resumed], path=True, public=True)  # of an epoch that is past by now
    passive.epoch(0, [], newcomers=[company.newcomer()], public=False)
    passive.epoch(3, [], remove=[1], public=False)
    passive.epoch(0, [], extensions=_required(), public=True)
    passive.epoch(3, [], path=True, public=False)
    return passive.case


def _by_reference(suite: CipherSuite, random: Random) -> Case:
    passive = Passive.joins(suite, random, tree=False, psks=1)
    company, public = passive.company, is_large(suite)  # a private message is padded to the next power of two
    groups, psk = company.groups, ExternalPsk(next(iter(company.psks.external)))
    judged: dict[str, Any] = {"now": NOW, "authenticate": trust, "random": random}
    proposals = [
        passive.proposed(1, propose_update(groups[1], random=random, public=True)),
        passive.proposed(1, propose_psk(groups[1], psk, random=random, public=public)),
        passive.proposed(0, propose_extensions(groups[0], _required(), **judged)),
    ]
    passive.epoch(0, proposals, public=public)
    if not is_large(suite):
        newcomer = company.newcomer().message
        proposals = [
            passive.proposed(1, propose_remove(groups[1], 1, random=random)),
            passive.proposed(0, propose_add(groups[0], newcomer, public=True, **judged)),
        ]
        passive.epoch(0, proposals, public=False)
    return passive.case


def _from_outside(suite: CipherSuite, random: Random) -> Case:
    passive = Passive.joins(suite, random, tree=True)
    company = passive.company
    newcomer, joiner = company.newcomer(), company.newcomer()
    asked = propose_join(group_info(company.groups[0]), newcomer)
    company.receive(-1, asked)
    passive.epoch(1, [asked], public=True)
    info = group_info(company.groups[0], external=True)
    joined = join_external(info, joiner, now=NOW, random=random, authenticate=trust)
    company.receive(-1, joined.message)
    passive.note([], joined.message)
    passive.epoch(0, [], path=True, public=is_large(suite))
    return passive.case


def passive_random_cases(suite: CipherSuite, random: Random) -> list[Case]:
    """One history in which anybody but the listener does anything."""
    passive = Passive.joins(suite, random, tree=True)
    for _ in range(2 if is_large(suite) else 12):
        seats = [seat for seat in sorted(passive.company.groups) if seat != passive.seat]
        by = seats[number(random, len(seats))]
        public = is_large(suite) or number(random, 2) == 0
        _anything(passive, by, [seat for seat in seats if seat != by], public=public)
    return [passive.case]


def _anything(passive: Passive, by: int, others: list[int], *, public: bool) -> None:
    company, random = passive.company, passive.company.random
    match number(random, 4):
        case 0 if len(others) < 5:
            newcomers = [company.newcomer() for _ in range(1 + number(random, 2))]
            passive.epoch(by, [], newcomers=newcomers, public=public)
        case 1 if len(others) > 1:
            passive.epoch(by, [], remove=[others[number(random, len(others))]], public=public)
        case 2 if others:
            proposer = others[number(random, len(others))]
            made = propose_update(company.groups[proposer], random=random, public=public)
            passive.epoch(by, [passive.proposed(proposer, made)], public=public)
        case _:
            passive.epoch(by, [], path=True, public=public)
