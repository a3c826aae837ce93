"""Which cases go on from which, and the free days of each State as the office knows them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.casework.deadlines.free_days import FreeDays
from rogatory_client.engine.urgent_effect import SaveLink
from rogatory_client.vault.casework_schema import case_links, draft_links, free_days
from rogatory_crypto.content.urgent import CaseLinked
from rogatory_crypto.wire.identifier import EntryId, GroupId


def save_link(connection: Connection, link: SaveLink) -> None:
    """Write a link; the same one stays as it is."""
    row = insert(case_links).values(group_id=link.group_id, earlier=link.earlier, office=link.office)
    connection.execute(row.on_conflict_do_nothing())


def load_links(connection: Connection, group_id: GroupId) -> tuple[SaveLink, ...]:
    """Return all links of a case, to earlier and to later ones."""
    wanted = or_(case_links.c.group_id == group_id, case_links.c.earlier == group_id)
    rows = connection.execute(select(case_links).where(wanted)).all()
    return tuple(SaveLink(GroupId(row.group_id), GroupId(row.earlier), EntryId(row.office)) for row in rows)


def load_followed(connection: Connection) -> dict[GroupId, tuple[GroupId, ...]]:
    """Return the cases that others are said to go on from, each with these."""
    columns = case_links.c
    query = select(columns.earlier, columns.group_id).distinct().order_by(columns.group_id)
    found: dict[GroupId, tuple[GroupId, ...]] = {}
    for earlier, later in connection.execute(query):
        found[GroupId(earlier)] = (*found.get(GroupId(earlier), ()), GroupId(later))
    return found


def replace_free_days(connection: Connection, given: Mapping[str, FreeDays]) -> None:
    """Write the free days of States, in the place of what was known of these."""
    for state, each in given.items():
        connection.execute(delete(free_days).where(free_days.c.state == state))
        for day in sorted(each.days):
            connection.execute(
                insert(free_days).values(state=state, day=day.isoformat(), moves=int(each.moves))
            )


def load_free_days(connection: Connection) -> dict[str, FreeDays]:
    """Return the free days that are known, by two-letter code of the State."""
    found: dict[str, set[date]] = {}
    moving: dict[str, bool] = {}
    for row in connection.execute(select(free_days)).all():
        found.setdefault(row.state, set()).add(date.fromisoformat(row.day))
        moving[row.state] = bool(row.moves)
    return {state: FreeDays(frozenset(days), moving[state]) for state, days in found.items()}


def save_draft_link(connection: Connection, draft_id: bytes, link: CaseLinked) -> None:
    """Write from which case a draft goes on."""
    values = {"earlier": link.earlier, "relation": link.relation}
    row = insert(draft_links).values(draft_id=draft_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["draft_id"], set_=values))


def load_draft_link(connection: Connection, draft_id: bytes) -> CaseLinked | None:
    """Return from which case a draft goes on, if it goes on from one."""
    row = connection.execute(select(draft_links).where(draft_links.c.draft_id == draft_id)).first()
    return None if row is None else CaseLinked(row.relation, GroupId(row.earlier))
