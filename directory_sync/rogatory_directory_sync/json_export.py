"""The JSON route (rules R1, R2): an object ``export`` that counts, and the records.

``export.record_count`` must equal the number of records, otherwise the whole import is refused. A record
without ``record_id`` or, unless it is a network body, without ``state`` is set aside, and so is one that
names a member twice: nobody can say which of the two is meant. Dirty values are not set aside (rule R2). The
file is read through twice, once to see that it is whole and once for its records, which are never all in
memory.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rogatory_crypto.errors import Code
from rogatory_directory_sync.decoding import Lines
from rogatory_directory_sync.json_stream import Item, JsonDocument
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, object_of, text_of
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.source_row import Again, BrokenRow, Export, ExportHead, Remark, SourceRow
from rogatory_directory_sync.table import CUT_OFF, MAX_ROWS


@dataclass(frozen=True, slots=True)
class _File:
    """The text of a file, and where its lines begin."""

    source: str
    text: str
    starts: Sequence[int]
    windows_1252: Sequence[int]

    def line(self, at: int) -> int:
        """The number of the line a character stands in."""
        return bisect_right(self.starts, at)

    def foreign(self, item: Item) -> bool:
        """Whether one of an item's lines was not UTF-8."""
        first = bisect_left(self.windows_1252, self.line(item.start))
        return first < len(self.windows_1252) and self.windows_1252[first] <= self.line(item.end - 1)

    def refuse(self, why: str, line: int = 1, code: Code = Code.MALFORMED) -> ExportRefusedError:
        """The refusal of the whole file."""
        advice = "split the export" if code is Code.TOO_LARGE else CUT_OFF
        return ExportRefusedError(code, self.source, line, why, advice)


def _broken(file: _File, number: int, item: Item) -> BrokenRow | None:
    authority = object_of(item.value)
    record_id = text_of(authority.get("record_id")).strip()
    stateless = authority.get("kind") != "network_body" and not authority.get("state")
    if item.twice:
        return BrokenRow(file.line(item.start), number, record_id, "member_twice")
    if not record_id or stateless:
        return BrokenRow(file.line(item.start), number, record_id, "schema")
    return None


def _rows(file: _File) -> Iterator[SourceRow]:
    for number, item in enumerate(JsonDocument(file.text, "records").items(), start=1):
        if _broken(file, number, item) is None:
            yield SourceRow(
                file.line(item.start), number, file.foreign(item), object_of(item.value), tabular=False
            )


def _head(file: _File, header: JsonValue, count: int, ids: frozenset[str]) -> ExportHead:
    members: JsonObject = object_of(header)
    declared = text_of(members.get("record_count")).strip()
    if declared != str(count):
        raise file.refuse(f"the export declares {declared or 'no number of'} records and holds {count}")
    return ExportHead(file.source, "json", text_of(members.get("generated")), count, ids)


def _outside(file: _File, seen: Sequence[tuple[int, int]]) -> tuple[Remark, ...]:
    """Lines that were not UTF-8 and belong to no record (rule R1: reported)."""
    lines = (line for line in file.windows_1252 if not any(first <= line <= last for first, last in seen))
    return tuple(Remark("line_bytes_cp1252", line) for line in lines)


def read_json(lines: Lines) -> Export:
    """A JSON export.

    Raises:
        ExportRefusedError: not JSON, not an export, or the declared count is not the number of records.
    """
    starts = [0, *accumulate(len(line) for line in lines.lines)][:-1]
    file = _File(lines.source, lines.text, starts, sorted(lines.windows_1252))
    document = JsonDocument(file.text, "records")
    broken: list[BrokenRow] = []
    ids: set[str] = set()
    foreign: list[tuple[int, int]] = []
    count = 0
    try:
        for count, item in enumerate(document.items(), start=1):
            if count > MAX_ROWS:
                raise file.refuse(f"more than {MAX_ROWS} records", code=Code.TOO_LARGE)
            ids.add(text_of(object_of(item.value).get("record_id")).strip())
            found = _broken(file, count, item)
            broken += [found] if found else []
            if file.foreign(item):
                foreign.append((file.line(item.start), file.line(item.end - 1)))
    except ValueError as error:
        raise file.refuse(f"not readable as JSON ({error})", getattr(error, "lineno", 0)) from error
    header = document.members.get("export")
    if not isinstance(header, dict) or not document.has_list:
        raise file.refuse("not an object with 'export' and 'records'")
    if document.twice:
        raise file.refuse("'export', 'records' or a member of them occurs twice")
    head = _head(file, header, count, frozenset(ids))
    return Export(head, Again(lambda: _rows(file)), tuple(broken), remarks=_outside(file, foreign))
