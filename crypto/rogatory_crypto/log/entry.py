"""What stands in the log: one deterministic CBOR array an entry.

``[type, sequence, previous, body, appended_at]``. All entries about one subject form a chain: they are
counted from 0, and each names the leaf hash of the one before it, so that a hole or a second branch shows
without knowing the rest of the log. What the body says, whom it is about and who signed it is in
``entry_body``.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.wire import identifier, limits
from rogatory_crypto.wire.structure import Structure

MAX_BODY_BYTES: Final = limits.MAX_STATEMENT_BYTES


class EntryType(IntEnum):
    """What an entry's body is."""

    IDENTITY_STATEMENT = 1
    DIRECTORY_SNAPSHOT = 2
    DIRECTORY_CHANGE = 3
    OFFICE_SEAL = 4
    REVOCATION = 5
    NETWORK_ADMISSION = 6
    POSTMARK_BATCH = 7


@dataclass(frozen=True, slots=True)
class LogEntry(Structure):
    """One entry.

    Attributes:
        type: what the body is.
        sequence: how many entries about the same subject stand before it.
        previous: leaf hash of the latest of those, None for the first.
        body: encoded, and signed by whoever answers for it.
        appended_at: when the log took it in, unix seconds.
    """

    type: EntryType
    sequence: int
    previous: bytes | None
    body: bytes
    appended_at: int
    LIMIT: ClassVar = MAX_BODY_BYTES + 128
    READERS: ClassVar = (
        lambda value: cbor.member(value, EntryType),
        identifier.read_sequence,
        lambda value: cbor.optional(value, identifier.read_hash),
        lambda value: cbor.byte_string(value, minimum=1, maximum=MAX_BODY_BYTES),
        identifier.read_time,
    )

    @property
    def leaf(self) -> bytes:
        """Leaf hash in the tree; what the next entry about the same subject names as previous."""
        return leaf_hash(self.encode())
