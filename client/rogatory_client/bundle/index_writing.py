"""The index of a bundle as one HTML file and as PDF/A-2b; neither needs a network, neither runs anything."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from lxml.html import builder as html  # type: ignore[import-untyped]

from rogatory_client.bundle.index_page import IndexPage
from rogatory_client.bundle.wording import Wording
from rogatory_client.letter.gaps import with_gaps
from rogatory_client.letter.scripts import ARABIC
from rogatory_client.letter.typesetting import OWN_FONT, typeset
from rogatory_client.validation_report.html import POLICY, STYLE, isolated
from rogatory_client.validation_report.rows import Row


def write_index_html(page: IndexPage) -> bytes:
    """Return the index as a UTF-8 HTML document."""
    direction = "rtl" if page.right_to_left else "ltr"
    policy = {"http-equiv": "Content-Security-Policy", "content": POLICY}
    head = html.HEAD(
        html.META(charset="utf-8"), html.META(**policy), html.TITLE(page.title), html.STYLE(STYLE)
    )
    sections = [html.SECTION(html.H2(*isolated(each.heading)), _list(each.rows)) for each in page.chapters]
    header = html.HEADER(html.H1(page.title), _list(page.rows))
    footer = html.FOOTER(*(html.P(note) for note in page.notes))
    whole = html.HTML(
        head, html.BODY(header, html.MAIN(*sections), footer), lang=page.language, dir=direction
    )
    written: bytes = etree.tostring(whole, doctype="<!DOCTYPE html>", method="html", encoding="utf-8")
    return written


def _list(rows: tuple[Row, ...]) -> Any:  # noqa: ANN401 - untyped library
    cells: list[Any] = []
    for row in rows:
        # A line may be in another script than the index: each finds its own direction.
        lines = (html.DIV(*isolated(line), dir="auto") for line in row.lines)
        cells += [html.DT(*isolated(row.label)), html.DD(*lines)]
    return html.DL(*cells)


def write_index_pdf(page: IndexPage, words: Wording) -> bytes:
    """Return the index as PDF/A-2b, with gaps where no font shows what somebody has written.

    Raises:
        UnprintableTextError: the words of its language are not in the fonts at hand.
    """
    date = datetime.fromtimestamp(page.dated_at, UTC)
    data = {
        **asdict(page),
        "rows": _pairs(page.rows),
        "chapters": [{"heading": each.heading, "rows": _pairs(each.rows)} for each in page.chapters],
        "fonts": [OWN_FONT],
        "year": date.year,
        "month": date.month,
        "day": date.day,
    }
    set_page = partial(
        typeset,
        "index.typ",
        dated_at=page.dated_at,
        font_folders=(),
        room="rogatory_client.bundle",
        families=ARABIC if page.right_to_left else (),
    )
    return with_gaps(data, set_page, fixed=words.fixed, note=words.words["unshown"])


def _pairs(rows: tuple[Row, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.label, row.lines) for row in rows]
