"""The log as a sender has seen it, and evidence of two histories, as they travel inside of messages."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.content.test_content_cddl import validate
from tests.crypto.log.log_world import LOG_KEY, LOG_KEY_PQ, NOW, ORIGIN, POLICY, World

from rogatory_crypto import cbor
from rogatory_crypto.content.nested_part import Disposition, NullPart, SinglePart
from rogatory_crypto.content.seen_checkpoint import EXTENSION, SeenCheckpoint, read_seen, seen
from rogatory_crypto.content.split_report import MEDIA_TYPE, read_split, split_part
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.signed_checkpoint import sign_checkpoint, verify_log
from rogatory_crypto.log.split_view import compare, verify_split_view

KEYS = POLICY.log_keys(ORIGIN)


def small(world: World) -> SeenCheckpoint:
    found = seen(verify_log(world.signed(keys=(LOG_KEY, LOG_KEY_PQ)), KEYS))
    assert found is not None
    return found


@given(st.integers(0, 40))
def test_what_is_seen_is_what_the_log_has_signed(size: int) -> None:
    world = World().grow(size)
    found = small(world)
    validate("seen-checkpoint", found.encode())
    assert read_seen({EXTENSION: found.plain()}) == found
    assert verify_log(found.signed(), KEYS).checkpoint == world.checkpoint()


@pytest.mark.parametrize("bent", [True, 1.0, [1], None, b"1", "1"])
def test_what_looks_like_one_that_was_read_before_is_read_all_the_same(bent: object) -> None:
    known = replace(small(World().grow(9)), size=1)
    assert read_seen({EXTENSION: known.plain()}) == known
    with pytest.raises(PeerError) as caught:
        read_seen({EXTENSION: [known.origin, bent, known.root, known.key_id, known.signature]})
    assert caught.value.code is Code.MALFORMED


def test_it_is_small() -> None:
    assert len(small(World().grow(1_000)).encode()) <= 150


@pytest.mark.parametrize("change", ["size", "root", "signature", "key_id", "origin"])
def test_what_was_changed_is_not_the_logs(change: str) -> None:
    found = small(World().grow(9))
    bent = {
        "size": replace(found, size=10),
        "root": replace(found, root=bytes(32)),
        "signature": replace(found, signature=found.signature[:-1] + bytes([found.signature[-1] ^ 1])),
        "key_id": replace(found, key_id=bytes(4)),
        "origin": replace(found, origin="log.example/other"),
    }
    with pytest.raises(PeerError) as caught:
        verify_log(bent[change].signed(), KEYS)
    assert caught.value.code is Code.BAD_SIGNATURE


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255))
def test_whatever_is_read_is_a_note_that_nobody_has_signed(origin: str) -> None:
    """What a member of a room makes up is never an error of ours."""
    with suppress(PeerError):
        read = SeenCheckpoint.from_plain([origin, 9, bytes(32), bytes(4), bytes(64)])
        assert read.signed().checkpoint.origin == origin


def test_an_origin_longer_than_any_is_refused() -> None:
    with pytest.raises(PeerError) as caught:
        SeenCheckpoint.from_plain(["é" * 200, 9, bytes(32), bytes(4), bytes(64)])
    assert caught.value.code is Code.TOO_LARGE


def test_what_is_signed_by_ml_dsa_alone_has_no_small_form() -> None:
    signed = World().grow(9).signed(keys=(LOG_KEY_PQ,))
    assert seen(verify_log(signed, KEYS)) is None


def test_what_has_more_lines_has_no_small_form() -> None:
    longer = replace(World().grow(9).checkpoint(), extensions=("more",))
    assert seen(verify_log(sign_checkpoint(longer, (LOG_KEY,), NOW), KEYS)) is None


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        [],
        ["", 1, bytes(32), bytes(4), bytes(64)],
        ["a\nb", 1, bytes(32), bytes(4), bytes(64)],
        ["a\x00b", 1, bytes(32), bytes(4), bytes(64)],
        ["a" * 256, 1, bytes(32), bytes(4), bytes(64)],
        ["a", -1, bytes(32), bytes(4), bytes(64)],
        ["a", 1, bytes(31), bytes(4), bytes(64)],
        ["a", 1, bytes(32), bytes(5), bytes(64)],
        ["a", 1, bytes(32), bytes(4), bytes(2420)],
        ["a", 1, bytes(32), bytes(4), bytes(64), 0],
    ],
)
def test_anything_else_is_refused(plain: object) -> None:
    with pytest.raises(PeerError) as caught:
        read_seen({EXTENSION: plain})
    assert caught.value.code in {Code.MALFORMED, Code.TOO_LARGE}


@given(st.text(min_size=1, max_size=20))
def test_whatever_an_origin_is_made_of_it_is_read_or_refused(origin: str) -> None:
    try:
        read = SeenCheckpoint.from_plain([origin, 1, bytes(32), bytes(4), bytes(64)])
    except PeerError:
        return
    assert read.signed().checkpoint.origin == origin


def test_evidence_of_two_histories_travels_whole() -> None:
    one, other = World().grow(9), World(branch="b", since=4).grow(9)
    evidence = compare(verify_log(small(one).signed(), KEYS), verify_log(small(other).signed(), KEYS))
    assert evidence is not None
    part = split_part(evidence)
    validate("split-view", part.content)
    read = read_split(part)
    assert read == evidence
    assert verify_split_view(read, KEYS).newer.size == 9


def test_other_parts_are_no_evidence() -> None:
    assert read_split(NullPart(Disposition.RENDER, "")) is None
    assert read_split(SinglePart(Disposition.RENDER, "", "text/plain", b"")) is None
    with pytest.raises(PeerError):
        read_split(SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, cbor.encode([1])))
