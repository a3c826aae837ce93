"""A device renews its keys in a room now and then, and only then (RFC 9420 sections 3.2, 16.6)."""

from dataclasses import replace

import pytest
from tests.client.engine.case_room import Device, Offices, committed, made_room

from rogatory_client.engine.membership import LEAF_REFRESH_MESSAGES, LEAF_REFRESH_S, plan_change
from rogatory_client.engine.room import Room


def much_used(room: Room, messages: int) -> Room:
    """Return a room in which so many messages were sent in this epoch."""
    assert room.group is not None
    return replace(room, group=replace(room.group, sent_messages=messages))


def own_key(room: Room) -> bytes:
    assert room.group is not None
    return room.group.member(room.group.own_leaf).encryption_key


def is_due(room: Room, device: Device) -> bool:
    return plan_change(room, device.context, in_office_room=False).refresh


def test_keys_are_renewed_when_they_are_old(world: Offices, first: Device, second: Device) -> None:
    # P04
    room = made_room(first, [second]).of(first)
    assert room.group is not None
    made = room.group.leaf_since
    world.now = made + LEAF_REFRESH_S - 1
    assert not is_due(room, first)
    world.now = made + LEAF_REFRESH_S
    change = plan_change(room, first.context, in_office_room=False)
    assert change.refresh
    assert change.is_needed
    assert not change.add + change.remove
    _, renewed = committed(first, room, change, {})
    assert own_key(renewed) != own_key(room)
    assert not is_due(renewed, first)


def test_keys_of_a_clock_that_went_far_ahead_are_renewed_too(
    world: Offices, first: Device, second: Device
) -> None:
    """Or a clock that was wrong once would keep a thief's keys good until its time has come."""
    # P04
    room = made_room(first, [second]).of(first)
    assert room.group is not None
    world.now = room.group.leaf_since - LEAF_REFRESH_S
    assert is_due(room, first)
    _, renewed = committed(first, room, plan_change(room, first.context, in_office_room=False), {})
    assert not is_due(renewed, first)
    world.now -= 3_600
    assert not is_due(renewed, first), "a clock that is set back a little renews nothing"


@pytest.mark.parametrize(("sent", "due"), [(LEAF_REFRESH_MESSAGES - 1, False), (LEAF_REFRESH_MESSAGES, True)])
def test_keys_are_renewed_when_they_were_much_used(
    first: Device, second: Device, sent: int, *, due: bool
) -> None:
    # P04 C10
    room = much_used(made_room(first, [second]).of(first), sent)
    assert is_due(room, first) is due
