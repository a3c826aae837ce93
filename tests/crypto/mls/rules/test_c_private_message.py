"""Rules C: private messages that are wrong in one place, and what they may not use up."""

from dataclasses import replace

import pytest
from tests.crypto.mls import illegal
from tests.crypto.mls.world import World, grown

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, MisuseError
from rogatory_crypto.mls import (
    ApplicationReceived,
    Group,
    GroupPolicy,
    ProposalReceived,
    decode_group,
    encode_group,
    framing,
    propose_remove,
    protect,
)
from rogatory_crypto.mls.framing import APPLICATION, COMMIT, PROPOSAL_CONTENT
from rogatory_crypto.mls.private_message import SenderData, open_sender_data
from rogatory_crypto.mls.secret_tree import (
    LAST_GENERATION,
    MAX_FORWARD,
    MAX_SKIPPED,
    LeafRatchets,
    Ratchet,
    RatchetKind,
    SecretTree,
)
from rogatory_crypto.mls.welcome import encode_message

HELLO = opaque_bytes(b"hello")
REMOVE_2 = b"\x00\x03" + (2).to_bytes(4, "big")


@pytest.fixture
def world() -> World:
    return grown(3)


def read(world: World, seat: int, message: bytes) -> bytes:
    event = world.receive(seat, message)
    assert isinstance(event, ApplicationReceived)
    return event.content


def test_what_the_builder_seals_is_otherwise_sound(world: World) -> None:
    assert read(world, 1, illegal.private_bytes(world.groups[0], APPLICATION, HELLO)) == b"hello"
    proposal = illegal.private_bytes(world.groups[0], PROPOSAL_CONTENT, REMOVE_2)
    assert isinstance(world.receive(1, proposal), ProposalReceived)


def test_sender_data_are_bound_to_a_sample_of_the_ciphertext(world: World) -> None:
    # C01: the sender data of one message before the ciphertext of another
    group = world.groups[0]
    first, second = (
        illegal.opened(illegal.private_bytes(group, APPLICATION, HELLO, generation=number))
        for number in range(2)
    )
    mixed = encode_message(replace(first, ciphertext=second.ciphertext))
    illegal.refused(world.groups[1], mixed, Code.DECRYPTION_FAILED, "C01")


def test_sender_data_are_bound_to_the_content_type(world: World) -> None:
    # C01: sealed as of a commit
    message = illegal.private_bytes(world.groups[0], APPLICATION, HELLO, sealed_type=COMMIT)
    illegal.refused(world.groups[1], message, Code.DECRYPTION_FAILED, "C01")


def test_a_ciphertext_shorter_than_the_sample_is_the_sample(world: World) -> None:
    # C01: the sender data open, and then there is no room for a signature
    message = illegal.sealed(world.groups[0], APPLICATION, b"\x00")
    assert len(illegal.opened(message).ciphertext) < world.suite.hash_size
    illegal.refused(world.groups[1], message, Code.MALFORMED, "A05")


@pytest.mark.parametrize("data", [b"", bytes(11), bytes(13)])
def test_sender_data_have_their_size(world: World, data: bytes) -> None:
    # C01 A03
    class Claims(SenderData):
        def encode(self) -> bytes:
            return data

    claims = Claims(0, 0, illegal.GUARD)
    message = illegal.private_bytes(world.groups[0], APPLICATION, HELLO, claims=claims)
    illegal.refused(world.groups[1], message, Code.MALFORMED, "A0")


def test_what_is_in_the_open_is_authenticated(world: World) -> None:
    # C02
    message = illegal.private_bytes(world.groups[0], APPLICATION, HELLO, authenticated_data=b"case 7")
    for other in (b"", b"case 8", b"case 7 "):
        changed = encode_message(replace(illegal.opened(message), authenticated_data=other))
        illegal.refused(world.groups[1], changed, Code.DECRYPTION_FAILED, "C02")
    assert read(world, 1, message) == b"hello"


@pytest.mark.parametrize(
    ("content_type", "body", "kind"),
    [
        (APPLICATION, HELLO, RatchetKind.HANDSHAKE),
        (PROPOSAL_CONTENT, REMOVE_2, RatchetKind.APPLICATION),
        (COMMIT, b"\x00\x00", RatchetKind.APPLICATION),
    ],
)
def test_each_content_has_its_ratchet(
    world: World, content_type: int, body: bytes, kind: RatchetKind
) -> None:
    # C03
    message = illegal.private_bytes(world.groups[0], content_type, body, kind=kind)
    illegal.refused(world.groups[1], message, Code.DECRYPTION_FAILED, "C03")


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        pytest.param(APPLICATION, b"\x7f\xff" + REMOVE_2, Code.MALFORMED, id="C03 a proposal as data"),
        pytest.param(PROPOSAL_CONTENT, HELLO, Code.UNSUPPORTED, id="C03 data as a proposal"),
        pytest.param(PROPOSAL_CONTENT, b"", Code.UNSUPPORTED, id="C03 nothing as a proposal"),
        pytest.param(COMMIT, REMOVE_2, Code.MALFORMED, id="C03 a proposal as a commit"),
    ],
)
def test_a_body_is_of_the_type_that_is_said(world: World, content_type: int, body: bytes, code: Code) -> None:
    message = illegal.private_bytes(world.groups[0], content_type, body)
    illegal.refused(world.groups[1], message, code, "A0")


@pytest.mark.parametrize("padding", [b"\x01", bytes(40) + b"\x01", b"\x01" + bytes(40), b"\x80"])
@pytest.mark.parametrize(
    ("content_type", "body"), [(APPLICATION, HELLO), (PROPOSAL_CONTENT, REMOVE_2), (COMMIT, b"\x00\x00")]
)
def test_padding_is_zero(world: World, content_type: int, body: bytes, padding: bytes) -> None:
    # C04
    message = illegal.private_bytes(world.groups[0], content_type, body, padding=padding)
    illegal.refused(world.groups[1], message, Code.MALFORMED, "C04")


def spoken_by_another(world: World) -> bytes:
    """Return data with seat 2's keys by seat 0, which has only its own signature key."""
    return illegal.private_bytes(illegal.on_seat(world.groups[0], 2), APPLICATION, HELLO)


def test_a_member_does_not_speak_for_another(world: World) -> None:
    # C05
    illegal.refused(world.groups[1], spoken_by_another(world), Code.BAD_SIGNATURE, "C05")


def test_a_signature_is_of_its_epoch_and_its_group(world: World) -> None:
    # C05: signed under the context of another epoch
    group = world.groups[0]
    content = illegal.framed(group, APPLICATION, HELLO)
    other = replace(group.context, epoch=group.epoch + 1).encode()
    _, auth = illegal.authenticated(group, content, framing.PRIVATE_MESSAGE, tag=None, context=other)
    message = illegal.sealed(group, APPLICATION, HELLO + auth)
    illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "C05")


def test_a_past_message_is_signed_by_who_sat_there_then() -> None:
    # C05 M02: the present owner of the seat signs in a past epoch, whose keys two members in league have
    world = grown(4)
    late = world.groups[3]
    world.remove(0, 3)
    assert world.grow(1) == [3]
    in_league = replace(late, signer=world.groups[3].signer)
    _, message = protect(in_league, b"forged", random=world.random)
    illegal.refused(world.groups[1], message, Code.BAD_SIGNATURE, "C05")
    _, honest = protect(late, b"honest", random=world.random)
    assert read(world, 1, honest) == b"honest"


def test_a_generation_is_read_once(world: World) -> None:
    # C06
    messages = [
        illegal.private_bytes(world.groups[0], APPLICATION, HELLO, generation=number) for number in range(3)
    ]
    for number in (2, 0):
        read(world, 1, messages[number])
        illegal.refused(world.groups[1], messages[number], Code.REPLAYED, "C06")
    assert read(world, 1, messages[1]) == b"hello"


def test_a_generation_is_not_used_for_two_messages(world: World) -> None:
    # C06: not the same bytes again, but another message under the same key
    read(world, 1, illegal.private_bytes(world.groups[0], APPLICATION, HELLO))
    other = illegal.private_bytes(world.groups[0], APPLICATION, opaque_bytes(b"other"))
    illegal.refused(world.groups[1], other, Code.REPLAYED, "C06")


def test_a_generation_before_the_window_is_too_old(world: World) -> None:
    # C06 Q03: more were skipped since than are kept
    ahead = (MAX_FORWARD, MAX_FORWARD + 2)
    assert MAX_SKIPPED < MAX_FORWARD + 1
    old = illegal.private_bytes(world.groups[0], APPLICATION, HELLO, generation=0)
    for number in ahead:
        read(world, 1, illegal.private_bytes(ahead_of(world, number), APPLICATION, HELLO, generation=number))
    illegal.refused(world.groups[1], old, Code.REPLAYED, "C06")


def ahead_of(world: World, generation: int) -> Group:
    """Return seat 0 with its own ratchet moved near a generation."""
    group, tree = world.groups[0], world.groups[0].secret_tree
    for reached in range(MAX_FORWARD, generation, MAX_FORWARD):
        tree, _, _ = tree.take(group.own_leaf, RatchetKind.APPLICATION, reached)
    return replace(group, secret_tree=tree)


@pytest.mark.parametrize("generation", [MAX_FORWARD + 1, 1 << 31, LAST_GENERATION])
def test_a_generation_too_far_ahead_is_refused_before_anything_is_derived(
    world: World, generation: int
) -> None:
    # C07 Q03: nobody would ever come to an end of deriving the last one
    claims = illegal.claim(0, generation)
    message = illegal.private_bytes(world.groups[0], APPLICATION, HELLO, claims=claims)
    illegal.refused(world.groups[1], message, Code.TOO_FAR_AHEAD, "C07")


def test_the_furthest_generation_is_still_read(world: World) -> None:
    # C07: the bound itself
    message = illegal.private_bytes(world.groups[0], APPLICATION, HELLO, generation=MAX_FORWARD)
    assert read(world, 1, message) == b"hello"


def test_no_forgery_uses_up_a_key_of_the_honest_sender(world: World) -> None:
    # C08: garbage under a forged signature, without one, with padding, or that nobody can parse
    group = world.groups[2]
    bad_tag = illegal.opened(illegal.private_bytes(group, APPLICATION, HELLO))
    flipped = bad_tag.ciphertext[:-1] + bytes([bad_tag.ciphertext[-1] ^ 1])
    for message, code, rule in (
        (spoken_by_another(world), Code.BAD_SIGNATURE, "C05"),
        (illegal.sealed(group, APPLICATION, HELLO + b"\x00"), Code.BAD_SIGNATURE, "C05"),
        (illegal.sealed(group, APPLICATION, b"\xc0"), Code.MALFORMED, "A02"),
        (illegal.private_bytes(group, APPLICATION, HELLO, padding=b"\x01"), Code.MALFORMED, "C04"),
        (encode_message(replace(bad_tag, ciphertext=flipped)), Code.DECRYPTION_FAILED, "C02"),
    ):
        illegal.refused(world.groups[1], message, code, rule)
    assert read(world, 1, protect(group, b"honest", random=world.random)[1]) == b"honest"


def test_a_commit_that_is_refused_uses_up_no_key(world: World) -> None:
    # C08: the group is the same in all its bytes, and the honest commit of the same generation is read
    honest = world.stage(0)
    illegal.refused(world.groups[1], illegal.commit(world.groups[0]), Code.INVALID_COMMIT, "I01")
    world.merge(0, honest)
    assert world.agrees()


def test_the_guard_that_was_sent_is_the_guard_that_counts(world: World) -> None:
    # C09
    claims = SenderData(0, 0, b"else")
    message = illegal.private_bytes(world.groups[0], APPLICATION, HELLO, claims=claims)
    illegal.refused(world.groups[1], message, Code.DECRYPTION_FAILED, "C02")
    for guard in (bytes(4), b"\xff" * 4):
        assert read(grown(3), 1, illegal.private_bytes(grown(3).groups[0], APPLICATION, HELLO, guard=guard))


def test_two_messages_under_one_key_by_mistake_have_two_nonces(world: World) -> None:
    # C09: a client restored from a copy sends the same generation again
    group = world.groups[0]
    first, second = (illegal.opened(protect(group, b"same", random=world.random)[1]) for _ in range(2))
    data = [open_sender_data(group.suite, one, group.secrets.sender_data_secret) for one in (first, second)]
    assert data[0].generation == data[1].generation
    assert data[0].reuse_guard != data[1].reuse_guard
    assert first.ciphertext != second.ciphertext


def test_an_epoch_ends_before_its_keys_do(world: World) -> None:
    # C10: no generation follows the last
    group = world.groups[0]
    last = Ratchet(bytes(group.suite.hash_size), LAST_GENERATION)
    spent, _ = last.take(group.suite, LAST_GENERATION)
    tree = SecretTree(group.suite, 1, LeafRatchets(spent, spent))
    with pytest.raises(MisuseError, match="C10"):
        protect(replace(group, secret_tree=tree), b"one more", random=world.random)
    with pytest.raises(MisuseError, match="C10"):
        propose_remove(replace(group, secret_tree=tree), 2, random=world.random)


@pytest.mark.parametrize(
    ("policy", "sizes"),
    [
        (GroupPolicy(messages_an_epoch=3), (1, 1, 1)),
        (GroupPolicy(bytes_an_epoch=30), (10, 20)),
    ],
)
def test_an_epoch_carries_so_much_and_a_commit_begins_anew(
    policy: GroupPolicy, sizes: tuple[int, ...]
) -> None:
    # C10: also after a restart
    world = grown(2)
    group = replace(world.groups[0], policy=policy)
    for size in sizes:
        group, message = protect(group, bytes(size), random=world.random)
        read(world, 1, message)
    for spent in (group, decode_group(encode_group(group))):
        with pytest.raises(MisuseError, match="C10"):
            protect(spent, b"x", random=world.random)
    world.groups[0] = group
    world.update(0)
    protect(world.groups[0], b"x", random=world.random)
