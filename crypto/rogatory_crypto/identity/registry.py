"""The verified state of all identity statements: fed in order, it refuses what does not follow.

Relay and clients run the same rules over the same list. A statement is judged as of the time it was
appended, so that a replay years later reaches the same state. The registry never forgets: revoked and
replaced keys stay, because old signatures must remain attributable.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.credential import DeviceCredential, authority_uri
from rogatory_crypto.identity.statement import (
    AuthorityEntry,
    DeviceEntry,
    Invitation,
    OfficeStatement,
    Revocation,
    SignedStatement,
    Signer,
    decode_statement,
    verify_signatures,
)
from rogatory_crypto.wire.identifier import DeviceId, EntryId

MAX_INVITATION_S: Final = 90 * 86_400
MAX_DEVICE_LIFETIME_S: Final = 2 * 366 * 86_400
CLOCK_TOLERANCE_S: Final = 600


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation, whether somebody has used it, and whether a newer one to the same authority ended it."""

    invitation: Invitation
    hash: bytes
    used: bool
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """An enrolled authority: its current key and the head of its chain of statements."""

    entry_id: EntryId
    office_key: bytes
    sequence: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Device:
    """A device as its office entered it, where it stands in the list, and when its revocation was listed."""

    entry: DeviceEntry
    index: int
    revoked_at: int | None

    def is_in_service(self, at: int) -> bool:
        """Tell whether the device may act at a time (unix seconds)."""
        return (
            self.revoked_at is None
            and self.entry.not_before <= at + CLOCK_TOLERANCE_S
            and at < self.entry.not_after
        )


@dataclass(frozen=True, slots=True)
class VerifiedDevice:
    """A device whose credential was checked against the registry; only ``Registry`` makes one."""

    device: Device
    authority: str


class Registry:
    """Trust state for one relay origin, fed with its statements in order.

    Args:
        origin: the relay's name, part of every authority URI.
        operator_key: the directory operator's Ed25519 key, pinned in the network profile.
    """

    def __init__(self, origin: str, operator_key: bytes) -> None:
        self.origin = origin
        self._operator_key = operator_key
        self._size = 0
        self._latest = 0
        self._invitations: dict[bytes, OpenInvitation] = {}
        self._offices: dict[EntryId, Office] = {}
        self._devices: dict[DeviceId, Device] = {}
        self._newest_invitations: dict[EntryId, bytes] = {}
        self._codes: dict[bytes, bytes] = {}
        self._device_ids: dict[EntryId, list[DeviceId]] = {}
        self._signature_keys: set[bytes] = set()

    def copy(self) -> "Registry":
        """Return a registry in the same state, to try statements on that stand or fall together."""
        twin = Registry(self.origin, self._operator_key)
        twin._size = self._size
        twin._latest = self._latest
        twin._invitations = self._invitations.copy()
        twin._newest_invitations = self._newest_invitations.copy()
        twin._offices = self._offices.copy()
        twin._devices = self._devices.copy()
        twin._codes = self._codes.copy()
        twin._device_ids = {entry_id: ids.copy() for entry_id, ids in self._device_ids.items()}
        twin._signature_keys = self._signature_keys.copy()
        return twin

    @property
    def size(self) -> int:
        """How many statements have been applied."""
        return self._size

    @property
    def latest(self) -> int:
        """When the newest statement was appended, unix seconds; the next one cannot be older."""
        return self._latest

    @property
    def offices(self) -> MappingProxyType[EntryId, Office]:
        """Enrolled authorities by entry id."""
        return MappingProxyType(self._offices)

    @property
    def devices(self) -> MappingProxyType[DeviceId, Device]:
        """Every device ever entered, by id."""
        return MappingProxyType(self._devices)

    def invitation_for(self, code_key: bytes) -> OpenInvitation | None:
        """Return the invitation a code belongs to."""
        return self._invitations.get(self._codes.get(code_key, b""))

    def devices_of(self, entry_id: EntryId, at: int) -> tuple[Device, ...]:
        """Return an office's devices in service at a time, oldest first."""
        own = (self._devices[device_id] for device_id in self._device_ids.get(entry_id, ()))
        return tuple(device for device in own if device.is_in_service(at))

    def apply(self, data: bytes, accepted_at: int) -> SignedStatement:
        """Verify the next statement and take it in; on any error nothing changes.

        Args:
            data: the encoded signed statement.
            accepted_at: when it was appended, unix seconds.

        Raises:
            PeerError: the code says why, see the rules beside each check.
        """
        if accepted_at < self._latest:
            raise PeerError(Code.CONFLICT, "the statement is listed as older than the one before it")
        signed = decode_statement(data)
        match signed.statement:
            case Invitation():
                self._invite(signed, signed.statement, accepted_at)
            case AuthorityEntry():
                self._enrol(signed, signed.statement, accepted_at)
            case DeviceEntry():
                self._enter_device(signed, signed.statement, accepted_at)
            case Revocation():
                self._revoke(signed, signed.statement, accepted_at)
        self._size += 1
        self._latest = accepted_at
        return signed

    def verify_credential(self, identity: bytes, signature_key: bytes, at: int) -> VerifiedDevice:
        """Check that an MLS leaf speaks for the device it names (RFC 9420 section 5.3.1).

        Raises:
            PeerError: INVALID_CREDENTIAL, REVOKED or EXPIRED.
        """
        verified = self.attribute(identity, signature_key)
        if verified.device.revoked_at is not None:
            raise PeerError(Code.REVOKED, "the device was revoked by its office")
        if not verified.device.is_in_service(at):
            raise PeerError(Code.EXPIRED, "the device entry is not valid at this time")
        return verified

    def attribute(self, identity: bytes, signature_key: bytes) -> VerifiedDevice:
        """Find whose credential this is or was, in service or not; for messages from the past.

        Raises:
            PeerError: INVALID_CREDENTIAL.
        """
        credential = DeviceCredential.decode(identity)
        device = self._devices.get(credential.device_id)
        if device is None or device.index != credential.index:
            raise PeerError(Code.INVALID_CREDENTIAL, "no device entry at the index the credential names")
        authority = authority_uri(self.origin, device.entry.entry_id)
        expected = (authority, device.entry.officer, device.entry.signature_key)
        if (credential.authority, credential.officer, signature_key) != expected:
            raise PeerError(Code.INVALID_CREDENTIAL, "the credential differs from the device entry it names")
        return VerifiedDevice(device, authority)

    def credential_of(self, device_id: DeviceId) -> DeviceCredential:
        """Return the credential a device puts into its leaves.

        Raises:
            PeerError: NOT_FOUND.
        """
        device = self._devices.get(device_id)
        if device is None:
            raise PeerError(Code.NOT_FOUND, "no such device entry")
        authority = authority_uri(self.origin, device.entry.entry_id)
        return DeviceCredential(authority, device.entry.officer, device_id, device.index)

    def _invite(self, signed: SignedStatement, invitation: Invitation, accepted_at: int) -> None:
        verify_signatures(signed, {Signer.OPERATOR: self._operator_key})
        if invitation.origin != self.origin:
            raise PeerError(Code.FORBIDDEN, f"an invitation to the relay {invitation.origin}")
        if not 0 < invitation.expires_at - invitation.issued_at <= MAX_INVITATION_S:
            raise PeerError(Code.MALFORMED, "an invitation expires within ninety days of its issue")
        if invitation.expires_at <= accepted_at:
            raise PeerError(Code.EXPIRED, "the invitation has already expired")
        if invitation.code_key in self._codes:
            raise PeerError(Code.ALREADY_USED, "an invitation with this code exists")
        # A letter that was lost must not open the office again after the next one has.
        former = self._newest_invitations.get(invitation.entry_id)
        if former is not None:
            self._invitations[former] = replace(self._invitations[former], replaced=True)
        self._newest_invitations[invitation.entry_id] = signed.hash
        self._codes[invitation.code_key] = signed.hash
        self._invitations[signed.hash] = OpenInvitation(invitation, signed.hash, used=False)

    def _enrol(self, signed: SignedStatement, entry: AuthorityEntry, accepted_at: int) -> None:
        opened = self._invitations.get(entry.invitation)
        if opened is None or opened.invitation.entry_id != entry.entry_id:
            raise PeerError(Code.NOT_FOUND, "no invitation for this authority stands behind the entry")
        verify_signatures(signed, {Signer.CODE: opened.invitation.code_key, Signer.OFFICE: entry.office_key})
        if opened.used:
            raise PeerError(Code.ALREADY_USED, "the enrolment code was used before")
        if opened.replaced:
            raise PeerError(Code.EXPIRED, "a newer invitation has replaced this one")
        if accepted_at >= opened.invitation.expires_at:
            raise PeerError(Code.EXPIRED, "the enrolment code has expired")
        former = self._offices.get(entry.entry_id)
        _require_successor(entry, former)
        self._invitations[opened.hash] = replace(opened, used=True)
        self._offices[entry.entry_id] = Office(entry.entry_id, entry.office_key, entry.sequence, signed.hash)
        self._retire_devices(entry.entry_id, accepted_at)

    def _enter_device(self, signed: SignedStatement, entry: DeviceEntry, accepted_at: int) -> None:
        office = self._office(entry.entry_id)
        verify_signatures(signed, {Signer.OFFICE: office.office_key, Signer.DEVICE: entry.signature_key})
        _require_successor(entry, office)
        if entry.device_id in self._devices:
            raise PeerError(Code.CONFLICT, "a device with this id exists")
        if entry.signature_key in self._signature_keys:
            raise PeerError(Code.CONFLICT, "a device with this signature key exists")
        if not 0 < entry.not_after - entry.not_before <= MAX_DEVICE_LIFETIME_S:
            raise PeerError(Code.MALFORMED, "a device entry is valid for two years at most")
        if entry.not_after <= accepted_at:
            raise PeerError(Code.EXPIRED, "the device entry has already expired")
        self._devices[entry.device_id] = Device(entry, self._size, None)
        self._device_ids.setdefault(entry.entry_id, []).append(entry.device_id)
        self._signature_keys.add(entry.signature_key)
        self._advance(office, signed, entry)

    def _revoke(self, signed: SignedStatement, revocation: Revocation, accepted_at: int) -> None:
        office = self._office(revocation.entry_id)
        verify_signatures(signed, {Signer.OFFICE: office.office_key})
        _require_successor(revocation, office)
        device = self._devices.get(revocation.device_id)
        if device is None or device.entry.entry_id != revocation.entry_id:
            raise PeerError(Code.NOT_FOUND, "the office has no such device")
        if device.revoked_at is not None:
            raise PeerError(Code.REVOKED, "the device was revoked before")
        # Not as of the time the office states: dated back, it would disown what the device has signed.
        self._devices[revocation.device_id] = replace(device, revoked_at=accepted_at)
        self._advance(office, signed, revocation)

    def _office(self, entry_id: EntryId) -> Office:
        office = self._offices.get(entry_id)
        if office is None:
            raise PeerError(Code.NOT_FOUND, "the authority is not enrolled")
        return office

    def _advance(self, office: Office, signed: SignedStatement, statement: OfficeStatement) -> None:
        self._offices[office.entry_id] = replace(office, sequence=statement.sequence, head=signed.hash)

    def _retire_devices(self, entry_id: EntryId, at: int) -> None:
        for device_id in self._device_ids.get(entry_id, ()):
            device = self._devices[device_id]
            if device.revoked_at is None:
                self._devices[device_id] = replace(device, revoked_at=at)


def _require_successor(statement: OfficeStatement, office: Office | None) -> None:
    expected = (0, None) if office is None else (office.sequence + 1, office.head)
    if (statement.sequence, statement.previous) != expected:
        raise PeerError(Code.CONFLICT, "the statement does not continue the office's chain")
