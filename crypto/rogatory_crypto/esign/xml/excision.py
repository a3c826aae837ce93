"""Leaves elements out of canonical XML without making it anew for each of them.

How an element is written in canonical form depends on its ancestors and never on its siblings (Canonical XML
1.1 section 2.4, Exclusive XML Canonicalization section 3). So the form of a document without one of its
elements is that of the whole with the element's octets cut out. Where these lie is learnt once, from
processing instructions that are set around every element of interest in a copy.
"""

import copy
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.names import Element

# A document that has the first of them, even inside a comment, is marked with the next.
_TARGETS: Final = ("left-out", "omitted", "cut-away")


@dataclass(frozen=True, slots=True)
class Whole:
    """The canonical form of an element or a document, and where some elements lie in it.

    Attributes:
        octets: the form.
        spans: start and end of each of these elements.
    """

    octets: bytes
    spans: Mapping[Element, tuple[int, int]]

    def without(self, elements: Iterable[Element]) -> bytes:
        """Return the form without elements, each of them one of ``spans``."""
        kept, position = [], 0
        for start, end in sorted(self.spans[each] for each in elements):
            if start >= position:
                kept.append(self.octets[position:start])
                position = end
        return b"".join((*kept, self.octets[position:]))


class Marked:
    """A copy of a document with marks around some of its elements."""

    def __init__(self, root: Element, elements: Iterable[Element]) -> None:
        """Copy the document of a root; each of the elements lies below the root.

        Raises:
            PeerError: UNSUPPORTED where the document has every instruction that is used as a mark.
        """
        self.elements: Final = tuple(elements)
        self._target: Final = _unused_target(root)
        self._root: Final = copy.deepcopy(root.getroottree()).getroot()
        self._places: Final[dict[Element, list[int]]] = {}
        self._twins: Final[dict[Element, Element]] = {}
        copied = [self.twin(each) for each in self.elements]
        for number, (each, twin) in enumerate(zip(self.elements, copied, strict=True)):
            self._mark(twin, number)
            self._places.setdefault(each.getparent(), []).append(each.getparent().index(each))
        for places in self._places.values():
            places.sort()

    def twin(self, element: Element) -> Element:
        """Return the element of the copy that stands for one of the document."""
        parent = element.getparent()
        if parent is None:
            return self._root
        if element not in self._twins:
            # To find a place among very many children takes long, so it is done once.
            place = parent.index(element)
            self._twins[element] = self.twin(parent)[place + self._marks_before(parent, place)]
        return self._twins[element]

    def measured(self, canonical: bytes) -> Whole:
        """Return a canonical form of a part of the copy without its marks, and where they stood."""
        kept: list[bytes] = []
        starts: dict[int, int] = {}
        spans: dict[Element, tuple[int, int]] = {}
        position = length = 0
        for mark in re.finditer(rb"<\?%s (\d+)\?>" % self._target.encode(), canonical):
            kept.append(canonical[position : mark.start()])
            length += mark.start() - position
            position, number = mark.end(), int(mark[1])
            if number in starts:
                spans[self.elements[number]] = (starts[number], length)
            else:
                starts[number] = length
        return Whole(b"".join((*kept, canonical[position:])), spans)

    def _mark(self, twin: Element, number: int) -> None:
        before, behind = (etree.ProcessingInstruction(self._target, f"{number}") for _ in range(2))
        behind.tail, twin.tail = twin.tail, None
        parent = twin.getparent()
        place = parent.index(twin)
        parent.insert(place, before)
        parent.insert(place + 2, behind)

    def _marks_before(self, parent: Element, place: int) -> int:
        """Return how many marks stand in the copy before a child: two for each marked one, and its own."""
        places: Sequence[int] = self._places.get(parent, ())
        earlier = bisect_left(places, place)
        return 2 * earlier + (earlier < len(places) and places[earlier] == place)


def _unused_target(root: Element) -> str:
    around = (*root.itersiblings(preceding=True), *root.itersiblings())
    loose = (*around, *root.iter(etree.Comment, etree.PI))
    said = "\n".join(f"{getattr(each, 'target', '')} {each.text or ''}" for each in loose)
    for target in _TARGETS:
        if target not in said:
            return target
    raise PeerError(Code.UNSUPPORTED, "a processing instruction of this name")
