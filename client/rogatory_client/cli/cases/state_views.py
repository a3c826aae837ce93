"""How the state of a case becomes rows and sentences."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rogatory_client.cli.answer import Block, Facts, Line, Table, Tone
from rogatory_client.cli.views import moment_ms, short

if TYPE_CHECKING:
    from rogatory_client.office import CaseStateView, ChangeView


def words(identifier: str) -> str:
    """Return a word of the life cycle for people."""
    return identifier.replace("_", " ")


def state_blocks(case: "CaseStateView") -> list[Block]:
    """Return where a case stands, what led to it, and what is next."""
    blocks: list[Block] = [
        Facts(
            [
                ("State", _state(case)),
                ("Since", moment_ms(case.since_ms)),
                ("Oral requests to confirm in writing", str(case.to_confirm) if case.to_confirm else ""),
                ("Your side", case.side),
                *((f"State with {office}", words(state)) for office, state in case.lines.items()),
                *((f"Reference of {office}", text) for office, text in case.references.items()),
                *((words(name).capitalize(), text) for name, text in case.wishes.items()),
                ("Files closed by", ", ".join(f"the {side} side" for side in case.closed_by)),
            ]
        ),
        change_table(case.changes),
    ]
    if case.enquiries:
        blocks.append(_enquiry_table(case))
    if case.notes:
        blocks.append(_note_table(case))
    if case.attempts:
        blocks.append(_attempt_table(case))
    if case.conflict:
        sentence = "Decide with `rogatory case settle`: these cannot both be."
        return [*blocks, Line(sentence, Tone.ALARM), change_table(case.conflict)]
    return [*blocks, _step_table(case)]


def _state(case: "CaseStateView") -> str:
    if case.conflict:
        return "in conflict: " + " or ".join(sorted(words(each.state) for each in case.conflict))
    if case.state is None:
        return "asked by word of mouth" if case.to_confirm else "not begun"
    return words(case.state)


def change_table(changes: Iterable["ChangeView"]) -> Table:
    """Changes of state in the order that all offices share, valid or not."""
    rows = [
        (
            short(change.message_id),
            moment_ms(change.at_ms),
            f"{change.office}, {change.officer}",
            words(change.state) + (" (settles)" if change.settles else ""),
            _standing(change),
            "; ".join(f"{words(name)}: {text}" for name, text in change.details.items()),
        )
        for change in changes
    ]
    return Table(("Message", "Time", "By", "Sets", "Counts", "With"), rows, "No changes yet.")


def _standing(change: "ChangeView") -> str:
    """How a change counts; before the relay has given it a time, only as far as this device knows."""
    standing = change.standing if change.confirmed else f"{change.standing}, not yet confirmed by the relay"
    return f"{standing}: {change.reason}" if change.reason else standing


def _enquiry_table(case: "CaseStateView") -> Table:
    rows = [
        (
            short(each.message_id),
            moment_ms(each.at_ms),
            each.office,
            each.due or "",
            "; ".join(answer.progress for answer in each.answers) or "not answered",
            ", ".join(answer.expected or "" for answer in each.answers),
        )
        for each in case.enquiries
    ]
    return Table(("Enquiry", "Time", "By", "Wished by", "Answer", "Expected"), rows, "")


def _note_table(case: "CaseStateView") -> Table:
    rows = [
        (short(each.message_id), moment_ms(each.at_ms), each.office, each.progress, each.expected or "")
        for each in case.notes
    ]
    return Table(("Progress", "Time", "By", "Told", "Expected"), rows, "")


def _attempt_table(case: "CaseStateView") -> Table:
    rows = [
        (short(each.message_id), moment_ms(each.at_ms), f"{each.office}, {each.officer}", each.reason)
        for each in case.attempts
    ]
    return Table(("Not valid", "Time", "By", "Because"), rows, "")


def _step_table(case: "CaseStateView") -> Table:
    rows = [
        (
            step.state,
            ", ".join(map(words, step.functions)),
            ", ".join(step.needs),
            "yes" if step.is_for_this_officer else "no",
            step.line or "",
        )
        for step in case.next_steps
    ]
    headings = ("Next", "By", "Needs", "You may", "For")
    shown = len(headings) if any(step.line for step in case.next_steps) else len(headings) - 1
    empty = "Nothing is for your side to set now."
    return Table(headings[:shown], [row[:shown] for row in rows], empty)


def conflict_table(cases: Iterable["CaseStateView"]) -> Table:
    """Cases in which an officer has to decide."""
    rows = [
        (
            short(case.room_id),
            ", ".join(f"{office}: {text}" for office, text in case.references.items()),
            " or ".join(
                f"{words(each.state)} ({each.office}, {each.officer}, {moment_ms(each.at_ms)})"
                for each in case.conflict
            ),
        )
        for case in cases
    ]
    return Table(("Case", "References", "Cannot both be"), rows, "Nothing is in conflict.")
