"""What the statements of identity add up to: invitations, offices, devices, and finding them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.former import NOBODY, Former
from rogatory_crypto.identity.statement import DeviceEntry, Invitation, RevocationReason
from rogatory_crypto.signing import PublicKeys
from rogatory_crypto.wire.identifier import DeviceId, EntryId

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
    """An enrolled authority: its current keys, the head of its chain of statements, and who invited it.

    Attributes:
        network: whose secretariat did; None for the directory operator.
        anew: whether it had lost its keys and was invited again.
    """

    entry_id: EntryId
    keys: PublicKeys
    sequence: int
    head: bytes
    network: str | None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A device as its office entered it.

    Attributes:
        entry: the entry that introduced it.
        index: where in the log that entry stands.
        not_after: end of its term, unix seconds: the entry's, or the newest renewal's.
        revoked_at: when its revocation was listed, unix seconds.
        reason: why it was revoked.
        successor: the device its work was handed over to when its officer left.
    """

    entry: DeviceEntry
    index: int
    not_after: int
    revoked_at: int | None = None
    reason: RevocationReason | None = None
    successor: DeviceId | None = None

    def is_in_service(self, at: int) -> bool:
        """Tell whether the device may act at a time (unix seconds)."""
        return (
            self.revoked_at is None
            and self.entry.not_before <= at + CLOCK_TOLERANCE_S
            and at < self.not_after
        )

    def revoked(self, at: int, reason: RevocationReason, successor: DeviceId | None = None) -> "Device":
        """Return the device as it is after its revocation was listed."""
        return replace(self, revoked_at=at, reason=reason, successor=successor)


@dataclass
class Standing:
    """All of it; only the rules of ``admission`` and ``service`` change it, after their last check.

    Attributes:
        origin: the relay's name, part of every authority URI.
        operator_keys: the directory operator's.
        secretariats: the authority that runs each network.
        former: who did before, and until when.
        size: how many statements there were.
        latest: when the newest was listed, unix seconds.
        codes: hash of the invitation by the public key of its code.
        signature_keys: Ed25519 half of every key of an office or device that ever was.
    """

    origin: str
    operator_keys: PublicKeys
    secretariats: Mapping[str, EntryId]
    former: Former = NOBODY
    size: int = 0
    latest: int = 0
    invitations: dict[bytes, OpenInvitation] = field(default_factory=dict)
    newest_invitations: dict[EntryId, bytes] = field(default_factory=dict)
    codes: dict[bytes, bytes] = field(default_factory=dict)
    offices: dict[EntryId, Office] = field(default_factory=dict)
    devices: dict[DeviceId, Device] = field(default_factory=dict)
    device_ids: dict[EntryId, tuple[DeviceId, ...]] = field(default_factory=dict)
    signature_keys: set[bytes] = field(default_factory=set)

    def copy(self) -> Self:
        """Return the same, to change it apart; every value inside is immutable."""
        return replace(
            self,
            invitations=self.invitations.copy(),
            newest_invitations=self.newest_invitations.copy(),
            codes=self.codes.copy(),
            offices=self.offices.copy(),
            devices=self.devices.copy(),
            device_ids=self.device_ids.copy(),
            signature_keys=self.signature_keys.copy(),
        )

    def operator(self, at: int) -> PublicKeys:
        """Return the directory operator's keys at a time."""
        return self.former.operator(at, self.operator_keys)

    def host(self, network: str | None, at: int) -> EntryId | None:
        """Return the authority that ran a network at a time, None if nobody did."""
        return None if network is None else self.former.secretariat(network, at, self.secretariats)

    def is_secretariat(self, entry_id: EntryId, at: int) -> bool:
        """Tell whether an authority ran any network at a time."""
        return self.former.is_secretariat(entry_id, at, self.secretariats)

    def office(self, entry_id: EntryId) -> Office:
        """Return an enrolled office; raise NOT_FOUND if it is none."""
        office = self.offices.get(entry_id)
        if office is None:
            raise PeerError(Code.NOT_FOUND, f"the authority {entry_id} is not enrolled")
        return office

    def device_of(self, entry_id: EntryId, device_id: DeviceId) -> Device:
        """Return a device of this office that is not revoked.

        Raises:
            PeerError: NOT_FOUND, or REVOKED.
        """
        device = self.devices.get(device_id)
        if device is None or device.entry.entry_id != entry_id:
            raise PeerError(Code.NOT_FOUND, f"the office {entry_id} has no such device")
        if device.revoked_at is not None:
            raise PeerError(Code.REVOKED, "the device was revoked before")
        return device

    def device_in_service(self, entry_id: EntryId, device_id: DeviceId, at: int) -> Device:
        """Return a device of this office that may act at a time.

        Raises:
            PeerError: NOT_FOUND, REVOKED or EXPIRED.
        """
        device = self.device_of(entry_id, device_id)
        if not device.is_in_service(at):
            raise PeerError(Code.EXPIRED, "the device entry is not valid at this time")
        return device

    def devices_of(self, entry_id: EntryId) -> tuple[Device, ...]:
        """Return every device an office ever had, oldest first."""
        return tuple(self.devices[device_id] for device_id in self.device_ids.get(entry_id, ()))
