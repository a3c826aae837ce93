"""Every type in every variant of its conditions: each omission yields exactly its rule and its article."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.client.casework.sample_answers import AS_OF, complete_answers, without
from tests.client.casework.test_sweep import FORMAL_BASE, expected, raw, speaks

from rogatory_client.casework.answers.value import Value
from rogatory_client.casework.checks.completeness import completeness, relied_on
from rogatory_client.casework.forms.articles import cited
from rogatory_client.casework.forms.catalogue import request_type, type_ids
from rogatory_client.casework.forms.field import FieldKind
from rogatory_client.casework.forms.request_type import RequestType

NO_RULE = {"required": "blocking", "recommended": "advisory"}


def rules(type_id: str) -> dict[str, dict[str, Any]]:
    table = raw(type_id)
    base = FORMAL_BASE["deficiency"] if table["uses_base"] else []
    return {rule["id"]: rule for rule in (*base, *table["deficiency"])}


def asked_about(when: object) -> Iterator[tuple[str, object]]:
    """Every field on whose value something depends, with the values that a table names."""
    if isinstance(when, dict):
        for key, value in when.items():
            if key == "equals":
                yield from value.items()
            else:
                yield from asked_about(value)
    elif isinstance(when, list):
        for each in when:
            yield from asked_about(each)


def conditions(type_id: str) -> list[object]:
    table = raw(type_id)
    both = (table, FORMAL_BASE) if table["uses_base"] else (table,)
    return [each["when"] for part in both for each in (*part["deficiency"], *part["conditional"])]


def variants(type_id: str, chosen: RequestType) -> Iterator[dict[str, Value]]:
    """Complete answers, with each value that a condition of the type asks about."""
    answers = complete_answers(chosen)
    yield answers
    for name in sorted({name for when in conditions(type_id) for name, _ in asked_about(when)}):
        field = chosen.fields.get(name)
        if field is None:
            continue
        if field.kind is FieldKind.BOOLEAN:
            yield from ({**answers, name: value} for value in (True, False))
        elif field.kind is FieldKind.ENUM:
            yield from ({**answers, name: value} for value in field.values)
        elif field.kind is FieldKind.MULTI:
            yield from ({**answers, name: (value,)} for value in field.values)
        else:
            assert field.kind is FieldKind.INSTRUMENT_LIST
            yield {**answers, name: ("RECIPROCITY",)}


def severity_and_article(type_id: str, id_: str, omitted: str, answers: dict[str, Value]) -> tuple[str, str]:
    kind, _, name = id_.partition(":")
    instrument = relied_on(answers)
    if name:
        return NO_RULE[kind], cited(request_type(type_id).fields[omitted].source, instrument)
    rule = rules(type_id)[id_]
    assert "downgrade" not in rule  # only rules about the addressee have one
    return rule["severity"], cited(rule["basis"], instrument)


def new(told: dict[str, tuple[str, str]], before: set[str]) -> dict[str, tuple[str, str]]:
    return {id_: each for id_, each in told.items() if id_ not in before}


@pytest.mark.parametrize("type_id", type_ids())
def test_each_omission_in_each_variant(type_id: str) -> None:
    chosen = request_type(type_id)
    for everything in variants(type_id, chosen):
        # Some values are wrong in themselves, such as no intention to send a request after a preservation.
        before = {each.id for each in completeness(chosen, everything, AS_OF)}
        assert before == {id_ for id_, rule in rules(type_id).items() if speaks(rule["when"], everything)}
        for omitted in everything:
            answers = without(everything, omitted)
            found = completeness(chosen, answers, AS_OF)
            told = {each.id: (each.severity.value, each.article) for each in found}
            wanted = {
                id_: severity_and_article(type_id, id_, omitted, answers)
                for id_ in expected(type_id, omitted, answers)
            }
            assert new(told, before) == new(wanted, before), (omitted, everything)
            assert before <= told.keys() or omitted in {name for name, _ in asked_about(conditions(type_id))}
