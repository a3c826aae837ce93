"""Labels and what stands behind them, and text of strangers made fit to stand there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rogatory_client.plain_text import one_line

# Longer is no name and no reason, and would hide what stands beside it; all of it is in the JSON report.
MAX_LINE: Final = 2000
MAX_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A label and one or several lines behind it; ``whole`` ones are not cut, however long."""

    label: str
    lines: tuple[str, ...]
    whole: bool = False

    def __post_init__(self) -> None:
        """Take out what would not be shown as it stands."""
        if self.whole:
            object.__setattr__(self, "lines", tuple(map(one_line, self.lines)))
            return
        rest = len(self.lines) - MAX_LINES
        cut = (*self.lines[:MAX_LINES], *((f"… +{rest}",) if rest > 0 else ()))
        object.__setattr__(self, "lines", tuple(map(shown, cut)))


def row(label: str, lines: Iterable[str], *, whole: bool = False) -> Iterator[Row]:
    """Yield a row of the lines that say something; nothing where none does."""
    said = tuple(line for line in lines if line)
    if said:
        yield Row(label, said, whole)


def joined(parts: Iterable[str]) -> str:
    """Return the parts that say something as one line."""
    return " · ".join(each for each in parts if each)


def shown(text: str) -> str:
    """Return text of strangers as one line that is not longer than anybody reads."""
    cut = text[:MAX_LINE]
    return one_line(cut) if cut == text else f"{one_line(cut)} …"
