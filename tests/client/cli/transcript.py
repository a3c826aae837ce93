"""Transcripts of the command line: what was typed, what came out, how it ended; one scenario a file.

``$ rogatory ...`` is typed in an empty folder. Lines below it are standard output, ``! `` lines standard
error, ``? N`` the exit code if it is not 0. ``…`` stands for any text within a line, a line ``...`` for any
lines. ``{secret:TEXT}`` hands TEXT over through a file descriptor. ``file NAME`` makes a file of the lines
indented below it, ``sample NAME`` copies one of the sample directory.
"""

import os
import re
import shlex
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rogatory_directory_sync import sample_file

_SECRET = re.compile(r"\{secret:([^}]*)\}")


@dataclass
class Typed:
    line: int
    command: str
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    exit_code: int = 0


@dataclass
class MadeFile:
    name: str
    lines: list[str] = field(default_factory=list)


@dataclass
class SampleFile:
    name: str


Action = Typed | MadeFile | SampleFile


def read_transcript(text: str) -> list[Action]:
    actions: list[Action] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line == "" or line.startswith("#"):
            continue
        if (action := _begin(number, line)) is not None:
            actions.append(action)
        elif not actions or not _continue(actions[-1], line):
            raise ValueError(f"line {number} belongs to nothing: {line}")
    return actions


def _begin(number: int, line: str) -> Action | None:
    match line.split(" ", 1):
        case ["$", command]:
            return Typed(number, command)
        case ["file", name]:
            return MadeFile(name)
        case ["sample", name]:
            return SampleFile(name)
        case _:
            return None


def _continue(action: Action, line: str) -> bool:
    match action:
        case Typed() if line.startswith("! "):
            action.err.append(line[2:])
        case Typed() if line.startswith("? "):
            action.exit_code = int(line[2:])
        case Typed():
            action.out.append(line)
        case MadeFile() if line.startswith("  "):
            action.lines.append(line[2:])
        case _:
            return False
    return True


def play_transcript(text: str, folder: Path) -> int:
    """Play all actions; returns how many commands were compared."""
    actions = read_transcript(text)
    for action in actions:
        match action:
            case MadeFile(name, lines):
                (folder / name).write_text("\n".join(lines) + "\n")
            case SampleFile(name):
                (folder / name).write_bytes(sample_file(name).content)
            case Typed():
                _compare(action, folder)
    return sum(isinstance(action, Typed) for action in actions)


def type_command(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    with ExitStack() as pipes:
        descriptors: list[int] = []

        def hand_over(found: re.Match[str]) -> str:
            reading, writing = os.pipe()
            pipes.callback(os.close, reading)
            os.write(writing, found[1].encode() + b"\n")
            os.close(writing)
            descriptors.append(reading)
            return str(reading)

        program, *given = shlex.split(_SECRET.sub(hand_over, command))
        assert program == "rogatory", f"only rogatory is typed, not {program}"
        return subprocess.run(
            [sys.executable, "-m", "rogatory_client.cli", *given],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            pass_fds=descriptors,
            env={**os.environ, "HOME": str(folder), "COLUMNS": "100"},
            timeout=60,
            check=False,
        )


def _compare(typed: Typed, folder: Path) -> None:
    ended = type_command(typed.command, folder)
    shown = f"line {typed.line}: $ {typed.command}\n{ended.stdout}{ended.stderr}? {ended.returncode}"
    assert ended.returncode == typed.exit_code, shown
    assert _matches(typed.out, ended.stdout), shown
    assert _matches(typed.err, ended.stderr), shown


def _matches(expected: list[str], text: str) -> bool:
    lines = [
        r"(?:.*\n)*" if line == "..." else re.escape(line).replace("…", r".*") + r"\s*\n" for line in expected
    ]
    return (
        re.fullmatch("".join(lines), "".join(f"{line.rstrip()}\n" for line in text.splitlines())) is not None
    )
