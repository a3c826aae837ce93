"""The free days of States, from a file of the office: the directory knows hours, and no holidays.

[GH]
moves = true                      # what ends on a free day ends on the next working day
days = ["2026-12-25", "2026-12-26"]
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from rogatory_client.casework.forms.table_reading import TableReader, read_toml
from rogatory_crypto.errors import MisuseError

MAX_DAYS: Final = 2_000
MAX_STATES: Final = 300
_STATE: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class FreeDays:
    """The free days of one State.

    Attributes:
        days: all of them.
        moves: whether a term that ends on a free day ends on the next working day there; never one that a
            convention fixes.
    """

    days: frozenset[date] = frozenset()
    moves: bool = False


def read_free_days(text: str) -> dict[str, FreeDays]:
    """Return the free days in a file, by two-letter code of the State.

    Raises:
        MisuseError: it is no such file; says where.
    """
    tables = read_toml(text, "the file of free days")
    if len(tables) > MAX_STATES:
        raise MisuseError(f"a file of free days names at most {MAX_STATES} States")
    return {_state(name): _read(TableReader(table, name)) for name, table in tables.items()}


def _state(name: str) -> str:
    if not _STATE.fullmatch(name):
        raise MisuseError(f"{name!r} is no State: write its two-letter code, such as GH")
    return name


def _read(reader: TableReader) -> FreeDays:
    texts = reader.texts("days")
    if not texts or len(texts) > MAX_DAYS:
        raise MisuseError(f"{reader.where}: give between one and {MAX_DAYS} days")
    moves = reader.flag("moves", default=False)
    reader.done()
    return FreeDays(frozenset(_day(text, reader.where) for text in texts), moves)


def _day(text: str, where: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise MisuseError(f"{where}: {text!r} is no day: write it like 2026-12-25") from error
    if found.isoformat() != text:
        raise MisuseError(f"{where}: {text!r} is no day: write it like 2026-12-25")
    return found
