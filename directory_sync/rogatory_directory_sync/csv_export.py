"""The CSV route (rules R1, R2): lines to rows of cells.

The delimiter is sniffed from the heading line only, never from content; what the rows mean is ``table``'s.
"""

import csv
from collections.abc import Iterator, Mapping

from rogatory_crypto.errors import Code
from rogatory_directory_sync.decoding import Lines
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.source_row import Again, Export
from rogatory_directory_sync.table import CUT_OFF, NumberedRow, Table, read_table

_DELIMITERS = (",", ";", "\t")


def _rows(lines: Lines, delimiter: str) -> Iterator[NumberedRow]:
    """Each row with the number of its first line."""
    reader = csv.reader(iter(lines.lines), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            if reader.line_num and any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise ExportRefusedError(
            Code.MALFORMED, lines.source, start, f"not readable as CSV ({error})", CUT_OFF
        ) from error


def sniff_delimiter(heading_line: str) -> str:
    """The delimiter that splits the heading line into the most cells."""
    return max(_DELIMITERS, key=heading_line.count)


def read_csv(lines: Lines, aliases: Mapping[str, str]) -> Export:
    """A CSV export.

    Raises:
        ExportRefusedError: not CSV, unknown headings, no footer, or a footer that miscounts.
    """
    delimiter = sniff_delimiter(next((line for line in lines.lines if line.strip()), ""))
    rows = Again(lambda: _rows(lines, delimiter))
    return read_table(Table(lines.source, "csv", rows, lines.windows_1252), aliases)
