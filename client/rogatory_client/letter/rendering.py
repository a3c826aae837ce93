"""A letter of request on paper, as data for the typesetter."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rogatory_client.letter.request_letter import RequestLetter, paragraphs
from rogatory_client.letter.typesetting import OWN_FONT, typeset
from rogatory_client.letter.wording import Wording, wording


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
    data = _data(letter, [*fonts, OWN_FONT])
    return typeset("letter.typ", data, dated_at=letter.dated_at, font_folders=font_folders)


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
