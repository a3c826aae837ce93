"""Parts of a ZIP package (DOCX, ODT), each read with a limit: a small file may unpack to a huge one."""

import zipfile
from io import BytesIO
from typing import Final, Self

from rogatory_crypto.errors import MisuseError

MAX_PARTS: Final = 5_000
MAX_PART_BYTES: Final = 32 << 20
_ENCRYPTED: Final = 0x1


class Package:
    """An open package.

    Attributes:
        names: of its parts.
    """

    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(BytesIO(content))
        listed = self._zip.infolist()
        if len(listed) > MAX_PARTS:
            raise MisuseError(f"the file has more than {MAX_PARTS} parts")
        self.names = tuple(each.filename for each in listed)
        if len(set(self.names)) < len(self.names):
            raise MisuseError("two parts of the file have one name: readers would differ on what it says")
        if any(each.flag_bits & _ENCRYPTED for each in listed):
            raise MisuseError("the file is under a password: save it without one")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._zip.close()

    def part(self, name: str) -> bytes:
        """Return a part.

        Raises:
            MisuseError: it unpacks to more than ``MAX_PART_BYTES``.
            KeyError: there is none of this name.
        """
        with self._zip.open(name) as stream:
            content = stream.read(MAX_PART_BYTES + 1)
        if len(content) > MAX_PART_BYTES:
            raise MisuseError(f"a part of the file unpacks to more than {MAX_PART_BYTES >> 20} MiB")
        return content
