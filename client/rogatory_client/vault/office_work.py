"""What was said in the office's own room, with who said it and when, by what it is about."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select, union
from sqlalchemy.dialects.sqlite import insert as upsert

from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.office_effect import SaveOfficeWork
from rogatory_client.vault.archive import read_message
from rogatory_client.vault.casework_schema import office_work
from rogatory_client.vault.company_schema import company_words
from rogatory_client.vault.schema import messages
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import DeviceId, GroupId


@dataclass(frozen=True, slots=True)
class StoredWork:
    """An event of the office's own room.

    Attributes:
        event: encoded.
        officer, device_id: who said it.
        at_ms: when the relay took it in; when it was said, where it has not left this device.
    """

    message_id: MessageId
    subject: bytes
    event: bytes
    officer: str
    device_id: DeviceId
    at_ms: int


def save_office_work(connection: Connection, kept: SaveOfficeWork) -> bool:
    """Keep an event and tell whether it is new; one that is there already stays as it is."""
    values = {name: getattr(kept, name) for name in SaveOfficeWork.__slots__}
    row = upsert(office_work).values(**values).on_conflict_do_nothing()
    return bool(connection.execute(row).rowcount)


def load_office_work(
    connection: Connection,
    numbers: Iterable[int],
    subject: bytes | None = None,
    among: Collection[bytes] | None = None,
) -> tuple[StoredWork, ...]:
    """Return the events of some numbers, of one subject, some, or all; oldest first, alike on all devices."""
    query = _events().where(office_work.c.number.in_(tuple(numbers)))
    if among is not None:
        query = query.where(office_work.c.subject.in_(among))
    if subject is not None:
        query = query.where(office_work.c.subject == subject)
    rows = connection.execute(query.order_by(messages.c.at_ms, messages.c.message_id)).all()
    return tuple(
        StoredWork(MessageId(name), about, event, officer, DeviceId(device), at_ms)
        for name, about, event, officer, device, at_ms in rows
    )


def _events() -> Select[bytes, bytes, bytes, str, bytes, int]:
    joined = office_work.join(messages, messages.c.message_id == office_work.c.message_id)
    return select(
        office_work.c.message_id,
        office_work.c.subject,
        office_work.c.event,
        messages.c.officer,
        messages.c.device_id,
        messages.c.at_ms,
    ).select_from(joined)


def archive_of_office(connection: Connection, group_id: GroupId) -> list[ArchivedMessage]:
    """Return what the office's new device is to know of the office's own room, in order.

    What has not left this device belongs to it: with one device there is nobody to send it to.
    """
    said = union(select(office_work.c.message_id), select(company_words.c.message_id))
    query = select(messages).where(messages.c.group_id == group_id, messages.c.message_id.in_(said))
    ordered = query.order_by(messages.c.at_ms, messages.c.number)
    return [read_message(row) for row in connection.execute(ordered)]
