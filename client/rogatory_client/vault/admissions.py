"""Invitations that this officer proposed, with the codes nobody else may know, and what calls have shown."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from rogatory_client.vault.schema import admissions, call_backs
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class StoredAdmission:
    """One proposal of this device.

    Attributes:
        code_key: the public key of its code.
        code: the code's 20 secret bytes; None once it is worth nothing any more.
        invitation: what was proposed, encoded.
        letter_at: when the letter was last made, unix seconds.
        ends: whether it was made to end the invitation before it, with a code that nobody knows.
    """

    code_key: bytes
    entry_id: EntryId
    code: bytes | None = field(repr=False)
    invitation: bytes
    letter_at: int | None
    ends: bool


@dataclass(frozen=True, slots=True)
class StoredCallBack:
    """One comparison of words over the telephone.

    Attributes:
        entry_id: the office whose keys were compared.
        keys_sha256: of those keys, encoded.
        at: when, unix seconds.
        officer: who called, by function.
        fits: whether the other side read the words of the same keys.
    """

    entry_id: EntryId
    keys_sha256: bytes
    at: int
    officer: str
    fits: bool


def save_admission(connection: Connection, stored: StoredAdmission) -> None:
    """Keep a proposal before anybody else sees it."""
    values = {
        "code_key": stored.code_key,
        "entry_id": stored.entry_id,
        "code": stored.code,
        "invitation": stored.invitation,
        "letter_at": stored.letter_at,
        "ends": int(stored.ends),
    }
    connection.execute(insert(admissions), [values])


def load_admissions(connection: Connection) -> tuple[StoredAdmission, ...]:
    """Return the proposals of this device, oldest first."""
    rows = connection.execute(select(admissions).order_by(admissions.c.number))
    return tuple(
        StoredAdmission(
            row.code_key, EntryId(row.entry_id), row.code, row.invitation, row.letter_at, bool(row.ends)
        )
        for row in rows
    )


def note_letter(connection: Connection, code_key: bytes, at: int) -> None:
    """Write that the letter with this code was made."""
    connection.execute(update(admissions).where(admissions.c.code_key == code_key).values(letter_at=at))


def erase_codes(connection: Connection, code_keys: Collection[bytes]) -> None:
    """Erase the secrets of these codes; that they were proposed stays."""
    connection.execute(update(admissions).where(admissions.c.code_key.in_(code_keys)).values(code=None))


def save_call_back(connection: Connection, stored: StoredCallBack) -> None:
    """Keep what a call has shown."""
    values = {
        "entry_id": stored.entry_id,
        "keys_sha256": stored.keys_sha256,
        "at": stored.at,
        "officer": stored.officer,
        "fits": int(stored.fits),
    }
    connection.execute(insert(call_backs), [values])


def load_call_backs(connection: Connection) -> tuple[StoredCallBack, ...]:
    """Return what calls have shown, oldest first."""
    rows = connection.execute(select(call_backs).order_by(call_backs.c.number))
    return tuple(
        StoredCallBack(EntryId(row.entry_id), row.keys_sha256, row.at, row.officer, bool(row.fits))
        for row in rows
    )
