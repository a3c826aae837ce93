"""What importing a directory costs, beside plainly reading the same bytes in the same run.

For 500, 2,000 and 8,000 records: seconds of processor time and the peak of memory of a process that does only
that, for the first import by each format, for a second import that changes a twentieth of the records, and
for a search through all text. ``growth`` is the time for each record at one size over that at the smallest:
1 is linear.
"""

import csv
import io
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

from benchmarks.measure import report, timed
from openpyxl import Workbook

from rogatory_directory_sync import (
    Held,
    Query,
    SourceFile,
    SyncResult,
    reference_tables,
    sample_file,
    search,
    synchronise,
)

SIZES: Final = (500, 2_000, 8_000)
SCENARIOS: Final = ("json", "csv", "xlsx", "again", "search")
_REPEATED: Final = 3


def records(count: int) -> list[dict[str, Any]]:
    """Return records that are all different, made of those of the sample that nothing is wrong with."""
    export = json.loads(sample_file("export-2026-09.json").content)["records"]
    good = [item for item in export if item["kind"] == "central_authority" and item["status"] == "active"]
    return [_numbered(good[number % len(good)], number) for number in range(count)]


def _numbered(record: dict[str, Any], number: int) -> dict[str, Any]:
    code = record["state"]["iso2"].lower()
    return record | {
        "record_id": f"CNA-{number:06}", "unit": f"Desk {number} of many", "supersedes": [],
        "emails": [{"type": "office", "address": f"desk{number}@justice.gov.{code}.example"}],
    }  # fmt: skip


def json_export(items: list[dict[str, Any]], day: str = "2026-09-30") -> SourceFile:
    """Return an export in JSON."""
    head = {"generated": f"{day}T00:00:00Z", "record_count": len(items)}
    return SourceFile("export.json", json.dumps({"export": head, "records": items}).encode())


def _rows(count: int) -> list[list[str]]:
    """Return the rows of a table with as many records: those of the sample, numbered."""
    rows = list(
        csv.reader(io.StringIO(sample_file("export-2026-09.csv").content.decode(), newline=""), delimiter=";")
    )
    headings, table = rows[0], [row for row in rows[1:-1] if "central_authority" in row and "active" in row]
    places = [
        headings.index(name) for name in ("ID", "Service to be contacted", "Email", "Supersedes", "ISO2")
    ]
    return [headings, *(_numbered_row(table[number % len(table)], places, number) for number in range(count)),
            [f"# records: {count} | generated: 2026-09-30T00:00:00Z"]]  # fmt: skip


def _numbered_row(row: list[str], places: list[int], number: int) -> list[str]:
    record_id, unit, email, supersedes, iso2 = places
    numbered = list(row)
    numbered[record_id], numbered[unit], numbered[supersedes] = f"CNA-{number:06}", f"Desk {number}", ""
    numbered[email] = f"desk{number}@justice.gov.{row[iso2].lower()}.example"
    return numbered


def csv_export(count: int) -> SourceFile:
    """Return an export in CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(_rows(count))
    return SourceFile("export.csv", text.getvalue().encode())


def xlsx_export(count: int) -> SourceFile:
    """Return an export as a workbook."""
    book, stream = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in _rows(count):
        sheet.append(row)
    book.save(stream)
    return SourceFile("export.xlsx", stream.getvalue())


def _held(result: SyncResult) -> Held:
    return Held(SourceFile("held.json", result.state), result.annotations)


def _prepared(scenario: str, count: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return what is measured, and the plain reading of the same bytes."""
    match scenario:
        case "csv" | "xlsx":
            plain = csv_export(count).content.decode()
            file = csv_export(count) if scenario == "csv" else xlsx_export(count)
            return lambda: synchronise(file), lambda: list(
                csv.reader(io.StringIO(plain, newline=""), delimiter=";")
            )
        case "search":
            entries = list(synchronise(json_export(records(count))).directory.values())
            plain = json_export(records(count)).content.decode()
            query, tables = Query(text="justice desk 499"), reference_tables()
            return lambda: search(entries, query, tables), lambda: json.loads(plain)
        case "again":
            items = records(count)
            held = _held(synchronise(json_export(items, "2026-06-30")))
            for item in items[::20]:
                item["revision"] += 1
                item["website"] = "https://new.example/"
            file = json_export(items)
            return lambda: synchronise(file, held), lambda: json.loads(file.content)
        case _:
            file = json_export(records(count))
            return lambda: synchronise(file), lambda: json.loads(file.content)


def measure_one(scenario: str, count: int) -> None:
    """Measure one scenario in this process and print figures for the one that started it."""
    measured, plain = _prepared(scenario, count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = min(timed(measured)[1] for _ in range(_REPEATED))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = min(timed(plain)[1] for _ in range(_REPEATED))
    print(json.dumps({"seconds": seconds, "plain": reading, "peak_kib": peak, "grown_kib": peak - before}))


def _in_a_process(scenario: str, count: int) -> dict[str, float]:
    typed = [sys.executable, "-m", "benchmarks.directory", scenario, str(count)]
    answered = subprocess.run(typed, capture_output=True, check=True, text=True)
    figures: dict[str, float] = json.loads(answered.stdout)
    return figures


def main() -> None:
    """Measure every scenario at every size."""
    for scenario in SCENARIOS:
        each: dict[int, float] = {}
        for count in SIZES:
            figures = _in_a_process(scenario, count)
            name, each[count] = f"directory/{scenario}/{count}", figures["seconds"] / count
            report(name, "seconds", figures["seconds"], "s")
            report(name, "over_plain_reading", figures["seconds"] / figures["plain"], "ratio")
            report(name, "growth", each[count] / each[SIZES[0]], "ratio")
            report(name, "peak_memory", figures["peak_kib"] / 1024, "MiB")
            report(name, "memory_grown", figures["grown_kib"] / 1024, "MiB")


if __name__ == "__main__":
    if sys.argv[1:]:
        measure_one(sys.argv[1], int(sys.argv[2]))
    else:
        main()
