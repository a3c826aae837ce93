"""The folder that holds sources and what they said: one process writes it, and every file is whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rogatory_client.vault.lock import ProcessLock


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only one who writes, for the length of the ``with``; the folder is made.

    Raises:
        VaultError: another process is at it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = ProcessLock(folder / "lock", "folder of revocation data")
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def replace_file(path: Path, content: bytes) -> None:
    """Write a file in the place of the one that is there: whole, or not at all.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    temporary = path.with_name(f".{path.name}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
