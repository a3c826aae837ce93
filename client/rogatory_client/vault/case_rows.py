"""What decides where cases stand, of many of them with one query each: built once, as building costs more."""

from collections.abc import Collection, Mapping
from typing import Final, TypeAlias

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, select

from rogatory_client.engine.interpretation import EVIDENCE
from rogatory_client.vault.schema import evidence, messages
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId

Received: TypeAlias = Mapping[MessageId, Mapping[EntryId, int]]
"""When each office first had each message, Unix seconds."""
EventfulRow: TypeAlias = Row[*tuple[object, ...]]

_KINDS: Final = ("opening", "request", "acknowledgement", "event")
_RECEIPTS: Final = ("ContentConsignment", "ContentHandover", "ContentAcknowledgement")
_ROOMS: Final[BindParameter[object]] = bindparam("rooms", expanding=True)
_OF_ROOMS: Final = messages.c.group_id.in_(_ROOMS)
_EVENTFUL: Final = (
    select(
        *(messages.c.group_id, messages.c.message_id, messages.c.entry_id, messages.c.officer),
        *(messages.c.device_id, messages.c.sequence, messages.c.at_ms, messages.c.content),
    )
    # An opening that says something besides is kept as what it says, with the subject that it gave.
    .where(_OF_ROOMS, messages.c.kind.in_(_KINDS) | messages.c.subject.is_not(None))
    .order_by(messages.c.number)
)
_SPOKEN: Final = select(messages.c.group_id, messages.c.message_id, messages.c.entry_id).where(
    _OF_ROOMS, messages.c.kind != EVIDENCE
)
_RECEIVED: Final = (
    select(evidence.c.group_id, evidence.c.message_id, evidence.c.entry_id, func.min(evidence.c.at))
    .join(messages, messages.c.message_id == evidence.c.message_id)
    .where(evidence.c.group_id.in_(_ROOMS), messages.c.group_id == evidence.c.group_id)
    .where(evidence.c.event.in_(_RECEIPTS), evidence.c.entry_id != messages.c.entry_id)
    .group_by(evidence.c.message_id, evidence.c.entry_id)
)


def eventful(connection: Connection, rooms: Collection[GroupId]) -> dict[GroupId, list[EventfulRow]]:
    """Return the messages of rooms that hold events, oldest first."""
    found: dict[GroupId, list[EventfulRow]] = {room: [] for room in rooms}
    for row in connection.execute(_EVENTFUL, {"rooms": list(rooms)}):
        found[row[0]].append(row)
    return found


def spoken(connection: Connection, rooms: Collection[GroupId]) -> dict[GroupId, dict[MessageId, EntryId]]:
    """Return which office said each message of rooms that people read."""
    found: dict[GroupId, dict[MessageId, EntryId]] = {room: {} for room in rooms}
    for room, name, office in connection.execute(_SPOKEN, {"rooms": list(rooms)}):
        found[room][MessageId(name)] = EntryId(office)
    return found


def received(connection: Connection, rooms: Collection[GroupId]) -> dict[GroupId, Received]:
    """Return when other offices first had each message of rooms, by their receipts."""
    found: dict[GroupId, dict[MessageId, dict[EntryId, int]]] = {room: {} for room in rooms}
    for room, name, office, at in connection.execute(_RECEIVED, {"rooms": list(rooms)}):
        found[room].setdefault(MessageId(name), {})[EntryId(office)] = at
    return dict(found.items())


def first_of(received: Received, but: Collection[EntryId] = ()) -> dict[MessageId, int]:
    """Return when any office but some first had each message, Unix milliseconds."""
    return {
        name: min(times) * 1000
        for name, by_office in received.items()
        if (times := [at for office, at in by_office.items() if office not in but])
    }
