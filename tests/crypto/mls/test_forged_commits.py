"""Whole commits of any proposals that somebody can forge: all members judge each of them alike."""

from collections.abc import Callable
from typing import Final, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.mls import illegal, illegal_commit
from tests.crypto.mls.world import NOW, Client, World, grown, trust

from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import (
    APPLICATION_USE,
    BasicCredential,
    CommitReceived,
    Extension,
    ExternalPsk,
    ExternalSender,
    Proposal,
    PskStore,
    RequiredCapabilities,
    ResumptionPsk,
    encode_group,
    external_senders_extension,
    process,
    required_capabilities_extension,
    sending,
)
from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.key_schedule import BRANCH_USE, PreSharedKeyId
from rogatory_crypto.mls.nodes import FromUpdate
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import (
    Add,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    ReInit,
    Remove,
    Update,
)

Maker: TypeAlias = Callable[[World, int, int], Proposal]
SECRET: Final = b"secret" * 6
STORE: Final = PskStore({b"id": SECRET})
SEATS: Final = 4


def _add(world: World, _seat: int, which: int) -> Proposal:
    names = (b"newcomer", b"other", world.groups[0].member(which % SEATS).identity)
    return Add(illegal.key_package_of(world, names[which % 3]))


def _update(world: World, seat: int, which: int) -> Proposal:
    group = world.groups[seat]
    old = illegal.own_leaf(group)
    _, key = world.suite.kem.derive_key_pair(world.random(32))
    credential = BasicCredential(b"else") if which % 3 == 0 else old.credential
    return Update(illegal.leaf(group, old, encryption_key=key, source=FromUpdate(), credential=credential))


def _psk(world: World, seat: int, which: int) -> Proposal:
    group = world.groups[seat]
    sources = (
        ExternalPsk(b"id"),
        ExternalPsk(b"of nobody"),
        ResumptionPsk(APPLICATION_USE, group.group_id, group.epoch),
        ResumptionPsk(BRANCH_USE, group.group_id, group.epoch),
    )
    return PreSharedKey(PreSharedKeyId(sources[which % 4], bytes(32 - (which % 7 == 0))))


def _extensions(_world: World, _seat: int, which: int) -> Proposal:
    sender = ExternalSender(bytes(32), BasicCredential(b"robot"))
    choices: tuple[tuple[Extension, ...], ...] = (
        (),
        (required_capabilities_extension(RequiredCapabilities(credentials=(1,))),),
        (required_capabilities_extension(RequiredCapabilities(proposals=(0x7777,))),),
        (external_senders_extension((sender,)),),
        (Extension(0x0A0A, b""),),
        (Extension(3, b"\xff"),),
    )
    return GroupContextExtensions(choices[which % len(choices)])


MAKERS: Final[list[Maker]] = [
    _add,
    _update,
    _psk,
    _extensions,
    lambda _world, _seat, which: Remove(which % (SEATS + 2)),
    lambda _world, _seat, which: ReInit(b"next", which % 3, 1, ()),
    lambda world, _seat, which: ExternalInit(world.random(32 - which % 2)),
]
CHOICES = st.lists(st.tuples(st.sampled_from(MAKERS), st.integers(0, 41)), max_size=4)


def judged(world: World, message: bytes, author: int | None) -> set[str]:
    """Let everybody else judge a commit; return how many ways they went."""
    verdicts = set()
    for seat, group in world.groups.items():
        if seat == author:
            continue
        before = encode_group(group)
        try:
            event = process(group, message, now=NOW, authenticate=trust, psks=STORE)
        except PeerError as error:
            assert encode_group(group) == before
            verdicts.add(error.code.value)
            continue
        assert isinstance(event, CommitReceived)
        if not event.removed_us:
            verdicts.add(event.group.epoch_authenticator.hex())
    return verdicts


@settings(max_examples=60, deadline=None)
@given(CHOICES, st.integers(0, SEATS - 1), st.booleans(), st.booleans())
def test_members_judge_a_members_commit_alike(
    choices: list[tuple[Maker, int]],
    seat: int,
    path: bool,  # noqa: FBT001  # drawn
    public: bool,  # noqa: FBT001  # drawn
) -> None:
    # N06: nobody can forge a commit that some take and others refuse
    world = grown(SEATS, seed="forged")
    proposals = [make(world, seat, which) for make, which in choices]
    psks = tuple((one.psk, SECRET) for one in proposals if isinstance(one, PreSharedKey))
    message = illegal_commit.commit(world.groups[seat], *proposals, public=public, path=path, psks=psks)
    assert len(judged(world, message, seat)) <= 1


@settings(max_examples=40, deadline=None)
@given(CHOICES, st.booleans())
def test_members_judge_an_outsiders_commit_alike(
    choices: list[tuple[Maker, int]],
    returning: bool,  # noqa: FBT001  # drawn
) -> None:
    # N06 H01 to H05
    world = grown(SEATS, seed="forged")
    name = world.groups[0].member(3).identity if returning else b"outsider"
    author, init = illegal_commit.outsider(world, Client(world.suite, name, world.random))
    proposals = [init, *(make(world, 1, which) for make, which in choices)]
    psks = tuple((one.psk, SECRET) for one in proposals if isinstance(one, PreSharedKey))
    message = illegal_commit.external_commit(author, *proposals, psks=psks)
    assert len(judged(world, message, None)) <= 1


@settings(max_examples=60, deadline=None)
@given(CHOICES, st.integers(0, SEATS - 1), st.sampled_from([None, "add", "remove"]))
def test_whatever_waits_an_honest_commit_is_taken_by_all(
    choices: list[tuple[Maker, int]], seat: int, wanted: str | None
) -> None:
    # N04 G01 to G12: nobody can propose what makes a commit fail
    world = grown(SEATS, seed="forged")
    for make, which in choices:
        propose(world, which % SEATS, make(world, which % SEATS, which))
    options: dict[str, object] = {"psks": STORE}
    if wanted == "add":
        options["add"] = [world.client(b"newcomer").key_package().message]
    if wanted == "remove":
        options["remove"] = [(seat + 1) % SEATS]
    staged = world.stage(seat, **options)
    assert judged(world, staged.message, seat) <= {staged.group.epoch_authenticator.hex()}


def propose(world: World, seat: int, proposal: Proposal) -> None:
    """Send a proposal to everybody; all keep it or nobody does."""
    if isinstance(proposal, Update):
        return  # its author would need the private key
    signed = sending.sign(world.groups[seat], proposal, b"", public=False)
    own, message = sending.seal(world.groups[seat], signed, world.random)
    kept = []
    for other in [other for other in world.groups if other != seat]:
        try:
            world.groups[other] = process(world.groups[other], message, now=NOW, authenticate=trust).group
            kept.append(other)
        except PeerError:
            continue
    assert len(kept) in {0, SEATS - 1}
    reference = signed.reference(world.suite)
    entry = Listed(proposal, MemberSender(own.own_leaf), reference)
    world.groups[seat] = own.with_proposal(reference, entry) if kept else own
