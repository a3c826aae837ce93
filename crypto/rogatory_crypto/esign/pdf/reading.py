"""Opens PDF files within limits, and reads each object once for all revisions.

A reference to an object that is nowhere is the null object (ISO 32000-1 section 7.3.10), not an error.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError, PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from rogatory_crypto.esign.pdf.long_strings import LongStrings
from rogatory_crypto.esign.pdf.object_streams import ObjectStreams
from rogatory_crypto.esign.pdf.objects import Edge, references_in
from rogatory_crypto.esign.pdf.revision import MAX_KEPT_BYTES, Revision

__all__ = ["Reader", "Revision", "open_pdf"]

MAX_REVISIONS: Final = 512
MAX_OBJECTS: Final = 500_000
MAX_TAIL_BYTES: Final = 64 * 1024


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

    @contextmanager
    def strictly(self) -> Iterator[None]:
        """Read strictly for a while."""
        before, self.strict = self.strict, True
        try:
            yield
        finally:
            self.strict = before

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

    def introduced(self, reference: generic.Reference) -> int | None:
        """The first revision that has an object."""
        for mention in self._mentions.get(reference, ()):
            if self.xrefs.get_historical_ref(reference, mention) is not None:
                return mention
        return None

    def uses_number(self, number: int, revision: int) -> bool:
        """Whether an object with a number, of any generation, was ever there until a revision."""
        return any(
            (introduced := self.introduced(each)) is not None and introduced <= revision
            for each in self._numbered.get(number, ())
        )

    def written_in(self, revision: int) -> set[generic.Reference]:
        """Every object that came with a revision or was changed by it."""
        return self.get_historical_resolver(revision).written

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

    @cached_property
    def _numbered(self) -> dict[int, list[generic.Reference]]:
        found: dict[int, list[generic.Reference]] = {}
        for reference in self._mentions:
            found.setdefault(reference.idnum, []).append(reference)
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
