"""The tables say exactly what the reference of request types says: nothing lost, nothing added."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.conftest import absent

from rogatory_client.casework.deadlines.rules import Legal, deadline_rules
from rogatory_client.casework.forms.catalogue import (
    LANGUAGES,
    all_fields,
    all_sections,
    request_type,
    type_ids,
)
from rogatory_client.casework.forms.shared_tables import (
    article_map,
    instruments,
    refusal_grounds,
    urgency_levels,
)
from rogatory_crypto.casework import State
from rogatory_crypto.casework.judging import MAX_POSTPONEMENT_DAYS
from rogatory_crypto.content.events import Urgency

TABLES = files("rogatory_client.casework") / "request_types"


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((TABLES / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reference(shared: Path) -> Mapping[str, Any]:
    path = shared / "requests" / "request-types.yaml"
    if not path.is_file():
        absent("the reference of request types")
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def with_empty(value: Any) -> Any:
    """TOML has no null; the tables write an empty text where a convention has no article."""
    return {key: "" if each is None else each for key, each in value.items()}


def without_foreign_marks(field: Mapping[str, Any]) -> dict[str, Any]:
    """A source that is a mark of another list of the reference's authors says nothing to an officer."""
    return {**field, "source": re.sub(r"\bS\d+ [A-Z]\.[IVX]+ \d+; ", "", field["source"])}


def test_every_part_of_the_reference_is_somewhere(reference: Mapping[str, Any]) -> None:
    # The life cycle is with the events of a case, as every receiver needs it. The rest is prose about codes
    # that stand in fields and types.
    elsewhere = {"lifecycle", "confidentiality", "use_limitation", "dual_criminality", "translation"}
    assert set(reference) - elsewhere == {
        *table("about"), "instruments", "article_map", "urgency_levels", "refusal_grounds",
        "refusal_rules", "fields", "base", "types",
    }  # fmt: skip
    assert {name: reference[name] for name in table("about")} == table("about")


def test_shared_tables(reference: Mapping[str, Any]) -> None:
    assert table("instruments") == {"instrument": reference["instruments"]}
    assert table("articles") == {
        matter: with_empty(articles) for matter, articles in reference["article_map"].items()
    }
    assert table("urgency") == {"level": reference["urgency_levels"]}
    assert table("refusal") == {"rules": reference["refusal_rules"], "ground": reference["refusal_grounds"]}
    assert table("base") == reference["base"]


def test_fields(reference: Mapping[str, Any]) -> None:
    groups = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (TABLES / "fields").iterdir()]
    held = {name: field for group in groups for name, field in group["fields"].items()}
    told = {name: without_foreign_marks(field) for name, field in reference["fields"].items()}
    assert held == told
    differing = [name for name, field in told.items() if field != reference["fields"][name]]
    assert differing == ["consultation_question"]
    assert set(all_fields()) == set(reference["fields"])
    assert {group["section"] for group in groups} == {section.id for section in all_sections()}


def test_types(reference: Mapping[str, Any]) -> None:
    assert list(type_ids()) == [each["id"] for each in reference["types"]]
    assert len(type_ids()) == 37
    for each in reference["types"]:
        assert table(f"types/{each['id']}") == {**each, "legal_basis": with_empty(each["legal_basis"])}


def test_everything_loads_and_refers_to_what_there_is() -> None:
    grounds, functions = refusal_grounds(), set()
    for type_id in type_ids():
        loaded = request_type(type_id)
        assert tuple(loaded.title) == LANGUAGES
        assert all(ground in grounds for ground in loaded.typical_refusal)
        assert all(code in instruments() for code in loaded.legal_basis)
        assert loaded.default_urgency in urgency_levels()
        functions |= set(loaded.addressee_functions)
        ids = [rule.id for rule in (*loaded.rules, *loaded.correspondence_rules)]
        assert len(set(ids)) == len(ids)
    assert len(functions) > 8
    assert "contents" in article_map()


TERMS = {
    "acknowledgement": "acknowledgement",
    "completeness check": "completeness check",
    "progress note or reply to a progress enquiry": "progress note",
    "answer to info_requested": "answer to the questions",
}
# Computed with the timeline, told by no event of a case, or of the directory.
ELSEWHERE = {
    "technical receipt",
    "postponed",
    "written confirmation of an oral request",
    "directory reconfirmation",
}


def term_in(text: str, routine: str) -> tuple[int, str]:
    """The count and the unit of the first term in a text; the unit of the routine one where it has none."""
    if text == "daily":
        return 1, "days"
    count, unit = re.search(r"([0-9]+)(?: (working day|day|hour))?", text).groups()  # type: ignore[union-attr]  # every text has one
    return int(count), f"{unit}s" if unit else term_in(routine, "")[1]


def test_the_time_limits_are_those_of_the_reference(reference: Mapping[str, Any]) -> None:
    rows = {row["what"]: row for row in reference["lifecycle"]["deadlines"]}
    assert set(rows) == {*TERMS, *ELSEWHERE}
    general = {rule.what: rule for rule in deadline_rules() if not rule.types}
    for name, what in TERMS.items():
        said = {word: rows[name][word.value] for word in Urgency if word.value in rows[name]}
        held = {urgency: (term.count, str(term.unit)) for urgency, term in general[what].terms.items()}
        assert held == {word: term_in(text, said[Urgency.ROUTINE]) for word, text in said.items()}, name
        assert (general[what].legal is Legal.CONVENTION) is rows[name]["legal"]
    for rule in deadline_rules():
        for type_id in rule.types:
            (type_,) = (each for each in reference["types"] if each["id"] == type_id)
            words = rule.what.split()
            row = next(each for each in type_["deadlines"] if set(words) & set(each["what"].split()))
            assert (rule.terms[Urgency.ROUTINE].count, rule.terms[Urgency.ROUTINE].unit) == term_in(
                row["default"], ""
            )
            fixed = {True: Legal.CONVENTION, False: Legal.CONFIGURABLE, "treaty": Legal.TREATY}
            assert rule.legal is fixed[row["legal"]]


def test_a_review_is_at_most_six_months_ahead(reference: Mapping[str, Any]) -> None:
    (row,) = (each for each in reference["lifecycle"]["deadlines"] if each["what"] == "postponed")
    assert "at most 6 months ahead" in row["routine"]
    (rule,) = (each for each in deadline_rules() if State.POSTPONED in each.states)
    assert rule.terms[Urgency.ROUTINE].count <= MAX_POSTPONEMENT_DAYS
