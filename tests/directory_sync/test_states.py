"""Rule R4: name and code must agree."""

from zoneinfo import available_timezones

import pytest

from rogatory_directory_sync import ReferenceTables
from rogatory_directory_sync.states import StateFound, StateUnclear, resolve_state
from rogatory_directory_sync.text import name_key


@pytest.mark.parametrize(
    ("name", "iso2", "iso3", "found", "rules"),
    [
        ("Swaziland", "SZ", "SWZ", "SZ", ["state_alias:Swaziland"]),
        ("Turkey", "TR", "", "TR", ["state_alias:Turkey"]),
        ("Ivory Coast", "ci", "civ", "CI", ["state_alias:Ivory Coast"]),
        ("COTE D\u2019IVOIRE", "CI", "CIV", "CI", []),
        ("United Kingdom", "UK", "GBR", "GB", ["iso_alias:UK"]),
        ("Greece", "EL", "", "GR", ["iso_alias:EL"]),
        ("Cambodia", "", "", "KH", ["iso_from_name"]),
        ("Niger", "NE", "NER", "NE", []),
    ],
)
def test_former_names_and_code_aliases_are_accepted(
    name: str, iso2: str, iso3: str, found: str, rules: list[str], tables: ReferenceTables
) -> None:  # A06-23 to A06-32, A06-35, A06-36
    state = resolve_state(name, iso2, iso3, tables)
    assert isinstance(state, StateFound)
    assert (state.state.iso2, [rule for rule, _ in state.repairs]) == (found, rules)


@pytest.mark.parametrize(
    ("name", "iso2", "iso3", "reason"),
    [
        ("Niger", "NG", "NGA", "state_name_iso_mismatch"),
        ("Niger", "NE", "NGA", "state_name_iso_mismatch"),
        ("Guinea", "GW", "GNB", "state_name_iso_mismatch"),
        ("Guinea-Bissau", "GN", "", "state_name_iso_mismatch"),
        ("Mali", "XX", "", "state_code_unknown"),
        ("Atlantis", "FR", "FRA", "state_name_unknown"),
        ("", "FR", "FRA", "state_name_missing"),
    ],
)
def test_a_disagreement_is_never_guessed_away(
    name: str, iso2: str, iso3: str, reason: str, tables: ReferenceTables
) -> None:  # A06-33, A06-34
    assert resolve_state(name, iso2, iso3, tables) == StateUnclear(reason)


def test_every_state_can_be_named(tables: ReferenceTables) -> None:
    """R4: the table holds the 193 members of the United Nations and its two observer States."""
    assert len({state.iso2 for state in tables.states}) == len({s.iso3 for s in tables.states}) == 195
    assert {"VA", "PS"} <= {state.iso2 for state in tables.states}
    assert all(state.time_zone in available_timezones() for state in tables.states)


def test_no_name_means_two_states(tables: ReferenceTables) -> None:
    """R4: a name that two States share would send a request to the wrong one."""
    for state in tables.states:
        for name in (state.name, *(other.name for other in state.other_names)):
            assert tables.states_by_name[name_key(name)] is state


@pytest.mark.parametrize(
    ("name", "iso2"),
    [
        ("Congo", "CG"), ("Democratic Republic of the Congo", "CD"), ("Zaire", "CD"), ("Guinée", "GN"),
        ("Equatorial Guinea", "GQ"), ("Papua New Guinea", "PG"), ("South Korea", "KR"), ("DPRK", "KP"),
        ("Western Samoa", "WS"), ("Ceylon", "LK"), ("Sudan", "SD"), ("South Sudan", "SS"), ("Nigéria", "NG"),
        ("Dominica", "DM"), ("Dominican Republic", "DO"), ("Macedonia", "MK"), ("Siam", "TH"),
    ],
)  # fmt: skip
def test_names_that_are_easily_taken_for_another(name: str, iso2: str, tables: ReferenceTables) -> None:
    """R4: former and French names are accepted; the code beside them must be that State's own."""
    found = resolve_state(name, "", "", tables)
    assert isinstance(found, StateFound)
    assert found.state.iso2 == iso2
    for other in {"CG", "CD", "GN", "GQ", "PG", "KR", "KP", "SD", "SS", "NE", "DM", "DO"} - {iso2}:
        assert resolve_state(name, other, "", tables) == StateUnclear("state_name_iso_mismatch")


@pytest.mark.parametrize("name", ["Korea", "Yugoslavia", "Czechoslovakia", "Soviet Union"])
def test_a_name_of_more_than_one_state_is_not_guessed(name: str, tables: ReferenceTables) -> None:
    """R4: no guess."""
    assert isinstance(resolve_state(name, "", "", tables), StateUnclear)
