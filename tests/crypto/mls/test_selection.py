"""What a committer makes of proposals that wait: nothing that others proposed keeps him from committing."""

from dataclasses import replace
from typing import Any

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import NOW, World, distrust, grown, trust

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import (
    APPLICATION_USE,
    CommitReceived,
    ExternalPsk,
    ProposalReceived,
    PskStore,
    ResumptionPsk,
    join_group,
    process,
    propose_add,
    propose_psk,
    propose_remove,
    propose_update,
    sending,
)
from rogatory_crypto.mls.credentials import Extension
from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.group import PROPOSAL_BYTES
from rogatory_crypto.mls.group_state import PROPOSALS_AN_EPOCH, STATE_LIMIT
from rogatory_crypto.mls.nodes import FromUpdate, LeafNode
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import (
    Add,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Update,
)
from rogatory_crypto.mls.tree_math import node_of
from rogatory_crypto.mls.welcome import encode_message

SECRET = b"secret" * 6
STORE = PskStore({b"id": SECRET})
UNKNOWN = Extension(0x7777, b"")


@pytest.fixture
def world() -> World:
    return grown(5)


def propose(world: World, seat: int, proposal: Proposal) -> None:
    """Let a member send any proposal to everybody."""
    signed = sending.sign(world.groups[seat], proposal, b"", public=False)
    world.groups[seat], message = sending.seal(world.groups[seat], signed, world.random)
    deliver(world, seat, message)


def deliver(world: World, seat: int, message: bytes) -> None:
    for other in world.groups:
        if other != seat:
            assert isinstance(world.receive(other, message), ProposalReceived)


def fresh_update(world: World, seat: int, **changes: object) -> LeafNode:
    path = illegal.honest_path(world, seat)
    return illegal.leaf(world.groups[seat], path.leaf_node, source=FromUpdate(), **changes)


def wait(world: World, seat: int, make: Any, *arguments: Any, **options: Any) -> None:
    """Let a member propose as our own code does; everybody receives it."""
    world.groups[seat], message = make(world.groups[seat], *arguments, random=world.random, **options)
    deliver(world, seat, message)


def settled(world: World, seat: int = 0, **options: Any) -> CommitReceived:
    """Stage at a seat and let another accept it."""
    staged = world.stage(seat, **options)
    store = options.get("psks", PskStore())
    other = 1 if seat != 1 else 0
    event = process(world.groups[other], staged.message, now=NOW, authenticate=trust, psks=store)
    assert isinstance(event, CommitReceived)
    assert event.group.epoch_authenticator == staged.group.epoch_authenticator
    assert not event.group.has_pending_proposals
    return event


def test_a_psk_that_we_do_not_hold_keeps_nobody_from_committing(world: World) -> None:
    # J03 G14: it was proposed by somebody who may not even have it
    wait(world, 3, propose_psk, ExternalPsk(b"unheard of"))
    wait(world, 3, propose_psk, ExternalPsk(b"id"))
    event = settled(world, remove=[4], psks=STORE)
    assert sorted(type(entry.proposal).__name__ for entry in event.listed) == ["PreSharedKey", "Remove"]


def test_more_psks_than_a_commit_may_have_keep_nobody_from_committing(world: World) -> None:
    # Q02 J07
    for _ in range(20):
        wait(world, 3, propose_psk, ExternalPsk(b"id"))
    event = settled(world, psk=[ExternalPsk(b"id")], psks=STORE)
    assert len(event.listed) == 16


def test_a_member_or_a_guest_who_is_proposed_again_keeps_nobody_from_committing(world: World) -> None:
    # G05 G06 E05: what we ask for ourselves comes first
    client = world.client(b"guest")
    namesake = world.client(b"guest")
    wanted = client.key_package()
    for message in (client.key_package().message, namesake.key_package().message):
        wait(world, 3, propose_add, message, now=NOW, authenticate=trust)
    member = illegal.key_package_of(world, world.groups[0].member(2).identity)
    propose(world, 3, Add(member))
    twin = illegal.key_package_of(world, b"twin", init_key=wanted.package.init_key)
    propose(world, 2, Add(twin))
    event = settled(world, add=[wanted.message])
    assert [added.identity for added in event.added] == [b"guest"]
    assert event.added[0].encryption_key == wanted.package.leaf_node.encryption_key


def test_an_update_with_a_key_of_another_keeps_nobody_from_committing(world: World) -> None:
    # D09 G12: each sound when it came
    propose(world, 3, Update(fresh_update(world, 3, encryption_key=world.groups[0].member(2).encryption_key)))
    key = fresh_update(world, 2).encryption_key
    propose(world, 2, Update(fresh_update(world, 2, encryption_key=key)))
    propose(world, 4, Update(fresh_update(world, 4, encryption_key=key)))
    event = settled(world)
    assert [entry.sender for entry in event.listed] == [MemberSender(4)]  # the later one


def test_nobody_escapes_his_removal_by_what_he_proposes(world: World) -> None:
    # G04: an update of his, an Add of himself, other extensions
    wait(world, 4, propose_remove, 3)
    wait(world, 3, propose_update)
    wait(world, 3, propose_update)
    propose(world, 3, GroupContextExtensions((UNKNOWN,)))
    event = settled(world)
    assert [member.leaf_index for member in event.removed] == [3]


def test_extensions_that_shut_a_newcomer_out_wait_for_another_commit(world: World) -> None:
    # F07 G14
    more = replace(illegal.own_leaf(world.groups[0]).capabilities, extensions=(10, 0x7777))
    for seat, group in world.groups.items():
        tree = group.tree.copy()
        for index, leaf in list(tree.leaves()):
            tree.set_node(node_of(index), replace(leaf, capabilities=more))
        world.groups[seat] = replace(group, tree=tree)
    propose(world, 3, GroupContextExtensions((UNKNOWN,)))
    package = world.client(b"plain").key_package()
    staged = world.stage(0, add=[package.message])
    assert [member.identity for member in staged.added] == [b"plain"]
    assert staged.group.extensions == ()
    assert world.stage(0).group.extensions == (UNKNOWN,)


def test_a_key_package_that_expired_while_it_waited_is_left_out(world: World) -> None:
    # D14
    package = world.client(b"late").key_package()
    wait(world, 3, propose_add, package.message, now=NOW, authenticate=trust)
    assert world.stage(0, now=NOW + 86_401).added == ()
    assert [member.identity for member in world.stage(0, now=NOW + 86_400).added] == [b"late"]


def test_whom_the_application_does_not_know_any_more_is_left_out(world: World) -> None:
    # D01
    package = world.client(b"revoked").key_package()
    wait(world, 3, propose_add, package.message, now=NOW, authenticate=trust)
    assert world.stage(0, authenticate=distrust(b"revoked")).added == ()


def test_as_many_as_may_be_listed_are_committed(world: World) -> None:
    # Q02 Q05: what waits is left out before what we ask for
    group = world.groups[0]
    for number in range(64):
        proposal = Add(illegal.key_package_of(world, b"guest %d" % number))
        entry = Listed(proposal, MemberSender(3), b"%d" % number)
        group = group.with_proposal(b"%d" % number, entry)
    assert len(replace(group).proposals) == 64
    world.groups[0] = group
    assert len(world.stage(0).added) == 64


def test_a_hostile_reinit_gives_way(world: World) -> None:
    # G09: to whatever else is wanted, and to what others want
    propose(world, 3, ReInit(b"elsewhere", 1, 1, ()))
    assert settled(world, remove=[4]).group.active
    wait(world, 2, propose_remove, 4)
    assert settled(world).group.active


def test_unusable_proposals_do_not_hold_up_a_reinit(world: World) -> None:
    # G09 J03
    wait(world, 3, propose_psk, ExternalPsk(b"unheard of"))
    event = settled(world, reinit=ReInit(b"elsewhere", 1, 1, ()))
    assert event.group.reinit is not None


def test_what_we_ask_for_and_may_not_have_is_still_an_error(world: World) -> None:
    # G06: not silently left out
    member = illegal.key_package_of(world, world.groups[0].member(2).identity)
    with pytest.raises(PeerError, match="G06"):
        world.stage(0, add=[encode_message(member)])


def test_nothing_that_waits_is_so_large_that_it_cannot_be_stored(world: World) -> None:
    # Q05: as many as may wait, each as large as it may be, fit into what is read back
    assert PROPOSAL_BYTES * PROPOSALS_AN_EPOCH < STATE_LIMIT
    large = GroupContextExtensions((Extension(0x7777, bytes(PROPOSAL_BYTES)),))
    message = illegal.message(world.groups[3], large)
    illegal.refused(world.groups[0], message, Code.TOO_LARGE, "Q05")


def test_who_declines_a_path_leaves_to_others_what_needs_one(world: World) -> None:
    # I01
    wait(world, 3, propose_remove, 4)
    package = world.client(b"guest").key_package()
    event = settled(world, add=[package.message], path=False)
    assert [type(entry.proposal) for entry in event.listed] == [Add]
    assert event.removed == ()


def test_a_past_epoch_that_not_everybody_was_in_is_not_resumed(world: World) -> None:
    # J02 J03: whoever came since could not follow
    before = world.groups[0].epoch
    world.update(1)
    source = ResumptionPsk(APPLICATION_USE, world.groups[0].group_id, before)
    wait(world, 3, propose_psk, source)
    assert [type(entry.proposal) for entry in settled(world).listed] == [PreSharedKey]
    world.update(0)
    world.grow(1)
    wait(world, 3, propose_psk, source)
    wait(world, 3, propose_psk, replace(source, psk_epoch=world.groups[0].epoch))
    (entry,) = settled(world).listed
    assert isinstance(entry.proposal, PreSharedKey)
    assert entry.proposal.psk.source == replace(source, psk_epoch=world.groups[0].epoch)


def test_nothing_is_resumed_that_a_newcomer_could_not_know(world: World) -> None:
    # J02 J03: he was in no epoch of the group
    wait(
        world, 3, propose_psk, ResumptionPsk(APPLICATION_USE, world.groups[0].group_id, world.groups[0].epoch)
    )
    package = world.client(b"guest").key_package()
    staged = world.stage(0, add=[package.message])
    assert staged.welcome is not None
    joined = join_group(staged.welcome, package, now=NOW, authenticate=trust)
    assert joined.epoch_authenticator == staged.group.epoch_authenticator
