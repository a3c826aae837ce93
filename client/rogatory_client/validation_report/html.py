"""A report as one HTML file: it opens anywhere, by day and by night, on paper too, and needs no network."""

import re
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]
from lxml.html import builder as html  # type: ignore[import-untyped]

from rogatory_client.validation_report.outline import Outline, Row, Section
from rogatory_client.validation_report.svg import draw_chain, draw_times

# Colour is never the only sign: the verdict stands beside it in words.
STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b1d22; --paper: #fff; --faint: #5b616e; --line: #d9dce3;
  --passed: #0b6b3a; --failed: #a3121c; --open: #7a5200; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9ebf0; --paper: #15171c; --faint: #a2a8b5;
  --line: #343843; --passed: #5fd39a; --failed: #ff8d8d; --open: #f0c060; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
section, header { border-block-start: 1px solid var(--line); padding-block: 1rem; }
.verdict { font-weight: 700; border-inline-start: .3rem solid; padding-inline-start: .6rem; }
.TOTAL-PASSED { color: var(--passed); } .TOTAL-FAILED { color: var(--failed); }
.INDETERMINATE { color: var(--open); }
dl { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr; gap: .2rem 1rem; margin: .6rem 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; } dd > div + div { margin-top: .2rem; }
[dir=rtl] dd > div { text-align: right; }
figure { margin: 1rem 0; } figcaption { color: var(--faint); font-size: .9rem; }
svg { display: block; width: 100%; height: auto; font: 14px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .faint { fill: var(--faint); }
svg line, svg path, svg rect, svg circle { stroke: var(--ink); fill: none; stroke-width: 1.5; }
svg .scale { stroke: var(--line); } svg .span { stroke-width: 8; stroke-linecap: round; }
svg .proven { stroke: var(--passed); } svg circle.proven { fill: var(--passed); }
svg .claimed { stroke: var(--open); } svg .untrusted { stroke: var(--failed); stroke-dasharray: 3 2; }
svg .link { stroke: var(--line); } svg .trusted { stroke: var(--passed); stroke-width: 2.5; }
svg .open { stroke: var(--open); stroke-dasharray: 6 4; }
summary { cursor: pointer; color: var(--faint); } footer { color: var(--faint); font-size: .9rem; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } dd { margin-block-end: .4rem; } }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --faint: #444; --line: #aaa;
    --passed: #0b6b3a; --failed: #a3121c; --open: #7a5200; }
  body { max-width: none; margin: 0; font-size: 10pt; } @page { margin: 2cm; }
  details > * { display: block; } details::details-content { content-visibility: visible; display: block; }
  figure, dt, .verdict { break-inside: avoid; } h2 { break-after: avoid; }
}
"""
_LATIN: Final = re.compile(
    r"(\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d UTC)?|(?:SHA-256 )?[0-9a-f]{16,}|[A-Z]+(?:[_-][A-Z0-9]+)+)"
)
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
    header = html.HEADER(
        html.H1(outline.title), verdict, html.P(outline.sentence, dir="auto"), _list(outline.rows)
    )
    sections = [_section(each, number, outline) for number, each in enumerate(outline.sections, 1)]
    footer = html.FOOTER(*(html.P(note) for note in outline.notes))
    return html.BODY(header, html.MAIN(*sections), footer)


def _section(section: Section, number: int, outline: Outline) -> Any:  # noqa: ANN401 - untyped library
    name = f"section-{number}"
    parts = [
        html.H2(*isolated(section.heading), id=name),
        _verdict(section.indication.value, section.verdict),
        *([html.P(section.sentence, dir="auto")] if section.sentence else []),
        _list(section.rows),
    ]
    turned = outline.right_to_left
    if section.times:
        drawn = draw_times(section.times, outline.times, f"{name}-times", right_to_left=turned)
        parts.append(html.FIGURE(html.FIGCAPTION(outline.times), drawn))
    if section.chain:
        drawn = draw_chain(section.chain, outline.chain, f"{name}-chain", right_to_left=turned)
        parts.append(html.FIGURE(html.FIGCAPTION(outline.chain), drawn))
    if section.details:
        parts.append(html.DETAILS(html.SUMMARY(outline.details), _list(section.details)))
    return html.SECTION(*parts, **{"aria-labelledby": name})


def _verdict(indication: str, said: str) -> Any:  # noqa: ANN401 - untyped library
    return html.P(html.SPAN(said), **{"class": f"verdict {indication}"})


def _list(rows: tuple[Row, ...]) -> Any:  # noqa: ANN401 - untyped library
    cells: list[Any] = []
    for row in rows:
        # A line may be in another script than the report: each finds its own direction.
        lines = (html.DIV(*isolated(line), dir="auto") for line in row.lines)
        cells += [html.DT(row.label), html.DD(*lines)]
    return html.DL(*cells)


def isolated(text: str) -> list[Any]:
    """Return text in which times and hashes stand apart, so that no direction around turns them about."""
    parts = _LATIN.split(text)
    return [html.BDI(part, dir="ltr") if place % 2 else part for place, part in enumerate(parts) if part]
