"""The newest checkpoint that this relay has signed, in a file beside the database.

Witnesses tell a database that was rolled back, where there are any. This tells it as well while they cannot
be reached, and where a policy asks for none: the file does not travel with a backup of the database.
"""

import os
from pathlib import Path

from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES


class NewestNote:
    """One small file, replaced as a whole.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> bytes | None:
        """Return the note, or None before the first."""
        try:
            with self.path.open("rb") as file:
                return file.read(MAX_NOTE_BYTES + 1)
        except FileNotFoundError:
            return None

    def replace(self, note: bytes) -> None:
        """Put another note in its place; durable when this returns."""
        beside = self.path.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
