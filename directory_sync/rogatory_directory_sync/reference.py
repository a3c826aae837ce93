"""The reference tables: States with former names, networks, aliases of languages, instruments and headings.

They are data files of this package (``reference/*.json``); a new network, name or alias is a line there,
never code. Everything below takes the tables as an argument; only ``reference_tables`` reads the files,
once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rogatory_directory_sync import jsonvalue
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.text import name_key


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name a State is or was also known by; ``until`` is empty for one still in use."""

    name: str
    until: str


@dataclass(frozen=True, slots=True)
class StateEntry:
    """A State of the reference table."""

    iso2: str
    iso3: str
    name: str
    other_names: tuple[FormerName, ...]
    code_aliases: tuple[str, ...]
    time_zone: str


@dataclass(frozen=True, slots=True)
class MemberState:
    """A State's membership of a network; dates are ISO 8601, to the month or day, empty where not known."""

    iso2: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class NetworkEntry:
    """A network of the reference table; ``members`` is None where the table lists no States."""

    code: str
    name: str
    aliases: tuple[str, ...]
    members: tuple[MemberState, ...] | None


@dataclass(frozen=True, slots=True)
class Instruments:
    """Instruments by alias, functions by article, and the paragraph meant where none is named."""

    codes: Mapping[str, str]
    functions: Mapping[str, str]
    paragraphs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReferenceTables:
    """Every table, indexed by the key it is looked up with."""

    states: tuple[StateEntry, ...]
    states_by_code: Mapping[str, StateEntry]
    states_by_name: Mapping[str, StateEntry]
    networks: tuple[NetworkEntry, ...]
    networks_by_name: Mapping[str, NetworkEntry]
    languages: Mapping[str, str]
    instruments: Instruments
    headings: Mapping[str, str]


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(text_of(item) for item in list_of(value))


def _state(entry: JsonObject) -> StateEntry:
    names = [object_of(item) for item in list_of(entry.get("aliases"))]
    return StateEntry(
        iso2=text_of(entry["iso2"]),
        iso3=text_of(entry["iso3"]),
        name=text_of(entry["name"]),
        other_names=tuple(FormerName(text_of(item["name"]), text_of(item.get("until"))) for item in names),
        code_aliases=_texts(entry.get("code_aliases")),
        time_zone=text_of(entry["time_zone"]),
    )


def _network(entry: JsonObject) -> NetworkEntry:
    members = entry.get("members")
    dated = [object_of(item) for item in members] if isinstance(members, list) else None
    return NetworkEntry(
        code=text_of(entry["code"]),
        name=text_of(entry["name"]),
        aliases=_texts(entry.get("aliases")),
        members=None
        if dated is None
        else tuple(
            MemberState(text_of(item["iso2"]), text_of(item.get("from")), text_of(item.get("until")))
            for item in dated
        ),
    )


def _instruments(table: JsonObject) -> Instruments:
    aliases = object_of(table["instrument_aliases"])
    return Instruments(
        codes={name_key(alias): code for code, names in aliases.items() for alias in (code, *_texts(names))},
        functions={key: text_of(value) for key, value in object_of(table["known_designations"]).items()},
        paragraphs={key: text_of(value) for key, value in object_of(table["default_paragraph"]).items()},
    )


def _by_alias(table: JsonObject) -> dict[str, str]:
    return {name_key(alias): key for key, names in table.items() for alias in (key, *_texts(names))}


def tables_from(
    states: JsonObject,
    networks: JsonObject,
    languages: JsonObject,
    instruments: JsonObject,
    headings: JsonObject,
) -> ReferenceTables:
    """The tables from the contents of their five files."""
    state_entries = tuple(_state(object_of(item)) for item in list_of(states["states"]))
    network_entries = tuple(_network(object_of(item)) for item in list_of(networks["networks"]))
    return ReferenceTables(
        states=state_entries,
        states_by_code={code: state for state in state_entries for code in (state.iso2, *state.code_aliases)},
        states_by_name={
            name_key(name): state
            for state in state_entries
            for name in (state.name, *(other.name for other in state.other_names))
        },
        networks=network_entries,
        networks_by_name={
            name_key(name): network
            for network in network_entries
            for name in (network.code, network.name, *network.aliases)
        },
        languages=_by_alias(languages),
        instruments=_instruments(instruments),
        headings={alias: heading for heading, names in headings.items() for alias in _texts(names)},
    )


@cache
def reference_tables() -> ReferenceTables:
    """The tables shipped with this package."""
    folder = files("rogatory_directory_sync") / "reference"
    names = ("states", "networks", "language-aliases", "instruments", "header-aliases")
    contents = [jsonvalue.read((folder / f"{name}.json").read_text(encoding="utf-8")) for name in names]
    return tables_from(*(object_of(content) for content in contents))
