"""A report on paper: tagged PDF/A-2b, the same bytes for the same report."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rogatory_client.letter.typesetting import OWN_FONT, typeset
from rogatory_client.validation_report.outline import Outline, Row, Section


def write_pdf(outline: Outline, *, fonts: Sequence[str] = (), font_folders: Sequence[Path] = ()) -> bytes:
    """Return the report as PDF/A-2b.

    Args:
        outline: what it shows.
        fonts: names of fonts to use, first choice first, where the built-in one lacks the script.
        font_folders: where those fonts are.

    Raises:
        UnprintableTextError: a script is not in the fonts at hand.
    """
    date = datetime.fromtimestamp(outline.dated_at, UTC)
    data = {
        **asdict(outline),
        "rows": _rows(outline.rows),
        "sections": [_section(each) for each in outline.sections],
        "fonts": [*fonts, OWN_FONT],
        "year": date.year,
        "month": date.month,
        "day": date.day,
    }
    room = "rogatory_client.validation_report"
    return typeset("report.typ", data, dated_at=outline.dated_at, font_folders=font_folders, room=room)


def _section(section: Section) -> dict[str, object]:
    return {**asdict(section), "rows": _rows(section.rows), "details": _rows(section.details)}


def _rows(rows: tuple[Row, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.label, row.lines) for row in rows]
