"""Who may be invited or admitted to a network: an active entry of the directory that looks like no other.

Each of the two officers asks this of the directory on his own device, under a checkpoint of today.
"""

from dataclasses import dataclass

from rogatory_client.office.desk import Desk
from rogatory_client.office.listing import NetworkListing
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import DeviceEntry, Invitation, nobodys_key
from rogatory_crypto.identity.role import MAY_ADMIT
from rogatory_crypto.log.root import NetworkTrust
from rogatory_crypto.wire.identifier import EntryId
from rogatory_directory_sync import Record, Status, lookalikes, mixed_scripts


@dataclass(frozen=True, slots=True)
class Candidate:
    """An authority that may be invited.

    Attributes:
        network: the network's code.
        entry_id: its entry in the directory.
        record: what the directory says of it; None only where it left, and its invitation is ended.
    """

    network: str
    entry_id: EntryId
    record: Record | None


def candidate(desk: Desk, network: str, entry_id: str) -> Candidate:
    """Return the authority, if it may be invited to the network today.

    Raises:
        MisuseError: it may not; says why.
        PeerError: EXPIRED where the log or the root of trust is too old to rely on.
    """
    secretariats = require_today(desk).secretariats
    found = _network(desk, network)
    record = require_listed(desk, entry_id)
    if entry_id in secretariats.values():
        raise MisuseError(f"{entry_id} is a secretariat: the directory operator invites it")
    if entry_id not in found.members:
        raise MisuseError(f"{entry_id} is not a member of {found.code}: its own network invites it")
    require_unmistakable(desk, record)
    return Candidate(found.code, EntryId(record.record_id), record)


def require_today(desk: Desk) -> NetworkTrust:
    """Return whom the network believes, if that and the log are of today; raise PeerError EXPIRED."""
    now = desk.surroundings.now()
    trust = desk.pinned.current(now)
    desk.replica.require_fresh(now=now)
    return trust


def require_listed(desk: Desk, entry_id: str) -> Record:
    """Return what the directory says of an authority; raise MisuseError unless it is active there."""
    record = desk.listing.records.get(EntryId(entry_id))
    if record is None:
        raise MisuseError(f"the directory has no entry {entry_id}: look for it with `rogatory offices`")
    if record.status is not Status.ACTIVE:
        raise MisuseError(f"{entry_id} was withdrawn from the directory: it cannot be invited or admitted")
    return record


def require_admitting(desk: Desk, doing: str) -> DeviceEntry:
    """Return this device's entry, if its officer has a role that admits; raise MisuseError."""
    own = desk.registry.devices[desk.oneself.device_id].entry
    if own.role not in MAY_ADMIT:
        raise MisuseError(f"the role {own.role} may not {doing}: {' or '.join(sorted(MAY_ADMIT))} may")
    return own


def ended_by(desk: Desk, invitation: Invitation) -> Invitation | None:
    """Return the open invitation that one with nobody's code would end; None for any other."""
    opened = open_invitation(desk, invitation.entry_id)
    if opened is None or opened.network != invitation.network:
        return None
    return opened if invitation.code_key == nobodys_key(opened.code_key, invitation.issued_at) else None


def open_invitation(desk: Desk, entry_id: EntryId) -> Invitation | None:
    """Return the invitation of an authority that its code still opens."""
    now = desk.surroundings.now()
    usable = (
        each.invitation
        for each in desk.registry.invitations
        if each.invitation.entry_id == entry_id and not (each.used or each.replaced)
    )
    return next((each for each in usable if now < each.expires_at), None)


def require_secretariat(desk: Desk, network: str) -> str:
    """Return the code of the network, if this device's office runs it.

    Raises:
        MisuseError: there is no such network, or another office runs it.
    """
    code = _network(desk, network).code
    if desk.pinned.trust.secretariats.get(code) != desk.oneself.entry_id:
        raise MisuseError(f"{desk.oneself.entry_id} is not the secretariat of {code}: it lets nobody into it")
    return code


def _network(desk: Desk, name: str) -> NetworkListing:
    found = desk.listing.network(name)
    if found is None:
        raise MisuseError(f"the directory knows no network {name}")
    return found


def require_unmistakable(desk: Desk, record: Record) -> None:
    """Return only if no name of an authority can be taken for another's; raise MisuseError."""
    if mixed_scripts(record):
        raise MisuseError(
            f"a name of {record.record_id} mixes letters of two scripts: have the entry corrected"
        )
    if others := lookalikes(record, desk.listing.records.values()):
        named = ", ".join(f"{other.record_id} ({other.name_en})" for other in others)
        raise MisuseError(
            f"{record.record_id} would be taken for {named}: have the directory tell them apart first"
        )
