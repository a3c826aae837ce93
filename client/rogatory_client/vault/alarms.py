"""What accuses somebody: alarms that an officer has to take note of, and the evidence behind them.

Nothing here is ever deleted but a checkpoint that was heard and has been compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.effect import SaveSplitView
from rogatory_client.engine.room import Heard
from rogatory_client.vault.schema import alarms, heard_checkpoints, own_statements, split_views
from rogatory_crypto.content.seen_checkpoint import SeenCheckpoint
from rogatory_crypto.log.split_view import SplitView
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId
from rogatory_crypto.wire.log_request import EntryPublication


@dataclass(frozen=True, slots=True)
class StoredAlarm:
    """An alarm; times are Unix seconds."""

    number: int
    raised_at: int
    said: str
    acknowledged_at: int | None
    acknowledged_by: str | None


def raise_alarms(connection: Connection, texts: Iterable[str], raised_at: int) -> None:
    """Keep alarms; one that says the same as an open one is that one.

    One that an officer has taken note of was about what had happened by then: it is raised again.
    """
    for text in texts:
        row = insert(alarms).values(said=text, raised_at=raised_at)
        connection.execute(row.on_conflict_do_nothing())


def load_alarms(connection: Connection) -> tuple[StoredAlarm, ...]:
    """Return every alarm, oldest first."""
    rows = connection.execute(select(alarms).order_by(alarms.c.number))
    return tuple(StoredAlarm(*row) for row in rows)


def acknowledge_alarm(connection: Connection, number: int, officer: str, at: int) -> None:
    """Note who has taken note of an alarm, once."""
    open_one = update(alarms).where(alarms.c.number == number, alarms.c.acknowledged_at.is_(None))
    connection.execute(open_one.values(acknowledged_at=at, acknowledged_by=officer))


def holds_evidence(connection: Connection, evidence: SplitView) -> bool:
    """Tell whether this evidence is kept, whether or not an officer has taken note of it."""
    same = select(split_views.c.found_at).where(split_views.c.evidence == evidence.encode())
    return connection.execute(same).first() is not None


def save_split_view(
    connection: Connection, evidence: SplitView, found_at: int, by: SaveSplitView | None = None
) -> bool:
    """Keep evidence of two histories; tell whether it was the first that nobody has taken note of.

    Args:
        connection: within a transaction.
        evidence: verified.
        found_at: Unix seconds.
        by: in which room and by whose word it came to light, if it did.
    """
    if load_split_view(connection) is not None:
        return False
    whose = (None, None) if by is None else (by.group_id, by.entry_id)
    row = insert(split_views).values(
        evidence=evidence.encode(), found_at=found_at, group_id=whose[0], entry_id=whose[1]
    )
    return connection.execute(row.on_conflict_do_nothing()).rowcount > 0


def load_split_view(connection: Connection) -> SplitView | None:
    """Return evidence that no officer has taken note of yet."""
    waiting = select(split_views.c.evidence).where(split_views.c.acknowledged_at.is_(None))
    evidence = connection.execute(waiting.order_by(split_views.c.found_at)).scalar()
    return None if evidence is None else SplitView.decode(evidence)


def load_split_views(connection: Connection) -> tuple[SplitView, ...]:
    """Return all evidence, oldest first."""
    found = select(split_views.c.evidence).order_by(split_views.c.found_at)
    return tuple(map(SplitView.decode, connection.execute(found).scalars()))


def acknowledge_split_views(connection: Connection, officer: str, at: int) -> None:
    """Note who has taken note of the evidence; it stays."""
    waiting = update(split_views).where(split_views.c.acknowledged_at.is_(None))
    connection.execute(waiting.values(acknowledged_at=at, acknowledged_by=officer))


def remember_own(connection: Connection, publication: EntryPublication) -> None:
    """Note what this device has signed or confirmed, so that the log's showing it alarms nobody here."""
    for item in publication.entries:
        row = insert(own_statements).values(sha256=sha256(item.body).digest())
        connection.execute(row.on_conflict_do_nothing())


def load_own(connection: Connection) -> frozenset[bytes]:
    """Return SHA-256 of each body that this device has signed or confirmed."""
    return frozenset(connection.execute(select(own_statements.c.sha256)).scalars())


def remember_heard(connection: Connection, heard: Heard) -> None:
    """Keep a checkpoint of another office that is ahead of our view; the first of an office waits."""
    row = insert(heard_checkpoints).values(
        entry_id=heard.entry_id,
        group_id=heard.group_id,
        device_id=heard.device_id,
        heard_at=heard.at,
        checkpoint=heard.checkpoint.encode(),
    )
    connection.execute(row.on_conflict_do_nothing())


def forget_heard(connection: Connection, entry_id: EntryId) -> None:
    """Drop what was heard of an office: it has been compared."""
    connection.execute(delete(heard_checkpoints).where(heard_checkpoints.c.entry_id == entry_id))


def load_heard(connection: Connection) -> tuple[Heard, ...]:
    """Return what waits for the replica to grow."""
    rows = connection.execute(select(heard_checkpoints).order_by(heard_checkpoints.c.heard_at))
    return tuple(
        Heard(
            SeenCheckpoint.decode(row.checkpoint),
            GroupId(row.group_id),
            EntryId(row.entry_id),
            DeviceId(row.device_id),
            row.heard_at,
        )
        for row in rows
    )
