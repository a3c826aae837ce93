"""Text in several codes: any order and repetition gives it back; what is missing or mixed is named."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.cli.pictures.qr_parts import MAX_PARTS, join, split
from rogatory_crypto.errors import MisuseError

texts = st.text(min_size=1, max_size=300)


@given(texts, st.integers(1, MAX_PARTS), st.randoms())
def test_parts_in_any_order_and_seen_twice_are_the_text(text: str, count: int, random: Random) -> None:
    parts = split(text, min(count, len(text)))
    seen = [*parts, *parts]
    random.shuffle(seen)
    assert join(seen) == text


@given(st.text(min_size=2, max_size=300), st.integers(2, MAX_PARTS), st.data())
def test_a_missing_part_is_named(text: str, count: int, data: st.DataObject) -> None:
    parts = split(text, min(count, len(text)))
    missing = data.draw(st.integers(0, len(parts) - 1))
    with pytest.raises(MisuseError, match=rf"missing: {missing + 1}\b"):
        join(parts[:missing] + parts[missing + 1 :])


def test_a_text_that_looks_like_a_part_is_not_taken_for_one() -> None:
    text = split("some text", 2)[0]
    assert join(split(text, 1)) == text


@pytest.mark.parametrize(
    "seen",
    [
        [],
        ["one", "another"],
        ["one", split("some text", 2)[0]],
        [*split("some text", 2), split("other text", 2)[0]],
        [split("some text", 3)[0], *split("some text", 2)],
        ["rogatory-part:1/2:00:x"],
        ["rogatory-part:"],
        [split("some text", 2)[0], split("some text", 2)[1] + "x"],
        [*split("some text", 2), split("some text", 2)[1].replace("2/2", "3/2")],
    ],
)
def test_what_is_not_one_text_is_refused(seen: list[str]) -> None:
    with pytest.raises(MisuseError):
        join(seen)


@pytest.mark.parametrize(("text", "count"), [("", 1), ("ab", 3), ("x" * 99, MAX_PARTS + 1), ("x", 0)])
def test_a_text_has_no_more_parts_than_characters(text: str, count: int) -> None:
    with pytest.raises(MisuseError):
        split(text, count)
