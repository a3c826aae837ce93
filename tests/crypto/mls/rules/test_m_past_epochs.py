"""Rules M: what is kept of an epoch that has ended, what it is good for and when it goes."""

from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import NOW, World, grown, trust

from rogatory_crypto.errors import Code
from rogatory_crypto.mls import (
    ApplicationReceived,
    Group,
    encode_group,
    forget_past_epochs,
    process,
    propose_remove,
    protect,
)
from rogatory_crypto.mls.policy import PAST_EPOCH_S, PAST_EPOCHS
from rogatory_crypto.mls.tree_math import node_of


@pytest.fixture
def world() -> World:
    return grown(4)


def read(group: Group, message: bytes) -> ApplicationReceived:
    event = process(group, message, now=NOW, authenticate=trust)
    assert isinstance(event, ApplicationReceived)
    return event


def test_only_what_stragglers_need_is_kept(world: World) -> None:
    # M01
    world.update(2)
    before = world.groups[0]
    world.update(0)
    kept = encode_group(world.groups[0])
    secrets = before.secrets
    assert secrets.sender_data_secret in kept
    for erased in (
        secrets.init_secret,
        secrets.exporter_secret,
        secrets.external_secret,
        secrets.confirmation_key,
        secrets.membership_key,
        before.private_keys[node_of(before.own_leaf)],
    ):
        assert erased in encode_group(before)
        assert erased not in kept


def test_a_key_that_was_used_is_not_kept_when_its_epoch_ends(world: World) -> None:
    # M01 C06
    _, message = protect(world.groups[3], b"in time", random=world.random)
    world.receive(0, message)
    world.update(1)
    illegal.refused(world.groups[0], message, Code.REPLAYED, "C06")


def test_a_straggler_is_who_sat_there_then(world: World) -> None:
    # M02 M05: the seat has a new owner, with another key and another name
    late = world.groups[3]
    _, message = protect(late, b"late", random=world.random)
    world.remove(0, 3)
    assert world.grow(1) == [3]
    event = read(world.groups[1], message)
    assert event.sender == late.member(3)
    assert event.sender != world.groups[1].member(3)
    forged = protect(replace(late, signer=world.groups[3].signer), b"forged", random=world.random)[1]
    illegal.refused(world.groups[1], forged, Code.BAD_SIGNATURE, "C05")


def test_a_member_of_today_was_not_there_yesterday(world: World) -> None:
    # M02 B05: a seat that was blank then
    world.remove(0, 3)
    past = world.groups[0]
    assert world.grow(1) == [3]
    ghost = replace(illegal.on_seat(past, 3), signer=world.groups[3].signer)
    message = protect(ghost, b"before my time", random=world.random)[1]
    illegal.refused(world.groups[1], message, Code.UNKNOWN_MEMBER, "B05")


def test_past_epochs_are_bounded_in_number(world: World) -> None:
    # M03 Q04
    _, message = protect(world.groups[3], b"too late", random=world.random)
    for _ in range(PAST_EPOCHS):
        world.update(0)
    assert read(world.groups[1], message).content == b"too late"
    world.update(0)
    illegal.refused(world.groups[1], message, Code.WRONG_EPOCH, "B02")


def test_past_epochs_are_bounded_in_time_without_traffic(world: World) -> None:
    # M03 Q04
    _, message = protect(world.groups[3], b"too late", random=world.random)
    world.update(0)
    held = world.groups[1]
    secret = held.past[-1].sender_data_secret
    assert read(forget_past_epochs(held, now=NOW + PAST_EPOCH_S), message).content == b"too late"
    forgotten = forget_past_epochs(held, now=NOW + PAST_EPOCH_S + 1)
    illegal.refused(forgotten, message, Code.WRONG_EPOCH, "B02")
    assert secret in encode_group(held)
    assert secret not in encode_group(forgotten)


@pytest.mark.parametrize("public", [False, True])
def test_no_proposal_of_a_past_epoch_is_taken(world: World, *, public: bool) -> None:
    # M04
    message = propose_remove(world.groups[0], 2, random=world.random, public=public)[1]
    world.update(1)
    assert world.groups[3].past
    illegal.refused(world.groups[3], message, Code.WRONG_EPOCH, "M04")


@pytest.mark.parametrize("public", [False, True])
def test_no_commit_of_a_past_epoch_is_taken(world: World, *, public: bool) -> None:
    # M04: it was sound, and another was accepted
    message = world.stage(0, remove=[2], public=public).message
    world.update(1)
    illegal.refused(world.groups[3], message, Code.WRONG_EPOCH, "M04")


def test_a_removed_member_is_heard_no_longer_than_his_epoch_is_kept(world: World) -> None:
    # M05
    _, message = protect(world.groups[3], b"on its way", random=world.random)
    world.remove(0, 3)
    assert read(world.groups[1], message).sender.leaf_index == 3
    illegal.refused(
        forget_past_epochs(world.groups[1], now=NOW + PAST_EPOCH_S + 1), message, Code.WRONG_EPOCH, "B02"
    )


def test_a_removed_member_says_nothing_in_an_epoch_he_is_not_in(world: World) -> None:
    # M05 B05: even if somebody lends him the keys of the epoch after his removal
    removed = world.groups[3]
    world.remove(0, 3)
    lent = replace(illegal.on_seat(world.groups[0], 3), signer=removed.signer)
    message = protect(lent, b"still here", random=world.random)[1]
    illegal.refused(world.groups[1], message, Code.UNKNOWN_MEMBER, "B05")
