"""A JSON document whose one long list is read item by item (RFC 8259), so that only one item is in memory.

What stands around the list is kept. A member that occurs twice is pointed out: RFC 8259 section 4 leaves open
which of the two counts, and two programs may read two different things.
"""

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, refuse_constant, scrub

_BLANKS: Final = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the list.

    Attributes:
        start, end: where it stands in the text.
        twice: whether one of its objects has a member twice.
    """

    start: int
    end: int
    value: JsonValue
    twice: bool


class JsonDocument:
    """A document that is a list, or an object one member of which is the list.

    Attributes:
        members: of the object but for the list; complete when the items have been read.
        has_list: whether the list was there.
        twice: whether a member outside the list occurs twice.
    """

    def __init__(self, text: str, list_member: str) -> None:
        self.members: JsonObject = {}
        self.has_list = False
        self.twice = False
        self._text = text
        self._list = list_member
        self._repeated = False
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=refuse_constant)

    def items(self) -> Iterator[Item]:
        """The items in order.

        Raises:
            ValueError: not JSON, or nested deeper than any export.
        """
        at = self._skip(0)
        match self._text[at : at + 1]:
            case "[":
                at = yield from self._items(at)
            case "{":
                at = yield from self._members(at)
            case _:
                self._fail("Expecting a list or an object", at)
        if self._skip(at) != len(self._text):
            self._fail("Extra data", at)

    def _object(self, pairs: list[tuple[str, JsonValue]]) -> JsonObject:
        found = dict(pairs)
        self._repeated |= len(found) != len(pairs)
        return found

    def _members(self, at: int) -> Generator[Item, None, int]:
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "}":
            return at + 1
        while True:
            name, at = self._value(at)
            if not isinstance(name, str):
                self._fail("Expecting a member's name", at)
            at = self._skip(self._expect(":", at))
            self.twice |= name in self.members or (name == self._list and self.has_list)
            if name == self._list and self._text[at : at + 1] == "[":
                at = yield from self._items(at)
            else:
                self.members[name], at = self._value(at)
                self.twice |= self._repeated
            at = self._skip(at)
            if self._text[at : at + 1] == "}":
                return at + 1
            at = self._skip(self._expect(",", at))

    def _items(self, at: int) -> Generator[Item, None, int]:
        self.has_list = True
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "]":
            return at + 1
        while True:
            value, end = self._value(at)
            yield Item(at, end, value, self._repeated)
            at = self._skip(end)
            if self._text[at : at + 1] == "]":
                return at + 1
            at = self._skip(self._expect(",", at))

    def _value(self, at: int) -> tuple[JsonValue, int]:
        self._repeated = False
        try:
            value, end = self._decoder.raw_decode(self._text, at)
            return scrub(value), end
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def _skip(self, at: int) -> int:
        blanks = _BLANKS.match(self._text, at)
        return blanks.end() if blanks else at

    def _expect(self, sign: str, at: int) -> int:
        at = self._skip(at)
        if self._text[at : at + 1] != sign:
            self._fail(f"Expecting '{sign}'", at)
        return at + 1

    def _fail(self, what: str, at: int) -> NoReturn:
        raise json.JSONDecodeError(what, self._text, at)
