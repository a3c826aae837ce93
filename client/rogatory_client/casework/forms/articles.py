"""The article of the convention a request relies on, for rules that name articles of UNTOC.

``article_map`` pairs whole paragraphs of the conventions. A letter within a paragraph is carried over, as
paired paragraphs have the same letters; where only whole articles are paired, their paragraphs are not.
"""

import re
from functools import cache
from typing import Final

from rogatory_client.casework.forms.shared_tables import article_map, instruments

_RANGE: Final = re.compile(r"(\d+)\((\d+)\)-\((\d+)\)")
_ARTICLE: Final = re.compile(r"(\d+(?:\(\d+\)(?:-\(\d+\))?)?)((?:\([a-z]+\))*)(.*)", re.DOTALL)
_REFERENCE: Final = "UNTOC"


def cited(basis: str, instrument: str) -> str:
    """The articles of a basis as the instrument has them.

    Args:
        basis: as in the tables: ``18(15)(c)``, ``18(16); domestic``; an article without a convention is
            UNTOC's.
        instrument: id of the one relied on; empty or another one cites UNTOC.
    """
    parts = re.split(r"([;,] )", basis.removeprefix(f"{_REFERENCE} "))
    return "".join(part if at % 2 else _cited(part, instrument) for at, part in enumerate(parts))


def _cited(part: str, instrument: str) -> str:
    found = _ARTICLE.fullmatch(part)
    if found is None:
        return part
    article, letters, rest = found.groups()
    mapped = {} if instrument == _REFERENCE else _paragraphs().get(instrument, {})
    if other := _counterpart(article, mapped):
        return f"{instrument} {other}{letters if _has_letters(other, mapped) else ''}{rest}"
    whole = article.split("(")[0]
    return f"{instrument} {mapped[whole]}" if whole in mapped else f"{_REFERENCE} {part}"


def _has_letters(other: str, mapped: dict[str, str]) -> bool:
    """Whether one paragraph stands for one: several that were drawn into one have other letters there."""
    singles = [each for each in mapped if "-" not in each and mapped[each] == other]
    return other.endswith(")") and "-" not in other and len(singles) == 1


def _counterpart(article: str, mapped: dict[str, str]) -> str:
    if article in mapped:
        return mapped[article]
    ends = list(dict.fromkeys(mapped.get(paragraph, "") for paragraph in _spread(article)))
    if "" in ends or len(ends) == 1:
        return ends[0]
    return f"{ends[0]}-{ends[-1][ends[-1].index('(') :]}"


@cache
def _paragraphs() -> dict[str, dict[str, str]]:
    """For each convention, its article by UNTOC's; several paragraphs that are paired as one range, too."""
    maps: dict[str, dict[str, str]] = {instrument: {} for instrument in instruments()}
    for articles in article_map().values():
        for instrument, other in articles.items():
            if other:
                maps[instrument].update(_paired(articles[_REFERENCE], other))
    return maps


def _paired(article: str, other: str) -> dict[str, str]:
    ours, theirs = _spread(article), _spread(other)
    if len(ours) != len(theirs):
        theirs = [other] * len(ours)
    return {article: other, **dict(zip(ours, theirs, strict=True))}


def _spread(article: str) -> list[str]:
    found = _RANGE.fullmatch(article)
    if found is None:
        return [article]
    number, first, last = found.groups()
    return [f"{number}({paragraph})" for paragraph in range(int(first), int(last) + 1)]
