"""The writer's dialogue: section by section, question by question, each answer saved as soon as it is given.

It reads lines and prints lines: no colours, no cursor, so that it serves a screen reader, a slow line and a
test alike. A line that begins with a colon is a word to the writer and no answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from rogatory_client.casework.answers.text import MAX_TEXT, AnswerError
from rogatory_client.casework.answers.typed import LISTS, typed_answer
from rogatory_client.casework.answers.value import Value, value_from_json
from rogatory_client.casework.checks.completeness import required_fields
from rogatory_client.casework.drafts.glossary import Term, found_in, named_by
from rogatory_client.casework.forms.articles import cited
from rogatory_client.casework.forms.condition import named_fields
from rogatory_client.casework.forms.field import Field, FieldKind, Section
from rogatory_client.casework.forms.request_type import Necessity, RequestType

HELP: Final = (
    "Enter skips. :back goes back, :next to the next section, :help explains, :glossary WORDS shows terms, "
    ":clear empties the field, :quit ends; all is saved. To begin an answer with a colon, type two."
)
_LONG: Final = frozenset({FieldKind.TEXT, FieldKind.FILE_OR_TEXT, *LISTS})
_MAX_LINES: Final = 2_000
_SHOWN: Final = 400


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and the section that it is in."""

    section: Section
    asked: Field


@dataclass(frozen=True, slots=True)
class WritingDesk:
    """What the dialogue works with.

    Attributes:
        read: the next line without its end, None when there is none.
        say: prints a line.
        save: saves an answer, None to clear it; raises MisuseError.
        answers: as they are now, in their JSON form.
        terms: of the glossary.
        today: the day that counts for conditions.
    """

    read: Callable[[], str | None]
    say: Callable[[str], None]
    save: Callable[[str, Value | None], None]
    answers: Callable[[], dict[str, object]]
    terms: tuple[Term, ...]
    today: date


class Dialogue:
    """One sitting at a draft."""

    def __init__(
        self, request_type: RequestType, desk: WritingDesk, language: str, *, everything: bool
    ) -> None:
        self._type = request_type
        self._desk = desk
        self._language = language
        self._everything = everything
        self._questions = tuple(
            Question(section, asked) for section in request_type.sections for asked in section.fields
        )
        self._section = ""

    def run(self, begin: str = "") -> None:
        """Ask from the beginning, or from a field on, until the last question or the end of the input."""
        at = next((number for number, each in enumerate(self._questions) if each.asked.id == begin), 0)
        self._desk.say(HELP)
        step = 1
        while at < len(self._questions):
            if at != 0 and not self._is_asked(self._questions[at].asked, begin):
                at += step
                continue
            moved = self._ask(at)
            if moved is None:
                return
            step, at = (-1 if moved < at else 1), max(0, moved)
        self._desk.say("That was the last question.")

    def _is_asked(self, asked: Field, begin: str) -> bool:
        """What need not be answered is passed over, as is what depends on another answer than was given."""
        match self._type.necessity(asked.id):
            case Necessity.OPTIONAL:
                return self._everything or asked.id == begin
            case Necessity.CONDITIONAL:
                answers = {name: value_from_json(form) for name, form in self._desk.answers().items()}
                needed = required_fields(self._type, answers, self._desk.today)
                known = {*needed, *answers, *self._type.recommended, begin}
                return self._everything or asked.id in known
            case _:
                return True

    def _ask(self, at: int) -> int | None:
        """Put one question; returns which comes next, None to end."""
        self._introduce(self._questions[at])
        line = self._desk.read()
        if line is None or line.strip() in {":quit", ":q"}:
            return None
        if line.startswith(":") and not line.startswith("::"):
            return self._word(at, line)
        if not line.strip():
            return at + 1
        asked = self._questions[at].asked
        return at + 1 if self._save(asked, self._whole(asked, line)) else at

    def _word(self, at: int, line: str) -> int:
        word, _, rest = line.strip().partition(" ")
        match word:
            case ":back" | ":b":
                return at - 1
            case ":next" | ":n":
                return self._next_section(at)
            case ":clear" | ":c":
                self._save(self._questions[at].asked, None)
            case ":help" | ":h":
                self._explain(self._questions[at].asked)
            case ":glossary" | ":g":
                self._terms(named_by(rest, self._desk.terms) or ())
            case _:
                self._desk.say(HELP)
        return at

    def _next_section(self, at: int) -> int:
        here = self._questions[at].section.id
        others = (
            number for number in range(at, len(self._questions)) if self._questions[number].section.id != here
        )
        return next(others, len(self._questions))

    def _introduce(self, question: Question) -> None:
        if question.section.id != self._section:
            self._section = question.section.id
            self._desk.say("")
            self._desk.say(f"== {question.section.title[self._language]} ==")
        asked, now = question.asked, self._desk.answers().get(question.asked.id)
        self._desk.say("")
        self._desk.say(f"{asked.label} ({self._type.necessity(asked.id).value}) [{cited(asked.source, '')}]")
        if now is not None:
            text = str(now)
            self._desk.say(f"  now: {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}")
        if asked.kind in _LONG:
            self._desk.say("  several lines; an empty line ends the answer")

    def _explain(self, asked: Field) -> None:
        self._desk.say(f"  {asked.help} [{cited(asked.source, '')}]")
        if asked.values:
            self._desk.say(f"  one of: {', '.join(asked.values)}")
        for rule in self._type.rules:
            if asked.id in named_fields(rule.when):
                self._desk.say(f"  {rule.severity.value}: {rule.message} [{cited(rule.basis, '')}]")

    def _whole(self, asked: Field, first: str) -> str:
        """The answer that begins with a line."""
        lines = [first.removeprefix(":")]
        size = len(first)
        while asked.kind in _LONG and len(lines) < _MAX_LINES and size <= MAX_TEXT:
            line = self._desk.read()
            if not line or not line.strip():
                break
            size += len(line)
            lines.append(line)
        return "\n".join(lines)

    def _save(self, asked: Field, text: str | None) -> bool:
        try:
            self._desk.save(asked.id, None if text is None else typed_answer(asked, text))
        except AnswerError as error:
            self._desk.say(f"  not saved: {error.why}")
            return False
        self._desk.say("  cleared" if text is None else "  saved")
        if text is not None and asked.kind is FieldKind.TEXT:
            self._terms(found_in(text, self._desk.terms))
        return True

    def _terms(self, terms: tuple[Term, ...]) -> None:
        for each in terms:
            words = " · ".join(f"{tag} {word}" for tag, word in each.words.items())
            self._desk.say(f"  term: {words}")
