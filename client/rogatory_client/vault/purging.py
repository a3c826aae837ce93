"""Erasing a case from the vault: one transaction, and nothing of what was said stays in any table.

Triggers take the words of each message out of the index, and the digest of the case out of the register. What
stays are ids, hashes and what was signed over these: receipts that name no reference, statements of
non-delivery, and the two signed words of the office's own room by which the case was purged.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, and_, delete, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from rogatory_client.engine.retention_effect import PurgeCase
from rogatory_client.vault.casework_schema import (
    draft_answers,
    draft_links,
    draft_saves,
    drafts,
    held_requests,
    office_work,
    request_origins,
)
from rogatory_client.vault.company_schema import company_words
from rogatory_client.vault.delivery_schema import addressees
from rogatory_client.vault.register_schema import case_digests
from rogatory_client.vault.schema import (
    evidence,
    held_histories,
    messages,
    notes,
    outbox,
    room_references,
    transfers,
    verdicts,
    vouchers,
)
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.office_work import DraftId
from rogatory_crypto.content.outgoing_release import ReleaseAnswered
from rogatory_crypto.content.retention import CaseHeld, HoldLifted, PurgeConfirmed, PurgeProposed
from rogatory_crypto.wire.identifier import GroupId

_BY_MESSAGE: Final = (messages, addressees, verdicts, vouchers, transfers)
_BY_ROOM: Final = (room_references, notes, held_histories, held_requests, case_digests, request_origins)
_BY_DRAFT: Final = (draft_answers, draft_saves, draft_links, drafts)
_RETENTION: Final = tuple(event.NUMBER for event in (CaseHeld, HoldLifted, PurgeProposed, PurgeConfirmed))


def purge(connection: Connection, wanted: PurgeCase) -> None:
    """Erase a case; what is gone already stays gone."""
    names = (*wanted.messages, *wanted.at_home)
    for table in _BY_MESSAGE:
        connection.execute(delete(table).where(table.c.message_id.in_(names)))
    connection.execute(delete(office_work).where(office_work.c.message_id.in_(wanted.at_home)))
    for table in _BY_ROOM:
        connection.execute(delete(table).where(table.c.group_id == wanted.group_id))
    # A signature over a reference cannot be kept without the reference.
    named = and_(evidence.c.group_id == wanted.group_id, evidence.c.own_reference.is_not(None))
    connection.execute(delete(evidence).where(named))
    connection.execute(delete(outbox).where(outbox.c.message_id.in_(names)))
    connection.execute(delete(outbox).where(_hands_on(wanted.group_id)))
    for table in _BY_DRAFT:
        connection.execute(delete(table).where(table.c.draft_id.in_(wanted.drafts)))
    # An index without content only marks what was deleted (FTS5 section 4.4.3); written anew, it is gone.
    connection.exec_driver_sql("INSERT INTO words (words) VALUES ('optimize')")


def _hands_on(group_id: GroupId) -> ColumnElement[bool]:
    """Whether something queued in another room is of this one: history on its way to a new device."""
    said = select(office_work.c.message_id).where(office_work.c.number.in_(_RETENTION))
    about = func.instr(outbox.c.content, group_id) > 0
    return and_(outbox.c.group_id != group_id, about, outbox.c.message_id.not_in(said))


def names_in(connection: Connection, group_id: GroupId) -> dict[MessageId, bytes]:
    """Return the content of each message of a room that can be purged: what the relay has taken in.

    Words on who is in the case stay: they decide whom its room lets in.
    """
    query = select(messages.c.message_id, messages.c.content).where(
        messages.c.group_id == group_id, messages.c.sequence.is_not(None), ~_is_company()
    )
    return {MessageId(row[0]): row[1] for row in connection.execute(query.order_by(messages.c.number))}


def company_tells(connection: Connection, group_id: GroupId) -> bool:
    """Tell whether a word on who is in a case, which stays, also says something of the case."""
    tells = messages.c.subject.is_not(None) | (messages.c.text != "")
    query = select(messages.c.message_id).where(messages.c.group_id == group_id, _is_company(), tells)
    return connection.execute(query.limit(1)).first() is not None


def messages_here(connection: Connection, names: Collection[MessageId]) -> tuple[MessageId, ...]:
    """Return those of some messages that are here."""
    query = select(messages.c.message_id).where(messages.c.message_id.in_(names))
    return tuple(MessageId(each) for each in connection.execute(query).scalars())


def drafts_here(connection: Connection, names: Collection[DraftId]) -> tuple[DraftId, ...]:
    """Return those of some drafts that are here."""
    query = select(drafts.c.draft_id).where(drafts.c.draft_id.in_(names))
    return tuple(DraftId(each) for each in connection.execute(query).scalars())


def said_at_home_of(
    connection: Connection, case: GroupId, home: Collection[GroupId], among: Collection[DraftId], until: int
) -> tuple[MessageId, ...]:
    """Return the messages of the office's own rooms that hold something of a case.

    Args:
        connection: the vault.
        case: named in each of them, as what it is about or as its topic.
        home: the office's own rooms.
        among: drafts that are purged with it.
        until: Unix seconds; what officers said of the case later is of what came later. History that was
            handed on has been taken in by then, whenever that was.
    """
    said = select(office_work.c.message_id)
    retention = said.where(office_work.c.number.in_(_RETENTION))
    about = select(messages.c.message_id).where(
        messages.c.group_id.in_(home),
        func.instr(messages.c.content, case) > 0,
        messages.c.message_id.not_in(retention),
        ~_is_company(),
        or_(messages.c.at_ms < (until + 1) * 1000, messages.c.message_id.not_in(said)),
    )
    found = set(connection.execute(about).scalars())
    answers = office_work.c.number == ReleaseAnswered.NUMBER
    more = said.where((answers & office_work.c.subject.in_(found)) | office_work.c.subject.in_(among))
    return tuple(MessageId(each) for each in sorted(found | set(connection.execute(more).scalars())))


def drafts_of(connection: Connection, case: GroupId) -> tuple[DraftId, ...]:
    """Return the drafts that are known to belong to a case: those that go on from it, or wait for release."""
    going_on = select(draft_links.c.draft_id).where(draft_links.c.earlier == case)
    waiting = select(held_requests.c.draft_id).where(
        held_requests.c.group_id == case, held_requests.c.draft_id.is_not(None)
    )
    found = {*connection.execute(going_on).scalars(), *connection.execute(waiting).scalars()}
    return tuple(DraftId(each) for each in sorted(found))


def _is_company() -> ColumnElement[bool]:
    return messages.c.message_id.in_(select(company_words.c.message_id))
