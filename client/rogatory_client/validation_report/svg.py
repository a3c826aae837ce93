"""The pictures of a report as SVG inside its page: drawn in the page's own colours, with their words as text.

Each has a title and a description for who does not see it (WAI-ARIA, SVG 2 section 5.8), and is mirrored
where the language is written from right to left.
"""

import re
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

from rogatory_client.validation_report.pictures import Lane, Link

SVG: Final = "http://www.w3.org/2000/svg"
WIDTH: Final = 640
# In a line from right to left, the parts of a day would be read in the other order.
_DAYS: Final = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d UTC)?(?: / \d{4}-\d\d-\d\d)?")
_LANE: Final = 44
_BOX: Final = 58
_GAP: Final = 22
_EDGE: Final = 8


def draw_times(lanes: tuple[Lane, ...], title: str, identifier: str, *, right_to_left: bool) -> Any:  # noqa: ANN401 - untyped library
    """Return the picture of times: a line for each, in one scale."""
    told = "; ".join(f"{lane.label}: {lane.value}" for lane in lanes)
    picture = _picture(identifier, title, told, _LANE * len(lanes) + _EDGE)
    for number, lane in enumerate(lanes):
        top = number * _LANE
        _text(picture, top + 16, f"{lane.label}: ", lane.value, right_to_left=right_to_left)
        _line(picture, top + 30, _EDGE, WIDTH - _EDGE, "scale")
        first, last = (_place(each, right_to_left=right_to_left) for each in (lane.first, lane.last))
        if lane.first == lane.last:
            _add(picture, "circle", cx=first, cy=top + 30, r=6, **{"class": lane.weight.value})
        else:
            _line(picture, top + 30, min(first, last), max(first, last), f"span {lane.weight.value}")
    return picture


def draw_chain(links: tuple[Link, ...], title: str, identifier: str, *, right_to_left: bool) -> Any:  # noqa: ANN401 - untyped library
    """Return the picture of the chain: the signer on top, below it who answers for it, last the anchor."""
    told = "; ".join(" ".join(each for each in (link.label, link.name, link.value) if each) for link in links)
    height = len(links) * (_BOX + _GAP) - _GAP + _EDGE
    picture = _picture(identifier, title, told, height)
    for number, link in enumerate(links):
        top = number * (_BOX + _GAP) + 2
        kind = "trusted" if link.trusted else ("link" if link.label else "open")
        _add(picture, "rect", x=_EDGE, y=top, width=WIDTH - 2 * _EDGE, height=_BOX, rx=8, **{"class": kind})
        heading = f"{link.label}: " if link.label else ""
        _text(picture, top + 24, heading, link.name, right_to_left=right_to_left, inset=14)
        _text(picture, top + 44, "", link.value, right_to_left=right_to_left, inset=14, kind="faint")
        if number:
            middle, start = WIDTH // 2, top - _GAP
            arrow = f"M{middle} {start} V{top - 2} m-5 -7 l5 7 l5 -7"
            _add(picture, "path", d=arrow, **{"class": "arrow"})
    return picture


def _picture(identifier: str, title: str, told: str, height: int) -> Any:  # noqa: ANN401 - untyped library
    picture = etree.Element(
        f"{{{SVG}}}svg",
        {
            "viewBox": f"0 0 {WIDTH} {height}",
            "role": "img",
            "aria-labelledby": f"{identifier}-title {identifier}-told",
        },
        nsmap={None: SVG},
    )
    _add(picture, "title", id=f"{identifier}-title").text = title
    _add(picture, "desc", id=f"{identifier}-told").text = told
    return picture


def _place(share: float, *, right_to_left: bool) -> int:
    along = _EDGE + round(share * (WIDTH - 2 * _EDGE))
    return WIDTH - along if right_to_left else along


def _text(
    picture: Any,  # noqa: ANN401 - untyped library
    y: int,
    label: str,
    value: str,
    *,
    right_to_left: bool,
    inset: int = 0,
    kind: str = "",
) -> None:
    along = _EDGE + inset
    line = _add(picture, "text", x=WIDTH - along if right_to_left else along, y=y, **{"class": kind})
    if label:
        _add(line, "tspan", **{"class": "faint"}).text = label
    # Names and times are in their own direction, whatever the language around them.
    shown = _DAYS.sub("\N{LEFT-TO-RIGHT ISOLATE}\\g<0>\N{POP DIRECTIONAL ISOLATE}", value)
    _add(line, "tspan", style="unicode-bidi: plaintext").text = shown if right_to_left else value


def _line(picture: Any, y: int, first: int, last: int, kind: str) -> None:  # noqa: ANN401 - untyped library
    _add(picture, "line", x1=first, x2=last, y1=y, y2=y, **{"class": kind})


def _add(parent: Any, name: str, **values: object) -> Any:  # noqa: ANN401 - untyped library
    kept = {key: str(value) for key, value in values.items() if value != ""}
    return etree.SubElement(parent, f"{{{SVG}}}{name}", kept)
