from pathlib import Path

import pytest
from tests.conformance.esign_corpus import Result, check_corpus

AT_LEAST = 80
RIGHT_OF_A_HUNDRED = 97


@pytest.fixture(scope="module")
def results(shared: Path) -> list[Result]:
    found = check_corpus(shared / "esign/manifest.json")
    assert len(found) >= AT_LEAST
    return found


def test_no_file_with_a_known_defect_passes(results: list[Result]) -> None:
    assert [each.name for each in results if each.false_accept] == []


def test_every_strictly_valid_file_passes(results: list[Result]) -> None:
    strict = [each for each in results if each.is_strictly_valid]
    assert strict
    assert [each.name for each in strict if not each.agrees] == []


def test_indications_are_those_of_the_sources(results: list[Result]) -> None:
    wrong = [each.name for each in results if not each.agrees]
    assert len(wrong) * 100 <= len(results) * (100 - RIGHT_OF_A_HUNDRED), wrong


def test_facts_beside_the_verdicts_hold_and_every_report_has_a_sentence(results: list[Result]) -> None:
    assert [(each.name, each.wrong_facts) for each in results if each.wrong_facts] == []
    assert [each.name for each in results if not each.sentence] == []
