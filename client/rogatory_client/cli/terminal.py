"""The only place that prints.

Standard output carries the answer, standard error everything else. Colour and progress appear on a terminal
only. JSON is ASCII with escapes, so that no byte of it can be a control character.
"""

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rogatory_client.cli.answer import Answer, Block, Codes, Facts, Line, Prose, Table
from rogatory_client.cli.failure import Failure
from rogatory_client.plain_text import one_line, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console, RenderableType

    from rogatory_client.office import Progress

_PIPE_WIDTH: Final = 120


class Terminal:
    """Where one command prints.

    Args:
        as_json: one JSON object instead of text.
        debug: show the trace of a failure.
    """

    def __init__(self, *, as_json: bool, debug: bool = False) -> None:
        self.as_json = as_json
        self.debug = debug

    def show(self, answer: Answer) -> None:
        """Print an answer."""
        for warning in answer.warnings:
            self.remark(warning)
        if self.as_json:
            self.emit(answer.data)
            return
        console = _console(stderr=False)
        for block in answer.blocks:
            console.print(_renderable(block), soft_wrap=not isinstance(block, Table))

    def emit(self, data: "Mapping[str, object]") -> None:
        """Print one JSON object on a line of its own, at once."""
        sys.stdout.write(json.dumps(data, ensure_ascii=True) + "\n")
        sys.stdout.flush()

    def say(self, block: Block) -> None:
        """Print a block now, before the answer; nothing where a program reads."""
        if not self.as_json:
            _console(stderr=False).print(_renderable(block), soft_wrap=not isinstance(block, Table))

    def remark(self, text: str) -> None:
        """Print a sentence on standard error."""
        sys.stderr.write(f"rogatory: {one_line(text)}\n")
        sys.stderr.flush()

    def fail(self, failure: Failure) -> None:
        """Print what went wrong and what to do."""
        if self.as_json:
            self.emit({"error": failure.as_dict()})
        self.remark(failure.what)
        if failure.advice:
            self.remark(failure.advice)

    @contextmanager
    def progress(self, *, counting: bool = False) -> "Iterator[Progress | None]":
        """A bar for each file while it moves; None where nobody would see it.

        Args:
            counting: it moves by things, not by bytes.
        """
        if self.as_json or not sys.stderr.isatty():
            yield None
            return
        from rogatory_client.cli.progress_bar import progress_bars

        with progress_bars(_console(stderr=True), counting=counting) as progress:
            yield progress


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=width)


def _renderable(block: Block) -> "RenderableType":
    from rich.padding import Padding
    from rich.text import Text

    match block:
        case Line(text, tone):
            return Text(one_line(text), style=tone.value)
        case Prose(text):
            return Padding(Text(paragraphs(text)), (1, 0, 1, 2))
        case Facts(pairs):
            return _facts([(name, value) for name, value in pairs if value])
        case Codes(text):
            return _codes(text)
        case Table():
            return _table(block) if block.rows else Text(one_line(block.empty))


def _codes(text: str) -> "RenderableType":
    from rich.console import Group

    from rogatory_client.cli.pictures.qr import LEAST_COLUMNS, qr_codes, renderable

    console = _console(stderr=False)
    drawn = qr_codes(text, columns=max(console.width, LEAST_COLUMNS))
    return Group(*(renderable(code, encoding=console.encoding) for code in drawn))


def _facts(pairs: list[tuple[str, str]]) -> "RenderableType":
    from rich.text import Text

    width = max((len(name) for name, _ in pairs), default=0) + 2
    return Text("\n").join(
        Text.assemble((f"{one_line(name):{width}}", "bold"), one_line(value)) for name, value in pairs
    )


def _table(block: Table) -> "RenderableType":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(*block.headings, title=block.title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in grid.columns:
        column.overflow = "fold"
    for row in block.rows:
        grid.add_row(*(Text(one_line(cell)) for cell in row))
    return grid
