"""The letter of a draft: names of both offices from the directory, the answers from the vault."""

from rogatory_client.casework.answers.value import Answers, Item
from rogatory_client.casework.forms.catalogue import LANGUAGES, request_type
from rogatory_client.letter import Column, DraftLetter, LetterOffice
from rogatory_client.office.cases.deadlines import calendar_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.held_draft import HeldDraft
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId


def letter_of(
    desk: Desk,
    held: HeldDraft,
    signed_by: str,
    language: str,
    second: str,
    translation: HeldDraft | None,
    annexes: tuple[Item, ...] = (),
) -> DraftLetter:
    """A draft as a letter.

    Args:
        desk: with the directory.
        held: the draft.
        signed_by: the function that signs.
        language: of the letter; that of the request if empty.
        second: of the second column, empty for none.
        translation: the draft that holds the answers in the second language.
        annexes: files that go with the letter.

    Raises:
        MisuseError: an office or a language is not known, or the drafts are of two types.
    """
    chosen, answers = request_type(held.stored.request_type), held.now.answers
    if translation is not None and translation.stored.request_type != chosen.id:
        raise MisuseError(
            f"the translation is of the type {translation.stored.request_type}, not {chosen.id}"
        )
    if translation is not None and not second:
        raise MisuseError("a translation needs its language: --second-language")
    columns = [Column(language or _language(answers), answers)]
    if second:
        columns.append(Column(second, answers if translation is None else translation.now.answers))
    asking = desk.listing.records.get(EntryId(str(answers.get("requesting_authority", ""))))
    return DraftLetter(
        request_type=chosen,
        columns=tuple(columns),
        requesting=_office(desk, answers, "requesting_authority"),
        requested=_office(desk, answers, "addressed_authority"),
        signed_by=signed_by,
        dated_at=desk.surroundings.now(),
        annexes=annexes,
        zone=calendar_of(asking).zone,
    )


def _language(answers: Answers) -> str:
    said = str(answers.get("request_language", "")).split("-", maxsplit=1)[0].lower()
    return said if said in LANGUAGES else LANGUAGES[0]


def _office(desk: Desk, answers: Answers, field: str) -> LetterOffice:
    named = str(answers.get(field, ""))
    record = desk.listing.records.get(EntryId(named))
    if record is None:
        raise MisuseError(f"{field}: the directory has no entry {named or 'for it'}")
    return LetterOffice(dict(record.name), record.state.iso2 if record.state else "")
