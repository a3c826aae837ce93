"""Statements of identity: who may enrol, which key is whose office, which device is whose, what is revoked.

The chain is: directory operator -> secretariat of a network -> invitation -> (enrolment code) authority entry
-> (office keys) device entry -> MLS leaf. All statements of one office form a chain by sequence and previous
hash, so that a withheld or reordered one is noticed. Who signs what is in ``signed_statement``; what is valid
when is decided in ``registry``. Times are unix seconds.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.role import Role
from rogatory_crypto.signing import PublicKeys
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.identifier import DeviceId, EntryId
from rogatory_crypto.wire.structure import Structure

MAX_NETWORK_CHARACTERS: Final = 32
# Controls, spaces, fillers, selectors and marks that show nothing or change the direction of what follows.
_UNSEEN: Final = re.compile(
    "[\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


class RevocationReason(StrEnum):
    """Why a device may no longer speak for its office."""

    LOST = "lost"
    OFFICER_LEFT = "officer-left"
    REPLACED = "replaced"
    COMPROMISED = "compromised"


def read_key(value: object) -> bytes:
    """Read an Ed25519 public key; one on which verifiers could differ is refused before it is listed."""
    return signing.verify_public_key(cbor.byte_string(value, length=signing.KEY_BYTES))


def read_officer(value: object) -> str:
    """Read an officer's function, such as ``case officer 2``; never a person's name."""
    return cbor.text(value, minimum=1, maximum=120)


def officer_told_apart(officer: str) -> str:
    """Return an officer's function as it is compared; ``DeviceEntry.who`` says how."""
    told = _UNSEEN.sub("", officer).encode(errors="surrogatepass").lower()
    return told.decode(errors="surrogatepass")


def read_network(value: object) -> str:
    """Read a network's code, such as ``WACAP``."""
    return cbor.text(value, minimum=1, maximum=MAX_NETWORK_CHARACTERS)


def _read_reason(value: object) -> RevocationReason:
    text = cbor.text(value, maximum=32)
    try:
        return RevocationReason(text)
    except ValueError as error:
        raise PeerError(Code.MALFORMED, "unknown revocation reason") from error


def _read_previous(value: object) -> bytes | None:
    return cbor.optional(value, identifier.read_hash)


def _read_device(value: object) -> DeviceId | None:
    return cbor.optional(value, identifier.read_device_id)


@dataclass(frozen=True, slots=True)
class Invitation(Structure):
    """Whoever holds the code behind ``code_key`` may enrol as ``entry_id``, once.

    Two officers of a network's secretariat invite its authorities; the directory operator invites the
    secretariats and names no network. ``origin`` is the relay it is for. The entry names the invitation and
    every later statement what went before it, so none of them can be carried to another relay.
    """

    origin: str
    entry_id: EntryId
    code_key: bytes
    issued_at: int
    expires_at: int
    network: str | None = None
    proposer: DeviceId | None = None
    confirmer: DeviceId | None = None
    TYPE: ClassVar = 1
    READERS: ClassVar = (
        identifier.read_origin,
        identifier.read_entry_id,
        read_key,
        identifier.read_time,
        identifier.read_time,
        lambda value: cbor.optional(value, read_network),
        _read_device,
        _read_device,
    )


@dataclass(frozen=True, slots=True)
class AuthorityEntry(Structure):
    """The keys of an authority, signed with its enrolment code and, to prove possession, with themselves."""

    entry_id: EntryId
    keys: PublicKeys
    invitation: bytes
    sequence: int
    previous: bytes | None
    created_at: int
    TYPE: ClassVar = 2
    READERS: ClassVar = (
        identifier.read_entry_id,
        PublicKeys.from_plain,
        identifier.read_hash,
        identifier.read_sequence,
        _read_previous,
        identifier.read_time,
    )


@dataclass(frozen=True, slots=True)
class DeviceEntry(Structure):
    """A device of an office, signed with the office keys and with the device's own Ed25519 key."""

    entry_id: EntryId
    officer: str
    role: Role
    device_id: DeviceId
    keys: PublicKeys
    not_before: int
    not_after: int
    sequence: int
    previous: bytes | None
    TYPE: ClassVar = 3
    READERS: ClassVar = (
        identifier.read_entry_id,
        read_officer,
        lambda value: cbor.member(value, Role),
        identifier.read_device_id,
        PublicKeys.from_plain,
        identifier.read_time,
        identifier.read_time,
        identifier.read_sequence,
        _read_previous,
    )

    @property
    def who(self) -> str:
        """The officer, to tell two apart: spaces, what nobody sees and ASCII case make nobody another one.

        No table of Unicode is asked, as two versions of it would judge a statement differently.
        """
        return officer_told_apart(self.officer)

    @property
    def signature_key(self) -> bytes:
        """The Ed25519 half: the key of the device's MLS leaves, receipts and sessions."""
        return self.keys.ed25519


@dataclass(frozen=True, slots=True)
class Revocation(Structure):
    """An office takes one of its devices out of service, for ever.

    ``revoked_at`` is what the office says; it counts from when the statement was listed.
    """

    entry_id: EntryId
    device_id: DeviceId
    reason: RevocationReason
    revoked_at: int
    sequence: int
    previous: bytes | None
    TYPE: ClassVar = 4
    READERS: ClassVar = (
        identifier.read_entry_id,
        identifier.read_device_id,
        _read_reason,
        identifier.read_time,
        identifier.read_sequence,
        _read_previous,
    )


@dataclass(frozen=True, slots=True)
class KeySuccession(Structure):
    """An office replaces its keys, signed with both the old and the new; its devices stay in service."""

    entry_id: EntryId
    keys: PublicKeys
    created_at: int
    sequence: int
    previous: bytes | None
    TYPE: ClassVar = 5
    READERS: ClassVar = (
        identifier.read_entry_id,
        PublicKeys.from_plain,
        identifier.read_time,
        identifier.read_sequence,
        _read_previous,
    )


@dataclass(frozen=True, slots=True)
class Renewal(Structure):
    """An office prolongs the term of a device; keys, officer, role and index stay as they were entered."""

    entry_id: EntryId
    device_id: DeviceId
    not_after: int
    sequence: int
    previous: bytes | None
    TYPE: ClassVar = 6
    READERS: ClassVar = (
        identifier.read_entry_id,
        identifier.read_device_id,
        identifier.read_time,
        identifier.read_sequence,
        _read_previous,
    )


@dataclass(frozen=True, slots=True)
class HandOver(Structure):
    """An officer leaves: his device is revoked, as ``officer-left``, in favour of a successor's.

    Two officers of the office sign beside it. ``handed_over_at`` is what the office says.
    """

    entry_id: EntryId
    leaver: DeviceId
    successor: DeviceId
    proposer: DeviceId
    confirmer: DeviceId
    handed_over_at: int
    sequence: int
    previous: bytes | None
    TYPE: ClassVar = 7
    READERS: ClassVar = (
        identifier.read_entry_id,
        identifier.read_device_id,
        identifier.read_device_id,
        identifier.read_device_id,
        identifier.read_device_id,
        identifier.read_time,
        identifier.read_sequence,
        _read_previous,
    )


OfficeStatement: TypeAlias = AuthorityEntry | DeviceEntry | Revocation | KeySuccession | Renewal | HandOver
Statement: TypeAlias = Invitation | OfficeStatement
