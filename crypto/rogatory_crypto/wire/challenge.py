"""Device authentication: the relay asks, the device signs, the relay hands out a short-lived token.

The signature covers the name the device's TLS connection was verified against, so that a relay that forwards
another relay's challenge gains nothing, and it carries no time, so that a wrong clock locks nobody out.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.wire import identifier, limits
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.structure import Structure

LABEL: Final = "Device Authentication"


@dataclass(frozen=True, slots=True)
class Challenge(Structure):
    """A fresh nonce for one device; ``now_ms`` lets the device see how far its clock is off."""

    nonce: bytes
    now_ms: int
    expires_at_ms: int
    READERS: ClassVar = (identifier.read_hash, identifier.read_time, identifier.read_time)


@dataclass(frozen=True, slots=True)
class ChallengeRequest(Structure):
    """Ask for a challenge."""

    device_id: DeviceId
    READERS: ClassVar = (identifier.read_device_id,)


@dataclass(frozen=True, slots=True)
class ChallengeResponse(Structure):
    """The device's signature over nonce, server name and its own id."""

    device_id: DeviceId
    nonce: bytes
    signature: bytes
    READERS: ClassVar = (
        identifier.read_device_id,
        identifier.read_hash,
        lambda value: cbor.byte_string(value, length=64),
    )


@dataclass(frozen=True, slots=True)
class Token(Structure):
    """A bearer token, good until ``expires_at_ms`` by the relay's clock."""

    token: str = field(repr=False)
    expires_at_ms: int
    READERS: ClassVar = (
        lambda value: cbor.text(value, maximum=limits.MAX_NAME_CHARACTERS),
        identifier.read_time,
    )


def sign_challenge(
    nonce: bytes, *, server_name: str, device_id: DeviceId, private_key: bytes
) -> ChallengeResponse:
    """Answer a challenge for the server whose certificate was verified for ``server_name``."""
    signature = signing.sign(LABEL, _statement(nonce, server_name, device_id), private_key)
    return ChallengeResponse(device_id, nonce, signature)


def verify_challenge_response(
    response: ChallengeResponse, *, server_name: str, public_key: bytes
) -> DeviceId:
    """Return the device that answered.

    Raises:
        PeerError: BAD_SIGNATURE.
    """
    statement = _statement(response.nonce, server_name, response.device_id)
    signing.verify(LABEL, statement, response.signature, public_key)
    return response.device_id


def _statement(nonce: bytes, server_name: str, device_id: DeviceId) -> bytes:
    return cbor.encode([nonce, server_name.lower(), device_id])
