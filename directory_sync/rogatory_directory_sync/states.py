"""Which State an entry belongs to (rule R4): name, ISO code and three-letter code must agree.

Former names and code aliases (``UK``, ``EL``) are accepted. A missing code is filled from the name. Every
disagreement is a quarantine, never a guess: Niger is not Nigeria, and a request would go to the wrong
State.
"""

from dataclasses import dataclass

from rogatory_directory_sync.reference import ReferenceTables, StateEntry
from rogatory_directory_sync.text import name_key


@dataclass(frozen=True, slots=True)
class StateFound:
    """The State, and the rules that had to be applied: (rule, column) pairs."""

    state: StateEntry
    repairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StateUnclear:
    """No State can be named safely; the row is quarantined for this reason."""

    reason: str


def resolve_state(name: str, iso2: str, iso3: str, tables: ReferenceTables) -> StateFound | StateUnclear:
    """The one State that all three cells name.

    Args:
        name: State as published, cleaned; may be a former name.
        iso2: two-letter code or alias, empty where missing.
        iso3: three-letter code, empty where missing.
        tables: the reference tables.
    """
    named = tables.states_by_name.get(name_key(name))
    if named is None:
        return StateUnclear("state_name_unknown" if name else "state_name_missing")
    code = iso2.upper()
    if code and code not in tables.states_by_code:
        return StateUnclear("state_code_unknown")
    if (code and tables.states_by_code[code] is not named) or (iso3 and iso3.upper() != named.iso3):
        return StateUnclear("state_name_iso_mismatch")
    return StateFound(named, tuple(_repairs(name, code, named)))


def _repairs(name: str, code: str, named: StateEntry) -> list[tuple[str, str]]:
    repairs: list[tuple[str, str]] = []
    if name_key(name) != name_key(named.name):
        repairs.append((f"state_alias:{name}", "Country"))
    if code in named.code_aliases:
        repairs.append((f"iso_alias:{code}", "ISO2"))
    if not code:
        repairs.append(("iso_from_name", "ISO2"))
    return repairs
