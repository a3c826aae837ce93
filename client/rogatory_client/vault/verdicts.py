"""Verdicts on the signatures of attachments: none is ever changed, a later one stands beside it."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from rogatory_client.vault.schema import verdicts


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """One check of one attachment.

    Attributes:
        message_id, attachment: which attachment of which message.
        sha256: of the file that was checked.
        checked_at: when, unix seconds.
        checked_for: the instant that the check was for, unix seconds.
        report: the report, JSON.
        signer_named: whether the sender's entry in the directory names the signers; None if it names nobody.
    """

    message_id: bytes
    attachment: int
    sha256: bytes
    checked_at: int
    checked_for: int
    report: str
    signer_named: bool | None


def add_verdict(connection: Connection, verdict: StoredVerdict) -> None:
    """Keep a verdict."""
    values = {name: getattr(verdict, name) for name in StoredVerdict.__dataclass_fields__}
    connection.execute(insert(verdicts).values(values))


def load_verdicts(connection: Connection, message_id: bytes) -> tuple[StoredVerdict, ...]:
    """Return the verdicts on the attachments of a message, oldest first."""
    rows = connection.execute(
        select(verdicts).where(verdicts.c.message_id == message_id).order_by(verdicts.c.number)
    )
    return tuple(_stored(*row[1:]) for row in rows)


def _stored(
    message_id: bytes,
    attachment: int,
    sha256: bytes,
    checked_at: int,
    checked_for: int,
    report: str,
    signer_named: int | None,
) -> StoredVerdict:
    named = None if signer_named is None else bool(signer_named)
    return StoredVerdict(message_id, attachment, sha256, checked_at, checked_for, report, named)
