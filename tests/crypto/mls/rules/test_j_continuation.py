"""Rules J: groups that continue others or branch off from them, founded without any check by a member.

Every Welcome here is sound but for the rule: whoever made it ran the key schedule with it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.crypto.mls.test_certificates import LEAF, issue
from tests.crypto.mls.world import LIFETIME, NOW, OPEN, World, grown, seeded_random, trust

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import (
    BasicCredential,
    Extension,
    ExternalPsk,
    Group,
    KeyPackageSecrets,
    PskStore,
    ReInit,
    ResumptionPsk,
    X509Credential,
    cipher_suite,
    create_group,
    encode_group,
    generate_key_package,
    generate_signature_key,
    join_group,
    own_capabilities,
    process,
    required_capabilities_extension,
    same_identity,
)
from rogatory_crypto.mls.credentials import RequiredCapabilities
from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.key_schedule import BRANCH_USE, REINIT_USE, PreSharedKeyId, PskSource
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import Add
from rogatory_crypto.mls.staging import StagedCommit, Wanted, stage_list

RANDOM = seeded_random("pre-shared")
SECRET = b"secret" * 6
STORE = PskStore({b"id": SECRET, b"other": SECRET[::-1]})
EMPTY = PskStore()


def named(source: PskSource, size: int = 32) -> PreSharedKeyId:
    return PreSharedKeyId(source, RANDOM(size))


@pytest.fixture
def world() -> World:
    return grown(3)


def packages(world: World, seats: Sequence[int], code: int = 1) -> dict[int, KeyPackageSecrets]:
    """Return KeyPackages of members under new signature keys."""
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


def founded(world: World, group_id: bytes = b"next", code: int = 1, **options: Any) -> Group:
    suite = cipher_suite(code)
    signer = generate_signature_key(suite, RANDOM)
    credential = world.groups[0].member(0).credential
    return create_group(suite, group_id, signer, credential, LIFETIME, RANDOM, policy=OPEN, **options)


def invited(
    founder: Group,
    added: dict[int, KeyPackageSecrets] | Sequence[KeyPackageSecrets],
    *resumed: ResumptionPsk,
    secret: bytes,
) -> StagedCommit:
    """Return the founder's commit with any resumption PSKs, all of one secret, without any check."""
    guests = added.values() if isinstance(added, dict) else added
    us = MemberSender(founder.own_leaf)
    listed = tuple(Listed(Add(guest.package), us) for guest in guests)
    psks = tuple((named(source, founder.suite.hash_size), secret) for source in resumed)
    return stage_list(founder, listed, Wanted(RANDOM, NOW), trust, same_identity, EMPTY, psks)


def not_joined(
    staged: StagedCommit, package: KeyPackageSecrets, rule: str, resumes: Group | None, **options: Any
) -> None:
    code = options.pop("code", Code.INVALID_WELCOME)
    assert staged.welcome is not None
    before = None if resumes is None else encode_group(resumes)
    with pytest.raises(PeerError) as caught:
        join_group(staged.welcome, package, now=NOW, authenticate=trust, resumes=resumes, **options)
    assert (caught.value.code, rule in caught.value.detail) == (code, True), str(caught.value)
    assert before == (None if resumes is None else encode_group(resumes))


def joined(staged: StagedCommit, package: KeyPackageSecrets, resumes: Group) -> None:
    assert staged.welcome is not None
    group = join_group(staged.welcome, package, now=NOW, authenticate=trust, resumes=resumes)
    assert group.epoch_authenticator == staged.group.epoch_authenticator


def branch(old: Group, usage: int = BRANCH_USE) -> ResumptionPsk:
    return ResumptionPsk(usage, old.group_id, old.epoch)


def test_what_is_put_together_without_a_fault_is_joined(world: World) -> None:
    # J06: so what the others break is all right here
    old = world.groups[1]
    guests = packages(world, [1])
    staged = invited(founded(world), guests, branch(old), secret=old.secrets.resumption_psk)
    joined(staged, guests[1], old)


@pytest.mark.parametrize("usages", [(BRANCH_USE, BRANCH_USE), (BRANCH_USE, REINIT_USE), ()])
def test_a_continued_group_names_one_group_that_it_continues(world: World, usages: tuple[int, ...]) -> None:
    # J04
    old = world.groups[1]
    guests = packages(world, [1])
    sources = [branch(old, usage) for usage in usages]
    staged = invited(founded(world), guests, *sources, secret=old.secrets.resumption_psk)
    not_joined(staged, guests[1], "J04", old)


def test_a_continued_group_names_the_group_that_we_expect(world: World) -> None:
    # J04: another, whose key we hold; and nobody is led into one unawares
    old = world.groups[1]
    guests = packages(world, [1])
    other = ResumptionPsk(BRANCH_USE, b"another group", 7)
    store = PskStore(resumption={(b"another group", 7): SECRET})
    staged = invited(founded(world), guests, other, secret=SECRET)
    not_joined(staged, guests[1], "J04", old, psks=store)
    not_joined(staged, guests[1], "J04", None, psks=store)


def test_a_continued_group_begins_with_it(world: World) -> None:
    # J04: in its second commit it is too late
    old = world.groups[1]
    guests = packages(world, [1, 2])
    founder = invited(founded(world), {2: guests[2]}, secret=b"").group
    staged = invited(founder, {1: guests[1]}, branch(old), secret=old.secrets.resumption_psk)
    not_joined(staged, guests[1], "J04", old)


def test_a_continued_group_needs_the_key_of_the_old_one(world: World) -> None:
    # J03: who was not a member has none
    old = world.groups[1]
    guests = packages(world, [1])
    staged = invited(founded(world), guests, branch(old), secret=bytes(32))
    not_joined(staged, guests[1], "", old, code=Code.DECRYPTION_FAILED)
    forgotten = ResumptionPsk(BRANCH_USE, old.group_id, 0)
    staged = invited(founded(world), guests, forgotten, secret=bytes(32))
    not_joined(staged, guests[1], "J03", old, code=Code.UNKNOWN_PSK)


def test_who_was_removed_is_not_led_on_by_a_key_that_everybody_knows(world: World) -> None:
    # J03 I12: nothing is left of the epoch's key, which is not the same as a key of nothing
    event = process(world.groups[1], world.stage(0, remove=[1]).message, now=NOW, authenticate=trust)
    guests = packages(world, [1])
    staged = invited(founded(world), guests, branch(event.group), secret=b"")
    not_joined(staged, guests[1], "J03", event.group, code=Code.UNKNOWN_PSK)


def reinitialised(world: World, extensions: tuple[Extension, ...] = ()) -> Group:
    """Return what seat 1 holds after a ReInit."""
    world.merge(0, world.stage(0, reinit=ReInit(b"next", 1, 1, extensions)))
    return world.groups[1]


def test_a_continuation_is_what_was_announced(world: World) -> None:
    # J05: in name, suite and extensions
    demand = required_capabilities_extension(RequiredCapabilities(credentials=(1,)))
    old = reinitialised(world)
    guests = packages(world, [1, 2])
    secret = old.secrets.resumption_psk
    for founder in (founded(world, b"other"), founded(world, extensions=(demand,))):
        staged = invited(founder, guests, branch(old, REINIT_USE), secret=secret)
        not_joined(staged, guests[1], "J05", old)
    strong = packages(world, [1, 2], 3)
    staged = invited(founded(world, code=3), strong, branch(old, REINIT_USE), secret=secret)
    not_joined(staged, strong[1], "J05", old)
    staged = invited(founded(world), guests, branch(old, REINIT_USE), secret=secret)
    joined(staged, guests[1], old)


def test_a_continuation_has_the_extensions_that_were_announced(world: World) -> None:
    # J05: all of them
    demand = required_capabilities_extension(RequiredCapabilities(credentials=(1,)))
    old = reinitialised(world, (demand,))
    guests = packages(world, [1, 2])
    secret = old.secrets.resumption_psk
    staged = invited(founded(world), guests, branch(old, REINIT_USE), secret=secret)
    not_joined(staged, guests[1], "J05", old)
    staged = invited(founded(world, extensions=(demand,)), guests, branch(old, REINIT_USE), secret=secret)
    joined(staged, guests[1], old)


def test_only_a_group_that_was_reinitialised_is_continued(world: World) -> None:
    # J05: this one goes on
    old = world.groups[1]
    guests = packages(world, [1, 2])
    staged = invited(founded(world), guests, branch(old, REINIT_USE), secret=old.secrets.resumption_psk)
    not_joined(staged, guests[1], "J05", old)


def test_a_continuation_is_of_the_last_epoch(world: World) -> None:
    # J05: not of the one before the ReInit, whose key we hold as well
    earlier = world.groups[1]
    old = reinitialised(world)
    guests = packages(world, [1, 2])
    staged = invited(
        founded(world), guests, branch(earlier, REINIT_USE), secret=earlier.secrets.resumption_psk
    )
    not_joined(staged, guests[1], "J05", old)


def test_a_continuation_leaves_nobody_behind(world: World) -> None:
    # J05
    old = reinitialised(world)
    guests = packages(world, [1])
    staged = invited(founded(world), guests, branch(old, REINIT_USE), secret=old.secrets.resumption_psk)
    not_joined(staged, guests[1], "J05", old)


def test_no_branch_takes_the_place_of_a_continuation(world: World) -> None:
    # J05: neither out of an epoch in which nothing is said any more, nor under the announced name
    earlier = world.groups[1]
    old = reinitialised(world)
    guests = packages(world, [1])
    late = old.secrets.resumption_psk
    staged = invited(founded(world, b"other"), guests, branch(old), secret=late)
    not_joined(staged, guests[1], "J05", old)
    before = earlier.secrets.resumption_psk
    staged = invited(founded(world), guests, branch(earlier), secret=before)
    not_joined(staged, guests[1], "J05", old)
    staged = invited(founded(world, b"other"), guests, branch(earlier), secret=before)
    joined(staged, guests[1], old)


def test_a_branch_has_no_member_by_his_name_alone(world: World) -> None:
    # J06: a chain of certificates with the name that a member's basic credential has
    suite, signer = cipher_suite(1), generate_signature_key(cipher_suite(1), RANDOM)
    certificate = issue(replace(LEAF, key=Ed25519PrivateKey.from_private_bytes(signer.private)))
    credential = X509Credential((certificate.der,))
    can_both = replace(own_capabilities(1), credentials=(1, 2))
    basic = world.client(credential.identity)
    basic_package = generate_key_package(
        suite, basic.signer, BasicCredential(basic.identity), LIFETIME, RANDOM, capabilities=can_both
    )
    world.merge(0, world.stage(0, add=[basic_package.message]))
    old = world.groups[1]
    impostor = generate_key_package(suite, signer, credential, LIFETIME, RANDOM, capabilities=can_both)
    guest = generate_key_package(
        suite,
        world.client(b"").signer,
        old.member(1).credential,
        LIFETIME,
        RANDOM,
        capabilities=can_both,
    )
    founder = founded(world, capabilities=can_both)
    staged = invited(founder, [guest, impostor], branch(old), secret=old.secrets.resumption_psk)
    not_joined(staged, guest, "J06", old)


def test_a_branch_keeps_the_suite(world: World) -> None:
    # J06
    old = world.groups[1]
    strong = packages(world, [1], 3)
    staged = invited(founded(world, code=3), strong, branch(old), secret=old.secrets.resumption_psk)
    not_joined(staged, strong[1], "J06", old)


def test_a_branch_has_members_only(world: World) -> None:
    # J06: a guest, or one who was removed before
    old = world.groups[1]
    guests = [*packages(world, [1]).values(), world.client(b"stranger").key_package()]
    staged = invited(founded(world), guests, branch(old), secret=old.secrets.resumption_psk)
    not_joined(staged, guests[0], "J06", old)
    gone = packages(world, [1, 2])
    world.remove(0, 2)
    old = world.groups[1]
    staged = invited(founded(world), gone, branch(old), secret=old.secrets.resumption_psk)
    not_joined(staged, gone[1], "J06", old)


def test_a_branch_has_the_members_of_the_epoch_that_it_names(world: World) -> None:
    # J06 M02: of a past one, as they were then
    earlier = world.groups[1]
    world.remove(0, 2)
    world.groups[2] = earlier  # whoever was removed still has a KeyPackage
    guests = packages(world, [1, 2])
    staged = invited(founded(world), guests, branch(earlier), secret=earlier.secrets.resumption_psk)
    joined(staged, guests[1], world.groups[1])


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_welcome_names_keys_by_nonces_of_their_length(world: World, size: int) -> None:
    # J01
    guests = packages(world, [1])
    us = MemberSender(world.groups[0].own_leaf)
    founder = founded(world)
    psks = ((named(ExternalPsk(b"id"), size), SECRET),)
    listed = (Listed(Add(guests[1].package), us),)
    staged = stage_list(founder, listed, Wanted(RANDOM, NOW), trust, same_identity, EMPTY, psks)
    not_joined(staged, guests[1], "F04", None, psks=STORE, code=Code.INVALID_PROPOSAL)


def test_a_welcome_names_no_key_twice(world: World) -> None:
    # G07 J01
    guests = packages(world, [1])
    us = MemberSender(world.groups[0].own_leaf)
    psks = ((named(ExternalPsk(b"id")), SECRET),) * 2
    listed = (Listed(Add(guests[1].package), us),)
    staged = stage_list(founded(world), listed, Wanted(RANDOM, NOW), trust, same_identity, EMPTY, psks)
    not_joined(staged, guests[1], "G07", None, psks=STORE, code=Code.INVALID_PROPOSAL)
