"""What came by carrier until the relay shows it, and what was written to a file."""

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.carried_effect import FROM_CARRIER, Carried, ConfirmCarried, NoteCarriedOut
from rogatory_client.engine.outgoing_effect import Transfer
from rogatory_client.vault.archive import StoredMessage
from rogatory_client.vault.carried_schema import carried_in, carried_out
from rogatory_client.vault.outgoing import TransferState
from rogatory_client.vault.schema import messages, transfers
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import BlobId, DeviceId, GroupId, SubmissionId


def save_carried(connection: Connection, carried: Carried) -> None:
    """Remember how a message came."""
    values = {name: getattr(carried, name) for name in Carried.__slots__}
    connection.execute(insert(carried_in).values(**values, sequence=None).on_conflict_do_nothing())


def confirm(connection: Connection, confirmed: ConfirmCarried) -> None:
    """Write the relay's place and time beside the message, and that it has shown it."""
    connection.execute(
        update(messages)
        .where(messages.c.message_id == confirmed.message_id, messages.c.sequence == FROM_CARRIER)
        .values(sequence=confirmed.sequence, at_ms=confirmed.at_ms)
    )
    connection.execute(
        update(carried_in)
        .where(carried_in.c.payload_sha256 == confirmed.payload_sha256)
        .values(sequence=confirmed.sequence)
    )


def load_unconfirmed(connection: Connection) -> dict[bytes, Carried]:
    """Return what the relay has not shown yet, by the hash of its ciphertext."""
    rows = connection.execute(select(carried_in).where(carried_in.c.sequence.is_(None)))
    return {
        row.payload_sha256: Carried(
            row.payload_sha256,
            GroupId(row.group_id),
            MessageId(row.message_id),
            DeviceId(row.device_id),
            row.written_at_ms,
            row.came_at,
        )
        for row in rows
    }


def has_come(connection: Connection, payload_sha256: bytes) -> bool:
    """Tell whether a ciphertext came by carrier, confirmed since or not."""
    query = select(carried_in.c.payload_sha256).where(carried_in.c.payload_sha256 == payload_sha256)
    return connection.execute(query).first() is not None


def holder_of(connection: Connection, group_id: GroupId, blob_id: BlobId) -> StoredMessage | None:
    """Return a message of a room that names this attachment; what it says of it is for the caller to read."""
    named = func.instr(messages.c.content, blob_id.hex().encode()) > 0
    query = select(messages).where(messages.c.group_id == group_id, named)
    return connection.execute(query.limit(1)).first()


def note_carried_out(connection: Connection, noted: NoteCarriedOut) -> None:
    """Write that these ciphertexts are in a file; the newest counts."""
    for submission_id in noted.submission_ids:
        row = insert(carried_out).values(submission_id=submission_id, at=noted.at)
        connection.execute(row.on_conflict_do_update(index_elements=["submission_id"], set_={"at": noted.at}))


def carried_out_at(connection: Connection, submission_id: SubmissionId | None) -> int | None:
    """Return when a ciphertext was last written to a file, Unix seconds; None where it was not."""
    query = select(carried_out.c.at).where(carried_out.c.submission_id == submission_id)
    return connection.execute(query).scalar()


def transfers_of(connection: Connection, message_id: MessageId) -> list[TransferState]:
    """Return the attachments of a message that is on its way, at the relay already or not."""
    rows = connection.execute(select(transfers).where(transfers.c.message_id == message_id))
    return [
        TransferState(
            Transfer(**{name: getattr(row, name) for name in Transfer.__slots__}),
            row.uploaded_bytes,
            bool(row.complete),
        )
        for row in rows
    ]
