"""Drafts as an officer sees them."""

from dataclasses import dataclass
from typing import Final

from rogatory_client.casework.checks.completeness import Deficiency
from rogatory_client.casework.checks.finding import Finding
from rogatory_client.casework.drafts.draft import SectionProgress

COLLISION_S: Final = 30 * 60
"""For how long after a change an officer counts as working on a draft."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """An officer who has worked on a draft, and when last, unix seconds."""

    officer: str
    at: int


@dataclass(frozen=True, slots=True)
class AtOnceView:
    """A field that officers have answered at once: each with his answer; the first is shown in the draft."""

    field: str
    answers: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    """One draft.

    Attributes:
        draft_id: 16 hexadecimal digits.
        request_type: id of the type.
        addressee: entry id; empty where none is named.
        own_reference: of the office, empty where none is given yet.
        revision: counts every save.
        made_at, changed_at: unix seconds.
        made_by, changed_by: officers' functions.
        removed_at: when it was put away, None where it was not.
        answers: in their JSON form.
        sections: how far each is.
        blocking, clarifications, advice: how much is left to do.
        at_once: what officers have answered at once, each otherwise: somebody decides by answering anew.
        at_work: who has changed it, the latest first.
        others_at_work: those but this officer who have changed it in the last 30 minutes.
    """

    draft_id: str
    request_type: str
    addressee: str
    own_reference: str
    revision: int
    made_at: int
    changed_at: int
    made_by: str
    changed_by: str
    removed_at: int | None
    answers: dict[str, object]
    sections: tuple[SectionProgress, ...]
    blocking: int
    clarifications: int
    advice: int
    at_once: tuple[AtOnceView, ...] = ()
    at_work: tuple[AtWork, ...] = ()
    others_at_work: tuple[AtWork, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """What stands between a draft and its addressee."""

    draft_id: str
    deficiencies: tuple[Deficiency, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A field that both officers have changed, each otherwise; JSON forms, None where it is empty."""

    field: str
    before: object
    ours: object
    theirs: object


@dataclass(frozen=True, slots=True)
class DraftMerge:
    """What a merge has done: fields taken from the other draft, and those that both have changed."""

    draft_id: str
    revision: int
    taken: tuple[str, ...]
    conflicts: tuple[ConflictView, ...]


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template; ``state`` is empty where it is for any State."""

    request_type: str
    state: str
    text: str
    saved_at: int
