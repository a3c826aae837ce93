"""The fields of a form in two revisions, each known by its object (ISO 32000-1 section 12.7.3).

Names do not tell fields apart: products write periods into partial names, and give one name to two fields.
So a field has a key that names its object too; ``name_of`` is what is shown, and what a lock names.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import RawPdfPath
from pyhanko.sign.diff_analysis import FieldComparisonSpec, SuspiciousModification
from pyhanko.sign.fields import FieldMDPSpec

from rogatory_crypto.esign.pdf.fields import MAX_FIELDS
from rogatory_crypto.esign.pdf.objects import elements
from rogatory_crypto.esign.pdf.revision import Revision

_MARK: Final = "\x00"
_FIELDS: Final = RawPdfPath("/Root", "/AcroForm", "/Fields")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        name: fully qualified.
        kind: ``/FT``, its own or inherited; None where a field only holds others.
        reference: its object.
        path: to it from the trailer.
    """

    name: str
    kind: str | None
    reference: generic.Reference
    path: RawPdfPath

    @property
    def key(self) -> str:
        """Its name and its object."""
        return f"{self.name}{_MARK}{self.reference.idnum} {self.reference.generation}"


class Locks:
    """What a signature locks, asked by the keys of fields."""

    def __init__(self, spec: FieldMDPSpec) -> None:
        self._spec = spec

    def is_locked(self, key: str) -> bool:
        """Whether a field may not change."""
        return self._spec.is_locked(name_of(key))


def name_of(key: str) -> str:
    """Return the name in a field's key."""
    return key.rpartition(_MARK)[0]


def shown(keys: Iterable[str]) -> set[str]:
    """Return the names in keys, with the number of the object where several fields have one name."""
    told = [(name_of(key), key.rpartition(_MARK)[2].partition(" ")[0]) for key in keys]
    counts = Counter(name for name, _number in told)
    return {name if counts[name] == 1 else f"{name} (object {number})" for name, number in told}


def compared(old: Revision, new: Revision) -> dict[str, FieldComparisonSpec]:
    """Return each field of either revision by its key, with what it was and what it is.

    Raises:
        PdfReadError: the older form is not a form, or too large.
        SuspiciousModification: the newer one is not a form, or the kind of a field was changed.
    """
    before = _fields(old, PdfReadError)
    after = _fields(new, SuspiciousModification)
    changed = [each.name for each in after.values() if _kind_changed(before.get(each.reference), each)]
    if changed:
        raise SuspiciousModification(f"Update changed field type of {min(changed)}")
    renamed = [each.name for each in after.values() if before.get(each.reference, each).name != each.name]
    if renamed:
        raise SuspiciousModification(f"Update changed the name of {min(renamed)}")
    return {
        either.key: FieldComparisonSpec(
            field_type=either.kind or "",
            old_field_ref=None if (was := before.get(reference)) is None else was.reference,
            new_field_ref=None if (now := after.get(reference)) is None else now.reference,
            old_canonical_path=None if was is None else was.path,
        )
        for reference, either in (after | before).items()
    }


def _kind_changed(before: Field | None, after: Field) -> bool:
    return before is not None and before.kind != after.kind


def _fields(revision: Revision, refused: type[Exception]) -> dict[generic.Reference, Field]:
    found: dict[generic.Reference, Field] = {}
    for field in _walk(revision, refused):
        if field.reference in found or len(found) >= MAX_FIELDS:
            raise refused("the form is not a tree, or too large")
        found[field.reference] = field
    return found


def _walk(revision: Revision, refused: type[Exception]) -> Iterator[Field]:
    listed = revision.entry(revision.entry(revision.root, "/AcroForm"), "/Fields")
    waiting: list[tuple[Any, str, str | None, RawPdfPath]] = [(listed, "", None, _FIELDS)]
    while waiting:
        listed, above, kind, path = waiting.pop()
        if listed is not None and not isinstance(listed, generic.ArrayObject):
            raise refused("Field list is not an array.")
        for index, raw in enumerate(elements(listed)):
            value = revision.value(raw)
            field = _field(revision, raw, value, (above, kind, path + index), refused)
            if field is None:
                continue
            kids = revision.entry(value, "/Kids")
            if field.kind is None and not elements(kids):
                raise refused(f"Field type of terminal field {field.name!r} could not be determined")
            yield field
            waiting.append((kids, field.name, field.kind, field.path + "/Kids"))


def _field(
    revision: Revision,
    raw: Any,  # noqa: ANN401 - untyped library
    value: Any,  # noqa: ANN401 - untyped library
    inherited: tuple[str, str | None, RawPdfPath],
    refused: type[Exception],
) -> Field | None:
    above, kind, path = inherited
    if not isinstance(raw, generic.IndirectObject):
        raise refused("Fields must be indirect objects")
    if not isinstance(value, generic.DictionaryObject):
        raise refused("Fields must be dictionary objects")
    if "/T" not in value:
        return None
    name = value.raw_get("/T")
    if not isinstance(name, generic.TextStringObject | generic.ByteStringObject):
        raise refused("Names must be strings")
    full = f"{above}.{name!s}" if above else str(name)
    own = revision.entry(value, "/FT", kind)
    reference = generic.Reference(raw.idnum, raw.generation, revision)
    return Field(full, None if own is None else str(own), reference, path)
