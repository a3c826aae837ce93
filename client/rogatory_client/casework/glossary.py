"""Terms of the conventions in seven languages; another term is another entry of the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rogatory_client.casework.catalogue import read_table, titled


@dataclass(frozen=True, slots=True)
class Term:
    """One term: what it means, in English, and its words by language."""

    id: str
    meaning: str
    words: Mapping[str, str]


@cache
def terms() -> tuple[Term, ...]:
    """Every term."""
    reader = read_table("glossary")
    read = reader.tables(
        "term", lambda each: Term(each.text("id"), each.text("meaning"), titled(each, "words"))
    )
    reader.done()
    return read


def find_terms(words: str) -> tuple[Term, ...]:
    """The terms in which all words occur, in any language or in the meaning."""
    wanted = words.casefold().split()
    return tuple(each for each in terms() if all(word in _everything(each) for word in wanted))


def _everything(term: Term) -> str:
    return " ".join((term.meaning, *term.words.values())).casefold()
