"""QR codes on a terminal (ISO/IEC 18004): what a new device shows and the first one reads from a picture.

On a terminal a code is black on white whatever its theme, two modules a character. Where colour is off, dark
modules are ink: right on paper and in files, inverted on a dark screen, which readers take too. A program
gets the modules as rows of 0 and 1. The text of a code is always shown beside it: nobody depends on a camera.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rogatory_client.cli.pictures.qr_parts import MAX_PARTS, split
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rich.text import Text

QUIET_ZONE: Final = 4
LEAST_COLUMNS: Final = 45
_STYLE: Final = "#000000 on #ffffff"
_HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@dataclass(frozen=True, slots=True)
class QrCode:
    """One symbol with its quiet zone.

    Attributes:
        modules: rows of modules, true where dark; as many rows as columns.
    """

    modules: tuple[tuple[bool, ...], ...] = field(repr=False)

    @property
    def width(self) -> int:
        """Columns on a terminal."""
        return len(self.modules)


def qr_codes(text: str, *, columns: int = 80) -> tuple[QrCode, ...]:
    """The text as one code, or as several where one would not fit between the margins of the terminal.

    Args:
        text: printable ASCII, what a reader gets; ``qr_parts.join`` puts parts together again.
        columns: how wide the terminal is; at least 45.

    Raises:
        MisuseError: not such a text, or one that does not fit in 32 codes of this width.
    """
    if not (text and text.isascii() and text.isprintable()) or columns < LEAST_COLUMNS:
        raise MisuseError(f"a code needs text in ASCII and a terminal of {LEAST_COLUMNS} columns")
    # A symbol of version v has 17 + 4v modules a side (section 6.3.1 of the standard).
    version = min(40, (columns - 2 * QUIET_ZONE - 17) // 4)
    for count in range(1, min(MAX_PARTS, len(text)) + 1):
        drawn = _drawn(split(text, count), version)
        if drawn:
            return drawn
    raise MisuseError("too long to be shown as codes on this terminal: hand it over as a file")


def half_blocks(code: QrCode) -> list[str]:
    """Lines of block characters, each two rows of modules high."""
    light = (False,) * code.width
    rows = [*code.modules, light][: code.width + code.width % 2]
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs]


def ascii_lines(code: QrCode) -> list[str]:
    """Lines of ``##`` and spaces, for output that cannot show block characters; twice as wide."""
    return ["".join("##" if dark else "  " for dark in row) for row in code.modules]


def rows(code: QrCode) -> list[str]:
    """Rows of 1 (dark) and 0, for programs: any of them can draw that."""
    return ["".join("1" if dark else "0" for dark in row) for row in code.modules]


def renderable(code: QrCode, *, encoding: str) -> "Text":
    """What a console prints, unwrapped: its colours are dropped where the console has none.

    Args:
        code: the symbol.
        encoding: of the output.
    """
    from rich.text import Text

    try:
        "".join(_HALVES.values()).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return Text("\n".join(ascii_lines(code)), no_wrap=True)
    return Text("\n").join(Text(line, style=_STYLE, no_wrap=True) for line in half_blocks(code))


def _drawn(parts: list[str], version: int) -> tuple[QrCode, ...]:
    import segno

    try:
        # The first part is the longest; in a fixed version, want of room is noticed before anything is drawn.
        segno.make_qr(parts[0], error="l", version=version, boost_error=False)
    except segno.DataOverflowError:
        return ()
    symbols = (segno.make_qr(part, error="l") for part in parts)
    return tuple(
        QrCode(tuple(tuple(map(bool, row)) for row in symbol.matrix_iter(border=QUIET_ZONE)))
        for symbol in symbols
    )
