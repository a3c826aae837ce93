"""Call-back words: both ends say the same about the same keys, and something else about any other."""

import math
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.identity.enrolled_office import ORIGIN, seed

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import call_back as room
from rogatory_crypto.identity.call_back import Part, call_back, verify_heard
from rogatory_crypto.signing import PublicKeys
from rogatory_crypto.wire.identifier import EntryId

KEYS = PublicKeys(seed("office"), seed("office, post-quantum") * 41)
OFFICE = EntryId("CNA-SN-01")
SYLLABLES = [consonant + vowel for consonant, vowel in product("bklmnst", "aiu")]
words = st.lists(st.sampled_from(SYLLABLES), min_size=3, max_size=3).map("".join)
groups = st.text("0123456789", min_size=4, max_size=4)
parts = st.builds(
    Part, st.tuples(words, words, words, words, words), st.tuples(groups, groups, groups, groups, groups)
)


def heard(text: str, expected: Part) -> Code | None:
    try:
        verify_heard(text, expected)
    except PeerError as error:
        return error.code
    return None


def test_both_ends_compute_the_same_from_their_own_copies() -> None:
    first = call_back(KEYS, OFFICE, ORIGIN)
    room.call_back.cache_clear()
    assert call_back(replace(KEYS), OFFICE, ORIGIN) == first


@pytest.mark.parametrize(
    "other",
    [
        (replace(KEYS, ed25519=seed("another")), OFFICE, ORIGIN),
        (replace(KEYS, ml_dsa_44=KEYS.ml_dsa_44[:-1] + b"\x00"), OFFICE, ORIGIN),
        (KEYS, EntryId("CNA-SN-02"), ORIGIN),
        (KEYS, OFFICE, "other.example"),
    ],
)
def test_anything_else_gives_other_words_and_other_digits(other: tuple[PublicKeys, EntryId, str]) -> None:
    one, two = call_back(KEYS, OFFICE, ORIGIN), call_back(*other)
    for mine, theirs in ((one.caller, two.caller), (one.called, two.called)):
        assert heard(" ".join(theirs.words), mine) is Code.HASH_MISMATCH
        assert heard(" ".join(theirs.numbers), mine) is Code.HASH_MISMATCH


def test_nobody_can_answer_by_repeating() -> None:
    both = call_back(KEYS, OFFICE, ORIGIN)
    assert heard(" ".join(both.caller.words), both.called) is Code.HASH_MISMATCH
    assert heard(" ".join(both.caller.numbers), both.called) is Code.HASH_MISMATCH


def test_a_part_carries_more_bits_than_can_be_ground_through_argon2() -> None:
    assert room.WORDS * room.SYLLABLES * math.log2(len(SYLLABLES)) > 65
    assert room.GROUPS * room.DIGITS * math.log2(10) > 65
    both = call_back(KEYS, OFFICE, ORIGIN)
    assert [len(word) for word in both.caller.words] == [6] * 5
    assert [len(group) for group in both.called.numbers] == [4] * 5


@given(st.integers(0, 21**15 - 1))
def test_no_two_numbers_share_their_words(number: int) -> None:
    words = "".join(room._words(number))
    read = 0
    for at in reversed(range(0, len(words), 2)):
        read = read * 21 + SYLLABLES.index(words[at : at + 2])
    assert read == number


@given(parts, st.sampled_from(["", " ", "-", ", ", "\n", " · "]))
def test_case_and_spacing_do_not_matter(part: Part, between: str) -> None:
    verify_heard(between.join(part.words).upper(), part)
    verify_heard(between.join(part.numbers), part)


@given(parts)
def test_what_is_written_down_by_ear_compares_equal(part: Part) -> None:
    accented = str.maketrans("bklstiu", "pgrzdeo")
    verify_heard(" ".join(part.words).translate(accented), part)
    verify_heard(" ".join(part.words).replace("a", "á").replace("u", "ū"), part)


@given(parts)
def test_digits_of_another_script_are_digits(part: Part) -> None:
    verify_heard(" ".join(part.numbers).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), part)


@given(parts, st.integers(0, 14), st.sampled_from(SYLLABLES))
def test_one_other_syllable_is_noticed(part: Part, at: int, other: str) -> None:
    said = "".join(part.words)
    changed = said[: at * 2] + other + said[at * 2 + 2 :]
    assert heard(changed, part) is (None if changed == said else Code.HASH_MISMATCH)


@given(parts, st.integers(1, 29))
def test_half_a_part_is_not_a_part(part: Part, length: int) -> None:
    assert heard("".join(part.words)[:length], part) is Code.MALFORMED


@given(parts, st.text(max_size=80))
def test_any_text_is_judged_and_nothing_else_escapes(part: Part, text: str) -> None:
    assert heard(text, part) in {None, Code.MALFORMED, Code.HASH_MISMATCH}


def test_half_a_key_is_misuse() -> None:
    with pytest.raises(MisuseError):
        call_back(replace(KEYS, ml_dsa_44=b""), OFFICE, ORIGIN)
    with pytest.raises(MisuseError):
        call_back(replace(KEYS, ed25519=b""), OFFICE, ORIGIN)


def test_the_words_of_these_keys_stay_what_they_are() -> None:
    both = call_back(KEYS, OFFICE, ORIGIN)
    assert both.caller == Part(
        ("lulanu", "busata", "kikasi", "siniba", "lutuna"), ("5766", "5949", "5913", "4261", "7612")
    )
    assert both.called == Part(
        ("sutika", "mininu", "bibusa", "tamuki", "namuna"), ("2222", "5108", "1834", "9547", "1311")
    )
