"""What it costs to write the letter of a draft as PDF/A, in each language and in two side by side.

The type with the most fields, all of them answered, the facts in the language itself. ``first`` is the
first letter in a language; ``again`` the fastest of five, each with other words, as the typesetter remembers
what it has set. Milliseconds.
"""

from functools import partial

from benchmarks.measure import report, timed
from tests.client.casework.sample_answers import complete_answers
from tests.client.letter.test_real_letters import TEXTS

from rogatory_client.casework.forms.catalogue import LANGUAGES, request_type, type_ids
from rogatory_client.letter import Column, DraftLetter, LetterOffice, render_draft_letter

_REPEATED = 5
_NOW = 1_790_000_000
_PAIRS = (("fr", "en"), ("ar", "fr"), ("zh", "en"))


def letter(languages: tuple[str, ...], number: int) -> DraftLetter:
    """Return a letter that differs from every other one in each of its texts."""
    chosen = request_type(max(type_ids(), key=lambda each: len(request_type(each).fields)))
    answers = {
        name: f"{number}. {value}"
        if isinstance(value, str) and len(value) > len("2026-01-01/2026-12-31")
        else value
        for name, value in complete_answers(chosen).items()
    }
    return DraftLetter(
        request_type=chosen,
        columns=tuple(Column(each, {**answers, **_written(each, number)}) for each in languages),
        requesting=LetterOffice({"en": "Central Authority"}, "SN"),
        requested=LetterOffice({"en": "Central Authority"}, "GH"),
        signed_by="Head of the central authority",
        dated_at=_NOW + number,
    )


def _written(language: str, number: int) -> dict[str, str]:
    """What an officer has written in a language."""
    return {name: f"{number}. {text}" for name, text in TEXTS[language].items()}


def main() -> None:
    for languages in (*((each,) for each in LANGUAGES), *_PAIRS):
        name = f"letter.{'-'.join(languages)}"
        times = [
            1000 * timed(partial(render_draft_letter, letter(languages, number)))[1]
            for number in range(1 + _REPEATED)
        ]
        report(name, "first", times[0], "ms")
        report(name, "again", min(times[1:]), "ms")


if __name__ == "__main__":
    main()
