"""What the content of a PDF page is drawn with: its images, forms and fonts (ISO 32000-1 section 7.8.3).

An image is never decoded; forms are decoded once for each time they are drawn, and never more of them than a
page's content may be long.
"""

import zlib
from typing import Any, Final

from pyhanko.pdf_utils import generic

from rogatory_crypto.esign.pdf.drawing import Form, Paper
from rogatory_crypto.esign.pdf.geometry import IDENTITY, Box, Matrix, matrix_of
from rogatory_crypto.esign.pdf.objects import elements, entry
from rogatory_crypto.esign.pdf.trees import MAX_PAGE_DEPTH

_UNIT: Final[Box] = (0, 0, 1, 1)
_MAX_FORM_BYTES: Final = 1024 * 1024
_MAX_FORMS: Final = 64


def paper_of(page: Any) -> Paper:  # noqa: ANN401 - untyped library
    """Return what a page is drawn with."""
    return _paper(_inherited(page, "/Resources"), _visible(page), [_MAX_FORMS])


def _inherited(page: Any, key: str) -> Any:  # noqa: ANN401 - untyped library
    """A page's own attribute, or one from above (section 7.7.3.4)."""
    for _ in range(MAX_PAGE_DEPTH):
        if (value := entry(page, key)) is not None:
            return value
        page = entry(page, "/Parent")
    return None


def _paper(resources: Any, visible: Box | None, forms_left: list[int]) -> Paper:  # noqa: ANN401 - untyped library
    objects = _dictionary(entry(resources, "/XObject"))
    fonts = _dictionary(entry(resources, "/Font"))

    def form(name: bytes) -> Form | None:
        value = entry(objects, name.decode("latin-1"))
        if entry(value, "/Subtype") != "/Form" or forms_left[0] <= 0:
            return None
        forms_left[0] -= 1
        paper = _paper(entry(value, "/Resources", resources), visible, forms_left)
        return Form(_decoded(value, _MAX_FORM_BYTES), _matrix(value), paper)

    images = [name for name in objects if _is_opaque(entry(objects, name))]
    unscaled = [name for name in fonts if entry(entry(fonts, name), "/Subtype") == "/Type3"]
    return Paper(dict.fromkeys(map(_name, images), _UNIT), form, visible, frozenset(map(_name, unscaled)))


def _name(name: Any) -> bytes:  # noqa: ANN401 - untyped library
    return str(name).encode("latin-1", "replace")


def _is_opaque(value: Any) -> bool:  # noqa: ANN401 - untyped library
    return bool(entry(value, "/Subtype") == "/Image" and entry(value, "/SMask") is None)


def _dictionary(value: Any) -> Any:  # noqa: ANN401 - untyped library
    return value if isinstance(value, generic.DictionaryObject) else {}


def _matrix(form: Any) -> Matrix:  # noqa: ANN401 - untyped library
    numbers = [float(each.get_object()) for each in elements(entry(form, "/Matrix"))]
    return matrix_of(numbers) or IDENTITY


def _visible(page: Any) -> Box | None:  # noqa: ANN401 - untyped library
    """What is shown of a page; None where it does not say."""
    box = _inherited(page, "/CropBox") or _inherited(page, "/MediaBox")
    numbers = [float(each.get_object()) for each in elements(box)]
    if len(numbers) != 4:
        return None
    left, low, right, high = numbers
    return min(left, right), min(low, high), max(left, right), max(low, high)


def content_of(page: Any, most: int) -> bytes:  # noqa: ANN401 - untyped library
    """Return a page's content streams, joined and cut off; a filter that pages do not use is not undone."""
    contents = entry(page, "/Contents")
    parts = [each.get_object() for each in elements(contents)] or [contents]
    joined = b""
    for part in parts:
        if isinstance(part, generic.StreamObject) and len(joined) < most:
            joined += _decoded(part, most - len(joined)) + b"\n"
    return joined


def _decoded(part: Any, most: int) -> bytes:  # noqa: ANN401 - untyped library
    filters = entry(part, "/Filter", generic.ArrayObject())
    names = [str(each.get_object()) for each in elements(filters)] or [str(filters)]
    if not filters:
        return bytes(part.encoded_data[:most])
    if names != ["/FlateDecode"] or entry(part, "/DecodeParms") is not None:
        return b""
    try:
        return zlib.decompressobj().decompress(part.encoded_data, most)
    except zlib.error:
        return b""
