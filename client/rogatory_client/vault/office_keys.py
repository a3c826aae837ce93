"""The office's private keys where this device is to get them, or has made the next ones.

Next keys are kept until the log has shown whether they count: a relay that refuses a statement may publish it
later, and an office must never be left with keys that nobody holds.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select, update

from rogatory_client.vault.schema import identity, key_requests, next_office_keys
from rogatory_crypto.signing import PrivateKeys


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request for the office's keys that nobody has answered; ``sha256`` is of its signed bytes."""

    one_time: bytes = field(repr=False)
    sha256: bytes


@dataclass(frozen=True, slots=True)
class NextKeys:
    """Keys that are the office's from statement ``sequence`` of its chain on, if the log says so."""

    private: PrivateKeys
    ed25519_public: bytes
    sequence: int


def save_request(connection: Connection, request: OpenRequest) -> None:
    """Keep the one-time key of a request; the one before it is erased."""
    connection.execute(delete(key_requests))
    connection.execute(insert(key_requests).values(only=1, one_time=request.one_time, sha256=request.sha256))


def load_request(connection: Connection) -> OpenRequest | None:
    """Return the request that waits for an answer."""
    row = connection.execute(select(key_requests)).first()
    return None if row is None else OpenRequest(row.one_time, row.sha256)


def accept_office_keys(connection: Connection, private: PrivateKeys) -> None:
    """Replace the office's keys of this device, and erase the request they answer."""
    connection.execute(delete(key_requests))
    connection.execute(
        update(identity).values(office_private=private.ed25519, office_ml_dsa_44=private.ml_dsa_44)
    )


def save_next(connection: Connection, keys: NextKeys) -> None:
    """Keep keys before anybody hears of them."""
    values = {
        "office_private": keys.private.ed25519,
        "office_ml_dsa_44": keys.private.ml_dsa_44,
        "office_public": keys.ed25519_public,
        "sequence": keys.sequence,
    }
    connection.execute(insert(next_office_keys).values(values))


def load_next(connection: Connection) -> tuple[NextKeys, ...]:
    """Return all keys that may become the office's."""
    return tuple(
        NextKeys(PrivateKeys(row.office_private, row.office_ml_dsa_44), row.office_public, row.sequence)
        for row in connection.execute(select(next_office_keys))
    )


def forget_next(connection: Connection, ed25519_public: bytes) -> None:
    """Erase keys that have become the office's, or never will."""
    connection.execute(delete(next_office_keys).where(next_office_keys.c.office_public == ed25519_public))
