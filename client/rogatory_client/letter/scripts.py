"""Which fonts of a system show a script well, and what to install where none does."""

import re
import unicodedata
from typing import Final

_EAST_ASIA: Final = frozenset(
    {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH"}
)
# The same character is drawn differently in each country: these are preferred, on any system.
_FAMILIES: Final = {
    "ja": ("Noto Serif CJK JP", "Noto Sans CJK JP", "Hiragino Mincho ProN", "Yu Mincho", "MS Mincho"),
    "ko": ("Noto Serif CJK KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Batang", "Malgun Gothic"),
    "zh": ("Noto Serif CJK SC", "Noto Sans CJK SC", "Songti SC", "SimSun", "WenQuanYi Micro Hei"),
}
# The typesetter's own Arabic is a typewriter's; a whole letter in it is read with more ease in one of these.
ARABIC: Final = (
    "Noto Naskh Arabic",
    "Noto Naskh Arabic UI",
    "Amiri",
    "Geeza Pro",
    "Traditional Arabic",
    "Arial",
)
_KANA: Final = re.compile("[\u3041-\u30ff\uff66-\uff9d]")
_HANGUL: Final = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_UNSHOWN: Final = re.compile('the text `"(?P<text>.+?)"` could not be displayed', re.DOTALL)
# How the typesetter writes what has no glyph anywhere.
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]{1,6})\}")


def families_for(text: str) -> tuple[str, ...]:
    """Return the fonts to prefer for a text in a script of East Asia, first choice first."""
    if _KANA.search(text):
        return _FAMILIES["ja"]
    return _FAMILIES["ko" if _HANGUL.search(text) else "zh"]


def said_missing(message: str) -> str:
    """Return what to do about the typesetter's complaint, with the script by its name in Unicode."""
    text = unshown_in(message)
    if not text:
        return f"{message}: name a folder with fonts for it (--fonts)"
    character = next((each for each in text if not each.isspace()), text[0])
    name = unicodedata.name(character, "")
    script = name.partition(" ")[0]
    if not script:
        return (
            f"no font can show the character U+{ord(character):04X}, as Unicode knows none such: take it out"
        )
    package = "fonts-noto-cjk or fonts-wqy-microhei" if script in _EAST_ASIA else "fonts-noto-core"
    return (
        f"no font of this computer shows {character} ({name}): install one for {script.title()}, on Debian"
        f" with `apt install {package}`, or name a folder with one (--fonts)"
    )


def unshown_in(message: str) -> str:
    """Return the text that the typesetter's complaint is about, empty where it is about something else."""
    found = _UNSHOWN.search(message)
    return "" if found is None else _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), found["text"])
