"""Why an authority is in the directory (rule R11): instrument, article, paragraph, function.

Read are the instruments' aliases (Palermo, Merida, Vienna 1988) and the notations of articles in use
(``18(13)``, ``18.13``, ``46 (13)``, ``art. 7``, ``ch. V``). An article nobody is designated under is
dropped with a warning; a paragraph that was left out is the one the article designates under.
"""

import re
from dataclasses import dataclass

from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, text_of
from rogatory_directory_sync.reference import Instruments
from rogatory_directory_sync.text import clean, name_key

_MAX_ITEMS = 100
_ARTICLE = re.compile(
    r"[\s:,\-\u2013]*(?:(?:articles?|arts?)\b\.?)?\s*(?:(ch)(?:apter|ap)?\.?\s*([ivx]+)|(\d{1,3})"
    r"\s*(?:(?:\.|\(|,?\s*para(?:graph)?\.?)\s*(\d{1,3})\s*\)?(?:\s*\([a-z]\))?)?)?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DesignationUnknown:
    """An item that names no known designation, in its shortest canonical spelling."""

    label: str


def _instrument(text: str, codes: dict[str, str]) -> tuple[str, str]:
    """The instrument an item starts with and the rest of it; the longest alias wins."""
    for end in range(len(text), 0, -1):
        if end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
            continue
        code = codes.get(name_key(text[:end]))
        if code:
            return code, text[end:]
    return "", text


_OF = re.compile(r"\s+(?:of|de|du)(?:\s+(?:the|la))?\s*$", re.IGNORECASE)


def _turned(text: str, codes: dict[str, str]) -> tuple[str, str]:
    """The instrument an item ends with and what stands before it: ``Article 46 of the UNCAC``."""
    for start in range(1, len(text)):
        code = codes.get(name_key(text[start:])) if text[start - 1].isspace() else None
        if code:
            return code, _OF.sub("", text[:start]).strip(" ,")
    return "", text


def _known(
    instrument: str, article: str, paragraph: str, table: Instruments
) -> JsonObject | DesignationUnknown:
    key = f"{instrument}:{article}" if article else instrument
    function = table.functions.get(key)
    if function is None:
        return DesignationUnknown(key)
    return {
        "instrument": instrument,
        "article": article or None,
        "paragraph": paragraph or table.paragraphs.get(key),
        "function": function,
    }


def read_designation(text: str, table: Instruments) -> JsonObject | DesignationUnknown:
    """One item of a designation list."""
    item = clean(text[:200]).text
    instrument, rest = _instrument(item, dict(table.codes))
    if not instrument:
        instrument, rest = _turned(item, dict(table.codes))
    found = _ARTICLE.fullmatch(rest)
    if not instrument or found is None:
        return DesignationUnknown(item)
    article = f"ch.{found[2].upper()}" if found[1] else (found[3] or "")
    return _known(instrument, article, found[4] or "", table)


def _read_members(members: JsonObject, table: Instruments) -> JsonObject | DesignationUnknown:
    published = clean(text_of(members.get("instrument"))).text
    instrument = table.codes.get(name_key(published), "")
    article, paragraph = (clean(text_of(members.get(name))).text for name in ("article", "paragraph"))
    if published == "OTHER" and members.get("function"):
        return {
            name: members.get(name) for name in ("instrument", "article", "paragraph", "function")
        } | _extra(members)
    if not instrument:
        return DesignationUnknown(f"{published}:{article}")
    found = read_designation(
        f"{instrument} {article}({paragraph})" if paragraph else f"{instrument} {article}", table
    )
    return found if isinstance(found, DesignationUnknown) else found | _extra(members)


def _extra(members: JsonObject) -> JsonObject:
    return {name: members[name] for name in ("direction", "note") if members.get(name)}


def _read_list(item: str, table: Instruments) -> list[JsonObject | DesignationUnknown]:
    """An item as a whole or, if that fails, as a list by commas: ``UNTOC 16, 17, 18(13)``."""
    whole = read_designation(item, table)
    parts = [part for part in re.split(r"[,/&]|\band\b", item) if part.strip()]
    if not isinstance(whole, DesignationUnknown) or len(parts) < 2:
        return [whole]
    found: list[JsonObject | DesignationUnknown] = []
    instrument = ""
    for part in parts:
        own, _ = _instrument(clean(part[:200]).text, dict(table.codes))
        instrument = own or instrument
        found.append(read_designation(part if own else f"{instrument} {part}", table))
    return found if any(not isinstance(read, DesignationUnknown) for read in found) else [whole]


def read_designations(value: JsonValue, table: Instruments) -> list[JsonObject | DesignationUnknown]:
    """Every designation of a cell or of a JSON list, in order, each once."""
    items = re.split(r"[;\n]", value) if isinstance(value, str) else value if isinstance(value, list) else []
    found: list[JsonObject | DesignationUnknown] = []
    if len(items) > _MAX_ITEMS:
        found.append(DesignationUnknown(f"more than {_MAX_ITEMS}"))
    for item in items[:_MAX_ITEMS]:
        if isinstance(item, dict):
            found.append(_read_members(item, table))
        elif text_of(item).strip():
            found += _read_list(text_of(item), table)
    return [read for place, read in enumerate(found) if read not in found[:place]]


def short_designation(members: JsonObject) -> str:
    """A designation as a lawyer writes it: ``UNTOC 18(13)``."""
    article, paragraph = text_of(members.get("article")), text_of(members.get("paragraph"))
    number = f"{article}({paragraph})" if paragraph else article
    return f"{text_of(members.get('instrument'))} {number}".strip()
