"""A letter of request on paper, as data for the typesetter."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rogatory_client.letter.request_letter import RequestLetter, paragraphs
from rogatory_client.letter.typesetting import OWN_FONT, typeset
from rogatory_client.letter.wording import wording

TEMPLATE: Final = "letter.typ"


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
    data = letter_data(letter, [*fonts, OWN_FONT])
    return typeset(TEMPLATE, data, dated_at=letter.dated_at, font_folders=font_folders)


def letter_data(letter: RequestLetter, fonts: Sequence[str]) -> dict[str, object]:
    """What the template shows."""
    words = wording(letter.language).words
    date = datetime.fromtimestamp(letter.dated_at, UTC)
    rows = [
        (words["to"], f"{letter.requested_authority}, {letter.requested_state}", False),
        (words["from"], f"{letter.requesting_authority}, {letter.requesting_state}", False),
        (words["date"], f"{date:%Y-%m-%d}", True),
        (words["our_reference"], letter.reference, True),
        (words["your_reference"], letter.requested_reference, True),
        (words["request_type"], letter.request_type, False),
        (words["urgency"], words[f"urgency_{letter.urgency.value}"], False),
    ]
    return {
        **head(letter.dated_at, letter.reference, letter.requesting_authority, letter.signed_by),
        "title": words["title"],
        "subject": letter.subject,
        "languages": [letter.language.split("-")[0].lower()],
        "words": [dict(words)],
        "fonts": list(fonts),
        "copy": "",
        "particulars": [particulars(rows)],
        "sections": list(_sections(letter)),
    }


def head(dated_at: int, reference: str, authority: str, signed_by: str) -> dict[str, object]:
    """What is the same in every column."""
    date = datetime.fromtimestamp(dated_at, UTC)
    return {
        "year": date.year,
        "month": date.month,
        "day": date.day,
        "reference": reference,
        "authority": authority,
        "signed_by": signed_by,
    }


def particulars(rows: Sequence[tuple[str, str, bool]]) -> list[dict[str, object]]:
    """The rows of the head that say something; a code is written from left to right in every language."""
    return [
        {"label": label, "value": value, "code": is_code} for label, value, is_code in rows if value.strip()
    ]


def entry(
    language: str, label: str, said: Sequence[str], items: Sequence[str] = (), *, numbered: bool = True
) -> dict[str, object]:
    """One paragraph in one column; ``language`` is that of what is said, the label's is the column's."""
    return {
        "language": language,
        "label": label,
        "paragraphs": list(said),
        "items": list(items),
        "numbered": numbered,
    }


def _sections(letter: RequestLetter) -> Iterator[dict[str, object]]:
    words, language = wording(letter.language).words, letter.language.split("-", maxsplit=1)[0].lower()
    parts: list[tuple[str, str, tuple[str, ...]]] = [
        ("legal_basis", letter.legal_basis, ()),
        ("facts", letter.facts, ()),
        ("offences", "", letter.offences),
        ("assistance", "", letter.assistance),
        ("deadline", letter.deadline, ()),
        ("confidentiality", letter.confidentiality, ()),
    ]
    for key, text, items in parts:
        said = [item for item in items if item.strip()]
        entries = [[entry(language, "", [each])] for each in paragraphs(text)]
        entries += [[entry(language, "", (), said, numbered=False)]] if said else []
        if entries:
            yield {"headings": [words[key]], "entries": entries}
