"""Opens PDF files within limits, and reads their older revisions.

The library walks a file's objects by recursion and lists every path to a changed one; a hostile file makes
that explode. Here each object is read once for all revisions, only paths that lead to a changed object are
walked, and their number is bounded. A reference to an object that is nowhere is the null object (ISO 32000-1
section 7.3.10), not an error.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError, PdfStrictReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader, RawPdfPath

from rogatory_crypto.esign.pdf.objects import Edge, Steps, elements, entry, references_in

MAX_REVISIONS: Final = 512
MAX_OBJECTS: Final = 500_000
MAX_PATHS: Final = 20_000
PATHS_PER_OBJECT: Final = 8
MAX_DEPTH: Final = 256

_STRUCTURE: Final[Steps] = ("/Root", "/StructTreeRoot", "/K")
_PAGES: Final[Steps] = ("/Root", "/Pages")


class Reader(PdfFileReader):
    """A PDF file whose objects are read once, whichever revision asks."""

    def __init__(self, document: bytes, *, strict: bool) -> None:
        super().__init__(BytesIO(document), strict=strict)
        self.document = document
        self._edges: dict[tuple[generic.Reference, object], tuple[Edge, ...]] = {}

    def get_historical_resolver(self, revision: int) -> "Revision":
        """The file as it was after a revision, numbered from 0."""
        known = self._historical_resolver_cache.get(revision)
        if not isinstance(known, Revision):
            known = Revision(self, revision)
            self._historical_resolver_cache[revision] = known
        return known

    def edges(self, reference: generic.Reference, revision: int) -> tuple[Edge, ...]:
        """Every reference inside an object, as it was after a revision."""
        location = self.xrefs.get_historical_ref(reference, revision)
        key = (reference, location)
        if key not in self._edges:
            if len(self._edges) >= MAX_OBJECTS:
                raise PdfReadError("the file has too many objects")
            value: Any = None if location is None else self.at(reference, revision)
            self._edges[key] = tuple(references_in(value))
        return self._edges[key]

    @property
    def objects_read(self) -> int:
        """How many objects were looked into so far."""
        return len(self._edges)

    def at(self, reference: generic.Reference, revision: int) -> Any:  # noqa: ANN401 - untyped library
        """An object as it was after a revision."""
        unchanged = self.xrefs.get_last_change(reference) <= revision
        read: Any = self.get_object
        return read(reference, None if unchanged else revision, transparent_decrypt=False)


class Revision(HistoricalResolver):
    """The file as it was after one revision."""

    reader: Reader

    def written(self) -> set[generic.Reference]:
        """Every object that came with this revision or was changed by it."""
        found: set[generic.Reference] = self.explicit_refs_in_revision()  # type: ignore[no-untyped-call]
        return found

    def collect_dependencies(
        self,
        obj: Any,  # noqa: ANN401 - untyped library
        since_revision: int | None = None,
    ) -> set[generic.Reference]:
        """Every object that a value leads to, of those that came with a revision or later."""
        found: set[generic.Reference] = set()
        waiting = [reference for _steps, reference in references_in(obj)]
        while waiting:
            reference = waiting.pop()
            if reference in found or not self._since(reference, since_revision):
                continue
            found.add(reference)
            waiting += [each for _steps, each in self.reader.edges(reference, self.revision)]
        return found

    def _since(self, reference: generic.Reference, revision: int | None) -> bool:
        try:
            return revision is None or self.reader.xrefs.get_introducing_revision(reference) >= revision
        except KeyError:
            return False

    def _load_reverse_xref_cache(self) -> None:
        """Find every path from the trailer to an object that a later revision wrote again."""
        if self._indirect_object_access_cache is None:
            later = range(self.revision + 1, self.reader.xrefs.total_revisions)
            self._indirect_object_access_cache = self._usages(
                {
                    reference
                    for revision in later
                    for reference in self.reader.xrefs.explicit_refs_in_revision(revision)
                    if not self.is_ref_unassignable(reference)
                }
            )

    def _get_usages_of_ref(self, ref: generic.Reference) -> set[RawPdfPath]:
        """Every path to an object; rules ask for a few that no later revision wrote."""
        self._load_reverse_xref_cache()
        known = self._indirect_object_access_cache
        if known is None:
            return set()
        if ref not in known:
            known |= self._usages({ref})
        return known[ref]

    def _usages(self, wanted: set[generic.Reference]) -> dict[generic.Reference, set[RawPdfPath]]:
        found: dict[generic.Reference, set[RawPdfPath]] = {reference: set() for reference in wanted}
        for reference, path in self._paths(wanted):
            found[reference].add(RawPdfPath(*path))
        return found

    def pages(self) -> list[generic.Reference]:
        """Every page, in the order of the page tree."""
        leaves = [
            (path, reference)
            for reference, path in self._page_tree().items()
            if entry(self(reference), "/Type") == "/Page"
        ]
        return [reference for _path, reference in sorted(leaves, key=lambda leaf: leaf[0][3::2])]

    def promised(self) -> set[generic.Reference]:
        """Every reference in this revision to an object that is not there."""
        # Some products note things in the trailer that nothing shows; only the document itself counts.
        waiting = [self.root_ref]
        seen = set(waiting)
        while waiting:
            fresh = {each for _steps, each in self.reader.edges(waiting.pop(), self.revision)} - seen
            seen |= fresh
            waiting += fresh
        return {each for each in seen if self.reader.xrefs.get_historical_ref(each, self.revision) is None}

    def _paths(self, wanted: set[generic.Reference]) -> Iterator[tuple[generic.Reference, Steps]]:
        trailer = tuple(references_in(self.trailer_view))
        leading = self._leading_to(wanted, trailer)
        pages, structure = self._page_tree(), self._structure_tree()
        walked, most = 0, max(MAX_PATHS, PATHS_PER_OBJECT * self.reader.objects_read)
        waiting: list[tuple[Steps, tuple[Edge, ...], frozenset[generic.Reference]]] = [
            ((), trailer, frozenset())
        ]
        while waiting:
            above, edges, seen = waiting.pop()
            for steps, reference in edges:
                if reference not in leading or reference in seen or "/Parent" in steps:
                    continue
                path = above + steps
                in_structure = path[:3] == _STRUCTURE
                if in_structure and "/P" in steps:
                    continue
                if (walked := walked + 1) > most or len(seen) > MAX_DEPTH:
                    raise PdfReadError("the file's objects are too entangled to compare its revisions")
                if reference in wanted:
                    yield reference, path
                # A page is entered by the page tree alone, and structure by the structure tree alone:
                # links and back references would multiply paths without saying anything new.
                if pages.get(reference, path) == path and (in_structure or reference not in structure):
                    waiting.append((path, self.reader.edges(reference, self.revision), seen | {reference}))

    def _leading_to(
        self, wanted: set[generic.Reference], trailer: tuple[Edge, ...]
    ) -> set[generic.Reference]:
        """Every object from which a wanted one can be reached."""
        above: dict[generic.Reference, list[generic.Reference]] = {}
        waiting = [reference for _steps, reference in trailer]
        seen = set(waiting)
        while waiting:
            parent = waiting.pop()
            for steps, child in self.reader.edges(parent, self.revision):
                if "/Parent" in steps:
                    continue
                above.setdefault(child, []).append(parent)
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        leading = wanted & seen
        waiting = list(leading)
        while waiting:
            fresh = set(above.get(waiting.pop(), ())) - leading
            leading |= fresh
            waiting += fresh
        return leading

    def _page_tree(self) -> dict[generic.Reference, Steps]:
        """The one path to each node of the page tree."""
        root = self.root.raw_get("/Pages")
        found: dict[generic.Reference, Steps] = {}
        waiting: list[tuple[Any, Steps]] = [(root, _PAGES)]
        while waiting:
            node, path = waiting.pop()
            if isinstance(node, generic.IndirectObject):
                if node.reference in found:
                    raise PdfReadError("the page tree is not a tree")
                found[node.reference] = path
            kids = elements(entry(node.get_object(), "/Kids"))
            waiting += [(child, (*path, "/Kids", index)) for index, child in enumerate(kids)]
        return found

    def _structure_tree(self) -> set[generic.Reference]:
        """The nodes of the structure tree (ISO 32000-1 section 14.7.2)."""
        found: set[generic.Reference] = set()
        waiting: list[Any] = [entry(self.root, "/StructTreeRoot")]
        while waiting:
            node = waiting.pop()
            children = elements(entry(node, "/K"))
            if not children and isinstance(node, generic.DictionaryObject) and "/K" in node:
                children = [node.raw_get("/K")]
            for child in children:
                value = child.get_object()
                if not isinstance(value, generic.DictionaryObject):
                    continue
                if entry(value, "/Type", "/StructElem") != "/StructElem":
                    continue
                if isinstance(child, generic.IndirectObject):
                    if child.reference in found:
                        raise PdfReadError("the structure tree is not a tree")
                    found.add(child.reference)
                waiting.append(value)
        return found


def open_pdf(document: bytes, *, strict: bool) -> Reader:
    """The file's reader.

    Raises:
        PdfError: it cannot be read so; files in hybrid-reference form are never read strictly.
    """
    reader = Reader(document, strict=strict)
    if strict and reader.xrefs.hybrid_xrefs_present:
        raise PdfStrictReadError("hybrid cross-references")
    if reader.xrefs.total_revisions > MAX_REVISIONS:
        raise PdfReadError(f"the file has more than {MAX_REVISIONS} revisions")
    return reader
