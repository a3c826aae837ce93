"""Requests as they are read: every field has one form, and anything else is refused by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Reply: TypeAlias = dict[str, Any]
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")


class RequestError(Exception):
    """The request, not what it carries, is wrong."""


def octets_of(value: object, name: str) -> bytes:
    """Return lower-case hex as bytes.

    Raises:
        RequestError: for anything else.
    """
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise RequestError(f"{name}: not lower-case hex")
    return bytes.fromhex(value)


@dataclass(frozen=True, slots=True)
class Request:
    """One line; its fields are asked for by name and type, and null counts as absent."""

    fields: Mapping[str, Any]

    def _required(self, name: str) -> object:
        value = self.fields.get(name)
        if value is None:
            raise RequestError(f"{name}: missing")
        return value

    def has(self, name: str) -> bool:
        """Tell whether a field is there."""
        return self.fields.get(name) is not None

    def text(self, name: str) -> str:
        """Return a string.

        Raises:
            RequestError: if it is absent or none.
        """
        value = self._required(name)
        if not isinstance(value, str) or any(0xD800 <= ord(letter) < 0xE000 for letter in value):
            raise RequestError(f"{name}: not a string")  # half of a surrogate pair has no UTF-8
        return value

    def octets(self, name: str) -> bytes:
        """Return bytes given as hex.

        Raises:
            RequestError: if they are absent or not lower-case hex.
        """
        return octets_of(self._required(name), name)

    def optional_octets(self, name: str) -> bytes | None:
        """Return bytes given as hex, None if they are absent."""
        return self.octets(name) if self.has(name) else None

    def number(self, name: str, default: int | None = None) -> int:
        """Return an integer that is not negative.

        Raises:
            RequestError: if it is something else, or absent without a default.
        """
        if default is not None and not self.has(name):
            return default
        return _number_of(self._required(name), name)

    def numbers(self, name: str) -> list[int]:
        """Return a list of integers, empty if it is absent."""
        return [_number_of(value, name) for value in self._items(name)]

    def octets_list(self, name: str) -> list[bytes]:
        """Return a list of bytes, empty if it is absent."""
        return [octets_of(value, name) for value in self._items(name)]

    def requests(self, name: str) -> "list[Request]":
        """Return a list of objects, empty if it is absent."""
        items = self._items(name)
        if not all(isinstance(item, dict) for item in items):
            raise RequestError(f"{name}: not a list of objects")
        return [Request(item) for item in items]

    def octets_map(self, name: str) -> dict[bytes, bytes]:
        """Return an object whose keys and values are hex, empty if it is absent."""
        value = self.fields.get(name) or {}
        if not isinstance(value, dict):
            raise RequestError(f"{name}: not an object")
        return {octets_of(key, name): octets_of(item, name) for key, item in value.items()}

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false.

        Raises:
            RequestError: if it is something else.
        """
        value = self.fields.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise RequestError(f"{name}: neither true nor false")
        return value

    def _items(self, name: str) -> list[Any]:
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise RequestError(f"{name}: not a list")
        return value


def _number_of(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RequestError(f"{name}: not a number from 0 upwards")
    return value
