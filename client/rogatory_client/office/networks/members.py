"""Who belongs to a network: what the log says beside what the directory says.

The directory decides (``foreign_networks``); the log is what two officers of the secretariat have signed.
"""

from collections.abc import Iterator, Mapping

from rogatory_client.office.desk import Desk
from rogatory_client.office.listing import Listing
from rogatory_client.office.networks.view import MemberView, SaidBy
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Registry
from rogatory_crypto.log.entry_content import NetworkAdmission
from rogatory_crypto.wire.identifier import EntryId


def list_members(desk: Desk, network: str | None = None) -> tuple[MemberView, ...]:
    """Return the members of a network, or of all, by network and entry id.

    Args:
        desk: of any office.
        network: by code, name or alias; None for all that the log or the directory names.

    Raises:
        MisuseError: neither of the two names it.
    """
    said = desk.replica.audit.members
    known = sorted({*said, *desk.listing.networks})
    codes = known if network is None else [_code(desk.listing, known, network)]
    return tuple(each for code in codes for each in compared(code, said, desk.listing, desk.registry))


def compared(
    network: str, said: Mapping[str, set[EntryId]], listing: Listing, registry: Registry
) -> Iterator[MemberView]:
    """Yield each member of a network by the log's admissions or by the directory, by entry id.

    Args:
        network: its code.
        said: members of each network by the log.
        listing: the verified directory.
        registry: offices, as the log says.
    """
    in_log, listed = said.get(network, set()), _listed(listing, network)
    for entry_id in sorted(in_log | listed):
        record, office = listing.records.get(entry_id), registry.offices.get(entry_id)
        yield MemberView(
            network=network,
            entry_id=entry_id,
            name="" if record is None else record.name_en,
            said_by=_said_by(in_log=entry_id in in_log, listed=entry_id in listed),
            brought_in_by=None if office is None else office.network,
        )


def is_listed_in(listing: Listing, admission: NetworkAdmission) -> bool:
    """Tell whether the directory counts an authority to the network that an admission is about."""
    return admission.entry_id in _listed(listing, admission.network)


def _listed(listing: Listing, network: str) -> set[EntryId]:
    found = listing.networks.get(network)
    return set() if found is None else set(found.members)


def _said_by(*, in_log: bool, listed: bool) -> SaidBy:
    if in_log and listed:
        return SaidBy.BOTH
    return SaidBy.LOG if in_log else SaidBy.DIRECTORY


def _code(listing: Listing, known: list[str], name: str) -> str:
    found = listing.network(name)
    code = name.upper() if found is None else found.code
    if code not in known:
        raise MisuseError(f"neither the log nor the directory knows a network {name}")
    return code
