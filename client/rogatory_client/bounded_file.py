"""Files the officer names: read with a limit or in pieces, written only where nothing is yet, never half."""

import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rogatory_crypto.errors import MisuseError

# What FAT and some network file systems say to a hard link.
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


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


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is open for reading, by its places; it has ``size`` bytes as of when it was opened."""

    size: int
    _descriptor: int

    def at(self, start: int, length: int) -> bytes:
        """Return what lies there: fewer bytes at the end, none behind it."""
        return os.pread(self._descriptor, length, start)


@contextmanager
def opened(path: Path) -> Iterator[OpenFile]:
    """Open a file of any size, to be read in pieces.

    Raises:
        MisuseError: it is no file, such as a device or a pipe.
        OSError: it cannot be opened.
    """
    with path.open("rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise MisuseError(f"{path} is no file: check the name")
        yield OpenFile(status.st_size, file.fileno())


@contextmanager
def new_large_file(path: Path, pieces: Iterable[bytes], *, mode: int = 0o644) -> Iterator[Path]:
    """Write a file that does not exist yet in pieces; it takes its name when the block ends without an error.

    Yields:
        Where it lies meanwhile, whole, to be read once more.

    Raises:
        MisuseError: it exists.
        OSError: it cannot be written; nothing is left behind.
    """
    with ExitStack() as temporaries:
        temporary = _temporary(path, pieces, mode, temporaries)
        yield temporary
        _place(temporary, path)


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
        written = {
            path: _temporary(path, (content,), mode, temporaries) for path, content in contents.items()
        }
        for path, temporary in written.items():
            _place(temporary, path)
            undoing.callback(path.unlink)
        undoing.pop_all()


def _temporary(path: Path, pieces: Iterable[bytes], mode: int, temporaries: ExitStack) -> Path:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    temporaries.callback(temporary.unlink, missing_ok=True)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        error.filename = str(path)  # the name that the officer gave
        raise
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _place(temporary: Path, path: Path) -> None:
    # A hard link, unlike a rename, never replaces a file that appeared meanwhile.
    try:
        path.hardlink_to(temporary)
    except FileExistsError as error:
        raise MisuseError(f"{path} exists: choose another name") from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _place_without_links(temporary, path)


def _place_without_links(temporary: Path, path: Path) -> None:
    """On a stick whose file system has no links, take the name first: it is replaced as one, and was free."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError as error:
        raise MisuseError(f"{path} exists: choose another name") from error
    temporary.replace(path)
