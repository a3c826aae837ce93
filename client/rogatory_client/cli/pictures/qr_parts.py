"""Text in several QR codes, where one would be wider than the screen, and back from what a camera saw.

Each part says which one it is, of how many, and of which text by the first half of its SHA-256; so parts of
two texts are never joined and a missing one is named. Structured append of ISO/IEC 18004 would do the same,
but most readers do not tell it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rogatory_crypto.errors import MisuseError

MAX_PARTS: Final = 32
_PREFIX: Final = "rogatory-part:"
_PART: Final = re.compile(rf"{_PREFIX}([1-9]\d?)/([1-9]\d?):([0-9a-f]{{32}}):(.+)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Part:
    number: int
    count: int
    digest: str
    text: str


def split(text: str, count: int) -> list[str]:
    """The text in this many parts of about the same length; one part is the text itself.

    Raises:
        MisuseError: there are fewer characters than parts, or more parts than anybody would show.
    """
    if not 1 <= count <= min(MAX_PARTS, len(text)):
        raise MisuseError(f"a text is shown in 1 to {MAX_PARTS} parts")
    if count == 1 and not text.startswith(_PREFIX):
        return [text]
    length, digest = -(-len(text) // count), _digest(text)
    chunks = [text[at : at + length] for at in range(0, len(text), length)]
    return [f"{_PREFIX}{at}/{len(chunks)}:{digest}:{chunk}" for at, chunk in enumerate(chunks, 1)]


def join(seen: Iterable[str]) -> str:
    """The one text that was seen, whole or in parts, in any order and any number of times.

    Raises:
        MisuseError: nothing was seen, more than one text, or not all parts of it.
    """
    texts = set(seen)
    parts = [_part(text) for text in texts if text.startswith(_PREFIX)]
    if not texts:
        raise MisuseError("there is no code in the picture, or it is too small or blurred to be read")
    if not parts and len(texts) == 1:
        return texts.pop()
    if len(parts) < len(texts) or len({(part.digest, part.count) for part in parts}) != 1:
        raise MisuseError("the picture shows codes that do not belong together: show one request at a time")
    return _joined(sorted(parts, key=lambda part: part.number))


def _joined(parts: list[_Part]) -> str:
    numbers = [part.number for part in parts]
    missing = sorted(set(range(1, parts[0].count + 1)) - set(numbers))
    if missing:
        raise MisuseError(f"of {parts[0].count} codes these are missing: {', '.join(map(str, missing))}")
    text = "".join(part.text for part in parts)
    if _digest(text) != parts[0].digest:
        raise MisuseError("the codes in the picture do not add up: take it again")
    return text


def _part(text: str) -> _Part:
    found = _PART.fullmatch(text)
    if found is None:
        raise MisuseError("a code in the picture is damaged: take it again")
    return _Part(int(found[1]), int(found[2]), found[3], found[4])


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
