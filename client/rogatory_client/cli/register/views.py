"""How the register, its figures and kept filters become rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rogatory_client.cli.answer import Block, Line, Table
from rogatory_client.cli.views import short

if TYPE_CHECKING:
    from rogatory_client.office import RegisterPage, RegisterRow, SavedView, StatisticsView
    from rogatory_client.office.register.view import StatisticsRow


def register_table(page: "RegisterPage") -> Table:
    """One row a request; of persons it tells nothing."""
    headings = (
        *("Case", "", "With", "Ours", "Theirs", "Type", "Urgency", "State"),
        *("Days", "Next", "Due", "Caseworker"),
    )
    return Table(headings, [_row(row) for row in page.rows], "Nothing in the register fits.")


def _row(row: "RegisterRow") -> Sequence[str]:
    due = row.next
    return (
        short(row.room_id),
        "in" if row.direction == "incoming" else "out",
        ", ".join(row.with_states or row.others),
        row.own_reference or "",
        row.their_reference or "",
        row.request_type or row.kind,
        row.urgency or "",
        row.stands_at or ("in conflict" if row.in_conflict else ""),
        "" if row.age_days is None else str(row.age_days),
        "" if due is None else f"{'OVERDUE: ' if due.overdue else ''}{due.what} ({due.acts})",
        "" if due is None else "; ".join(dict.fromkeys(due.clocks.values())),
        ", ".join(row.caseworkers),
    )


def view_table(views: Iterable["SavedView"]) -> Table:
    """Names with what they filter."""
    rows = [(view.name, _filters(view)) for view in views]
    return Table(("View", "Filters"), rows, "No views are kept.")


def _filters(view: "SavedView") -> str:
    given = {
        name: value for name, value in asdict(view.filters).items() if value not in (None, (), "", False)
    }
    return ", ".join(f"{name}: {_shown(value)}" for name, value in given.items())


def _shown(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def statistics_blocks(found: "StatisticsView") -> Iterator[Block]:
    """Figures, with a sentence on what is left out."""
    headings = (
        *(found.by.capitalize(), "In", "Out", "Open", "Overdue", "Executed", "Refused"),
        *("Days to acknowledge", "Days to execute", "Grounds of refusal"),
    )
    rows = [_figures(row, row.name) for row in found.rows]
    yield Table(headings, [*rows, _figures(found.total, "All")], "No requests.")
    yield Line(f"Days are medians. Numbers from 1 to {found.hidden_below - 1} are not told, shown as a dot.")


def _figures(row: "StatisticsRow", name: str) -> Sequence[str]:
    counts = (row.incoming, row.outgoing, row.open, row.overdue, row.executed, row.refused)
    days = (row.days_to_acknowledge, row.days_to_execute)
    grounds = ", ".join(f"{ground}: {_count(count)}" for ground, count in row.grounds.items())
    return (name, *map(_count, counts), *("" if each is None else f"{each:g}" for each in days), grounds)


def _count(count: int | None) -> str:
    return "·" if count is None else str(count)
