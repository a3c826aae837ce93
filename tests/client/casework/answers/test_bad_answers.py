"""Bad input on every field there is: refused with the field's name, and told as that and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.client.casework.sample_answers import AS_OF, complete_answers, sample_answer
from tests.effort import examples

from rogatory_client.casework.answers.checking import MAX_PARTS, check_answer
from rogatory_client.casework.answers.text import MAX_TEXT, AnswerError
from rogatory_client.casework.answers.typed import typed_answer
from rogatory_client.casework.answers.value import Item, Value, is_empty
from rogatory_client.casework.checks.completeness import completeness
from rogatory_client.casework.forms.catalogue import all_fields, request_type, type_ids
from rogatory_client.casework.forms.field import Field, FieldKind

FIELDS = all_fields()
MILLION = 1_000_000
BAD_TEXTS = {
    "over-long": "x" * (MAX_TEXT + 1),
    "a million characters": "x" * MILLION,
    "override": "Paid to \u202eGNP.tcartnoc",
    "isolate": "Paid \u2066x\u2069.",
    "control": "Paid\x07.",
    "escape": "\x1b[2JPaid.",
    "nul": "Paid\x00.",
    "surrogate": "Paid \ud800.",
    "carriage return": "Paid.\rNot.",
    "line separator": "Paid\u2028not.",
    "noncharacter": "Paid\uffff.",
    "tag": "Paid\U000e0041.",
}
EMPTY: tuple[Value, ...] = ("", " ", "\n", "…", ())
TYPES = {name: next(each for each in type_ids() if name in request_type(each).fields) for name in FIELDS}


def refused(field: Field, value: Value) -> AnswerError:
    with pytest.raises(AnswerError) as refusal:
        check_answer(field, value)
    assert refusal.value.field == field.id
    assert len(str(refusal.value)) < 600
    assert str(refusal.value).isprintable()
    return refusal.value


def in_every_form(field: Field, text: str) -> list[Value]:
    """A text as the answer, as a part of a list, and as each member of an item."""
    sample = sample_answer(field)
    forms: list[Value] = [text, (text,)]
    if isinstance(sample, tuple) and isinstance(sample[0], Item):
        members = dict(sample[0].members)
        for name in (*members, "note"):
            changed = {**members, name: text}
            forms.append((Item(tuple(changed.items())),))
        forms.append((Item(((text, "x"),)),))
    return forms


@pytest.mark.parametrize("name", FIELDS)
def test_text_that_does_not_belong_in_an_answer(name: str) -> None:
    for text in BAD_TEXTS.values():
        for value in in_every_form(FIELDS[name], text):
            refused(FIELDS[name], value)


@pytest.mark.parametrize("name", FIELDS)
def test_empty_answers_and_those_of_another_kind(name: str) -> None:
    field, sample = FIELDS[name], sample_answer(FIELDS[name])
    for nothing in EMPTY:
        assert "is empty" in str(refused(field, nothing))
    others: tuple[Value, ...] = (True, ("x",), (Item((("no such member", "x"),)),), "no such value \u2713")
    for value in others:
        fits = isinstance(value, type(sample)) and field.kind in {FieldKind.BOOLEAN, FieldKind.CASE_REF_LIST}
        free = isinstance(value, str) and field.kind in {
            *(
                FieldKind.STRING,
                FieldKind.TEXT,
                FieldKind.CASE_REF,
                FieldKind.FILE_OR_TEXT,
                FieldKind.CASE_REF_LIST,
            ),
        }
        if not fits and not free and not _stands_for_an_item(field, value):
            refused(field, value)


def _stands_for_an_item(field: Field, value: Value) -> bool:
    """A plain text stands for an item, but for one that is named by a convention."""
    parts = (value,) if isinstance(value, str) else value
    listed = field.kind.value.endswith("_list") or field.kind is FieldKind.FILE_OR_TEXT
    plain = isinstance(parts, tuple) and isinstance(parts[0], str)
    named = {FieldKind.COUNTRY_LIST, FieldKind.DATETIME_LIST, FieldKind.INSTRUMENT_LIST}
    return listed and plain and field.kind not in named


@pytest.mark.parametrize("name", FIELDS)
def test_a_million_items_are_refused_by_their_number(name: str) -> None:
    field, sample = FIELDS[name], sample_answer(FIELDS[name])
    parts = sample if isinstance(sample, tuple) else ("x",)
    for count in (MAX_PARTS + 1, MILLION):
        many: Value = (parts[0],) * count  # type: ignore[assignment]  # of one kind
        refused(field, many)


@pytest.mark.parametrize("name", FIELDS)
def test_a_bad_answer_in_a_request_is_told_once_and_blocks(name: str) -> None:
    chosen = request_type(TYPES[name])
    answers = complete_answers(chosen)
    found = completeness(chosen, {**answers, name: "a\x00"}, AS_OF)
    assert [(each.id, each.severity.value, each.fields) for each in found] == [
        (f"wrong:{name}", "blocking", (name,))
    ]


TYPED = (
    st.text()
    | st.text(st.characters(codec=None, categories=("Cs", "Cc", "Cf", "Nd", "Lo")))
    | st.sampled_from(
        [
            "[",
            "{",
            "[{",
            '[{"name": "x"}]',
            '["x", 1]',
            "[" * 5000,
            '{"name": {"name": 1}}',
            "[null]",
            "[[]]",
            "yes",
        ]
    )
)


@given(st.sampled_from(sorted(FIELDS)), TYPED)
@settings(max_examples=examples(200))
def test_whatever_is_typed_is_an_answer_or_refused_by_its_field(name: str, text: str) -> None:
    field = FIELDS[name]
    refusals: list[str] = []
    value: Value = ""
    try:
        value = check_answer(field, typed_answer(field, text))
    except AnswerError as error:
        refusals.append(error.field)
    assert refusals == ([name] if is_empty(value) else [])
    assert refusals or check_answer(field, value) == value
