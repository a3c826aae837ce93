"""The rules by which an office's devices come into service, stay in it, and leave it."""

from dataclasses import replace

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import role
from rogatory_crypto.identity.listed import (
    MAX_DEVICE_LIFETIME_S,
    Listed,
    advance,
    require_new_keys,
    require_successor,
    require_two_officers,
)
from rogatory_crypto.identity.signed_statement import Signer
from rogatory_crypto.identity.standing import Device, Standing
from rogatory_crypto.identity.statement import DeviceEntry, HandOver, Renewal, Revocation, RevocationReason


def enter(standing: Standing, listed: Listed, entry: DeviceEntry) -> None:
    """Take a device into service.

    Raises:
        PeerError: NOT_FOUND, BAD_SIGNATURE, CONFLICT for the chain, an id or a key, MALFORMED or EXPIRED.
    """
    office = standing.office(entry.entry_id)
    listed.require_signatures({Signer.OFFICE: office.keys, Signer.DEVICE: entry.keys.ed25519})
    require_successor(entry, office)
    if entry.device_id in standing.devices:
        raise PeerError(Code.CONFLICT, "a device with this id exists")
    require_new_keys(standing, entry.keys)
    listed.require_term(entry.not_before, entry.not_after, MAX_DEVICE_LIFETIME_S)
    standing.devices[entry.device_id] = Device(entry, listed.index, entry.not_after)
    others = standing.device_ids.get(entry.entry_id, ())
    standing.device_ids[entry.entry_id] = (*others, entry.device_id)
    standing.signature_keys.add(entry.keys.ed25519)
    advance(standing, office, listed, entry)


def revoke(standing: Standing, listed: Listed, revocation: Revocation) -> None:
    """Take a device out of service for ever.

    Raises:
        PeerError: NOT_FOUND, BAD_SIGNATURE, CONFLICT for the chain, REVOKED.
    """
    office = standing.office(revocation.entry_id)
    listed.require_signatures({Signer.OFFICE: office.keys})
    require_successor(revocation, office)
    device = standing.device_of(revocation.entry_id, revocation.device_id)
    # Not as of the time the office states: dated back, it would disown what the device has signed.
    standing.devices[revocation.device_id] = device.revoked(listed.at, revocation.reason)
    advance(standing, office, listed, revocation)


def renew(standing: Standing, listed: Listed, renewal: Renewal) -> None:
    """Prolong the term of a device that is in service.

    Raises:
        PeerError: NOT_FOUND, BAD_SIGNATURE, REVOKED, EXPIRED, CONFLICT for the chain or a term that is not
            longer, MALFORMED for one that is too long.
    """
    office = standing.office(renewal.entry_id)
    listed.require_signatures({Signer.OFFICE: office.keys})
    require_successor(renewal, office)
    device = standing.device_in_service(renewal.entry_id, renewal.device_id, listed.at)
    if renewal.not_after <= device.not_after:
        raise PeerError(Code.CONFLICT, "a renewal ends later than the term it prolongs")
    listed.require_term(listed.at, renewal.not_after, MAX_DEVICE_LIFETIME_S)
    standing.devices[renewal.device_id] = replace(device, not_after=renewal.not_after)
    advance(standing, office, listed, renewal)


def hand_over(standing: Standing, listed: Listed, handed: HandOver) -> None:
    """Revoke the device of an officer who leaves, in favour of another device of the office.

    The leaver may be one of the two who sign, or absent; as they are of different officers, somebody who
    stays is always among them. His device may have expired; the successor's may not.

    Raises:
        PeerError: NOT_FOUND, BAD_SIGNATURE, REVOKED, EXPIRED, FORBIDDEN for a role or one officer alone,
            CONFLICT for the chain or a device that succeeds itself.
    """
    office = standing.office(handed.entry_id)
    both = (handed.proposer, handed.confirmer)
    proposer, confirmer = require_two_officers(standing, handed.entry_id, both, role.MAY_HAND_OVER, listed.at)
    signers = {Signer.PROPOSER: proposer.entry.keys, Signer.CONFIRMER: confirmer.entry.keys}
    listed.require_signatures({Signer.OFFICE: office.keys, **signers})
    require_successor(handed, office)
    leaver = standing.device_of(handed.entry_id, handed.leaver)
    if handed.successor == handed.leaver:
        raise PeerError(Code.CONFLICT, "a device cannot succeed itself")
    standing.device_in_service(handed.entry_id, handed.successor, listed.at)
    left = leaver.revoked(listed.at, RevocationReason.OFFICER_LEFT, handed.successor)
    standing.devices[handed.leaver] = left
    advance(standing, office, listed, handed)
