"""The register fails for everything that may be missing, and is itself complete."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance import mls_register

REGISTER = """
[sections]
A = { title = "First", rules = 2 }

[vectors]
official = ["official"]
own = ["own"]

[rules.A01]
rfc = "2.1"
text = "in a comment and a name"
code = ["crypto/rogatory_crypto/check.py:first"]
tests = ["tests/test_check.py::test_a01_is_refused"]

[rules.A02]
rfc = "2.2"
text = "in a message, a docstring and parameters"
code = ["crypto/rogatory_crypto/check.py:Room.second", "crypto/rogatory_crypto/check.py:LIMIT"]
tests = ["tests/test_check.py::test_all", "tests/test_check.py::TestRoom::test_second"]
"""

CHECK = """
LIMIT = 7  # A02


def first() -> None:
    return None  # A01


class Room:
    def second(self) -> str:
        return f"A02: {LIMIT}"
"""

TESTS = '''
CASES = ["A02"]


def test_a01_is_refused() -> None:
    pass


@parametrize("case", CASES)
def test_all(case: str) -> None:
    pass


class TestRoom:
    def test_second(self) -> None:
        """A02"""


def test_silent() -> None:
    pass


def build() -> None:
    """A02"""
'''
VECTOR = "tests/vectors/mls/own.json"
OFFICIAL = "shared/vectors/mls/official.json"
CHECKLIST = "shared/mls/validation-checklist.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, content in (
        ("mls_rules.toml", REGISTER),
        ("crypto/rogatory_crypto/check.py", CHECK),
        ("tests/test_check.py", TESTS),
        (VECTOR, json.dumps([{"case": 1}])),
        (OFFICIAL, json.dumps({"cases": [1]})),
        (CHECKLIST, "# rules\nA01 first [2.1]\nA02 second, see F10 and (B02)\n"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def status(project: Path) -> int:
    return mls_register.main(project / "mls_rules.toml", project, project / "shared")


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        text = (project / name).read_text()
        assert old in text
        (project / name).write_text(text.replace(old, new, 1))

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda project: (project / name).unlink()


RULES = "mls_rules.toml"
CODE = "crypto/rogatory_crypto/check.py"
TEST = "tests/test_check.py"
FAULTS: list[tuple[str, Callable[[Path], None]]] = [
    ("A03: has no row", edit(RULES, "rules = 2", "rules = 3")),
    ("A02: is in no section", edit(RULES, "rules = 2", "rules = 1")),
    ("A01: has no text or no source", edit(RULES, '"2.1"', '""')),
    ("A01: has no check", edit(RULES, '["crypto/rogatory_crypto/check.py:first"]', "[]")),
    ("A01: has no test", edit(RULES, '["tests/test_check.py::test_a01_is_refused"]', "[]")),
    (
        "A01: crypto/rogatory_crypto/check.py:gone does not exist",
        edit(RULES, "check.py:first", "check.py:gone"),
    ),
    ("A01: crypto/rogatory_crypto/check.py:first does not exist", edit(CODE, "def first", "def third")),
    ("A01: crypto/rogatory_crypto/check.py:first does not name it", edit(CODE, "# A01", "# some rule")),
    ("A02: crypto/rogatory_crypto/check.py:LIMIT does not name it", edit(CODE, "# A02", "# some rule")),
    ("A02: crypto/rogatory_crypto/check.py:Room.second does not name it", edit(CODE, 'f"A02:', 'f"B02:')),
    ("A01: tests/test_check.py:test_a01_is_refused does not exist", edit(TEST, "test_a01", "test_a1")),
    ("A02: tests/test_check.py:test_all does not name it", edit(TEST, '["A02"]', '["B02"]')),
    ("A02: tests/test_check.py:test_silent does not name it", edit(RULES, "::test_all", "::test_silent")),
    ("A02: tests/test_check.py:build is no test", edit(RULES, "::test_all", "::build")),
    (
        "A01: tests/check.py:test_a01_is_refused does not exist",
        edit(RULES, "test_check", "check"),
    ),
    ("A09: is named in crypto/rogatory_crypto/check.py and is no rule", edit(CODE, "# A02", "# A02 A09")),
    ("A03: is in the checklist only", edit(CHECKLIST, "A02 second", "A02 second\nA03 third")),
    ("checklist: validation-checklist.md has no rules", lambda project: _write(project / CHECKLIST, "")),
    ("vectors: own is empty", lambda project: _write(project / VECTOR, "[]")),
    ("vectors: official is empty", lambda project: _write(project / OFFICIAL, '{"cases": []}')),
    ("vectors: official is gone", remove(OFFICIAL)),
    ("vectors: own is gone", remove(VECTOR)),
    ("vectors: new is not registered", lambda project: _write(project / "tests/vectors/mls/new.json", "[1]")),
]


def _write(path: Path, text: str) -> None:
    path.write_text(text)


def test_what_is_complete_passes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(project) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["A", "First", "2", "2", "2", "2"]


@pytest.mark.parametrize(("gap", "spoil"), FAULTS, ids=[gap for gap, _ in FAULTS])
def test_a_gap_is_a_failure(
    project: Path, gap: str, spoil: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(project)
    assert status(project) == 1
    assert gap in capsys.readouterr().out.splitlines()


def test_the_data_of_others_may_be_absent_and_ours_may_not(project: Path) -> None:
    remove(OFFICIAL)(project)
    (project / OFFICIAL).parent.rmdir()
    remove(CHECKLIST)(project)
    assert status(project) == 0
    remove(VECTOR)(project)
    assert status(project) == 1


def test_a_row_that_is_there_twice_is_no_register(project: Path) -> None:
    edit(RULES, "[rules.A02]", "[rules.A01]")(project)
    with pytest.raises(ValueError, match="A01"):
        status(project)


def test_a_register_without_its_tables_is_none(project: Path) -> None:
    edit(RULES, "[vectors]", "[others]")(project)
    with pytest.raises(ValueError, match="vectors"):
        status(project)


def test_every_rule_has_its_checks_and_its_tests(capsys: pytest.CaptureFixture[str]) -> None:
    status = mls_register.main()
    assert status == 0, capsys.readouterr().out
