"""Names of things on the wire: opaque to the relay, of fixed or bounded length, never carrying meaning.

No case number, subject or office name may stand in an identifier: the relay sees them all.
"""

from enum import IntEnum
from typing import Final, NewType

from rogatory_crypto import cbor

GroupId = NewType("GroupId", bytes)
SubmissionId = NewType("SubmissionId", bytes)
DeviceId = NewType("DeviceId", bytes)
BlobId = NewType("BlobId", bytes)
EntryId = NewType("EntryId", str)
Sequence = NewType("Sequence", int)
Epoch = NewType("Epoch", int)

SUBMISSION_ID_BYTES: Final = 16
DEVICE_ID_BYTES: Final = 16
BLOB_ID_BYTES: Final = 16
HASH_BYTES: Final = 32
GROUP_ID_MIN_BYTES: Final = 16
GROUP_ID_MAX_BYTES: Final = 64
MAX_UINT64: Final = (1 << 64) - 1
# Relay databases hold positions as signed 64-bit integers.
MAX_SEQUENCE: Final = (1 << 63) - 1


class RowKind(IntEnum):
    """What a row of a group's log carries; all the relay needs to route it."""

    APPLICATION = 0
    PROPOSAL = 1
    COMMIT = 2
    WELCOME = 3


def read_group_id(value: object) -> GroupId:
    """Read an MLS group id (RFC 9420 section 11): 16 to 64 bytes."""
    return GroupId(cbor.byte_string(value, minimum=GROUP_ID_MIN_BYTES, maximum=GROUP_ID_MAX_BYTES))


def read_submission_id(value: object) -> SubmissionId:
    """Read the id a client chose for one submission."""
    return SubmissionId(cbor.byte_string(value, length=SUBMISSION_ID_BYTES))


def read_device_id(value: object) -> DeviceId:
    """Read a device id."""
    return DeviceId(cbor.byte_string(value, length=DEVICE_ID_BYTES))


def read_blob_id(value: object) -> BlobId:
    """Read the id of a stored attachment."""
    return BlobId(cbor.byte_string(value, length=BLOB_ID_BYTES))


def read_entry_id(value: object) -> EntryId:
    """Read a directory entry id such as ``CNA-SN-01``."""
    return EntryId(cbor.text(value, minimum=1, maximum=64))


def read_origin(value: object) -> str:
    """Read the name of a relay."""
    return cbor.text(value, minimum=1, maximum=255)


def read_sequence(value: object) -> Sequence:
    """Read a position in a group's log."""
    return Sequence(cbor.unsigned(value, maximum=MAX_SEQUENCE))


def read_epoch(value: object) -> Epoch:
    """Read an MLS epoch."""
    return Epoch(cbor.unsigned(value, maximum=MAX_SEQUENCE))


def read_hash(value: object) -> bytes:
    """Read a SHA-256 hash."""
    return cbor.byte_string(value, length=HASH_BYTES)


def read_time(value: object) -> int:
    """Read a time; the field's name says whether it counts seconds or milliseconds."""
    return cbor.unsigned(value, maximum=MAX_SEQUENCE)
