"""How a secretariat lets the log say who belongs to its network: one officer proposes, another confirms.

Both sign for one place in the network's chain. If another admission takes that place first, neither signature
is worth anything, and the proposal is made anew. What offices act on stays the directory's word.
"""

from rogatory_client.office.admission.candidate_view import officer_of, role_of
from rogatory_client.office.admission.eligibility import (
    require_admitting,
    require_listed,
    require_secretariat,
    require_today,
    require_unmistakable,
)
from rogatory_client.office.admission.procedure import catch_up
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.enrolment import publish_signed
from rogatory_client.office.line.verification import all_but
from rogatory_client.office.networks.members import is_listed_in, list_members
from rogatory_client.office.networks.proposal import NetworkProposal, read_network_proposal
from rogatory_client.office.networks.view import MemberView, NetworkProposalView
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import decode_body, join_parts, sign_part
from rogatory_crypto.log.entry_content import NetworkAdmission
from rogatory_crypto.signing import PAIR_BYTES
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.identifier import EntryId
from rogatory_crypto.wire.log_request import EntryPublication, ProposedEntry


async def propose(
    desk: Desk, relay: Relay, entry_id: str, network: str, *, admitted: bool
) -> NetworkProposalView:
    """Sign as the first officer, for the next place in the network's chain.

    Args:
        desk: the first officer's.
        relay: where the log is.
        entry_id: the authority.
        network: by code, name or alias.
        admitted: False to end its membership.

    Raises:
        MisuseError: this officer may not decide on members, the authority may not be admitted, or the log
            says so already.
        PeerError: EXPIRED where log or root of trust are too old.
    """
    await catch_up(desk, relay)
    code = require_secretariat(desk, network)
    admission = NetworkAdmission(code, EntryId(entry_id), admitted)
    _require_proper(desk, admission)
    if _is_said(desk, admission):
        raise MisuseError(_already(admission))
    place = desk.replica.next_place(admission.subject)
    own = sign_part(admission, desk.replica.origin, place, desk.identity.device_private)
    return _view(desk, NetworkProposal(admission, *place, desk.identity.device_id, own))


async def consider(desk: Desk, relay: Relay, text: str) -> NetworkProposalView:
    """Return what the second officer is about to agree to; nothing is signed yet.

    Raises:
        MisuseError: this officer may not decide on members, or the authority may not be admitted.
        PeerError: ALREADY_USED where the log says so already, CONFLICT where the chain has moved on, or the
            proposal is damaged, not signed by who it names, by one officer alone, for another office or by a
            role that may not; EXPIRED where log or root of trust are too old.
    """
    await catch_up(desk, relay)
    return _view(desk, _judged(desk, text))


async def confirm(desk: Desk, relay: Relay, text: str) -> MemberView | None:
    """Give the second signature and publish; return the member, None for one that belongs nowhere now.

    Raises:
        MisuseError, PeerError: as ``consider``, or what the relay says against it.
        TransportError: the relay or its witnesses cannot be reached; the next synchronisation goes on.
    """
    await catch_up(desk, relay)
    proposal = _judged(desk, text)
    admission = proposal.admission
    own = sign_part(admission, desk.replica.origin, proposal.place, desk.identity.device_private)
    entry = _entry(desk, proposal, own)
    publication = EntryPublication((ProposedEntry(entry.type, entry.body),))
    try:
        await publish_signed(desk, relay, publication.encode())
    except PeerError:
        # To the relay, a signature for a place that was just taken is one that does not hold.
        _require_place(desk, proposal)
        raise
    members = list_members(desk, admission.network)
    return next((each for each in members if each.entry_id == admission.entry_id), None)


def _judged(desk: Desk, text: str) -> NetworkProposal:
    proposal = read_network_proposal(text)
    require_secretariat(desk, proposal.admission.network)
    _require_proper(desk, proposal.admission)
    _require_place(desk, proposal)
    # By the rules that the log will apply, to everything but the signature that is asked for.
    entry = _entry(desk, proposal, bytes(PAIR_BYTES))
    verify = all_but(desk.identity.device_private.public)
    desk.replica.audit.copy().accept(entry, decode_body(entry), index=desk.replica.size, verify=verify)
    return proposal


def _require_proper(desk: Desk, admission: NetworkAdmission) -> None:
    """Whoever is admitted is in the directory and looks like nobody else; whoever leaves may be gone."""
    require_today(desk)
    require_admitting(desk, "decide on members")
    if admission.admitted:
        require_unmistakable(desk, require_listed(desk, admission.entry_id))


def _require_place(desk: Desk, proposal: NetworkProposal) -> None:
    admission = proposal.admission
    if proposal.place == desk.replica.next_place(admission.subject):
        return
    if _is_said(desk, admission):
        raise PeerError(Code.ALREADY_USED, _already(admission))
    moved = f"another entry about {admission.network} came first: this must be proposed anew"
    raise PeerError(Code.CONFLICT, moved)


def _is_said(desk: Desk, admission: NetworkAdmission) -> bool:
    members = desk.replica.audit.members.get(admission.network, set())
    return (admission.entry_id in members) == admission.admitted


def _already(admission: NetworkAdmission) -> str:
    said = "is admitted to {} already" if admission.admitted else "has no admission to {} that could be ended"
    return f"by the log, {admission.entry_id} {said.format(admission.network)}"


def _entry(desk: Desk, proposal: NetworkProposal, own: bytes) -> LogEntry:
    """Return the entry with both signatures; with two of one device, so that the log's rules refuse it."""
    signatures = ((proposal.proposer, proposal.signature), (desk.identity.device_id, own))
    at = max(desk.surroundings.now(), desk.registry.latest)
    return join_parts(proposal.admission, proposal.place, signatures, at)


def _view(desk: Desk, proposal: NetworkProposal) -> NetworkProposalView:
    admission = proposal.admission
    record = desk.listing.records.get(admission.entry_id)
    state = None if record is None else record.state
    return NetworkProposalView(
        network=admission.network,
        entry_id=admission.entry_id,
        admitted=admission.admitted,
        name="" if record is None else record.name_en,
        state=None if state is None else state.name,
        unit=None if record is None else record.unit,
        in_directory=is_listed_in(desk.listing, admission),
        proposer=officer_of(desk, proposal.proposer),
        proposer_role=role_of(desk, proposal.proposer),
        proposer_device=proposal.proposer.hex(),
        text=proposal.to_text(),
    )
