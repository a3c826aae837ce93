"""Searches files and a database for words that must not be there, in every encoding they could hide in."""

import base64
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CHUNK_BYTES: Final = 8 << 20
# An encoded piece loses its ends to what stands beside it; the rest must be long enough to mean something.
_MIN_ENCODED: Final = 8


@dataclass(frozen=True, slots=True)
class Marker:
    """One piece of plaintext and the forms it may take.

    Attributes:
        name: what it is, for the report.
        forms: byte strings any of which gives it away.
    """

    name: str
    forms: tuple[bytes, ...]


def markers_of(texts: Iterable[str], pieces: Mapping[str, bytes]) -> list[Marker]:
    """Return markers for texts (also as UTF-16) and for pieces of files."""
    of_texts = [Marker(text, (*_forms(text.encode()), text.encode("utf-16-le"))) for text in texts]
    return of_texts + [Marker(name, _forms(piece)) for name, piece in pieces.items()]


def search_files(folder: Path, markers: Sequence[Marker]) -> tuple[int, set[str]]:
    """Return how many files were read below a folder and the names of the markers found in them."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found: set[str] = set()
    for path in paths:
        found |= _search_file(path, markers)
        found |= _search(str(path.relative_to(folder)).encode(), markers)
    return len(paths), found


def search_database(path: Path, markers: Sequence[Marker]) -> tuple[int, set[str]]:
    """Return how many cells of all tables were read and the names of the markers found in them."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    found: set[str] = set()
    cells = 0
    try:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            quoted = '"' + table.replace('"', '""') + '"'
            for row in database.execute(f"SELECT * FROM {quoted}"):  # noqa: S608 - a name from the database
                cells += len(row)
                for value in row:
                    found |= _search(value if isinstance(value, bytes) else str(value).encode(), markers)
    finally:
        database.close()
    return cells, found


def _forms(piece: bytes) -> tuple[bytes, ...]:
    return (piece, piece.hex().encode(), piece.hex().upper().encode(), *_base64_forms(piece))


def _base64_forms(piece: bytes) -> tuple[bytes, ...]:
    """The characters that the piece alone decides, for each of the three ways it may be aligned."""
    forms: list[bytes] = []
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + piece)
        start = (before * 8 + 5) // 6
        end = (before + len(piece)) * 8 // 6
        inner = encoded[start:end]
        forms += [inner, inner.translate(bytes.maketrans(b"+/", b"-_"))]
    return tuple(form for form in forms if len(form) >= _MIN_ENCODED)


def _search(data: bytes, markers: Sequence[Marker]) -> set[str]:
    return {marker.name for marker in markers if any(form in data for form in marker.forms)}


def _search_file(path: Path, markers: Sequence[Marker]) -> set[str]:
    overlap = max(len(form) for marker in markers for form in marker.forms)
    found: set[str] = set()
    with path.open("rb") as file:
        window = b""
        while piece := file.read(_CHUNK_BYTES):
            window = window[-overlap:] + piece
            found |= _search(window, markers)
    return found
