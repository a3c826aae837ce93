"""The index of words: of what people said, its subject, references and names of files, newest found first.

It holds no text, only which word stands where (FTS5 without content); what is shown comes from the messages.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, Integer, column, select, table, text

from rogatory_client.casework.searching.folded_text import fold
from rogatory_client.casework.searching.query import match_expression, read_query
from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.interpretation import filenames
from rogatory_client.vault.register_schema import word_places
from rogatory_crypto.content import mimi
from rogatory_crypto.content.nested_part import walk
from rogatory_crypto.wire.identifier import GroupId

_WORDS: Final = table("words", column("rowid", Integer))

# Written for every message: what SQLAlchemy adds to each row takes longer than the row.
_ADD_WORDS: Final = "INSERT INTO words (rowid, body) VALUES (?, ?)"
_ADD_PLACE: Final = "INSERT INTO word_places (number, group_id, entry_id, at_ms) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look; None where it makes no difference. Unix milliseconds; ``until_ms`` is not included."""

    group_id: GroupId | None = None
    entry_id: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None


def add_words(connection: Connection, found: Iterable[tuple[int, ArchivedMessage, str | None]]) -> None:
    """Index messages under their numbers, with the names of their attachments where these are at hand."""
    bodies: list[tuple[int, str]] = []
    places: list[tuple[int, bytes, str, int]] = []
    for number, message, names in found:
        bodies.append((number, fold(text_of(message, names))))
        places.append((number, message.group_id, message.entry_id, message.at_ms))
    if bodies:
        connection.exec_driver_sql(_ADD_WORDS, bodies)
        connection.exec_driver_sql(_ADD_PLACE, places)


def text_of(message: ArchivedMessage, names: str | None = None) -> str:
    """Return all of a message that is searched: what it is about, then what it says."""
    if names is None:
        names = filenames(tuple(walk(mimi.decode(message.content).nested_part)))
    return "\n".join(part for part in (message.subject, message.reference, message.text, names) if part)


def find(
    connection: Connection, typed: str, scope: Scope, limit: int, hidden: Collection[GroupId] = ()
) -> Sequence[int]:
    """Return the numbers of messages in which all terms are, what came last first; none for no terms.

    What is said in ``hidden`` rooms is as if it were not here: it takes no place, and shows by no gap.
    """
    terms = read_query(typed)
    if not terms:
        return ()
    # Its own rowid is the only order that the index has at hand: it stops at the last row wanted.
    found = text("words MATCH :terms").bindparams(terms=match_expression(terms))
    joined = _WORDS.join(word_places, word_places.c.number == _WORDS.c.rowid)
    shown = word_places.c.group_id.not_in(sorted(hidden))
    query = select(word_places.c.number).select_from(joined).where(found, shown, *_within(scope))
    return list(connection.execute(query.order_by(_WORDS.c.rowid.desc()).limit(limit)).scalars())


def _within(scope: Scope) -> Iterator[ColumnElement[bool]]:
    places = word_places.c
    if scope.group_id is not None:
        yield places.group_id == scope.group_id
    if scope.entry_id is not None:
        yield places.entry_id == scope.entry_id
    if scope.since_ms is not None:
        yield places.at_ms >= scope.since_ms
    if scope.until_ms is not None:
        yield places.at_ms < scope.until_ms
