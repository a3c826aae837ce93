"""The enrolment letter as plain text, where no PDF can be printed; it says the same, without the picture."""

from collections.abc import Iterator
from textwrap import fill
from typing import Any, Final, cast

from rogatory_client.letter.enrolment_letter import EnrolmentLetter
from rogatory_client.letter.enrolment_rendering import enrolment_data

_WIDTH: Final = 78


def write_enrolment_text(letter: EnrolmentLetter) -> str:
    """The letter as lines of text; it holds the code, so write it with mode ``FILE_MODE``."""
    return "\n".join(_paragraphs(cast("dict[str, Any]", enrolment_data(letter, ())))) + "\n"


def _paragraphs(data: dict[str, Any]) -> Iterator[str]:
    words = data["wording"]
    yield words["title"].upper() + "\n"
    yield from (f"{name}: {value}" for name, value in data["particulars"])
    yield f"\n{words['code_heading']}\n\n    {data['code']}\n"
    yield from (_wrapped(text) for text in (data["valid"], words["code_secret"]))
    yield f"\n{words['steps_heading']}\n"
    yield from (_step(at, *step) for at, step in enumerate(data["steps"], 1))
    yield f"\n{words['relay']}: {data['relay']}\n\n{words['fingerprint']}:"
    yield from (f"    {line}" for line in data["fingerprint"])
    yield f"\n{words['used_heading']}\n\n{_wrapped(words['used'])}"
    yield f"\n{words['contact_heading']}\n\n{_wrapped(words['contact'])}\n\n    {data['contact']}"
    yield from (f"    {number}" for number in data["telephones"])


def _step(at: int, step: str, command: str) -> str:
    said = fill(step, _WIDTH, initial_indent=f"{at}. ", subsequent_indent="   ")
    return f"{said}\n       {command}" if command else said


def _wrapped(text: str) -> str:
    return fill(text, _WIDTH)
