"""One revision of a PDF file, read through the objects that its reader keeps for all of them."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, RawPdfPath

from rogatory_crypto.esign.pdf.objects import Edge, Steps, references_in
from rogatory_crypto.esign.pdf.trees import page_tree
from rogatory_crypto.esign.pdf.usages import Usages

if TYPE_CHECKING:
    from rogatory_crypto.esign.pdf.reading import Reader

MAX_KEPT_BYTES: Final = 16 * 1024
MAX_STEPS: Final = 8

Usage = dict[generic.Reference, set[RawPdfPath]]


class Revision(HistoricalResolver):
    """The file as it was after one revision."""

    reader: "Reader"

    def get_object(self, ref: generic.Reference, as_metadata_stream: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as in the library
        """An object as it was after this revision; an image is not kept."""
        if self._is_last:
            # What the file shows now needs no copy whose references lead into the past.
            now: Any = self.reader.get_object
            return now(ref, as_metadata_stream=as_metadata_stream)
        read: Any = super().get_object
        value = read(ref, as_metadata_stream)
        if isinstance(value, generic.StreamObject) and len(value.encoded_data) > MAX_KEPT_BYTES:
            self.cache.pop(ref, None)
        return value

    @cached_property
    def _is_last(self) -> bool:
        return bool(self.revision == self.reader.xrefs.total_revisions - 1)

    def value(self, raw: Any) -> Any:  # noqa: ANN401 - untyped library
        """What stands for a value, if it is a reference; references inside lead to the last revision.

        Raises:
            PdfReadError: a reference leads to nothing but references.
        """
        for _ in range(MAX_STEPS):
            if not isinstance(raw, generic.IndirectObject):
                return None if isinstance(raw, generic.NullObject) else raw
            raw = self.reader.at(raw.reference, self.revision) if self.holds(raw.reference) else None
        raise PdfReadError("references lead to references")

    def entry(self, dictionary: Any, key: str, default: Any = None) -> Any:  # noqa: ANN401 - untyped library
        """What a dictionary got by ``value`` holds under a key."""
        if not isinstance(dictionary, generic.DictionaryObject) or key not in dictionary:
            return default
        value = self.value(dictionary.raw_get(key))
        return default if value is None else value

    @cached_property
    def written(self) -> set[generic.Reference]:
        """Every object that came with this revision or was changed by it."""
        found: set[generic.Reference] = self.explicit_refs_in_revision()  # type: ignore[no-untyped-call]
        return found

    @cached_property
    def page_tree(self) -> dict[generic.Reference, Steps]:
        """The one path to each node of the page tree, in the order of the pages."""
        return page_tree(self)

    @cached_property
    def numbers_of_streams(self) -> frozenset[int]:
        """The numbers of the object streams used so far, and of what they name, as their length."""
        xrefs: Any = self.reader.xrefs
        data = [xrefs.get_xref_data(each) for each in range(self.revision + 1)]
        sections = [*data, *(each.hybrid.xref_data for each in data if each.hybrid)]
        numbers = {int(number) for section in sections for number in section.obj_streams_used}
        streams = (generic.Reference(number, 0, self.reader) for number in numbers)
        named = (reference.idnum for each in streams for _steps, reference in self.edges(each))
        return frozenset(numbers).union(named)

    def pages(self) -> list[generic.Reference]:
        """Every page, in the order of the page tree."""
        nodes = ((reference, self.value(_indirect(reference))) for reference in self.page_tree)
        return [reference for reference, node in nodes if self.entry(node, "/Type") == "/Page"]

    def edges(self, reference: generic.Reference) -> tuple[Edge, ...]:
        """Every reference inside an object."""
        return self.reader.edges(reference, self.revision)

    def holds(self, reference: generic.Reference) -> bool:
        """Whether an object is there."""
        return self.reader.exists(reference, self.revision)

    def is_plain_dictionary(self, reference: generic.Reference) -> bool:
        """Whether an object is a dictionary without a stream."""
        value = self.value(_indirect(reference))
        return isinstance(value, generic.DictionaryObject) and not isinstance(value, generic.StreamObject)

    def promised(self) -> set[generic.Reference]:
        """Every reference in this revision to an object that is not there."""
        return self._usages.promised()

    def outside(self, entries: frozenset[str]) -> set[generic.Reference]:
        """Every object that is reached without passing these entries of the catalogue and the trailer."""
        return self._usages.outside(entries)

    def is_ref_unassignable(self, ref: generic.Reference) -> bool:
        """Whether a number could not have been used yet, whatever size the file says it has."""
        behind = bool(super().is_ref_unassignable(ref))
        return behind and not self.reader.uses_number(ref.idnum, self.revision)

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
            waiting += [each for _steps, each in self.edges(reference)]
        return found

    def _since(self, reference: generic.Reference, revision: int | None) -> bool:
        if revision is None:
            return True
        introduced = self.reader.introduced(reference)
        return introduced is not None and introduced >= revision

    @cached_property
    def _usages(self) -> Usages:
        return Usages(self)

    def _load_reverse_xref_cache(self) -> None:
        """Find every path from the trailer to an object that a later revision wrote again."""
        if self._indirect_object_access_cache is None:
            later = range(self.revision + 1, self.reader.xrefs.total_revisions)
            rewritten = {each for revision in later for each in self.reader.written_in(revision)}
            self._indirect_object_access_cache = self._paths_to(
                {reference for reference in rewritten if not self.is_ref_unassignable(reference)}
            )

    def _get_usages_of_ref(self, ref: generic.Reference) -> set[RawPdfPath]:
        """Every path to an object; rules ask for a few that no later revision wrote."""
        self._load_reverse_xref_cache()
        known: Usage | None = self._indirect_object_access_cache
        if known is None:
            return set()
        if ref not in known:
            known |= self._paths_to({ref})
        return known[ref]

    def _paths_to(self, wanted: set[generic.Reference]) -> Usage:
        found = self._usages.of(wanted)
        return {reference: {RawPdfPath(*path) for path in paths} for reference, paths in found.items()}


def _indirect(reference: generic.Reference) -> Any:  # noqa: ANN401 - untyped library
    make: Any = generic.IndirectObject
    return make(reference.idnum, reference.generation, reference.pdf)


def as_revision(resolver: HistoricalResolver) -> Revision:
    """Return what the library hands over as what it is here."""
    if not isinstance(resolver, Revision):
        raise TypeError("not a revision of a file opened here")
    return resolver
