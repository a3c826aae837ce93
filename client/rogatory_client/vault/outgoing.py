"""What waits to be sent: parcels in order, and the attachments that go before them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from rogatory_client.engine.effect import Effect
from rogatory_client.engine.outgoing_effect import DropParcel, FailParcel, Parcel, SaveSealed, Transfer
from rogatory_client.vault.schema import outbox, transfers
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import BlobId, GroupId, SubmissionId

# What is written for every message is built once: building it takes longer than writing it.
_ADD_PARCEL: Final = insert(outbox)
_OF_PARCEL: Final = outbox.c.number == bindparam("of_parcel")
_SAVE_SEALED: Final = (
    update(outbox)
    .where(_OF_PARCEL)
    .values(submission_id=bindparam("submission_id"), epoch=bindparam("epoch"), payload=bindparam("payload"))
)
_DROP_PARCEL: Final = delete(outbox).where(_OF_PARCEL)
_EVERY: Final = select(outbox).order_by(outbox.c.number)
_CHANGED: Final = _EVERY.where(
    outbox.c.number.in_(bindparam("changed", expanding=True)) | (outbox.c.number > bindparam("newest"))
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parcel, and the sentence that says why it can never be sent, if so."""

    parcel: Parcel
    failure: str | None


@dataclass(frozen=True, slots=True)
class TransferState:
    """How far an upload has come, in bytes of the stored form."""

    transfer: Transfer
    uploaded_bytes: int
    complete: bool


def load_outbox(connection: Connection) -> list[Waiting]:
    """Return all that waits, oldest first."""
    return _waiting(connection, _EVERY, {})


def follow_outbox(
    connection: Connection, waiting: Sequence[Waiting], effects: Iterable[Effect]
) -> list[Waiting]:
    """Return all that waits after some effects, by reading only what these can have changed.

    Args:
        connection: the vault, in which they are written.
        waiting: what waited before.
        effects: of one transaction.
    """
    gone, changed = set[int](), set[int]()
    for effect in effects:
        match effect:
            case DropParcel():
                gone.add(effect.number)
            case SaveSealed():
                changed.add(effect.parcel.number)
            case FailParcel():
                changed.add(effect.number)
            case _:
                pass
    kept = [each for each in waiting if each.parcel.number not in gone]
    newest = kept[-1].parcel.number if kept else 0
    # A number is given out again once what had it, and all after it, is gone: then it is above all kept.
    read = _waiting(connection, _CHANGED, {"changed": list(changed), "newest": newest})
    anew = {each.parcel.number: each for each in read}
    return [
        *(anew.pop(each.parcel.number, each) for each in kept),
        *anew.values(),
    ]


def _waiting(
    connection: Connection, query: Select[*tuple[Any, ...]], values: Mapping[str, object]
) -> list[Waiting]:
    return [
        Waiting(
            Parcel(
                number=row.number,
                group_id=GroupId(row.group_id),
                message_id=MessageId(row.message_id),
                content=row.content,
                submission_id=None if row.submission_id is None else SubmissionId(row.submission_id),
                epoch=row.epoch,
                payload=row.payload,
            ),
            row.failure,
        )
        for row in connection.execute(query, values)
    ]


def enqueue(connection: Connection, parcels: Iterable[Parcel]) -> None:
    """Add parcels at the end."""
    values = [
        {"group_id": each.group_id, "message_id": each.message_id, "content": each.content}
        for each in parcels
    ]
    connection.execute(_ADD_PARCEL, values)


def save_sealed(connection: Connection, parcels: Iterable[Parcel]) -> None:
    """Write parcels' ciphertexts and the ids they are submitted under, or take both away."""
    values = [
        {
            "of_parcel": each.number,
            "submission_id": each.submission_id,
            "epoch": each.epoch,
            "payload": each.payload,
        }
        for each in parcels
    ]
    connection.execute(_SAVE_SEALED, values)


def drop_parcels(connection: Connection, numbers: Iterable[int]) -> None:
    """The parcels have arrived."""
    connection.execute(_DROP_PARCEL, [{"of_parcel": number} for number in numbers])


def fail_parcel(connection: Connection, number: int, failure: str) -> None:
    """The parcel stays, with the reason why it cannot be sent."""
    connection.execute(update(outbox).where(outbox.c.number == number).values(failure=failure))


def save_transfer(connection: Connection, transfer: Transfer) -> None:
    """Plan an upload."""
    values = {name: getattr(transfer, name) for name in Transfer.__slots__}
    connection.execute(insert(transfers), [{**values, "uploaded_bytes": 0, "complete": 0}])


def note_progress(connection: Connection, blob_id: BlobId, uploaded_bytes: int, *, complete: bool) -> None:
    """Write how far an upload has come, for the screen; the relay's own count decides where to go on."""
    values = {"uploaded_bytes": uploaded_bytes, "complete": int(complete)}
    connection.execute(update(transfers).where(transfers.c.blob_id == blob_id).values(**values))


def load_transfers(connection: Connection) -> list[TransferState]:
    """Return all uploads that are not complete."""
    return [
        TransferState(
            Transfer(**{name: getattr(row, name) for name in Transfer.__slots__}),
            row.uploaded_bytes,
            bool(row.complete),
        )
        for row in connection.execute(select(transfers).where(transfers.c.complete == 0))
    ]
