"""Which requests were made from one draft."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.origin_effect import SaveOrigin
from rogatory_client.vault.casework_schema import request_origins
from rogatory_client.vault.schema import messages
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import GroupId


def save_origin(connection: Connection, named: SaveOrigin) -> None:
    """Write from which draft a request was made; the same request stays as it is."""
    values = {name: getattr(named, name) for name in SaveOrigin.__slots__}
    connection.execute(insert(request_origins).values(**values).on_conflict_do_nothing())


def made_from_the_same(
    connection: Connection, message_id: MessageId
) -> tuple[tuple[MessageId, GroupId], ...]:
    """Return the other requests that the office has sent from one draft, each with its room, oldest first.

    What waits in the outbox here has not been sent, and may never be.
    """
    columns = request_origins.c
    own = select(columns.office, columns.origin).where(columns.message_id == message_id).subquery()
    query = (
        select(columns.message_id, columns.group_id)
        .join(own, (columns.office == own.c.office) & (columns.origin == own.c.origin))
        .join(messages, messages.c.message_id == columns.message_id)
        .where(columns.message_id != message_id, messages.c.sequence.is_not(None))
        .order_by(messages.c.at_ms, messages.c.number)
    )
    return tuple((MessageId(row[0]), GroupId(row[1])) for row in connection.execute(query))
