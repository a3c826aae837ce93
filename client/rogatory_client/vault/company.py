"""What was said about who is in a case, with who said it and when; what it comes to is computed."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.company_effect import SaveCompany
from rogatory_client.vault.company_schema import company_words
from rogatory_client.vault.schema import messages
from rogatory_crypto.casework.company import Word
from rogatory_crypto.content.case_company import CircleSet, LiaisonAssigned, StandingProposed
from rogatory_crypto.content.events import decode
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId


def save_company(connection: Connection, said: SaveCompany) -> None:
    """Keep a word; one that is there already stays as it is."""
    values = {name: getattr(said, name) for name in SaveCompany.__slots__}
    connection.execute(insert(company_words).values(**values).on_conflict_do_nothing())


def load_company(connection: Connection) -> dict[GroupId, tuple[Word, ...]]:
    """Return all words, by room, in no order that matters."""
    joined = company_words.join(messages, messages.c.message_id == company_words.c.message_id)
    columns = (messages.c.entry_id, messages.c.device_id, messages.c.at_ms, messages.c.sequence)
    found: dict[GroupId, tuple[Word, ...]] = {}
    for row in connection.execute(select(company_words, *columns).select_from(joined)):
        event = decode(row.event)
        if isinstance(event, CircleSet | StandingProposed | LiaisonAssigned):
            word = Word(
                MessageId(row.message_id),
                EntryId(row.entry_id),
                DeviceId(row.device_id),
                row.at_ms,
                event,
                is_queued=row.sequence in {None, FROM_CARRIER},
            )
            group_id = GroupId(row.group_id)
            found[group_id] = (*found.get(group_id, ()), word)
    return found
