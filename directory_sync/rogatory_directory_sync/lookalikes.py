"""Records that would be taken for one another, for whoever is about to rely on one of them.

Imports hold look-alike mailboxes already (rule R16). This is the second look, at what the directory holds
now, before an authority is invited: a name written in two scripts, a name that reads as that of another
authority of the same State, or a mailbox at a domain that only looks like another authority's there.
Authorities of different States are not compared: neighbouring top-level domains look alike by nature.
"""

from collections.abc import Iterable

from rogatory_directory_sync.mailboxes import domain_of, is_lookalike
from rogatory_directory_sync.record import Record, Status
from rogatory_directory_sync.text import name_key, scripts

_READ_AS = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "5": "s"})


def mixed_scripts(record: Record) -> bool:
    """Whether a word of the names, or of the State's, is written with letters of more than one script."""
    state = record.state.name if record.state else ""
    words = (word for text in (*(name for _, name in record.name), state) for word in text.split())
    return any(len(scripts(word)) > 1 for word in words)


def lookalikes(record: Record, records: Iterable[Record]) -> tuple[Record, ...]:
    """The other active records of the same State that would be taken for this one, in the order given."""
    return tuple(
        other
        for other in records
        if other.record_id != record.record_id
        and other.status is Status.ACTIVE
        and other.kind is record.kind
        and _state(other) == _state(record)
        and (_reads_as(other) == _reads_as(record) or _domain_looks_alike(record, other))
    )


def _state(record: Record) -> tuple[str, str | None] | None:
    return None if record.state is None else (record.state.iso2, record.state.territory)


def _reads_as(record: Record) -> str:
    """The English name and unit with the letters merged that are easily taken for one another."""
    return name_key(f"{record.name_en} {record.unit or ''}").translate(_READ_AS)


def _domain_looks_alike(record: Record, other: Record) -> bool:
    known = {domain_of(each.address) for each in other.emails}
    return any(is_lookalike(domain_of(each.address), known) for each in record.emails)
