"""Pre-shared keys, re-initialisation and branches (RFC 9420 sections 8.4, 8.6, 11.2, 11.3; rules J, F04)."""

from dataclasses import replace

import pytest
from tests.crypto.mls.world import HYBRID, LIFETIME, NOW, OPEN, Client, World, grown, seeded_random, trust

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import (
    APPLICATION_USE,
    ExternalPsk,
    Group,
    KeyPackageSecrets,
    PskStore,
    ReInit,
    ResumptionPsk,
    StagedCommit,
    Status,
    create_group,
    decode_group,
    encode_group,
    generate_key_package,
    generate_signature_key,
    join_group,
    process,
    propose_psk,
    protect,
    stage_branch,
    stage_reinit,
)
from rogatory_crypto.primitives import cipher_suite

STORE = PskStore({b"shared": b"0123456789abcdef" * 2})
RANDOM = seeded_random("resumption")


def test_a_commit_mixes_in_an_external_psk_that_all_hold() -> None:
    # F04 I10 J01
    world = grown(3)
    package = world.client(b"new").key_package()
    staged = world.stage(0, psk=[ExternalPsk(b"shared")], psks=STORE, add=[package.message])
    for seat in (1, 2):
        after = process(world.groups[seat], staged.message, now=NOW, authenticate=trust, psks=STORE).group
        assert after.epoch_authenticator == staged.group.epoch_authenticator
    assert staged.welcome is not None
    joined = join_group(staged.welcome, package, now=NOW, authenticate=trust, psks=STORE)
    assert joined.epoch_authenticator == staged.group.epoch_authenticator


def test_a_psk_that_is_not_held_is_an_error() -> None:
    # J03
    world = grown(2)
    package = world.client(b"new").key_package()
    staged = world.stage(0, psk=[ExternalPsk(b"shared")], psks=STORE, add=[package.message])
    for attempt in (
        lambda: world.receive(1, staged.message),
        lambda: join_group(staged.welcome or b"", package, now=NOW, authenticate=trust),
        lambda: world.stage(0, psk=[ExternalPsk(b"shared")]),
    ):
        with pytest.raises(PeerError) as caught:
            attempt()
        assert caught.value.code is Code.UNKNOWN_PSK


def test_another_key_of_the_same_name_does_not_lead_to_the_same_epoch() -> None:
    # I09
    world = grown(2)
    staged = world.stage(0, psk=[ExternalPsk(b"shared")], psks=STORE)
    wrong = PskStore({b"shared": bytes(32)})
    with pytest.raises(PeerError, match="I09"):
        process(world.groups[1], staged.message, now=NOW, authenticate=trust, psks=wrong)


def test_past_epochs_of_the_group_are_mixed_in_while_they_are_kept() -> None:
    # J02
    world = grown(2)
    first = world.groups[0].epoch
    for _ in range(5):
        world.update(0)
    staged = world.stage(1, psk=[ResumptionPsk(APPLICATION_USE, b"group", first)])
    world.merge(1, staged)
    assert world.agrees()
    with pytest.raises(PeerError) as caught:
        world.stage(1, psk=[ResumptionPsk(APPLICATION_USE, b"group", first)])
    assert caught.value.code is Code.UNKNOWN_PSK


def test_a_psk_is_proposed_by_one_and_committed_by_another() -> None:
    world = grown(3)
    world.groups[1], message = propose_psk(world.groups[1], ExternalPsk(b"shared"), random=world.random)
    world.receive(0, message)
    world.receive(2, message)
    staged = world.stage(2, psks=STORE)
    for seat in (0, 1):
        after = process(world.groups[seat], staged.message, now=NOW, authenticate=trust, psks=STORE).group
        assert after.epoch_authenticator == staged.group.epoch_authenticator


def packages(world: World, seats: list[int], code: int) -> dict[int, KeyPackageSecrets]:
    """Return fresh KeyPackages of members, for another group."""
    suite = cipher_suite(code)
    return {
        seat: generate_key_package(
            suite,
            generate_signature_key(suite, RANDOM),
            world.groups[seat].member(seat).credential,
            LIFETIME,
            RANDOM,
        )
        for seat in seats
    }


def founded(world: World, group_id: bytes, code: int) -> Group:
    suite = cipher_suite(code)
    signer = generate_signature_key(suite, RANDOM)
    credential = world.groups[0].member(0).credential
    return create_group(suite, group_id, signer, credential, LIFETIME, RANDOM, policy=OPEN)


def reinitialised() -> World:
    """Return three members whose group was re-initialised for another suite."""
    world = grown(3)
    world.merge(0, world.stage(0, reinit=ReInit(b"next", 1, HYBRID, ())))
    return world


def continued(world: World, fresh: dict[int, KeyPackageSecrets]) -> StagedCommit:
    founder = founded(world, b"next", HYBRID)
    add = [package.message for package in fresh.values()]
    return stage_reinit(founder, world.groups[0], add=add, random=RANDOM, now=NOW, authenticate=trust)


def test_a_group_goes_on_in_another_suite() -> None:
    # J04 J05 I13
    world = reinitialised()
    assert all(group.status is Status.SUSPENDED for group in world.groups.values())
    with pytest.raises(MisuseError, match="I13"):
        protect(world.groups[1], b"too late", random=world.random)
    fresh = packages(world, [1, 2], HYBRID)
    staged = continued(world, fresh)
    assert staged.welcome is not None
    for seat, package in fresh.items():
        old = decode_group(encode_group(world.groups[seat]))
        joined = join_group(staged.welcome, package, now=NOW, authenticate=trust, resumes=old)
        assert joined.epoch_authenticator == staged.group.epoch_authenticator


def test_a_reinit_leaves_nobody_behind() -> None:
    # J05
    world = reinitialised()
    with pytest.raises(MisuseError, match="J05"):
        continued(world, packages(world, [1], HYBRID))


def test_a_reinit_brings_nobody_along() -> None:
    # J05: RFC 9420 section 12.4.1
    world = reinitialised()
    fresh = packages(world, [1, 2], HYBRID)
    fresh[3] = Client(cipher_suite(HYBRID), b"stranger", RANDOM).key_package()
    with pytest.raises(MisuseError, match="J05"):
        continued(world, fresh)


def test_a_continued_group_is_what_was_announced() -> None:
    # J05
    world = reinitialised()
    fresh = packages(world, [1, 2], HYBRID)
    staged = continued(world, fresh)
    other = replace(world.groups[1], reinit=ReInit(b"other", 1, HYBRID, ()))
    assert staged.welcome is not None
    with pytest.raises(PeerError, match="J05"):
        join_group(staged.welcome, fresh[1], now=NOW, authenticate=trust, resumes=other)
    running = replace(world.groups[1], reinit=None)
    with pytest.raises(PeerError, match="J05"):
        join_group(staged.welcome, fresh[1], now=NOW, authenticate=trust, resumes=running)


def test_a_welcome_that_continues_a_group_is_joined_only_as_such() -> None:
    # J04
    world = reinitialised()
    fresh = packages(world, [1, 2], HYBRID)
    staged = continued(world, fresh)
    assert staged.welcome is not None
    old = world.groups[1]
    store = PskStore(resumption={(old.group_id, old.epoch): old.secrets.resumption_psk})
    with pytest.raises(PeerError, match="J04"):
        join_group(staged.welcome, fresh[1], now=NOW, authenticate=trust, psks=store)
    plain = world.client(b"new").key_package()
    invited = grown(2, seed="plain").stage(0, add=[plain.message])
    assert invited.welcome is not None
    with pytest.raises(PeerError, match="J04"):
        join_group(invited.welcome, plain, now=NOW, authenticate=trust, resumes=old)


def test_some_members_branch_off() -> None:
    # J06
    world = grown(4)
    founder = founded(world, b"branch", 1)
    fresh = packages(world, [1, 3], 1)
    add = [package.message for package in fresh.values()]
    staged = stage_branch(founder, world.groups[0], add=add, random=RANDOM, now=NOW, authenticate=trust)
    world.update(2)
    assert staged.welcome is not None
    joined = join_group(staged.welcome, fresh[3], now=NOW, authenticate=trust, resumes=world.groups[3])
    assert joined.epoch_authenticator == staged.group.epoch_authenticator


def test_a_branch_takes_members_only_and_keeps_the_suite() -> None:
    # J06
    world = grown(2)
    stranger = Client(world.suite, b"stranger", RANDOM).key_package()
    for founder, add in ((founded(world, b"b", 1), [stranger.message]), (founded(world, b"c", HYBRID), [])):
        with pytest.raises(MisuseError, match="J06"):
            stage_branch(founder, world.groups[0], add=add, random=RANDOM, now=NOW, authenticate=trust)
