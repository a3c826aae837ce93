"""What partners have handed back: histories that wait for their room, and who vouches for which message."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.effect import FROM_PARTNER
from rogatory_client.engine.partner_effect import HeldHistory, Voucher, WaitingHistory
from rogatory_client.vault.schema import held_histories, messages, vouchers
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId

# From each room and office to the next one in the index: of thousands of messages handed back none is read.
_NEXT: Final = (
    "SELECT {} FROM vouchers WHERE (group_id, entry_id) > (found.group_id, found.entry_id) "
    "ORDER BY group_id, entry_id LIMIT 1"
)
_HANDED_BACK_BY: Final = (
    "WITH RECURSIVE found (group_id, entry_id) AS ("  # noqa: S608  # of constants
    "SELECT * FROM (SELECT group_id, entry_id FROM vouchers ORDER BY group_id, entry_id LIMIT 1) "
    f"UNION ALL SELECT ({_NEXT.format('group_id')}), ({_NEXT.format('entry_id')}) "
    "FROM found WHERE found.group_id IS NOT NULL) "
    "SELECT group_id, entry_id FROM found WHERE group_id IS NOT NULL"
)


def hold_history(connection: Connection, held: HeldHistory) -> None:
    """Keep a history until its room is there."""
    values = {name: getattr(held, name) for name in HeldHistory.__slots__ if name != "number"}
    values["passes_on"] = int(held.passes_on)
    connection.execute(insert(held_histories), [values])


def drop_history(connection: Connection, number: int) -> None:
    """Delete a history that was taken in or refused."""
    connection.execute(delete(held_histories).where(held_histories.c.number == number))


def load_waiting(connection: Connection) -> dict[int, WaitingHistory]:
    """Return which histories wait, oldest first, without their content."""
    table = held_histories.c
    columns = select(table.number, table.group_id, table.partner, table.held_at, func.length(table.event))
    return {
        number: WaitingHistory(GroupId(group_id), EntryId(partner), held_at, size)
        for number, group_id, partner, held_at, size in connection.execute(columns.order_by(table.number))
    }


def load_held(connection: Connection, number: int) -> HeldHistory:
    """Return one history that waits."""
    row = connection.execute(select(held_histories).where(held_histories.c.number == number)).one()
    return HeldHistory(
        number=row.number,
        group_id=GroupId(row.group_id),
        came_in=GroupId(row.came_in),
        partner=EntryId(row.partner),
        held_at=row.held_at,
        passes_on=bool(row.passes_on),
        event=row.event,
    )


def begun_as(connection: Connection, group_id: GroupId, at_ms: int) -> CaseKind | None:
    """Return what kind of case a room was at a time, by what was handed back of it before."""
    query = select(messages.c.kind).where(
        messages.c.group_id == group_id, messages.c.sequence == FROM_PARTNER, messages.c.at_ms < at_ms
    )
    kinds = set(connection.execute(query.distinct()).scalars())
    if not kinds:
        return None
    return CaseKind.REQUEST if "request" in kinds else CaseKind.CONSULTATION


def save_voucher(connection: Connection, voucher: Voucher) -> None:
    """Keep who vouches for a message; the first word of each office stays."""
    values = {name: getattr(voucher, name) for name in Voucher.__slots__}
    connection.execute(insert(vouchers).values(**values).on_conflict_do_nothing())


def load_vouchers(connection: Connection, rooms: Iterable[GroupId]) -> dict[MessageId, tuple[Voucher, ...]]:
    """Return who vouches for the messages of some rooms, in the order of their words."""
    query = select(vouchers).where(vouchers.c.group_id.in_(list(rooms))).order_by(vouchers.c.entry_id)
    found: dict[MessageId, tuple[Voucher, ...]] = {}
    for row in connection.execute(query):
        voucher = Voucher(
            MessageId(row.message_id), GroupId(row.group_id), EntryId(row.entry_id), row.sender, row.at_ms
        )
        found[voucher.message_id] = (*found.get(voucher.message_id, ()), voucher)
    return found


def load_handed_back_by(connection: Connection) -> dict[GroupId, tuple[str, ...]]:
    """Return which offices have handed messages back, by room."""
    found: dict[GroupId, tuple[str, ...]] = {}
    for group_id, entry_id in connection.exec_driver_sql(_HANDED_BACK_BY):
        found[GroupId(group_id)] = (*found.get(GroupId(group_id), ()), entry_id)
    return found
