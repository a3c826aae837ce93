"""Works on attachments: what was announced, how far it has come, whether it is sealed."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from rogatory_crypto.wire.identifier import BlobId, DeviceId, GroupId
from rogatory_server.store.schema import blob, membership, mls_group


class BlobRecord(NamedTuple):
    """An attachment as recorded; ``stored`` bytes are durable."""

    group_id: GroupId
    uploader: DeviceId
    size: int
    stored: int
    complete: bool
    sha256: bytes | None


def is_member(connection: Connection, group_id: GroupId, device_id: DeviceId) -> bool:
    """Tell whether the device is a member of the group now."""
    found = connection.execute(
        select(membership.c.device_id)
        .join(mls_group, mls_group.c.number == membership.c.group_number)
        .where(
            mls_group.c.group_id == group_id,
            membership.c.device_id == device_id,
            membership.c.last_sequence.is_(None),
        )
    ).first()
    return found is not None


def is_known(connection: Connection, group_id: GroupId) -> bool:
    """Tell whether a commit has created the group."""
    found = connection.execute(select(mls_group.c.number).where(mls_group.c.group_id == group_id)).first()
    return found is not None


def find(connection: Connection, blob_id: BlobId) -> BlobRecord | None:
    """Return what is recorded of an attachment."""
    row = connection.execute(select(blob).where(blob.c.blob_id == blob_id)).one_or_none()
    if row is None:
        return None
    return BlobRecord(
        GroupId(bytes(row.group_id)),
        DeviceId(bytes(row.uploader)),
        row.size,
        row.stored,
        row.complete,
        row.sha256,
    )


def announce(
    connection: Connection, blob_id: BlobId, group_id: GroupId, uploader: DeviceId, size: int, now_ms: int
) -> None:
    """Record a new attachment of which nothing has arrived."""
    connection.execute(
        insert(blob).values(
            blob_id=blob_id,
            group_id=group_id,
            uploader=uploader,
            size=size,
            stored=0,
            complete=False,
            created_at_ms=now_ms,
        )
    )


def advance(connection: Connection, blob_id: BlobId, stored: int) -> None:
    """Record that so many bytes are durable."""
    connection.execute(update(blob).where(blob.c.blob_id == blob_id).values(stored=stored))


def seal(connection: Connection, blob_id: BlobId, sha256: bytes) -> None:
    """Record that an attachment is whole and may be fetched."""
    connection.execute(update(blob).where(blob.c.blob_id == blob_id).values(complete=True, sha256=sha256))


def outdated(
    connection: Connection, *, complete_before_ms: int, unfinished_before_ms: int, limit: int
) -> list[BlobId]:
    """Return attachments that are older than what is kept."""
    found = connection.execute(
        select(blob.c.blob_id).where(_is_outdated(complete_before_ms, unfinished_before_ms)).limit(limit)
    )
    return [BlobId(bytes(blob_id)) for (blob_id,) in found]


def is_outdated(
    connection: Connection, blob_id: BlobId, *, complete_before_ms: int, unfinished_before_ms: int
) -> bool:
    """Tell whether one attachment is older than what is kept."""
    outdated_now = _is_outdated(complete_before_ms, unfinished_before_ms)
    found = connection.execute(select(blob.c.blob_id).where(blob.c.blob_id == blob_id, outdated_now))
    return found.first() is not None


def unfinished_bytes(connection: Connection, uploader: DeviceId) -> int:
    """Return how many bytes a device has announced in uploads that are not sealed."""
    return _sum_of_sizes(connection, uploader, blob.c.complete.is_(False))


def announced_bytes(connection: Connection, uploader: DeviceId, since_ms: int) -> int:
    """Return how many bytes a device has announced since a time."""
    return _sum_of_sizes(connection, uploader, blob.c.created_at_ms > since_ms)


def drop(connection: Connection, blob_id: BlobId) -> None:
    """Forget an attachment."""
    connection.execute(delete(blob).where(blob.c.blob_id == blob_id))


def _sum_of_sizes(connection: Connection, uploader: DeviceId, condition: ColumnElement[bool]) -> int:
    total = select(func.coalesce(func.sum(blob.c.size), 0)).where(blob.c.uploader == uploader, condition)
    return int(connection.execute(total).scalar_one())


def _is_outdated(complete_before_ms: int, unfinished_before_ms: int) -> ColumnElement[bool]:
    return or_(
        blob.c.created_at_ms < complete_before_ms,
        (blob.c.created_at_ms < unfinished_before_ms) & blob.c.complete.is_(False),
    )
