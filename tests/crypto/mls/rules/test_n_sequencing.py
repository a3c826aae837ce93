"""Rules N, as far as values go: an epoch ends by one commit, and what was prepared for another is dropped."""

from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import LIFETIME, NOW, OPEN, Client, World, grown, trust

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import (
    ApplicationReceived,
    BasicCredential,
    CommitReceived,
    EchoReceived,
    create_group,
    decode_group,
    encode_group,
    generate_key_package,
    group_info,
    join_external,
    join_group,
    process,
    propose_remove,
    protect,
    stage_commit,
)


@pytest.fixture
def world() -> World:
    return grown(4)


def test_a_commit_that_is_only_staged_changes_nothing(world: World) -> None:
    # N01: but for the message key that it used
    before = encode_group(world.groups[0])
    staged = world.stage(0, remove=[3])
    assert encode_group(world.groups[0]) == before
    assert encode_group(replace(staged.current, secret_tree=world.groups[0].secret_tree)) == before
    assert staged.group.epoch == world.groups[0].epoch + 1


def test_what_leads_in_is_apart_from_what_leads_on(world: World) -> None:
    # N02: the commit can be sent first, and says nothing that lets the guest in
    package = world.client(b"guest").key_package()
    staged = world.stage(0, add=[package.message])
    assert staged.welcome is not None
    assert staged.welcome not in staged.message
    illegal.refused(world.groups[1], staged.welcome, Code.MALFORMED, "not a message of a group")


def test_nothing_is_said_while_a_proposal_waits(world: World) -> None:
    # N04: by whoever knows of it
    world.groups[1], message = propose_remove(world.groups[1], 3, random=world.random)
    for seat in (0, 2, 3):
        world.receive(seat, message)
    for seat in (0, 1):
        with pytest.raises(MisuseError, match="N04"):
            protect(world.groups[seat], b"too soon", random=world.random)
    world.merge(0, world.stage(0))
    for seat in (0, 1):
        protect(world.groups[seat], b"now", random=world.random)


def test_what_was_staged_is_dropped_when_another_commit_came_first(world: World) -> None:
    # N03 N05: its commit is of an epoch that has ended, and nobody lives by it
    staged = world.stage(0, remove=[3])
    other = world.stage(1, path=True)
    world.groups[0] = staged.current
    world.merge(1, other)
    with pytest.raises(MisuseError, match="N05"):
        staged.merge(world.groups[0], now=NOW)
    illegal.refused(world.groups[2], staged.message, Code.WRONG_EPOCH, "M04")
    for private in staged.group.private_keys.values():
        if private not in staged.current.private_keys.values():
            assert private not in encode_group(world.groups[0])
    assert world.agrees()


def test_an_external_commit_that_comes_first_is_no_different(world: World) -> None:
    # N05 H09
    staged = world.stage(0, path=True)
    world.groups[0] = staged.current
    info = group_info(world.groups[1], external=True)
    entry = join_external(
        info,
        world.client(b"outsider").key_package(),
        now=NOW,
        random=world.random,
        authenticate=trust,
        policy=OPEN,
    )
    world.broadcast(entry.message)
    assert world.agrees()
    with pytest.raises(MisuseError, match="N05"):
        staged.merge(world.groups[0], now=NOW)


def test_who_is_removed_while_he_commits_does_not_live_by_his_commit(world: World) -> None:
    # N05 I12
    staged = world.stage(3, remove=[0])
    event = process(staged.current, world.stage(1, remove=[3]).message, now=NOW, authenticate=trust)
    assert isinstance(event, CommitReceived)
    assert event.removed_us
    with pytest.raises(MisuseError, match="I12"):
        staged.merge(event.group, now=NOW)


def test_what_was_read_while_a_commit_waited_stays_read(world: World) -> None:
    # N01 C06 L03: the keys of the epoch that ends are those of the live group, not of when it was staged
    read = protect(world.groups[1], b"read", random=world.random)[1]
    unread = protect(world.groups[2], b"unread", random=world.random)[1]
    staged = world.stage(0, path=True)
    event = process(staged.current, read, now=NOW, authenticate=trust)
    assert isinstance(event, ApplicationReceived)
    merged = decode_group(encode_group(staged.merge(event.group, now=NOW)))
    illegal.refused(merged, read, Code.REPLAYED, "C06")
    assert isinstance(process(merged, unread, now=NOW, authenticate=trust), ApplicationReceived)
    assert merged.epoch_authenticator == staged.group.epoch_authenticator


@pytest.mark.parametrize("public", [False, True])
def test_our_own_commit_that_comes_back_is_not_processed(world: World, *, public: bool) -> None:
    # N05 B14: before it is merged, and afterwards
    staged = world.stage(0, path=True, public=public)
    event = process(staged.current, staged.message, now=NOW, authenticate=trust)
    assert isinstance(event, EchoReceived)
    assert encode_group(event.group) == encode_group(staged.current)
    merged = staged.merge(staged.current, now=NOW)
    illegal.refused(merged, staged.message, Code.WRONG_EPOCH, "M04")


def test_a_fork_shows(world: World) -> None:
    # N06: two commits of one epoch, each taken by half of the members
    one, other = world.stage(0, path=True), world.stage(1, path=True)
    third = process(world.groups[2], one.message, now=NOW, authenticate=trust).group
    fourth = process(world.groups[3], other.message, now=NOW, authenticate=trust).group
    assert third.epoch == fourth.epoch
    assert third.epoch_authenticator == one.group.epoch_authenticator
    assert third.epoch_authenticator != fourth.epoch_authenticator
    assert third.confirmed_transcript_hash != fourth.confirmed_transcript_hash
    _, message = protect(third, b"to all", random=world.random)
    illegal.refused(fourth, message, Code.DECRYPTION_FAILED, "C01")


def test_a_fork_ends_by_removing_and_adding_again(world: World) -> None:
    # N06
    lost = Client(world.suite, world.groups[3].member(3).identity, world.random)
    package = lost.key_package()
    astray = world.stage(3, path=True).group  # it believes that its own commit was taken
    del world.groups[3]
    world.update(0)
    assert astray.epoch_authenticator != world.groups[0].epoch_authenticator
    staged = world.stage(0, remove=[3], add=[package.message])
    world.merge(0, staged)
    assert staged.welcome is not None
    world.groups[3] = join_group(staged.welcome, package, now=NOW, authenticate=trust, policy=OPEN)
    assert world.agrees()


def test_what_we_say_is_of_the_newest_epoch_we_know(world: World) -> None:
    # N07
    world.update(1)
    group, message = protect(world.groups[0], b"now", random=world.random)
    assert illegal.opened(message).epoch == group.epoch == world.groups[1].epoch


LAST = (1 << 64) - 1


def test_after_the_last_epoch_that_can_be_numbered_comes_none() -> None:
    # N03 B02: whoever founds a group there gets a refusal, and no error of ours
    world = World()
    founder = world.client(b"founder")
    group = create_group(
        world.suite, b"g", founder.signer, BasicCredential(b"founder"), LIFETIME, world.random, policy=OPEN
    )
    context = replace(group.context, epoch=LAST)
    late = replace(group, context=context, encoded_context=context.encode())
    with pytest.raises(PeerError, match="B02"):
        stage_commit(late, random=world.random, now=NOW, authenticate=trust)
    package = generate_key_package(
        world.suite, world.client(b"x").signer, BasicCredential(b"x"), LIFETIME, world.random
    )
    with pytest.raises(PeerError, match="B02"):
        join_external(
            group_info(late, external=True), package, now=NOW, random=world.random, authenticate=trust
        )


def test_a_commit_after_the_last_epoch_is_refused(world: World) -> None:
    # N03 B02
    path = illegal.honest_path(world, 0)
    for seat, group in world.groups.items():
        context = replace(group.context, epoch=LAST)
        world.groups[seat] = replace(group, context=context, encoded_context=context.encode())
    message = illegal.commit(world.groups[0], path=path)
    illegal.refused(world.groups[1], message, Code.WRONG_EPOCH, "B02: no epoch")
