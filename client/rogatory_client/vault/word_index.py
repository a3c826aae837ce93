"""Completing the index of words: made anew by another version of folding, caught up where it was cut off."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from rogatory_client.casework.searching.folded_text import VERSION
from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.interpretation import EVIDENCE
from rogatory_client.vault.archive import read_message
from rogatory_client.vault.database import Vault
from rogatory_client.vault.register_schema import derived_versions, word_places
from rogatory_client.vault.schema import messages
from rogatory_client.vault.words import add_words

_NAME: Final = "words"
_AT_ONCE: Final = 1_000
_LACKING: Final = (
    "SELECT EXISTS (SELECT 1 FROM messages WHERE kind <> ? "
    "AND number > (SELECT coalesce(max(number), 0) FROM word_places))"
)


def complete(vault: Vault) -> None:
    """Index the messages that are not yet, some in each transaction, so that a cut costs nothing."""
    with vault.reading() as connection:
        is_complete = _version(connection) == VERSION and not _lacks_any(connection)
    while not is_complete:
        with vault.writing(erasing=False) as connection:
            is_complete = _complete_some(connection)


def _complete_some(connection: Connection) -> bool:
    """Index some; tell whether there are no more."""
    if _version(connection) != VERSION:
        connection.exec_driver_sql("INSERT INTO words (words) VALUES ('delete-all')")
        connection.execute(delete(word_places))
        connection.execute(delete(derived_versions).where(derived_versions.c.name == _NAME))
        connection.execute(insert(derived_versions), [{"name": _NAME, "version": VERSION}])
    missing = tuple(_missing(connection, _AT_ONCE))
    add_words(connection, ((number, message, None) for number, message in missing))
    return len(missing) < _AT_ONCE


def _version(connection: Connection) -> int | None:
    found = select(derived_versions.c.version).where(derived_versions.c.name == _NAME)
    return connection.execute(found).scalar()


def _lacks_any(connection: Connection) -> bool:
    """Tell whether a message is not indexed, without reading any."""
    return bool(connection.exec_driver_sql(_LACKING, (EVIDENCE,)).scalar())


def _missing(connection: Connection, limit: int) -> Iterator[tuple[int, ArchivedMessage]]:
    newest = connection.execute(select(func.max(word_places.c.number))).scalar() or 0
    query = select(messages).where(messages.c.number > newest, messages.c.kind != EVIDENCE)
    rows = connection.execute(query.order_by(messages.c.number).limit(limit)).all()
    return ((row.number, read_message(row)) for row in rows)
