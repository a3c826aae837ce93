"""Every path from the trailer of a revision to an object that a later revision wrote again.

The library walks a file's objects by recursion and lists every path to every object; a hostile file makes
that explode. Here only paths that lead to a wanted object are walked, and their number is bounded.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError

from rogatory_crypto.esign.pdf.objects import Edge, Steps, references_in
from rogatory_crypto.esign.pdf.trees import structure_tree

if TYPE_CHECKING:
    from rogatory_crypto.esign.pdf.revision import Revision

MAX_PATHS: Final = 5_000
PATHS_PER_OBJECT: Final = 8
MAX_DEPTH: Final = 256

_STRUCTURE: Final[Steps] = ("/Root", "/StructTreeRoot", "/K")
_UP: Final[Steps] = ("/Parent",)

Above = dict[generic.Reference, list[generic.Reference]]


class Usages:
    """How the objects of one revision are reached."""

    def __init__(self, revision: "Revision") -> None:
        self._revision = revision

    def of(self, wanted: set[generic.Reference]) -> dict[generic.Reference, set[Steps]]:
        """Return every path to each of the wanted objects.

        Raises:
            PdfReadError: there are too many to walk.
        """
        found: dict[generic.Reference, set[Steps]] = {reference: set() for reference in wanted}
        if any(reference in self.above for reference in wanted):
            for reference, path in self._paths(wanted):
                found[reference].add(path)
        return found

    def promised(self) -> set[generic.Reference]:
        """Return every reference in the revision to an object that is not there."""
        # Some products note things in the trailer that nothing shows: what only it names does not count.
        return {each for each, above in self.above.items() if above and not self._revision.holds(each)}

    def _paths(self, wanted: set[generic.Reference]) -> Iterator[tuple[generic.Reference, Steps]]:
        trailer = tuple(references_in(self._revision.trailer_view))
        pages, structure = self._revision.page_tree, self._structure_tree
        leading = self._leading_to(wanted)
        walked, most = 0, max(MAX_PATHS, PATHS_PER_OBJECT * self._revision.reader.objects_read)
        waiting: list[tuple[Steps, tuple[Edge, ...], frozenset[generic.Reference]]] = [
            ((), trailer, frozenset())
        ]
        while waiting:
            above, edges, seen = waiting.pop()
            for steps, reference in edges:
                if reference not in leading or reference in seen or self._is_back(steps, reference):
                    continue
                path = above + steps
                in_structure = path[:3] == _STRUCTURE
                if in_structure and steps[-1] == "/P" and (reference in structure or reference in pages):
                    continue
                if (walked := walked + 1) > most or len(seen) > MAX_DEPTH:
                    raise PdfReadError("the file's objects are too entangled to compare its revisions")
                if reference in wanted:
                    yield reference, path
                # A page is entered by the page tree alone, and structure by the structure tree alone:
                # links and back references would multiply paths without saying anything new.
                if pages.get(reference, path) == path and (in_structure or reference not in structure):
                    waiting.append((path, self._revision.edges(reference), seen | {reference}))

    def _leading_to(self, wanted: set[generic.Reference]) -> set[generic.Reference]:
        """Every object from which a wanted one can be reached."""
        leading = {each for each in wanted if each in self.above}
        waiting = list(leading)
        while waiting:
            fresh = set(self.above[waiting.pop()]) - leading
            leading |= fresh
            waiting += fresh
        return leading

    def _is_back(self, steps: Steps, reference: generic.Reference) -> bool:
        """Tell whether a reference only leads back to where a walk down the file has been.

        What calls itself a parent may be anything: a name of a font, a node of another tree that readers take
        attributes from. So only a dictionary that is reached otherwise counts.
        """
        return (
            steps == _UP
            and reference in self._reached_downwards
            and self._revision.is_plain_dictionary(reference)
        )

    def outside(self, entries: frozenset[str]) -> set[generic.Reference]:
        """Return every object that is reached without passing these entries of the catalogue and trailer."""
        found = {self._revision.root_ref}
        waiting = [
            reference
            for start in (self._revision.trailer_view, self._revision.root)
            for steps, reference in references_in(start)
            if steps[0] not in entries
        ]
        while waiting:
            reference = waiting.pop()
            if reference not in found:
                found.add(reference)
                waiting += [each for _steps, each in self._revision.edges(reference)]
        return found

    @cached_property
    def _reached_downwards(self) -> frozenset[generic.Reference]:
        """Every object that is reached without going to a parent."""
        return self._walked[1]

    @property
    def above(self) -> Above:
        """For every object that the trailer leads to, the objects that name it."""
        return self._walked[0]

    @cached_property
    def _walked(self) -> tuple[Above, frozenset[generic.Reference]]:
        above: Above = {reference: [] for _steps, reference in references_in(self._revision.trailer_view)}
        upwards = self._walk(above, list(above), follow_parents=False)
        downwards = frozenset(above)
        for parent, child in upwards:
            if child not in downwards or not self._revision.is_plain_dictionary(child):
                self._walk(above, _named(above, parent, child), follow_parents=True)
        return above, downwards

    def _walk(
        self, above: Above, waiting: list[generic.Reference], *, follow_parents: bool
    ) -> list[tuple[generic.Reference, generic.Reference]]:
        """Note what names what from some objects on; return what goes to a parent and was not followed."""
        upwards = []
        while waiting:
            parent = waiting.pop()
            for steps, child in self._revision.edges(parent):
                if steps == _UP and not follow_parents:
                    upwards.append((parent, child))
                else:
                    waiting += _named(above, parent, child)
        return upwards

    @cached_property
    def _structure_tree(self) -> set[generic.Reference]:
        return structure_tree(self._revision.root)


def _named(above: Above, parent: generic.Reference, child: generic.Reference) -> list[generic.Reference]:
    """Note that one object names another, and return the other where it is new."""
    fresh = [] if child in above else [child]
    above.setdefault(child, []).append(parent)
    return fresh
