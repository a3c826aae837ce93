"""A file for a USB stick or for mail: ciphertexts as the relay would get them, and encrypted attachments.

``head || payloads || attachments``, the latter two in the order and of the sizes that the head states, and
nothing behind them. The head is ``magic || length || manifest || signature``: 16 bytes, four bytes
big-endian, deterministic CBOR, and Ed25519 by the device that made the file. It hashes whatever follows, so
one signature covers all of it. Texts and receipts come before attachments: who reads the first bytes has
what was said.

In clear stands what the relay sees as well: the device, the rooms' numbers, sizes and times. A ciphertext has
the submission id under which it goes to the relay once the line is back, so nothing arrives twice.

For mail the file is cut into parts; each begins with ``magic || length || place``, which says where its bytes
belong. Parts are not signed: a byte in a wrong place does not have the hash that the head states.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire import identifier, limits
from rogatory_crypto.wire.identifier import BlobId, DeviceId, Epoch, GroupId, SubmissionId
from rogatory_crypto.wire.structure import Structure

MAGIC: Final = b"Rogatory carry 1"
PART_MAGIC: Final = b"Rogatory part 1\n"
LABEL: Final = "Carried"
VERSION: Final = 1
PREFIX_BYTES: Final = len(MAGIC) + 4
MAX_MESSAGES: Final = 5_000
MAX_FILES: Final = 1_000
MAX_PARTS: Final = 10_000
MAX_PLACE_BYTES: Final = 128
MAX_TOTAL_BYTES: Final = 1 << 50
# The end of the year 9999: what is claimed is shown, and nothing shows a later day.
MAX_CLAIMED_S: Final = 253_402_300_799


def _read_version(value: object) -> int:
    if cbor.unsigned(value, maximum=255) != VERSION:
        raise PeerError(Code.UNSUPPORTED, "a carried file of another version: update this program")
    return VERSION


@dataclass(frozen=True, slots=True)
class CarriedMessage(Structure):
    """One ciphertext.

    Attributes:
        submission_id: under which it goes to the relay.
        epoch: it was sealed in.
        written_at_ms: when it was written, Unix milliseconds, as its sender claims; no proof of anything.
        size: of the ciphertext, bytes.
        sha256: of the ciphertext.
    """

    group_id: GroupId
    submission_id: SubmissionId
    epoch: Epoch
    written_at_ms: int
    size: int
    sha256: bytes
    READERS: ClassVar = (
        identifier.read_group_id,
        identifier.read_submission_id,
        identifier.read_epoch,
        lambda value: cbor.unsigned(value, maximum=MAX_CLAIMED_S * 1000),
        lambda value: cbor.unsigned(value, minimum=1, maximum=limits.MAX_APPLICATION_BYTES),
        identifier.read_hash,
    )


@dataclass(frozen=True, slots=True)
class CarriedFile(Structure):
    """One attachment in its stored form: size in bytes and SHA-256 of that form."""

    blob_id: BlobId
    group_id: GroupId
    size: int
    sha256: bytes
    READERS: ClassVar = (
        identifier.read_blob_id,
        identifier.read_group_id,
        lambda value: cbor.unsigned(value, minimum=1, maximum=limits.MAX_ATTACHMENT_BYTES),
        identifier.read_hash,
    )


@dataclass(frozen=True, slots=True)
class CarryManifest(Structure):
    """What a carried file holds; ``made_at`` is Unix seconds by the clock of the device that made it."""

    version: int
    origin: str
    device_id: DeviceId
    made_at: int
    messages: tuple[CarriedMessage, ...]
    files: tuple[CarriedFile, ...]
    READERS: ClassVar = (
        _read_version,
        identifier.read_origin,
        identifier.read_device_id,
        lambda value: cbor.unsigned(value, maximum=MAX_CLAIMED_S),
        lambda value: cbor.array_of(value, CarriedMessage.from_plain, maximum=MAX_MESSAGES),
        lambda value: cbor.array_of(value, CarriedFile.from_plain, maximum=MAX_FILES),
    )
    LIMIT: ClassVar = 1 << 20

    @property
    def content_bytes(self) -> int:
        """How many bytes follow the head."""
        return sum(each.size for each in self.messages) + sum(each.size for each in self.files)


MAX_HEAD_BYTES: Final = PREFIX_BYTES + CarryManifest.LIMIT + signing.SIGNATURE_BYTES


@dataclass(frozen=True, slots=True)
class CarryHead:
    """A head as it was read: ``verify`` says whether its device has signed it."""

    manifest: CarryManifest
    encoded: bytes

    @property
    def total_bytes(self) -> int:
        """How many bytes the whole file has."""
        return len(self.encoded) + self.manifest.content_bytes

    def verify(self, public_key: bytes) -> None:
        """Return only if the device with this key has signed it.

        Raises:
            PeerError: BAD_SIGNATURE.
        """
        signed = self.encoded[PREFIX_BYTES : -signing.SIGNATURE_BYTES]
        signing.verify(LABEL, signed, self.encoded[-signing.SIGNATURE_BYTES :], public_key)


@dataclass(frozen=True, slots=True)
class PartPlace(Structure):
    """Where the bytes of a part belong.

    Attributes:
        head_sha256: of the head of the file that was cut.
        number: of this part, from 1.
        count: of parts.
        offset: of its first byte in the file.
        size: how many bytes it holds.
    """

    head_sha256: bytes
    number: int
    count: int
    offset: int
    size: int
    READERS: ClassVar = (
        identifier.read_hash,
        lambda value: cbor.unsigned(value, minimum=1, maximum=MAX_PARTS),
        lambda value: cbor.unsigned(value, minimum=1, maximum=MAX_PARTS),
        lambda value: cbor.unsigned(value, maximum=MAX_TOTAL_BYTES),
        lambda value: cbor.unsigned(value, minimum=1, maximum=MAX_TOTAL_BYTES),
    )
    LIMIT: ClassVar = MAX_PLACE_BYTES


def sign_head(manifest: CarryManifest, private: bytes) -> CarryHead:
    """Return the head of a file.

    Args:
        manifest: what it holds.
        private: Ed25519 seed of the device.

    Raises:
        MisuseError: it names something twice, or too much.
    """
    encoded = manifest.encode()
    try:
        _require_each_once(CarryManifest.decode(encoded))
    except PeerError as error:
        raise MisuseError(f"this cannot go into one file: {error.detail}") from error
    signature = signing.sign(LABEL, encoded, private)
    return CarryHead(manifest, _prefix(MAGIC, len(encoded)) + encoded + signature)


def head_bytes(prefix: bytes) -> int:
    """Return how many bytes a head has, from its first ``PREFIX_BYTES``.

    Raises:
        PeerError: MALFORMED if no carried file begins so, TOO_LARGE.
    """
    length = _length(
        prefix, MAGIC, "this is no file made with `rogatory carry out`, or its beginning is gone"
    )
    if length > CarryManifest.LIMIT:
        raise PeerError(Code.TOO_LARGE, "a carried file with a longer list than any of ours")
    return PREFIX_BYTES + length + signing.SIGNATURE_BYTES


def read_head(data: bytes) -> CarryHead:
    """Read a whole head; who signed it is not checked yet.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, WRONG_LENGTH or UNSUPPORTED.
    """
    if len(data) != head_bytes(data[:PREFIX_BYTES]):
        raise PeerError(Code.WRONG_LENGTH, "a carried file that ends within its list")
    manifest = CarryManifest.decode(data[PREFIX_BYTES : -signing.SIGNATURE_BYTES])
    _require_each_once(manifest)
    return CarryHead(manifest, data)


def cut(head: CarryHead, part_bytes: int) -> tuple[PartPlace, ...]:
    """Return the places of the parts of a file, each at most ``part_bytes`` long with what it begins with.

    Raises:
        MisuseError: that makes no part, or too many.
    """
    room = part_bytes - PREFIX_BYTES - MAX_PLACE_BYTES
    count = 0 if room < 1 else -(-head.total_bytes // room)
    if not 1 <= count <= MAX_PARTS:
        raise MisuseError(f"this size makes no parts, or more than {MAX_PARTS}: choose another")
    digest = sha256(head.encoded).digest()
    return tuple(
        PartPlace(digest, number + 1, count, number * room, min(room, head.total_bytes - number * room))
        for number in range(count)
    )


def encode_place(place: PartPlace) -> bytes:
    """Return what a part begins with."""
    encoded = place.encode()
    return _prefix(PART_MAGIC, len(encoded)) + encoded


def is_part(prefix: bytes) -> bool:
    """Tell whether a file that begins so is a part of another."""
    return prefix.startswith(PART_MAGIC)


def place_bytes(prefix: bytes) -> int:
    """Return how many bytes a part begins with, from its first ``PREFIX_BYTES``.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    length = _length(prefix, PART_MAGIC, "this is no part of a carried file")
    if length > MAX_PLACE_BYTES:
        raise PeerError(Code.TOO_LARGE, "a part that says more than its place")
    return PREFIX_BYTES + length


def read_place(data: bytes) -> PartPlace:
    """Read what a part begins with.

    Raises:
        PeerError: MALFORMED, TOO_LARGE or WRONG_LENGTH.
    """
    if len(data) != place_bytes(data[:PREFIX_BYTES]):
        raise PeerError(Code.WRONG_LENGTH, "a part that ends before it begins")
    return PartPlace.decode(data[PREFIX_BYTES:])


def order_parts(places: Sequence[PartPlace]) -> tuple[int, ...]:
    """Return the order in which parts make a file, as indices; a part that is there twice is used once.

    Raises:
        PeerError: WRONG_LENGTH naming what is missing, MALFORMED if they are of different files or disagree.
    """
    if not places or len({(each.head_sha256, each.count) for each in places}) != 1:
        raise PeerError(Code.MALFORMED, "parts of different files: take in one file at a time")
    found: dict[int, int] = {}
    for index, each in enumerate(places):
        if places[found.setdefault(each.number, index)] != each:
            raise PeerError(Code.MALFORMED, f"two parts {each.number} that differ")
    missing = [str(number) for number in range(1, places[0].count + 1) if number not in found]
    if missing:
        shown = ", ".join(missing[:10]) + (", …" if len(missing) > 10 else "")
        raise PeerError(Code.WRONG_LENGTH, f"of {places[0].count} parts these are missing: {shown}")
    order = tuple(found[number] for number in sorted(found))
    _require_seamless([places[index] for index in order])
    return order


def _require_seamless(places: Sequence[PartPlace]) -> None:
    offset = 0
    for each in places:
        if each.offset != offset or each.number > each.count:
            raise PeerError(Code.WRONG_OFFSET, f"part {each.number} does not follow the one before it")
        offset += each.size


def _require_each_once(manifest: CarryManifest) -> None:
    messages, files = manifest.messages, manifest.files
    if not messages and not files:
        raise PeerError(Code.MALFORMED, "a carried file that holds nothing")
    ids = {each.submission_id for each in messages}, {each.sha256 for each in messages}
    if any(len(found) != len(messages) for found in ids):
        raise PeerError(Code.MALFORMED, "a carried file that names a message twice")
    if len({each.blob_id for each in files}) != len(files):
        raise PeerError(Code.MALFORMED, "a carried file that names an attachment twice")


def _prefix(magic: bytes, length: int) -> bytes:
    return magic + length.to_bytes(4)


def _length(prefix: bytes, magic: bytes, otherwise: str) -> int:
    if len(prefix) != PREFIX_BYTES or not prefix.startswith(magic):
        raise PeerError(Code.MALFORMED, otherwise)
    return int.from_bytes(prefix[len(magic) :])
