"""The signature fields of a PDF form (ISO 32000-1 section 12.7), read without recursion and within limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError

from rogatory_crypto.esign.pdf.objects import EMPTY, elements, entry

MAX_FIELDS: Final = 20_000
CERTIFICATION: Final = "/Perms/DocMDP"
DOCUMENT_TIMESTAMP: Final = "/ETSI.RFC3161"


@dataclass(frozen=True, slots=True)
class FilledField:
    """A signature field with something in it.

    Attributes:
        name: fully qualified (section 12.7.3.2).
        field: its dictionary.
        value: what stands at ``/V``: a reference or a direct object.
        holder: the indirect object that a change of the value changes.
    """

    name: str
    field: Any
    value: Any
    holder: Any


def filled_signature_fields(reader: Any) -> Iterator[FilledField]:  # noqa: ANN401 - untyped library
    """Every filled signature field, and a certification that stands in no field, in the form's order.

    Raises:
        PdfReadError: the form is too large, or not a tree.
    """
    named: set[object] = set()
    for item in _walk(reader):
        named.add(getattr(item.value, "reference", None))
        yield item
    certified = _permission(reader, "/DocMDP")
    if certified is not None and certified.reference not in named:
        yield FilledField(CERTIFICATION, EMPTY, certified, certified.reference)


def is_document_timestamp(field: Any) -> bool:  # noqa: ANN401 - untyped library
    """Whether a signature field holds a document time stamp."""
    return bool(entry(entry(field, "/V"), "/SubFilter") == DOCUMENT_TIMESTAMP)


def has_other_fields(reader: Any) -> bool:  # noqa: ANN401 - untyped library
    """Whether the form has any field that is not for signatures.

    Raises:
        PdfReadError: the form is too large, or not a tree.
    """
    return any(kind not in {None, "/Sig"} for _name, kind, _holder, _field in _fields(reader))


def has_usage_rights(reader: Any) -> bool:  # noqa: ANN401 - untyped library
    """Whether a vendor's usage rights signature stands in the file (section 12.8.2.3)."""
    return any(_permission(reader, name) is not None for name in ("/UR", "/UR3"))


def _permission(reader: Any, name: str) -> Any:  # noqa: ANN401 - untyped library
    permissions = entry(reader.root, "/Perms")
    if not isinstance(permissions, generic.DictionaryObject) or name not in permissions:
        return None
    value = permissions.raw_get(name)
    return value if isinstance(value, generic.IndirectObject) else None


def _walk(reader: Any) -> Iterator[FilledField]:  # noqa: ANN401 - untyped library
    for name, kind, holder, field in _fields(reader):
        if kind == "/Sig" and "/V" in field and "/T" in field:
            yield FilledField(name, field, field.raw_get("/V"), holder)


def _fields(reader: Any) -> Iterator[tuple[str, Any, Any, Any]]:  # noqa: ANN401 - untyped library
    """The name, the kind, the indirect object and the dictionary of each field."""
    seen: set[object] = set()
    fields = elements(entry(entry(reader.root, "/AcroForm"), "/Fields"))
    waiting: list[tuple[str, Any, Any, Any]] = [("", None, None, each) for each in reversed(fields)]
    while waiting:
        above, kind, holder, raw = waiting.pop()
        if isinstance(raw, generic.IndirectObject):
            if raw.reference in seen or len(seen) >= MAX_FIELDS:
                raise PdfReadError("the form is not a tree, or too large")
            seen.add(raw.reference)
            holder = raw.reference
        field = raw.get_object()
        if not isinstance(field, generic.DictionaryObject):
            continue
        name = ".".join(filter(None, [above, str(entry(field, "/T", ""))]))
        kind = entry(field, "/FT", kind)
        yield name, kind, holder, field
        waiting += [(name, kind, holder, each) for each in reversed(elements(entry(field, "/Kids")))]
