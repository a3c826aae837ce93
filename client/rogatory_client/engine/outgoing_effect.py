"""What a step asks the vault to keep of what goes out, until the relay has it."""

from dataclasses import dataclass, field

from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import BlobId, GroupId, SubmissionId


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something to be sent; ``number`` gives the order and is 0 until the vault has chosen it.

    ``payload`` is its ciphertext once sealed, with the id under which it is submitted again and again until
    the relay has answered.
    """

    number: int
    group_id: GroupId
    message_id: MessageId
    content: bytes = field(repr=False)
    submission_id: SubmissionId | None = None
    epoch: int | None = None
    payload: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Put something into the outbox."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class SaveSealed:
    """Write a parcel's ciphertext, or take a stale one away."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class DropParcel:
    """The parcel has arrived."""

    number: int


@dataclass(frozen=True, slots=True)
class FailParcel:
    """The parcel can never be sent; the sentence says why and what to do."""

    number: int
    failure: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """An attachment on its way up: the file, the key that is good for exactly its bytes, and both hashes."""

    blob_id: BlobId
    group_id: GroupId
    message_id: MessageId
    path: str
    filename: str
    size: int
    modified_ns: int
    key: bytes = field(repr=False)
    salt: bytes
    context: bytes
    stored_sha256: bytes


@dataclass(frozen=True, slots=True)
class SaveTransfer:
    """Plan the upload of an attachment."""

    transfer: Transfer
