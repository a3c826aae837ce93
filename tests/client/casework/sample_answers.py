"""A complete set of answers for any type, made from the kinds of its fields."""

from datetime import date

from rogatory_client.casework.answers.value import Answers, Item, Value
from rogatory_client.casework.forms.field import Field, FieldKind
from rogatory_client.casework.forms.request_type import RequestType

AS_OF = date(2026, 11, 2)
SENDER, ADDRESSEE = "CNA-SN-01", "CNA-GH-01"
_FILE = Item((("name", "order.pdf"), ("sha256", "ab" * 32), ("language", "en")))
_BY_KIND: dict[FieldKind, Value] = {
    FieldKind.STRING: "2026/17",
    FieldKind.TEXT: "What happened on the quay at Tema was seen by two customs officers. " * 4,
    FieldKind.BOOLEAN: True,
    FieldKind.LANGUAGE: "en",
    FieldKind.DATE: "2027-03-01",
    FieldKind.DATETIME: "2027-03-01T09:00+00:00",
    FieldKind.DATE_RANGE: "2026-01-01/2026-03-31",
    FieldKind.DATETIME_RANGE: "2027-01-01T00:00Z/2027-01-31T23:59Z",
    FieldKind.DATETIME_LIST: ("2027-03-01T09:00+00:00", "2027-03-08T14:30+00:00"),
    FieldKind.DURATION: "PT2H",
    FieldKind.COUNTRY_LIST: ("TG", "BJ"),
    FieldKind.CASE_REF: "2026/9",
    FieldKind.CASE_REF_LIST: ("2026/9",),
    FieldKind.FILE_OR_TEXT: "Article 14 of the code: whoever …",
    FieldKind.FILE_LIST: (_FILE,),
    FieldKind.PERSON_LIST: (Item((("name", "A person"), ("nationality", "GH"))),),
    FieldKind.LEGAL_PERSON_LIST: (Item((("name", "A company"), ("seat", "Tema"))),),
    FieldKind.OFFENCE_LIST: (Item((("name", "Laundering"), ("covered_by", "UNTOC"))),),
    FieldKind.INSTRUMENT_LIST: (Item((("instrument", "UNTOC"), ("article", "18"))),),
    FieldKind.IDENTIFIER_LIST: (Item((("value", "GH00 1234"), ("kind", "account"))),),
    FieldKind.PROPERTY_LIST: (Item((("description", "A house"), ("value", "1250.50 EUR"))),),
}


def sample_answer(field: Field) -> Value:
    """An answer that fits a field."""
    if field.kind is FieldKind.AUTHORITY_REF:
        return SENDER if field.id == "requesting_authority" else ADDRESSEE
    if field.kind is FieldKind.ENUM:
        return field.values[0]
    if field.kind is FieldKind.MULTI:
        return field.values[-1:]
    return _BY_KIND[field.kind]


def complete_answers(request_type: RequestType) -> dict[str, Value]:
    """Answers to every field of a type."""
    return {name: sample_answer(field) for name, field in request_type.fields.items()}


def without(answers: Answers, *names: str) -> dict[str, Value]:
    """The same answers but some."""
    return {name: value for name, value in answers.items() if name not in names}
