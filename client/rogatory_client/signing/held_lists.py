"""Trusted lists kept in a folder: the newest accepted issue of each territory's, and who may sign its next.

``held.json`` says which files count and by which hash; it is replaced whole, after the list it names is on
disk. A file that is not the one it names is not used. What may take the place of what is decided by
``rogatory_crypto.esign.trust.list_snapshot``; nothing here opens a connection.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from rogatory_client.vault.lock import ProcessLock
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.trust.anchor import Shortcoming
from rogatory_crypto.esign.trust.given_lists import read_signed_list
from rogatory_crypto.esign.trust.list_reading import MAX_LIST_BYTES
from rogatory_crypto.esign.trust.list_snapshot import HeldList, accept
from rogatory_crypto.esign.trust.trusted_list import TrustedList

_INDEX_NAME: Final = "held.json"
_MAX_INDEX_BYTES: Final = 1 << 20
_VERSION: Final = 1


class HeldLists:
    """The lists in a folder.

    Args:
        folder: made by the first list that is added.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[HeldList, ...]:
        """What is held, by territory.

        Raises:
            MisuseError: the index was damaged.
        """
        try:
            with (self._folder / _INDEX_NAME).open("rb") as file:
                raw = file.read(_MAX_INDEX_BYTES + 1)
        except FileNotFoundError:
            return ()
        try:
            return _index(json.loads(raw))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            damaged = f"{self._folder / _INDEX_NAME} is damaged"
            raise MisuseError(f"{damaged}: remove the folder and add the lists again") from error

    def documents(self) -> tuple[bytes, ...]:
        """Every list that is held, each the file that was accepted.

        Raises:
            MisuseError: a file is gone, or is another one.
        """
        return tuple(self._document(held) for held in self.all())

    def usable(self) -> tuple[tuple[bytes, ...], tuple[Shortcoming, ...]]:
        """Every list that is held and as it was accepted, and what is wrong with each other one.

        Nothing is raised: for who checks a file, a damaged list is a source of trust that cannot be used.
        """
        documents: list[bytes] = []
        shortcomings: list[Shortcoming] = []
        try:
            held = self.all()
        except (MisuseError, OSError) as error:
            return (), (Shortcoming("", f"no trusted list that is kept could be used: {error}"),)
        for each in held:
            try:
                documents.append(self._document(each))
            except (MisuseError, OSError) as error:
                shortcomings.append(
                    Shortcoming(each.territory, f"the {each.title} could not be used: {error}")
                )
        return tuple(documents), tuple(shortcomings)

    def add(self, document: bytes, *, pins: Sequence[bytes] = (), now: int) -> HeldList:
        """Let a list take its place.

        Args:
            document: the list.
            pins: certificates (DER) of signers that the caller vouches for.
            now: unix seconds.

        Raises:
            PeerError: it may not take the place of what is held, or nothing says who may sign it.
            VaultError: another process is at it.
        """
        content = read_signed_list(document).content
        with self._locked():
            held = {each.territory: each for each in self.all()}
            accepted = accept(document, held.get(content.territory), self._above(held), pins=pins, now=now)
            _write(self._folder / _name(accepted), document)
            self._write_index(held | {accepted.territory: accepted})
            replaced = held.get(content.territory)
            if replaced is not None and _name(replaced) != _name(accepted):
                (self._folder / _name(replaced)).unlink(missing_ok=True)
        return accepted

    def remove(self, territory: str) -> HeldList:
        """Forget a list, and with it how far it had come: an older issue could then be added again.

        Raises:
            MisuseError: none of that territory is held.
            VaultError: another process is at it.
        """
        with self._locked():
            held = {each.territory: each for each in self.all()}
            removed = held.pop(territory.upper(), None)
            if removed is None:
                raise MisuseError(f"no list of {territory} is held: see `rogatory trusted-list list`")
            self._write_index(held)
            (self._folder / _name(removed)).unlink(missing_ok=True)
        return removed

    def one(self, territory: str) -> tuple[HeldList, bytes]:
        """A list that is held, with its file.

        Raises:
            MisuseError: none of that territory is held, or its file is another one.
        """
        for held in self.all():
            if held.territory == territory.upper():
                return held, self._document(held)
        raise MisuseError(f"no list of {territory} is held: see `rogatory trusted-list list`")

    def _above(self, held: dict[str, HeldList]) -> list[TrustedList]:
        lists_of_lists = [each for each in held.values() if each.is_list_of_lists]
        return [read_signed_list(self._document(each)).content for each in lists_of_lists]

    def _document(self, held: HeldList) -> bytes:
        path = self._folder / _name(held)
        advice = f"run `rogatory trusted-list remove {held.territory}` and add it again"
        try:
            with path.open("rb") as file:
                document = file.read(MAX_LIST_BYTES + 1)
        except FileNotFoundError as error:
            raise MisuseError(f"{path} is gone: {advice}") from error
        if sha256(document).digest() != held.document:
            raise MisuseError(f"{path} is not the list that was accepted: {advice}")
        return document

    def _write_index(self, held: dict[str, HeldList]) -> None:
        lists = [_encoded(held[territory]) for territory in sorted(held)]
        _write(
            self._folder / _INDEX_NAME, json.dumps({"version": _VERSION, "lists": lists}, indent=1).encode()
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = ProcessLock(self._folder / "lock", "folder of trusted lists")
        lock.acquire()
        try:
            yield
        finally:
            lock.release()


def _index(said: dict[str, Any]) -> tuple[HeldList, ...]:
    if said["version"] != _VERSION:
        raise ValueError("an index of another version")
    return tuple(_decoded(item) for item in said["lists"])


def _name(held: HeldList) -> str:
    # The territory is a text from the list: the name of a file is made of the hash alone.
    return f"{held.document.hex()[:32]}.xml"


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _encoded(held: HeldList) -> dict[str, Any]:
    return asdict(held) | {
        "document": held.document.hex(),
        "signer": held.signer.hex(),
        "next_signers": [each.hex() for each in held.next_signers],
    }


def _decoded(item: dict[str, Any]) -> HeldList:
    if set(item) != {field.name for field in fields(HeldList)}:
        raise ValueError("not a list that is held")
    hashes = {
        "document": bytes.fromhex(item["document"]),
        "signer": bytes.fromhex(item["signer"]),
        "next_signers": tuple(bytes.fromhex(each) for each in item["next_signers"]),
    }
    return HeldList(**(item | hashes))
