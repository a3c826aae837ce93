"""What is typed into the search: every script has words, and nothing that is typed is an error."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import sqlcipher3.dbapi2
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.casework.searching.folded_text import fold, fold_with_places
from rogatory_client.casework.searching.query import are_in, match_expression, places_of, read_query
from rogatory_client.casework.searching.snippet import LENGTH, snippet
from rogatory_client.vault.register_schema import WORDS

ANY = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.fixture(scope="module")
def index() -> Iterator[Any]:
    """The index as the vault makes it, alone."""
    connection = sqlcipher3.dbapi2.connect(":memory:")
    connection.execute("CREATE TABLE words (body)")
    for statement in WORDS[:2]:
        connection.execute(statement)
    yield connection
    connection.close()


def found(index: Any, text: str, typed: str) -> bool:
    """Whether the index finds a text."""
    terms = read_query(typed)
    if not terms:
        return False
    index.execute("DELETE FROM words WHERE rowid = 1")
    index.execute("INSERT INTO words (rowid, body) VALUES (1, ?)", (fold(text),))
    matching = "SELECT count(*) FROM words WHERE words MATCH ?"
    return bool(index.execute(matching, (match_expression(terms),)).fetchone()[0])


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Relevé bancaire du témoin", "releve TEMOIN"),
        ("Straße", "strasse"),
        ("Ёлка и счёт", "елка счет"),
        ("请提供银行账户记录", "账户"),
        ("请提供银行账户记录", "银行账户"),
        ("請提供記錄 \uff21\uff22\uff23\uff11\uff12", "記錄 abc12"),
        ("ขอข้อมูลบัญชี", "บัญชี"),
        ("كَشْفُ الحِسَابِ", "كشف الحساب"),
        ("أرسلت الوثيقة", "ارسلت الوثيقه"),
        ("رقم ١٢٣", "123"),
        ("order of 3 May, ref. SN/17-2026", "SN/17-2026"),
        ("beneficial ownership", "own*"),
        ("the bank's records", '"bank s records"'),
        ("annex_order-7.pdf", "order-7.pdf"),
    ],
)
def test_what_a_reader_takes_for_the_same_is_found(index: Any, text: str, typed: str) -> None:
    assert found(index, text, typed)
    assert are_in(read_query(typed), text)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("请提供银行账户记录", "户账"),
        ("bank records", '"records bank"'),
        ("ownership", "own"),
        ("bank", "bank records"),
        ("bank", "NOT bank"),
        ("bank", ""),
        ("bank", '"'),
        ("bank", "* - ( ) ^"),
    ],
)
def test_what_is_not_there_is_not_found(index: Any, text: str, typed: str) -> None:
    assert not found(index, text, typed)
    assert not are_in(read_query(typed), text)


@given(text=ANY, typed=ANY)
def test_no_query_raises_and_the_index_agrees_with_the_marks(index: Any, text: str, typed: str) -> None:
    """What is marked in a draft or a snippet and what the index finds are the same, whatever was typed."""
    assert found(index, text, typed) == are_in(read_query(typed), text)


@given(words=st.lists(ANY, min_size=1, max_size=6), chance=st.randoms(use_true_random=False))
def test_words_of_a_text_are_found_in_it(index: Any, words: list[str], chance: Random) -> None:
    first = chance.randrange(len(words))
    chosen = " ".join(words[first : chance.randrange(first, len(words)) + 1]).replace('"', " ")
    assert found(index, " ".join(words), f'"{chosen}"') == bool(read_query(f'"{chosen}"'))
    assert found(index, " ".join(words), chosen) == bool(read_query(chosen))


@given(ANY)
def test_each_folded_character_leads_back_to_its_own(text: str) -> None:
    folded, places = fold_with_places(text)
    assert folded == fold(text)
    assert len(folded) == len(places)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


def test_over_long_queries_are_cut() -> None:
    assert len(read_query("word " * 10_000)) == 32
    assert read_query("w" * 100_000)[0].words == ("w" * 1000,)


@given(text=ANY, typed=ANY)
def test_a_snippet_is_the_text_with_marks(text: str, typed: str) -> None:
    terms = read_query(typed)
    pieces = snippet(terms, text)
    shown = "".join(piece.text for piece in pieces).removeprefix("…").removesuffix("…")
    assert shown in text or text in shown or not text
    hits = [piece.text for piece in pieces if piece.is_hit]
    places = places_of(terms, text)
    assert bool(hits) == bool(places)
    assert all(len(piece.text) <= LENGTH + 1 or piece.is_hit for piece in pieces)


def test_a_snippet_begins_near_the_hit() -> None:
    text = "word " * 100 + "confiscation " + "more " * 100
    pieces = snippet(read_query("confiscation"), text)
    assert [piece.text for piece in pieces if piece.is_hit] == ["confiscation"]
    assert pieces[0].text == "…"
    assert pieces[-1].text.endswith("…")
