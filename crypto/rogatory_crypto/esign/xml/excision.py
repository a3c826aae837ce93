"""Leaves elements out of canonical XML without making it anew for each of them.

How an element is written in canonical form depends on its ancestors and never on its siblings (Canonical XML
1.1 section 2.4, Exclusive XML Canonicalization section 3). So the form of a document without one of its
elements is that of the whole with the element's octets cut out. Where these lie is learnt once, from
processing instructions that are set around every element of interest in a copy.
"""

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.names import Element

# A document that has the first of them, even inside a comment, is marked with the next.
_TARGETS: Final = ("left-out", "left-out-here", "left-out-of-here")


@dataclass(frozen=True, slots=True)
class Whole:
    """The canonical form of an element or a document, and where some elements lie in it.

    Attributes:
        octets: the form.
        spans: start and end of each of these elements.
    """

    octets: bytes
    spans: dict[Element, tuple[int, int]]

    def without(self, elements: Iterable[Element]) -> bytes:
        """Return the form without elements, each of them one of ``spans``."""
        kept, position = [], 0
        for start, end in sorted(self.spans[each] for each in elements):
            if start >= position:
                kept.append(self.octets[position:start])
                position = end
        return b"".join((*kept, self.octets[position:]))


def marked_copy(top: Element, elements: Iterable[Element], target: str) -> Element:
    """Return a copy of an element, in a copy of its document, with instructions around elements inside it."""
    tree = copy.deepcopy(top.getroottree())
    root = tree.getroot()
    found = [(number, _follow(root, _path(each))) for number, each in enumerate(elements)]
    copied = _follow(root, _path(top))
    for number, each in found:
        parent = each.getparent()
        before, behind = (etree.ProcessingInstruction(target, f"{number}") for _ in range(2))
        behind.tail, each.tail = each.tail, None
        place = parent.index(each)
        parent.insert(place, before)
        parent.insert(place + 2, behind)
    return copied


def measure(top: Element, elements: Iterable[Element], canonical: Callable[[Element], bytes]) -> Whole:
    """Return the canonical form of an element with the places of elements inside it.

    Args:
        top: the element.
        elements: those whose places are wanted; each lies inside ``top``.
        canonical: makes octets of an element, or of the document it is the root of.

    Raises:
        PeerError: UNSUPPORTED where the document has the instructions that are used as marks.
    """
    wanted = tuple(elements)
    for target in _TARGETS:
        marked = canonical(marked_copy(top, wanted, target))
        marks = list(re.finditer(rb"<\?%s (\d+)\?>" % target.encode(), marked))
        if len(marks) == 2 * len(wanted):
            return _measured(marked, marks, wanted)
    raise PeerError(Code.UNSUPPORTED, "a processing instruction of this name")


def _measured(marked: bytes, marks: Sequence[re.Match[bytes]], wanted: Sequence[Element]) -> Whole:
    starts: dict[int, int] = {}
    spans: dict[Element, tuple[int, int]] = {}
    kept: list[bytes] = []
    position = length = 0
    for mark in marks:
        kept.append(marked[position : mark.start()])
        length += mark.start() - position
        position, number = mark.end(), int(mark[1])
        if number in starts:
            spans[wanted[number]] = (starts[number], length)
        else:
            starts[number] = length
    return Whole(b"".join((*kept, marked[position:])), spans)


def _path(element: Element) -> list[int]:
    steps = []
    parent = element.getparent()
    while parent is not None:
        steps.append(parent.index(element))
        element, parent = parent, parent.getparent()
    return steps[::-1]


def _follow(root: Element, path: list[int]) -> Element:
    for step in path:
        root = root[step]
    return root
