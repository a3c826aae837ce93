"""Progress of files on a terminal: one bar for each, on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)

from rogatory_client.office import Progress as Report
from rogatory_client.plain_text import one_line


@contextmanager
def progress_bars(console: Console, *, counting: bool = False) -> Iterator[Report]:
    """Show bars for the length of the ``with``; the value is the callback that moves them.

    Args:
        console: the terminal.
        counting: what moves is counted, not measured in bytes.
    """
    amounts = (MofNCompleteColumn(),) if counting else (DownloadColumn(), TransferSpeedColumn())
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), *amounts)
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def move(name: str, done: int, total: int) -> None:
            task = tasks.get(name)
            if task is None:
                task = tasks[name] = bars.add_task(one_line(name), total=total)
            bars.update(task, completed=done, total=total)

        yield move
