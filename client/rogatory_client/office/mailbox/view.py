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


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A line of the inbox.

    Attributes:
        kind: ``case``, ``release`` or ``alarm``.
        name: id of the case or of what was put up, or the alarm's number.
        subject: what it is about.
        reference: the own one, else another office's; empty where there is none.
        offices: the others in it.
        state: word of the life cycle; empty where there is none, or a conflict.
        officers: who works on it.
        stands_in_for: for whom of them the reader stands in today.
        why: why it needs the reader, one line each.
        due_at: Unix seconds, of what is due first; None where nothing is.
        folders: in which it is, by name.
    """

    kind: str
    name: str
    subject: str
    reference: str
    offices: tuple[str, ...]
    state: str
    officers: tuple[str, ...]
    stands_in_for: tuple[str, ...]
    why: tuple[str, ...]
    due_at: int | None
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InboxView:
    """The inbox of an officer; ``counts`` by folder, in the order of the folders."""

    officer: str
    counts: dict[str, int]
    items: tuple[InboxItem, ...]

    def of(self, folder: str) -> tuple[InboxItem, ...]:
        """Return what is in a folder."""
        return tuple(item for item in self.items if folder in item.folders)
