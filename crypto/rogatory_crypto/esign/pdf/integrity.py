"""What a PDF signature covers, and whether what happened to the file afterwards is allowed.

1. The signature stands where it says and covers a whole revision (``placement``).
2. Every later revision changed only what may be changed, and what this signature allows (``changes``).
3. After the last signature only validation data and document time stamps may have been added. A time stamp
   covers no other change: anybody can have one made.
4. An object or a trailer that stands behind the signed revision without a cross-reference naming it
   was hidden there for another reader to find.
5. Behind the last revision there is nothing but white space.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError, PdfStrictReadError
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from rogatory_crypto.esign.pdf.changes import Changes
from rogatory_crypto.esign.pdf.embedded import Embedded
from rogatory_crypto.esign.pdf.fields import CERTIFICATION
from rogatory_crypto.esign.pdf.objects import elements, entry
from rogatory_crypto.esign.pdf.placement import PADDED, coverage, padding, placed_wrongly
from rogatory_crypto.esign.pdf.reading import Reader
from rogatory_crypto.esign.pdf.refusal import refusal
from rogatory_crypto.esign.pdf.unlisted import WHITE, UnlistedObject, unlisted_objects, unlisted_trailers
from rogatory_crypto.esign.report import Coverage, Scope
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate

_UNCOMPARABLE: Final = (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError)


@dataclass(frozen=True, slots=True)
class Integrity:
    """The verdict on coverage and later changes, and what to show of it."""

    verdict: Verdict
    scope: Scope
    warnings: tuple[str, ...] = ()


class Examiner:
    """Examines the signatures of one file; what all of them need is done once."""

    def __init__(self, reader: Reader, first_end: int) -> None:
        self._reader = reader
        self._first_end = first_end
        self.changes = Changes(reader)

    def examine(self, item: Embedded, last_end: int) -> Integrity:
        """Coverage and later changes of one signature; ``last_end`` is where the last signature ends."""
        misplaced = placed_wrongly(self._reader.document, item)
        if misplaced:
            return _failed(misplaced, Scope(Coverage.UNCLEAR))
        covers, revision = coverage(self._reader, item)
        if covers is Coverage.PARTIAL:
            reason = "the signature does not cover a whole revision of the document"
            return _failed(reason, Scope(covers, item.end))
        warnings = (PADDED.format(padding(item)),) * bool(padding(item))
        if covers is Coverage.WHOLE_DOCUMENT:
            return Integrity(_form(item), Scope(covers, item.end), warnings)
        return self._changed(item, revision, last_end, warnings)

    def _changed(self, item: Embedded, revision: int, last_end: int, warnings: tuple[str, ...]) -> Integrity:
        try:
            broken = (
                self._refused(item, revision, last_end)
                or self._hidden(item)
                or self._trailing(item, is_last=revision == self.changes.last)
            )
            told = self.changes.told_since(revision)
        except PdfStrictReadError:
            raise
        except (*_UNCOMPARABLE, RecursionError) as error:
            reason = f"the later revisions could not be compared: {type(error).__name__}: {error}"[:300]
            verdict = indeterminate(SubIndication.GENERIC, reason)
            return Integrity(verdict, Scope(Coverage.REVISION, item.end), warnings)
        scope = Scope(Coverage.REVISION, item.end, told)
        return _failed(broken, scope) if broken else Integrity(_form(item), scope, warnings)

    def _refused(self, item: Embedded, revision: int, last_end: int) -> str:
        permission = _permission(item)
        compared = self.changes.since(revision, _locks(item), permission)
        if isinstance(compared, SuspiciousModification):
            why = refusal(str(compared))
            return f"the document was changed after the signature in a way it does not allow: {why}"
        if permission is not None and compared.modification_level.value > permission.value:
            return "the document was changed after the signature in a way its certification forbids"
        if item.end >= last_end and compared.modification_level > ModificationLevel.LTA_UPDATES:
            return "the document was changed after its last signature"
        return ""

    def _hidden(self, item: Embedded) -> str:
        hidden = next((each for each in self._unlisted if each.place >= item.end), None)
        trailer = next((place for place in self._trailers if place >= item.end), None)
        if hidden is None:
            return "" if trailer is None else f"the trailer at byte {trailer} is named by no cross-reference"
        name = f"{hidden.number} {hidden.generation}"
        return f"object {name} at byte {hidden.place} is named by no cross-reference"

    @cached_property
    def _unlisted(self) -> tuple[UnlistedObject, ...]:
        return unlisted_objects(self._reader, self._first_end)

    @cached_property
    def _trailers(self) -> tuple[int, ...]:
        return unlisted_trailers(self._reader, self._first_end)

    def _trailing(self, item: Embedded, *, is_last: bool) -> str:
        document = self._reader.document
        tail = item.end if is_last else document.rfind(b"%%EOF") + len(b"%%EOF")
        return "there is something behind the end of the document" if document[tail:].strip(WHITE) else ""


def _failed(reason: str, scope: Scope) -> Integrity:
    return Integrity(failed(SubIndication.FORMAT_FAILURE, reason), scope)


def _form(item: Embedded) -> Verdict:
    if item.name == CERTIFICATION:
        reason = "a certification stands outside of the form, where no reader shows it"
        return failed(SubIndication.FORMAT_FAILURE, reason)
    return PASSED


def _references(item: Embedded, method: str) -> Any:  # noqa: ANN401 - untyped library
    """The parameters of a signature reference (ISO 32000-1 table 253)."""
    for raw in elements(entry(item.dictionary, "/Reference")):
        reference = raw.get_object()
        if entry(reference, "/TransformMethod") == method:
            return reference["/TransformParams"]
    return None


def _permission(item: Embedded) -> MDPPerm | None:
    parameters = _references(item, "/DocMDP")
    if parameters is not None:
        return MDPPerm(int(entry(parameters, "/P", MDPPerm.FILL_FORMS.value)))
    limit = entry(entry(item.field, "/Lock"), "/P")
    return None if limit is None else MDPPerm(int(limit))


def _locks(item: Embedded) -> FieldMDPSpec | None:
    parameters = _references(item, "/FieldMDP") or entry(item.field, "/Lock")
    if not isinstance(parameters, generic.DictionaryObject):
        return None
    locks: FieldMDPSpec = FieldMDPSpec.from_pdf_object(parameters)
    return locks
