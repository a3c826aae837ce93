"""Answers that do not fit are refused with the field's name, whatever they are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.casework.sample_answers import sample_answer

from rogatory_client.casework.answers.checking import MAX_PARTS, check_answer
from rogatory_client.casework.answers.text import MAX_LINE, MAX_TEXT, AnswerError
from rogatory_client.casework.answers.value import Item, Value, value_from_json, value_to_json
from rogatory_client.casework.forms.catalogue import all_fields
from rogatory_client.casework.forms.field import Field, FieldKind
from rogatory_crypto.errors import MisuseError

FIELDS = all_fields()
BY_KIND = {field.kind: field for field in FIELDS.values()}
TEXTS = [kind for kind in FieldKind if kind in {FieldKind.TEXT, FieldKind.STRING, FieldKind.FILE_OR_TEXT}]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


def test_every_kind_is_used_and_its_sample_fits() -> None:
    assert set(BY_KIND) == set(FieldKind)
    for field in FIELDS.values():
        kept = check_answer(field, sample_answer(field))
        assert check_answer(field, kept) == kept
        assert value_from_json(json.loads(json.dumps(value_to_json(kept)))) == kept


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.id)
def test_no_field_takes_what_is_empty_over_long_or_out_of_order(field: Field) -> None:
    wrong: list[Value] = [
        "",
        "  \n",
        (),
        "x" * (MAX_TEXT + 1),
        "a\x00b",
        "a\u202eb",
        "a\x1b[2Jb",
        "a\u2066b",
        "\ud800",
    ]
    if field.kind not in TEXTS:
        wrong += ["\n", tuple(["UNTOC"] * (MAX_PARTS + 1))]
    if field.kind is not FieldKind.BOOLEAN:
        wrong += [True, False]
    for value in wrong:
        with pytest.raises(AnswerError) as refusal:
            check_answer(field, value)
        assert refusal.value.field == field.id
        assert str(refusal.value).startswith(f"{field.id}: ")


@given(values, st.sampled_from(sorted(FIELDS)))
def test_any_json_is_an_answer_that_fits_or_is_refused(form: object, name: str) -> None:
    try:
        value = value_from_json(form)
    except MisuseError:
        return
    kept, why = kept_or_why(FIELDS[name], value)
    assert kept is None or check_answer(FIELDS[name], kept) == kept
    assert why.startswith(f"{name}: ") or kept is not None


def kept_or_why(field: Field, value: Value) -> tuple[Value | None, str]:
    try:
        return check_answer(field, value), ""
    except AnswerError as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldKind.DATE, "2026-02-30"),
        (FieldKind.DATE, "20260228"),
        (FieldKind.DATE, "2026-W10-1"),
        (FieldKind.DATETIME, "2026-02-28T10:00"),
        (FieldKind.DATETIME, "2026-02-28T25:00Z"),
        (FieldKind.DATE_RANGE, "2026-03-01/2026-02-01"),
        (FieldKind.DATE_RANGE, "2026-03-01"),
        (FieldKind.DATETIME_RANGE, "2026-03-01T12:00+02:00/2026-03-01T10:30+01:00x"),
        (FieldKind.DATETIME_RANGE, "2026-03-01T12:00+02:00/2026-03-01T10:30+01:00"),
        (FieldKind.DURATION, "P"),
        (FieldKind.DURATION, "PT"),
        (FieldKind.DURATION, "two hours"),
        (FieldKind.COUNTRY_LIST, ("GH", "ZZ")),
        (FieldKind.COUNTRY_LIST, ("EU",)),
        (FieldKind.COUNTRY_LIST, ("Ghana",)),
        (FieldKind.LANGUAGE, "klingon"),
        (FieldKind.AUTHORITY_REF, "../x"),
        (FieldKind.STRING, "two\nlines"),
        (FieldKind.STRING, "x" * (MAX_LINE + 1)),
        (FieldKind.INSTRUMENT_LIST, ("PALERMO 18",)),
        (FieldKind.PROPERTY_LIST, (Item((("description", "A house"), ("value", "a lot"))),)),
        (FieldKind.PROPERTY_LIST, (Item((("description", "A house"), ("value", "12 ZZZ"))),)),
        (FieldKind.PERSON_LIST, (Item((("nationality", "GH"),)),)),
        (FieldKind.PERSON_LIST, (Item((("name", "A"), ("shoe_size", "42"))),)),
        (FieldKind.FILE_LIST, (Item((("name", "a.pdf"), ("sha256", "AB"))),)),
    ],
)
def test_wrong_values_of_a_kind(kind: FieldKind, value: Value) -> None:
    with pytest.raises(AnswerError):
        check_answer(BY_KIND[kind], value)


def test_answers_come_out_in_one_spelling() -> None:
    assert check_answer(FIELDS["request_language"], "French") == "fr"
    assert check_answer(FIELDS["transit_states"], "tg") == ("TG",)
    assert check_answer(FIELDS["data_categories"], ("content", "subscriber")) == ("subscriber", "content")
    assert check_answer(FIELDS["legal_basis"], "UNTOC 18(3)(a)") == (
        Item((("instrument", "UNTOC"), ("article", "18(3)(a)"))),
    )
    assert check_answer(FIELDS["witness"], ("A person",)) == (Item((("name", "A person"),)),)


def test_marks_that_arabic_needs_stay() -> None:
    text = "النيابة \u200f(أ)\u200e"
    assert check_answer(FIELDS["purpose"], text) == text
