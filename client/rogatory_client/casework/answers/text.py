"""Text that officers write: bounded, and read on paper as it stands in the bytes that are signed."""

import re
from typing import Final

from rogatory_crypto.errors import MisuseError

MAX_LINE: Final = 300
MAX_TEXT: Final = 100_000
# Controls but the line feed, separators that some take for a new line, embeddings, overrides and isolates,
# what has no width or shape, surrogates, private use, noncharacters and tags. The marks LRM, RLM and ALM and
# the joiners stay: Arabic and Persian need them.
_REFUSED: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)


class AnswerError(MisuseError):
    """An answer that does not fit its field.

    Attributes:
        field: id of the field.
        why: what does not fit, without the field's name.
    """

    def __init__(self, field: str, why: str) -> None:
        # What was typed may be in it, and is shown on a terminal.
        self.why = "".join(each if each.isprintable() else f"U+{ord(each):04X}" for each in why)
        self.field = field
        super().__init__(f"{field}: {self.why}")


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it: marks, spaces and dots alone are no answer."""
    return any(character.isalnum() for character in text)


def check_text(field: str, text: str) -> str:
    """Return a text of several lines.

    Raises:
        AnswerError: too long, or with characters that do not belong in it.
    """
    if len(text) > MAX_TEXT:
        raise AnswerError(field, f"longer than {MAX_TEXT} characters")
    if found := _REFUSED.search(text):
        raise AnswerError(field, f"holds the character U+{ord(found[0]):04X}, which does not belong in text")
    return text


def without_refused(text: str) -> str:
    """Return a text from elsewhere without the characters that do not belong in one."""
    return _REFUSED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


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
