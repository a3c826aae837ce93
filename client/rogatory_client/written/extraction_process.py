"""Reads files from other tools in processes of their own: a hostile file harms nothing but its reading."""

import json
import subprocess
import sys
from contextlib import suppress
from typing import Final

from rogatory_client.written.extraction import WrittenFile
from rogatory_client.written.file_kind import MAX_FILE_BYTES, FileKind, kind_of
from rogatory_crypto.errors import MisuseError

_WALL_S: Final = 60.0
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
    try:
        finished = subprocess.run(  # noqa: S603 - our own module, no shell, nothing from the file
            _COMMAND,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_WALL_S,
            env={},
            check=True,
            cwd="/",
        )
    except subprocess.SubprocessError:
        return b""
    return finished.stdout


def _read(answer: bytes) -> WrittenFile | None:
    with suppress(ValueError, KeyError, TypeError):
        said = json.loads(answer)
        if "refused" in said:
            raise MisuseError(str(said["refused"]))
        kind, text, answers = FileKind(said["kind"]), str(said["text"]), str(said["answers"])
        return WrittenFile(kind, text, tuple(str(each) for each in said["warnings"]), answers)
    return None
