"""Search over entries: pure, in memory, and never a guess about who is competent.

Text matches every field of the record, former names, ids and aliases, and State names old and new, without
regard to case, accents or order of words. Formal addressees come first; a withdrawn entry is found only if
asked for. What an authority does not state matches no question but that for "unknown".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync.confirmation import is_confirmation_due
from rogatory_directory_sync.designations import DesignationUnknown, read_designation
from rogatory_directory_sync.entry import Entry
from rogatory_directory_sync.field_search import field_texts, holds
from rogatory_directory_sync.languages import language_tag
from rogatory_directory_sync.opening import Opening, local_time
from rogatory_directory_sync.record import Function, Kind, Record, Status
from rogatory_directory_sync.reference import ReferenceTables
from rogatory_directory_sync.text import name_key

FORMAL_KINDS = (Kind.CENTRAL_AUTHORITY, Kind.COMPETENT_AUTHORITY)
_KIND_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for; an empty member does not restrict.

    Attributes:
        text: words, all of which must occur.
        state: name, former name or ISO code.
        article: a designation as it is spoken of: ``UNTOC 18``, ``Merida 46(13)``, ``Palermo``.
        network: code, name or alias.
        language: BCP 47 tag or name; matches accepted languages, and urgent ones.
        status: ``None`` finds both active and withdrawn entries.
        channel: a channel that is open at least for urgent requests (``interpol``), or a regional platform.
        electronic: whether electronic requests are accepted: ``yes``, ``exceptional``, ``no``, ``unknown``.
        e_signature: whether an electronic signature is accepted: ``yes``, ``no``, ``unknown``.
        open_at: only offices open at that moment by their own hours.
        confirmation_due_on: only offices to be asked on that day whether their entry is right.
        where: field paths of the schema, each with words it must hold; no words: nothing is stated there.
    """

    text: str = ""
    state: str = ""
    article: str = ""
    function: Function | None = None
    network: str = ""
    language: str = ""
    kind: Kind | None = None
    status: Status | None = Status.ACTIVE
    channel: str = ""
    electronic: str = ""
    e_signature: str = ""
    open_at: datetime | None = None
    confirmation_due_on: date | None = None
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Competent:
    """Who is competent for a function in a State.

    Attributes:
        addressees: formal requests may be addressed to these.
        others: designated too, but for consultation or a named function only.
        scope_matters: more than one addressee; the scope notes decide between them.
    """

    addressees: tuple[Entry, ...]
    others: tuple[Entry, ...]

    @property
    def scope_matters(self) -> bool:
        """Whether the scope note must be shown before anybody chooses."""
        return len(self.addressees) > 1


def _state_names(record: Record, tables: ReferenceTables) -> tuple[str, ...]:
    if record.state is None:
        return ()
    known = tables.states_by_code.get(record.state.iso2)
    other = tuple(former.name for former in known.other_names) if known else ()
    return (
        record.state.iso2,
        record.state.iso3 or "",
        record.state.name,
        record.state.territory or "",
        *other,
    )


def _searchable(entry: Entry, tables: ReferenceTables) -> str:
    record, notes = entry.record, entry.annotations
    parts = [
        *notes.aliases,
        *notes.former_names,
        *_state_names(record, tables),
        *(text for texts in field_texts(record).values() for text in texts),
        *(f"{item.instrument} {item.article or ''} {item.function}" for item in record.designations),
    ]
    return name_key(" ".join(parts))


def _in_state(record: Record, wanted: str, tables: ReferenceTables) -> bool:
    if record.state is None:
        return False
    named = tables.states_by_name.get(name_key(wanted)) or tables.states_by_code.get(wanted.strip().upper())
    if named is not None:
        return record.state.iso2 == named.iso2
    return name_key(wanted) in (name_key(record.state.territory or ""), name_key(record.state.iso3 or ""))


def _designated(record: Record, wanted: str, tables: ReferenceTables) -> bool:
    instrument = tables.instruments.codes.get(name_key(wanted))
    if instrument:
        return any(item.instrument == instrument for item in record.designations)
    found = read_designation(wanted, tables.instruments)
    if isinstance(found, DesignationUnknown):
        return False
    exact = wanted.count("(") or "." in wanted
    return any(
        item.instrument == found["instrument"]
        and item.article == found["article"]
        and (not exact or item.paragraph == found["paragraph"])
        for item in record.designations
    )


def _speaks(record: Record, wanted: str, tables: ReferenceTables) -> bool:
    tag = language_tag(wanted.strip(), tables.languages).casefold()
    stated = (*(record.languages.accepted or ()), *(record.languages.urgent or ()))
    # Basic filtering of RFC 4647 section 3.3.1: ``pt`` finds ``pt-BR``, ``pt-BR`` does not find ``pt``.
    return any(f"{item.casefold()}-".startswith(f"{tag}-") for item in stated)


def _in_network(record: Record, wanted: str, tables: ReferenceTables) -> bool:
    network = tables.networks_by_name.get(name_key(wanted))
    return network is not None and any(item.network == network.code for item in record.networks)


_CLOSED = frozenset({None, "no", "unknown"})
CHANNELS = ("direct", "diplomatic", "interpol", "email")


def _reachable_by(record: Record, wanted: str) -> bool:
    key = name_key(wanted)
    stated = {name: getattr(record.channels, name) for name in CHANNELS}
    if key in stated:
        return stated[key] not in _CLOSED
    return any(key == name_key(platform) for platform in record.channels.regional_platforms)


def _states(stated: str | None, wanted: str) -> bool:
    return (stated or "unknown") == wanted.strip().casefold()


def _practises(entry: Entry, query: Query) -> bool:
    """Whether an entry fits what a query asks of the office's practice."""
    record = entry.record
    return (
        (not query.channel or _reachable_by(record, query.channel))
        and (not query.electronic or _states(record.electronic.accepts_requests, query.electronic))
        and (not query.e_signature or _states(record.electronic.e_signature, query.e_signature))
        and (query.open_at is None or local_time(record, query.open_at).opening is Opening.OPEN)
        and (query.confirmation_due_on is None or is_confirmation_due(entry, query.confirmation_due_on))
        and all(holds(record, path, wanted) for path, wanted in query.where)
    )


def matches(entry: Entry, query: Query, tables: ReferenceTables) -> bool:
    """Whether an entry fits every member of a query."""
    record = entry.record
    tests = (
        query.status is None or record.status is query.status,
        query.kind is None or record.kind is query.kind,
        query.function is None or any(item.function is query.function for item in record.designations),
        not query.state or _in_state(record, query.state, tables),
        not query.article or _designated(record, query.article, tables),
        not query.network or _in_network(record, query.network, tables),
        not query.language or _speaks(record, query.language, tables),
    )
    if not all(tests) or not _practises(entry, query):
        return False
    searchable = _searchable(entry, tables) if query.text else ""
    # What is written without a blank, such as an id or an address, is looked for as it stands.
    return all(name_key(word) in searchable for word in query.text.split())


_TERRITORY = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}", re.IGNORECASE)


def check_query(query: Query, tables: ReferenceTables) -> Query:
    """The query, if every name in it is one the reference tables know.

    Raises:
        MisuseError: it is not; a search for it would find nothing for ever, and look like an answer.
    """
    state = query.state.strip()
    codes = (*tables.states_by_code, *(entry.iso3 for entry in tables.states))
    unknown = {
        f"no State is called {state}": state
        and name_key(state) not in tables.states_by_name
        and state.upper() not in codes
        and not _TERRITORY.fullmatch(state),
        f"no network is called {query.network}": query.network
        and name_key(query.network) not in tables.networks_by_name,
        f"no language is called {query.language}": query.language
        and not language_tag(query.language.strip(), tables.languages),
        f"nobody is designated under {query.article}": query.article
        and name_key(query.article) not in tables.instruments.codes
        and isinstance(read_designation(query.article, tables.instruments), DesignationUnknown),
    }
    for said, fails in unknown.items():
        if fails:
            raise MisuseError(f"{said}: check the spelling")
    return query


def _order(entry: Entry) -> tuple[str, int, str]:
    state = entry.record.state
    return (state.name if state else "\uffff", _KIND_ORDER[entry.record.kind], entry.entry_id)


def search(entries: Iterable[Entry], query: Query, tables: ReferenceTables) -> tuple[Entry, ...]:
    """The entries that fit a query, by State, kind and id."""
    return tuple(sorted((entry for entry in entries if matches(entry, query, tables)), key=_order))


def find_entry(entries: Iterable[Entry], wanted: str) -> Entry | None:
    """An entry by its id or by any id the publisher has used for it."""
    key = wanted.strip().casefold()
    return next(
        (
            entry
            for entry in entries
            if key in (entry.entry_id.casefold(), *(alias.casefold() for alias in entry.annotations.aliases))
        ),
        None,
    )


def who_is_competent(
    entries: Iterable[Entry], function: Function, state: str, tables: ReferenceTables
) -> Competent:
    """Who is competent for a function in a State, from its designations alone.

    Args:
        entries: the directory.
        function: what the request is for.
        state: name, former name or ISO code.
        tables: the reference tables.
    """
    found = search(entries, Query(function=function, state=state), tables)
    addressees = tuple(entry for entry in found if entry.record.kind in FORMAL_KINDS)
    return Competent(addressees, tuple(entry for entry in found if entry.record.kind not in FORMAL_KINDS))
