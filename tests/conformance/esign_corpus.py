"""Checks every file of a corpus with known verdicts and prints expected and got.

Run: ``python tests/conformance/esign_corpus.py MANIFEST``. A line for each file, totals for each format, and
the number of false accepts: signatures and time stamps that may not pass and did. Facts beside verdicts (no
signature at all, an unsigned file, a changed document, a part only) are compared and counted apart. Exits
non-zero on a false accept, on an empty manifest, and on an exception that escapes a check.

The sources count counter-signatures among the signatures for some files and not for others, so both counts
are right.
"""

import hashlib
import json
import logging
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign import (
    Coverage,
    DocumentFormat,
    Indication,
    Report,
    SubIndication,
    check,
    unchecked,
)
from rogatory_crypto.esign.verdict import indeterminate

_PASSED = "TOTAL-PASSED"


@dataclass(frozen=True, slots=True)
class Words:
    """The indications of some signatures or time stamps: those allowed for each, and those given."""

    expected: tuple[frozenset[str], ...] = ()
    got: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether each has an indication that the source accepts, in any order."""
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
        """Whether more pass than may."""
        return self.got.count(_PASSED) > sum(_PASSED in allowed for allowed in self.expected)

    def __str__(self) -> str:
        expected = " ".join("|".join(sorted(allowed)) for allowed in self.expected)
        return f"expected {expected or '-'}\tgot {' '.join(self.got) or '-'}"


@dataclass(frozen=True, slots=True)
class Result:
    """What one file should be and what we made of it."""

    name: str
    format: str
    signatures: Words
    timestamps: Words
    wrong_facts: tuple[str, ...]
    took_ms: float
    sentence: str
    note: str

    @property
    def agrees(self) -> bool:
        """Whether every indication is right."""
        return self.signatures.agrees and self.timestamps.agrees

    @property
    def false_accept(self) -> bool:
        """Whether more pass than may."""
        return self.signatures.false_accept or self.timestamps.false_accept

    @property
    def is_strictly_valid(self) -> bool:
        """Whether nothing but passing is right."""
        expected = self.signatures.expected + self.timestamps.expected
        return bool(expected) and all(allowed == {_PASSED} for allowed in expected)


def main(manifest: Path) -> int:
    """Check the whole corpus."""
    logging.disable(logging.CRITICAL)
    results = check_corpus(manifest)
    if not results:
        print("the manifest is empty")
        return 1
    for result in results:
        _print(result)
    _print_totals(results)
    return 1 if any(result.false_accept for result in results) else 0


def check_corpus(manifest: Path) -> list[Result]:
    """Check every file that a manifest names."""
    entries = json.loads(manifest.read_text())["entries"]
    return [_run(manifest.parent, entry) for entry in entries]


def reports(manifest: Path) -> Iterator[Report]:
    """Yield the report on every file that a manifest names and that can be checked."""
    for entry in json.loads(manifest.read_text())["entries"]:
        try:
            yield _check((manifest.parent / entry["file"]).read_bytes(), manifest.parent, entry)
        except MisuseError:
            continue


def _run(folder: Path, entry: dict[str, object]) -> Result:
    document = (folder / str(entry["file"])).read_bytes()
    if hashlib.sha256(document).hexdigest() != entry["sha256"]:
        raise SystemExit(f"{entry['id']} is not the file the manifest names")
    started = time.perf_counter()
    try:
        report = _check(document, folder, entry)
    except MisuseError as error:
        report = unchecked(DocumentFormat.UNKNOWN, 0, indeterminate(SubIndication.GENERIC, str(error)))
    took_ms = (time.perf_counter() - started) * 1000
    expected = _expectation(entry)
    reasons = [each.reason.partition("\n")[0] for each in report.signatures if each.reason]
    return Result(
        name=str(entry["id"]),
        format=str(entry["format"]),
        signatures=_signatures(expected, report),
        timestamps=_timestamps(expected, report),
        wrong_facts=tuple(_wrong_facts(expected, report)),
        took_ms=took_ms,
        sentence=report.sentence,
        note="; ".join([report.reason, *reasons]),
    )


def _check(document: bytes, folder: Path, entry: dict[str, object]) -> Report:
    at = entry["validation_time"]
    moment = datetime.fromisoformat(str(at)).timestamp() if at else time.time()
    return check(
        document,
        trust=[(folder / name).read_bytes() for name in _names(entry, "anchors")],
        contents=[(folder / name).read_bytes() for name in _names(entry, "detached")],
        at=int(moment),
        revocation=entry["revocation"] == "required",
    )


def _signatures(expected: dict[str, Any], report: Report) -> Words:
    allowed = _allowed(expected, "signatures")
    alone = tuple(each.indication.value for each in report.signatures)
    counted = alone + tuple(each.indication.value for each in report.counter_signatures)
    return Words(allowed, counted if len(allowed) == len(counted) else alone)


def _timestamps(expected: dict[str, Any], report: Report) -> Words:
    """Compare the time stamps of the whole document, where the source says anything about them."""
    allowed = _allowed(expected, "timestamps")
    return Words(allowed, tuple(each.indication.value for each in report.timestamps)) if allowed else Words()


def _wrong_facts(expected: dict[str, Any], report: Report) -> Iterator[str]:
    whole = [each for each in report.signatures if each.scope.coverage is Coverage.WHOLE_DOCUMENT]
    spoiled = {"no_signature", "format_error", "modified", "hostile", "unsigned_file"}
    for fact in sorted(spoiled & {name for name, value in expected.items() if value is True}):
        if report.indication is Indication.TOTAL_PASSED:
            yield f"{fact} but passed as a whole"
    if expected.get("no_signature") and report.signatures:
        yield "a signature where there is none"
    if expected.get("partial_scope") and whole:
        yield "a part that is called the whole"


def _names(entry: dict[str, object], key: str) -> list[str]:
    value = entry[key]
    return (
        [str(name["file"] if isinstance(name, dict) else name) for name in value]
        if isinstance(value, list)
        else []
    )


def _expectation(entry: dict[str, object]) -> dict[str, Any]:
    expected = entry["expected"]
    return expected if isinstance(expected, dict) else {}


def _allowed(expected: dict[str, Any], kind: str) -> tuple[frozenset[str], ...]:
    return tuple(
        frozenset([each["indication"], *each.get("also_acceptable", [])]) for each in expected.get(kind, [])
    )


def _print(result: Result) -> None:
    mark = "FALSE ACCEPT" if result.false_accept else "ok" if result.agrees else "MISS"
    stamps = f"\ttime stamps {result.timestamps}" if result.timestamps.expected else ""
    note = "" if result.agrees else f"\t{result.note[:160]}"
    print(f"{mark}\t{result.name}\t{result.signatures}{stamps}\t{result.took_ms:.0f} ms{note}")
    for fact in result.wrong_facts:
        print(f"FACT\t{result.name}\t{fact}")


def _print_totals(results: list[Result]) -> None:
    right = Counter(result.format for result in results if result.agrees)
    for kind, total in sorted(Counter(result.format for result in results).items()):
        print(f"{kind} {right[kind]}/{total}")
    strict = [result for result in results if result.is_strictly_valid]
    print(f"strictly valid files passed {sum(result.agrees for result in strict)}/{len(strict)}")
    print(f"false accepts {sum(result.false_accept for result in results)}")
    print(f"facts wrong {sum(len(result.wrong_facts) for result in results)}")
    print(f"median {statistics.median(result.took_ms for result in results):.1f} ms")
    print(f"all {sum(right.values())}/{len(results)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: esign_corpus.py MANIFEST")
    sys.exit(main(Path(sys.argv[1])))
