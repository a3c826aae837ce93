"""Free text as it was meant (rule R3): NFC, trimmed, blanks collapsed, invisible characters dropped.

Mojibake is repaired only where re-encoding to Windows-1252 and decoding as UTF-8 succeeds exactly. Content
is always data: formulas and HTML are stored literally, escaped where shown, and quoted in every CSV we
write.
"""

import re
import unicodedata
from dataclasses import dataclass

# The five bytes Windows-1252 leaves undefined decode to the C1 control of the same number (WHATWG encoding
# standard, index windows-1252), which is what every browser and spreadsheet does.
_UNDEFINED = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})
_ROUNDS = 3
_MARKUP = re.compile(r"<[A-Za-z/!?]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SOFT_HYPHEN = "\u00ad"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text and what had to be done to it."""

    text: str
    mojibake: bool = False
    control_characters: bool = False


def decode_windows_1252(raw: bytes) -> str:
    """Bytes as Windows-1252; every byte has a character, so this never fails."""
    return "".join(chr(byte) if byte in _UNDEFINED else bytes([byte]).decode("cp1252") for byte in raw)


def _encode_windows_1252(text: str) -> bytes | None:
    try:
        return b"".join(bytes([ord(c)]) if ord(c) in _UNDEFINED else c.encode("cp1252") for c in text)
    except UnicodeEncodeError:
        return None


def repair_mojibake(text: str) -> str:
    """UTF-8 that was read as Windows-1252, read again rightly; any other text unchanged."""
    for _ in range(_ROUNDS):
        raw = None if text.isascii() else _encode_windows_1252(text)
        if raw is None:
            return text
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return text
    return text


def _drop_invisible(text: str) -> tuple[str, bool]:
    if text.isascii():
        return text, False
    # A soft hyphen stays until mojibake is repaired: it is also the second byte of many two-byte letters.
    kept = "".join(c for c in text if unicodedata.category(c) != "Cf" or c == _SOFT_HYPHEN)
    return kept, not _BIDI.isdisjoint(text)


def _drop_controls(text: str) -> str:
    if text.isprintable():
        return text
    text = text.replace(_SOFT_HYPHEN, "")
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)


def clean(raw: str, *, lines: bool = False) -> Cleaned:
    """A cell as it was meant.

    Args:
        raw: the text as published.
        lines: keep line feeds (postal addresses); otherwise they are blanks like any other.
    """
    if raw.isascii() and raw.isprintable() and "  " not in raw and raw == raw.strip():
        return Cleaned(raw)
    visible, bidi = _drop_invisible(raw)
    repaired = repair_mojibake(visible)
    parts = re.split(r"\r\n|\r|\n", repaired) if lines else [repaired]
    cleaned = [" ".join(unicodedata.normalize("NFC", _drop_controls(part)).split()) for part in parts]
    return Cleaned("\n".join(part for part in cleaned if part), repaired != visible, bidi)


def is_active_content(text: str) -> bool:
    """Whether a spreadsheet would run the text as a formula or a browser read it as markup."""
    return text.startswith(_FORMULA) or bool(_MARKUP.search(text))


def csv_cell(text: str) -> str:
    """A text as it may stand in a CSV we write: a leading apostrophe disarms a formula (rule R3)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def name_key(text: str) -> str:
    """A name reduced to what two spellings of it share: case, accents, punctuation and blanks are dropped."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.sub(r"[^\w\s]|_", " ", "".join(c for c in decomposed if not unicodedata.combining(c))).split()
    )


def scripts(text: str) -> frozenset[str]:
    """The scripts of the letters in a text, by the first word of their Unicode names."""
    return frozenset(unicodedata.name(c, "UNKNOWN").split()[0] for c in text if c.isalpha())
