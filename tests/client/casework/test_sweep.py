"""Every type: complete answers lack nothing, and each single omission is told by exactly its rules."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest
from tests.client.casework.sample_answers import AS_OF, complete_answers, without

from rogatory_client.casework.answers.value import Answers, Item, Value
from rogatory_client.casework.checks.completeness import completeness
from rogatory_client.casework.forms.catalogue import request_type, type_ids
from rogatory_client.casework.forms.request_type import Severity

TABLES = files("rogatory_client.casework") / "request_types"
FORMAL_BASE = tomllib.loads((TABLES / "base.toml").read_text(encoding="utf-8"))
NO_BASE: dict[str, Any] = {"deficiency": [], "required": [], "recommended": [], "conditional": []}
ABOUT_ADDRESSEE = {"language_not_accepted", "addressee_lacks", "no_signature", "party"}


def raw(type_id: str) -> dict[str, Any]:
    return tomllib.loads((TABLES / "types" / f"{type_id}.toml").read_text(encoding="utf-8"))


def said_in(value: Value | None) -> set[object]:
    """What an answer says: itself, or each of a list."""
    if not isinstance(value, tuple):
        return {value}
    return {each.members[0][1] if isinstance(each, Item) else each for each in value}


def speaks(when: dict[str, Any], answers: Answers) -> bool | None:
    """Read a condition of absence directly from the table; None where it is about something else."""
    ((word, what),) = when.items()
    match word:
        case "missing":
            return what not in answers
        case "any_missing":
            return any(name not in answers for name in what)
        case "all_missing":
            return all(name not in answers for name in what)
        case "and":
            parts = [speaks(part, answers) for part in what]
            return None if parts == [None] else all(part is not False for part in parts)
        case "or":
            return any(speaks(part, answers) for part in what)
        case "equals":
            return all(
                said_in(answers.get(name)) & set(value if isinstance(value, list) else [value])
                for name, value in what.items()
            )
        case _:
            assert word in ABOUT_ADDRESSEE | {"shorter_than", "past", "within_days"}
            return None


def names(when: object) -> set[str]:
    """Every text in a condition of absence, its fields among them."""
    match when:
        case str():
            return {when}
        case list():
            return set().union(*map(names, when))
        case dict():
            return set().union(
                *(names(value) for key, value in when.items() if key not in {"equals", "shorter_than"})
            )
        case _:
            return set()


def expected(type_id: str, omitted: str, answers: Answers) -> set[str]:
    """The ids that the tables give for one omission."""
    table = raw(type_id)
    spared = set(table.get("base_fields_not_required", ()))
    base = FORMAL_BASE if table["uses_base"] else NO_BASE
    inherited = [
        rule
        for rule in base["deficiency"]
        if type_id not in rule.get("except_types", ()) and omitted not in spared
    ]
    rules = [*inherited, *table["deficiency"]]
    said = {rule["id"] for rule in rules if omitted in names(rule["when"]) and speaks(rule["when"], answers)}
    if said:
        return said
    required = {*(set(base["required"]) - spared), *table["required"]}
    conditional = {
        each["field"]
        for each in (*base["conditional"], *table["conditional"])
        if speaks(each["when"], answers)
    }
    if omitted in required | conditional:
        return {f"required:{omitted}"}
    if omitted in {*base["recommended"], *table["recommended"]}:
        return {f"recommended:{omitted}"}
    return set()


@pytest.mark.parametrize("type_id", type_ids())
def test_a_complete_request_lacks_nothing(type_id: str) -> None:
    chosen = request_type(type_id)
    answers = complete_answers(chosen)
    assert completeness(chosen, answers, AS_OF) == ()
    needed = {name for name in answers if chosen.necessity(name).value in {"required", "conditional"}}
    minimal = {name: answers[name] for name in needed}
    left = completeness(chosen, minimal, AS_OF)
    # What is left concerns only fields that need not be filled.
    assert all(not set(each.fields) & needed for each in left if each.severity is Severity.BLOCKING)


@pytest.mark.parametrize("type_id", type_ids())
def test_each_omission_is_told_by_its_rules(type_id: str) -> None:
    chosen = request_type(type_id)
    everything = complete_answers(chosen)
    for omitted in everything:
        answers = without(everything, omitted)
        found = completeness(chosen, answers, AS_OF)
        assert {each.id for each in found} == expected(type_id, omitted, answers), omitted
        assert all(each.text.endswith(".") or "(" in each.text for each in found)
        assert all(omitted in each.fields for each in found)


@pytest.mark.parametrize("type_id", type_ids())
def test_every_choice_may_ask_for_more_but_is_complete_where_all_is_there(type_id: str) -> None:
    chosen = request_type(type_id)
    answers = complete_answers(chosen)
    for field in chosen.fields.values():
        for value in field.values:
            given = value if field.kind.value == "enum" else (value,)
            assert completeness(chosen, {**answers, field.id: given}, AS_OF) == (), (field.id, value)


def test_an_empty_request_of_every_type_is_blocked() -> None:
    for type_id in type_ids():
        found = completeness(request_type(type_id), {}, AS_OF)
        assert found[0].severity is Severity.BLOCKING
        assert [each.severity for each in found] == sorted(
            (each.severity for each in found), key=list(Severity).index
        )
