"""What a document's metadata tell a reader about it (ISO 32000-1 section 14.3).

Products note the time and their name with every update; that is no change. The title, the author, the subject
and the keywords are what readers show.
"""

from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfError

from rogatory_crypto.esign.pdf.objects import entry
from rogatory_crypto.esign.pdf.revision import Revision

_ENTRIES: Final = ("/Title", "/Author", "/Subject", "/Keywords")
_DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
_PDF: Final = "http://ns.adobe.com/pdf/1.3/"
_PROPERTIES: Final = (
    f"{{{_DUBLIN_CORE}}}title",
    f"{{{_DUBLIN_CORE}}}creator",
    f"{{{_DUBLIN_CORE}}}description",
    f"{{{_PDF}}}Keywords",
)

Told = tuple[frozenset[str], ...]
"""For each kind of statement, what was said."""


def told_otherwise(old: Revision, new: Revision) -> bool:
    """Whether the newer of two revisions tells its reader something else."""
    places = [_places(revision) for revision in (old, new)]
    if places[0] == places[1] and not any(reference in new.written for reference in places[1]):
        return False
    return _told(old) != _told(new)


def _places(revision: Revision) -> list[generic.Reference]:
    found = [(revision.trailer_view, "/Info"), (revision.root, "/Metadata")]
    values = [holder.raw_get(key) for holder, key in found if key in holder]
    return [value.reference for value in values if isinstance(value, generic.IndirectObject)]


def _told(revision: Revision) -> Told:
    """Every value of each statement, wherever it stands: products copy one place to the other."""
    information = _information(revision)
    properties = _properties(entry(revision.root, "/Metadata"))
    own = [str(entry(information, name, "")).strip() for name in _ENTRIES]
    return tuple(frozenset({each, *more} - {""}) for each, more in zip(own, properties, strict=True))


def _information(revision: Revision) -> Any:  # noqa: ANN401 - untyped library
    trailer = revision.trailer_view
    value = trailer.raw_get("/Info") if "/Info" in trailer else None
    # What the trailer names would be read as it is in the last revision.
    return revision(value.reference) if isinstance(value, generic.IndirectObject) else value


def _properties(metadata: Any) -> list[set[str]]:  # noqa: ANN401 - untyped library
    nothing: list[set[str]] = [set() for _name in _PROPERTIES]
    if not isinstance(metadata, generic.StreamObject):
        return nothing
    from lxml import etree  # type: ignore[import-untyped]

    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        tree = etree.fromstring(metadata.read_data(DecodePurpose.XMP_METADATA), parser)
    except (PdfError, ValueError, SyntaxError):
        return nothing
    return [_texts(tree, name) for name in _PROPERTIES]


def _texts(tree: Any, name: str) -> set[str]:  # noqa: ANN401 - untyped library
    elements = {text.strip() for each in tree.iter(name) for text in each.itertext()}
    return elements | {each.get(name, "").strip() for each in tree.iter()}
