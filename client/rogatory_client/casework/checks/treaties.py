"""Which treaty is in force between two States, as far as anybody has said.

An authority designated under a convention shows that its State is bound by it. An office may hold a table of
its own, which says since when and until when, and of which conventions it names every party. Whatever neither
says is not known, and what is not known is never taken to be in force.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from rogatory_client.casework.answers.scalar_checking import country, day
from rogatory_client.casework.forms.shared_tables import instruments
from rogatory_client.casework.forms.table_reading import TableReader, read_toml, require_known
from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import Record, Status

RECIPROCITY: Final = "RECIPROCITY"
# Not one treaty each: which one is meant stands in the entries of both States.
_BY_AGREEMENT: Final = {"BILATERAL": "bilateral", "REGIONAL": "multilateral"}


@dataclass(frozen=True, slots=True)
class Participation:
    """A State's part in a convention; ISO 8601 dates, empty where open."""

    since: str
    until: str

    def covers(self, day: date) -> bool:
        """Whether the State is bound on a day."""
        said = day.isoformat()
        return self.since <= said and (not self.until or said < self.until)


@dataclass(frozen=True, slots=True)
class TreatyTable:
    """What an office knows of the parties of one convention.

    Attributes:
        parties: by two-letter code.
        complete: whoever is not among them is no party.
    """

    parties: Mapping[str, Participation]
    complete: bool


@dataclass(frozen=True, slots=True)
class Treaties:
    """What is known.

    Attributes:
        designated: pairs of instrument and State, from the designations in the directory.
        agreements: titles by State and kind (``bilateral``, ``multilateral``), from the entries.
        tables: the office's own, by instrument; they outweigh designations.
    """

    designated: frozenset[tuple[str, str]] = frozenset()
    agreements: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    tables: Mapping[str, TreatyTable] = field(default_factory=dict)

    def in_force(self, instrument: str, one: Record, other: Record, day: date) -> bool | None:
        """Whether an instrument is in force between the States of two entries; None where nobody has said.

        Args:
            instrument: its id; reciprocity needs no treaty.
            one: an entry of the one State.
            other: an entry of the other.
            day: the day to be looked at.
        """
        if one.state is None or other.state is None:
            return None
        pair = (one.state.iso2, other.state.iso2)
        if instrument == RECIPROCITY:
            return True
        if instrument in _BY_AGREEMENT:
            return self._agreed(_BY_AGREEMENT[instrument], *pair, one, other)
        said = [self._bound(instrument, state, day) for state in pair]
        if False in said:
            return False
        return None if None in said else True

    def _bound(self, instrument: str, state: str, day: date) -> bool | None:
        table = self.tables.get(instrument)
        if table is not None and state in table.parties:
            return table.parties[state].covers(day)
        if table is not None and table.complete:
            return False
        return True if (instrument, state) in self.designated else None

    def _agreed(self, kind: str, first: str, second: str, one: Record, other: Record) -> bool | None:
        if kind == "multilateral":
            nothing: frozenset[str] = frozenset()
            shared = self.agreements.get((kind, first), nothing) & self.agreements.get(
                (kind, second), nothing
            )
            return True if shared else None
        counted = ((one, second), (other, first))
        named = any(state in each.counterparts for entry, state in counted for each in entry.agreements)
        return True if named else None


def treaties_of(records: Iterable[Record], tables: Mapping[str, TreatyTable] | None = None) -> Treaties:
    """What the active entries of a directory show, beside an office's own tables."""
    bound: set[tuple[str, str]] = set()
    agreements: dict[tuple[str, str], set[str]] = {}
    for record in records:
        if record.state is None or record.status is not Status.ACTIVE:
            continue
        state = record.state.iso2
        bound.update((each.instrument.value, state) for each in record.designations)
        for agreement in record.agreements:
            agreements.setdefault((agreement.type, state), set()).add(agreement.title)
    held = {key: frozenset(titles) for key, titles in agreements.items()}
    return Treaties(frozenset(bound), held, tables or {})


def read_treaty_tables(text: str) -> dict[str, TreatyTable]:
    """An office's own tables, TOML: a table an instrument, with ``complete`` and ``parties``.

    Each party is a two-letter code with ``since``, and ``until`` where it is bound no more.

    Raises:
        MisuseError: it is not such a file.
    """
    reader = TableReader(read_toml(text, "the table of treaties"), "treaties")
    require_known("treaties", reader.left(), instruments())
    return {instrument: reader.table(instrument, _table) for instrument in reader.left()}


def _table(reader: TableReader) -> TreatyTable:
    complete = reader.flag("complete", default=False)
    named = reader.named("parties", _participation)
    parties = {country(reader.where, state): each for state, each in named.items()}
    if len(parties) != len(named):
        raise MisuseError(f"{reader.where}: a State is named twice")
    return TreatyTable(parties, complete)


def _participation(reader: TableReader, _state: str) -> Participation:
    """Days are compared as texts, so each has the one form."""
    since, until = day(f"{reader.where}: since", reader.text("since")), reader.text("until", "")
    if until and day(f"{reader.where}: until", until) <= since:
        raise MisuseError(f"{reader.where}: until is not after since")
    return Participation(since, until)
