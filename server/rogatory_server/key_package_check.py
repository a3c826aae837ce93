"""What the relay asks of a KeyPackage before it keeps it; the members who use it check everything again."""

from hashlib import sha256
from typing import Final

from rogatory_crypto import mls
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_server.store.key_packages import NewKeyPackage

MAX_LIFETIME_S: Final = 366 * 86_400
CLOCK_TOLERANCE_S: Final = 3_600


def check_key_package(
    message: bytes, *, suite: int, device_id: DeviceId, registry: Registry, now: int
) -> NewKeyPackage:
    """Return a KeyPackage that is the calling device's and in its lifetime (RFC 9420 section 7.3).

    Raises:
        PeerError: INVALID_KEY_PACKAGE, INVALID_CREDENTIAL, REVOKED or EXPIRED.
    """
    package = mls.key_package_identity(message)
    if package.suite.code != suite:
        raise PeerError(Code.INVALID_KEY_PACKAGE, "the KeyPackage is for another cipher suite")
    verified = registry.verify_credential(package.identity, package.signature_key, now)
    if verified.device.entry.device_id != device_id:
        raise PeerError(Code.INVALID_CREDENTIAL, "the KeyPackage is another device's")
    lifetime = package.lifetime
    if not lifetime.not_before - CLOCK_TOLERANCE_S <= now < lifetime.not_after:
        raise PeerError(Code.EXPIRED, "the KeyPackage is not valid now")
    if lifetime.not_after - lifetime.not_before > MAX_LIFETIME_S:
        raise PeerError(Code.INVALID_KEY_PACKAGE, "the KeyPackage is valid for too long")
    return NewKeyPackage(lifetime.not_after, sha256(message).digest(), message)
