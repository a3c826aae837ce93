"""A file for a carrier is written: whole or in parts, resumed where a former attempt stopped, read back.

The head is kept beside the target until all is written, so that a second attempt writes the same bytes: what
follows from it is the same each time. A name is taken only by what is complete.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from rogatory_client.bounded_file import read_bytes
from rogatory_client.engine.outgoing_effect import Transfer
from rogatory_client.fault import VaultError
from rogatory_client.office.carrier.reading_file import opened
from rogatory_client.office.line.transfer import stored_pieces
from rogatory_client.office.view import Progress
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.wire.carried import MAX_HEAD_BYTES, CarryHead, PartPlace, cut, encode_place, read_head

_FAILED: Final = (
    "{} could not be written ({}): what is there is kept and the next attempt goes on; a stick that takes no "
    "large files needs `--parts 3G`"
)
_EXISTS: Final = "{} exists: choose another name"
Section: TypeAlias = bytes | Transfer


@dataclass(frozen=True, slots=True)
class Cargo:
    """What goes into a file: its head, then ciphertexts and attachments in the order of the head."""

    head: CarryHead
    payloads: tuple[bytes, ...] = field(repr=False)
    transfers: tuple[Transfer, ...]

    def pieces(self, begin: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of the file from ``begin`` to ``end``.

        Raises:
            MisuseError: an attachment is not the file any more that was attached.
        """
        offset = 0
        for size, section in self._sections():
            first, last = max(begin - offset, 0), min(end - offset, size)
            if first < last:
                yield from _of(section, first, last)
            offset += size

    def _sections(self) -> Iterator[tuple[int, Section]]:
        yield len(self.head.encoded), self.head.encoded
        yield from ((len(payload), payload) for payload in self.payloads)
        yield from zip((each.size for each in self.head.manifest.files), self.transfers, strict=True)


@dataclass(frozen=True, slots=True)
class _Target:
    """One file to write: what it begins with, and which bytes of the whole follow."""

    path: Path
    prefix: bytes
    begin: int
    end: int

    @property
    def size(self) -> int:
        return len(self.prefix) + self.end - self.begin

    @property
    def partial(self) -> Path:
        return self.path.with_name(f".{self.path.name}.partial")


def write(
    cargo: Cargo,
    path: Path,
    part_bytes: int | None = None,
    progress: Progress | None = None,
    *,
    note: Callable[[], None] | None = None,
) -> tuple[Path, ...]:
    """Write a file or its parts, and read back what was written.

    Args:
        cargo: what goes in.
        path: of the file; parts are named after it.
        part_bytes: how large a part may be; None for one file.
        progress: told how far it is.
        note: called when all is written, before the next attempt would begin anew.

    Returns:
        The paths, in order.

    Raises:
        MisuseError: a name is taken, or an attachment has changed since it was attached.
        VaultError: the disk is full or broken; the next attempt goes on.
    """
    kept = path.with_name(f".{path.name}.head")
    if not path.parent.is_dir():
        raise MisuseError(f"there is no folder {path.parent}: is the stick plugged in?")
    try:
        cargo = _kept_head(cargo, kept)
        targets = _targets(cargo.head, path, part_bytes)
        if not kept.exists():
            _require_free(targets)
            _write_whole(kept, cargo.head.encoded)
        for each in targets:
            _write_target(cargo, each, path.name, progress)
        paths = tuple(each.path for each in targets)
        _read_back(cargo, paths)
        _sync_folder(path.parent)
        if note is not None:
            note()
        kept.unlink()
    except OSError as error:
        raise VaultError(_FAILED.format(path, error.strerror)) from error
    return paths


def _of(section: Section, first: int, last: int) -> Iterator[bytes]:
    if isinstance(section, bytes):
        yield section[first:last]
    else:
        yield from stored_pieces(section, first, last - first)


def _kept_head(cargo: Cargo, kept: Path) -> Cargo:
    """Go on with the head of a former attempt, if it was about the same."""
    try:
        head = read_head(read_bytes(kept, MAX_HEAD_BYTES))
    except FileNotFoundError:
        return cargo
    except (PeerError, MisuseError) as error:
        raise MisuseError(f"{kept} is damaged: remove it, and what begins with the same name") from error
    wanted = replace(cargo.head.manifest, made_at=head.manifest.made_at)
    if head.manifest != wanted:
        raise MisuseError(f"another file was begun under this name: choose another, or remove {kept}")
    return replace(cargo, head=head)


def _targets(head: CarryHead, path: Path, part_bytes: int | None) -> tuple[_Target, ...]:
    if part_bytes is None:
        return (_Target(path, b"", 0, head.total_bytes),)
    places = cut(head, part_bytes)
    return tuple(
        _Target(_part_path(path, each), encode_place(each), each.offset, each.offset + each.size)
        for each in places
    )


def _part_path(path: Path, place: PartPlace) -> Path:
    width = len(str(place.count))
    return path.with_name(f"{path.name}.{place.number:0{width}}-of-{place.count}")


def _require_free(targets: tuple[_Target, ...]) -> None:
    taken = next((each.path for each in targets if each.path.exists() or each.path.is_symlink()), None)
    if taken is not None:
        raise MisuseError(_EXISTS.format(taken))


def _write_target(cargo: Cargo, target: _Target, name: str, progress: Progress | None) -> None:
    if target.path.exists():
        if target.path.stat().st_size != target.size:
            raise MisuseError(_EXISTS.format(target.path))
        return  # by a former attempt; it is read back with the others
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(target.partial, flags, 0o600), "ab") as file:
        for piece in _rest(cargo, target, file.tell()):
            file.write(piece)
            if progress is not None:
                progress(name, target.begin - len(target.prefix) + file.tell(), cargo.head.total_bytes)
        file.flush()
        os.fsync(file.fileno())
    target.partial.rename(target.path)


def _rest(cargo: Cargo, target: _Target, done: int) -> Iterator[bytes]:
    if done < len(target.prefix):
        yield target.prefix[done:]
    yield from cargo.pieces(target.begin + max(done - len(target.prefix), 0), target.end)


def _read_back(cargo: Cargo, paths: tuple[Path, ...]) -> None:
    """Check what is on the stick now: a former attempt or a bad stick may have left other bytes there."""
    try:
        with opened(paths) as source:
            if source.head != cargo.head:
                raise MisuseError(f"{paths[0]} is not what was written: remove it and write it again")
            source.check_messages()
            source.check_files()
    except PeerError as error:
        raise MisuseError(
            f"{paths[0]} was read back and is not what was written ({error.detail}): an attachment has "
            "changed, or the stick is bad; remove it and write it again"
        ) from error


def _sync_folder(folder: Path) -> None:
    """Bring the names to the disk as well, where the stick's file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_whole(path: Path, content: bytes) -> None:
    """Write it under another name first: a half of it would keep the next attempt from going on."""
    begun = path.with_name(f"{path.name}.partial")
    begun.unlink(missing_ok=True)
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    begun.rename(path)
