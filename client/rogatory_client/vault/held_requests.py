"""Requests that were made on this device and wait for a second officer; nothing of them is in the outbox."""

import json

from sqlalchemy import Connection, delete, insert, select

from rogatory_client.engine.office_effect import HoldRequest, LetRequestGo
from rogatory_client.vault.casework_schema import held_requests
from rogatory_client.vault.schema import transfers
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId


def hold(connection: Connection, held: HoldRequest) -> None:
    """Keep a request back."""
    values = {name: getattr(held, name) for name in HoldRequest.__slots__}
    connection.execute(insert(held_requests).values({**values, "offices": json.dumps(held.offices)}))


def load_held(connection: Connection) -> tuple[HoldRequest, ...]:
    """Return what waits."""
    rows = connection.execute(select(held_requests).order_by(held_requests.c.asked))
    return tuple(
        HoldRequest(
            asked=MessageId(row.asked),
            group_id=GroupId(row.group_id),
            content=row.content,
            opening=row.opening,
            offices=tuple(map(EntryId, json.loads(row.offices))),
            subject=row.subject,
            draft_id=row.draft_id,
        )
        for row in rows
    )


def let_go(connection: Connection, ended: LetRequestGo) -> None:
    """Hold a request no more; nothing is uploaded for one that stays here."""
    connection.execute(delete(held_requests).where(held_requests.c.asked == ended.asked))
    if not ended.leaves:
        connection.execute(delete(transfers).where(transfers.c.message_id == ended.message_id))
