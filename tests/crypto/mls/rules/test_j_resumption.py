"""Rules J: pre-shared keys, and groups that go on as others, in Welcomes that are sealed as they say."""

from dataclasses import replace
from typing import Any

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.illegal_welcome import Invitation, invite, lived_in
from tests.crypto.mls.world import HYBRID, NOW, World, grown, trust

from rogatory_crypto.errors import Code
from rogatory_crypto.mls import (
    CommitReceived,
    Group,
    KeyPackageSecrets,
    PskStore,
    ReInit,
    StagedCommit,
    Status,
    join_group,
    process,
    propose_psk,
)
from rogatory_crypto.mls.credentials import Extension
from rogatory_crypto.mls.key_schedule import (
    APPLICATION_USE,
    BRANCH_USE,
    PSK_LIMIT,
    REINIT_USE,
    ExternalPsk,
    PreSharedKeyId,
    PskSource,
    ResumptionPsk,
)
from rogatory_crypto.mls.proposals import PreSharedKey

KEY = b"a shared key of thirty-two bytes"
STORE = PskStore(external={b"id": KEY, b"other": KEY[::-1]})


def named(source: PskSource, nonce: bytes = bytes(32)) -> PreSharedKeyId:
    return PreSharedKeyId(source, nonce)


def test_every_name_of_a_key_has_a_fresh_nonce() -> None:
    # J01: the same key proposed twice has two names
    world = grown(2)
    references = set()
    for _ in range(2):
        world.groups[0], message = propose_psk(world.groups[0], ExternalPsk(b"id"), random=world.random)
        references |= set(world.groups[0].proposals)
        world.receive(1, message)
    names = [entry.proposal for entry in world.groups[1].proposals.values()]
    nonces = {name.psk.psk_nonce for name in names if isinstance(name, PreSharedKey)}
    assert len(references) == len(nonces) == 2
    assert {len(nonce) for nonce in nonces} == {world.suite.hash_size}


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_nonce_in_a_welcome_has_the_hashs_length(size: int) -> None:
    # J01 F04
    invitation = lived_in()
    message = invitation.seal_with((named(ExternalPsk(b"id"), bytes(size)), KEY))
    invitation.refused(Code.INVALID_PROPOSAL, "F04", message, psks=STORE)


def two_keys() -> tuple[World, KeyPackageSecrets, StagedCommit]:
    world = grown(3)
    package = world.client(b"guest").key_package()
    sources = [ExternalPsk(b"id"), ExternalPsk(b"other")]
    staged = world.stage(0, psk=sources, psks=STORE, add=[package.message])
    return world, package, staged


def test_a_welcome_and_its_commit_name_the_same_keys_in_the_same_order() -> None:
    # J01 I10: both lead to one epoch, and with the values exchanged nowhere
    world, package, staged = two_keys()
    assert staged.welcome is not None
    joined = join_group(staged.welcome, package, now=NOW, authenticate=trust, psks=STORE)
    followed = process(world.groups[1], staged.message, now=NOW, authenticate=trust, psks=STORE)
    assert isinstance(followed, CommitReceived)
    assert joined.epoch_authenticator == followed.group.epoch_authenticator
    exchanged = PskStore(external={b"id": KEY[::-1], b"other": KEY})
    illegal.refused(world.groups[1], staged.message, Code.BAD_MAC, "I09", psks=exchanged)


def test_keys_named_in_another_order_open_nothing() -> None:
    # J01
    invitation = lived_in()
    first, second = (named(ExternalPsk(b"id")), KEY), (named(ExternalPsk(b"other")), KEY[::-1])
    invitation.secrets = replace(invitation.secrets, psks=(second[0], first[0]))
    message = invitation.seal(psks=(first, second))
    invitation.refused(Code.DECRYPTION_FAILED, "", message, psks=STORE)


@pytest.mark.parametrize("epochs_ago", [6, 100])
def test_a_resumption_key_is_of_an_epoch_that_is_kept(epochs_ago: int) -> None:
    # J02: too long ago, or not yet
    world = grown(3)
    for _ in range(8):
        world.update(0)
    group = world.groups[0]
    for epoch in (max(group.epoch - epochs_ago, 0), group.epoch + 1):
        source = ResumptionPsk(APPLICATION_USE, group.group_id, epoch)
        message = illegal.commit(group, PreSharedKey(named(source)))
        illegal.refused(world.groups[1], message, Code.UNKNOWN_PSK, "J03")


def test_few_resumption_keys_are_kept() -> None:
    # J02: and not one more than the policy says
    world = grown(2)
    for _ in range(8):
        world.update(0)
    group = world.groups[0]
    assert [epoch for epoch, _ in group.resumption] == list(range(group.epoch - 5, group.epoch))


@pytest.mark.parametrize(
    "source", [ExternalPsk(b"unknown"), ResumptionPsk(APPLICATION_USE, b"another group", 0)]
)
def test_a_key_that_is_not_held_is_not_replaced(source: PskSource) -> None:
    # J03: neither by nothing nor by zeros
    invitation = lived_in()
    for value in (b"", bytes(32)):
        message = invitation.seal_with((named(source), value))
        invitation.refused(Code.UNKNOWN_PSK, "J03", message, psks=STORE)
    world = grown(2)
    commit = illegal.commit(world.groups[0], PreSharedKey(named(source)))
    illegal.refused(world.groups[1], commit, Code.UNKNOWN_PSK, "J03", psks=STORE)


def of_the_old(old: Group, usage: int, nonce: bytes = bytes(32)) -> tuple[PreSharedKeyId, bytes]:
    source = ResumptionPsk(usage, old.group_id, old.epoch)
    return named(source, nonce), old.secrets.resumption_psk


def old_group(code: int = 1, **changes: Any) -> Group:
    """Return a group that ends as the one to which seat 0 of a new world invites."""
    group = grown(3, code, seed="old").groups[1]
    reinit = ReInit(**{"group_id": b"group", "version": 1, "cipher_suite": 1, "extensions": (), **changes})
    return replace(group, status=Status.SUSPENDED, reinit=reinit)


def first_epoch() -> Invitation:
    return invite(World())


@pytest.mark.parametrize("usage", [REINIT_USE, BRANCH_USE])
def test_a_group_that_goes_on_begins_in_epoch_1(usage: int) -> None:
    # J04
    old, invitation = old_group(), lived_in()
    message = invitation.seal_with(of_the_old(old, usage))
    invitation.refused(Code.INVALID_WELCOME, "J04", message, resumes=old)


def test_a_group_goes_on_from_one_group() -> None:
    # J04: two such keys, of two groups, or none
    old = old_group()
    store = PskStore(resumption={(b"elsewhere", 1): KEY})
    elsewhere = named(ResumptionPsk(BRANCH_USE, b"elsewhere", 1)), KEY
    for psks in (
        (of_the_old(old, REINIT_USE), of_the_old(old, REINIT_USE, b"\x01" * 32)),
        (of_the_old(old, REINIT_USE), of_the_old(old, BRANCH_USE)),
        (of_the_old(old, REINIT_USE), elsewhere),
        (elsewhere,),
        (of_the_old(old, APPLICATION_USE),),
        (),
    ):
        invitation = first_epoch()
        message = invitation.seal_with(*psks)
        invitation.refused(Code.INVALID_WELCOME, "J04", message, resumes=old, psks=store)


def test_nobody_goes_on_in_a_group_without_expecting_to() -> None:
    # J04: the caller named no group
    old, invitation = old_group(), first_epoch()
    store = PskStore(resumption={(old.group_id, old.epoch): old.secrets.resumption_psk})
    for usage in (REINIT_USE, BRANCH_USE):
        message = invitation.seal_with(of_the_old(old, usage))
        invitation.refused(Code.INVALID_WELCOME, "J04", message, psks=store)


@pytest.mark.parametrize(
    "announced",
    [
        {"group_id": b"another"},
        {"version": 2},
        {"cipher_suite": HYBRID},
        {"extensions": (Extension(5, b"\x00"),)},
    ],
)
def test_a_group_goes_on_as_was_announced(announced: dict[str, Any]) -> None:
    # J05
    old, invitation = old_group(**announced), first_epoch()
    message = invitation.seal_with(of_the_old(old, REINIT_USE))
    invitation.refused(Code.INVALID_WELCOME, "J05", message, resumes=old)


def test_a_group_goes_on_after_a_reinit_only() -> None:
    # J05: none was committed, or the group has been left since
    for changes in ({"reinit": None}, {"status": Status.ACTIVE}, {"status": Status.REMOVED}):
        old, invitation = replace(old_group(), **changes), first_epoch()
        message = invitation.seal_with(of_the_old(old, REINIT_USE))
        invitation.refused(Code.INVALID_WELCOME, "J05", message, resumes=old)


def test_a_group_goes_on_with_all_its_members() -> None:
    # J05: everything else is as announced
    old, invitation = old_group(), first_epoch()
    message = invitation.seal_with(of_the_old(old, REINIT_USE))
    invitation.refused(Code.INVALID_WELCOME, "J05", message, resumes=old)


def test_a_branch_keeps_the_suite() -> None:
    # J06
    old, invitation = old_group(HYBRID), first_epoch()
    key = (named(ResumptionPsk(BRANCH_USE, old.group_id, old.epoch)), old.secrets.resumption_psk)
    message = invitation.seal_with(key)
    invitation.refused(Code.INVALID_WELCOME, "J06: a branch", message, resumes=old)


def test_a_branch_has_members_of_the_group_only() -> None:
    # J06: the guest was none
    old, invitation = old_group(), first_epoch()
    message = invitation.seal_with(of_the_old(old, BRANCH_USE))
    invitation.refused(Code.INVALID_WELCOME, "J06: somebody", message, resumes=old)


def test_there_are_so_many_keys() -> None:
    # J07 Q02
    world = grown(2)
    many = [PreSharedKey(named(ExternalPsk(b"id"), bytes([n]) * 32)) for n in range(PSK_LIMIT + 1)]
    message = illegal.commit(world.groups[0], *many)
    illegal.refused(world.groups[1], message, Code.TOO_LARGE, "J07", psks=STORE)
    invitation = lived_in()
    welcome = invitation.seal_with(*((one.psk, KEY) for one in many))
    invitation.refused(Code.TOO_LARGE, "A07", welcome, psks=STORE)
