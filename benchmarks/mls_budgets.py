"""What we allow ourselves for MLS: medians with full validation and without storage, on two shared CPUs."""

from dataclasses import dataclass
from typing import Final

from benchmarks.measure import report

from rogatory_crypto import mls

NAMES: Final = {0x0001: "classic 0x0001", 0xF04E: "post-quantum 0xF04E"}
_UNITS: Final = {"us": 1e6, "ms": 1e3}

# In the unit of the figure.
_AT_ALL_SIZES: Final = {"protect 1 KiB": 80.0, "unprotect 1 KiB": 120.0}
_AT_1000: Final = {
    "join by Welcome": 150.0,
    "update commit, populated tree, create": 2.0,
    "update commit, populated tree, process": 2.0,
    "add one, flat tree, process": 0.5,
    "add one, populated tree, process": 0.5,
}
_CREATE_AT_1000: Final = {0x0001: 500.0, 0xF04E: 700.0}


@dataclass(frozen=True, slots=True)
class Case:
    """One suite at one size."""

    suite: mls.CipherSuite
    size: int

    def time(self, metric: str, seconds: float, unit: str) -> None:
        """Print a time, beside its budget."""
        self.figure(metric, seconds * _UNITS[unit], unit, self._budget(metric))

    def figure(self, metric: str, value: float, unit: str, budget: float | None = None) -> None:
        """Print any figure."""
        name = NAMES.get(self.suite.code, f"{self.suite.code:#06x}")
        report(f"mls {name}, {self.size} members", metric, value, unit, budget)

    def _budget(self, metric: str) -> float | None:
        if self.size != 1000:
            return _AT_ALL_SIZES.get(metric)
        if metric == "create and add all":
            return _CREATE_AT_1000.get(self.suite.code)
        return (_AT_ALL_SIZES | _AT_1000).get(metric)
