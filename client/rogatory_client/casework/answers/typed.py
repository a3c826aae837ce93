"""What an officer types for a field, as a value: yes or no, lines of a list, or JSON for items."""

import json
from typing import Final

from rogatory_client.casework.answers.item_member import ITEM_KINDS
from rogatory_client.casework.answers.text import AnswerError
from rogatory_client.casework.answers.value import Value, value_from_json
from rogatory_client.casework.forms.field import Field, FieldKind
from rogatory_crypto.errors import MisuseError

_WORDS: Final = {"yes": True, "true": True, "no": False, "false": False}
LISTS: Final = frozenset(
    {*ITEM_KINDS, FieldKind.MULTI, FieldKind.DATETIME_LIST, FieldKind.COUNTRY_LIST, FieldKind.CASE_REF_LIST}
)


def typed_answer(field: Field, text: str) -> Value:
    """A value as typed, not yet checked against its field.

    Args:
        field: what was asked.
        text: for a list one part a line, or JSON, which begins with a bracket or a brace.

    Raises:
        AnswerError: it cannot be read.
    """
    unified = text.replace("\r\n", "\n").replace("\t", "    ").strip()
    if field.kind is FieldKind.BOOLEAN:
        if unified.lower() not in _WORDS:
            raise AnswerError(field.id, "is yes or no")
        return _WORDS[unified.lower()]
    if field.kind in LISTS or (field.kind is FieldKind.FILE_OR_TEXT and unified[:2] in {"[{", "{"}):
        return _json(field, unified) if unified[:1] in {"[", "{"} else _lines(unified)
    return unified


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _json(field: Field, text: str) -> Value:
    try:
        form = json.loads(text)
        return value_from_json([form] if isinstance(form, dict) else form)
    except (ValueError, RecursionError, MisuseError) as error:
        raise AnswerError(
            field.id, "is a list of texts, or of objects whose members are texts, in JSON"
        ) from error
