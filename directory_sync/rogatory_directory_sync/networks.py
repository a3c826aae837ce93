"""Networks as data: members on a date, secretariat, aliases; a new one is a line in the table, never code.

Membership is dated and belongs to the State; an authority is in a network when its State is a member on
that day and its own entry says so. A network the table lists no States for goes by the entries alone.
Network bodies are for informal contact only; no formal request may be addressed to one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rogatory_directory_sync.record import Kind, Record, Role, Status
from rogatory_directory_sync.reference import MemberState, NetworkEntry, ReferenceTables
from rogatory_directory_sync.text import name_key


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """A network on a day: its entry, its States, its authorities and secretariat in the directory."""

    network: NetworkEntry
    states: tuple[str, ...]
    members: tuple[Record, ...]
    secretariat: Record | None


def find_network(name: str, tables: ReferenceTables) -> NetworkEntry | None:
    """A network by code, name or alias (``SEA`` is SEAJUST)."""
    return tables.networks_by_name.get(name_key(name))


def _is_member_on(member: MemberState, on: date) -> bool:
    """Dates to the month compare as text; an unknown start means "already a member"."""
    since, until = member.since, member.until
    return (not since or since <= on.isoformat()[: len(since)]) and (
        not until or on.isoformat()[: len(until)] < until
    )


def member_states(network: NetworkEntry, on: date) -> tuple[str, ...]:
    """ISO codes of the States that are members on a day; empty where the table lists none."""
    return tuple(member.iso2 for member in network.members or () if _is_member_on(member, on))


def _has_role(record: Record, network: NetworkEntry, role: Role) -> bool:
    return any(item.network == network.code and item.role is role for item in record.networks)


def members_of(network: NetworkEntry, records: Iterable[Record], on: date) -> tuple[Record, ...]:
    """The active authorities that are members of a network on a day, in the order given."""
    states = set(member_states(network, on))
    return tuple(
        record
        for record in records
        if record.status is Status.ACTIVE
        and record.state is not None
        and _has_role(record, network, Role.MEMBER)
        and (network.members is None or record.state.iso2 in states)
    )


def secretariat_of(network: NetworkEntry, records: Iterable[Record]) -> Record | None:
    """The active body that runs a network, if the directory lists it."""
    return next(
        (
            record
            for record in records
            if record.kind is Kind.NETWORK_BODY
            and record.status is Status.ACTIVE
            and _has_role(record, network, Role.SECRETARIAT)
        ),
        None,
    )


def network_profile(network: NetworkEntry, records: Iterable[Record], on: date) -> NetworkProfile:
    """All there is to know about a network on a day."""
    listed = tuple(records)
    return NetworkProfile(
        network, member_states(network, on), members_of(network, listed, on), secretariat_of(network, listed)
    )
