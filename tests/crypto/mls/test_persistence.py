"""What is stored comes back, and a restored group never uses a key twice (rules L)."""

from dataclasses import replace

import pytest
from tests.crypto.mls.world import CLASSICAL, HYBRID, NOW, World, grown, trust

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import (
    ApplicationReceived,
    Group,
    decode_group,
    encode_group,
    process,
    propose_update,
    protect,
    restore_group,
)
from rogatory_crypto.mls.framing import PrivateMessage
from rogatory_crypto.mls.private_message import open_sender_data
from rogatory_crypto.mls.welcome import decode_message


def generation(group: Group, message: bytes) -> int:
    decoded = decode_message(message)
    assert isinstance(decoded, PrivateMessage)
    return open_sender_data(group.suite, decoded, group.secrets.sender_data_secret).generation


@pytest.mark.parametrize("code", [CLASSICAL, HYBRID])
def test_a_restored_group_goes_on_as_if_nothing_had_happened(code: int) -> None:
    world = grown(5, code)
    world.update(1)
    world.groups[2], message = propose_update(world.groups[2], random=world.random)
    world.broadcast(message)
    for seat, group in world.groups.items():
        restored = decode_group(encode_group(group))
        assert encode_group(restored) == encode_group(group)
        assert restored.members == group.members
        world.groups[seat] = restored
    world.merge(0, world.stage(0))
    assert world.agrees()
    world.update(2)
    assert world.agrees()


def test_no_generation_is_used_twice_across_restarts() -> None:
    # L07
    world = grown(2)
    used = []
    for number in range(4):
        group, message = protect(world.groups[0], b"%d" % number, random=world.random)
        used.append(generation(group, message))
        world.groups[0] = restore_group(group.epoch_state(), group.ratchet_state())
    assert used == [0, 1, 2, 3]


def test_a_message_only_changes_the_ratchet_state() -> None:
    world = grown(3)
    before = world.groups[1]
    _, message = protect(world.groups[0], b"x", random=world.random)
    after = process(before, message, now=NOW, authenticate=trust).group
    assert after.epoch_state() == before.epoch_state()
    assert after.ratchet_state() != before.ratchet_state()
    restored = restore_group(before.epoch_state(), after.ratchet_state())
    with pytest.raises(PeerError) as caught:
        process(restored, message, now=NOW, authenticate=trust)
    assert caught.value.code is Code.REPLAYED


def test_keys_of_skipped_messages_and_past_epochs_survive() -> None:
    world = grown(3)
    _, old = protect(world.groups[2], b"old epoch", random=world.random)
    world.update(1)
    world.groups[1], first = protect(world.groups[1], b"first", random=world.random)
    world.groups[1], second = protect(world.groups[1], b"second", random=world.random)
    world.receive(0, second)
    world.groups[0] = decode_group(encode_group(world.groups[0]))
    assert world.groups[0].past[-1].members[2] == world.groups[0].member(2)
    for message, content in ((first, b"first"), (old, b"old epoch")):
        event = world.receive(0, message)
        assert isinstance(event, ApplicationReceived)
        assert event.content == content


def test_halves_of_different_epochs_are_refused() -> None:
    world = grown(2)
    before = world.groups[0]
    world.update(1)
    after = world.groups[0]
    for epoch, ratchets in ((before, after), (after, before)):
        with pytest.raises(PeerError) as caught:
            restore_group(epoch.epoch_state(), ratchets.ratchet_state())
        assert caught.value.code is Code.MALFORMED


def test_other_versions_and_damaged_bytes_are_refused() -> None:
    group = grown(3).groups[0]
    epoch, ratchets = group.epoch_state(), group.ratchet_state()
    for pair in ((b"\x01" + epoch[1:], ratchets), (epoch, b"\x01" + ratchets[1:])):
        with pytest.raises(PeerError) as caught:
            restore_group(*pair)
        assert caught.value.code is Code.UNSUPPORTED
    for cut in (0, 1, 100, len(epoch) - 1):
        with pytest.raises(PeerError):
            restore_group(epoch[:cut], ratchets)
    with pytest.raises(PeerError):
        restore_group(epoch, ratchets + b"\x00")


def test_past_epochs_of_both_halves_belong_together() -> None:
    world = World()
    world.grow(1)
    world.update(0)
    group = world.groups[0]
    shorter = replace(group, past=group.past[1:])
    for epoch, ratchets in ((group, shorter), (shorter, group)):
        with pytest.raises(PeerError) as caught:
            restore_group(epoch.epoch_state(), ratchets.ratchet_state())
        assert caught.value.code is Code.MALFORMED
    renamed = replace(group, past=tuple(replace(held, epoch=held.epoch + 9) for held in group.past))
    with pytest.raises(PeerError):
        restore_group(group.epoch_state(), renamed.ratchet_state())


def test_an_inactive_group_stays_inactive() -> None:
    world = grown(3)
    staged = world.stage(0, remove=[2])
    event = process(world.groups[2], staged.message, now=NOW, authenticate=trust)
    assert not decode_group(encode_group(event.group)).active
