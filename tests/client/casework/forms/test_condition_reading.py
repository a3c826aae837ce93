"""Conditions are a closed set: what is not among their words does not load."""

import pytest

from rogatory_client.casework.forms.condition import And, Condition, Missing, Or, without_fields
from rogatory_client.casework.forms.condition_reading import read_condition
from rogatory_crypto.errors import MisuseError


@pytest.mark.parametrize(
    "table",
    [
        {"absent": "x"},
        {},
        {"missing": "x", "past": "y"},
        {"missing": 3},
        {"any_missing": []},
        {"any_missing": ["x", "x"]},
        {"equals": {}},
        {"equals": {"x": 3}},
        {"equals": {"x": []}},
        {"shorter_than": {"x": True}},
        {"shorter_than": {"x": 0}},
        {"shorter_than": {"x": 1, "y": 2}},
        {"within_days": "x"},
        {"and": []},
        {"or": [{"absent": "x"}]},
        {"language_not_accepted": False},
        {"addressee_lacks": "a seal"},
        "missing",
    ],
)
def test_wrong_conditions(table: object) -> None:
    with pytest.raises(MisuseError):
        read_condition(table, "a rule")


def test_a_condition_without_its_fields_is_gone() -> None:
    condition: Condition = And((Or((Missing("a"), Missing("b"))), Missing("c")))
    assert without_fields(condition, frozenset("a")) == And((Or((Missing("b"),)), Missing("c")))
    assert without_fields(condition, frozenset("abc")) is None
