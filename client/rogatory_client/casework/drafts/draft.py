"""A draft: answers on their way to a request, how far each section is, and two officers' drafts made one.

Every saved answer is a revision. Two drafts that began from one revision merge field by field: what only one
has changed is taken, what both have changed alike is one change, and what they changed differently is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rogatory_client.casework.answers.value import Answers, Value, is_empty
from rogatory_client.casework.checks.completeness import required_fields
from rogatory_client.casework.forms.request_type import RequestType


@dataclass(frozen=True, slots=True)
class Saved:
    """One answer as it was saved; None cleared the field."""

    revision: int
    field: str
    answer: Value | None


@dataclass(frozen=True, slots=True)
class Draft:
    """Answers at a revision."""

    revision: int
    answers: Answers


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """How far a section is.

    Attributes:
        section: its id.
        title: by language.
        required: how many of its fields must be filled, conditions counted.
        filled_required: how many of these are.
        asked: how many fields it has.
        filled: how many of these are filled.
    """

    section: str
    title: Mapping[str, str]
    required: int
    filled_required: int
    asked: int
    filled: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing that must be filled is left."""
        return self.filled_required == self.required


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both have changed, each otherwise; None where it is empty."""

    field: str
    before: Value | None
    ours: Value | None
    theirs: Value | None


@dataclass(frozen=True, slots=True)
class Merged:
    """Two drafts made one; conflicting fields stay as ours has them until an officer decides."""

    answers: Answers
    conflicts: tuple[Conflict, ...]


def draft_at(saved: Iterable[Saved], revision: int | None = None) -> Draft:
    """The draft that saved answers make.

    Args:
        saved: oldest first.
        revision: as of which; the newest if not given.
    """
    answers: dict[str, Value] = {}
    newest = 0
    for each in saved:
        if revision is not None and each.revision > revision:
            break
        newest = each.revision
        answers.pop(each.field, None)
        if each.answer is not None:
            answers[each.field] = each.answer
    return Draft(newest, answers)


def progress(request_type: RequestType, answers: Answers, as_of: date) -> tuple[SectionProgress, ...]:
    """How far each section of a type is."""
    filled = {name for name, value in answers.items() if not is_empty(value)}
    required = set(required_fields(request_type, answers, as_of))
    counted = []
    for section in request_type.sections:
        fields = {field.id for field in section.fields}
        must = fields & required
        counts = (len(must), len(must & filled), len(fields), len(fields & filled))
        counted.append(SectionProgress(section.id, section.title, *counts))
    return tuple(counted)


def merge(before: Answers, ours: Answers, theirs: Answers) -> Merged:
    """Two drafts that began from the same answers, made one.

    Args:
        before: what both began from.
        ours: the one that is kept where they conflict.
        theirs: the other.
    """
    answers = dict(ours)
    conflicts: list[Conflict] = []
    for name in dict.fromkeys((*before, *ours, *theirs)):
        was, own, other = before.get(name), ours.get(name), theirs.get(name)
        if other in (was, own):
            continue
        if own != was:
            conflicts.append(Conflict(name, was, own, other))
        elif other is None:
            del answers[name]
        else:
            answers[name] = other
    return Merged(answers, tuple(conflicts))


def changes(before: Answers, after: Answers) -> dict[str, Value | None]:
    """What must be saved to come from one to the other; None clears a field."""
    names = dict.fromkeys((*before, *after))
    return {name: after.get(name) for name in names if after.get(name) != before.get(name)}
