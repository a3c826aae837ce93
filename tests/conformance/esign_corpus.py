"""Checks every file of a corpus with known verdicts and prints expected and got.

Run: ``python tests/conformance/esign_corpus.py MANIFEST``. A line for each file, totals for each format, and
the number of false accepts: signatures that may not pass and did. Exits non-zero on a false accept, on an
empty manifest, and on an exception that escapes a check.
"""

import hashlib
import json
import logging
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign import check

_PASSED = "TOTAL-PASSED"


@dataclass(frozen=True, slots=True)
class Result:
    """What one file should be and what we made of it."""

    name: str
    format: str
    expected: tuple[frozenset[str], ...]
    got: tuple[str, ...]
    took_ms: float
    note: str

    @property
    def agrees(self) -> bool:
        """Whether each signature has an indication that the source accepts, in any order."""
        if len(self.got) != len(self.expected):
            return False
        left = list(self.got)
        for allowed in sorted(self.expected, key=len):
            match = next((word for word in left if word in allowed), None)
            if match is None:
                return False
            left.remove(match)
        return True

    @property
    def false_accept(self) -> bool:
        """Whether more signatures pass than may."""
        return self.got.count(_PASSED) > sum(_PASSED in allowed for allowed in self.expected)


def main(manifest: Path) -> int:
    """Check the whole corpus."""
    logging.disable(logging.CRITICAL)
    entries = json.loads(manifest.read_text())["entries"]
    if not entries:
        print("the manifest is empty")
        return 1
    results = [_run(manifest.parent, entry) for entry in entries]
    for result in results:
        _print(result)
    _print_totals(results)
    return 1 if any(result.false_accept for result in results) else 0


def _run(folder: Path, entry: dict[str, object]) -> Result:
    document = (folder / str(entry["file"])).read_bytes()
    if hashlib.sha256(document).hexdigest() != entry["sha256"]:
        raise SystemExit(f"{entry['id']} is not the file the manifest names")
    started = time.perf_counter()
    got, note = _check(document, folder, entry)
    return Result(
        name=str(entry["id"]),
        format=str(entry["format"]),
        expected=_expected(entry),
        got=got,
        took_ms=(time.perf_counter() - started) * 1000,
        note=note,
    )


def _check(document: bytes, folder: Path, entry: dict[str, object]) -> tuple[tuple[str, ...], str]:
    at = entry["validation_time"]
    moment = datetime.fromisoformat(str(at)).timestamp() if at else time.time()
    try:
        report = check(
            document,
            trust=[(folder / name).read_bytes() for name in _names(entry, "anchors")],
            contents=[(folder / name).read_bytes() for name in _names(entry, "detached")],
            at=int(moment),
            revocation=entry["revocation"] == "required",
        )
    except MisuseError as error:
        return (), str(error)
    reasons = [each.reason.partition("\n")[0] for each in report.signatures if each.reason]
    return tuple(each.indication.value for each in report.signatures), "; ".join([report.reason, *reasons])


def _names(entry: dict[str, object], key: str) -> list[str]:
    value = entry[key]
    return (
        [str(name["file"] if isinstance(name, dict) else name) for name in value]
        if isinstance(value, list)
        else []
    )


def _expected(entry: dict[str, object]) -> tuple[frozenset[str], ...]:
    expected = entry["expected"]
    signatures = expected["signatures"] if isinstance(expected, dict) else []
    return tuple(frozenset([each["indication"], *each.get("also_acceptable", [])]) for each in signatures)


def _print(result: Result) -> None:
    mark = "FALSE ACCEPT" if result.false_accept else "ok" if result.agrees else "MISS"
    expected = " ".join("|".join(sorted(allowed)) for allowed in result.expected)
    line = f"{mark}\t{result.name}\texpected {expected or '-'}\tgot {' '.join(result.got) or '-'}"
    print(f"{line}\t{result.took_ms:.0f} ms" + ("" if result.agrees else f"\t{result.note[:160]}"))


def _print_totals(results: list[Result]) -> None:
    right = Counter(result.format for result in results if result.agrees)
    for kind, total in sorted(Counter(result.format for result in results).items()):
        print(f"{kind} {right[kind]}/{total}")
    strict = [result for result in results if all(allowed == {_PASSED} for allowed in result.expected)]
    print(f"strictly valid files passed {sum(result.agrees for result in strict)}/{len(strict)}")
    print(f"false accepts {sum(result.false_accept for result in results)}")
    print(f"median {statistics.median(result.took_ms for result in results):.1f} ms")
    print(f"all {sum(right.values())}/{len(results)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: esign_corpus.py MANIFEST")
    sys.exit(main(Path(sys.argv[1])))
