"""Changes that the library's comparison of revisions lets through (ISO 32000-1 sections 7.3, 7.7 and 12.7).

1. An object that signed content names, that was nowhere when it was signed, and that a later revision brings
   is content added after signing, however new its number is.
2. An object in a place that may be changed, as the document information or the security store, that is used
   elsewhere as well.
3. A value of another kind that reads the same: a string for a name switches a layer on.
4. Annotations of a page in another order, or drawn twice: what lay below lies above.
5. A catalogue in the place of an object that was something else: what that showed is gone.
"""

from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis import SuspiciousModification

from rogatory_crypto.esign.pdf.ambiguity import refuse_ambiguous
from rogatory_crypto.esign.pdf.objects import elements, entry
from rogatory_crypto.esign.pdf.revision import Revision

_APART: Final = frozenset({"/DSS", "/Info", "/Metadata", "/Extensions", "/MarkInfo"})
_NUMBERS: Final = (generic.NumberObject, generic.FloatObject)
_STRINGS: Final = (generic.TextStringObject, generic.ByteStringObject)


def refuse_overlooked(old: Revision, new: Revision) -> None:
    """Refuse such changes.

    Raises:
        SuspiciousModification: there is one.
    """
    if late := sorted(each.idnum for each in old.promised() & new.written):
        raise SuspiciousModification(f"objects {late}, missing when the document was signed, were added")
    if new.root_ref != old.root_ref and old.holds(new.root_ref):
        raise SuspiciousModification(f"object {new.root_ref.idnum} was replaced by the catalogue")
    rewritten = [each for each in new.written if old.holds(each)]
    _refuse_shared(old, rewritten)
    pairs = [(old.root, new.root), (_form(old), _form(new)), *((old(each), new(each)) for each in rewritten)]
    if any(_of_other_kind(*pair) for pair in pairs):
        raise SuspiciousModification("a value was replaced by one of another kind that reads the same")
    _refuse_reordered(old, new)
    refuse_ambiguous(new)


def _form(revision: Revision) -> Any:  # noqa: ANN401 - untyped library
    return entry(revision.root, "/AcroForm")


def _refuse_shared(old: Revision, rewritten: list[generic.Reference]) -> None:
    apart = [old.trailer_view.raw_get(key) for key in _APART if key in old.trailer_view]
    apart += [old.root.raw_get(key) for key in _APART if key in old.root]
    inside = old.collect_dependencies(generic.ArrayObject(apart)) & set(rewritten)
    if inside and (shared := sorted(each.idnum for each in inside & old.outside(_APART))):
        raise SuspiciousModification(f"objects {shared} are also used elsewhere and were changed")


def _of_other_kind(old: Any, new: Any) -> bool:  # noqa: ANN401 - untyped library
    """Whether two values, or any in the same place inside of both, are equal and not of one kind."""
    waiting = [(old, new)]
    while waiting:
        before, after = waiting.pop()
        if isinstance(before, generic.DictionaryObject) and isinstance(after, generic.DictionaryObject):
            waiting += [(before.raw_get(key), after.raw_get(key)) for key in before if key in after]
        elif isinstance(before, generic.ArrayObject) and isinstance(after, generic.ArrayObject):
            waiting += zip(elements(before), elements(after), strict=False)
        elif before == after and _kind(before) != _kind(after):
            return True
    return False


def _kind(value: Any) -> object:  # noqa: ANN401 - untyped library
    for kinds in (_NUMBERS, _STRINGS):
        if isinstance(value, kinds):
            return kinds
    return type(value)


def _refuse_reordered(old: Revision, new: Revision) -> None:
    for page in old.page_tree:
        before, after = _annotations(old, page), _annotations(new, page)
        known = set(before)
        if [each for each in after if each in known] != before:
            reason = f"the annotations of page object {page.idnum} were put in another order"
            raise SuspiciousModification(reason)


def _annotations(revision: Revision, page: generic.Reference) -> list[generic.Reference]:
    edges = revision.edges(page)
    found = [reference for steps, reference in edges if steps[0] == "/Annots"]
    arrays = [reference for steps, reference in edges if steps == ("/Annots",)]
    for array in arrays:
        found = [reference for steps, reference in revision.edges(array) if len(steps) == 1]
    return found
