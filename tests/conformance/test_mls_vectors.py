"""The official vectors pass, and the runner fails where it should."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance import mls_generate, mls_vectors
from tests.conformance.generator.seeded import Case

from rogatory_crypto.errors import RogatoryError

OWN = Path(__file__).resolve().parents[1] / "vectors" / "mls"
SIZE_LIMIT = 1_500_000
MISSES = (RogatoryError, AssertionError, LookupError, TypeError, ValueError)


def passes_entirely(folder: Path, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Run a folder of vectors and return the kinds that it has."""
    assert mls_vectors.main([str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(folder.glob("*.json")))
    for line in lines:
        passed, total = line.split()[1].split("/")
        assert passed == total != "0"
    return {line.split(".json")[0] for line in lines}


def test_every_official_vector_passes(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = passes_entirely(shared / "vectors" / "mls", capsys)
    assert {kind for kind in mls_vectors.KINDS if not kind.startswith("passive")} <= kinds


def test_every_vector_of_our_own_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert passes_entirely(OWN, capsys) == set(mls_vectors.KINDS)
    assert sum(path.stat().st_size for path in OWN.glob("*.json")) <= SIZE_LIMIT


def suites_of(path: Path) -> set[int]:
    return {case["cipher_suite"] for case in json.loads(path.read_text()) if "cipher_suite" in case}


@pytest.mark.parametrize("path", sorted(OWN.glob("*.json")), ids=lambda path: path.stem)
def test_our_vectors_have_a_case_of_every_suite(path: Path) -> None:
    assert suites_of(path) in ({*mls_generate.SUITES}, set())


def test_what_is_generated_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mls_generate.main([str(tmp_path), "--seed", "another"]) == 0
    assert passes_entirely(tmp_path, capsys) == set(mls_vectors.KINDS)


def test_the_classical_suite_gives_the_same_bytes_again(tmp_path: Path) -> None:
    assert mls_generate.main([str(tmp_path), "--suite", "1"]) == 0
    for path in sorted(OWN.glob("*.json")):
        again = (tmp_path / path.name).read_text().splitlines()[1:-1]
        kept = [line.rstrip(",") for line in path.read_text().splitlines()]
        assert [line.rstrip(",") for line in again] == kept[1 : len(again) + 1], path.name


def leaves_of(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield every piece of hex in a case, with the way to it."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves_of(item, (*place, key))
    elif isinstance(value, str) and len(value) >= 8 and not set(value) - set("0123456789abcdef"):
        yield place, value


def spoiled(case: Case, place: tuple[Any, ...]) -> Case:
    """Return a case in which one bit in the middle of one piece of hex is another."""
    changed: Case = json.loads(json.dumps(case))
    at: Any = changed
    for key in place[:-1]:
        at = at[key]
    data = bytearray.fromhex(at[place[-1]])
    data[len(data) // 2] ^= 1
    at[place[-1]] = data.hex()
    return changed


@pytest.mark.parametrize(
    "kind", sorted(set(mls_vectors.KINDS) - {"tree-math", "deserialization", "messages"})
)
def test_a_wrong_bit_is_noticed(kind: str) -> None:
    cases = json.loads((OWN / f"{kind}.json").read_text())
    case = next(case for case in reversed(cases) if case["cipher_suite"] == 1)
    mls_vectors.KINDS[kind](case)
    unnoticed = []
    for place, _ in leaves_of(case):
        try:
            mls_vectors.KINDS[kind](spoiled(case, place))
        except MISSES:
            continue
        unnoticed.append(place)
    assert unnoticed == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("unknown.json", [{"length": 0}]),
        ("tree-math.json", []),
        ("deserialization.json", [{"vlbytes_header": "00", "length": 1}]),
        ("deserialization.json", [{}]),
        ("messages.json", [{"mls_unheard_of": "00"}]),
        ("messages.json", [7]),
        ("messages.json", {"mls_welcome": "00"}),
        ("welcome.json", [{"cipher_suite": "1"}]),
        ("passive-client-welcome.json", [{"cipher_suite": 1, "key_package": None}]),
    ],
)
def test_a_miss_is_a_failure(tmp_path: Path, name: str, content: object) -> None:
    (tmp_path / name).write_text(json.dumps(content))
    assert mls_vectors.main([str(tmp_path)]) == 1


@pytest.mark.parametrize("content", [b"", b"[", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_a_failure(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tree-math.json").write_bytes(content)
    assert mls_vectors.main([str(tmp_path)]) == 1


def test_nothing_to_run_is_a_failure(tmp_path: Path) -> None:
    assert mls_vectors.main([str(tmp_path)]) == 1
    assert mls_vectors.main([]) == 64
