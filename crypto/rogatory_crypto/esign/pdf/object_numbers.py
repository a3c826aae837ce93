"""Which numbers of objects an update may free or give out again (ISO 32000-1 section 7.5.4).

An entry that frees a number which nothing used is no change. Freeing anything that was used is, and so is
giving its number out again with another generation: some readers look at the number alone. An object stream
that was used is never written again: nothing names it but the cross-references, of every revision alike, so
the objects in it would change in all revisions at once (section 7.5.7).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import ReferenceUpdate, SuspiciousModification, WhitelistRule

from rogatory_crypto.esign.pdf.revision import Revision


class UnusedNumberRule(WhitelistRule):
    """Allows entries that say of a number nobody used that it is free."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[ReferenceUpdate]:
        """Yield the references that such entries stand for."""
        for number, generation in _freed(new):
            if not _in_use(old, number):
                yield ReferenceUpdate(generic.Reference(number, generation - 1))


def _freed(revision: HistoricalResolver) -> Iterable[tuple[int, int]]:
    data: Any = revision.reader.xrefs.get_xref_data(revision.revision)
    # In a hybrid file the table calls free what the stream beside it defines (ISO 32000-1 section 7.5.8.4).
    hybrid = data.hybrid.xref_data.explicit_refs_in_revision if data.hybrid else set()
    return [(number, generation) for number, generation in data.freed.items() if (number, 0) not in hybrid]


def _in_use(revision: HistoricalResolver, number: int) -> bool:
    xrefs: Any = revision.reader.xrefs
    return any(
        xrefs.get_historical_ref(generic.Reference(number, generation), revision.revision) is not None
        for generation in {
            generation
            for earlier in range(revision.revision + 1)
            for generation in _generations(xrefs.get_xref_data(earlier), number)
        }
    )


def _generations(data: Any, number: int) -> set[int]:  # noqa: ANN401 - untyped library
    here = {data.standard_xrefs[number][0]} if number in data.standard_xrefs else set()
    return here | ({0} if number in data.xrefs_in_objstm or data.hybrid else set())


def refuse_reused(old: Revision, new: Revision) -> None:
    """Refuse what takes a number away from an object that was there.

    Raises:
        SuspiciousModification: it was freed, or given to another object.
        PdfReadError: it is more than the file says it has.
    """
    freed = sorted(number for number, _generation in _freed(new) if _in_use(old, number))
    if freed:
        raise SuspiciousModification(f"objects {freed} were removed")
    taken = sorted(each.idnum for each in new.written if not old.holds(each) and _in_use(old, each.idnum))
    taken += [number for number in _cross_reference_streams(new) if _in_use(old, number)]
    if taken:
        raise SuspiciousModification(f"numbers {taken} of objects were given to others")
    if moved := sorted({each.idnum for each in new.written} & old.numbers_of_streams):
        raise SuspiciousModification(f"objects {moved}, which hold other objects, were written again")
    if _size(new) < _size(old):
        # Most readers overlook it, and products have written it; what such a file shows nobody can say.
        raise PdfReadError(f"the file says that it has no objects from number {_size(new)} on")


def _cross_reference_streams(revision: Revision) -> Iterator[int]:
    xrefs: Any = revision.reader.xrefs
    hybrid = xrefs.get_xref_data(revision.revision).hybrid
    sections = [xrefs.get_xref_container_info(revision.revision), *([hybrid.meta_info] if hybrid else [])]
    yield from (section.stream_ref.idnum for section in sections if section.stream_ref is not None)


def _size(revision: Revision) -> int:
    return int(revision.reader.xrefs.get_xref_container_info(revision.revision).size)
