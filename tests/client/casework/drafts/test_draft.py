"""Drafts: revisions, progress, merging, templates and what officers type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.casework.sample_answers import AS_OF, complete_answers, without

from rogatory_client.casework.answers.checking import check_answer
from rogatory_client.casework.answers.text import AnswerError
from rogatory_client.casework.answers.typed import typed_answer
from rogatory_client.casework.answers.value import Answers, Item, Value
from rogatory_client.casework.drafts.draft import Conflict, Merged, Saved, changes, draft_at, merge, progress
from rogatory_client.casework.drafts.template import read_template, template_answers, write_template
from rogatory_client.casework.forms.catalogue import all_fields, request_type, type_ids
from rogatory_crypto.errors import MisuseError

FIELDS = all_fields()
answers = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["x", "y", "z"]), max_size=4)


def test_a_revision_returns_as_it_was() -> None:
    saved = (
        Saved(1, "purpose", "first"),
        Saved(1, "channel", "post"),
        Saved(2, "purpose", "second"),
        Saved(3, "channel", None),
    )
    assert draft_at(saved).answers == {"purpose": "second"}
    assert draft_at(saved, 2).answers == {"purpose": "second", "channel": "post"}
    assert (draft_at(saved, 1).answers["purpose"], draft_at(saved, 1).revision) == ("first", 1)
    assert (draft_at(saved, 0).answers, draft_at(()).revision) == ({}, 0)


@given(answers, answers, answers)
def test_a_merge_loses_nothing(before: Answers, ours: Answers, theirs: Answers) -> None:
    merged = merge(before, ours, theirs)
    conflicting = {each.field for each in merged.conflicts}
    for name in {*before, *ours, *theirs}:
        was, own, other, now = (each.get(name) for each in (before, ours, theirs, merged.answers))
        if own == other:
            assert (now, name in conflicting) == (own, False)
        elif own == was:
            assert (now, name in conflicting) == (other, False)
        elif other == was:
            assert (now, name in conflicting) == (own, False)
        else:
            assert Conflict(name, was, own, other) in merged.conflicts
            assert now == own
    mirrored = merge(before, theirs, ours)
    assert conflicting == {each.field for each in mirrored.conflicts}
    agreed = {name: value for name, value in merged.answers.items() if name not in conflicting}
    assert agreed == {name: value for name, value in mirrored.answers.items() if name not in conflicting}


@given(answers, answers)
def test_a_merge_with_oneself_changes_nothing(before: Answers, ours: Answers) -> None:
    assert merge(before, ours, ours) == Merged(ours, ())
    assert merge(before, before, ours) == Merged(ours, ())
    assert {
        **before,
        **{k: v for k, v in changes(before, ours).items() if v is not None},
    }.items() >= ours.items()


def test_progress_counts_what_is_required_now() -> None:
    chosen = request_type("taking_evidence")
    everything = complete_answers(chosen)
    assert all(each.is_complete and each.filled == each.asked for each in progress(chosen, everything, AS_OF))
    assert not any(each.filled for each in progress(chosen, {}, AS_OF))
    urgent = without({**everything, "urgency_level": "urgent"}, "urgency_reason")
    left = [each for each in progress(chosen, urgent, AS_OF) if not each.is_complete]
    assert [(each.section, each.required - each.filled_required) for each in left] == [("urgency", 1)]


@pytest.mark.parametrize("type_id", type_ids())
def test_a_template_reads_as_it_was_written(type_id: str) -> None:
    chosen = request_type(type_id)
    kept = template_answers(complete_answers(chosen))
    assert read_template(write_template(kept), chosen.fields) == kept
    assert not {"own_reference", "addressed_authority"} & set(kept)


@given(st.text(min_size=1, max_size=60))
def test_any_text_that_fits_comes_back_from_a_template(text: str) -> None:
    field = FIELDS["purpose"]
    try:
        value = check_answer(field, text)
    except AnswerError:
        return
    assert read_template(write_template({"purpose": value}), FIELDS) == {"purpose": value}


@pytest.mark.parametrize(
    "text", ["purpose = ", "vessel_name = 'x'", "purpose = 3", "purpose = ['x']", "channel = 'pigeon'"]
)
def test_wrong_templates(text: str) -> None:
    with pytest.raises(MisuseError):
        read_template(text, FIELDS)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("protected_person", "yes", True),
        ("protected_person", "No", False),
        ("purpose", " a\r\n\tb ", "a\n    b"),
        ("transit_states", "TG\nBJ\n", ("TG", "BJ")),
        ("witness", "A person", ("A person",)),
        ("witness", '[{"name": "A person"}]', (Item((("name", "A person"),)),)),
        ("witness", '{"name": "A person"}', (Item((("name", "A person"),)),)),
        ("legal_provisions", "Article 1", "Article 1"),
        ("legal_provisions", '[{"name": "law.pdf"}]', (Item((("name", "law.pdf"),)),)),
        ("purpose", "[as agreed]", "[as agreed]"),
    ],
)
def test_what_is_typed(field: str, text: str, value: Value) -> None:
    assert typed_answer(FIELDS[field], text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("protected_person", "perhaps"),
        ("witness", "[{"),
        ("witness", '[{"name": 3}]'),
        ("witness", "[" * 5000),
        ("witness", "[1]"),
    ],
)
def test_what_cannot_be_read(field: str, text: str) -> None:
    with pytest.raises(AnswerError, match=f"^{field}: "):
        typed_answer(FIELDS[field], text)
