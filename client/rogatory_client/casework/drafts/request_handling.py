"""What a draft says about the handling of its request, as it travels beside it and is answered."""

from collections.abc import Iterator
from typing import Final

from rogatory_client.casework.answers.text import AnswerError
from rogatory_client.casework.answers.value import Answers
from rogatory_crypto.content.request_wishes import MAX_WORDS, NONE_REQUESTED, HandlingWished

# What may be wished; the words of the field ``confidentiality_requested``.
CONFIDENTIALITY: Final = (NONE_REQUESTED, "substance", "fact_and_substance")
_CONDITIONS: Final = ("use_conditions_text", "data_protection_note")


def handling_of(answers: Answers) -> HandlingWished | None:
    """How a request is to be handled, or None where its draft says nothing about that.

    Raises:
        AnswerError: a text is longer than what travels beside a request; names the field.
    """
    wish = HandlingWished(
        confidentiality=_said(answers, "confidentiality_requested") or NONE_REQUESTED,
        reason=_said(answers, "confidentiality_reason"),
        purpose=_said(answers, "purpose"),
        conditions=tuple(_conditions(answers)),
    )
    return None if wish == HandlingWished(NONE_REQUESTED) else wish


def _conditions(answers: Answers) -> Iterator[str]:
    chosen = answers.get("use_conditions")
    for each in chosen if isinstance(chosen, tuple) else ():
        if isinstance(each, str):
            yield each.replace("_", " ")
    yield from (text for name in _CONDITIONS if (text := _said(answers, name)))


def _said(answers: Answers, field: str) -> str:
    value = answers.get(field)
    text = value if isinstance(value, str) else ""
    if len(text) > MAX_WORDS:
        raise AnswerError(
            field, f"longer than the {MAX_WORDS} characters that travel beside a request: attach it"
        )
    return text
