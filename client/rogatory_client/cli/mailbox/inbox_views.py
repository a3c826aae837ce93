"""How the shared inbox becomes rows and sentences."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from rogatory_client.cli.answer import Block, Line, Table
from rogatory_client.cli.views import moment, short

if TYPE_CHECKING:
    from rogatory_client.office import InboxItem, InboxView


class Folder(StrEnum):
    """Folders by name, as they are typed; the same as ``casework.inbox`` has, without loading it for help."""

    NEEDS_YOU = "needs_you"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    UNIT = "unit"
    WAITING_FOR_THEM = "waiting_for_them"
    CLOSED = "closed"


def inbox_blocks(view: "InboxView") -> list[Block]:
    """What needs the officer, and how much is in each folder."""
    counts = " · ".join(
        f"{name.replace('_', ' ').capitalize()} {count}" for name, count in view.counts.items()
    )
    return [Line(counts), inbox_table(view.of(Folder.NEEDS_YOU), Folder.NEEDS_YOU)]


def inbox_table(items: Iterable["InboxItem"], folder: str) -> Table:
    """What is in a folder, the most pressing first."""
    rows = [
        (
            short(item.name) if item.kind != "alarm" else f"alarm {item.name}",
            item.reference,
            item.subject,
            ", ".join(item.offices),
            item.state.replace("_", " "),
            "; ".join(map(str, _workers(item))),
            moment(item.due_at),
            "; ".join(item.why),
        )
        for item in items
    ]
    headings = ("Case", "Reference", "Subject", "With", "State", "Officer", "Due", "Why")
    title = folder.replace("_", " ").capitalize()
    return Table(headings, rows, f"{title}: nothing.", title)


def _workers(item: "InboxItem") -> Iterable[str]:
    return (f"for {each} (deputy)" if each in item.stands_in_for else each for each in item.officers)
