"""The office's record: messages, evidence, references; searched by word within the encrypted file."""

from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    exists,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.casework.searching.query import match_expression, read_query
from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.effect import (
    FROM_ARCHIVE,
    FROM_PARTNER,
    ArchivedMessage,
    Evidence,
    MarkOpened,
    MarkRelayed,
    Note,
    SaveMessage,
)
from rogatory_client.engine.interpretation import EVIDENCE
from rogatory_client.vault import references, words
from rogatory_client.vault.schema import evidence, messages, notes
from rogatory_crypto.content import mimi
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

# What is written for every message is built once: building it takes longer than writing it.
_KEPT: Final = ArchivedMessage.__slots__
_ADD_MESSAGE: Final = (
    f"INSERT INTO messages ({', '.join(_KEPT)}) "  # noqa: S608  # of constants
    f"VALUES ({', '.join('?' * len(_KEPT))}) ON CONFLICT DO NOTHING"
)
_values_of: Final = attrgetter(*_KEPT)
_ADD_EVIDENCE: Final = insert(evidence).on_conflict_do_nothing()
_OF_MESSAGE: Final = messages.c.message_id == bindparam("of_message")
_MARK_RELAYED: Final = (
    update(messages)
    .where(_OF_MESSAGE)
    .values(sequence=bindparam("sequence"), at_ms=bindparam("at_ms"), postmark=bindparam("postmark"))
)


def save_messages(connection: Connection, wanted: Sequence[SaveMessage]) -> None:
    """Add messages and their words; one that is there already stays as it is."""
    newest = connection.execute(select(func.max(messages.c.number))).scalar() or 0
    connection.exec_driver_sql(_ADD_MESSAGE, [_values_of(each.message) for each in wanted])
    added = select(messages.c.number, messages.c.message_id).where(messages.c.number > newest)
    first: dict[bytes, SaveMessage] = {}
    for each in wanted:
        first.setdefault(each.message.message_id, each)
    found = ((number, first[message_id]) for number, message_id in connection.execute(added))
    read = ((number, each) for number, each in found if each.message.kind != EVIDENCE)
    words.add_words(connection, ((number, each.message, each.filenames) for number, each in read))
    filing = (each.message for each in wanted if each.message.reference is not None)
    references.put_in_order(connection, dict.fromkeys((each.group_id, each.entry_id) for each in filing))


def mark_relayed(connection: Connection, relayed: Sequence[MarkRelayed]) -> None:
    """Write the relay's postmarks beside own messages."""
    values = [
        {
            "of_message": each.message_id,
            "sequence": each.sequence,
            "at_ms": each.at_ms,
            "postmark": each.postmark,
        }
        for each in relayed
    ]
    connection.execute(_MARK_RELAYED, values)
    filed = references.filed_by(connection, [each.message_id for each in relayed])
    references.put_in_order(connection, filed)


def mark_opened(connection: Connection, opened: MarkOpened) -> None:
    """Write when an officer first opened a message."""
    connection.execute(
        update(messages)
        .where(messages.c.message_id == opened.message_id, messages.c.opened_at.is_(None))
        .values(opened_at=opened.at)
    )


def save_evidence(connection: Connection, found: Sequence[Evidence]) -> None:
    """Keep evidence; the first of its kind from a device stays."""
    values = [{name: getattr(each, name) for name in Evidence.__slots__} for each in found]
    connection.execute(_ADD_EVIDENCE, values)


def save_note(connection: Connection, note: Note) -> None:
    """Write down what was refused."""
    connection.execute(insert(notes).values(**{name: getattr(note, name) for name in Note.__slots__}))


StoredMessage = Row[*tuple[object, ...]]


def read_message(row: StoredMessage) -> ArchivedMessage:
    """Return the record a row holds."""
    return ArchivedMessage(
        message_id=MessageId(row.message_id),
        group_id=GroupId(row.group_id),
        sender=row.sender,
        entry_id=EntryId(row.entry_id),
        officer=row.officer,
        device_id=DeviceId(row.device_id),
        sequence=row.sequence,
        at_ms=row.at_ms,
        content=row.content,
        kind=row.kind,
        subject=row.subject,
        text=row.text,
        reference=row.reference,
        in_reply_to=None if row.in_reply_to is None else MessageId(row.in_reply_to),
        formal=bool(row.formal),
        own=bool(row.own),
    )


def timeline(connection: Connection, group_id: GroupId | None, search: str | None) -> list[StoredMessage]:
    """Return what people said, oldest first, of one room or all, with all the words searched for."""
    query = select(messages).where(messages.c.kind != EVIDENCE)
    if group_id is not None:
        query = query.where(messages.c.group_id == group_id)
    if search:
        terms = read_query(search)
        if not terms:
            return []
        found = text("messages.number IN (SELECT rowid FROM words WHERE words MATCH :words)")
        query = query.where(found.bindparams(words=match_expression(terms)))
    return list(connection.execute(query.order_by(_is_unconfirmed(), messages.c.at_ms, messages.c.number)))


def _is_unconfirmed() -> ColumnElement[bool]:
    """Whether the relay has given a message no place yet: such ones come last."""
    return messages.c.sequence.is_(None) | (messages.c.sequence == FROM_CARRIER)


def find_messages(connection: Connection, beginning: bytes) -> list[StoredMessage]:
    """Return the messages whose id begins so; more than one where the beginning is too short."""
    ends = beginning + b"\xff" * (mimi.MESSAGE_ID_BYTES + 1 - len(beginning))
    query = select(messages).where(messages.c.message_id >= beginning, messages.c.message_id <= ends)
    return list(connection.execute(query.limit(2)))


def by_number(connection: Connection, numbers: Collection[int]) -> list[StoredMessage]:
    """Return the messages of these numbers, in the order of these."""
    place = {number: index for index, number in enumerate(numbers)}
    rows = connection.execute(select(messages).where(messages.c.number.in_(numbers)))
    return sorted(rows, key=lambda row: place[row.number])


def find_message(connection: Connection, message_id: MessageId) -> StoredMessage | None:
    """Return the message with this id."""
    return connection.execute(select(messages).where(messages.c.message_id == message_id)).first()


def newest_of_kind(connection: Connection, group_id: GroupId, kind: str) -> StoredMessage | None:
    """Return the newest message of a kind that another office sent in a room."""
    query = select(messages).where(
        messages.c.group_id == group_id, messages.c.kind == kind, messages.c.own == 0
    )
    return connection.execute(query.order_by(messages.c.number.desc()).limit(1)).first()


def newest_requests(connection: Connection, rooms: Collection[GroupId]) -> dict[GroupId, ArchivedMessage]:
    """Return the newest request of each room that has one, whoever has sent it."""
    newest = (
        select(func.max(messages.c.number))
        .where(messages.c.group_id.in_(rooms), messages.c.kind == "request")
        .group_by(messages.c.group_id)
    )
    rows = connection.execute(select(messages).where(messages.c.number.in_(newest)))
    return {GroupId(row.group_id): read_message(row) for row in rows}


def named(connection: Connection, names: Collection[MessageId]) -> list[StoredMessage]:
    """Return the messages of these names that are here, oldest first."""
    query = select(messages).where(messages.c.message_id.in_(names))
    return list(connection.execute(query.order_by(messages.c.at_ms, messages.c.number)))


def archive_of(connection: Connection, group_id: GroupId) -> list[ArchivedMessage]:
    """Return everything the relay has accepted in a room, evidence included, in order."""
    # A comparison with NULL leaves out what is queued as well.
    query = select(messages).where(messages.c.group_id == group_id, messages.c.sequence != FROM_CARRIER)
    return [
        read_message(row) for row in connection.execute(query.order_by(messages.c.at_ms, messages.c.number))
    ]


def first_spoken(connection: Connection, entry_id: EntryId) -> dict[GroupId, int]:
    """Return when an office first spoke in each room, Unix milliseconds; not by hearsay."""
    query = (
        select(messages.c.group_id, func.min(messages.c.at_ms))
        .where(messages.c.entry_id == entry_id, messages.c.sequence.not_in((FROM_PARTNER, FROM_CARRIER)))
        .group_by(messages.c.group_id)
    )
    return {GroupId(group_id): at_ms for group_id, at_ms in connection.execute(query)}


def spoke_last(connection: Connection) -> dict[GroupId, bool]:
    """Return of each room whether the own office said the newest of what people read."""
    # Beside a maximum, SQLite gives the other columns of the row that has it.
    newest = select(messages.c.group_id, messages.c.own, func.max(messages.c.number))
    query = newest.where(messages.c.kind != EVIDENCE).group_by(messages.c.group_id)
    return {GroupId(group_id): bool(own) for group_id, own, _ in connection.execute(query).all()}


def evidence_on(connection: Connection, message_id: MessageId) -> list[Evidence]:
    """Return all evidence on a message, oldest first."""
    query = select(evidence).where(evidence.c.message_id == message_id).order_by(evidence.c.at)
    return [
        Evidence(**{name: getattr(row, name) for name in Evidence.__slots__})
        for row in connection.execute(query)
    ]


def counts(
    connection: Connection, among: Collection[GroupId] | None = None
) -> dict[GroupId, tuple[int, int, int]]:
    """Return messages, unread ones and the time of the newest, by room; of some rooms or of all."""
    unread = func.sum(case((_is_unread(), 1), else_=0))
    query: Select[bytes, int, int, int] = (
        select(messages.c.group_id, func.count(), unread, func.max(messages.c.at_ms))
        .where(messages.c.kind != EVIDENCE)
        .group_by(messages.c.group_id)
    )
    if among is not None:
        query = query.where(messages.c.group_id.in_(among))
    return {GroupId(row[0]): (row[1], row[2], row[3]) for row in connection.execute(query)}


def count_unread(connection: Connection) -> dict[GroupId, int]:
    """Return how many messages of each room nobody has opened, of those that have any."""
    query = select(messages.c.group_id, func.count()).where(messages.c.kind != EVIDENCE, _is_unread())
    found = connection.execute(query.group_by(messages.c.group_id)).all()
    return {GroupId(group_id): count for group_id, count in found}


def _is_unread() -> ColumnElement[bool]:
    # What was handed back the office has read before; and what a colleague's device has handed on, up to the
    # office's last word: nobody answers what nobody has read.
    is_new = messages.c.sequence.is_(None) | (messages.c.sequence != FROM_PARTNER)
    later = messages.alias("later")
    answers = (later.c.group_id == messages.c.group_id) & (later.c.own == 1) & (later.c.kind != EVIDENCE)
    is_answered = (messages.c.sequence == FROM_ARCHIVE) & exists().where(
        answers, later.c.at_ms >= messages.c.at_ms
    )
    return (messages.c.own == 0) & messages.c.opened_at.is_(None) & is_new & ~func.coalesce(is_answered, 0)
