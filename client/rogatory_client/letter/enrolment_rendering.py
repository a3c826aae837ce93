"""The enrolment letter on paper: the code in nine groups of four and as a QR code, and what to do with it.

The QR code (ISO/IEC 18004) holds the printed code and nothing else, at error correction level Q, so that
a fold or a stamp over it does no harm. No address stands beside it: a code in a link ends in histories and
logs.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from rogatory_client.letter.enrolment_letter import EnrolmentLetter
from rogatory_client.letter.typesetting import OWN_FONT, typeset

TEMPLATE: Final = "enrolment_letter.typ"
# What is typed at each step; the words stand in enrolment_wording.toml.
COMMANDS: Final = (
    "",
    "",
    "rogatory init --profile profile.json",
    "rogatory enrol --officer 'head of unit'",
    "",
    "",
)


def render_enrolment_letter(
    letter: EnrolmentLetter, *, fonts: Sequence[str] = (), font_folders: Sequence[Path] = ()
) -> bytes:
    """The letter as PDF/A-2b; it holds the code, so write it with mode ``FILE_MODE``.

    Args:
        letter: what it says.
        fonts: names of fonts to use, first choice first, where the built-in one lacks the script.
        font_folders: where those fonts are.

    Raises:
        UnprintableTextError: a script is not in the fonts at hand.
    """
    data = enrolment_data(letter, [*fonts, OWN_FONT])
    return typeset(TEMPLATE, data, dated_at=letter.issued_at, font_folders=font_folders)


def enrolment_data(letter: EnrolmentLetter, fonts: Sequence[str]) -> dict[str, object]:
    """What the template shows."""
    language = _language(letter.language)
    words = _wordings()[language]
    date, expiry = _utc(letter.issued_at), _utc(letter.expires_at)
    return {
        "language": language,
        "fonts": list(fonts),
        "year": date.year,
        "month": date.month,
        "day": date.day,
        "wording": words,
        "office": letter.office,
        "particulars": [
            (words["office"], letter.office),
            (words["entry"], letter.entry_id),
            (words["network"], letter.network),
            (words["date"], _date(letter.issued_at, language)),
        ],
        "code": letter.code.printable(),
        "picture": _picture(letter.code.printable()),
        "valid": words["code_valid"].format(date=_date(letter.expires_at, language), time=f"{expiry:%H:%M}"),
        "steps": [list(step) for step in zip(words["steps"], COMMANDS, strict=True)],
        "relay": letter.relay,
        "fingerprint": [" ".join(letter.fingerprint[:8]), " ".join(letter.fingerprint[8:])],
        "contact": letter.contact,
        "telephones": list(letter.telephones),
    }


@lru_cache(maxsize=1)
def _wordings() -> Mapping[str, Any]:
    text = resources.files("rogatory_client.letter").joinpath("enrolment_wording.toml").read_text("utf-8")
    return tomllib.loads(text)


def _language(tag: str) -> str:
    language = tag.split("-", 1)[0].lower()
    return language if language in _wordings() else "en"


def _utc(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _date(at: int, language: str) -> str:
    from babel.dates import format_date

    return format_date(_utc(at).date(), "full", locale=language)


def _picture(text: str) -> str:
    import segno

    drawn = BytesIO()
    segno.make_qr(text, error="q", boost_error=False).save(drawn, kind="svg", border=4, xmldecl=False)
    return drawn.getvalue().decode()
