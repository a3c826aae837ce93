"""Works on the batches of postmarks that were signed, and on the entries of the log that list them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from rogatory_crypto.log.listed_postmarks import SignedBatch
from rogatory_server.store.schema import postmark_batch, postmark_listing


class Unlisted(NamedTuple):
    """Batches in the order of their numbers, ``first`` and those that follow."""

    first: int
    batches: list[SignedBatch]


class Listing(NamedTuple):
    """An entry of the log, the batches in it, and which of them was asked for."""

    log_index: int
    position: int
    batches: list[SignedBatch]


def add(connection: Connection, batches: Sequence[SignedBatch]) -> None:
    """Keep batches, numbered as they come."""
    if not batches:
        return
    first = _next_number(connection)
    rows = [batch._asdict() | {"number": number} for number, batch in enumerate(batches, start=first)]
    connection.execute(insert(postmark_batch), rows)


def unlisted(connection: Connection, limit: int) -> Unlisted:
    """Return the oldest batches that no entry lists."""
    first = _first_unlisted(connection)
    return Unlisted(first, _batches(connection, first, limit))


def list_in(connection: Connection, first: int, size: int, log_index: int) -> None:
    """Note that an entry lists ``size`` batches from ``first`` on."""
    connection.execute(insert(postmark_listing).values(first_number=first, size=size, log_index=log_index))


def find(connection: Connection, accepted_at_ms: int, root: bytes) -> Listing | None:
    """Return the entry that lists a batch, or None where none does."""
    number = connection.execute(
        select(func.min(postmark_batch.c.number)).where(
            postmark_batch.c.accepted_at_ms == accepted_at_ms, postmark_batch.c.root == root
        )
    ).scalar_one()
    if number is None:
        return None
    listing = connection.execute(
        select(postmark_listing)
        .where(postmark_listing.c.first_number <= number)
        .order_by(postmark_listing.c.first_number.desc())
        .limit(1)
    ).one_or_none()
    if listing is None or number >= listing.first_number + listing.size:
        return None
    batches = _batches(connection, listing.first_number, listing.size)
    return Listing(listing.log_index, number - listing.first_number, batches)


def drop_outdated(connection: Connection, before_ms: int) -> None:
    """Delete the batches of every entry whose newest batch is older; the entries stay in the log."""
    newest = (
        select(func.max(postmark_batch.c.number))
        .where(postmark_batch.c.accepted_at_ms < before_ms)
        .scalar_subquery()
    )
    outdated = connection.execute(
        select(func.max(postmark_listing.c.first_number + postmark_listing.c.size)).where(
            postmark_listing.c.first_number + postmark_listing.c.size - 1 <= newest
        )
    ).scalar_one()
    if outdated is not None:
        connection.execute(delete(postmark_batch).where(postmark_batch.c.number < outdated))


def _batches(connection: Connection, first: int, count: int) -> list[SignedBatch]:
    found = connection.execute(
        select(postmark_batch.c.accepted_at_ms, postmark_batch.c.root, postmark_batch.c.size)
        .where(postmark_batch.c.number >= first, postmark_batch.c.number < first + count)
        .order_by(postmark_batch.c.number)
    )
    return [SignedBatch(accepted_at_ms, bytes(root), size) for accepted_at_ms, root, size in found]


def _first_unlisted(connection: Connection) -> int:
    end = func.max(postmark_listing.c.first_number + postmark_listing.c.size)
    return connection.execute(select(end)).scalar_one() or 0


def _next_number(connection: Connection) -> int:
    newest = connection.execute(select(func.max(postmark_batch.c.number))).scalar_one()
    return max(-1 if newest is None else newest, _first_unlisted(connection) - 1) + 1
