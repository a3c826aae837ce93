"""An office's private keys on their way to another of its devices: asked for, sealed, taken out again.

The device that asks makes a key that is used once and signs it; the device that grants seals the office's
keys to it and signs what it hands over. Both travel by hand, so nothing of it passes a relay. The seal is
HPKE (RFC 9180) with X25519 and ML-KEM-768 together, as the office's keys outlive many a message. Whether a
device may ask, grant or receive is for the caller, who knows the registry.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.primitives.aead import AES_256_GCM
from rogatory_crypto.primitives.hpke import Hpke, PreparedInfo
from rogatory_crypto.primitives.hybrid_kem import MLKEM768_X25519
from rogatory_crypto.primitives.kdf import HKDF_SHA256
from rogatory_crypto.primitives.kem import Random
from rogatory_crypto.signing import KEY_BYTES, PAIR_BYTES, PrivateKeys, PublicKeys
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.identifier import DeviceId, EntryId
from rogatory_crypto.wire.structure import Structure

MAX_BYTES: Final = 8_192
LIFETIME_S: Final = 86_400
_CLOCK_TOLERANCE_S: Final = 600
_REQUEST: Final = "Office Key Request"
_GRANT: Final = "Office Key Grant"
_HPKE: Final = Hpke(MLKEM768_X25519, HKDF_SHA256, AES_256_GCM)
_IKM_BYTES: Final = 32
_MAX_SEALED: Final = 256


@dataclass(frozen=True, slots=True)
class KeyRequest(Structure):
    """A device asks for the keys of its office.

    Attributes:
        origin: the relay's name.
        entry_id: the office.
        device_id: who asks.
        public_key: made for one grant.
        requested_at: unix seconds.
    """

    origin: str
    entry_id: EntryId
    device_id: DeviceId
    public_key: bytes
    requested_at: int
    READERS: ClassVar = (
        identifier.read_origin,
        identifier.read_entry_id,
        identifier.read_device_id,
        lambda value: cbor.byte_string(value, length=MLKEM768_X25519.public_size),
        identifier.read_time,
    )


@dataclass(frozen=True, slots=True)
class KeyGrant(Structure):
    """Another device hands them over.

    Attributes:
        request_sha256: of the signed request that it answers.
        granter: the device that hands over.
        enc: encapsulation.
        sealed: both seeds, encrypted.
        granted_at: unix seconds.
    """

    request_sha256: bytes
    granter: DeviceId
    enc: bytes
    sealed: bytes = field(repr=False)
    granted_at: int
    READERS: ClassVar = (
        identifier.read_hash,
        identifier.read_device_id,
        lambda value: cbor.byte_string(value, length=MLKEM768_X25519.enc_size),
        lambda value: cbor.byte_string(value, minimum=2 * KEY_BYTES, maximum=_MAX_SEALED),
        identifier.read_time,
    )


@dataclass(frozen=True, slots=True)
class SignedKeyRequest:
    """A decoded request that nobody has verified yet."""

    request: KeyRequest
    signature: bytes = field(repr=False)
    encoded: bytes = field(repr=False)

    @property
    def hash(self) -> bytes:
        """SHA-256 of the exact bytes, which the grant names."""
        return sha256(self.encoded).digest()

    def require_signed_by(self, keys: PublicKeys) -> None:
        """Return only if the device with these keys has signed it; raise BAD_SIGNATURE."""
        signing.verify_both(_REQUEST, self.request.encode(), self.signature, keys)


@dataclass(frozen=True, slots=True)
class SignedKeyGrant:
    """A decoded grant that nobody has verified yet."""

    grant: KeyGrant
    signature: bytes = field(repr=False)

    def require_signed_by(self, keys: PublicKeys) -> None:
        """Return only if the device with these keys has signed it; raise BAD_SIGNATURE."""
        signing.verify_both(_GRANT, self.grant.encode(), self.signature, keys)


def sign_key_request(
    origin: str, entry_id: EntryId, device_id: DeviceId, private: PrivateKeys, *, now: int, random: Random
) -> tuple[bytes, bytes]:
    """Return the one-time private key, to be kept, and the signed request, to be handed over."""
    one_time, public = _HPKE.kem.derive_key_pair(random(_IKM_BYTES))
    body = KeyRequest(origin, entry_id, device_id, public, now).encode()
    return one_time, cbor.encode([body, signing.sign_both(_REQUEST, body, private)])


def decode_key_request(data: bytes) -> SignedKeyRequest:
    """Read a request without judging it; raise MALFORMED or TOO_LARGE."""
    body, signature = _decode_signed(data)
    return SignedKeyRequest(KeyRequest.decode(body), signature, data)


def seal_key_grant(
    asked: SignedKeyRequest,
    office: PrivateKeys,
    granter: DeviceId,
    private: PrivateKeys,
    *,
    now: int,
    random: Random,
) -> bytes:
    """Return the signed grant of an office's private keys.

    Args:
        asked: verified by the caller.
        office: the keys.
        granter: the device that hands over.
        private: the granter's keys.
        now: unix seconds.
        random: for the encapsulation.

    Raises:
        PeerError: MALFORMED for a one-time key that is none.
    """
    _HPKE.kem.check_public_key(asked.request.public_key)
    seeds = cbor.encode([office.ed25519, office.ml_dsa_44])
    enc, sealed = _HPKE.seal(asked.request.public_key, _info(asked.hash, granter, now), seeds, random)
    body = KeyGrant(asked.hash, granter, enc, sealed, now).encode()
    return cbor.encode([body, signing.sign_both(_GRANT, body, private)])


def decode_key_grant(data: bytes) -> SignedKeyGrant:
    """Read a grant without judging it; raise MALFORMED or TOO_LARGE."""
    body, signature = _decode_signed(data)
    return SignedKeyGrant(KeyGrant.decode(body), signature)


def open_key_grant(grant: KeyGrant, one_time: bytes) -> PrivateKeys:
    """Return the keys; whether they are the office's shows against what the log says.

    Raises:
        PeerError: DECRYPTION_FAILED, or MALFORMED.
    """
    info = _info(grant.request_sha256, grant.granter, grant.granted_at)
    seeds = _HPKE.open(one_time, info, grant.enc, grant.sealed)
    first, second = cbor.array(cbor.decode(seeds, limit=_MAX_SEALED), 2)
    return PrivateKeys(cbor.byte_string(first, length=KEY_BYTES), cbor.byte_string(second, length=KEY_BYTES))


def require_recent(at: int, now: int) -> None:
    """Return only if what was signed at a time (unix seconds) is from the last 24 hours; raise EXPIRED."""
    if not now - LIFETIME_S < at <= now + _CLOCK_TOLERANCE_S:
        raise PeerError(Code.EXPIRED, "older than 24 hours, or from a clock that is ahead: make it again")


def _decode_signed(data: bytes) -> tuple[bytes, bytes]:
    body, signature = cbor.array(cbor.decode(data, limit=MAX_BYTES), 2)
    return (
        cbor.byte_string(body, maximum=MAX_BYTES),
        cbor.byte_string(signature, length=PAIR_BYTES),
    )


def _info(request_sha256: bytes, granter: DeviceId, granted_at: int) -> PreparedInfo:
    return _HPKE.prepare(cbor.encode([_GRANT, request_sha256, granter, granted_at]))
