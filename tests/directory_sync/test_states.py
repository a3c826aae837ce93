"""Rule R4: name and code must agree."""

import pytest

from rogatory_directory_sync import ReferenceTables
from rogatory_directory_sync.states import StateFound, StateUnclear, resolve_state


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
