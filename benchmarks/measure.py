"""How every benchmark measures and reports: medians over repetitions, one JSON line a figure."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def report(scenario: str, metric: str, value: float, unit: str, budget: float | None = None) -> None:
    """Print one figure, beside what we allow ourselves for it if that is settled."""
    line = {"scenario": scenario, "metric": metric, "value": round(value, 3), "unit": unit}
    if budget is not None:
        line["budget"] = budget
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def median_seconds(action: Callable[[], object], repetitions: int, at_most_s: float = 60.0) -> float:
    """Return the median time of ``action`` over a number of runs after one that is not counted.

    What takes long is repeated less often: no run begins after ``at_most_s`` seconds, but one is counted.
    """
    action()
    times: list[float] = []
    while not times or (len(times) < repetitions and sum(times) < at_most_s):
        times.append(timed(action)[1])
    return statistics.median(times)


def elapsed(action: Callable[[], object], repetitions: int) -> float:
    """Return the shortest time on the clock of a number of runs, for what uses several processors."""
    times: list[float] = []
    for _ in range(repetitions):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return min(times)


def timed(action: Callable[[], Result]) -> tuple[Result, float]:
    """Return what ``action`` returns and how many seconds of this thread's processor time it took.

    For what only computes: on an idle machine that is the time it takes, on a shared one it still is.
    """
    started = time.thread_time()
    result = action()
    return result, time.thread_time() - started
