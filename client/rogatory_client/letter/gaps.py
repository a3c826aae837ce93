"""Pages with words of strangers: what no font here shows becomes a gap, so one sign of theirs stops no page.

Who writes a letter can change a sign that cannot be shown. Who has received it cannot, and what was received
has to be put on paper all the same. A gap is U+FFFD, and a note on the page tells of it.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from rogatory_client.letter.typesetting import UnprintableTextError
from rogatory_client.plain_text import REPLACEMENT

_ROUNDS: Final = 24
_ALPHABETS: Final = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARABIC"})
_LAST_LATIN: Final = 0x24F


def with_gaps(
    data: Mapping[str, object], typeset: Callable[[Mapping[str, object]], bytes], *, fixed: str, note: str
) -> bytes:
    """Return a page on paper, with gaps where no font shows what is in it.

    Args:
        data: what the page shows, JSON values; what stands below it as a list ``notes``.
        typeset: sets a page.
        fixed: the page's own words; without a font for them there is no page.
        note: stands below a page with gaps.

    Raises:
        UnprintableTextError: no font shows the page's own words.
    """
    text = json.dumps(data, ensure_ascii=False)
    own, unshown = frozenset(fixed + note), frozenset[str]()
    for _ in range(_ROUNDS):
        try:
            return typeset(_filled(text, unshown, note) if unshown else data)
        except UnprintableTextError as error:
            found = _like(error.text, text) - unshown
            if not found or own & set(error.text):
                raise
            unshown |= found - own
    # Who uses so many kinds of signs means to be read by nobody.
    return typeset(_filled(text, frozenset(each for each in text if not each.isascii()) - own, note))


def _filled(text: str, unshown: frozenset[str], note: str) -> dict[str, object]:
    """Return the page with gaps; none of its syntax is among the signs, as that is ASCII."""
    data: dict[str, object] = json.loads(text.translate(dict.fromkeys(map(ord, unshown), REPLACEMENT)))
    notes = data["notes"]
    return {**data, "notes": [*(notes if isinstance(notes, list) else ()), note]}


def _like(cluster: str, text: str) -> frozenset[str]:
    """Return the signs of a cluster that no font shows, and all of a text that a font lacks with them."""
    named = {each for each in cluster if not each.isascii()}
    kinds = set(map(_kind, named))
    return frozenset(each for each in {*named, *text} if not each.isascii() and _kind(each) in kinds)


def _kind(sign: str) -> str:
    """Return what a font has or lacks as a whole: a script, or of alphabets and symbols a block of 256."""
    if ord(sign) <= _LAST_LATIN:
        return sign
    script = unicodedata.name(sign, "").partition(" ")[0]
    category = unicodedata.category(sign)
    if script in _ALPHABETS or not category.startswith(("L", "M")):
        return f"{category} {ord(sign) >> 8}"
    return script
