"""Which rows are the same authority (rules R5, R7): ids, revisions, duplicates, re-keyed entries, mailboxes.

The highest revision of an id wins; two different rows of one id and revision are both set aside. Two ids
with the same State, designations and mailbox and near-equal names are one authority: the second is set
aside. Two authorities of a State for the same article are not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from rogatory_directory_sync.entry import Entry
from rogatory_directory_sync.fields import Fields, comparable, flatten
from rogatory_directory_sync.finding import Category, Findings, Voice
from rogatory_directory_sync.headings import column_of
from rogatory_directory_sync.jsonvalue import JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.mailboxes import domain_of, place_of_code
from rogatory_directory_sync.normalising import Row
from rogatory_directory_sync.record import Status
from rogatory_directory_sync.record_json import record_to_json
from rogatory_directory_sync.reference import ReferenceTables
from rogatory_directory_sync.text import name_key

_NEAR_EQUAL = 0.9
# Enough for any office; what an attacker sends beyond it must not cost time squared.
_MAX_NAME = 200
_MAX_TWINS = 50
_MAILBOXES = ("emails.office", "emails.urgent", "emails.technical")
Likeness = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def fields_of(entry: Entry) -> Fields:
    """The fields of a held entry."""
    return flatten(record_to_json(entry.record))


def _content(row: Row) -> dict[str, tuple[str, ...]]:
    return {path: comparable(path, value) for path, value in row.fields.items()}


def collapse(rows: Iterable[Row], findings: Findings) -> list[Row]:
    """One row for each id, in the order the ids first appear."""
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        by_id.setdefault(row.record_id, []).append(row)
    kept: list[Row] = []
    for record_id, versions in by_id.items():
        newest = max(version.revision for version in versions)
        candidates = [version for version in versions if version.revision == newest]
        first = candidates[0]
        if any(_content(other) != _content(first) for other in candidates[1:]):
            for version in candidates:
                Voice(findings, record_id, version.line).say(Category.QUARANTINED, "same_revision_conflict")
            continue
        for version in versions:
            if version is not first:
                code = "duplicate_exact" if version.revision == newest else "duplicate_older_revision"
                Voice(findings, record_id, version.line).say(Category.COLLAPSED, code)
        kept.append(first)
    return kept


def likeness(table: Mapping[str, JsonValue]) -> Likeness | None:
    """What tells one authority from another beside its id; None where too little is known to tell."""
    state, designations, mailbox = (
        comparable(path, table.get(path)) for path in ("state", "designations", "emails.office")
    )
    return (state, designations, mailbox) if state and designations and mailbox else None


@dataclass(frozen=True, slots=True)
class _Name:
    """What rows that are alike are compared by."""

    record_id: str
    words: str
    supersedes: frozenset[str]

    def repeats(self, other: "_Name") -> bool:
        """Whether two ids seem to be one authority: near-equal names, and neither follows the other."""
        follows = self.record_id in other.supersedes or other.record_id in self.supersedes
        return not follows and _near_equal(self.words, other.words)


def _words(table: Fields) -> str:
    return name_key(text_of(table.get("name.en"))[:_MAX_NAME]).replace(" ", "")


def _near_equal(left: str, right: str) -> bool:
    return SequenceMatcher(None, left, right, autojunk=False).ratio() >= _NEAR_EQUAL


def _name(record_id: str, table: Fields) -> _Name:
    superseded = frozenset(text_of(item) for item in list_of(table.get("supersedes")))
    return _Name(record_id, _words(table), superseded)


def set_duplicates_aside(rows: Sequence[Row], held: Mapping[str, Entry], findings: Findings) -> list[Row]:
    """The rows without suspected duplicates; an id already held is never the second one."""
    known: dict[Likeness, list[_Name]] = {}
    suspected: set[str] = set()
    for row in sorted(rows, key=lambda row: (row.record_id not in held, row.number)):
        table = row.fields
        like = likeness(table)
        if like is None or table.get("status") == "withdrawn":
            continue
        others, name = known.setdefault(like, []), _name(row.record_id, table)
        twin = next((other for other in others if other.repeats(name)), None)
        if twin is None or row.record_id in held:
            others[_MAX_TWINS:] = []
            others.append(name)
            continue
        suspected.add(row.record_id)
        voice = Voice(findings, row.record_id, row.line)
        voice.say(Category.QUARANTINED, f"suspected_duplicate_of:{twin.record_id}")
    return [row for row in rows if row.record_id not in suspected]


def _addresses(table: Fields) -> set[str]:
    return {
        text_of(object_of(item).get("address")) for path in _MAILBOXES for item in list_of(table.get(path))
    }


def _codes(table: Fields, tables: ReferenceTables) -> tuple[str, ...]:
    """The labels a State's own domain may carry: its code, code aliases, and the territory's part."""
    iso2 = text_of(object_of(table.get("state")).get("iso2"))
    territory = text_of(object_of(table.get("state")).get("territory")).rpartition("-")[2]
    aliases = tables.states_by_code[iso2].code_aliases if iso2 in tables.states_by_code else ()
    return (iso2, *aliases, territory)


def _shared(tables_of: Iterable[Fields], tables: ReferenceTables) -> dict[str, dict[str, tuple[str, ...]]]:
    """Addresses that entries of more than one State carry, with each State's labels."""
    carriers: dict[str, dict[str, tuple[str, ...]]] = {}
    for table in tables_of:
        state = object_of(table.get("state")).get("iso2")
        for address in _addresses(table) if state else ():
            carriers.setdefault(address, {})[text_of(state)] = _codes(table, tables)
    return {address: states for address, states in carriers.items() if len(states) > 1}


def _without(row: Row, addresses: set[str]) -> Row:
    table = row.fields
    for path in _MAILBOXES:
        kept = [item for item in list_of(table.get(path)) if object_of(item).get("address") not in addresses]
        if kept:
            table[path] = kept
        else:
            table.pop(path, None)
    return row.with_fields(table)


def drop_shared_mailboxes(
    rows: Sequence[Row], held: Mapping[str, Entry], tables: ReferenceTables, findings: Findings
) -> list[Row]:
    """The rows without mailboxes that belong to another State by their domain (rule R7).

    A mailbox whose domain names neither or both of its States is dropped from both: nobody knows whose it is.
    """
    present = {row.record_id for row in rows}
    absent = (fields_of(entry) for entry_id, entry in held.items() if entry_id not in present)
    shared = _shared(chain((row.fields for row in rows), absent), tables)
    kept: list[Row] = []
    for row in rows:
        foreign: set[str] = set()
        table = row.fields if shared else {}
        for address in sorted(_addresses(table) & shared.keys()):
            domain = domain_of(address)
            places = {s: place_of_code(domain, codes) for s, codes in shared[address].items()}
            owners = {s for s, place in places.items() if place >= 0 and place == max(places.values())}
            state = object_of(table.get("state")).get("iso2")
            if state and owners != {state}:
                foreign.add(address)
                voice = Voice(findings, row.record_id, row.line)
                voice.warn("email_shared_between_states", column_of("emails.office"), address)
        kept.append(_without(row, foreign) if foreign else row)
    return kept


def _known_by(entry: Entry) -> set[Likeness]:
    """What an entry is recognised by: what is in effect, and what the publisher said before local edits."""
    held = fields_of(entry)
    return {like for table in (held, held | entry.annotations.published) if (like := likeness(table))}


def _closest(row: Row, candidates: Sequence[Entry]) -> list[Entry]:
    """Of several entries alike, those whose name and scope are the row's."""
    if len(candidates) < 2:
        return list(candidates)
    wanted = row.fields
    scope = comparable("scope_note", wanted.get("scope_note"))
    tables = [(entry, fields_of(entry)) for entry in candidates]
    return [
        entry
        for entry, table in tables
        if _near_equal(_words(wanted), _words(table))
        and comparable("scope_note", table.get("scope_note")) == scope
    ]


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """Entries that vanished under their old id.

    Attributes:
        found: new id -> entry id.
        unclear: new ids that may be any of several entries; importing them could make a second record.
    """

    found: Mapping[str, str]
    unclear: frozenset[str]


def rekeyed(rows: Sequence[Row], held: Mapping[str, Entry], present: set[str]) -> Rekeyed:
    """New ids of entries that vanished under their old one (rule R5).

    Args:
        rows: of the export, one for each id.
        held: the directory so far.
        present: ids the export mentions at all, quarantined ones included.
    """
    vanished: dict[Likeness, list[Entry]] = {}
    for entry_id, entry in held.items():
        if entry_id not in present and entry.record.status is Status.ACTIVE:
            for like in _known_by(entry):
                vanished.setdefault(like, []).append(entry)
    found: dict[str, str] = {}
    unclear: set[str] = set()
    taken: set[str] = set()
    for row in rows if vanished else ():
        alike = likeness(row.fields) if row.record_id not in held else None
        candidates = (
            [entry for entry in vanished.get(alike, []) if entry.entry_id not in taken] if alike else []
        )
        match _closest(row, candidates):
            case [entry]:
                found[row.record_id] = entry.entry_id
                taken.add(entry.entry_id)
            case _ if candidates:
                unclear.add(row.record_id)
    return Rekeyed(found, frozenset(unclear))
