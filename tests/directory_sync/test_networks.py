"""Networks as data: members on a date, secretariat, aliases."""

import json
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from rogatory_directory_sync import (
    Kind,
    NetworkEntry,
    Query,
    Record,
    ReferenceTables,
    SourceFile,
    SyncResult,
    find_network,
    member_states,
    members_of,
    network_profile,
    sample_file,
    search,
    secretariat_of,
    synchronise,
)
from rogatory_directory_sync.reference import MemberState, tables_from

TODAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def listed(june: Callable[..., SyncResult]) -> list[Record]:
    return [entry.record for entry in june("json").directory.values()]


def network(name: str, tables: ReferenceTables) -> NetworkEntry:
    found = find_network(name, tables)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SEA", "SEAJUST"),
        ("sea-just", "SEAJUST"),
        ("CASC Network", "CASC"),
        ("Wacap ", "WACAP"),
        ("Iber-Red", "IBERRED"),
    ],
)
def test_networks_are_found_by_alias(
    name: str, code: str, tables: ReferenceTables
) -> None:  # A06-72 to A06-75
    assert network(name, tables).code == code
    assert find_network("Hanse", tables) is None


@pytest.mark.parametrize(
    ("name", "states", "members", "body"),
    [("WACAP", 17, 24, "NET-WACAP"), ("CASC", 8, 15, "NET-CASC"), ("SEA", 10, 12, "NET-SEAJUST")],
)
def test_each_network_has_states_members_and_secretariat(
    name: str, states: int, members: int, body: str, listed: list[Record], tables: ReferenceTables
) -> None:
    profile = network_profile(network(name, tables), listed, TODAY)
    assert (len(profile.states), len(profile.members)) == (states, members)
    assert profile.secretariat is not None
    assert profile.secretariat.record_id == body
    assert profile.secretariat.kind is Kind.NETWORK_BODY  # A06-79


def test_membership_is_dated(listed: list[Record], tables: ReferenceTables) -> None:
    casc = network("CASC", tables)
    assert member_states(casc, date(2014, 4, 30)) == ()
    assert len(member_states(casc, date(2014, 5, 1))) == 8
    assert members_of(casc, listed, date(2014, 4, 30)) == ()
    assert member_states(network("WACAP", tables), date(2013, 4, 30)) == ("TD",)  # start not known


def test_a_membership_ends(listed: list[Record]) -> None:
    left = NetworkEntry(
        "CASC", "", (), (MemberState("KZ", "2014-05", "2026-06-30"), MemberState("GE", "", ""))
    )
    states = {record.state.iso2 for record in members_of(left, listed, TODAY) if record.state}
    assert states == {"GE"}
    assert "KZ" in member_states(left, date(2026, 6, 29))


def test_a_network_without_listed_states_goes_by_the_entries(
    listed: list[Record], tables: ReferenceTables
) -> None:
    assert len(members_of(network("EJN", tables), listed, TODAY)) == 6
    assert secretariat_of(network("REFCO", tables), listed) is None


def reference(name: str) -> dict[str, Any]:
    path = files("rogatory_directory_sync") / "reference" / f"{name}.json"
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return table


@pytest.fixture(scope="module")
def with_new_network() -> ReferenceTables:
    """The tables with one more network: lines of data, not of code."""
    networks = reference("networks")
    networks["networks"].append({
        "code": "PANET", "name": "Network of the Test Ocean", "aliases": ["Test Ocean Net"],
        "members": [{"iso2": "SG", "from": "2020-05"}, {"iso2": "TH", "from": "2026-07-15"},
                    {"iso2": "BN", "from": "2020-05", "until": "2026-01"}],
    })  # fmt: skip
    names = ("states", "language-aliases", "instruments", "header-aliases")
    states, languages, instruments, headings = map(reference, names)
    return tables_from(states, networks, languages, instruments, headings)


def test_a_new_network_is_data_alone(with_new_network: ReferenceTables) -> None:
    export = json.loads(sample_file("export-2026-06.json").content)
    for record in export["records"]:
        if (record.get("state") or {}).get("iso2") in ("SG", "TH", "BN", "SN"):
            record["networks"] = "test ocean  NET"
    file = SourceFile("x.json", json.dumps(export).encode())
    directory = synchronise(file, tables=with_new_network).directory
    records = [entry.record for entry in directory.values()]
    network = find_network("panet", with_new_network)
    assert network is not None
    assert {item.state.iso2 for item in members_of(network, records, date(2026, 7, 14)) if item.state} == {
        "SG"
    }
    later = members_of(network, records, date(2026, 7, 15))
    assert {item.state.iso2 for item in later if item.state} == {"SG", "TH"}
    early = members_of(network, records, date(2025, 12, 31))
    assert {item.state.iso2 for item in early if item.state} == {"SG", "BN"}
    found = search(directory.values(), Query(network="Test Ocean Net"), with_new_network)
    assert {entry.record.state.iso2 for entry in found if entry.record.state} == {"SG", "TH", "BN", "SN"}
