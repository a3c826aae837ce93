"""Bars on a terminal: one a file, and names from others are only text."""

from io import StringIO

from rich.console import Console

from rogatory_client.cli.progress_bar import progress_bars


def test_what_is_counted_has_no_bytes() -> None:
    stream = StringIO()
    console = Console(file=stream, force_terminal=True, width=120, legacy_windows=False)
    with progress_bars(console, counting=True) as move:
        move("entries", 256, 700)
    printed = stream.getvalue()
    assert "256/700" in printed
    assert "bytes" not in printed


def test_a_bar_for_each_file_whose_name_is_only_text() -> None:
    stream = StringIO()
    console = Console(file=stream, force_terminal=True, width=120, legacy_windows=False)
    with progress_bars(console) as move:
        move("[red]evidence[/]\x1b[2J.zip", 0, 100)
        move("[red]evidence[/]\x1b[2J.zip", 100, 100)
        move("letter.pdf", 50, 50)
    printed = stream.getvalue()
    assert "[red]evidence[/]\ufffd[2J.zip" in printed
    assert "letter.pdf" in printed
    assert "100%" in printed or "100/100 bytes" in printed
