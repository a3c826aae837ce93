"""Reading TOML, and tables of it: members are asked for by name and kind, whatever else is there refused."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from functools import partial
from typing import Any, TypeVar

from rogatory_crypto.errors import MisuseError

T = TypeVar("T")


def read_toml(text: str, what: str) -> dict[str, Any]:
    """Return a file that people write; a day or time without quotes is one with them.

    Args:
        text: of the file.
        what: names the file in refusals, such as ``the glossary``.

    Raises:
        MisuseError: it is no TOML.
    """
    try:
        table: dict[str, Any] = _quoted(tomllib.loads(text))
    except (ValueError, RecursionError) as error:  # also numbers of more digits than are read
        raise MisuseError(f"{what} is not TOML: {error}") from error
    return table


def _quoted(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    match value:
        case dict():
            return {name: _quoted(each) for name, each in value.items()}
        case list():
            return [_quoted(each) for each in value]
        case date() | time():  # a datetime is a date
            return value.isoformat()
        case _:
            return value


class TableReader:
    """One table of a file; ``done`` refuses what nobody has asked for.

    Args:
        table: as ``tomllib`` gives it.
        where: names the table in refusals.
    """

    def __init__(self, table: object, where: str) -> None:
        if not isinstance(table, dict):
            raise MisuseError(f"{where}: not a table")
        self._left: dict[str, object] = dict(table)
        self.where = where

    def text(self, name: str, default: str | None = None) -> str:
        """A text; required unless it has a default."""
        return self._take(name, str, default)

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """A boolean."""
        return self._take(name, bool, default)

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        return self._take(name, int, default)

    def texts(self, name: str, *, optional: bool = False) -> tuple[str, ...]:
        """A list of texts without repetitions."""
        found = self._take(name, list, [] if optional else None)
        if not all(isinstance(item, str) for item in found) or len(set(found)) != len(found):
            raise MisuseError(f"{self.where}: {name} is not a list of different texts")
        return tuple(found)

    def words(self, name: str) -> dict[str, str]:
        """A table of texts by language, instrument or code."""
        found = self._take(name, dict, None)
        if not all(isinstance(value, str) for value in found.values()):
            raise MisuseError(f"{self.where}: {name} is not a table of texts")
        return dict(found)

    def any(self, name: str) -> object:
        """A member of any kind."""
        return self._take(name, object, None)

    def tables(
        self, name: str, read: Callable[["TableReader"], T], *, optional: bool = False
    ) -> tuple[T, ...]:
        """A list of tables, each read to its end."""
        found = self._take(name, list, [] if optional else None)
        return tuple(self._whole(item, f"{name}[{at}]", read) for at, item in enumerate(found))

    def table(self, name: str, read: Callable[["TableReader"], T]) -> T:
        """One table, read to its end."""
        return self._whole(self._take(name, dict, None), name, read)

    def named(self, name: str, read: Callable[["TableReader", str], T]) -> dict[str, T]:
        """Tables by name, each read to its end."""
        found = self._take(name, dict, None)
        return {key: self._whole(item, key, partial(_call_named, read, key)) for key, item in found.items()}

    def has(self, name: str) -> bool:
        """Whether a member is there that has not been asked for yet."""
        return name in self._left

    def left(self) -> tuple[str, ...]:
        """What has not been asked for yet."""
        return tuple(self._left)

    def done(self) -> None:
        """Refuse what is left."""
        if self._left:
            raise MisuseError(f"{self.where}: unknown {', '.join(sorted(self._left))}")

    def _whole(self, item: object, name: str, read: Callable[["TableReader"], T]) -> T:
        table = TableReader(item, f"{self.where}: {name}")
        found = read(table)
        table.done()
        return found

    def _take(self, name: str, kind: type[T], default: T | None) -> T:
        if name not in self._left:
            if default is None:
                raise MisuseError(f"{self.where}: {name} is missing")
            return default
        value = self._left.pop(name)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise MisuseError(f"{self.where}: {name} is not a {kind.__name__}")
        return value


def _call_named(read: Callable[[TableReader, str], T], key: str, table: TableReader) -> T:
    return read(table, key)


def require_known(where: str, names: Sequence[str], known: Mapping[str, object]) -> None:
    """Refuse names that nothing explains."""
    if unknown := [name for name in names if name not in known]:
        raise MisuseError(f"{where}: unknown {', '.join(unknown)}")
