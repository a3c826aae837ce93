"""Progress on a terminal: one bar for each file, and one for the log, on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, Task, TaskID, TextColumn, TransferSpeedColumn
from rich.text import Text

from rogatory_client.cli.plain_text import one_line
from rogatory_client.office import LOG_ENTRIES
from rogatory_client.office import Progress as Report


class _Amount(DownloadColumn):
    """Bytes of a file, or how many entries."""

    def render(self, task: Task) -> Text:
        if task.description == LOG_ENTRIES:
            return Text(f"{int(task.completed)}/{int(task.total or 0)}", style="progress.download")
        return super().render(task)


@contextmanager
def progress_bars(console: Console) -> Iterator[Report]:
    """Show bars for the length of the ``with``; the value is the callback that moves them."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _Amount(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def move(name: str, done: int, total: int) -> None:
            task = tasks.get(name)
            if task is None:
                task = tasks[name] = bars.add_task(one_line(name), total=total)
            bars.update(task, completed=done, total=total)

        yield move
