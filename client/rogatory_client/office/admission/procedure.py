"""How a secretariat admits an authority: one officer proposes, another confirms, then the letter is printed.

The code is made on the first officer's device and stays in its vault until the letter is printed; nothing
that is handed on holds it. The second officer's signature is what makes the invitation one. Every step is
safe to repeat after a cut.
"""

from typing import Final, NamedTuple

from rogatory_client.office.admission.candidate_view import proposal_view
from rogatory_client.office.admission.eligibility import (
    Candidate,
    candidate,
    ended_by,
    require_admitting,
    require_secretariat,
)
from rogatory_client.office.admission.listing import list_admissions
from rogatory_client.office.admission.proposal import Proposal, read_proposal
from rogatory_client.office.admission.view import AdmissionView, ProposalView, ProposedView
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.enrolment import publish_statement
from rogatory_client.office.line.spent_codes import forget_spent_codes, stored_admissions
from rogatory_client.office.line.trusting import learn, publish_waiting
from rogatory_client.office.line.verification import all_but
from rogatory_client.vault import admissions
from rogatory_client.vault.admissions import StoredAdmission
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import (
    Device,
    EnrolmentCode,
    Invitation,
    Signer,
    generate_code,
    join_signatures,
    nobodys_key,
    signature_of,
)
from rogatory_crypto.identity.admission import MAX_INVITATION_S
from rogatory_crypto.identity.role import MAY_ADMIT
from rogatory_crypto.signing import PAIR_BYTES
from rogatory_crypto.wire.api import Relay

DAY_S: Final = 86_400
MAX_DAYS: Final = MAX_INVITATION_S // DAY_S
_ENROLLED: Final = "{} is enrolled already: only if it lost all its devices, propose it again and say so"


class Term(NamedTuple):
    """For how many days an invitation is open; one that ``ends`` another has a code key that is nobody's."""

    days: int
    ends: Invitation | None = None


async def catch_up(desk: Desk, relay: Relay) -> None:
    """Know what the log and the directory say today, and forget codes that are worth nothing any more."""
    await publish_waiting(desk, relay)
    await learn(desk, relay)
    forget_spent_codes(desk)


async def propose(
    desk: Desk, relay: Relay, entry_id: str, network: str, *, confirmer: str | None, days: int, again: bool
) -> ProposedView:
    """Make the code and the first of the two signatures.

    Args:
        desk: the first officer's.
        relay: where the log is.
        entry_id: the authority.
        network: by code, name or alias.
        confirmer: the second officer's device, by the beginning of its id; None for the only one there is.
        days: how long the code shall work.
        again: whether an authority that is enrolled already shall get new keys.

    Raises:
        MisuseError: the authority may not be invited, or this officer may not invite; says why.
        PeerError: EXPIRED where log or root of trust are too old.
    """
    await catch_up(desk, relay)
    invited = candidate(desk, require_secretariat(desk, network), entry_id)
    if not 1 <= days <= MAX_DAYS:
        raise MisuseError(f"a code works for 1 to {MAX_DAYS} days")
    if invited.entry_id in desk.registry.offices and not again:
        raise MisuseError(_ENROLLED.format(entry_id))
    return sign_proposal(desk, invited, second_officer(desk, confirmer), Term(days))


def second_officer(desk: Desk, wanted: str | None) -> Device:
    """Return the device of another officer who may confirm what this one proposes.

    Args:
        desk: the first officer's.
        wanted: the beginning of its id; None for the only one there is.

    Raises:
        MisuseError: this officer may not propose, or not exactly one other fits.
    """
    own, now = require_admitting(desk, "invite"), desk.surroundings.now()
    others = [
        each
        for each in desk.registry.devices_of(own.entry_id, now)
        if each.entry.role in MAY_ADMIT and each.entry.who != own.who
    ]
    fitting = [each for each in others if each.entry.device_id.hex().startswith((wanted or "").lower())]
    if len(fitting) != 1:
        named = ", ".join(f"{each.entry.device_id.hex()[:12]} ({each.entry.officer})" for each in others)
        raise MisuseError(f"name one device of another officer who may confirm: {named or 'there is none'}")
    return fitting[0]


def sign_proposal(desk: Desk, invited: Candidate, second: Device, term: Term) -> ProposedView:
    """Make a code, keep it, and sign the invitation as the first officer."""
    now = desk.surroundings.now()
    code = generate_code(desk.surroundings.random) if term.ends is None else None
    invitation = Invitation(
        origin=desk.identity.profile.origin,
        entry_id=invited.entry_id,
        code_key=_code_key(code, term, now),
        issued_at=now,
        expires_at=now + term.days * DAY_S,
        network=invited.network,
        proposer=desk.identity.device_id,
        confirmer=second.entry.device_id,
    )
    stored = StoredAdmission(
        invitation.code_key,
        invited.entry_id,
        None if code is None else code.secret,
        invitation.encode(),
        letter_at=None,
        ends=term.ends is not None,
    )
    # A withdrawal that is made twice in one second is the same one.
    if stored.code_key not in {each.code_key for each in stored_admissions(desk)}:
        with desk.vault.writing() as connection:
            admissions.save_admission(connection, stored)
    signature = signature_of(invitation, Signer.PROPOSER, desk.identity.device_private)
    return ProposedView(
        entry_id=invited.entry_id,
        network=invited.network,
        confirmer=second.entry.officer,
        confirmer_device=second.entry.device_id.hex(),
        expires_at=invitation.expires_at,
        text=Proposal(invitation, signature).to_text(),
    )


def _code_key(code: EnrolmentCode | None, term: Term, now: int) -> bytes:
    if code is not None:
        return code.public_key()
    if term.ends is None:
        raise MisuseError("an invitation without a code ends another")
    return nobodys_key(term.ends.code_key, now)


async def consider(desk: Desk, relay: Relay, text: str) -> ProposalView:
    """Return what the second officer is about to agree to; nothing is signed yet.

    Raises:
        MisuseError: the authority may not be invited, or another officer is to confirm.
        PeerError: the proposal is damaged, expired, not signed by who it names, by one officer alone, for
            another office or by a role that may not; or the log or root of trust are too old.
    """
    await catch_up(desk, relay)
    proposal, invited = _judged(desk, text)
    return proposal_view(desk, proposal.invitation, invited)


async def confirm(desk: Desk, relay: Relay, text: str) -> AdmissionView:
    """Give the second signature and publish the invitation.

    Raises:
        MisuseError: as ``consider``.
        PeerError: as ``consider``, or what the relay says against it.
        TransportError: the relay or its witnesses cannot be reached; the next synchronisation goes on.
    """
    await catch_up(desk, relay)
    proposal, invited = _judged(desk, text)
    own = signature_of(proposal.invitation, Signer.CONFIRMER, desk.identity.device_private)
    signatures = {Signer.PROPOSER: proposal.signature, Signer.CONFIRMER: own}
    await publish_statement(desk, relay, join_signatures(proposal.invitation, signatures).encoded)
    return next(each for each in list_admissions(desk) if each.entry_id == invited.entry_id)


def _judged(desk: Desk, text: str) -> tuple[Proposal, Candidate]:
    proposal = read_proposal(text)
    invitation = proposal.invitation
    network = require_secretariat(desk, invitation.network or "")
    if invitation.confirmer != desk.identity.device_id:
        raise MisuseError("another device is to confirm this: take it there, or have it proposed again")
    # By the rules that the log will apply, to everything but the signature that is asked for.
    unsigned = {Signer.PROPOSER: proposal.signature, Signer.CONFIRMER: bytes(PAIR_BYTES)}
    at = max(desk.surroundings.now(), desk.registry.latest)
    desk.registry.copy().apply(
        join_signatures(invitation, unsigned).encoded,
        at,
        index=desk.replica.size,
        verify=all_but(desk.identity.device_private.public),
    )
    if ended_by(desk, invitation) is not None:
        record = desk.listing.records.get(invitation.entry_id)
        return proposal, Candidate(network, invitation.entry_id, record)
    return proposal, candidate(desk, network, invitation.entry_id)
