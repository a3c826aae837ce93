"""Terms of the conventions in seven languages; another term is another entry of the table.

An office adds its own in a file of the same form, in the languages that it knows; its word on a term that is
there already outweighs the table's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from rogatory_client.casework.answers.text import check_line, check_text
from rogatory_client.casework.answers.value import Answers, Value
from rogatory_client.casework.checks.finding import Finding
from rogatory_client.casework.forms.catalogue import LANGUAGES, read_table, titled
from rogatory_client.casework.forms.request_type import Severity
from rogatory_client.casework.forms.table_reading import read_toml
from rogatory_crypto.errors import MisuseError

MAX_TERMS: Final = 2_000
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
# Written without spaces between words, or with articles and endings joined to them.
_UNSPACED: Final = frozenset({"zh", "ar"})
_STEM: Final = 5


@dataclass(frozen=True, slots=True)
class Term:
    """One term: what it means, in English, and its words by language."""

    id: str
    meaning: str
    words: Mapping[str, str]


@cache
def terms() -> tuple[Term, ...]:
    """Every term of the conventions."""
    reader = read_table("glossary")
    read = reader.tables(
        "term", lambda each: Term(each.text("id"), each.text("meaning"), titled(each, "words"))
    )
    reader.done()
    return read


def with_own_terms(text: str) -> tuple[Term, ...]:
    """Every term, with those of an office's own file.

    Args:
        text: TOML; ``[[term]]`` with ``id``, ``meaning`` and ``[term.words]``, in any of the languages.

    Raises:
        MisuseError: it is no such file; names the term.
    """
    table = read_toml(text, "the glossary")
    listed = table.get("term", [])
    if set(table) - {"term"} or not isinstance(listed, list) or len(listed) > MAX_TERMS:
        raise MisuseError(f"a glossary holds [[term]] tables, at most {MAX_TERMS}, and nothing else")
    merged = {each.id: each for each in terms()}
    for each in listed:
        term = _own(each)
        known = merged.get(term.id)
        words = {**({} if known is None else known.words), **term.words}
        merged[term.id] = Term(term.id, term.meaning or (known.meaning if known else ""), words)
    return tuple(merged.values())


def _own(form: Any) -> Term:  # noqa: ANN401 - from a file
    match form:
        case {"id": str(id_), "words": dict(words), **rest} if set(rest) <= {"meaning"} and _ID.fullmatch(
            id_
        ):
            meaning = rest.get("meaning", "")
        case _:
            raise MisuseError(
                "each term has an id such as dual_criminality, words by language, and a meaning"
            )
    unknown = [each for each in words if each not in LANGUAGES]
    if unknown or not words or not all(isinstance(each, str) and each.strip() for each in words.values()):
        raise MisuseError(f"{id_}: words are given by language: {', '.join(LANGUAGES)}")
    if not isinstance(meaning, str):
        raise MisuseError(f"{id_}: the meaning is a text")
    check_text(id_, meaning)
    return Term(id_, meaning, {tag: check_line(id_, word.strip()) for tag, word in words.items()})


def find_terms(words: str) -> tuple[Term, ...]:
    """The terms in which all words occur, in any language or in the meaning."""
    return named_by(words, terms())


def named_by(words: str, known: Iterable[Term]) -> tuple[Term, ...]:
    """The same, of a glossary."""
    wanted = words.casefold().split()
    return tuple(each for each in known if all(word in _everything(each) for word in wanted))


def found_in(text: str, known: Iterable[Term], language: str = "") -> tuple[Term, ...]:
    """The terms that a text uses, in a language or in any."""
    return tuple(
        each
        for each in known
        if any(uses(text, tag, word) for tag, word in each.words.items() if language in {"", tag})
    )


def uses(text: str, language: str, term: str) -> bool:
    """Whether a text uses a term, whatever the endings of its words; their order is the term's."""
    if language in _UNSPACED:
        return _joined(term) in _joined(text)
    wanted = [_stem(word) for word in _words(term)]
    said = _words(text)
    spans = range(len(said) - len(wanted) + 1)
    return any(
        all(word.startswith(stem) for word, stem in zip(said[at:], wanted, strict=False)) for at in spans
    )


def translation_findings(
    original: Answers, translation: Answers, languages: tuple[str, str], known: Iterable[Term]
) -> tuple[Finding, ...]:
    """Terms that the original uses in a field, and its translation not: whoever translates looks again.

    Args:
        original: answers in the first language.
        translation: answers in the second.
        languages: both.
        known: the glossary.
    """
    return tuple(_differing(original, translation, languages, tuple(known)))


def _differing(
    original: Answers, translation: Answers, languages: tuple[str, str], known: tuple[Term, ...]
) -> Iterator[Finding]:
    first, second = languages
    for name, value in original.items():
        said, other = _text(value), _text(translation.get(name))
        if not said or not other:
            continue
        for each in found_in(said, known, first):
            if second in each.words and not uses(other, second, each.words[second]):
                text = f"The original says {each.words[first]}: the glossary has {each.words[second]} for it."
                yield Finding(f"term:{each.id}", Severity.ADVISORY, "18(14)", text, (name,))


def _text(value: Value | None) -> str:
    return value if isinstance(value, str) else ""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _stem(word: str) -> str:
    """What stays of a word whatever its ending: all but the last letters of a long one."""
    return word if len(word) <= _STEM else word[: max(_STEM, len(word) - 3)]


def _joined(text: str) -> str:
    return "".join(text.casefold().split())


def _everything(term: Term) -> str:
    return " ".join((term.meaning, *term.words.values())).casefold()
