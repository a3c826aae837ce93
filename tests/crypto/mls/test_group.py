"""Groups from the first member to the last, in both suites of the floor and of the default."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.mls.world import CLASSICAL, HYBRID, NOW, World, grown, trust

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import (
    ApplicationReceived,
    EchoReceived,
    ProposalReceived,
    decode_group,
    encode_group,
    export_secret,
    forget_past_epochs,
    join_group,
    process,
    propose_add,
    propose_remove,
    propose_update,
    protect,
)
from rogatory_crypto.mls.policy import PAST_EPOCH_S, PAST_EPOCHS

SUITES = [CLASSICAL, HYBRID]


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 6, 7, 0x4E, 0x4F, 0x52, 0xF04E, 0xF04F, 0xF052])
def test_every_suite_carries_a_conversation(code: int) -> None:
    world = grown(3, code)
    world.update(1)
    world.groups[2], message = protect(world.groups[2], b"hello", random=world.random)
    received = world.receive(0, message)
    assert isinstance(received, ApplicationReceived)
    assert received.content == b"hello"
    assert world.agrees()


@pytest.mark.parametrize("code", SUITES)
def test_a_group_of_some_tens_lives_through_joins_updates_and_removals(code: int) -> None:
    world = grown(33, code)
    for seat in (0, 7, 31, 32, 16):
        world.update(seat)
        assert world.agrees()
    for by, seat in ((7, 32), (0, 1), (31, 8)):
        world.remove(by, seat)
    assert world.agrees()
    assert world.grow(2, by=5, path=True) == [1, 8]
    assert world.agrees()
    assert [member.leaf_index for member in world.groups[0].members] == sorted(world.groups)


@pytest.mark.parametrize("code", SUITES)
def test_everybody_reads_everybody(code: int) -> None:
    world = grown(5, code)
    for seat in range(5):
        group, message = protect(
            world.groups[seat], b"from %d" % seat, authenticated_data=b"seen", random=world.random
        )
        world.groups[seat] = group
        for other, event in world.broadcast(message).items():
            if other == seat:
                assert isinstance(event, EchoReceived)
            else:
                assert isinstance(event, ApplicationReceived)
                assert event.content == b"from %d" % seat
                assert event.sender == world.groups[other].member(seat)
                assert event.authenticated_data == b"seen"


@pytest.mark.parametrize("public", [False, True])
def test_proposals_are_committed_by_reference(*, public: bool) -> None:
    world = grown(6)
    newcomer = world.client(b"newcomer").key_package()
    messages = {}
    world.groups[1], messages[1] = propose_remove(world.groups[1], 4, random=world.random, public=public)
    world.groups[2], messages[2] = propose_update(world.groups[2], random=world.random, public=public)
    world.groups[3], messages[3] = propose_add(
        world.groups[3],
        newcomer.message,
        now=NOW,
        authenticate=trust,
        random=world.random,
        public=public,
    )
    for sender, message in messages.items():
        for seat, event in world.broadcast(message).items():
            assert isinstance(event, EchoReceived if seat == sender else ProposalReceived)
    old_key = world.groups[0].member(2).encryption_key
    staged = world.stage(0, public=public)
    world.merge(0, staged)
    assert staged.welcome is not None
    joined = join_group(staged.welcome, newcomer, now=NOW, authenticate=trust)
    world.groups[joined.own_leaf] = joined
    assert world.agrees()
    assert world.groups[0].member(2).encryption_key != old_key
    assert sorted(world.groups) == [0, 1, 2, 3, 4, 5]
    world.update(2)
    assert world.agrees()


def test_a_member_leaves_by_his_own_proposal() -> None:
    world = grown(3)
    world.groups[1], message = propose_remove(world.groups[1], 1, random=world.random)
    world.broadcast(message)
    events = world.merge(2, world.stage(2))
    assert events[1].removed_us
    assert not events[1].group.active
    assert sorted(world.groups) == [0, 2]
    with pytest.raises(MisuseError, match="I12"):
        protect(events[1].group, b"still here?", random=world.random)


def test_nobody_speaks_before_pending_proposals_are_committed() -> None:
    # RFC 9420 section 12.4 (N04)
    world = grown(3)
    world.groups[1], message = propose_update(world.groups[1], random=world.random)
    world.broadcast(message)
    assert world.groups[0].has_pending_proposals
    with pytest.raises(MisuseError, match="N04"):
        protect(world.groups[0], b"too early", random=world.random)


def test_a_staged_commit_changes_nothing_until_it_is_taken() -> None:
    # N01 N05: two stage, one wins, the other is dropped
    world = grown(4)
    before = encode_group(world.groups[1])
    losing = world.stage(1, remove=[3])
    assert encode_group(world.groups[1]) == before
    world.update(2)
    assert world.groups[1].epoch == losing.group.epoch
    assert world.groups[1].epoch_authenticator != losing.group.epoch_authenticator
    with pytest.raises(PeerError) as refused:
        world.receive(0, losing.message)
    assert refused.value.code is Code.WRONG_EPOCH


def test_a_staged_commit_uses_up_its_message_key() -> None:
    # L07: a second handshake of the epoch must not reuse the generation of a commit that was sent
    world = grown(2)
    staged = world.stage(0)
    assert staged.current.epoch == world.groups[0].epoch
    world.groups[0] = staged.current
    world.groups[0], second = propose_remove(world.groups[0], 1, random=world.random)
    assert isinstance(world.receive(1, second), ProposalReceived)


def test_stragglers_of_past_epochs_are_read_and_attributed_to_who_sat_there() -> None:
    # M01 M02 M05: the seat of the sender has a new owner by the time the message arrives
    world = grown(4)
    late = world.groups[3]
    identity = world.groups[0].member(3).identity
    _, message = protect(late, b"late", random=world.random)
    world.remove(0, 3)
    assert world.grow(1) == [3]
    event = world.receive(1, message)
    assert isinstance(event, ApplicationReceived)
    assert (event.epoch, event.sender.identity) == (late.epoch, identity)
    assert world.groups[1].member(3).identity != identity
    with pytest.raises(PeerError) as replayed:
        world.receive(1, message)
    assert replayed.value.code is Code.REPLAYED


def test_past_epochs_are_bounded_by_count_and_time() -> None:
    # M03 Q04
    world = grown(2)
    _, message = protect(world.groups[1], b"too late", random=world.random)
    world.update(0)
    kept = forget_past_epochs(world.groups[0], now=NOW + PAST_EPOCH_S)
    assert kept is world.groups[0]
    assert forget_past_epochs(kept, now=NOW + PAST_EPOCH_S + 1).past == ()
    for _ in range(PAST_EPOCHS):
        world.update(0)
    assert len(world.groups[0].past) == PAST_EPOCHS
    with pytest.raises(PeerError) as refused:
        world.receive(0, message)
    assert refused.value.code is Code.WRONG_EPOCH


def test_exported_secrets_are_common_to_an_epoch_and_bound_to_label_and_context() -> None:
    # RFC 9420 section 8.5
    world = grown(3)
    secrets = {export_secret(group, "label", b"context", 32) for group in world.groups.values()}
    assert len(secrets) == 1
    assert export_secret(world.groups[0], "other", b"context", 32) not in secrets
    assert export_secret(world.groups[0], "label", b"other", 32) not in secrets
    before = world.groups[0]
    world.update(1)
    assert export_secret(world.groups[0], "label", b"context", 32) not in secrets
    assert export_secret(before, "label", b"context", 32) in secrets


def test_messages_out_of_order_are_read_once_each() -> None:
    # C06
    world = grown(2)
    messages = []
    for number in range(6):
        world.groups[0], message = protect(world.groups[0], b"%d" % number, random=world.random)
        messages.append(message)
    order = [3, 0, 5, 1, 4, 2]
    contents = [world.receive(1, messages[number]) for number in order]
    assert [event.content for event in contents if isinstance(event, ApplicationReceived)] == [
        b"%d" % number for number in order
    ]
    for message in messages:
        with pytest.raises(PeerError) as refused:
            world.receive(1, message)
        assert refused.value.code is Code.REPLAYED


def test_secrets_do_not_show() -> None:
    world = grown(2)
    group = world.groups[0]
    for secret in (group.signer.private, group.secrets.init_secret, *group.private_keys.values()):
        assert repr(secret)[2:-1] not in repr(group) + repr(group.secrets) + repr(group.signer)


class History:
    """Random changes of a group, each made by a random member."""

    def __init__(self, world: World) -> None:
        self.world = world

    def step(self, action: int, first: int, second: int) -> None:
        seats = sorted(self.world.groups)
        by, other = seats[first % len(seats)], seats[second % len(seats)]
        match action:
            case 0:
                self.world.grow(1 + second % 3, by=by, path=bool(second & 4))
            case 1:
                self.world.update(by)
            case 2 if by != other:
                self.world.remove(by, other)
            case 3 if by != other:
                self.world.groups[other], message = propose_update(
                    self.world.groups[other], random=self.world.random
                )
                self.world.broadcast(message)
                self.world.merge(by, self.world.stage(by))
            case 4:
                self.world.groups[by] = decode_group(encode_group(self.world.groups[by]))
            case _:
                pass


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 31), st.integers(0, 31)), min_size=4, max_size=12)
)
def test_random_histories_keep_everybody_agreed(steps: list[tuple[int, int, int]]) -> None:
    world = grown(4, seed="history")
    history = History(world)
    for action, first, second in steps:
        history.step(action, first, second)
        assert world.agrees()
    seats = sorted(world.groups)
    sender = seats[-1]
    world.groups[sender], message = protect(world.groups[sender], b"end", random=world.random)
    for seat in seats[:-1]:
        event = process(world.groups[seat], message, now=NOW, authenticate=trust)
        assert isinstance(event, ApplicationReceived)
    package = world.client(b"witness").key_package()
    staged = world.stage(sender, add=[package.message])
    assert staged.welcome is not None
    join_group(staged.welcome, package, now=NOW, authenticate=trust)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 31), st.integers(0, 31)), min_size=2, max_size=8))
def test_what_is_held_of_a_group_never_changes(steps: list[tuple[int, int, int]]) -> None:
    # N01
    world = grown(4, seed="held")
    history = History(world)
    held = []
    for action, first, second in steps:
        held += [(group, encode_group(group), group.tree.tree_hash()) for group in world.groups.values()]
        history.step(action, first, second)
    for group, encoded, tree_hash in held:
        assert encode_group(group) == encoded
        assert group.tree.tree_hash() == decode_group(encoded).tree.tree_hash() == tree_hash
        assert group.tree.census.encryption_keys.is_distinct


def test_a_group_knows_how_old_our_keys_are() -> None:
    # P04
    world = grown(2)
    assert world.groups[1].leaf_since == NOW
    world.merge(1, world.stage(1, path=True, now=NOW + 60))
    assert world.groups[1].leaf_since == NOW + 60
    world.merge(0, world.stage(0, path=True, now=NOW + 70))
    assert world.groups[1].leaf_since == NOW + 60
    world.groups[0], message = propose_update(world.groups[0], random=world.random)
    world.receive(1, message)
    staged = world.stage(1)
    received = process(world.groups[0], staged.message, now=NOW + 90, authenticate=trust)
    assert received.group.leaf_since == NOW + 90
    restored = decode_group(encode_group(staged.group))
    assert restored.leaf_since == staged.group.leaf_since
