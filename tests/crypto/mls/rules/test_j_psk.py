"""Rules J: pre-shared keys, and groups that continue others or branch off from them.

Every commit and every Welcome here is sound but for the rule: whoever made it ran the key schedule with it.
"""

from dataclasses import replace

import pytest
from tests.crypto.mls import illegal, illegal_commit
from tests.crypto.mls.world import NOW, World, grown, seeded_random, trust

from rogatory_crypto.errors import Code
from rogatory_crypto.mls import (
    APPLICATION_USE,
    CommitReceived,
    ExternalPsk,
    Group,
    GroupPolicy,
    PskStore,
    ResumptionPsk,
    encode_group,
    process,
)
from rogatory_crypto.mls.key_schedule import BRANCH_USE, PSK_LIMIT, REINIT_USE, PreSharedKeyId, PskSource
from rogatory_crypto.mls.pre_shared_keys import PskSecrets
from rogatory_crypto.mls.proposals import PreSharedKey

RANDOM = seeded_random("pre-shared")
SECRET = b"secret" * 6
STORE = PskStore({b"id": SECRET, b"other": SECRET[::-1]})
EMPTY = PskStore()


def named(source: PskSource, size: int = 32) -> PreSharedKeyId:
    return PreSharedKeyId(source, RANDOM(size))


@pytest.fixture
def world() -> World:
    return grown(3)


def mixed(world: World, psks: PskSecrets, said: PskSecrets | None = None, seat: int = 0) -> bytes:
    """Return a commit that runs the key schedule with some keys, and says so, or says it of others."""
    proposals = [PreSharedKey(identifier) for identifier, _ in (psks if said is None else said)]
    return illegal_commit.commit(world.groups[seat], *proposals, psks=psks)


def follow(group: Group, message: bytes, store: PskStore) -> Group:
    event = process(group, message, now=NOW, authenticate=trust, psks=store)
    assert isinstance(event, CommitReceived)
    return event.group


def test_every_use_of_a_key_has_a_fresh_nonce(world: World) -> None:
    # J01: as long as the hash
    nonces = set()
    for _ in range(4):
        staged = world.stage(0, psk=[ExternalPsk(b"id")], psks=STORE)
        event = process(world.groups[1], staged.message, now=NOW, authenticate=trust, psks=STORE)
        assert isinstance(event, CommitReceived)
        (entry,) = event.listed
        assert isinstance(entry.proposal, PreSharedKey)
        nonces.add(entry.proposal.psk.psk_nonce)
    assert {len(nonce) for nonce in nonces} == {world.suite.hash_size}
    assert len(nonces) == 4


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_nonce_has_its_length(world: World, size: int) -> None:
    # J01 F04
    psks = ((named(ExternalPsk(b"id"), size), SECRET),)
    illegal.refused(world.groups[1], mixed(world, psks), Code.INVALID_PROPOSAL, "F04", psks=STORE)


def test_keys_are_mixed_in_the_order_of_their_proposals(world: World) -> None:
    # J01 I10: the same keys in another order lead elsewhere
    one, other = (named(ExternalPsk(b"id")), SECRET), (named(ExternalPsk(b"other")), SECRET[::-1])
    assert follow(world.groups[1], mixed(world, (one, other)), STORE).epoch == world.groups[1].epoch + 1
    swapped = mixed(world, (one, other), said=(other, one))
    illegal.refused(world.groups[1], swapped, Code.BAD_MAC, "I09", psks=STORE)


@pytest.mark.parametrize("secret", [b"", bytes(32), SECRET + b"\x00", SECRET[:-1]])
def test_nothing_takes_the_place_of_a_key_that_is_not_held(world: World, secret: bytes) -> None:
    # J03: whoever does not have it either guesses what we would take instead
    psks = ((named(ExternalPsk(b"id")), secret),)
    illegal.refused(world.groups[1], mixed(world, psks), Code.UNKNOWN_PSK, "J03", psks=EMPTY)
    illegal.refused(world.groups[1], mixed(world, psks), Code.BAD_MAC, "I09", psks=STORE)


def test_of_several_keys_every_one_is_held(world: World) -> None:
    # J03 I10
    psks = tuple((named(ExternalPsk(name)), SECRET) for name in (b"id", b"unknown"))
    for order in (psks, psks[::-1]):
        illegal.refused(world.groups[1], mixed(world, order), Code.UNKNOWN_PSK, "J03", psks=STORE)


def resumption(group: Group, epoch: int) -> ResumptionPsk:
    return ResumptionPsk(APPLICATION_USE, group.group_id, epoch)


def test_a_past_epoch_is_resumed_only_while_we_keep_it(world: World) -> None:
    # J02: the committer kept it for longer
    first = world.groups[0]
    patient = GroupPolicy(resumption_psks=9, public_handshakes=True)
    world.groups[0] = replace(first, policy=patient)
    for _ in range(5):
        world.update(1)
    psks = ((named(resumption(first, first.epoch)), first.secrets.resumption_psk),)
    assert follow(world.groups[1], mixed(world, psks), EMPTY).active
    world.update(1)
    message = mixed(world, psks)
    assert first.secrets.resumption_psk in encode_group(world.groups[0])
    illegal.refused(world.groups[1], message, Code.UNKNOWN_PSK, "J03")
    assert len(world.groups[1].resumption) == 5


@pytest.mark.parametrize("ahead", [1, 2, 1 << 63])
def test_an_epoch_that_has_not_come_is_not_resumed(world: World, ahead: int) -> None:
    # J02 J03
    source = resumption(world.groups[0], world.groups[0].epoch + ahead)
    illegal.refused(
        world.groups[1], mixed(world, ((named(source), bytes(32)),)), Code.UNKNOWN_PSK, "J03", psks=STORE
    )


def test_the_store_says_nothing_of_our_own_epochs(world: World) -> None:
    # J02: what the group does not keep any more does not come back from elsewhere
    group = world.groups[0]
    source = resumption(group, 0)
    store = PskStore(resumption={(group.group_id, 0): SECRET})
    message = mixed(world, ((named(source), SECRET),))
    illegal.refused(world.groups[1], message, Code.UNKNOWN_PSK, "J03", psks=store)


def test_another_groups_epoch_is_resumed_from_the_store_only(world: World) -> None:
    # J02 J03
    source = ResumptionPsk(APPLICATION_USE, b"another group", 7)
    message = mixed(world, ((named(source), SECRET),))
    illegal.refused(world.groups[1], message, Code.UNKNOWN_PSK, "J03", psks=STORE)
    store = PskStore(resumption={(b"another group", 7): SECRET})
    assert follow(world.groups[1], message, store).active


@pytest.mark.parametrize("usage", [REINIT_USE, BRANCH_USE])
def test_a_running_group_is_neither_a_branch_nor_a_continuation(world: World, usage: int) -> None:
    # J04 F04: though we hold the key
    group = world.groups[0]
    source = ResumptionPsk(usage, group.group_id, group.epoch)
    message = mixed(world, ((named(source), group.secrets.resumption_psk),))
    illegal.refused(world.groups[1], message, Code.INVALID_PROPOSAL, "F04")


def test_so_many_keys_and_no_more_are_mixed_in(world: World) -> None:
    # J07 Q02
    many = tuple((named(ExternalPsk(b"id")), SECRET) for _ in range(PSK_LIMIT + 1))
    assert follow(world.groups[1], mixed(world, many[1:]), STORE).active
    illegal.refused(world.groups[1], mixed(world, many), Code.TOO_LARGE, "J07", psks=STORE)
