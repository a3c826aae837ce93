"""Fail unless branch coverage of every pure room reaches its floor; reads the combined coverage data.

Run after ``coverage combine``: the floor for the crypto core and the other pure packages is higher than the
one for modules that talk to disks and sockets, which the report as a whole has to meet.
"""

import json
import subprocess
import sys
from pathlib import Path

FLOOR_PERCENT = 95.0
PURE = ("crypto/rogatory_crypto", "directory_sync/rogatory_directory_sync", "client/rogatory_client/engine")


def measured() -> dict[str, dict[str, float]]:
    """Return coverage's summary per file, by path from the root of the project."""
    root = Path(__file__).resolve().parents[1]
    report = root / ".coverage.json"
    command = [sys.executable, "-m", "coverage", "json", "--quiet", "-o", str(report)]
    subprocess.run(command, cwd=root, check=True)
    files = json.loads(report.read_text())["files"]
    report.unlink()
    return {path: entry["summary"] for path, entry in files.items()}


def percent(summaries: list[dict[str, float]]) -> float:
    """Return lines and branches covered, out of all there are."""
    covered = sum(item["covered_lines"] + item["covered_branches"] for item in summaries)
    total = sum(item["num_statements"] + item["num_branches"] for item in summaries)
    return 100.0 * covered / total


def main() -> int:
    """Print each pure room's coverage; return 1 if one is under the floor or was not measured at all."""
    files = measured()
    failed = False
    for room in PURE:
        summaries = [summary for path, summary in files.items() if path.startswith(room + "/")]
        reached = percent(summaries) if summaries else 0.0
        failed = failed or reached < FLOOR_PERCENT
        sys.stdout.write(f"{room}: {reached:.1f} % of lines and branches (floor {FLOOR_PERCENT:.0f} %)\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
