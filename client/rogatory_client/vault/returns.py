"""Officers' consents to let an office that has enrolled anew back into a case; none is ever forgotten."""

from sqlalchemy import Connection, RowMapping, select, update
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.partner_effect import AwaitRow, Return
from rogatory_client.vault.schema import office_returns
from rogatory_crypto.wire.identifier import EntryId, GroupId


def save_return(connection: Connection, consent: Return) -> None:
    """Write a consent; one in force about the same office and case is what it says now."""
    found = select(office_returns.c.number).where(
        office_returns.c.group_id == consent.group_id,
        office_returns.c.entry_id == consent.entry_id,
        office_returns.c.in_force == 1,
    )
    number = connection.execute(found).scalar()
    values = {name: getattr(consent, name) for name in Return.__slots__}
    values |= {"with_history": int(consent.with_history), "handed": int(consent.handed)}
    row = insert(office_returns).values(number=number, in_force=1, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["number"], set_=values))


def await_row(connection: Connection, awaited: AwaitRow) -> None:
    """Write which row has added the office."""
    connection.execute(
        update(office_returns)
        .where(
            office_returns.c.group_id == awaited.group_id,
            office_returns.c.entry_id == awaited.entry_id,
            office_returns.c.in_force == 1,
        )
        .values(after_sequence=awaited.sequence)
    )


def end_returns(connection: Connection, entry_id: EntryId) -> None:
    """Let no consent about an office count any more: its keys have changed again."""
    connection.execute(update(office_returns).where(office_returns.c.entry_id == entry_id).values(in_force=0))


def load_returns(connection: Connection) -> tuple[Return, ...]:
    """Return the consents that are in force, oldest first."""
    rows = connection.execute(
        select(office_returns).where(office_returns.c.in_force == 1).order_by(office_returns.c.number)
    )
    return tuple(_consent(row) for row in rows.mappings())


def _consent(row: RowMapping) -> Return:
    return Return(
        group_id=GroupId(row["group_id"]),
        entry_id=EntryId(row["entry_id"]),
        at=row["at"],
        officer=row["officer"],
        with_history=bool(row["with_history"]),
        after_sequence=row["after_sequence"],
        handed=bool(row["handed"]),
    )
