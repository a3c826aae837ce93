"""What a signature field that is added after signing may be (ISO 32000-1 sections 12.5.6.19 and 12.7.4.5).

A field is an annotation as well, so it could be a note that stands open on the page, or run a script when the
page is shown. And a rectangle that one reader cannot use is one that another reader can.
"""

from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis import SuspiciousModification

from rogatory_crypto.esign.pdf.objects import elements, entry

_ALLOWED: Final = frozenset(
    {
        "/Type", "/Subtype", "/FT", "/T", "/TU", "/TM", "/V", "/F", "/Ff", "/P", "/Rect", "/AP", "/AS",
        "/Parent", "/Kids", "/Lock", "/SV", "/MK", "/DA", "/Q", "/DR", "/BS", "/Border", "/H",
        "/StructParent", "/NM", "/M",
    }
)  # fmt: skip


def refuse_unlike_widget(field: Any) -> None:  # noqa: ANN401 - untyped library
    """Refuse a new field that is something else, or does something.

    Raises:
        SuspiciousModification: it is, or does.
    """
    for widget in _with_kids(field):
        if entry(widget, "/Subtype", "/Widget") != "/Widget":
            raise SuspiciousModification("a new form field is an annotation of another kind")
        if unknown := sorted(set(widget) - _ALLOWED):
            raise SuspiciousModification(f"a new form field holds {', '.join(unknown)}")


def shows_something(field: Any) -> bool:  # noqa: ANN401 - untyped library
    """Whether any part of a field has a place on a page that is not surely empty."""
    return any(not _is_empty(widget) for widget in _with_kids(field) if "/Rect" in widget)


def _with_kids(field: Any) -> Iterator[Any]:  # noqa: ANN401 - untyped library
    for part in (field, *(each.get_object() for each in elements(entry(field, "/Kids")))):
        if isinstance(part, generic.DictionaryObject):
            yield part


def _is_empty(widget: Any) -> bool:  # noqa: ANN401 - untyped library
    corners = elements(entry(widget, "/Rect"))
    if len(corners) != 4 or not all(
        isinstance(each, generic.NumberObject | generic.FloatObject) for each in corners
    ):
        return False
    left, low, right, high = corners
    return bool(left == right or low == high)
