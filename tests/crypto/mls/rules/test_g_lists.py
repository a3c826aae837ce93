"""Rules G: lists of proposals, each sound by itself, that may not stand in one commit."""

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import NOW, World, grown, trust

from rogatory_crypto.errors import Code
from rogatory_crypto.mls import (
    CommitReceived,
    ProposalReceived,
    process,
    propose_remove,
    propose_update,
)
from rogatory_crypto.mls.credentials import REQUIRED_CAPABILITIES, Extension, RequiredCapabilities
from rogatory_crypto.mls.framing import COMMIT
from rogatory_crypto.mls.key_schedule import ExternalPsk, PreSharedKeyId
from rogatory_crypto.mls.nodes import FromUpdate
from rogatory_crypto.mls.proposals import (
    Add,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
    Update,
)

PSK = PreSharedKey(PreSharedKeyId(ExternalPsk(b"id"), bytes(32)))
REINIT = ReInit(bytes(32), 1, 1, ())


@pytest.fixture
def world() -> World:
    return grown(5)


def refused(world: World, code: Code, rule: str, *proposals: Proposal | bytes) -> None:
    """Commit a list without a path, which is checked only after the list."""
    message = illegal.commit(world.groups[0], *proposals)
    illegal.refused(world.groups[1], message, code, rule)


def proposed(world: World, seat: int, message: bytes) -> bytes:
    """Let everybody keep a proposal, and return its reference."""
    references = set()
    for other in world.groups:
        if other != seat:
            event = world.receive(other, message)
            assert isinstance(event, ProposalReceived)
            references.add(event.reference)
    (reference,) = references
    return reference


def proposed_update(world: World, seat: int) -> bytes:
    world.groups[seat], message = propose_update(world.groups[seat], random=world.random)
    return proposed(world, seat, message)


def proposed_removal(world: World, seat: int, removed: int) -> bytes:
    world.groups[seat], message = propose_remove(world.groups[seat], removed, random=world.random)
    return proposed(world, seat, message)


@pytest.mark.parametrize("reference", [b"", bytes(31), bytes(32), bytes(64)])
def test_a_reference_is_of_a_proposal_that_was_sent(world: World, reference: bytes) -> None:
    # G01
    proposed_removal(world, 2, 3)
    refused(world, Code.INVALID_COMMIT, "G01", reference)


def test_a_reference_is_over_the_whole_proposal(world: World) -> None:
    # G01: one bit of a true one
    true = proposed_removal(world, 2, 3)
    refused(world, Code.INVALID_COMMIT, "G01", true[:-1] + bytes([true[-1] ^ 1]))


def test_nobody_commits_his_own_update(world: World) -> None:
    # G02: by value, and by a reference to what he sent
    fresh = illegal.honest_path(world, 0).leaf_node
    refused(
        world, Code.INVALID_PROPOSAL, "G02", Update(illegal.leaf(world.groups[0], fresh, source=FromUpdate()))
    )
    refused(world, Code.INVALID_PROPOSAL, "G02", proposed_update(world, 0))


def test_nobody_commits_his_own_removal(world: World) -> None:
    # G03: by value, and proposed by another
    refused(world, Code.INVALID_PROPOSAL, "G03", Remove(0))
    refused(world, Code.INVALID_PROPOSAL, "G03", proposed_removal(world, 2, 0))


def test_a_leaf_is_changed_once(world: World) -> None:
    # G04: removed twice, updated and removed, updated twice
    refused(world, Code.INVALID_PROPOSAL, "G04", Remove(3), Remove(3))
    refused(world, Code.INVALID_PROPOSAL, "G04", proposed_removal(world, 2, 3), Remove(3))
    first, second = proposed_update(world, 4), proposed_update(world, 4)
    refused(world, Code.INVALID_PROPOSAL, "G04", first, Remove(4))
    refused(world, Code.INVALID_PROPOSAL, "G04", Remove(4), first)
    refused(world, Code.INVALID_PROPOSAL, "G04", first, second)


def test_a_client_is_added_once(world: World) -> None:
    # G05: two packages of one key, and two clients of one name
    client = world.client(b"twice")
    first, second = Add(client.key_package().package), Add(client.key_package().package)
    refused(world, Code.INVALID_PROPOSAL, "G05", first, second)
    namesake = Add(world.client(b"twice").key_package().package)
    refused(world, Code.INVALID_PROPOSAL, "G05", first, namesake)
    refused(world, Code.INVALID_PROPOSAL, "G05", first, first)


def test_a_member_is_not_added_again(world: World) -> None:
    # G06: by his name, and by his key under another name
    namesake = illegal.key_package_of(world, world.groups[0].member(2).identity)
    refused(world, Code.INVALID_PROPOSAL, "G06", Add(namesake))
    client = world.client(b"another name")
    client.signer = world.groups[2].signer
    refused(world, Code.INVALID_PROPOSAL, "G06", Add(client.key_package().package))


def test_a_member_is_added_again_in_the_commit_that_removes_him(world: World) -> None:
    # G06: only the path is missing
    namesake = illegal.key_package_of(world, world.groups[0].member(2).identity)
    refused(world, Code.INVALID_COMMIT, "I01", Remove(2), Add(namesake))


def test_a_pre_shared_key_is_named_once(world: World) -> None:
    # G07: with the same nonce
    refused(world, Code.INVALID_PROPOSAL, "G07", PSK, PSK)


def test_the_extensions_are_changed_once(world: World) -> None:
    # G08: even to what they are
    twice = (GroupContextExtensions(()), GroupContextExtensions(()))
    refused(world, Code.INVALID_PROPOSAL, "G08", *twice)


@pytest.mark.parametrize("other", [PSK, Remove(3), GroupContextExtensions(()), REINIT])
def test_a_reinit_stands_alone(world: World, other: Proposal) -> None:
    # G09
    refused(world, Code.INVALID_PROPOSAL, "G09", REINIT, other)
    refused(world, Code.INVALID_PROPOSAL, "G09", other, REINIT)


def test_a_member_commits_no_external_init(world: World) -> None:
    # G10: alone, and beside what he may
    refused(world, Code.INVALID_PROPOSAL, "G10", ExternalInit(bytes(32)))
    refused(world, Code.INVALID_PROPOSAL, "G10", Remove(3), ExternalInit(bytes(32)))


def test_a_type_that_a_member_cannot_is_in_no_commit(world: World) -> None:
    # G11 F10: nobody here can any type beyond the default, so none is read
    entry = b"\x01" + (0xF001).to_bytes(2, "big")
    message = illegal.private_bytes(world.groups[0], COMMIT, bytes([len(entry)]) + entry + b"\x00")
    illegal.refused(world.groups[1], message, Code.UNSUPPORTED, "A04")


def test_the_tree_that_a_list_makes_has_every_key_once(world: World) -> None:
    # G12 D09: two Adds that share an encryption key, and an update to a key of another member
    first = illegal.key_package_of(world, b"first")
    key = first.leaf_node.encryption_key
    second = illegal.key_package_of(world, b"second", leaf_changes={"encryption_key": key})
    refused(world, Code.INVALID_PROPOSAL, "D09", Add(first), Add(second))
    group = world.groups[2]
    fresh = illegal.honest_path(world, 2).leaf_node
    stolen = group.member(3).encryption_key
    leaf = illegal.leaf(group, fresh, source=FromUpdate(), encryption_key=stolen)
    reference = proposed(world, 2, illegal.message(group, Update(leaf)))
    refused(world, Code.INVALID_PROPOSAL, "D09", reference)


def test_a_list_frees_what_it_removes(world: World) -> None:
    # G12: the key of who leaves may be that of who comes; only the path is missing
    key = world.groups[0].member(3).encryption_key
    newcomer = illegal.key_package_of(world, leaf_changes={"encryption_key": key})
    refused(world, Code.INVALID_COMMIT, "I01", Remove(3), Add(newcomer))


def test_the_application_sees_who_wanted_what_and_may_stay_where_it_is(world: World) -> None:
    # G13 G15: the group it had is as it was
    reference = proposed_removal(world, 2, 3)
    before = world.groups[1]
    staged = world.stage(0, remove=[4])
    event = process(before, staged.message, now=NOW, authenticate=trust)
    assert isinstance(event, CommitReceived)
    wanted = {entry.reference: entry.sender for entry in event.listed}
    assert wanted == {reference: illegal.seat_of(2), None: illegal.seat_of(0)}
    assert event.sender.leaf_index == 0
    assert before.epoch == event.group.epoch - 1
    assert isinstance(process(before, world.stage(2).message, now=NOW, authenticate=trust), CommitReceived)


def test_the_new_extensions_rule_all_other_proposals_wherever_they_stand(world: World) -> None:
    # G14: the change comes last in the list and counts first
    required = RequiredCapabilities(extensions=(0x7777,)).encode()
    change = GroupContextExtensions((Extension(REQUIRED_CAPABILITIES, required),))
    newcomer = Add(illegal.key_package_of(world))
    refused(world, Code.INVALID_LEAF_NODE, "D10", newcomer, change)
    refused(world, Code.INVALID_LEAF_NODE, "D10", change, newcomer)


def test_seats_are_freed_before_they_are_taken(world: World) -> None:
    # G14: an Add before the Remove in the list still gets the seat
    newcomer = world.client(b"newcomer").key_package()
    staged = world.stage(0, add=[newcomer.message], remove=[3])
    assert [member.leaf_index for member in staged.added] == [3]


def test_a_proposal_by_reference_is_its_own_senders(world: World) -> None:
    # G15 G02: what one proposed for himself, another commits, and he himself does not
    reference = proposed_update(world, 2)
    own = illegal.commit(world.groups[2], reference)
    illegal.refused(world.groups[1], own, Code.INVALID_PROPOSAL, "G02")
    refused(world, Code.INVALID_COMMIT, "I01", reference)


def test_a_proposal_by_value_is_the_committers(world: World) -> None:
    # G15 G02: an update that another has signed for his own seat
    group = world.groups[2]
    fresh = illegal.honest_path(world, 2).leaf_node
    lent = illegal.leaf(group, fresh, source=FromUpdate())
    refused(world, Code.INVALID_PROPOSAL, "G02", Update(lent))


def test_a_removal_of_a_member_who_updates_is_followed_without_his_update(world: World) -> None:
    # G04 G02: an honest committer lists what may stand together
    proposed_update(world, 3)
    staged = world.stage(0, remove=[3])
    world.merge(0, staged)
    assert world.agrees()
    assert not world.groups[0].has_pending_proposals
