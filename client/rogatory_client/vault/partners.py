"""Offices that share rooms with ours and have enrolled anew, until an officer has accepted their keys."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.vault.schema import changed_partners
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class ChangedPartner:
    """An office with other keys than before; times are unix seconds, ``accepted_by`` a function."""

    entry_id: EntryId
    changed_at: int
    accepted_at: int | None
    accepted_by: str | None


def note_change(connection: Connection, entry_id: EntryId, at: int) -> None:
    """Write that an office has enrolled anew; what was accepted before counts no more."""
    values = {"changed_at": at, "accepted_at": None, "accepted_by": None}
    row = insert(changed_partners).values(entry_id=entry_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["entry_id"], set_=values))


def accept(connection: Connection, entry_id: EntryId, at: int, officer: str) -> None:
    """Write who has accepted an office's new keys; the first who did stays."""
    changed = update(changed_partners).where(
        changed_partners.c.entry_id == entry_id, changed_partners.c.accepted_at.is_(None)
    )
    connection.execute(changed.values(accepted_at=at, accepted_by=officer))


def load_changed(connection: Connection) -> tuple[ChangedPartner, ...]:
    """Return all offices that have enrolled anew, accepted or not."""
    rows = connection.execute(select(changed_partners).order_by(changed_partners.c.changed_at))
    return tuple(ChangedPartner(EntryId(row[0]), *row[1:]) for row in rows)


def load_known(connection: Connection) -> frozenset[EntryId]:
    """Return which offices have enrolled anew, accepted or not."""
    return frozenset(each.entry_id for each in load_changed(connection))


def load_unaccepted(connection: Connection) -> frozenset[EntryId]:
    """Return the offices whose new keys nobody has accepted."""
    return frozenset(each.entry_id for each in load_changed(connection) if each.accepted_at is None)
