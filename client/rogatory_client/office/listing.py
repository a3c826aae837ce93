"""The directory as the operator signed it: who there is, in which networks, and who runs them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import verify_snapshot
from rogatory_crypto.log.pinned import PinnedTrust
from rogatory_crypto.wire.identifier import EntryId
from rogatory_directory_sync import Record, find_network, read_directory, reference_tables


@dataclass(frozen=True, slots=True)
class NetworkListing:
    """A network's members and its secretariat, by entry id."""

    code: str
    members: tuple[EntryId, ...]
    secretariat: EntryId | None


@dataclass(frozen=True)
class Listing:
    """One verified snapshot."""

    sequence: int
    records: Mapping[EntryId, Record]
    networks: Mapping[str, NetworkListing]

    @cached_property
    def states(self) -> dict[EntryId, str]:
        """Whose authority each entry is, by ISO 3166-1 code; bodies of no State are left out."""
        return {
            entry_id: record.state.iso2
            for entry_id, record in self.records.items()
            if record.state is not None
        }

    @property
    def secretariats(self) -> dict[str, EntryId]:
        """Secretariats by network code."""
        return {
            code: network.secretariat
            for code, network in self.networks.items()
            if network.secretariat is not None
        }

    def network(self, name: str) -> NetworkListing | None:
        """Return a network by code, name or alias."""
        known = find_network(name, reference_tables())
        return self.networks.get(known.code if known else name.upper())


NO_LISTING = Listing(-1, {}, {})


def read_listing(snapshot: bytes, pinned: PinnedTrust) -> Listing:
    """Verify and read a snapshot.

    Raises:
        PeerError: it is not the operator's, or not a directory.
    """
    trust = pinned.trust
    verified = verify_snapshot(
        snapshot, origin=pinned.origin, operator_key=trust.directory_key, former=trust.former
    ).snapshot
    entries = read_directory(verified.records)
    try:
        networks = [_network(item) for item in json.loads(verified.networks)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PeerError(Code.MALFORMED, "the directory's list of networks cannot be read") from error
    return Listing(
        verified.sequence,
        {EntryId(entry_id): entry.record for entry_id, entry in entries.items()},
        {network.code: network for network in networks},
    )


def _network(item: Mapping[str, object]) -> NetworkListing:
    members, secretariat = item["members"], item["secretariat"]
    if not isinstance(members, list) or not isinstance(secretariat, str | None):
        raise TypeError("members are a list, the secretariat an entry id")
    return NetworkListing(
        str(item["code"]),
        tuple(EntryId(str(member)) for member in members),
        None if secretariat is None else EntryId(secretariat),
    )
