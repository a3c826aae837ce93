"""Becoming an office, gaining a device, losing one: statements signed, kept, then published.

What is signed is in the vault before the relay hears of it, so that a cut in between is made good by the next
start. The device that enrolled the office holds its key, and those it has granted it to (``office_key``).
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from rogatory_client.office.carried_text import confirmation_code, from_line, require_confirmed, to_line
from rogatory_client.office.desk import Desk
from rogatory_client.office.line.trusting import know_newest, publish_waiting
from rogatory_client.vault import keys
from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import (
    AuthorityEntry,
    DeviceEntry,
    OpenInvitation,
    Revocation,
    RevocationReason,
    Role,
    Signer,
    join_signatures,
    parse_code,
    sign_statement,
    signature_of,
)
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.signing import SIGNATURE_BYTES, PrivateKeys, generate_private_keys
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.identifier import DeviceId, EntryId
from rogatory_crypto.wire.log_request import EntryPublication, ProposedEntry

DEVICE_LIFETIME_S: Final = 2 * 365 * 86_400
_PREFIX: Final = "rogatory-link-2:"
_MAX_REQUEST: Final = 4096


async def enrol(desk: Desk, relay: Relay, code_text: str, officer: str, role: Role = Role.HEAD) -> None:
    """Enrol the authority a code belongs to, with this device as its first; goes on where it was cut off.

    Raises:
        MisuseError: this device is enrolled.
        PeerError: the code was mistyped, or is unknown, used or expired.
    """
    code = parse_code(code_text)
    was_begun = desk.identity.publication is not None
    await know_newest(desk, relay)
    if desk.is_enrolled:
        if was_begun:
            return
        raise MisuseError("this device is enrolled already")
    opened = _usable(desk.registry.invitation_for(code.public_key()), desk.surroundings.now())
    office_private = generate_private_keys(desk.surroundings.random)
    entry_id = opened.invitation.entry_id
    former = desk.registry.offices.get(entry_id)
    authority = AuthorityEntry(
        entry_id=entry_id,
        keys=office_private.public,
        invitation=opened.hash,
        sequence=0 if former is None else former.sequence + 1,
        previous=None if former is None else former.head,
        created_at=desk.surroundings.now(),
    )
    own = {Signer.CODE: code.private_key(), Signer.NEW_OFFICE: office_private.ed25519}
    first = sign_statement(authority, own)
    entry = _device_entry(desk, _Officer(entry_id, officer, role), authority.sequence + 1, first.hash)
    second = sign_statement(
        entry, {Signer.OFFICE: office_private, Signer.DEVICE: desk.identity.signer.private}
    )
    publication = _publication(first.encoded, second.encoded)
    with desk.vault.writing() as connection:
        keys.save_office(connection, entry_id, officer, office_private, publication)
    desk.reload()
    await publish_waiting(desk, relay)


def _usable(opened: OpenInvitation | None, now: int) -> OpenInvitation:
    if opened is None:
        raise PeerError(Code.NOT_FOUND, "no invitation belongs to this code: check it against the letter")
    if opened.used:
        reason = "the code was used before: if it was not you, call who sent the letter at once"
        raise PeerError(Code.ALREADY_USED, reason)
    if opened.replaced:
        reason = "a newer letter was sent since, or this one was withdrawn: use the code in the newer"
        raise PeerError(Code.EXPIRED, reason)
    if now >= opened.invitation.expires_at:
        raise PeerError(Code.EXPIRED, "the code has expired: ask who sent the letter for a new one")
    return opened


@dataclass(frozen=True, slots=True)
class LinkText:
    """A new device's request as it is carried from screen to screen, and the code that guards it."""

    text: str
    confirmation_code: str


async def request_link(
    desk: Desk, relay: Relay, entry_id: EntryId, officer: str, role: Role = Role.CASE_OFFICER
) -> LinkText:
    """On a new device: sign the device entry that the office still has to sign.

    Raises:
        MisuseError: the office is not enrolled, or this device is one of an office already.
    """
    await know_newest(desk, relay)
    office = desk.registry.offices.get(entry_id)
    if desk.is_enrolled or office is None:
        reason = "this device is enrolled already" if desk.is_enrolled else f"{entry_id} is not enrolled"
        raise MisuseError(reason)
    entry = _device_entry(desk, _Officer(entry_id, officer, role), office.sequence + 1, office.head)
    signature = signature_of(entry, Signer.DEVICE, desk.identity.signer.private)
    encoded = cbor.encode([entry.encode(), signature])
    with desk.vault.writing() as connection:
        keys.save_office(connection, entry_id, officer, None, None)
    desk.reload()
    return LinkText(to_line(_PREFIX, encoded), confirmation_code(encoded))


async def approve_link(desk: Desk, relay: Relay, text: str, code: str) -> DeviceId:
    """On the device with the office key: sign a new device's entry and publish it.

    Raises:
        MisuseError: the code does not fit the text, or this device does not hold the office key.
        PeerError: CONFLICT if the office has changed since; the new device has to ask again.
    """
    office_private = require_office_key(desk)
    entry, device_signature = _read_link(text, code)
    await know_newest(desk, relay)
    if entry.entry_id != desk.oneself.entry_id:
        raise MisuseError("the request is for another office: make it again with this office's entry id")
    own = signature_of(entry, Signer.OFFICE, office_private)
    signed = join_signatures(entry, {Signer.OFFICE: own, Signer.DEVICE: device_signature})
    await publish_statement(desk, relay, signed.encoded)
    return entry.device_id


async def revoke(desk: Desk, relay: Relay, device_id: DeviceId, reason: RevocationReason) -> None:
    """Take a device out of service for ever."""
    office_private = require_office_key(desk)
    await know_newest(desk, relay)
    office = desk.registry.offices[desk.oneself.entry_id]
    revocation = Revocation(
        entry_id=office.entry_id,
        device_id=device_id,
        reason=reason,
        revoked_at=desk.surroundings.now(),
        sequence=office.sequence + 1,
        previous=office.head,
    )
    signed = sign_statement(revocation, {Signer.OFFICE: office_private})
    await publish_statement(desk, relay, signed.encoded)


def _publication(*statements: bytes) -> bytes:
    kind = EntryType.IDENTITY_STATEMENT
    return EntryPublication(tuple(ProposedEntry(kind, each) for each in statements)).encode()


async def publish_statement(desk: Desk, relay: Relay, *statements: bytes) -> None:
    """Keep signed statements, then publish them, all or none; what the relay refuses is dropped again.

    Raises:
        PeerError: what the relay says against it.
        TransportError: the relay or its witnesses cannot be reached; the next synchronisation goes on.
    """
    await publish_signed(desk, relay, _publication(*statements))


async def publish_signed(desk: Desk, relay: Relay, publication: bytes) -> None:
    """Keep signed entries of any kind (an encoded ``EntryPublication``), then publish them; as above."""
    with desk.vault.writing() as connection:
        keys.set_publication(connection, publication)
    desk.reload()
    try:
        await publish_waiting(desk, relay)
    except PeerError:
        # The relay has judged it: it must not stand in the way of the next one.
        with desk.vault.writing() as connection:
            keys.set_publication(connection, None)
        desk.reload()
        raise


def _read_link(text: str, code: str) -> tuple[DeviceEntry, bytes]:
    encoded = from_line(_PREFIX, text, maximum=_MAX_REQUEST)
    require_confirmed(encoded, code)
    body, signature = cbor.array(cbor.decode(encoded, limit=_MAX_REQUEST), 2)
    entry = DeviceEntry.decode(cbor.byte_string(body, maximum=_MAX_REQUEST))
    return entry, cbor.byte_string(signature, length=SIGNATURE_BYTES)


def require_office_key(desk: Desk) -> PrivateKeys:
    """Return the office's keys; raise MisuseError where this device does not hold the ones that count now."""
    if desk.office_private is None:
        raise MisuseError("this device does not hold the office key: do this at one that does")
    return desk.office_private


class _Officer(NamedTuple):
    entry_id: EntryId
    officer: str
    role: Role


def _device_entry(desk: Desk, whose: _Officer, sequence: int, previous: bytes) -> DeviceEntry:
    now = desk.surroundings.now()
    return DeviceEntry(
        entry_id=whose.entry_id,
        officer=whose.officer,
        role=whose.role,
        device_id=desk.identity.device_id,
        keys=desk.identity.device_private.public,
        not_before=now,
        not_after=now + DEVICE_LIFETIME_S,
        sequence=sequence,
        previous=previous,
    )
