"""Rules L, as far as values go: which secrets a group still holds after each step.

What a group holds is searched from the object itself, so that nothing hides in a field that is not stored.
"""

import gc
from collections.abc import Callable
from dataclasses import fields, replace
from types import FunctionType, ModuleType

import pytest
from tests.crypto.mls import illegal, illegal_commit
from tests.crypto.mls.illegal_commit import Faults, Forgery
from tests.crypto.mls.world import NOW, World, grown, trust

from rogatory_crypto.errors import Code, MisuseError
from rogatory_crypto.mls import (
    APPLICATION_USE,
    ApplicationReceived,
    CommitReceived,
    ExternalPsk,
    Group,
    GroupPolicy,
    PskStore,
    ResumptionPsk,
    decode_group,
    encode_group,
    export_secret,
    forget_past_epochs,
    join_group,
    process,
    propose_update,
    protect,
    sending,
    stage_branch,
    treekem,
)
from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.key_schedule import EpochSecrets, PreSharedKeyId
from rogatory_crypto.mls.policy import PAST_EPOCH_S
from rogatory_crypto.mls.pre_shared_keys import NO_PSKS
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import Add, PreSharedKey
from rogatory_crypto.mls.secret_tree import RatchetKind
from rogatory_crypto.mls.tree_math import LeafIndex, node_of

SECRET = b"a pre-shared key of 32 bytes, x."
STORE = PskStore({b"id": SECRET})
PSK = PreSharedKeyId(ExternalPsk(b"id"), bytes(32))


@pytest.fixture
def world() -> World:
    return grown(4)


def held(value: object) -> set[bytes]:
    """Return every string of bytes that a value refers to, at whatever remove."""
    waiting, seen, found = [value], set(), set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type | ModuleType | FunctionType):
            continue
        seen.add(id(each))
        if isinstance(each, bytes | bytearray):
            found.add(bytes(each))
        else:
            waiting.extend(gc.get_referents(each))
    return found


def forged(world: World, faults: Faults, *listed: Listed) -> tuple[Forgery, bytes]:
    """Return a sound commit of seat 0 with all of its secrets, and its message."""
    group = world.groups[0]
    forgery = illegal_commit.forge(illegal_commit.member(group), listed, faults)
    return forgery, sending.seal(group, forgery.signed, world.random)[1]


def path_secrets(world: World, forgery: Forgery) -> set[bytes]:
    assert forgery.planned is not None
    secrets = set(forgery.planned.known.secrets.values())
    return secrets | {world.suite.derive_secret(secret, b"node") for secret in secrets}


def test_the_search_finds_what_is_held(world: World) -> None:
    group = world.groups[0]
    assert {group.secrets.init_secret, *group.private_keys.values()} <= held(group)
    assert {bytes(held.encryption_key) for held in group.members} <= held(group)


def test_a_group_holds_what_is_named_here_and_nothing_else() -> None:
    # L01: neither joiner, member, epoch, commit, PSK, welcome nor encryption secret has a place
    assert {field.name for field in fields(EpochSecrets)} == {
        "sender_data_secret",
        "exporter_secret",
        "external_secret",
        "confirmation_key",
        "membership_key",
        "resumption_psk",
        "epoch_authenticator",
        "init_secret",
    }
    secret = {"signer", "private_keys", "secrets", "secret_tree", "update_keys", "past", "resumption"}
    public = {
        "suite",
        "context",
        "encoded_context",
        "tree",
        "own_leaf",
        "interim_transcript_hash",
        "confirmation_tag",
        "proposals",
        "policy",
        "status",
        "reinit",
    }
    counts = {"leaf_since", "sent_messages", "sent_bytes"}
    assert {field.name for field in fields(Group)} == secret | public | counts


def test_an_epochs_intermediate_secrets_are_gone_at_the_receiver(world: World) -> None:
    # L01 L04: of the epoch that ended and of the key schedule that led to the next
    us = MemberSender(world.groups[0].own_leaf)
    psk = Listed(PreSharedKey(PSK), us)
    forgery, message = forged(world, Faults(psks=((PSK, SECRET),)), psk)
    before = world.groups[1]
    event = process(before, message, now=NOW, authenticate=trust, psks=STORE)
    assert isinstance(event, CommitReceived)
    kept = held(event.group)
    erased = {
        before.secrets.init_secret,
        before.secrets.exporter_secret,
        before.secrets.external_secret,
        before.secrets.membership_key,
        before.secrets.confirmation_key,
        forgery.begun.joiner_secret,
        forgery.begun.welcome_secret,
        forgery.commit_secret,
        forgery.psk_secret,
        *path_secrets(world, forgery),
    }
    assert not erased & kept
    assert not {secret for secret in erased if secret in encode_group(event.group)}
    assert forgery.begun.encryption_secret in kept  # until the first message splits it


def test_the_encryption_secret_is_gone_once_it_is_split(world: World) -> None:
    # L01 L02
    forgery, message = forged(world, Faults())
    event = world.receive(1, message)
    assert isinstance(event, CommitReceived)
    after, _ = protect(event.group, b"first", random=world.random)
    assert forgery.begun.encryption_secret not in held(after)


def drawn(world: World) -> tuple[list[bytes], Callable[[int], bytes]]:
    """Return a source of randomness, and the list of what it gave."""
    given: list[bytes] = []

    def draw(size: int) -> bytes:
        given.append(world.random(size))
        return given[-1]

    return given, draw


def test_a_committer_keeps_no_path_secret(world: World) -> None:
    # L04: of his own draws neither path secret nor seed is left, in the next epoch or in this one
    given, draw = drawn(world)
    package = world.client(b"guest").key_package()
    staged = world.stage(0, add=[package.message], path=True, random=draw)
    size = world.suite.hash_size
    group = world.groups[0]
    nodes = tuple(node for node, _ in staged.group.tree.filtered_direct_path(group.own_leaf))
    known = treekem.climb(world.suite, given[0], nodes)
    assert set(known.private_keys.values()) <= held(staged.group)
    for secret in (*(seed for seed in given if len(seed) == size), *known.secrets.values()):
        assert secret not in held(staged)
    assert known.commit_secret not in held(staged)
    assert set(group.private_keys.values()) <= held(staged.current)
    assert group.private_keys[node_of(group.own_leaf)] not in held(staged.group)


def test_a_newcomer_keeps_neither_joiner_nor_path_secret(world: World) -> None:
    # L01 L04 L06: nor the private init key
    given, draw = drawn(world)
    package = world.client(b"guest").key_package()
    staged = world.stage(0, add=[package.message], path=True, random=draw)
    assert staged.welcome is not None
    joined = join_group(staged.welcome, package, now=NOW, authenticate=trust)
    nodes = tuple(node for node, _ in staged.group.tree.filtered_direct_path(world.groups[0].own_leaf))
    secrets = treekem.climb(world.suite, given[0], nodes).secrets.values()
    assert not held(joined) & {package.init_private, *secrets}


def test_a_replaced_key_of_ours_is_gone(world: World) -> None:
    # L04: of nodes whose keys were replaced, and of our own leaf
    before = world.groups[1]
    world.update(0)
    world.update(1)
    assert not held(world.groups[1]) & set(before.private_keys.values())


def test_the_key_of_an_update_that_nobody_took_is_gone(world: World) -> None:
    # L05: and so it is at a committer who proposed one for himself
    for committer in (0, 1):
        world.groups[1], _ = propose_update(world.groups[1], random=world.random)  # lost on its way
        (secret,) = world.groups[1].update_keys.values()
        assert secret in held(world.groups[1])
        world.update(committer)
        assert secret not in held(world.groups[1])


def test_the_key_of_an_update_that_was_taken_is_our_leafs(world: World) -> None:
    # L05 L04
    old = world.groups[1].private_keys[node_of(world.groups[1].own_leaf)]
    world.groups[1], message = propose_update(world.groups[1], random=world.random)
    (secret,) = world.groups[1].update_keys.values()
    for seat in (0, 2, 3):
        world.receive(seat, message)
    world.update(0)
    assert world.groups[1].private_keys[node_of(world.groups[1].own_leaf)] == secret
    assert old not in held(world.groups[1])


def test_a_pre_shared_key_is_not_kept(world: World) -> None:
    # L06
    staged = world.stage(0, psk=[ExternalPsk(b"id")], psks=STORE)
    event = process(world.groups[1], staged.message, now=NOW, authenticate=trust, psks=STORE)
    for value in (staged, event.group):
        assert SECRET not in held(value)


def removed(world: World) -> tuple[Group, Group]:
    """Return what seat 3 held before and after it was removed."""
    before = world.groups[3]
    event = process(before, world.stage(0, remove=[3]).message, now=NOW, authenticate=trust)
    assert isinstance(event, CommitReceived)
    assert event.removed_us
    return before, event.group


def test_who_was_removed_keeps_message_keys_only(world: World) -> None:
    # I12 L01: and the proof that he was there
    before, after = removed(world)
    secrets = before.secrets
    assert secrets.epoch_authenticator in held(after)
    assert not held(after) & {
        secrets.init_secret,
        secrets.exporter_secret,
        secrets.external_secret,
        secrets.confirmation_key,
        secrets.membership_key,
        secrets.resumption_psk,
        *before.private_keys.values(),
    }


def test_who_was_removed_reads_what_was_on_its_way_once_and_not_for_ever(world: World) -> None:
    # I12 M03 C06
    _, message = protect(world.groups[1], b"on its way", random=world.random)
    _, after = removed(world)
    restored = decode_group(encode_group(after))
    event = process(restored, message, now=NOW, authenticate=trust)
    assert isinstance(event, ApplicationReceived)
    assert (event.content, event.sender.leaf_index) == (b"on its way", 1)
    illegal.refused(event.group, message, Code.REPLAYED, "C06")
    late = forget_past_epochs(after, now=NOW + PAST_EPOCH_S + 1)
    illegal.refused(late, message, Code.WRONG_EPOCH, "B02")
    kept = held(late)
    assert after.past[-1].sender_data_secret in held(after)
    assert after.past[-1].sender_data_secret not in kept


def test_who_was_removed_and_keeps_no_past_reads_nothing_more(world: World) -> None:
    # I12 M03
    _, message = protect(world.groups[1], b"on its way", random=world.random)
    world.groups[3] = replace(world.groups[3], policy=GroupPolicy(past_epochs=0))
    _, after = removed(world)
    illegal.refused(after, message, Code.WRONG_EPOCH, "B02")


def test_what_is_left_to_who_was_removed_gives_no_secret(world: World) -> None:
    # I12 J03: an empty secret is none; whoever knows that we were removed would know what follows from it
    _, after = removed(world)
    with pytest.raises(MisuseError, match="I12"):
        export_secret(after, "label", b"", 32)
    for epoch in (after.epoch, after.epoch - 1):
        assert after.psk(ResumptionPsk(APPLICATION_USE, after.group_id, epoch), NO_PSKS) is None
    founder = world.client(b"member-0-2").create(b"branch")
    with pytest.raises(MisuseError, match="I12"):
        stage_branch(founder, after, add=[], random=world.random, now=NOW, authenticate=trust)
    assert after.secret_tree.encode() == bytes(2)


def test_a_resumption_psk_is_kept_for_so_many_epochs(world: World) -> None:
    # L01 J02
    first = world.groups[1].secrets.resumption_psk
    for _ in range(world.groups[1].policy.resumption_psks):
        world.update(0)
    assert first in held(world.groups[1])
    world.update(0)
    assert first not in held(world.groups[1])


def test_secrets_do_not_show(world: World) -> None:
    # L08: neither in a group, nor in what is staged, nor in what was received
    client = world.client(b"guest").key_package()
    staged = world.stage(0, add=[client.message], psk=[ExternalPsk(b"id")], psks=STORE)
    event = process(world.groups[1], staged.message, now=NOW, authenticate=trust, psks=STORE)
    us = MemberSender(world.groups[0].own_leaf)
    forgery, _ = forged(world, Faults(), Listed(Add(client.package), us))
    secret = {*staged.group.private_keys.values(), SECRET, forgery.commit_secret}
    for group in (staged.group, world.groups[1]):
        names = [field.name for field in fields(EpochSecrets) if field.name != "epoch_authenticator"]
        secret |= {getattr(group.secrets, name) for name in names}
    tree, _, message_key = world.groups[1].secret_tree.take(LeafIndex(0), RatchetKind.APPLICATION, 3)
    secret |= set(message_key)
    received = (event, world.groups[1], tree, message_key)
    for value in (staged, *received, STORE, client, forgery.begun, forgery.planned):
        shown = repr(value)
        assert not [one for one in secret if repr(one)[2:-1] in shown or one.hex() in shown]
