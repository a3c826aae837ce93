"""Values inside PDF objects, whatever the objects turn out to be (ISO 32000-1 section 7.3)."""

from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic

EMPTY: Final[Any] = generic.DictionaryObject()  # type: ignore[no-untyped-call]

Steps = tuple[str | int, ...]
"""The keys and indexes that lead from one object to a place inside it or below it."""

Edge = tuple[Steps, generic.Reference]
"""Where one object names another."""


def entry(dictionary: Any, key: str, default: Any = None) -> Any:  # noqa: ANN401 - untyped library
    """Return what a dictionary holds under a key; the default where it holds nothing, or is none."""
    if not isinstance(dictionary, generic.DictionaryObject) or key not in dictionary:
        return default
    value = dictionary.raw_get(key).get_object()
    return default if isinstance(value, generic.NullObject) else value


def elements(array: Any) -> list[Any]:  # noqa: ANN401 - untyped library
    """Return the elements of an array, references as such; none where it is no array."""
    if not isinstance(array, generic.ArrayObject):
        return []
    return [array.raw_get(index) for index in range(len(array))]


def references_in(value: Any) -> Iterator[Edge]:  # noqa: ANN401 - untyped library
    """Yield every reference directly inside a value, and the steps to it."""
    waiting: list[tuple[Steps, Any]] = [((), value)]
    while waiting:
        steps, each = waiting.pop()
        if isinstance(each, generic.IndirectObject):
            yield steps, each.reference
        elif isinstance(each, generic.DictionaryObject):
            waiting += [((*steps, key), each.raw_get(key)) for key in each]
        elif isinstance(each, generic.ArrayObject):
            waiting += [((*steps, index), element) for index, element in enumerate(elements(each))]
