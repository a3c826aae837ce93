"""The replica of the transparency log, the checkpoint it was accepted under, and the directory.

Entries lie in the order of the log. Those after the accepted checkpoint were fetched and are not believed
yet; keeping them saves fetching them again after a cut.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, delete, func, insert, select, update

from rogatory_client.vault.schema import directory, log_entries, log_view
from rogatory_crypto.errors import PeerError
from rogatory_crypto.log.entry import LogEntry

_BATCH = 512


@dataclass(frozen=True, slots=True)
class StoredView:
    """The accepted checkpoint, and the text of the policy it was judged by."""

    checkpoint: bytes
    policy: bytes


def load_view(connection: Connection) -> StoredView | None:
    """Return the accepted checkpoint, if there is one."""
    row = connection.execute(select(log_view.c.checkpoint, log_view.c.policy)).first()
    return None if row is None else StoredView(row.checkpoint, row.policy)


def save_view(connection: Connection, checkpoint: bytes, policy: bytes) -> None:
    """Replace the accepted checkpoint."""
    connection.execute(delete(log_view))
    connection.execute(insert(log_view).values(only=1, checkpoint=checkpoint, policy=policy))


def count_entries(connection: Connection) -> int:
    """Return how many entries were fetched, believed or not."""
    return connection.execute(select(func.count()).select_from(log_entries)).scalar_one()


def read_entries(connection: Connection, first: int, end: int) -> Iterator[bytes]:
    """Yield the entries of an interval, in order and in flat memory."""
    for start in range(first, end, _BATCH):
        found = connection.execute(
            select(log_entries.c.entry)
            .where(log_entries.c.position >= start, log_entries.c.position < min(start + _BATCH, end))
            .order_by(log_entries.c.position)
        )
        yield from found.scalars()


def read_entry(connection: Connection, position: int) -> bytes | None:
    """Return one entry."""
    found = select(log_entries.c.entry).where(log_entries.c.position == position)
    return connection.execute(found).scalar()


def append_entries(connection: Connection, first: int, entries: Sequence[bytes]) -> None:
    """Add fetched entries."""
    rows = [
        {"position": first + offset, "body_sha256": _body_hash(entry), "entry": entry}
        for offset, entry in enumerate(entries)
    ]
    if rows:
        connection.execute(insert(log_entries), rows)


def note_refused(connection: Connection, reasons: Iterable[tuple[int | None, str]]) -> None:
    """Write which entries are not believed, and why."""
    for position, reason in reasons:
        noted = update(log_entries).where(log_entries.c.position == position)
        connection.execute(noted.values(refused=reason))


def believe_again(connection: Connection, positions: Collection[int]) -> None:
    """Write that entries which were not believed hold after all."""
    for position in positions:
        held = update(log_entries).where(log_entries.c.position == position)
        connection.execute(held.values(refused=None))


def load_refused(connection: Connection) -> dict[int, str]:
    """Return the positions of entries that are not believed, and why."""
    found = select(log_entries.c.position, log_entries.c.refused).where(log_entries.c.refused.is_not(None))
    return {row.position: row.refused for row in connection.execute(found)}


def forget_entries(connection: Connection, first: int) -> None:
    """Drop the entries from a position on."""
    connection.execute(delete(log_entries).where(log_entries.c.position >= first))


def holds_bodies(connection: Connection, bodies: Iterable[bytes], size: int) -> bool:
    """Tell whether those of the first ``size`` entries that are believed have all of these bodies."""
    wanted = {sha256(body).digest() for body in bodies}
    found = select(log_entries.c.body_sha256).where(
        log_entries.c.body_sha256.in_(wanted), log_entries.c.position < size, log_entries.c.refused.is_(None)
    )
    return wanted <= set(connection.execute(found).scalars())


def load_snapshot(connection: Connection) -> tuple[bytes, bytes] | None:
    """Return hash and bytes of the newest directory snapshot, if there is one."""
    row = connection.execute(select(directory.c.sha256, directory.c.snapshot)).first()
    return None if row is None else (row.sha256, row.snapshot)


def save_snapshot(connection: Connection, sha256: bytes, snapshot: bytes) -> None:
    """Replace the directory snapshot."""
    connection.execute(delete(directory))
    connection.execute(insert(directory).values(only=1, sha256=sha256, snapshot=snapshot))


def _body_hash(entry: bytes) -> bytes | None:
    try:
        return sha256(LogEntry.decode(entry).body).digest()
    except PeerError:
        return None  # what nobody can read nobody looks for
