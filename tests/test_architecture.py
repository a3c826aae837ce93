"""The house rules a machine can check: small rooms, named doors, folders that are not packages."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("crypto", "directory_sync", "server", "client")
MAX_LINES, MAX_TEST_LINES, MAX_FUNCTION_LINES = 400, 600, 50


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_check() -> None:
    assert len(python_files(*FOLDERS)) > 50


@pytest.mark.parametrize("path", python_files(*FOLDERS, "benchmarks"), ids=name_of)
def test_a_room_is_small(path: Path) -> None:
    assert path.read_text().count("\n") <= MAX_LINES


@pytest.mark.parametrize("path", python_files("tests"), ids=name_of)
def test_a_test_file_is_small(path: Path) -> None:
    assert path.read_text().count("\n") <= MAX_TEST_LINES


def test_a_function_does_one_thing() -> None:
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}"
        for path in python_files(*FOLDERS, "tests", "benchmarks")
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_a_folder_is_not_a_package() -> None:
    assert [folder for folder in FOLDERS if (ROOT / folder / "__init__.py").exists()] == []
    importers = [
        f"{name_of(path)} imports {name}"
        for path in python_files(*FOLDERS, "tests", "benchmarks")
        for name in imported_names(path)
        if name.split(".")[0] in FOLDERS
    ]
    assert importers == []


def test_every_folder_explains_itself_and_its_decisions() -> None:
    for folder in (*FOLDERS, "tests", "benchmarks"):
        assert "\n## Decisions\n" in (ROOT / folder / "README.md").read_text(), folder


def test_no_file_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert [name_of(path) for path in python_files(*FOLDERS, "tests") if path.stem in vague] == []


def test_the_core_takes_time_and_randomness_as_arguments() -> None:
    ambient = re.compile(r"\b(time\.time|datetime\.now|utcnow|urandom|token_bytes|uuid4|getrandom)\b")
    found = [name_of(path) for path in python_files("crypto") if ambient.search(path.read_text())]
    assert found == []


def test_the_lock_is_hashed_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert re.search(r"^--", lock, re.MULTILINE) is None
    assert re.search(r"https?://", lock) is None
    pins = re.findall(r"^\S+==\S+ \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\S+==", lock, re.MULTILINE))


def test_the_project_speaks_only_of_itself() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    machine_path = re.compile(rb"(?<![\w.])/(?:work|root|home/\w+)/")
    found = [
        name
        for name in tracked
        if name and (ROOT / name).is_file() and machine_path.search((ROOT / name).read_bytes())
    ]
    assert found == []
