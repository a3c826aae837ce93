"""What both routes hand on: one authority as published, still dirty, in the members of the JSON export."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from rogatory_directory_sync.jsonvalue import JsonObject

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row or record; ``line`` is its first line, ``number`` its place from 1.

    Attributes:
        windows_1252: whether a line of it was not UTF-8.
        tabular: whether it is a row of a table, which has no place for some members.
    """

    line: int
    number: int
    windows_1252: bool
    authority: JsonObject
    tabular: bool = True


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be read as an authority at all (rule R2)."""

    line: int
    number: int
    record_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something noticed about the file itself, before any rule for values; it becomes a warning.

    Attributes:
        code: the stable name of what was noticed.
        record_id: of the row it was noticed in, empty where the whole file is meant.
        column: heading or place in the file.
    """

    code: str
    line: int
    record_id: str = ""
    column: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class ExportHead:
    """What is still needed of an export once its rows have been read; the rows themselves are let go.

    Attributes:
        count: data rows, broken ones included; equal to what the export itself declares.
        record_ids: every id it mentions, in rows that can be read and in those that cannot.
    """

    source: str
    form: str
    generated: str
    count: int
    record_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Export:
    """An export as published, complete by its own count; columns with unknown headings are not read.

    Attributes:
        head: what is known once the file has been read through.
        rows: read again from the file whenever they are asked for, one at a time.
        broken: what cannot be read as an authority at all.
    """

    head: ExportHead
    rows: Iterable[SourceRow]
    broken: tuple[BrokenRow, ...]
    unknown_headings: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Again(Generic[_T]):
    """What a generator yields, from the beginning whenever it is asked for."""

    start: Callable[[], Iterator[_T]]

    def __iter__(self) -> Iterator[_T]:
        return self.start()
