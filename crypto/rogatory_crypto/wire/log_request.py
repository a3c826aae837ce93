"""Bodies of the calls about the transparency log and the root of trust: deterministic CBOR arrays."""

from dataclasses import dataclass
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.wire import identifier, limits
from rogatory_crypto.wire.structure import Structure

MAX_ENTRIES_PER_PUBLICATION: Final = 256
MAX_ENTRY_BYTES: Final = limits.MAX_STATEMENT_BYTES + 128
MAX_METADATA_BYTES: Final = 1 << 20
MAX_ROOTS: Final = 256


@dataclass(frozen=True, slots=True)
class ProposedEntry(Structure):
    """What is to stand in the log: the type of entry (``log.entry.EntryType``) and its encoded body."""

    type: int
    body: bytes
    READERS: ClassVar = (
        lambda value: cbor.unsigned(value, maximum=255),
        lambda value: cbor.byte_string(value, minimum=1, maximum=limits.MAX_STATEMENT_BYTES),
    )


@dataclass(frozen=True, slots=True)
class EntryPublication(Structure):
    """Entries to append to the log, all or none; each speaks for itself by its signatures."""

    entries: tuple[ProposedEntry, ...]
    LIMIT: ClassVar = limits.MAX_BODY_BYTES
    READERS: ClassVar = (
        lambda value: cbor.array_of(
            value, ProposedEntry.from_plain, minimum=1, maximum=MAX_ENTRIES_PER_PUBLICATION
        ),
    )


@dataclass(frozen=True, slots=True)
class LogPage(Structure):
    """Encoded log entries from ``first_index`` on; ``size`` is that of the newest published checkpoint."""

    first_index: int
    size: int
    entries: tuple[bytes, ...]
    LIMIT: ClassVar = limits.MAX_BODY_BYTES
    READERS: ClassVar = (
        identifier.read_sequence,
        identifier.read_sequence,
        lambda value: cbor.array_of(
            value,
            lambda item: cbor.byte_string(item, minimum=1, maximum=MAX_ENTRY_BYTES),
            maximum=limits.MAX_STATEMENTS_PER_PAGE,
        ),
    )


@dataclass(frozen=True, slots=True)
class TrustUpdate(Structure):
    """Root metadata newer than the version asked after, oldest first, and the newest network trust."""

    roots: tuple[bytes, ...]
    trust: bytes
    LIMIT: ClassVar = limits.MAX_BODY_BYTES
    READERS: ClassVar = (
        lambda value: cbor.array_of(
            value,
            lambda item: cbor.byte_string(item, minimum=1, maximum=MAX_METADATA_BYTES),
            maximum=MAX_ROOTS,
        ),
        lambda value: cbor.byte_string(value, minimum=1, maximum=MAX_METADATA_BYTES),
    )


@dataclass(frozen=True, slots=True)
class PostmarkProof(Structure):
    """Where a batch of postmarks is listed: the entry's log index, the place in it, and the audit path."""

    log_index: int
    position: int
    size: int
    path: tuple[bytes, ...]
    READERS: ClassVar = (
        identifier.read_sequence,
        identifier.read_sequence,
        identifier.read_sequence,
        lambda value: cbor.array_of(value, identifier.read_hash, maximum=16),
    )
