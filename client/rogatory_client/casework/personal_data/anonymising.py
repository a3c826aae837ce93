"""A draft's answers without the persons in them: for a consultation on whether and how a request would go.

Of a person only nationality and role stay, of a company its State, of a file nothing; free text keeps its
sentences, with placeholders. What nobody could find in it stays, so an officer reads it before it is sent.
"""

from collections.abc import Mapping
from typing import Final

from rogatory_client.casework.answers.value import Answers, Item, Value, is_empty
from rogatory_client.casework.forms.field import Field, FieldKind
from rogatory_client.casework.personal_data.placeholders import PERSON, Placeholders

_REFERENCE: Final = "Reference"
_PLACEHOLDERS: Final[Mapping[FieldKind, tuple[str, str]]] = {
    FieldKind.PERSON_LIST: (PERSON, "name"),
    FieldKind.LEGAL_PERSON_LIST: ("Company", "name"),
    FieldKind.IDENTIFIER_LIST: ("Identifier", "value"),
}
# What stays of an item as it was written, and what stays with placeholders in it.
_KEPT: Final = frozenset(
    {"nationality", "role", "country", "kind", "value", "instrument", "article", "provision", "title",
     "maximum_penalty", "covered_by"}
)  # fmt: skip
_TEXTS: Final = frozenset({FieldKind.STRING, FieldKind.TEXT, FieldKind.FILE_OR_TEXT})
_READ: Final = frozenset({"note", "description", "why"})
# What is said of a person or a company besides, and may stand in a text again.
_NUMBERS: Final[Mapping[str, str]] = {
    "documents": "Document",
    "registration_number": "Document",
    "address": "Address",
    "birth_date": "Date of birth",
}


def names_of_persons(fields: Mapping[str, Field], answers: Answers) -> tuple[str, ...]:
    """Return the names that stand in a draft's person fields, aliases too."""
    found: dict[str, None] = {}
    for name, value in answers.items():
        if name in fields and fields[name].kind is FieldKind.PERSON_LIST:
            for item in _items(value):
                found |= dict.fromkeys(part for part in (item.get("name"), *_aliases(item)) if part)
    return tuple(found)


def anonymised(fields: Mapping[str, Field], answers: Answers) -> dict[str, Value]:
    """Return the answers with placeholders, the same for the same person in every field.

    Args:
        fields: of the type, by id.
        answers: of the draft; what is no answer to a field of the type is left out.
    """
    placeholders = Placeholders()
    for name, value in answers.items():
        if name in fields:
            _show(placeholders, fields[name], value)
    _learn(placeholders, fields, answers)
    written = {
        name: _without_persons(placeholders, field, answers[name])
        for name, field in fields.items()
        if not is_empty(answers.get(name))
    }
    return {name: value for name, value in written.items() if not is_empty(value)}


def _show(placeholders: Placeholders, field: Field, value: Value) -> None:
    """Let everything that is named in a field have its placeholder before any text is read."""
    if _is_reference(field) and isinstance(value, str):
        placeholders.give(_REFERENCE, value)
    if field.kind is FieldKind.CASE_REF_LIST and isinstance(value, tuple):
        for each in value:
            placeholders.give(_REFERENCE, str(each))
    if field.kind in _PLACEHOLDERS:
        for item in _items(value):
            _show_item(placeholders, field, item)


def _learn(placeholders: Placeholders, fields: Mapping[str, Field], answers: Answers) -> None:
    """Who has a title in one text is known in all others."""
    for name, value in answers.items():
        if name in fields and fields[name].kind in _TEXTS and isinstance(value, str):
            placeholders.learn(value)


def _show_item(placeholders: Placeholders, field: Field, item: Item) -> None:
    label, principal = _PLACEHOLDERS[field.kind]
    placeholders.give(label, item.get(principal), *(_aliases(item) if label == PERSON else ()))
    for member, kind in _NUMBERS.items():
        if item.get(member):
            placeholders.give(kind, item.get(member))


def _without_persons(placeholders: Placeholders, field: Field, value: Value) -> Value:
    match value:
        case str() if _is_reference(field):
            return placeholders.give(_REFERENCE, value)
        case str() if field.kind in _TEXTS:
            return placeholders.in_text(value)
        case tuple() if field.kind is FieldKind.CASE_REF_LIST:
            return tuple(placeholders.give(_REFERENCE, each) for each in value if isinstance(each, str))
        case tuple() if field.kind in {FieldKind.FILE_LIST, FieldKind.FILE_OR_TEXT}:
            return ()
        case tuple() if value and isinstance(value[0], Item):
            items = (_item(placeholders, field, each) for each in _items(value))
            return tuple(each for each in items if each.members)
        case _:
            return value


def _item(placeholders: Placeholders, field: Field, item: Item) -> Item:
    label, principal = _PLACEHOLDERS.get(field.kind, ("", ""))
    members: list[tuple[str, str]] = []
    for name, text in item.members:
        if name == principal:
            members.append((name, placeholders.give(label, text)))
        elif name in _READ or (name == "name" and field.kind is FieldKind.OFFENCE_LIST):
            members.append((name, placeholders.in_text(text)))
        elif name in _KEPT:
            members.append((name, text))
    return Item(tuple(members))


def _is_reference(field: Field) -> bool:
    is_named_so = field.id.endswith(("_reference", "_ref")) and field.kind is FieldKind.STRING
    return is_named_so or field.kind is FieldKind.CASE_REF


def _items(value: Value) -> tuple[Item, ...]:
    return tuple(each for each in value if isinstance(each, Item)) if isinstance(value, tuple) else ()


def _aliases(item: Item) -> tuple[str, ...]:
    return tuple(part.strip() for part in item.get("aliases").replace(";", ",").split(",") if part.strip())
