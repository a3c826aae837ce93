"""How every benchmark measures and reports: medians over repetitions, one JSON line a figure."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def report(scenario: str, metric: str, value: float, unit: str) -> None:
    """Print one figure."""
    line = {"scenario": scenario, "metric": metric, "value": round(value, 3), "unit": unit}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def median_seconds(action: Callable[[], object], repetitions: int) -> float:
    """Return the median time of ``action`` over a number of runs after one that is not counted."""
    action()
    times = []
    for _ in range(repetitions):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def timed(action: Callable[[], Result]) -> tuple[Result, float]:
    """Return what ``action`` returns and how many seconds it took."""
    started = time.perf_counter()
    result = action()
    return result, time.perf_counter() - started
