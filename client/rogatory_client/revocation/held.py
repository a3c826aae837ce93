"""Revocation data kept in a folder: of each list and each answer the newest that was verified.

``held.json`` says which files count and by which hash; it is replaced whole, after the file it names is on
disk. A file that is not the one it names is not used. Who reads takes no lock: what was replaced meanwhile is
read anew.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from rogatory_client.revocation.folder import locked, replace_file
from rogatory_client.revocation.index import Held, Place, read_index, write_index
from rogatory_client.revocation.sources import Source, Sources
from rogatory_client.revocation.statement import Kind, Statement, refuse_step_back
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.trust.anchor import Shortcoming

# What is held has to leave room for what an officer gives beside it; see ``given_evidence``.
MAX_HELD_BYTES: Final = 96 << 20
MAX_HELD: Final = 1024
_INDEX_NAME: Final = "held.json"
_MAX_INDEX_BYTES: Final = 4 << 20
# Nothing else in the folder is ours to remove: it may be one that holds an officer's own lists.
_OURS: Final = re.compile(rf"\.?[0-9a-f]{{32}}\.({'|'.join(Kind)})")
_ATTEMPTS: Final = 100
_ADVICE: Final = "fetch it again with `rogatory revocation fetch`, or forget its issuer"


class HeldEvidence:
    """The statements in a folder.

    Args:
        folder: made by the first that is added.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Held, ...]:
        """What is held, in one order.

        Raises:
            MisuseError: the index was damaged.
        """
        try:
            with (self._folder / _INDEX_NAME).open("rb") as file:
                raw = file.read(_MAX_INDEX_BYTES + 1)
        except FileNotFoundError:
            return ()
        try:
            return read_index(raw)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            damaged = f"{self._folder / _INDEX_NAME} is damaged"
            raise MisuseError(f"{damaged}: remove it and run `rogatory revocation fetch --all`") from error

    def documents(self) -> tuple[bytes, ...]:
        """Every statement that is held, each the file that was verified.

        Raises:
            MisuseError: a file is gone, or is another one.
        """
        for _ in range(_ATTEMPTS - 1):
            held = self.all()
            try:
                return tuple(_document(self._folder, each) for each in held)
            except MisuseError:
                if held == self.all():
                    raise
        return tuple(_document(self._folder, each) for each in self.all())

    def usable(self) -> tuple[tuple[bytes, ...], tuple[Shortcoming, ...]]:
        """Every statement that is held and as it was verified, and what is wrong with each other one.

        Nothing is raised: for who checks a file, what is damaged is what cannot be used.
        """
        documents: list[bytes] = []
        shortcomings: list[Shortcoming] = []
        try:
            held = self.all()
        except (MisuseError, OSError) as error:
            return (), (_unusable(error),)
        for each in held:
            try:
                documents.append(_document(self._folder, each))
            except (MisuseError, OSError) as error:
                shortcomings.append(_unusable(error))
        return tuple(documents), tuple(shortcomings)

    @contextmanager
    def writing(self) -> "Iterator[Writing]":
        """Be the only one who changes what is held, for the length of the ``with``.

        Raises:
            VaultError: another process is at it.
        """
        with locked(self._folder):
            yield Writing(self._folder, {each.place: each for each in self.all()})


class Writing:
    """Changes to what is held; each is on disk when its call returns."""

    def __init__(self, folder: Path, held: dict[Place, Held]) -> None:
        self._folder = folder
        self._held = held

    def held(self, place: Place) -> Held | None:
        """What is held for a place."""
        return self._held.get(place)

    def is_whole(self, held: Held) -> bool:
        """Tell whether a file is there as it was verified."""
        try:
            _document(self._folder, held)
        except MisuseError:
            return False
        return True

    def put(
        self, place: Place, statement: Statement, *, now: int, etag: str = "", last_modified: str = ""
    ) -> Held:
        """Let a statement take its place.

        Raises:
            PeerError: it may not take the place of what is held.
            MisuseError: there is no room.
            OSError: it cannot be written; what was held stays.
        """
        before = self._held.get(place)
        new = Held(
            place,
            sha256(statement.document).digest(),
            len(statement.document),
            statement.this_update,
            statement.next_update,
            statement.number,
            statement.scope,
            statement.status,
            now,
            etag,
            last_modified,
        )
        if before is not None:
            refuse_step_back(statement, _statement(before))
            if before.sha256 == new.sha256:
                new = replace(new, fetched_at=before.fetched_at)
        after = self._held | {place: new}
        _refuse_excess(after)
        try:
            replace_file(self._folder / _name(new), statement.document)
            self._commit(after)
        except OSError:
            self._sweep()
            raise
        return new

    def drop(self, issuer: bytes) -> None:
        """Hold nothing of an issuer any more.

        Raises:
            OSError: it cannot be written; what was held stays.
        """
        self._commit({place: each for place, each in self._held.items() if place.issuer != issuer})

    def _commit(self, after: dict[Place, Held]) -> None:
        replace_file(self._folder / _INDEX_NAME, write_index(after.values()))
        self._held = after
        self._sweep()

    def _sweep(self) -> None:
        """Remove files that do not count: what was replaced, and what a process that was ended has left."""
        needed = {_name(each) for each in self._held.values()}
        for path in self._folder.iterdir():
            if _OURS.fullmatch(path.name) and path.name not in needed:
                path.unlink(missing_ok=True)


def held_evidence(folder: Path) -> Sequence[bytes]:
    """Everything that is held, to be given to a check as evidence beside the document; it asks nobody.

    Issuers go along: what they have revoked counts against a signer that is trusted itself, too, whose issuer
    nobody else may know.

    Args:
        folder: of sources and of what they said; it need not be there.

    Raises:
        MisuseError: what is held was damaged.
    """
    held = HeldEvidence(folder)
    documents = held.documents()
    if not documents:
        return ()
    return (*documents, *_speakers(Sources(folder)))


def usable_evidence(folder: Path) -> tuple[Sequence[bytes], tuple[Shortcoming, ...]]:
    """The same for who must not be kept from checking by a damaged file: it is named, and the others count.

    Args:
        folder: of sources and of what they said; it need not be there.
    """
    try:
        return held_evidence(folder), ()
    except (MisuseError, OSError):
        documents, shortcomings = HeldEvidence(folder).usable()
    try:
        return (*documents, *_speakers(Sources(folder))), shortcomings
    except (MisuseError, OSError) as error:
        return documents, (*shortcomings, _unusable(error))


def _speakers(sources: Sources) -> tuple[bytes, ...]:
    """Return the certificates of who has signed what is held."""
    return tuple(dict.fromkeys(each for one in sources.all() for each in (one.issuer, *one.signers)))


def _unusable(error: Exception) -> Shortcoming:
    return Shortcoming("", f"revocation data that are kept could not be used: {error}")


def list_place(source: Source, address: str) -> Place:
    """Where the list of an address is held."""
    return Place(Kind.CRL, source.identifier, address)


def answer_place(source: Source, serial: int) -> Place:
    """Where the answer about a certificate is held."""
    return Place(Kind.OCSP, source.identifier, f"{serial:x}")


def _document(folder: Path, held: Held) -> bytes:
    path = folder / _name(held)
    try:
        with path.open("rb") as file:
            document = file.read(held.size + 1)
    except FileNotFoundError as error:
        raise MisuseError(f"{path} is gone: {_ADVICE}") from error
    if sha256(document).digest() != held.sha256:
        raise MisuseError(f"{path} is not what was fetched: {_ADVICE}")
    return document


def _refuse_excess(after: dict[Place, Held]) -> None:
    if sum(each.size for each in after.values()) > MAX_HELD_BYTES or len(after) > MAX_HELD:
        raise MisuseError(
            f"there is room for {MAX_HELD} lists and answers of {MAX_HELD_BYTES >> 20} MiB together: "
            "forget an issuer that is not needed"
        )


def _statement(held: Held) -> Statement:
    return Statement(
        held.place.kind, b"", held.this_update, held.next_update, held.number, held.scope, held.status
    )


def _name(held: Held) -> str:
    # Nothing of what somebody else has written is part of a file's name.
    return f"{held.sha256.hex()[:32]}.{held.place.kind}"
