"""Instants as a report writes them: UTC, said so, the same in every language."""

from datetime import UTC, datetime
from typing import Final

_TIME: Final = "%Y-%m-%d %H:%M:%S UTC"
_DAY: Final = "%Y-%m-%d"


def moment(seconds: int) -> str:
    """Return an instant to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime(_TIME)


def day(seconds: int) -> str:
    """Return the day of an instant."""
    return datetime.fromtimestamp(seconds, UTC).strftime(_DAY)
