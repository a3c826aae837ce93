"""A draft in a few lines of text, for a consultation: its sections in order, in one language."""

import re
from collections.abc import Iterator
from typing import Final

from rogatory_client.casework.answers.value import Answers, is_empty
from rogatory_client.casework.forms.request_type import RequestType
from rogatory_client.letter.answer_wording import put_into_words
from rogatory_client.letter.wording import Wording, wording

# They keep the order of a line on paper; in a message no sign may change it.
_ISOLATES: Final = re.compile("[\u2066-\u2069]")


def draft_summary(request_type: RequestType, answers: Answers, language: str) -> str:
    """Return the answers as text with a heading for each section (CommonMark).

    Args:
        request_type: with its sections.
        answers: what it says; empty ones are passed over.
        language: BCP 47; headings are English where it has no table.
    """
    words = wording(language)
    said = "\n".join((f"# {request_type.title[words.code]}", *_lines(request_type, answers, words)))
    return _ISOLATES.sub("", said)


def _lines(request_type: RequestType, answers: Answers, words: Wording) -> Iterator[str]:
    for section in request_type.sections:
        asked = [field for field in section.fields if not is_empty(answers.get(field.id))]
        if asked:
            yield f"\n## {section.title[words.code]}"
        for field in asked:
            said = put_into_words(field, answers[field.id], words)
            yield f"- {words.label(field)}: {' '.join(said.paragraphs)}".rstrip()
            yield from (f"  - {item}" for item in said.items)
