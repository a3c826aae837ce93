"""How the office's mailbox becomes rows and sentences."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rogatory_client.cli.answer import Block, Line, Prose, Table, Tone
from rogatory_client.cli.views import moment_ms, short

if TYPE_CHECKING:
    from rogatory_client.office import AssignmentView, DeputyView, NoteView

STAYS_HERE = "Stays in your office."


def note_blocks(notes: Iterable["NoteView"]) -> list[Block]:
    """Internal notes, oldest first."""
    blocks: list[Block] = []
    for note in notes:
        blocks += [Line(f"{moment_ms(note.at_ms)}, {note.officer}:", Tone.TITLE), Prose(note.text)]
    return [*blocks, Line(STAYS_HERE)] if blocks else [Line("No notes.")]


def assignment_blocks(view: "AssignmentView") -> list[Block]:
    """Who works on a case, and how it came to that."""
    blocks: list[Block] = [Line(assignment_sentence(view), Tone.ALARM if view.in_conflict else Tone.PLAIN)]
    blocks += [
        Line(f"{officer} is away: {', '.join(deputies)} (deputy) stands in.")
        for officer, deputies in view.deputies.items()
    ]
    blocks += [Line(f"{officer} has no device here any more.", Tone.WAITING) for officer in view.gone]
    rows = [
        (
            moment_ms(each.at_ms),
            each.by,
            each.officer or "nobody",
            f"not valid: {each.refused}" if each.refused else each.reasons,
        )
        for each in view.history
    ]
    headings = ("Time", "Said by", "Assigned to", "Reasons")
    return [*blocks, Table(headings, rows, "Nobody has been assigned yet.")]


def assignment_sentence(view: "AssignmentView") -> str:
    """Return in one sentence who works on a case."""
    if view.in_conflict:
        named = " and ".join(view.officers) or "nobody"
        return f"At once it was given to {named}: decide with `rogatory case assign {short(view.room_id)}`."
    return f"Assigned to {view.officers[0]}." if view.officers else "Assigned to nobody."


def deputy_table(deputies: Iterable["DeputyView"]) -> Table:
    """Who stands in for whom."""
    rows = [
        (
            each.officer,
            each.deputy or "nobody",
            each.first,
            each.last,
            each.by,
            f"not valid: {each.refused}" if each.refused else "today" if each.counts_today else "",
        )
        for each in deputies
    ]
    return Table(("Absent", "Deputy", "From", "Until", "Said by", "Counts"), rows, "Nobody stands in.")
