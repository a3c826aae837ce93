"""What was sealed for a carrier goes to the relay as it is, unless the room has gone on since."""

from collections.abc import Collection, Sequence
from hashlib import sha256

from rogatory_client.engine import outbox
from rogatory_client.engine.outgoing_effect import Parcel
from rogatory_client.office.desk import Desk
from rogatory_client.vault import carried
from rogatory_crypto.wire.identifier import SubmissionId


def renewed(desk: Desk, parcels: Sequence[Parcel], in_flight: Collection[SubmissionId]) -> tuple[Parcel, ...]:
    """Return the parcels, without the ciphertexts of former epochs that the relay has not got.

    They may be weeks old, and others may have forgotten the keys (M03); who has one by carrier knows the
    message in the new one. What the log has brought back, or is on its way, stays as it is.
    """
    return tuple(
        outbox.unseal(each) if _is_outdated(desk, each) and each.submission_id not in in_flight else each
        for each in parcels
    )


def _is_outdated(desk: Desk, parcel: Parcel) -> bool:
    stand = desk.rooms[parcel.group_id].stand
    if parcel.payload is None or parcel.epoch is None or stand is None or parcel.epoch >= stand.epoch:
        return False
    if sha256(parcel.payload).digest() not in desk.own_payloads:
        return False
    with desk.vault.reading() as connection:
        return carried.carried_out_at(connection, parcel.submission_id) is not None
