"""Run every benchmark in a process of its own and print its JSON lines: scenario, metric, value, unit.

``python -m benchmarks`` runs all, ``python -m benchmarks mls relay`` only those named. Nothing is asserted:
figures count as ratios within one run, because machines differ and are shared.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SHARED = {
    *("__main__", "first_look", "large_vault", "measure", "mls_budgets", "mls_group", "mls_limits"),
    *("office_looks", "sampling"),
}


def available() -> dict[str, Path]:
    """Return the benchmark files by name, those that measure something and not those they share."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.py")) if path.stem not in SHARED}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; return 1 if one of them failed to run."""
    known = available()
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(f"no benchmark named {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 64
    failed = [
        name
        for name in names or known
        if subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], cwd=FOLDER.parent, check=False
        ).returncode
    ]
    for name in failed:
        sys.stderr.write(f"benchmark {name} did not finish\n")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
