"""Whose signature key a device had when it signed something outside MLS, as the log of a bundle tells it."""

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S
from rogatory_crypto.wire.identifier import DeviceId, EntryId


def device_key(registry: Registry, authority: EntryId, officer: str, device_id: DeviceId, at: int) -> bytes:
    """Return the key of the device that a signature names.

    Args:
        registry: from a replay of the log.
        authority: whom the signature names.
        officer: likewise.
        device_id: likewise.
        at: when it says it was made, unix seconds.

    Raises:
        PeerError: INVALID_CREDENTIAL where the authority has entered no such device, EXPIRED or REVOKED where
            it was not in service at that time.
    """
    device = registry.devices.get(device_id)
    if device is None:
        raise PeerError(Code.INVALID_CREDENTIAL, "a device that no office has entered in the log")
    entry = device.entry
    if (entry.entry_id, entry.officer) != (authority, officer):
        raise PeerError(Code.INVALID_CREDENTIAL, "it names another office or officer than the device's entry")
    if device.revoked_at is not None and device.revoked_at <= at:
        raise PeerError(Code.REVOKED, "made by a device after its office had revoked it")
    if not entry.not_before - CLOCK_TOLERANCE_S <= at < device.not_after:
        raise PeerError(Code.EXPIRED, "made by a device outside of the term that its office gave it")
    return entry.signature_key
