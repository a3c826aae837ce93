"""Fixtures every test may use, and the one place that decides whether a missing part skips or fails."""

import os
from collections import Counter
from pathlib import Path

import pytest
from tests.effort import settle_examples

REQUIRE_ALL = os.environ.get("ROGATORY_REQUIRE") == "all"
SHARED = Path(__file__).resolve().parents[2] / "shared"
LONGEST_FIRST = ("integration", "faults", "simulator")
settle_examples()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker waits for another one in the end."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in LONGEST_FIRST)


def absent(what: str) -> None:
    """Skip, or fail where the environment promised that every part is there."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is required here (ROGATORY_REQUIRE=all) but absent")
    pytest.skip(f"{what} is absent")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of other projects' test data beside the checkout."""
    if not SHARED.is_dir():
        absent("the folder ../shared with test data")
    return SHARED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line for each missing part how many tests did without it."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason, count in Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped).items():
        terminalreporter.write_line(f"{count} tests skipped: {reason}")
