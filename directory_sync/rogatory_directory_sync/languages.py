"""Languages to BCP 47 (rule R8). Nothing stated is unknown, never a State's official languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rogatory_directory_sync.text import name_key

# ISO 639-1, the two-letter subtags of the BCP 47 registry.
_ISO_639_1 = frozenset(
    [
        "aa",
        "ab",
        "ae",
        "af",
        "ak",
        "am",
        "an",
        "ar",
        "as",
        "av",
        "ay",
        "az",
        "ba",
        "be",
        "bg",
        "bi",
        "bm",
        "bn",
        "bo",
        "br",
        "bs",
        "ca",
        "ce",
        "ch",
        "co",
        "cr",
        "cs",
        "cu",
        "cv",
        "cy",
        "da",
        "de",
        "dv",
        "dz",
        "ee",
        "el",
        "en",
        "eo",
        "es",
        "et",
        "eu",
        "fa",
        "ff",
        "fi",
        "fj",
        "fo",
        "fr",
        "fy",
        "ga",
        "gd",
        "gl",
        "gn",
        "gu",
        "gv",
        "ha",
        "he",
        "hi",
        "ho",
        "hr",
        "ht",
        "hu",
        "hy",
        "hz",
        "ia",
        "id",
        "ie",
        "ig",
        "ii",
        "ik",
        "io",
        "is",
        "it",
        "iu",
        "ja",
        "jv",
        "ka",
        "kg",
        "ki",
        "kj",
        "kk",
        "kl",
        "km",
        "kn",
        "ko",
        "kr",
        "ks",
        "ku",
        "kv",
        "kw",
        "ky",
        "la",
        "lb",
        "lg",
        "li",
        "ln",
        "lo",
        "lt",
        "lu",
        "lv",
        "mg",
        "mh",
        "mi",
        "mk",
        "ml",
        "mn",
        "mr",
        "ms",
        "mt",
        "my",
        "na",
        "nb",
        "nd",
        "ne",
        "ng",
        "nl",
        "nn",
        "no",
        "nr",
        "nv",
        "ny",
        "oc",
        "oj",
        "om",
        "or",
        "os",
        "pa",
        "pi",
        "pl",
        "ps",
        "pt",
        "qu",
        "rm",
        "rn",
        "ro",
        "ru",
        "rw",
        "sa",
        "sc",
        "sd",
        "se",
        "sg",
        "si",
        "sk",
        "sl",
        "sm",
        "sn",
        "so",
        "sq",
        "sr",
        "ss",
        "st",
        "su",
        "sv",
        "sw",
        "ta",
        "te",
        "tg",
        "th",
        "ti",
        "tk",
        "tl",
        "tn",
        "to",
        "tr",
        "ts",
        "tt",
        "tw",
        "ty",
        "ug",
        "uk",
        "ur",
        "uz",
        "ve",
        "vi",
        "vo",
        "wa",
        "wo",
        "xh",
        "yi",
        "yo",
        "za",
        "zh",
        "zu",
    ]
)
_TAG = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8})*)", re.IGNORECASE)
# A word joins two languages only between them: alone, ``et`` is Estonian and ``or`` is Odia.
_SEPARATOR = re.compile(
    r"\s*[;,/|&\n\u060c\u3001\uff0c\uff1b]\s*|\s+(?:and|or|et|ou|y|e|und|\u0438)\s+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class LanguagesRead:
    """Tags in the order stated, each once, and the words that are no language we know."""

    tags: tuple[str, ...]
    unknown: tuple[str, ...]


def language_tag(word: str, aliases: Mapping[str, str]) -> str:
    """The tag of one language name or tag, empty where it is not known."""
    named = aliases.get(name_key(word))
    if named:
        return named
    tag = _TAG.fullmatch(word)
    if tag and tag[1].lower() in _ISO_639_1 | set(aliases.values()):
        return tag[1].lower() + "".join(f"-{_cased(part)}" for part in tag[2].split("-")[1:])
    return ""


def _cased(subtag: str) -> str:
    """A subtag in the case RFC 5646 section 2.1.1 recommends: region upper, script title, others lower."""
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.title() if len(subtag) == 4 and subtag.isalpha() else subtag.lower()


def read_languages(text: str, aliases: Mapping[str, str]) -> LanguagesRead:
    """Every language in a cell.

    Args:
        text: the cell, cleaned.
        aliases: name key -> tag, from the reference tables.
    """
    words = [word for word in _SEPARATOR.split(text) if word]
    tags = [language_tag(word, aliases) for word in words]
    known = tuple(dict.fromkeys(tag for tag in tags if tag))
    return LanguagesRead(known, tuple(word for word, tag in zip(words, tags, strict=True) if not tag))
