"""Reads XML for checking: no document type, no entities, no network, and a limit on everything.

A document type lets a document say one thing to one reader and another to the next, so it is refused.
Encodings are the common ones: in any other, a viewer may show what was not checked.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.names import SIGNATURE, XML, Element

MAX_XML_BYTES: Final = 64 * 1024 * 1024
MAX_ELEMENTS: Final = 200_000
MAX_SIGNATURES: Final = 32
MAX_ATTRIBUTES: Final = 1024
_LONG_TAG: Final = re.compile(rb"<[^<]{4096,}")
_ATTRIBUTE: Final = re.compile(rb"=[ \t\r\n]*[\"']")
_IDS: Final = ("Id", "ID", "id", f"{{{XML}}}id")
_WITH_ID: Final = etree.XPath("//*[@Id or @ID or @id or @xml:id]")
_ENCODINGS: Final = re.compile(r"(?:utf-8|utf-?16(?:le|be)?|us-ascii|ascii|iso-8859-\d{1,2}|windows-125\d)\Z")


@dataclass(frozen=True)
class XmlDocument:
    """A document that was read.

    Attributes:
        root: its root element.
        size: of the file in bytes.
    """

    root: Element
    size: int
    _ids: dict[str, list[Element]] = field(default_factory=dict)

    @cached_property
    def ids(self) -> dict[str, list[Element]]:
        """Every value of an Id (``Id``, ``ID``, ``id``, ``xml:id``) with the elements that bear it."""
        found: dict[str, list[Element]] = {}
        for element in _WITH_ID(self.root):
            values = {element.get(name) for name in _IDS} - {None}
            for value in values:
                found.setdefault(value, []).append(element)
        return found

    @cached_property
    def signatures(self) -> tuple[Element, ...]:
        """Every ``ds:Signature``, in document order."""
        return tuple(self.root.iter(SIGNATURE))

    def by_id(self, identifier: str) -> Element | None:
        """Return the one element of an Id, absent where there is none.

        Raises:
            PeerError: MALFORMED where several bear it.
        """
        found = self.ids.get(identifier, [])
        if len(found) > 1:
            raise PeerError(Code.MALFORMED, f"the Id {identifier[:80]} is there twice")
        return found[0] if found else None


def read_xml(document: bytes) -> XmlDocument:
    """Read a document.

    Raises:
        PeerError: TOO_LARGE above a limit; MALFORMED where it is not well formed or has a document type;
            UNSUPPORTED for its encoding.
    """
    # Each element has one "<" at least, in every encoding: what is too much is refused before it is built.
    if len(document) > MAX_XML_BYTES or document.count(b"<") > 2 * MAX_ELEMENTS:
        raise PeerError(Code.TOO_LARGE, "XML of this size")
    if _has_crowded_tag(document):
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_ATTRIBUTES} attributes in one element")
    root = parse(document)
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.externalDTD is not None:
        raise PeerError(Code.MALFORMED, "XML with a document type is refused")
    if not _ENCODINGS.match((info.encoding or "utf-8").lower()):
        raise PeerError(Code.UNSUPPORTED, f"the encoding {info.encoding[:40]}")
    opened = XmlDocument(root, len(document))
    if len(opened.signatures) > MAX_SIGNATURES:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_SIGNATURES} signatures")
    return opened


def _has_crowded_tag(document: bytes) -> bool:
    """Tell whether a tag has too many attributes: canonicalization sorts them by insertion."""
    plain = document.replace(b"\0", b"") if b"\0" in document else document
    return any(
        sum(1 for _ in _ATTRIBUTE.finditer(tag[0])) > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(plain)
    )


def parse(document: bytes) -> Element:
    """Read XML into its root element, without the limits of ``read_xml``.

    Raises:
        PeerError: MALFORMED where it is not well formed.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        strip_cdata=True,
    )
    try:
        return etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise PeerError(Code.MALFORMED, f"not well-formed XML: {error}"[:200]) from error
