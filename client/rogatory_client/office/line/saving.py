"""Attachments saved: ranged download into the vault's folder, hash check, decryption, rename.

What is on disk before the end is ciphertext or a hidden partial file; the name the officer sees appears only
when every byte of it has been checked.
"""

import asyncio
import hmac
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from rogatory_client.fault import VaultError
from rogatory_client.office.view import Progress
from rogatory_crypto.attachments import PIECE_BYTES, AttachmentKey, Decryptor
from rogatory_crypto.content.filenames import safe_filename
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.api import Session
from rogatory_crypto.wire.identifier import BlobId

FOLDER_NAME: Final = "downloads"
_DISK: Final = (
    "{} could not be written ({}): free some space or choose another folder; nothing was half saved"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attachment as its message describes it."""

    blob_id: BlobId
    filename: str
    stored_bytes: int
    stored_sha256: bytes
    plaintext_sha256: bytes | None
    key: AttachmentKey = field(repr=False)


async def save(
    connect: Callable[[], Awaitable[Session]],
    wanted: Wanted,
    home: Path,
    folder: Path,
    progress: Progress | None = None,
) -> Path:
    """Fetch, check, decrypt and name an attachment.

    Args:
        connect: to the relay; not called where all of it is here, as what came by carrier is.
        wanted: the attachment.
        home: folder of the vault.
        folder: where to save.
        progress: told how much has been fetched.

    Raises:
        PeerError: HASH_MISMATCH or DECRYPTION_FAILED if it is not what the sender sent.
        TransportError: the network failed; the next attempt goes on.
        VaultError: the disk is full or the folder cannot be written.
    """
    partial = partial_path(home, wanted.blob_id)
    try:
        partial.parent.mkdir(mode=0o700, exist_ok=True)
        await _fetch(connect, wanted, partial, progress)
        await asyncio.to_thread(check_stored, wanted, partial)
        saved = await asyncio.to_thread(_decrypt, wanted, partial, folder)
        partial.unlink()
    except OSError as error:
        raise VaultError(_DISK.format(wanted.filename, error.strerror)) from error
    return saved


def partial_path(home: Path, blob_id: BlobId) -> Path:
    """Return where the stored form of an attachment gathers until it is saved."""
    return home / FOLDER_NAME / f"{blob_id.hex()}.part"


async def _fetch(
    connect: Callable[[], Awaitable[Session]], wanted: Wanted, partial: Path, progress: Progress | None
) -> None:
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        offset = file.tell()
        if offset >= wanted.stored_bytes:
            return
        session = await connect()
        async for piece in session.download(wanted.blob_id, offset):
            offset += len(piece)
            if offset > wanted.stored_bytes:
                raise PeerError(Code.WRONG_LENGTH, "the relay sends more than the attachment has")
            file.write(piece)
            if progress is not None:
                progress(wanted.filename, offset, wanted.stored_bytes)
    if offset != wanted.stored_bytes:
        raise PeerError(Code.WRONG_LENGTH, "the relay holds less than the attachment has")


def check_stored(wanted: Wanted, partial: Path) -> None:
    """Return only if what has gathered is the attachment that was sent; else remove it.

    Raises:
        PeerError: HASH_MISMATCH.
    """
    digest = sha256()
    with partial.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    if not hmac.compare_digest(digest.digest(), wanted.stored_sha256):
        partial.unlink()
        raise PeerError(Code.HASH_MISMATCH, "the attachment that came is not the one that was sent")


def _decrypt(wanted: Wanted, partial: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    hidden = folder / f".{wanted.blob_id.hex()}.part"
    try:
        _write_plaintext(wanted, partial, hidden)
        target = _free_name(folder, safe_filename(wanted.filename))
        hidden.rename(target)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise
    return target


def _write_plaintext(wanted: Wanted, partial: Path, hidden: Path) -> None:
    decryptor = Decryptor(wanted.key)
    descriptor = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with partial.open("rb") as source, os.fdopen(descriptor, "wb") as target:
        while piece := source.read(PIECE_BYTES):
            target.write(decryptor.update(piece))
        target.write(decryptor.finish())
        target.flush()
        os.fsync(target.fileno())
    stated = wanted.plaintext_sha256
    if stated is not None and not hmac.compare_digest(stated, decryptor.digests().plaintext_sha256):
        raise PeerError(Code.HASH_MISMATCH, "the document is not the one its request describes")


def _free_name(folder: Path, name: str) -> Path:
    candidate = folder / name
    number = 1
    while candidate.exists() or candidate.is_symlink():
        number += 1
        path = Path(name)
        candidate = folder / f"{path.stem} ({number}){path.suffix}"
    return candidate
