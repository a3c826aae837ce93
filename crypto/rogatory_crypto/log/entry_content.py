"""What may be said in the log about authorities, besides identity statements, and whose chain it belongs to.

One structure for each type of entry. ``entry_body`` says who signs it, ``audit`` what must hold before it is
believed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NewType, TypeAlias

from rogatory_crypto import cbor, signing
from rogatory_crypto.identity.statement import read_network
from rogatory_crypto.wire import identifier, postmark
from rogatory_crypto.wire.identifier import EntryId
from rogatory_crypto.wire.structure import Structure

Subject = NewType("Subject", str)


class Change(StrEnum):
    """What happened to an authority's record in the directory."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


def _read_record_hash(value: object) -> bytes | None:
    return cbor.optional(value, identifier.read_hash)


@dataclass(frozen=True, slots=True)
class DirectorySnapshot(Structure):
    """The directory operator published snapshot ``number``; ``sha256`` is of its signed bytes."""

    number: int
    sha256: bytes
    READERS: ClassVar = (identifier.read_sequence, identifier.read_hash)

    @property
    def subject(self) -> Subject:
        """All snapshots are one chain."""
        return Subject("snapshot")


@dataclass(frozen=True, slots=True)
class DirectoryChange(Structure):
    """The directory operator changed one authority's record; ``record_sha256`` is None where withdrawn."""

    entry_id: EntryId
    change: Change
    record_sha256: bytes | None
    READERS: ClassVar = (
        identifier.read_entry_id,
        lambda value: cbor.member(value, Change),
        _read_record_hash,
    )

    @property
    def subject(self) -> Subject:
        """A chain for each record."""
        return Subject(f"directory/{self.entry_id}")


@dataclass(frozen=True, slots=True)
class OfficeSeal(Structure):
    """An office names the certificate that it seals documents with; times are unix seconds."""

    entry_id: EntryId
    certificate_sha256: bytes
    not_before: int
    not_after: int
    READERS: ClassVar = (
        identifier.read_entry_id,
        identifier.read_hash,
        identifier.read_time,
        identifier.read_time,
    )

    @property
    def subject(self) -> Subject:
        """A chain for each office."""
        return Subject(f"seal/{self.entry_id}")


@dataclass(frozen=True, slots=True)
class Revocation(Structure):
    """An office takes back a seal, for ever, named by the leaf hash of the entry that introduced it."""

    entry_id: EntryId
    revoked: bytes
    reason: str
    READERS: ClassVar = (
        identifier.read_entry_id,
        identifier.read_hash,
        lambda value: cbor.text(value, minimum=1, maximum=200),
    )

    @property
    def subject(self) -> Subject:
        """In the chain of what it revokes."""
        return Subject(f"seal/{self.entry_id}")


@dataclass(frozen=True, slots=True)
class NetworkAdmission(Structure):
    """A secretariat admits an authority to its network, or ends its membership."""

    network: str
    entry_id: EntryId
    admitted: bool
    READERS: ClassVar = (
        read_network,
        identifier.read_entry_id,
        cbor.boolean,
    )

    @property
    def subject(self) -> Subject:
        """A chain for each network."""
        return Subject(f"network/{self.network}")


@dataclass(frozen=True, slots=True)
class PostmarkBatch(Structure):
    """The relay signed the ``root`` over ``size`` batches of postmarks, as ``listed_postmarks`` says.

    Its time is in milliseconds.
    """

    accepted_at_ms: int
    size: int
    root: bytes
    signature: bytes
    READERS: ClassVar = (
        identifier.read_time,
        lambda value: cbor.unsigned(value, minimum=1, maximum=postmark.MAX_BATCH),
        identifier.read_hash,
        lambda value: cbor.byte_string(value, length=signing.SIGNATURE_BYTES),
    )

    @property
    def subject(self) -> Subject:
        """All batches are one chain."""
        return Subject("postmarks")


Content: TypeAlias = DirectorySnapshot | DirectoryChange | OfficeSeal | Revocation | NetworkAdmission
