"""The verified state of all identity statements: fed in order, it refuses what does not follow.

Relay and clients run the same rules over the same list. A statement is judged as of the time it was
appended, so that a replay years later reaches the same state. The registry never forgets: revoked and
replaced keys stay, because old signatures must remain attributable. The rules themselves are in ``admission``
and ``service``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import admission, service
from rogatory_crypto.identity.credential import DeviceCredential, authority_uri
from rogatory_crypto.identity.former import NOBODY, Former
from rogatory_crypto.identity.listed import Listed, require_two_officers
from rogatory_crypto.identity.role import Role
from rogatory_crypto.identity.signed_statement import SignedStatement, decode_statement
from rogatory_crypto.identity.standing import Device, Office, OpenInvitation, Standing
from rogatory_crypto.identity.statement import (
    AuthorityEntry,
    DeviceEntry,
    HandOver,
    Invitation,
    KeySuccession,
    Renewal,
    Revocation,
)
from rogatory_crypto.signing import PublicKeys, Verify, verify_now
from rogatory_crypto.wire.identifier import DeviceId, EntryId


@dataclass(frozen=True, slots=True)
class VerifiedDevice:
    """A device whose credential was checked against the registry; only ``Registry`` makes one."""

    device: Device
    authority: str


class Registry:
    """Trust state for one relay origin, fed with its statements in order.

    Args:
        origin: the relay's name, part of every authority URI.
        operator_keys: the directory operator's, pinned.
        secretariats: the authority that runs each network, pinned.
        former: who did before, pinned.
    """

    def __init__(
        self,
        origin: str,
        operator_keys: PublicKeys,
        secretariats: Mapping[str, EntryId],
        former: Former = NOBODY,
    ) -> None:
        self._standing = Standing(origin, operator_keys, dict(secretariats), former)

    def copy(self) -> "Registry":
        """Return a registry in the same state, to try statements on that stand or fall together."""
        standing = self._standing
        twin = Registry(standing.origin, standing.operator_keys, standing.secretariats)
        twin._standing = standing.copy()
        return twin

    @property
    def origin(self) -> str:
        """The relay's name."""
        return self._standing.origin

    @property
    def size(self) -> int:
        """How many statements have been applied."""
        return self._standing.size

    @property
    def latest(self) -> int:
        """When the newest statement was appended, unix seconds; the next one cannot be older."""
        return self._standing.latest

    @property
    def offices(self) -> MappingProxyType[EntryId, Office]:
        """Enrolled authorities by entry id."""
        return MappingProxyType(self._standing.offices)

    @property
    def devices(self) -> MappingProxyType[DeviceId, Device]:
        """Every device ever entered, by id."""
        return MappingProxyType(self._standing.devices)

    @property
    def invitations(self) -> tuple[OpenInvitation, ...]:
        """Every invitation that was ever listed, oldest first."""
        return tuple(self._standing.invitations.values())

    def invitation_for(self, code_key: bytes) -> OpenInvitation | None:
        """Return the invitation a code belongs to."""
        return self._standing.invitations.get(self._standing.codes.get(code_key, b""))

    def devices_of(self, entry_id: EntryId, at: int) -> tuple[Device, ...]:
        """Return an office's devices in service at a time, oldest first."""
        return tuple(each for each in self._standing.devices_of(entry_id) if each.is_in_service(at))

    def require_two_officers(
        self, entry_id: EntryId, device_ids: Collection[DeviceId], roles: Collection[Role], at: int
    ) -> tuple[Device, ...]:
        """Return the devices, if they are of two officers of an office whose roles allow it (four eyes).

        Raises:
            PeerError: NOT_FOUND for a device of another office, REVOKED, EXPIRED, or FORBIDDEN.
        """
        return require_two_officers(self._standing, entry_id, device_ids, roles, at)

    def apply(
        self, data: bytes, accepted_at: int, *, index: int, verify: Verify = verify_now
    ) -> SignedStatement:
        """Verify the next statement and take it in; on any error nothing changes.

        Args:
            data: the encoded signed statement.
            accepted_at: when it was appended, unix seconds.
            index: where in the log it stands.
            verify: what becomes of each signature. Whoever puts them off must throw the registry away if
                one of them does not hold in the end.

        Raises:
            PeerError: the code says why, see the rules beside each check.
        """
        if accepted_at < self.latest:
            raise PeerError(Code.CONFLICT, "the statement is listed as older than the one before it")
        signed = decode_statement(data)
        self._judge(Listed(signed, accepted_at, index, verify))
        self._standing.size += 1
        self._standing.latest = accepted_at
        return signed

    def _judge(self, listed: Listed) -> None:
        match listed.signed.statement:
            case Invitation() as invitation:
                admission.invite(self._standing, listed, invitation)
            case AuthorityEntry() as entry:
                admission.enrol(self._standing, listed, entry)
            case KeySuccession() as succession:
                admission.succeed(self._standing, listed, succession)
            case DeviceEntry() as entry:
                service.enter(self._standing, listed, entry)
            case Revocation() as revocation:
                service.revoke(self._standing, listed, revocation)
            case Renewal() as renewal:
                service.renew(self._standing, listed, renewal)
            case HandOver() as handed:
                service.hand_over(self._standing, listed, handed)

    def verify_credential(self, identity: bytes, signature_key: bytes, at: int) -> VerifiedDevice:
        """Check that an MLS leaf speaks for the device it names (RFC 9420 section 5.3.1).

        Raises:
            PeerError: REVOKED or EXPIRED; else as ``attribute``.
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
            PeerError: INVALID_CREDENTIAL, or MALFORMED or TOO_LARGE for what is no credential.
        """
        credential = DeviceCredential.decode(identity)
        device = self.devices.get(credential.device_id)
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
        device = self.devices.get(device_id)
        if device is None:
            raise PeerError(Code.NOT_FOUND, "no such device entry")
        authority = authority_uri(self.origin, device.entry.entry_id)
        return DeviceCredential(authority, device.entry.officer, device_id, device.index)
