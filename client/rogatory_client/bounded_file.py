"""Files the officer names: read with a limit, written only where nothing is yet and never half."""

import os
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from rogatory_crypto.errors import MisuseError


def read_bytes(path: Path, limit: int) -> bytes:
    """Return the content of a file.

    Raises:
        MisuseError: it holds more than ``limit`` bytes.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise MisuseError(f"{path} is larger than {limit >> 20} MiB: check that this is the right file")
    return content


def new_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file that does not exist yet: whole, or not at all.

    Raises:
        MisuseError: it exists.
        OSError: it cannot be written; nothing is left behind.
    """
    new_files({path: content}, mode=mode)


def new_files(contents: Mapping[Path, bytes], *, mode: int = 0o644) -> None:
    """Write files that do not exist yet: all of them whole, or none.

    Raises:
        MisuseError: one exists.
        OSError: one cannot be written; nothing is left behind.
    """
    with ExitStack() as temporaries, ExitStack() as undoing:
        written = {path: _temporary(path, content, mode, temporaries) for path, content in contents.items()}
        for path, temporary in written.items():
            _place(temporary, path)
            undoing.callback(path.unlink)
        undoing.pop_all()


def _temporary(path: Path, content: bytes, mode: int, temporaries: ExitStack) -> Path:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    temporaries.callback(temporary.unlink, missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _place(temporary: Path, path: Path) -> None:
    # A hard link, unlike a rename, never replaces a file that appeared meanwhile.
    try:
        path.hardlink_to(temporary)
    except FileExistsError as error:
        raise MisuseError(f"{path} exists: choose another name") from error
