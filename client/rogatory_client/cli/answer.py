"""What a command answers: one JSON object for programs, and the same facts as blocks for people.

Blocks hold raw text of any origin; only ``terminal`` makes it visible, and always escaped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Tone(Enum):
    """What a line says beside its words; on a terminal it is a colour, elsewhere nothing."""

    PLAIN = ""
    OLD = "red"
    NEW = "green"
    WAITING = "yellow"
    ALARM = "bold red"
    TITLE = "bold"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Prose:
    """Text somebody wrote, with its line breaks."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, one a line; empty values are left out."""

    pairs: Sequence[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; ``empty`` is said where there is none."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """A text as QR codes; it stands beside them, so that nobody depends on a camera."""

    text: str


Block: TypeAlias = Line | Prose | Facts | Table | Codes


@dataclass(frozen=True, slots=True)
class Answer:
    """A command's result.

    Attributes:
        data: what ``--json`` prints; its keys are stable.
        blocks: what a person reads.
        exit_code: how the process ends.
        warnings: said on standard error, whatever the output.
    """

    data: Mapping[str, object]
    blocks: Sequence[Block] = ()
    exit_code: int = 0
    warnings: Sequence[str] = ()
