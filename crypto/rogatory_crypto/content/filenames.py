"""A file name from a peer made safe to save: it stays in its folder, shows what it is, and works everywhere.

Separators, control and invisible direction characters, names that systems reserve and trailing dots go; the
extension stays, because it decides what opens the file. The result is a name, never a path, never empty and
never hidden.
"""

import unicodedata
from typing import Final

MAX_NAME_BYTES: Final = 200
MAX_EXTENSION_BYTES: Final = 20
FALLBACK: Final = "attachment"
_REPLACEMENT: Final = "_"
# Separators of paths, drives and streams, what shells and Windows forbid, and look-alikes of the slash.
_FORBIDDEN: Final = frozenset('/\\:*?"<>|%\u2044\u2215\u29f8\u29f5\uff0f\uff3c\u2024\u2025\u2026\uff0e\uff1a')
# Letters and symbols that show nothing: they would push an extension out of sight.
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_UNFIT: Final = _FORBIDDEN | _INVISIBLE
# Control, format (bidirectional and zero-width among them), surrogate, private use, unassigned, separators.
_FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)


def safe_filename(name: str) -> str:
    """Return a name that can be saved in any folder of any system.

    Args:
        name: what the peer suggests; anything at all.
    """
    visible = "".join(
        _REPLACEMENT if _is_forbidden(each) else each for each in unicodedata.normalize("NFC", name)
    )
    stripped = " ".join(visible.split()).strip(". ")
    if not stripped.strip(_REPLACEMENT + ". "):
        return FALLBACK
    if stripped.split(".")[0].strip().casefold() in _RESERVED:
        stripped = _REPLACEMENT + stripped
    return _shorten(stripped)


def _is_forbidden(character: str) -> bool:
    return character in _UNFIT or unicodedata.category(character) in _FORBIDDEN_CATEGORIES


def _shorten(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > MAX_EXTENSION_BYTES:
        stem, dot, extension = name, "", ""
    space = MAX_NAME_BYTES - len((dot + extension).encode())
    return stem.encode()[:space].decode(errors="ignore").rstrip(". ") + dot + extension
