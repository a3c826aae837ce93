"""Offices that a network brought in to which the directory does not count them.

Any two officers of one secretariat could invite a name that belongs to another network, before that one does.
Log and relay cannot tell, as who belongs where is written in the directory; what a secretariat admits in the
log is shown beside it (``network_members``) and decides nothing here. So every office compares the two:
an office in the wrong place gets nothing from here before an officer has called it.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from rogatory_client.engine.effect import Happening, Outcome
from rogatory_client.engine.partner_effect import NoteChangedPartner
from rogatory_client.office.desk import Desk
from rogatory_client.office.listing import Listing
from rogatory_client.vault import partners
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire.identifier import EntryId

_FOREIGN: Final = (
    "{} was brought in by the network {}, and the directory counts it to {}: somebody else may hold its "
    "name. Nobody here writes to it before an officer has called it on its known number, then "
    "`rogatory office accept {}`"
)


def watch_networks(desk: Desk) -> None:
    """Raise an alarm on each office in the wrong place that nobody here has called yet, once."""
    with desk.vault.reading() as connection:
        known = {each.entry_id for each in partners.load_changed(connection)}
    now, own = desk.surroundings.now(), desk.oneself.entry_id
    for entry_id, network, places in misplaced(desk.registry, desk.listing):
        if entry_id in known or entry_id == own:
            continue
        text = _FOREIGN.format(entry_id, network, " and ".join(sorted(places)), entry_id)
        told = (Happening("alarm", None, None, text),)
        desk.carry_out(Outcome((), (NoteChangedPartner(entry_id, now),), told))


def misplaced(registry: Registry, listing: Listing) -> Iterator[tuple[EntryId, str, frozenset[str]]]:
    """Yield each such office, which network brought it in, and to which the directory counts it.

    An office that the directory counts to no network is in nobody's place.
    """
    places: defaultdict[EntryId, set[str]] = defaultdict(set)
    for code, network in listing.networks.items():
        for member in network.members:
            places[member].add(code)
    for entry_id, office in registry.offices.items():
        if office.network is not None and places[entry_id] and office.network not in places[entry_id]:
            yield entry_id, office.network, frozenset(places[entry_id])
