"""Bodies of the relay's HTTPS calls: deterministic CBOR arrays of media type ``application/cbor``."""

from dataclasses import dataclass
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code
from rogatory_crypto.wire import identifier, limits
from rogatory_crypto.wire.frame import read_code
from rogatory_crypto.wire.identifier import DeviceId, GroupId
from rogatory_crypto.wire.structure import Structure

MEDIA_TYPE: Final = "application/cbor"


def read_suite(value: object) -> int:
    """Read an MLS cipher suite number."""
    return cbor.unsigned(value, maximum=0xFFFF)


def _read_key_package(value: object) -> bytes:
    return cbor.byte_string(value, maximum=limits.MAX_KEY_PACKAGE_BYTES)


@dataclass(frozen=True, slots=True)
class RelayInfo(Structure):
    """Who answers: protocol version, origin name, postmark key, clock and limits."""

    version: int
    origin: str
    postmark_key: bytes
    now_ms: int
    max_application_bytes: int
    max_attachment_bytes: int
    READERS: ClassVar = (
        lambda value: cbor.unsigned(value, maximum=255),
        lambda value: cbor.text(value, maximum=limits.MAX_NAME_CHARACTERS),
        identifier.read_hash,
        identifier.read_time,
        identifier.read_sequence,
        identifier.read_sequence,
    )


@dataclass(frozen=True, slots=True)
class Problem(Structure):
    """The body of every refusal: a code, and nothing of the relay's inside."""

    code: Code
    READERS: ClassVar = (read_code,)


@dataclass(frozen=True, slots=True)
class Published(Structure):
    """The index in the log that the first entry of a publication took."""

    first_index: int
    READERS: ClassVar = (identifier.read_sequence,)


@dataclass(frozen=True, slots=True)
class KeyPackageUpload(Structure):
    """KeyPackages (complete MLSMessages) for single use, and the last resort one that replaces the former."""

    suite: int
    key_packages: tuple[bytes, ...]
    last_resort: bytes | None
    LIMIT: ClassVar = limits.MAX_BODY_BYTES
    READERS: ClassVar = (
        read_suite,
        lambda value: cbor.array_of(value, _read_key_package, maximum=limits.MAX_KEY_PACKAGES_PER_UPLOAD),
        lambda value: cbor.optional(value, _read_key_package),
    )


@dataclass(frozen=True, slots=True)
class KeyPackageStock(Structure):
    """How many single-use KeyPackages the relay still holds for the asking device and suite."""

    remaining: int
    READERS: ClassVar = (identifier.read_sequence,)


@dataclass(frozen=True, slots=True)
class KeyPackageClaim(Structure):
    """Ask for one KeyPackage of each device; each single-use one is handed out once."""

    suite: int
    devices: tuple[DeviceId, ...]
    READERS: ClassVar = (
        read_suite,
        lambda value: cbor.array_of(
            value, identifier.read_device_id, minimum=1, maximum=limits.MAX_CLAIMED_DEVICES
        ),
    )


@dataclass(frozen=True, slots=True)
class ClaimedKeyPackage(Structure):
    """The KeyPackage of one device, or None where the relay holds none."""

    device_id: DeviceId
    key_package: bytes | None
    READERS: ClassVar = (
        identifier.read_device_id,
        lambda value: cbor.optional(value, _read_key_package),
    )


@dataclass(frozen=True, slots=True)
class ClaimedKeyPackages(Structure):
    """Answer to a claim, in the order of its devices."""

    key_packages: tuple[ClaimedKeyPackage, ...]
    LIMIT: ClassVar = limits.MAX_CLAIMED_DEVICES * (limits.MAX_KEY_PACKAGE_BYTES + 64)
    READERS: ClassVar = (
        lambda value: cbor.array_of(value, ClaimedKeyPackage.from_plain, maximum=limits.MAX_CLAIMED_DEVICES),
    )


@dataclass(frozen=True, slots=True)
class UploadRequest(Structure):
    """Announce an encrypted attachment of ``size`` bytes that only devices of ``group_id`` may fetch.

    Announcing the same blob again with the same values changes nothing and tells how much has arrived. The
    group may be one whose first commit has not come yet; of a sealed blob any member may ask.
    """

    group_id: GroupId
    size: int
    READERS: ClassVar = (
        identifier.read_group_id,
        lambda value: cbor.unsigned(value, maximum=limits.MAX_ATTACHMENT_BYTES),
    )


@dataclass(frozen=True, slots=True)
class UploadState(Structure):
    """How many bytes of an upload are durable, and whether it is sealed and ready to be fetched."""

    offset: int
    size: int
    complete: bool
    READERS: ClassVar = (identifier.read_sequence, identifier.read_sequence, cbor.boolean)


@dataclass(frozen=True, slots=True)
class UploadCompletion(Structure):
    """The SHA-256 of the whole stored ciphertext; the relay compares it with what it holds."""

    sha256: bytes
    READERS: ClassVar = (identifier.read_hash,)
