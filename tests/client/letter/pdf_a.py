"""What a PDF breaks of PDF/A-2b or -3b (ISO 19005-2, -3) and of tagging (ISO 32000-1 section 14.7).

Clauses are numbered alike in both parts.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

_ACTIONS: Final = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Hide"}
_FORBIDDEN_FLAGS: Final = 0b100011  # invisible, hidden, no view
_PRINT: Final = 0b100
_PART: Final = ('pdfaid:part="{}"', "<pdfaid:part>{}<")
_CONFORMANCE: Final = (b'pdfaid:conformance="B"', b"<pdfaid:conformance>B<")


def defects(document: bytes, part: int = 2) -> list[str]:
    """Return the clauses that a PDF breaks, of those that can be told without drawing it."""
    reader = PdfFileReader(BytesIO(document))
    found = [*_file(document, reader), *_catalogue(reader, part)]
    for each in _objects(reader):
        if isinstance(each, DictionaryObject):
            found += _dictionary(each)
    return found


def _file(document: bytes, reader: PdfFileReader) -> Iterator[str]:
    header, comment = document.split(b"\n", 2)[:2]
    if not header.startswith(b"%PDF-1.") or comment[:1] != b"%" or min(comment[1:5], default=0) < 128:
        yield "6.1.2 header"
    if "/ID" not in reader.trailer:
        yield "6.1.3 no file identifier"
    if "/Encrypt" in reader.trailer:
        yield "6.1.3 encrypted"


def _catalogue(reader: PdfFileReader, part: int) -> Iterator[str]:
    root = reader.root
    intents = [each.get_object() for each in _at(root, "/OutputIntents", ())]
    if not any(each["/S"] == "/GTS_PDFA1" and "/DestOutputProfile" in each for each in intents):
        yield "6.2.3 no output intent"
    said = root["/Metadata"].data if "/Metadata" in root else b""
    says_part = any(each.format(part).encode() in said for each in _PART)
    if not says_part or not any(each in said for each in _CONFORMANCE):
        yield f"6.6.4 does not say PDF/A-{part}b"
    if {"/AA", "/NeedsRendering"} & root.keys() or "/JavaScript" in _at(root, "/Names", {}):
        yield "6.5 acts by itself"
    form = _at(root, "/AcroForm", {})
    if _at(form, "/NeedAppearances") or "/XFA" in form:
        yield "6.4.1 the form is drawn anew"
    if "/StructTreeRoot" not in root or not _at(_at(root, "/MarkInfo", {}), "/Marked") or "/Lang" not in root:
        yield "14.7 not tagged"


def _dictionary(each: Any) -> Iterator[str]:
    if (
        "/FontName" in each
        and "/Flags" in each
        and not each.keys() & {"/FontFile", "/FontFile2", "/FontFile3"}
    ):
        yield f"6.2.11.4 {each['/FontName']} is not embedded"
    if (
        _at(each, "/Type") == "/Font"
        and _at(each, "/Subtype") in {"/Type1", "/TrueType"}
        and "/FontDescriptor" not in each
    ):
        yield f"6.2.11.4 {each.get('/BaseFont')} is not embedded"
    if _at(each, "/S") in _ACTIONS:
        yield f"6.5.1 action {each['/S']}"
    if isinstance(each, StreamObject):
        yield from _stream(each)
    if _at(each, "/Subtype") == "/Widget":
        yield from _annotation(each)
    if _at(each, "/Type") == "/Page" and _transparent(each) and "/CS" not in _at(each, "/Group", {}):
        yield "6.2.10 transparency without a colour space"


def _stream(each: Any) -> Iterator[str]:
    filters = _at(each, "/Filter", [])
    used = {str(name) for name in (filters if isinstance(filters, ArrayObject) else [filters])}
    if used & {"/LZWDecode", "/Crypt"} or "/F" in each:
        yield "6.1.7 stream"
    if _at(each, "/Interpolate") or each.keys() & {"/Alternates", "/OPI"}:
        yield "6.2.8 image"


def _annotation(each: Any) -> Iterator[str]:
    flags = int(_at(each, "/F", 0))
    if not flags & _PRINT or flags & _FORBIDDEN_FLAGS:
        yield "6.3.2 annotation is hidden"
    left, bottom, right, top = (float(edge) for edge in each["/Rect"])
    if (right - left) * (top - bottom) and set(_at(each, "/AP", {})) != {"/N"}:
        yield "6.3.3 annotation without one appearance"


def _transparent(page: Any) -> bool:
    states = _at(_at(page, "/Resources", {}), "/ExtGState", {})
    for name in states:
        state = states[name]
        if (
            float(_at(state, "/ca", 1)) < 1
            or float(_at(state, "/CA", 1)) < 1
            or _at(state, "/SMask", "/None") != "/None"
        ):
            return True
    return False


def _at(holder: Any, name: str, otherwise: Any = None) -> Any:
    """Return what a name leads to, through a reference if need be."""
    return holder[name] if name in holder else otherwise  # noqa: SIM401 - get() gives the reference


def _objects(reader: PdfFileReader) -> Iterator[Any]:
    """Yield every object that the newest revision leads to."""
    waiting: list[Any] = [reader.trailer.raw_get("/Root")]
    seen: set[tuple[int, int]] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if (each.idnum, each.generation) in seen:
                continue
            seen.add((each.idnum, each.generation))
            each = each.get_object()  # type: ignore[no-untyped-call]
        yield each
        if isinstance(each, DictionaryObject):
            waiting += [each.raw_get(name) for name in each]
        elif isinstance(each, ArrayObject):
            waiting += [each.raw_get(place) for place in range(len(each))]
