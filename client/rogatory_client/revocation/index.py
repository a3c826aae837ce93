"""What is said of each file that is held, as it stands in ``held.json``."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from rogatory_client.revocation.statement import Kind, Status
from rogatory_crypto.esign.given_evidence import MAX_FILE_BYTES

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Place:
    """What there is one statement of: a list by its address, an answer by the certificate it is about.

    Attributes:
        kind: which.
        issuer: SHA-256 of the issuer's certificate.
        about: the address of a list; the serial number, hexadecimal, of an answer's certificate.
    """

    kind: Kind
    issuer: bytes
    about: str


@dataclass(frozen=True, slots=True)
class Held:
    """A statement that is held; times are unix seconds.

    Attributes:
        place: of what it is the newest.
        sha256: of its file.
        size: of its file, bytes.
        this_update, next_update, number, scope, status: as in ``Statement``.
        fetched_at: when this file arrived; before that nothing proves that it was there.
        etag, last_modified: what its server called it, for asking whether there is a newer one.
    """

    place: Place
    sha256: bytes
    size: int
    this_update: int
    next_update: int | None
    number: int | None
    scope: str
    status: Status | None
    fetched_at: int
    etag: str = ""
    last_modified: str = ""


def read_index(raw: bytes) -> tuple[Held, ...]:
    """Return what an index says.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it is none.
    """
    said = json.loads(raw)
    if said["version"] != _VERSION:
        raise ValueError("an index of another version")
    return tuple(_decoded(item) for item in said["held"])


def write_index(held: Iterable[Held]) -> bytes:
    """Return an index, in one order."""
    items = [_encoded(each) for each in sorted(held, key=_order)]
    return json.dumps({"version": _VERSION, "held": items}, indent=1).encode()


def _order(held: Held) -> tuple[bytes, str, str]:
    return held.place.issuer, held.place.kind, held.place.about


def _encoded(held: Held) -> dict[str, Any]:
    return {
        "kind": held.place.kind.value,
        "issuer": held.place.issuer.hex(),
        "about": held.place.about,
        "sha256": held.sha256.hex(),
        "size": held.size,
        "this_update": held.this_update,
        "next_update": held.next_update,
        "number": None if held.number is None else f"{held.number:x}",
        "scope": held.scope,
        "status": None if held.status is None else held.status.value,
        "fetched_at": held.fetched_at,
        "etag": held.etag,
        "last_modified": held.last_modified,
    }


def _decoded(item: dict[str, Any]) -> Held:
    said = dict(item)
    place = Place(Kind(said.pop("kind")), bytes.fromhex(said.pop("issuer")), str(said.pop("about")))
    number, status = said.pop("number"), said.pop("status")
    size = said.pop("size")
    if not isinstance(size, int) or not 0 <= size <= MAX_FILE_BYTES:
        raise ValueError("no size")
    if not all(isinstance(said[name], int) for name in ("this_update", "fetched_at")) or not isinstance(
        said["next_update"], int | None
    ):
        raise ValueError("no time")
    return Held(
        place=place,
        sha256=bytes.fromhex(said.pop("sha256")),
        size=size,
        number=None if number is None else int(number, 16),
        status=None if status is None else Status(status),
        **said,
    )
