"""Templates: answers to begin with, for a type and, if one is named, for a State; TOML that people edit."""

import json
from collections.abc import Mapping
from typing import Final

from rogatory_client.casework.answers.checking import check_answer, field_of
from rogatory_client.casework.answers.text import AnswerError
from rogatory_client.casework.answers.value import Answers, Item, Value, value_from_json
from rogatory_client.casework.forms.field import Field
from rogatory_client.casework.forms.table_reading import read_toml
from rogatory_crypto.errors import MisuseError

# These belong to one request and would be wrong in the next.
OF_ONE_REQUEST: Final = frozenset({"requesting_authority", "addressed_authority", "own_reference"})
MAX_TEMPLATE_BYTES: Final = 4 << 20


def read_template(text: str, fields: Mapping[str, Field]) -> dict[str, Value]:
    """The answers of a template.

    Args:
        text: TOML, a member a field.
        fields: of the type.

    Raises:
        MisuseError: it is no TOML, or an answer does not fit; names the field.
    """
    table = read_toml(text, "the template")
    return {name: check_answer(field_of(fields, name), _value(name, form)) for name, form in table.items()}


def _value(name: str, form: object) -> Value:
    try:
        return value_from_json(form)
    except MisuseError as error:
        raise AnswerError(name, str(error)) from error


def template_answers(answers: Answers) -> dict[str, Value]:
    """The answers of a draft that can serve again."""
    return {name: value for name, value in answers.items() if name not in OF_ONE_REQUEST}


def write_template(answers: Answers) -> str:
    """A template of answers, TOML; ``read_template`` reads the same answers from it."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in answers.items())


def _toml(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # What JSON escapes in a text, TOML escapes alike; DEL and other controls are in no answer.
            return json.dumps(value, ensure_ascii=False)
        case _:
            return "[" + "".join(f"\n    {_part(each)}," for each in value) + "\n]"


def _part(part: str | Item) -> str:
    if isinstance(part, str):
        return _toml(part)
    return "{ " + ", ".join(f"{name} = {_toml(text)}" for name, text in part.members) + " }"
