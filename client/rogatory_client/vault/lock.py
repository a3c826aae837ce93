"""One process at a time: a lock the operating system gives back when the process ends, however it ends."""

import fcntl
import os
from pathlib import Path

from rogatory_client.fault import VaultError


class ProcessLock:
    """An exclusive lock on a file; held from ``acquire`` to ``release``.

    Args:
        path: the file.
        what: it stands for, in words.
    """

    def __init__(self, path: Path, what: str = "vault") -> None:
        self._path = path
        self._what = what
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            VaultError: another process has it; names that process.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            by = f" (process {holder})" if holder.isdigit() else ""
            busy = f"another program has this {self._what} open{by}"
            raise VaultError(f"{busy}: end it, or wait until it is done, and try again") from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
