"""The rules by which an authority becomes an office: letters, enrolment, and an office's next keys."""

from dataclasses import replace
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import role
from rogatory_crypto.identity.listed import (
    Listed,
    advance,
    require_new_keys,
    require_successor,
    require_two_officers,
)
from rogatory_crypto.identity.signed_statement import Signer
from rogatory_crypto.identity.standing import Office, OpenInvitation, Standing
from rogatory_crypto.identity.statement import AuthorityEntry, Invitation, KeySuccession, RevocationReason

MAX_INVITATION_S: Final = 90 * 86_400


def invite(standing: Standing, listed: Listed, invitation: Invitation) -> None:
    """Open a letter to an authority, and end the one before it.

    Raises:
        PeerError: BAD_SIGNATURE, FORBIDDEN or NOT_FOUND for whoever may not invite, REVOKED or EXPIRED for
            their devices, MALFORMED or EXPIRED for a term, ALREADY_USED for a code.
    """
    _require_host(standing, listed, invitation)
    if invitation.origin != standing.origin:
        raise PeerError(Code.FORBIDDEN, f"an invitation to the relay {invitation.origin}")
    listed.require_term(invitation.issued_at, invitation.expires_at, MAX_INVITATION_S)
    if invitation.code_key in standing.codes:
        raise PeerError(Code.ALREADY_USED, "an invitation with this code exists")
    # A letter that was lost must not open the office again after the next one has.
    former = standing.newest_invitations.get(invitation.entry_id)
    if former is not None:
        standing.invitations[former] = replace(standing.invitations[former], replaced=True)
    opened = OpenInvitation(invitation, listed.signed.hash, used=False)
    standing.newest_invitations[invitation.entry_id] = opened.hash
    standing.codes[invitation.code_key] = opened.hash
    standing.invitations[opened.hash] = opened


def _require_host(standing: Standing, listed: Listed, invitation: Invitation) -> None:
    network, proposer, confirmer = invitation.network, invitation.proposer, invitation.confirmer
    at = listed.at
    is_secretariat = standing.is_secretariat(invitation.entry_id, at)
    if network is None or proposer is None or confirmer is None:
        if not is_secretariat:
            raise PeerError(Code.FORBIDDEN, "the directory operator invites secretariats and nobody else")
        listed.require_signatures({Signer.OPERATOR: standing.operator(at)})
        return
    host = standing.host(network, at)
    if host is None:
        raise PeerError(Code.NOT_FOUND, f"nobody runs the network {network}")
    # With a letter to another secretariat, one network's could take over the next.
    if is_secretariat:
        raise PeerError(Code.FORBIDDEN, "a secretariat is invited by the directory operator")
    # Nor over an office that another network brought in, as long as somebody runs that one.
    enrolled = standing.offices.get(invitation.entry_id)
    brought_in_by = None if enrolled is None else enrolled.network
    if brought_in_by != network and standing.host(brought_in_by, at) is not None:
        raise PeerError(Code.FORBIDDEN, f"the office is invited anew by the network {brought_in_by}")
    devices = require_two_officers(standing, host, (proposer, confirmer), role.MAY_ADMIT, at)
    keys = dict(zip((Signer.PROPOSER, Signer.CONFIRMER), (item.entry.keys for item in devices), strict=True))
    listed.require_signatures(keys)


def enrol(standing: Standing, listed: Listed, entry: AuthorityEntry) -> None:
    """Make an authority an office, or give one that lost its keys new ones and retire its devices.

    Raises:
        PeerError: NOT_FOUND, BAD_SIGNATURE, ALREADY_USED, EXPIRED, or CONFLICT.
    """
    opened = standing.invitations.get(entry.invitation)
    if opened is None or opened.invitation.entry_id != entry.entry_id:
        raise PeerError(Code.NOT_FOUND, "no invitation for this authority stands behind the entry")
    listed.require_signatures(
        {Signer.CODE: opened.invitation.code_key, Signer.NEW_OFFICE: entry.keys.ed25519}
    )
    if opened.used:
        raise PeerError(Code.ALREADY_USED, "the enrolment code was used before")
    if opened.replaced:
        raise PeerError(Code.EXPIRED, "a newer invitation has replaced this one")
    if listed.at >= opened.invitation.expires_at:
        raise PeerError(Code.EXPIRED, "the enrolment code has expired")
    _require_same_host(standing, opened.invitation, listed.at)
    former = standing.offices.get(entry.entry_id)
    require_successor(entry, former)
    require_new_keys(standing, entry.keys)
    standing.invitations[opened.hash] = replace(opened, used=True)
    standing.offices[entry.entry_id] = Office(
        entry.entry_id,
        entry.keys,
        entry.sequence,
        listed.signed.hash,
        opened.invitation.network,
        anew=former is not None,
    )
    standing.signature_keys.add(entry.keys.ed25519)
    for device in standing.devices_of(entry.entry_id):
        if device.revoked_at is None:
            ended = device.revoked(listed.at, RevocationReason.REPLACED)
            standing.devices[device.entry.device_id] = ended


def _require_same_host(standing: Standing, invitation: Invitation, at: int) -> None:
    # A secretariat that is replaced would keep letters to all offices it has ever brought in.
    if invitation.network is None or invitation.proposer is None:
        return
    if standing.devices[invitation.proposer].entry.entry_id != standing.host(invitation.network, at):
        raise PeerError(Code.EXPIRED, f"who sent the letter runs {invitation.network} no more")


def succeed(standing: Standing, listed: Listed, succession: KeySuccession) -> None:
    """Give an office the keys that it has chosen next.

    Raises:
        PeerError: NOT_FOUND, BAD_SIGNATURE, or CONFLICT.
    """
    office = standing.office(succession.entry_id)
    keys = succession.keys
    listed.require_signatures({Signer.OFFICE: office.keys, Signer.NEW_OFFICE: keys.ed25519})
    require_successor(succession, office)
    require_new_keys(standing, keys)
    if keys.ml_dsa_44 == office.keys.ml_dsa_44:
        raise PeerError(Code.CONFLICT, "an office replaces both of its keys")
    standing.signature_keys.add(keys.ed25519)
    advance(standing, replace(office, keys=keys), listed, succession)
