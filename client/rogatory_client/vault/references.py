"""Under which reference each office files a room: the newest that it has given, and all others.

Two officers may give one at once. What stands is then the later one in the order of the life cycle (the
relay's time, then the message), whatever came here first, so that all devices show the same; the other is
found all the same.
"""

from collections.abc import Collection, Iterable
from typing import Final, TypeAlias

from sqlalchemy import BindParameter, Connection, bindparam, case, select
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.effect import FROM_PARTNER, SaveReference
from rogatory_client.vault.schema import messages, room_references
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId

Filing: TypeAlias = tuple[GroupId, EntryId]
"""A room, and an office that files it."""

_GIVEN: Final = messages.c.reference.is_not(None)
_IS_QUEUED: Final = case(
    (messages.c.sequence.is_(None), 1), (messages.c.sequence == FROM_CARRIER, 1), else_=0
)
# What another office has handed back is its word, and changes nothing.
_IS_OWN_READING: Final = messages.c.sequence.is_(None) | (messages.c.sequence != FROM_PARTNER)
_NEWEST: Final = (
    select(messages.c.reference)
    .where(messages.c.group_id == bindparam("of_room"), messages.c.entry_id == bindparam("of_office"))
    .where(_GIVEN, _IS_OWN_READING)
    .order_by(_IS_QUEUED.desc(), messages.c.at_ms.desc(), messages.c.message_id.desc())
    .limit(1)
)
_NAMED: Final[BindParameter[object]] = bindparam("named", expanding=True)
_FILED_BY: Final = (
    select(messages.c.group_id, messages.c.entry_id)
    .where(messages.c.message_id.in_(_NAMED), _GIVEN)
    .distinct()
)


def save_reference(connection: Connection, named: SaveReference) -> None:
    """Write an office's own reference for a room; one that yields is written where there is none."""
    if named.yields:
        values = {"group_id": named.group_id, "entry_id": named.entry_id, "reference": named.reference}
        statement = insert(room_references).values(**values, hearsay=1)
        connection.execute(statement.on_conflict_do_nothing())
        return
    given = _newest(connection, (named.group_id, named.entry_id))
    _write(connection, (named.group_id, named.entry_id), named.reference if given is None else given)


def put_in_order(connection: Connection, filings: Iterable[Filing]) -> None:
    """Let the newest reference stand, of those that messages here give."""
    for filing in filings:
        given = _newest(connection, filing)
        if given is not None:
            _write(connection, filing, given)


def filed_by(connection: Connection, names: Collection[MessageId]) -> frozenset[Filing]:
    """Return what some messages file, and for whom."""
    rows = connection.execute(_FILED_BY, {"named": list(names)})
    return frozenset((GroupId(row.group_id), EntryId(row.entry_id)) for row in rows)


def rooms_once_referred_to(connection: Connection, reference: str) -> frozenset[GroupId]:
    """Return the rooms for which an office has ever given a reference, in lower case as Unicode folds it."""
    query = select(messages.c.group_id, messages.c.reference).where(_GIVEN)
    rows = connection.execute(query)
    return frozenset(
        GroupId(room) for room, text in rows if text is not None and text.casefold() == reference
    )


def _newest(connection: Connection, filing: Filing) -> str | None:
    given = connection.execute(_NEWEST, {"of_room": filing[0], "of_office": filing[1]}).scalar()
    return None if given is None else str(given)


def _write(connection: Connection, filing: Filing, reference: str) -> None:
    values = {"group_id": filing[0], "entry_id": filing[1], "reference": reference, "hearsay": 0}
    statement = insert(room_references).values(**values)
    standing = {"reference": reference, "hearsay": 0}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["group_id", "entry_id"], set_=standing)
    )
