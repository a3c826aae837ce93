"""The members of one JSON object, read strictly: the right type and pattern, or a path and a reason."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from sys import intern
from typing import TypeVar

from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue
from rogatory_directory_sync.refusal import RecordInvalidError

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")


@cache
def _words(kinds: type[StrEnum]) -> tuple[str, ...]:
    return tuple(kinds)


@dataclass(frozen=True, slots=True)
class Members:
    """An object and the path that leads to it.

    Every method raises ``RecordInvalidError`` naming the path of the value that does not fit.
    """

    value: JsonObject
    path: str

    def at(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def only(self, names: Sequence[str]) -> "Members":
        """Refuse members the schema does not know."""
        unknown = sorted(set(self.value) - set(names))
        if unknown:
            raise RecordInvalidError(self.at(unknown[0]), "not a member of the schema")
        return self

    def optional(self, name: str, pattern: str = r"(?s).+", choices: Sequence[str] = ()) -> str | None:
        """A text or None."""
        value = self.value.get(name)
        if value is None:
            return None
        if (
            not isinstance(value, str)
            or not re.fullmatch(pattern, value)
            or (choices and value not in choices)
        ):
            raise RecordInvalidError(self.at(name), f"{value!r} is not allowed here")
        # Thousands of records say the same few words: each is kept once.
        return intern(value)

    def text(self, name: str, pattern: str = r"(?s).+", choices: Sequence[str] = ()) -> str:
        """A text."""
        value = self.optional(name, pattern, choices)
        if value is None:
            raise RecordInvalidError(self.at(name), "missing")
        return value

    def choice(self, name: str, kinds: type[_E]) -> _E:
        """A value of an enumeration."""
        return kinds(self.text(name, choices=_words(kinds)))

    def integer(self, name: str, minimum: int) -> int:
        """A whole number."""
        value = self.value.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            raise RecordInvalidError(self.at(name), f"{value!r} is not a number from {minimum}")
        return value

    def flag(self, name: str) -> bool | None:
        """True, false or None."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, bool):
            raise RecordInvalidError(self.at(name), f"{value!r} is neither true nor false")
        return value

    def array(self, name: str) -> Sequence[JsonValue]:
        """A list, empty where the member is missing."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, list):
            raise RecordInvalidError(self.at(name), "not a list")
        return value or []

    def texts(self, name: str, pattern: str = r"(?s).+", choices: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of texts."""
        items = Members({str(i): item for i, item in enumerate(self.array(name))}, self.at(name))
        return tuple(items.text(index, pattern, choices) for index in items.value)

    def object(self, name: str) -> "Members":
        """An object, empty where the member is missing."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, dict):
            raise RecordInvalidError(self.at(name), "not an object")
        return Members(value or {}, self.at(name))

    def each(self, name: str, read: Callable[["Members"], _T]) -> tuple[_T, ...]:
        """A list of objects, each read by a function."""
        items: list[_T] = []
        for index, item in enumerate(self.array(name)):
            path = f"{self.at(name)}.{index}"
            if not isinstance(item, dict):
                raise RecordInvalidError(path, "not an object")
            items.append(read(Members(item, path)))
        return tuple(items)
