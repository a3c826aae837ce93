"""Completeness of single requests: severities, articles and conditions."""

from datetime import timedelta

import pytest
from tests.client.casework.sample_answers import AS_OF, complete_answers, without

from rogatory_client.casework.answers.value import Item, Value
from rogatory_client.casework.checks.completeness import Deficiency, completeness
from rogatory_client.casework.forms.articles import cited
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.casework.forms.request_type import Severity


def lacking(type_id: str, *omitted: str, **changed: Value) -> dict[str, Deficiency]:
    chosen = request_type(type_id)
    answers = without({**complete_answers(chosen), **changed}, *omitted)
    return {each.id: each for each in completeness(chosen, answers, AS_OF)}


def relying_on(code: str) -> tuple[Item, ...]:
    return (Item((("instrument", code),)),)


@pytest.mark.parametrize(
    ("instrument", "article"),
    [("UNTOC", "UNTOC 18(15)(c)"), ("UNCAC", "UNCAC 46(15)(c)"), ("DRUG1988", "DRUG1988 7(10)(c)")],
)
def test_the_article_is_that_of_the_convention_relied_on(instrument: str, article: str) -> None:
    found = lacking("taking_evidence", "facts_summary", legal_basis=relying_on(instrument))
    assert (found["G-c"].severity, found["G-c"].article) == (Severity.BLOCKING, article)


@pytest.mark.parametrize(
    ("basis", "instrument", "article"),
    [
        ("18(16); domestic", "UNCAC", "UNCAC 46(16); domestic"),
        ("18(24)", "DRUG1988", "UNTOC 18(24)"),
        ("18(11)-(12)", "UNCAC", "UNCAC 46(11)-(12)"),
        ("18(11)-(12)", "DRUG1988", "DRUG1988 7(4)"),
        ("18(3)(b)", "DRUG1988", "DRUG1988 7(2)-(3)"),
        ("14(2); UNCAC 57(3)", "UNCAC", "UNCAC 57; UNCAC 57(3)"),
        (
            "16(9) (person present in its territory)",
            "RECIPROCITY",
            "UNTOC 16(9) (person present in its territory)",
        ),
        ("BUDAPEST 29(2)(c)", "UNCAC", "BUDAPEST 29(2)(c)"),
        ("practice", "UNCAC", "practice"),
    ],
)
def test_articles_have_counterparts_where_the_conventions_are_paired(
    basis: str, instrument: str, article: str
) -> None:
    assert cited(basis, instrument) == article


def test_a_rule_with_a_lower_severity_speaks_instead_of_the_required_field() -> None:
    (found,) = lacking("taking_evidence", "questions").values()
    assert (found.id, found.severity) == ("taking_evidence-1", Severity.CLARIFICATION)


def test_no_facts_are_needed_to_serve_documents() -> None:
    assert lacking("service_of_documents", "facts_summary") == {}
    assert lacking("criminal_records", "facts_summary") == {}
    assert lacking("transfer_of_sentenced_person", "proceeding_nature") == {}
    (found,) = lacking("transfer_of_sentenced_person", "subject_matter").values()
    assert (found.id, found.fields) == ("G-b", ("subject_matter",))


def test_what_is_too_short_is_told() -> None:
    assert lacking("taking_evidence", facts_summary="He did it.")["G-c"].severity is Severity.BLOCKING
    short = lacking("taking_evidence", assistance_description="Hear him.")
    assert short["short:assistance_description"].severity is Severity.CLARIFICATION
    assert set(lacking("information_evidence_expertise", assistance_description="The item.")) == {
        "information_evidence_expertise-1"
    }


def test_days_are_counted_from_the_day_of_the_check() -> None:
    def hearing(days: int) -> dict[str, Deficiency]:
        slot = f"{AS_OF + timedelta(days)}T09:00+00:00"
        return lacking("video_conference_hearing", hearing_slots=(slot, "2027-03-01T09:00Z"))

    assert set(hearing(13)) == {"video_conference_hearing-2"}
    assert hearing(14) == {}
    assert set(lacking("taking_evidence", deadline_date=str(AS_OF - timedelta(1)))) == {"G-l"}
    assert lacking("taking_evidence", deadline_date=str(AS_OF)) == {}


def test_conditions_make_fields_required() -> None:
    assert lacking("taking_evidence", "deadline_reason") == {}
    assert set(lacking("taking_evidence", "deadline_reason", urgency_level="priority")) == {
        "required:deadline_reason"
    }
    assert set(
        lacking("taking_evidence", "reciprocity_assurance", legal_basis=relying_on("RECIPROCITY"))
    ) == {"required:reciprocity_assurance"}
    assert set(lacking("extradition", "warrant", extradition_ground="accused")) == {"extradition-2"}
    assert lacking("extradition", "warrant", extradition_ground="convicted_not_sentenced") == {}
    assert set(lacking("extradition", "judgment", extradition_ground="convicted_not_sentenced")) == {
        "required:judgment"
    }
    assert set(lacking("confiscation", "order_final", confiscation_route="enforce_order")) == {
        "confiscation-3"
    }


def test_a_statement_that_no_request_will_follow_blocks() -> None:
    found = lacking("preservation_of_computer_data", intention_to_request=False)
    assert found["preservation_of_computer_data-2"].article == "BUDAPEST 29(2)(f)"


def test_a_wrong_answer_blocks_once_with_its_reason() -> None:
    (found,) = lacking("taking_evidence", purpose=True).values()
    assert (found.id, found.severity, found.article) == (
        "wrong:purpose",
        Severity.BLOCKING,
        "UNTOC 18(15)(f)",
    )
    assert found.text == "purpose: is a text"
    (stray,) = lacking("taking_evidence", vessel="A ship").values()
    assert stray.text == "vessel: is not asked for by this type of request"
