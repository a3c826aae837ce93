"""Files the officer names: read with a limit, written only where nothing is yet and never half."""

import os
import secrets
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
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A hard link, unlike a rename, never replaces a file that appeared meanwhile.
        path.hardlink_to(temporary)
    except FileExistsError as error:
        raise MisuseError(f"{path} exists: choose another name") from error
    finally:
        temporary.unlink(missing_ok=True)
