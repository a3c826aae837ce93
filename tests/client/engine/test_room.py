"""A room and what the engine may look at are values that tell their state and no secret."""

import pytest
from tests.client.engine.case_room import GROUP, A, B, Offices, made_room
from tests.crypto.identity.enrolled_office import ORIGIN

from rogatory_client.engine.room import Room
from rogatory_crypto import mls
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import EntryId


def test_a_room_knows_whether_it_is_planned_behind_or_left() -> None:
    world = Offices()
    first, second = world.device(A), world.device(B)
    plan = Room(GROUP).with_offices((EntryId(B),)).with_offices((EntryId(B), EntryId(A)))
    assert plan.offices == (B, A)
    assert (plan.is_planned, plan.is_behind, plan.was_left) == (True, False, False)
    room = made_room(first, [second]).of(first)
    assert (room.is_planned, room.is_behind, room.was_left) == (False, False, False)
    assert room.waiting_for(2).is_behind
    assert room.waiting_for(2).waiting_for(1).needs_epoch == 2


def test_names_are_uris_at_this_relay() -> None:
    world = Offices()
    context = world.device(A).context
    assert context.uri_of_authority(EntryId(B)) == f"mimi://{ORIGIN}/u/{B}"
    assert context.uri_of_room(GROUP).startswith(f"mimi://{ORIGIN}/r/")


def test_a_device_out_of_service_is_known_and_not_let_in() -> None:
    """All members judge a commit alike, whenever they read it; whom this device adds, it judges by now."""
    world = Offices()
    context = world.device(A).context
    other = world.device(B)
    identity, key = mls.BasicCredential(other.oneself.credential.encode()), other.signer.public
    context.authenticate_newcomer(identity, key)
    world.revoke(other)
    context.authenticate_member(identity, key)
    with pytest.raises(PeerError) as refusal:
        context.authenticate_newcomer(identity, key)
    assert refusal.value.code is Code.REVOKED
