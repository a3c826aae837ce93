"""The sample of every type: complete, in order whatever the day, and not to be sent as it is."""

from datetime import date

import pytest
from tests.client.casework.sample_answers import ADDRESSEE, SENDER

from rogatory_client.casework.answers.value import Value
from rogatory_client.casework.checks.completeness import completeness
from rogatory_client.casework.forms.catalogue import all_fields, request_type, type_ids
from rogatory_client.casework.forms.request_type import Severity
from rogatory_client.casework.samples import _table, sample_answers, sample_findings

KNOWN: dict[str, Value] = {
    "requesting_authority": SENDER, "addressed_authority": ADDRESSEE, "own_reference": "MLA/2026/31",
    "channel": "platform",
}  # fmt: skip
DAYS = (date(2026, 11, 22), date(2028, 2, 29), date(2031, 12, 31))


@pytest.mark.parametrize("type_id", type_ids())
@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_the_sample_of_a_type_lacks_nothing(type_id: str, as_of: date) -> None:
    chosen = request_type(type_id)
    known = {name: value for name, value in KNOWN.items() if name in chosen.fields}
    answers = {**sample_answers(chosen, as_of), **known}
    assert set(answers) == set(chosen.fields)
    assert completeness(chosen, answers, as_of) == ()


def test_every_sample_is_said_once_and_somewhere() -> None:
    assert set(_table("types")) == set(type_ids())
    assert set(_table("fields")) | set(KNOWN) == set(all_fields())
    for type_id, said in _table("types").items():
        assert set(said) <= set(request_type(type_id).fields), type_id


def test_a_sample_is_not_sent_as_it_is() -> None:
    chosen = request_type("bank_and_business_records")
    answers = sample_answers(chosen, DAYS[0])
    found = {each.id: each.severity for each in sample_findings(chosen, answers, DAYS[0])}
    assert found["sample:facts_summary"] is Severity.BLOCKING
    assert found["sample:account_identifiers"] is Severity.BLOCKING
    assert "sample:purpose" not in found
    own = {**answers, "facts_summary": "Other facts."}
    assert "sample:facts_summary" not in {each.id for each in sample_findings(chosen, own, DAYS[0])}
    for type_id in type_ids():
        each = request_type(type_id)
        assert sample_findings(each, sample_answers(each, DAYS[0]), DAYS[0]), type_id
