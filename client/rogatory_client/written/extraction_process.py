"""Reads files from other tools in processes of their own: a hostile file harms nothing but its reading."""

import json
import subprocess
import sys
from contextlib import suppress
from threading import Timer
from typing import Final

from rogatory_client.casework.answers.text import without_refused
from rogatory_client.written.extraction import MAX_TEXT, WrittenFile
from rogatory_client.written.file_kind import MAX_FILE_BYTES, FileKind, kind_of
from rogatory_crypto.errors import MisuseError

_WALL_S: Final = 60.0
_MAX_ANSWER_BYTES: Final = 64 << 20
_COMMAND: Final = (sys.executable, "-I", "-m", "rogatory_client.written.extraction_worker")


def read_written(content: bytes) -> WrittenFile:
    """Return what a file says that was written with another tool.

    Args:
        content: of the file, whatever its name is.

    Raises:
        MisuseError: it is of no kind that can be read, too large, damaged, protected, or takes more than
            reading may; says what to do.
    """
    if len(content) > MAX_FILE_BYTES:
        raise MisuseError(f"the file is larger than {MAX_FILE_BYTES >> 20} MiB")
    kind_of(content)
    answer = _read(_answer_of(content))
    if answer is None:
        raise MisuseError(
            "the file cannot be read: it is damaged, or made to exhaust who reads it; save it anew as PDF"
        )
    return answer


def _answer_of(content: bytes) -> bytes:
    with subprocess.Popen(  # noqa: S603 - our own module, no shell, nothing from the file
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    ) as process:
        overdue = Timer(_WALL_S, process.kill)
        overdue.start()
        try:
            return _asked(process, content)
        finally:
            overdue.cancel()
            process.kill()


def _asked(process: "subprocess.Popen[bytes]", content: bytes) -> bytes:
    """Return its answer, nothing where it broke off or says more than there is to say."""
    if process.stdin is None or process.stdout is None:
        return b""
    try:
        process.stdin.write(content)
        process.stdin.close()
    except OSError:
        return b""
    answer = process.stdout.read(_MAX_ANSWER_BYTES + 1)
    return answer if len(answer) <= _MAX_ANSWER_BYTES and process.wait() == 0 else b""


def _read(answer: bytes) -> WrittenFile | None:
    """Believe of the answer no more than of the file: the one may have become the other's."""
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        said = json.loads(answer)
        if "refused" in said:
            raise MisuseError(str(said["refused"]))
        kind, text, answers = FileKind(said["kind"]), str(said["text"]), str(said["answers"])
        if len(text) > MAX_TEXT or without_refused(text) != text:
            return None
        return WrittenFile(kind, text, tuple(str(each) for each in said["warnings"]), answers)
    return None
