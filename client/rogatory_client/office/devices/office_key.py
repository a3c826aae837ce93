"""The office's private keys: at more than one device, and replaced when they may be known to others.

A device that leads or administers the office asks, one that holds the keys grants; text and code go from hand
to hand and never over the relay. When the keys are replaced, devices stay in service, and whoever else held
the former ones asks again.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rogatory_client.office.carried_text import confirmation_code, from_line, require_confirmed, to_line
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.enrolment import publish_statement, require_office_key
from rogatory_client.office.line.trusting import know_newest
from rogatory_client.vault import office_keys
from rogatory_client.vault.office_keys import NextKeys, OpenRequest
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Device, KeySuccession, Signer, sign_statement
from rogatory_crypto.identity.key_transfer import (
    MAX_BYTES,
    SignedKeyRequest,
    decode_key_grant,
    decode_key_request,
    open_key_grant,
    require_recent,
    seal_key_grant,
    sign_key_request,
)
from rogatory_crypto.identity.role import MAY_HOLD_OFFICE_KEY
from rogatory_crypto.signing import generate_private_keys
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.identifier import DeviceId

REQUEST_PREFIX: Final = "rogatory-key-request-1:"
GRANT_PREFIX: Final = "rogatory-key-grant-1:"


@dataclass(frozen=True, slots=True)
class KeyRequestText:
    """What the device with the office key is to be given, and the code that guards it."""

    text: str
    confirmation_code: str


@dataclass(frozen=True, slots=True)
class KeyGrantText:
    """What the device that asked is to be given; only that one can open it."""

    text: str
    device_id: str
    officer: str


async def request_key(desk: Desk, relay: Relay) -> KeyRequestText:
    """Ask for the office's keys with a key that is used once.

    Raises:
        MisuseError: this device holds them, or its role may not.
        PeerError: this device is out of service.
    """
    await know_newest(desk, relay)
    now, oneself = desk.surroundings.now(), desk.oneself
    if desk.office_private is not None:
        raise MisuseError("this device holds the office key")
    _require_may_hold(_device(desk, oneself.device_id))
    one_time, encoded = sign_key_request(
        desk.identity.profile.origin,
        oneself.entry_id,
        oneself.device_id,
        desk.identity.device_private,
        now=now,
        random=desk.surroundings.random,
    )
    with desk.vault.writing() as connection:
        office_keys.save_request(connection, OpenRequest(one_time, sha256(encoded).digest()))
    return KeyRequestText(to_line(REQUEST_PREFIX, encoded), confirmation_code(encoded))


async def grant_key(desk: Desk, relay: Relay, text: str, code: str) -> KeyGrantText:
    """Seal the office's keys to the device that asks.

    Raises:
        MisuseError: this device does not hold the keys, the code is another one's, or that role may not hold
            them.
        PeerError: the request is damaged, of another office, forged, older than 24 hours, or its device is
            out of service.
    """
    office_private = require_office_key(desk)
    encoded = from_line(REQUEST_PREFIX, text, maximum=MAX_BYTES)
    require_confirmed(encoded, code)
    asked = decode_key_request(encoded)
    await know_newest(desk, relay)
    device = _asking(desk, asked)
    granted = seal_key_grant(
        asked,
        office_private,
        desk.identity.device_id,
        desk.identity.device_private,
        now=desk.surroundings.now(),
        random=desk.surroundings.random,
    )
    asking_id = device.entry.device_id.hex()
    return KeyGrantText(to_line(GRANT_PREFIX, granted), asking_id, device.entry.officer)


async def accept_key(desk: Desk, relay: Relay, text: str) -> None:
    """Take the office's keys out of a grant and keep them; the one-time key is erased.

    Raises:
        MisuseError: this device has not asked, or has asked again since.
        PeerError: the grant is damaged, forged, older than 24 hours, by a device out of service, or of keys
            that are not the office's.
    """
    signed = decode_key_grant(from_line(GRANT_PREFIX, text, maximum=MAX_BYTES))
    grant = signed.grant
    await know_newest(desk, relay)
    with desk.vault.reading() as connection:
        waiting = office_keys.load_request(connection)
    if waiting is None or waiting.sha256 != grant.request_sha256:
        raise MisuseError(
            "this answers no request that this device waits with: ask with `device key-request`"
        )
    granter = _device(desk, grant.granter)
    signed.require_signed_by(granter.entry.keys)
    _require_may_hold(_device(desk, desk.identity.device_id))
    require_recent(grant.granted_at, desk.surroundings.now())
    private = open_key_grant(grant, waiting.one_time)
    if private.public != desk.registry.offices[desk.oneself.entry_id].keys:
        raise PeerError(Code.CONFLICT, "these are not the keys that the log names as the office's")
    with desk.vault.writing() as connection:
        office_keys.accept_office_keys(connection, private)
    desk.reload()


async def replace_key(desk: Desk, relay: Relay) -> None:
    """Give the office new keys; its devices stay in service.

    Raises:
        MisuseError: this device does not hold the keys in force.
        PeerError: what the relay says against it.
        TransportError: the relay or its witnesses cannot be reached; the next synchronisation goes on.
    """
    await know_newest(desk, relay)
    current = require_office_key(desk)
    office = desk.registry.offices[desk.oneself.entry_id]
    fresh = generate_private_keys(desk.surroundings.random)
    succession = KeySuccession(
        entry_id=office.entry_id,
        keys=fresh.public,
        created_at=desk.surroundings.now(),
        sequence=office.sequence + 1,
        previous=office.head,
    )
    signed = sign_statement(succession, {Signer.OFFICE: current, Signer.NEW_OFFICE: fresh.ed25519})
    with desk.vault.writing() as connection:
        office_keys.save_next(connection, NextKeys(fresh, succession.keys.ed25519, succession.sequence))
    await publish_statement(desk, relay, signed.encoded)


def _asking(desk: Desk, asked: SignedKeyRequest) -> Device:
    request = asked.request
    if (request.origin, request.entry_id) != (desk.identity.profile.origin, desk.oneself.entry_id):
        raise PeerError(Code.FORBIDDEN, "a device of another office, or of another network, asks")
    device = _device(desk, request.device_id)
    asked.require_signed_by(device.entry.keys)
    require_recent(request.requested_at, desk.surroundings.now())
    _require_may_hold(device)
    return device


def _device(desk: Desk, device_id: DeviceId) -> Device:
    """Return a device of the own office that is in service."""
    device = desk.registry.devices.get(device_id)
    if device is None or device.entry.entry_id != desk.oneself.entry_id:
        raise PeerError(Code.NOT_FOUND, "this office has no such device")
    if not device.is_in_service(desk.surroundings.now()):
        code = Code.EXPIRED if device.revoked_at is None else Code.REVOKED
        raise PeerError(code, "the device is out of service")
    return device


def _require_may_hold(device: Device) -> None:
    role = device.entry.role
    if role not in MAY_HOLD_OFFICE_KEY:
        allowed = " or ".join(sorted(MAY_HOLD_OFFICE_KEY))
        raise MisuseError(f"the role {role} may not hold the office key: {allowed} may")
