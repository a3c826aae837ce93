"""A report as one HTML file: it opens anywhere, by day and by night, on paper too, and needs no network."""

from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]
from lxml.html import builder as html  # type: ignore[import-untyped]

from rogatory_client.validation_report.outline import Outline, Row, Section

# Colour is never the only sign: the verdict stands beside it in words.
STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b1d22; --paper: #fff; --faint: #5b616e; --line: #d9dce3;
  --passed: #0b6b3a; --failed: #a3121c; --open: #7a5200; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9ebf0; --paper: #15171c; --faint: #a2a8b5;
  --line: #343843; --passed: #5fd39a; --failed: #ff8d8d; --open: #f0c060; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
section, header { border-block-start: 1px solid var(--line); padding-block: 1rem; break-inside: avoid; }
.verdict { font-weight: 700; border-inline-start: .3rem solid; padding-inline-start: .6rem; }
.TOTAL-PASSED { color: var(--passed); } .TOTAL-FAILED { color: var(--failed); }
.INDETERMINATE { color: var(--open); }
dl { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr; gap: .2rem 1rem; margin: .6rem 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; } dd > div + div { margin-top: .2rem; }
summary { cursor: pointer; color: var(--faint); } footer { color: var(--faint); font-size: .9rem; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } dd { margin-block-end: .4rem; } }
@media print { details > * { display: block; } }
"""
# A report holds text of strangers: even if some of it were read as more than text, nothing of it could run.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def write_html(outline: Outline) -> bytes:
    """Return the report as a UTF-8 HTML document."""
    direction = "rtl" if outline.right_to_left else "ltr"
    page = html.HTML(_head(outline), _body(outline), lang=outline.language, dir=direction)
    written: bytes = etree.tostring(page, doctype="<!DOCTYPE html>", method="html", encoding="utf-8")
    return written


def _head(outline: Outline) -> Any:  # noqa: ANN401 - untyped library
    policy = {"http-equiv": "Content-Security-Policy", "content": POLICY}
    width = {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    return html.HEAD(
        html.META(charset="utf-8"), html.META(**policy), html.META(**width),
        html.TITLE(outline.title), html.STYLE(STYLE),
    )  # fmt: skip


def _body(outline: Outline) -> Any:  # noqa: ANN401 - untyped library
    verdict = _verdict(outline.indication.value, outline.verdict)
    header = html.HEADER(html.H1(outline.title), verdict, html.P(outline.sentence), _list(outline.rows))
    sections = [_section(each, outline.details) for each in outline.sections]
    footer = html.FOOTER(*(html.P(note) for note in outline.notes))
    return html.BODY(header, html.MAIN(*sections), footer)


def _section(section: Section, details: str) -> Any:  # noqa: ANN401 - untyped library
    parts = [
        html.H2(section.heading),
        _verdict(section.indication.value, section.verdict),
        html.P(section.sentence),
        _list(section.rows),
    ]
    if section.details:
        parts.append(html.DETAILS(html.SUMMARY(details), _list(section.details)))
    return html.SECTION(*parts)


def _verdict(indication: str, said: str) -> Any:  # noqa: ANN401 - untyped library
    return html.P(html.SPAN(said), **{"class": f"verdict {indication}"})


def _list(rows: tuple[Row, ...]) -> Any:  # noqa: ANN401 - untyped library
    cells: list[Any] = []
    for row in rows:
        # A line may be in another script than the report: each finds its own direction.
        cells += [html.DT(row.label), html.DD(*(html.DIV(line, dir="auto") for line in row.lines))]
    return html.DL(*cells)
