"""What a signature looks like on a page: set by the same typesetter as our letters, so in any script.

The text is set as a page of its own, with its fonts, and put where the stamp goes; so a PDF/A stays one.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rogatory_client.letter.typesetting import OWN_FONT, typeset
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pyhanko.pdf_utils.reader import PdfFileReader


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where the signature shows on paper.

    Attributes:
        page: counted from 0.
        box: in points, from the page's lower left: left, bottom, right, top.
        fonts: names of fonts to use, first choice first, where the built-in one lacks the script.
        font_folders: where those fonts are.
    """

    page: int
    box: tuple[int, int, int, int]
    fonts: Sequence[str] = ()
    font_folders: Sequence[Path] = ()


def refuse_elsewhere(stamp: Stamp, reader: PdfFileReader) -> None:
    """Return only if a stamp is on a page.

    Raises:
        MisuseError: there is no such page, or the box is not all on it.
    """
    count = int(reader.root["/Pages"]["/Count"])
    if stamp.page >= count:
        raise MisuseError(f"there is no page {stamp.page + 1} for the stamp: the document has {count}")
    found, _ = reader.find_page_for_modification(stamp.page)  # type: ignore[no-untyped-call]
    page = found.get_object()
    while "/MediaBox" not in page and "/Parent" in page:
        page = page["/Parent"]
    left, bottom, right, top = (float(edge) for edge in page["/MediaBox"])
    inside = left <= stamp.box[0] and bottom <= stamp.box[1] and stamp.box[2] <= right and stamp.box[3] <= top
    if not inside:
        size = f"{left:g},{bottom:g},{right:g},{top:g}"
        raise MisuseError(f"the stamp is not on page {stamp.page + 1}, which goes from left to top: {size}")


@contextmanager
def appearance(stamp: Stamp, lines: Sequence[str], name: str, now: int) -> Iterator[dict[str, Any]]:
    """Return what the signing library takes to show a signature; to be used before the block ends.

    Args:
        stamp: where.
        lines: what it says.
        name: of the signature field.
        now: unix seconds.

    Raises:
        MisuseError: the text holds a script that is not in the fonts at hand.
    """
    from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
    from pyhanko.sign.fields import SigFieldSpec
    from pyhanko.stamp import StaticStampStyle

    left, bottom, right, top = stamp.box
    data = {
        "lines": list(lines),
        "width": right - left,
        "height": top - bottom,
        "fonts": [*stamp.fonts, OWN_FONT],
    }
    page = typeset(
        "stamp.typ", data, dated_at=now, font_folders=stamp.font_folders, room="rogatory_client.signing"
    )
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(page)
        file.flush()
        whole = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, Margins(0, 0, 0, 0))
        yield {
            "stamp_style": StaticStampStyle.from_pdf_file(file.name, border_width=0, background_layout=whole),
            # What is read aloud in place of the picture (ISO 32000-1 section 14.9.3).
            "new_field_spec": SigFieldSpec(
                name, on_page=stamp.page, box=stamp.box, readable_field_name=" · ".join(lines)
            ),
        }
