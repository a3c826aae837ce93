"""Sets a letter with typst: one letter always gives the same bytes; no network and no system font is used.

PDF/A-2b (ISO 19005-2) embeds every font and refuses text that its fonts cannot show, so a missing script is
an error here and never a row of boxes on a signed paper. The fonts that come with the typesetter hold Latin,
Greek, Cyrillic and Hebrew, and Arabic as a typewriter writes it; other scripts need a folder of fonts.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Final

from rogatory_client.letter.request_letter import RequestLetter, paragraphs
from rogatory_client.letter.wording import Wording, wording
from rogatory_crypto.errors import RogatoryError

STANDARD: Final = "a-2b"
OWN_FONT: Final = "Libertinus Serif"


class UnprintableTextError(RogatoryError):
    """The letter holds text that none of the fonts at hand can show."""


def render_letter(
    letter: RequestLetter, *, fonts: Sequence[str] = (), font_folders: Sequence[Path] = ()
) -> bytes:
    """The letter as PDF/A-2b.

    Args:
        letter: what it says.
        fonts: names of fonts to use, first choice first, where the built-in one lacks the script.
        font_folders: where those fonts are.

    Raises:
        UnprintableTextError: a script is not in the fonts at hand.
    """
    import typst

    template = resources.files("rogatory_client.letter").joinpath("letter.typ").read_bytes()
    try:
        compiled = typst.compile(
            template,
            format="pdf",
            sys_inputs={"letter": json.dumps(_data(letter, [*fonts, OWN_FONT]), ensure_ascii=False)},
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=list(font_folders)),
            pdf_standards=STANDARD,
            timestamp=letter.dated_at,
        )
    except typst.TypstError as error:
        raise UnprintableTextError(str(error.message)) from error
    return _single(compiled)


def _single(compiled: object) -> bytes:
    if not isinstance(compiled, bytes):
        raise UnprintableTextError("the typesetter gave no single document")
    return compiled


def _data(letter: RequestLetter, fonts: list[str]) -> dict[str, object]:
    words = wording(letter.language)
    date = datetime.fromtimestamp(letter.dated_at, UTC)
    return {
        "title": words["title"],
        "subject": letter.subject,
        "language": letter.language.split("-")[0].lower(),
        "fonts": fonts,
        "year": date.year,
        "month": date.month,
        "day": date.day,
        "reference": letter.reference,
        "sender": {"authority": letter.requesting_authority},
        "signed_by": letter.signed_by,
        "wording": dict(words),
        "particulars": _particulars(letter, words, f"{date:%Y-%m-%d}"),
        "sections": _sections(letter, words),
    }


def _particulars(letter: RequestLetter, words: Wording, date: str) -> list[tuple[str, str]]:
    rows = [
        (words["to"], f"{letter.requested_authority}, {letter.requested_state}"),
        (words["from"], f"{letter.requesting_authority}, {letter.requesting_state}"),
        (words["date"], date),
        (words["our_reference"], letter.reference),
        (words["your_reference"], letter.requested_reference),
        (words["request_type"], letter.request_type),
        (words["urgency"], words[f"urgency_{letter.urgency.value}"]),
    ]
    return [row for row in rows if row[1].strip()]


def _sections(letter: RequestLetter, words: Wording) -> list[dict[str, object]]:
    sections: list[tuple[str, str, tuple[str, ...]]] = [
        ("legal_basis", letter.legal_basis, ()),
        ("facts", letter.facts, ()),
        ("offences", "", letter.offences),
        ("assistance", "", letter.assistance),
        ("deadline", letter.deadline, ()),
        ("confidentiality", letter.confidentiality, ()),
    ]
    return [
        {
            "heading": words[key],
            "paragraphs": paragraphs(text),
            "items": [item for item in items if item.strip()],
        }
        for key, text, items in sections
        if text.strip() or any(item.strip() for item in items)
    ]
