"""The office's mailbox as it is shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoteView:
    """An internal note; it stays in the office."""

    message_id: str
    room_id: str
    at_ms: int
    officer: str
    text: str


@dataclass(frozen=True, slots=True)
class AssignedView:
    """One word on who works on a case, and why it does not count where it does not."""

    message_id: str
    at_ms: int
    by: str
    officer: str | None
    reasons: str
    refused: str


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """Who works on a case.

    Attributes:
        officers: nobody, one, or those whom officers named at once.
        in_conflict: whether somebody has to decide.
        gone: those of them who have no device in service any more.
        deputies: who stands in today, by officer.
        history: all that was said, oldest first.
    """

    room_id: str
    officers: tuple[str, ...]
    in_conflict: bool
    gone: tuple[str, ...]
    deputies: dict[str, tuple[str, ...]]
    history: tuple[AssignedView, ...]


@dataclass(frozen=True, slots=True)
class DeputyView:
    """Who stands in for an officer, the days included; ``deputy`` is None where nobody does any more."""

    officer: str
    deputy: str | None
    first: str
    last: str
    by: str
    at_ms: int
    counts_today: bool
    refused: str


@dataclass(frozen=True, slots=True)
class HandedOverView:
    """A case load that went from one officer to another."""

    leaver: str
    successor: str
    rooms: tuple[str, ...]
