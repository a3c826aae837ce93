"""Text that officers write: bounded, and read on paper as it stands in the bytes that are signed."""

import unicodedata
from typing import Final

from rogatory_crypto.errors import MisuseError

MAX_LINE: Final = 300
MAX_TEXT: Final = 100_000
# Embeddings, overrides and isolates change the order of what follows; the marks LRM, RLM and ALM do not.
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN: Final = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})
_TAGS: Final = range(0xE0000, 0xE0080)


class AnswerError(MisuseError):
    """An answer that does not fit its field.

    Attributes:
        field: id of the field.
        why: what does not fit, without the field's name.
    """

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


def check_text(field: str, text: str) -> str:
    """Return a text of several lines.

    Raises:
        AnswerError: too long, or with characters that do not belong in it.
    """
    if len(text) > MAX_TEXT:
        raise AnswerError(field, f"longer than {MAX_TEXT} characters")
    for character in text:
        if character != "\n" and _is_refused(character):
            raise AnswerError(
                field, f"holds the character U+{ord(character):04X}, which does not belong in text"
            )
    return text


def check_line(field: str, text: str) -> str:
    """Return a text of one line.

    Raises:
        AnswerError: too long, of several lines, or with characters that do not belong in it.
    """
    if len(text) > MAX_LINE:
        raise AnswerError(field, f"longer than {MAX_LINE} characters")
    if "\n" in text:
        raise AnswerError(field, "is one line")
    return check_text(field, text)


def _is_refused(character: str) -> bool:
    return character in _REORDERING or unicodedata.category(character) in _UNSEEN or ord(character) in _TAGS
