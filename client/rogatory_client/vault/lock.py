"""One process at a time: a lock the operating system gives back when the process ends, however it ends."""

import fcntl
import os
from pathlib import Path

from rogatory_client.fault import VaultError


class ProcessLock:
    """An exclusive lock on a file; held from ``acquire`` to ``release``."""

    def __init__(self, path: Path) -> None:
        self._path = path
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
            reason = (
                f"another program has this vault open{by}: end it, or wait until it is done, and try again"
            )
            raise VaultError(reason) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
