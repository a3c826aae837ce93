"""What an officer says is what stands there: nothing in it hides, reorders what follows, or moves a cursor.

What others say is shown with such characters replaced; what leaves this office has none.
"""

import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from rogatory_client.casework.answers.text import check_line, says_something
from rogatory_client.engine.writing import TEXT_MEDIA_TYPE
from rogatory_client.plain_text import one_line
from rogatory_crypto.content.events import CaseEvent, read_event
from rogatory_crypto.content.history import HistoryResealed, HistoryReturned
from rogatory_crypto.content.nested_part import NestedPart, SinglePart, walk
from rogatory_crypto.content.office_work import DraftMoved, DraftSaved
from rogatory_crypto.content.outgoing_release import ReleaseAsked
from rogatory_crypto.errors import MisuseError

# By these a case is found and spoken of: each is one line, and has a letter or a digit.
_NAMES: Final = frozenset({"reference", "own_reference", "subject", "what"})
_LINES: Final = _NAMES | {"legal_basis", "basis"}
# Words of others, handed on as they are; and answers of drafts, each checked by its field.
_NOT_OURS: Final = (HistoryResealed, HistoryReturned, ReleaseAsked, DraftSaved, DraftMoved)
# Of a text of paragraphs: controls but tab and line feed, separators, embeddings, overrides, isolates,
# surrogates and tags. Unlike in an answer, what merely is unseen may stand: texts are pasted.
_REFUSED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e0fff]"
)


def require_plain(parts: Sequence[NestedPart]) -> None:
    """Return only if a message of ours reads as it stands.

    Raises:
        MisuseError: a field or a text holds what does not belong in it, or nothing is said at all.
    """
    every = [each for part in parts for each in walk(part)]
    for part in every:
        event = read_event(part)
        if event is not None:
            _require_event(event)
        elif _is_text(part):
            require_text("the text", _text_of(part))
    if all(_is_text(part) and not _text_of(part).strip() for part in every):
        raise MisuseError("the message is empty: write something, or attach a file")


def subject_anew(subject: str) -> str:
    """Return the subject of a case as this office may say it again, whoever has chosen it."""
    return one_line(subject) if says_something(subject) else "No subject"


def _text_of(part: NestedPart) -> str:
    return part.content.decode() if isinstance(part, SinglePart) else ""


def _is_text(part: NestedPart) -> bool:
    return isinstance(part, SinglePart) and part.content_type == TEXT_MEDIA_TYPE


def _require_event(event: CaseEvent) -> None:
    if isinstance(event, _NOT_OURS):
        return
    for field in fields(event):
        value = getattr(event, field.name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                _require_word(field.name, text)


def _require_word(name: str, text: str) -> None:
    if name not in _LINES:
        require_text(name, text)
        return
    check_line(name, text)
    if name in _NAMES and not says_something(text):
        raise MisuseError(f"{name}: is empty")


def require_text(name: str, text: str) -> None:
    """Return only if a text of ours reads as it stands.

    Raises:
        MisuseError: it holds what does not belong in it; names the character.
    """
    if found := _REFUSED.search(text.replace("\r\n", "\n")):
        raise MisuseError(f"{name}: holds the character U+{ord(found[0]):04X}, which does not belong in text")
