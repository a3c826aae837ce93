"""Opens PDF files within limits, and reads their older revisions.

The library walks a file's objects by recursion and lists every path to a changed one; a hostile file makes
that explode. Here each object is read once for all revisions, only paths that lead to a changed object are
walked, and their number is bounded. A reference to an object that is nowhere is the null object (ISO 32000-1
section 7.3.10), not an error.
"""

from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError, PdfStrictReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader, RawPdfPath

from rogatory_crypto.esign.pdf.long_strings import LongStrings
from rogatory_crypto.esign.pdf.object_streams import ObjectStreams
from rogatory_crypto.esign.pdf.objects import Edge, Steps, elements, entry, references_in

MAX_REVISIONS: Final = 512
MAX_OBJECTS: Final = 500_000
MAX_PATHS: Final = 5_000
PATHS_PER_OBJECT: Final = 8
MAX_DEPTH: Final = 256
MAX_PAGE_DEPTH: Final = 64
MAX_TAIL_BYTES: Final = 64 * 1024
MAX_KEPT_BYTES: Final = 16 * 1024

_STRUCTURE: Final[Steps] = ("/Root", "/StructTreeRoot", "/K")
_PAGES: Final[Steps] = ("/Root", "/Pages")


class Reader(PdfFileReader):
    """A PDF file whose objects are read once, whichever revision asks."""

    def __init__(self, document: bytes, *, strict: bool) -> None:
        # Reading the file's end may already need objects out of streams.
        self._object_streams = ObjectStreams(self)
        self._long_strings = LongStrings(document)
        super().__init__(BytesIO(document), strict=strict)
        self.document = document
        self._edges: dict[tuple[generic.Reference, object], tuple[Edge, ...]] = {}

    def _read_object(
        self,
        ref: generic.Reference,
        marker: Any,  # noqa: ANN401 - untyped library
        never_decrypt: bool = False,  # noqa: FBT001, FBT002 - as in the library
        as_metadata_stream: bool = False,  # noqa: FBT001, FBT002 - as in the library
    ) -> Any:  # noqa: ANN401 - untyped library
        read: Any = super()._read_object
        short = self._long_strings.shortened(marker) if isinstance(marker, int) else None
        if short is not None:
            whole, self.stream = self.stream, BytesIO(short.data)
            try:
                value = read(ref, 0, never_decrypt, as_metadata_stream)
            finally:
                self.stream = whole
            if short.restore(value):
                return value
        return read(ref, marker, never_decrypt, as_metadata_stream)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:  # noqa: ANN401 - untyped library
        try:
            return self._object_streams.read(idnum, stmnum, idx)
        except PdfReadError as error:
            if self.strict:
                raise PdfStrictReadError(str(error)) from error
            nothing: Any = generic.NullObject
            return nothing()

    def cache_indirect_object(self, generation: int, idnum: int, obj: Any) -> Any:  # noqa: ANN401 - untyped library
        """Keep an object for later, but not an image: memory must not grow with what a file shows."""
        if isinstance(obj, generic.StreamObject) and len(obj.encoded_data) > MAX_KEPT_BYTES:
            return obj
        keep: Any = super().cache_indirect_object
        return keep(generation, idnum, obj)

    def get_historical_resolver(self, revision: int) -> "Revision":
        """The file as it was after a revision, numbered from 0."""
        known = self._historical_resolver_cache.get(revision)
        if not isinstance(known, Revision):
            known = Revision(self, revision)
            self._historical_resolver_cache[revision] = known
        return known

    def edges(self, reference: generic.Reference, revision: int) -> tuple[Edge, ...]:
        """Every reference inside an object, as it was after a revision."""
        location = self._location(reference, revision)
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
        unchanged = self._mentions[reference][-1] <= revision
        read: Any = self.get_object
        return read(reference, None if unchanged else revision, transparent_decrypt=False)

    def exists(self, reference: generic.Reference, revision: int) -> bool:
        """Whether an object was there after a revision."""
        return self._location(reference, revision) is not None

    def _location(self, reference: generic.Reference, revision: int) -> object:
        for mention in reversed(self._mentions.get(reference, ())):
            if mention <= revision:
                return self.xrefs.get_historical_ref(reference, mention)
        return None

    @cached_property
    def _mentions(self) -> dict[generic.Reference, list[int]]:
        """The revisions whose cross-references name an object; the library would look through all of them."""
        found: dict[generic.Reference, list[int]] = {}
        for revision in range(self.xrefs.total_revisions):
            for reference in self.xrefs.explicit_refs_in_revision(revision):
                found.setdefault(reference, []).append(revision)
        return found


class Revision(HistoricalResolver):
    """The file as it was after one revision."""

    reader: Reader

    def get_object(self, ref: generic.Reference, as_metadata_stream: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as in the library
        """An object as it was after this revision; an image is not kept."""
        read: Any = super().get_object
        value = read(ref, as_metadata_stream)
        if isinstance(value, generic.StreamObject) and len(value.encoded_data) > MAX_KEPT_BYTES:
            self.cache.pop(ref, None)
        return value

    @cached_property
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
            for reference, path in self._page_tree.items()
            if entry(self(reference), "/Type") == "/Page"
        ]
        return [reference for _path, reference in sorted(leaves, key=lambda leaf: leaf[0][3::2])]

    def promised(self) -> set[generic.Reference]:
        """Every reference in this revision to an object that is not there."""
        # Some products note things in the trailer that nothing shows: what only it names does not count.
        return {
            each
            for each, above in self._above.items()
            if above and not self.reader.exists(each, self.revision)
        }

    def _paths(self, wanted: set[generic.Reference]) -> Iterator[tuple[generic.Reference, Steps]]:
        trailer = tuple(references_in(self.trailer_view))
        pages, structure = self._page_tree, self._structure_tree
        leading = self._leading_to(wanted)
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

    def _leading_to(self, wanted: set[generic.Reference]) -> set[generic.Reference]:
        """Every object from which a wanted one can be reached."""
        above = self._above
        leading = {each for each in wanted if each in above}
        waiting = list(leading)
        while waiting:
            fresh = set(above[waiting.pop()]) - leading
            leading |= fresh
            waiting += fresh
        return leading

    @cached_property
    def _above(self) -> dict[generic.Reference, list[generic.Reference]]:
        """For every object that the trailer leads to, the objects that name it."""
        above: dict[generic.Reference, list[generic.Reference]] = {
            reference: [] for _steps, reference in references_in(self.trailer_view)
        }
        waiting = list(above)
        while waiting:
            parent = waiting.pop()
            for steps, child in self.reader.edges(parent, self.revision):
                if "/Parent" in steps:
                    continue
                if child not in above:
                    above[child] = []
                    waiting.append(child)
                above[child].append(parent)
        return above

    @cached_property
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
            if len(path) > 2 * MAX_PAGE_DEPTH:
                raise PdfReadError("the page tree is too deep")
            kids = elements(entry(node.get_object(), "/Kids"))
            waiting += [(child, (*path, "/Kids", index)) for index, child in enumerate(kids)]
        return found

    @cached_property
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
    # The library looks for the end byte by byte, however far away it is.
    ending = document.rfind(b"%%EOF", -MAX_TAIL_BYTES)
    if ending < 0 or document.rfind(b"startxref", max(0, ending - MAX_TAIL_BYTES), ending) < 0:
        raise PdfReadError("the end of the file is not there")
    reader = Reader(document, strict=strict)
    if strict and reader.xrefs.hybrid_xrefs_present:
        raise PdfStrictReadError("hybrid cross-references")
    if reader.xrefs.total_revisions > MAX_REVISIONS:
        raise PdfReadError(f"the file has more than {MAX_REVISIONS} revisions")
    return reader
