"""Answers against their fields: what does not fit is refused with the field's name.

A list may be given as one text, which is then its only part; a text may stand for an item, as its principal
member. Languages, countries and dates come out in one spelling.
"""

from collections.abc import Callable, Mapping
from typing import Final

from rogatory_client.casework.answers.item_member import FILE, ITEM_KINDS, ItemKind, MemberKind
from rogatory_client.casework.answers.scalar_checking import (
    amount,
    authority,
    country,
    day,
    day_range,
    duration,
    instrument,
    language,
    moment,
    moment_range,
    sha256_hex,
    size,
)
from rogatory_client.casework.answers.text import AnswerError, check_line, check_text, says_something
from rogatory_client.casework.answers.value import Answers, Item, Value, is_empty
from rogatory_client.casework.forms.field import Field, FieldKind

MAX_PARTS: Final = 500
_Check = Callable[[str, str], str]
_SCALARS: Final[Mapping[FieldKind, _Check]] = {
    FieldKind.AUTHORITY_REF: authority,
    FieldKind.STRING: check_line,
    FieldKind.TEXT: check_text,
    FieldKind.LANGUAGE: language,
    FieldKind.DATE: day,
    FieldKind.DATETIME: moment,
    FieldKind.DATE_RANGE: day_range,
    FieldKind.DATETIME_RANGE: moment_range,
    FieldKind.DURATION: duration,
    FieldKind.CASE_REF: check_line,
}
_LISTS: Final[Mapping[FieldKind, _Check]] = {
    FieldKind.DATETIME_LIST: moment,
    FieldKind.COUNTRY_LIST: country,
    FieldKind.CASE_REF_LIST: check_line,
}
_MEMBERS: Final[Mapping[MemberKind, _Check]] = {
    MemberKind.LINE: check_line,
    MemberKind.TEXT: check_text,
    MemberKind.DAY: day,
    MemberKind.MOMENT: moment,
    MemberKind.COUNTRY: country,
    MemberKind.LANGUAGE: language,
    MemberKind.AMOUNT: amount,
    MemberKind.INSTRUMENT: instrument,
    MemberKind.SHA256: sha256_hex,
    MemberKind.SIZE: size,
}


def check_answer(field: Field, value: Value) -> Value:
    """Return an answer in the form in which it is kept.

    Args:
        field: what was asked.
        value: what was said.

    Raises:
        AnswerError: it does not fit, with the field's name and the reason.
    """
    if is_empty(value):
        raise AnswerError(field.id, "is empty: leave it out instead")
    if field.kind in _SCALARS:
        return _SCALARS[field.kind](field.id, _text(field, value))
    if field.kind in _LISTS:
        return tuple(_LISTS[field.kind](field.id, _part(field, each)) for each in _parts(field, value))
    if field.kind in ITEM_KINDS:
        kind = ITEM_KINDS[field.kind]
        return tuple(_item(field, kind, each) for each in _parts(field, value))
    return _chosen(field, value)


def sorted_out(
    fields: Mapping[str, Field], answers: Answers
) -> tuple[dict[str, Value], dict[str, AnswerError]]:
    """Part answers by field into those that fit, as they are kept, and the others with the reason.

    An answer that nothing asks for does not fit.
    """
    sound: dict[str, Value] = {}
    wrong: dict[str, AnswerError] = {}
    for name, value in answers.items():
        try:
            sound[name] = check_answer(field_of(fields, name), value)
        except AnswerError as error:
            wrong[name] = error
    return sound, wrong


def field_of(fields: Mapping[str, Field], name: str) -> Field:
    """A field by its name.

    Raises:
        AnswerError: the type does not ask for it.
    """
    if name not in fields:
        raise AnswerError(name, "is not asked for by this type of request")
    return fields[name]


def _chosen(field: Field, value: Value) -> Value:
    match field.kind:
        case FieldKind.BOOLEAN:
            if not isinstance(value, bool):
                raise AnswerError(field.id, "is true or false")
            return value
        case FieldKind.ENUM:
            return _choice(field, _text(field, value))
        case FieldKind.MULTI:
            chosen = [_choice(field, _part(field, each)) for each in _parts(field, value)]
            return tuple(each for each in field.values if each in chosen)
        case _:  # a file or text
            if isinstance(value, str):
                return check_text(field.id, value)
            return tuple(_item(field, FILE, each) for each in _parts(field, value))


def _choice(field: Field, text: str) -> str:
    if text not in field.values:
        raise AnswerError(field.id, f"is one of {', '.join(field.values)}")
    return text


def _text(field: Field, value: Value) -> str:
    if not isinstance(value, str):
        raise AnswerError(field.id, "is a text")
    return value


def _parts(field: Field, value: Value) -> tuple[str | Item, ...]:
    if isinstance(value, bool):
        raise AnswerError(field.id, "is a list")
    parts: tuple[str | Item, ...] = (value,) if isinstance(value, str) else value
    if len(parts) > MAX_PARTS:
        raise AnswerError(field.id, f"has more than {MAX_PARTS} parts")
    return parts


def _part(field: Field, part: str | Item) -> str:
    if not isinstance(part, str):
        raise AnswerError(field.id, "is a list of texts")
    if not says_something(part):
        raise AnswerError(field.id, "has an empty part: leave it out instead")
    return part


def _item(field: Field, kind: ItemKind, part: str | Item) -> Item:
    said = dict(part.members) if isinstance(part, Item) else _split(kind, part)
    if unknown := [name for name in said if name not in kind.members]:
        raise AnswerError(field.id, f"has {', '.join(kind.members)}, and no {unknown[0][:40]}")
    if not says_something(said.get(kind.principal, "")):
        raise AnswerError(field.id, f"each part needs its {kind.principal}")
    kept = {name: said[name] for name in kind.members if says_something(said.get(name, ""))}
    return Item(tuple((name, _MEMBERS[kind.members[name]](field.id, text)) for name, text in kept.items()))


def _split(kind: ItemKind, text: str) -> dict[str, str]:
    """A text stands for an item; that of a treaty is its id and the article."""
    if kind is not ITEM_KINDS[FieldKind.INSTRUMENT_LIST]:
        return {kind.principal: text}
    code, _, article = text.strip().partition(" ")
    return {kind.principal: code, "article": article}
