"""A letter from a draft on paper: numbered paragraphs, side by side where there are two languages.

It is PDF/A-3b (ISO 19005-3), as PDF/A-2 allows no file inside that is not itself PDF/A: the answers go with
the letter as ``request.json``, and whoever signs the one signs the other.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from rogatory_client.casework.answers.value import is_empty
from rogatory_client.casework.forms.catalogue import all_fields
from rogatory_client.casework.forms.field import Field, FieldKind
from rogatory_client.casework.forms.shared_tables import urgency_levels
from rogatory_client.letter.answer_wording import day, isolated, put_into_words, state_name
from rogatory_client.letter.draft_letter import Column, DraftLetter, Office
from rogatory_client.letter.rendering import TEMPLATE, entry, head, particulars
from rogatory_client.letter.scripts import ARABIC
from rogatory_client.letter.typesetting import OWN_FONT, WITH_FILES, typeset
from rogatory_client.letter.wording import wording

# What the head of the letter says already.
_IN_HEAD: Final = frozenset({"requesting_authority", "addressed_authority", "own_reference", "urgency_level"})
# What an officer has written, in the language of the answers; all else is said in the column's own.
_WRITTEN: Final = frozenset({FieldKind.TEXT, FieldKind.STRING, FieldKind.FILE_OR_TEXT})


def render_draft_letter(letter: DraftLetter, *, font_folders: Sequence[Path] = ()) -> bytes:
    """The letter as PDF/A-3b, with its answers inside.

    Args:
        letter: what it says.
        font_folders: where fonts are that this computer does not have.

    Raises:
        UnprintableTextError: a script is not in the fonts at hand.
    """
    data = draft_letter_data(letter)
    families = ARABIC if any(each.language == "ar" for each in letter.columns) else ()
    return typeset(
        TEMPLATE,
        data,
        dated_at=letter.dated_at,
        font_folders=font_folders,
        standard=WITH_FILES,
        families=families,
    )


def draft_letter_data(letter: DraftLetter) -> dict[str, object]:
    """What the template shows."""
    first = letter.columns[0].language
    return {
        **head(letter.dated_at, letter.reference, letter.requesting.name(first), letter.signed_by),
        "title": wording(first).words["title"],
        "subject": "",
        "languages": [each.language for each in letter.columns],
        "words": [dict(wording(each.language).words) for each in letter.columns],
        "fonts": [OWN_FONT],
        "copy": letter.machine_readable(),
        "particulars": [particulars(list(_rows(letter, each))) for each in letter.columns],
        "sections": list(_sections(letter)),
    }


def _rows(letter: DraftLetter, column: Column) -> Iterator[tuple[str, str, bool]]:
    words, language = wording(column.language).words, column.language
    level = str(letter.columns[0].answers.get("urgency_level", ""))
    yield words["to"], _named(letter.requested, column), False
    yield words["from"], _named(letter.requesting, column), False
    yield words["date"], day(letter.dated_on.isoformat(), language), False
    yield words["our_reference"], letter.reference, True
    yield words["request_type"], letter.request_type.title[language], False
    yield words["urgency"], urgency_levels()[level].title[language] if level else "", False


def _named(office: Office, column: Column) -> str:
    words, names = (
        wording(column.language),
        (office.name(column.language), state_name(office.state, column.language)),
    )
    return ", ".join(isolated(each, words) for each in names if each)


def _sections(letter: DraftLetter) -> Iterator[dict[str, object]]:
    first = letter.columns[0].answers
    for section in letter.request_type.sections:
        asked = [
            each for each in section.fields if each.id not in _IN_HEAD and not is_empty(first.get(each.id))
        ]
        if asked:
            headings = [section.title[each.language] for each in letter.columns]
            entries = [[_entry(letter, column, each) for column in letter.columns] for each in asked]
            yield {"headings": headings, "entries": entries}
    if letter.annexes:
        yield _annexes(letter)


def _annexes(letter: DraftLetter) -> dict[str, object]:
    """What goes with the letter: who signs it signs the hashes of these."""
    asked = all_fields()["attachments"]
    words = [wording(each.language) for each in letter.columns]
    entries = [
        entry(each.code, "", (), put_into_words(asked, letter.annexes, each).as_items) for each in words
    ]
    return {"headings": [each.label(asked) for each in words], "entries": [entries]}


def _entry(letter: DraftLetter, column: Column, asked: Field) -> dict[str, object]:
    words, source = wording(column.language), column
    if is_empty(column.answers.get(asked.id)):
        source = letter.columns[0]
    said = put_into_words(asked, source.answers[asked.id], words)
    language = source.language if asked.kind in _WRITTEN else column.language
    return entry(language, words.label(asked), said.paragraphs, said.items)
