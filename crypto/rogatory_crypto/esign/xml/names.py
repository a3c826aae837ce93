"""Namespaces and the names of elements in signed XML.

W3C XMLDSig 1.1; EN 319 132-1, whose version 1.4.1 only adds to 1.3.2; 1.1.1 and 1.2.2 are TS 101 903.
"""

from typing import Any, Final, TypeAlias

Element: TypeAlias = Any
"""``lxml.etree._Element``, which comes without types."""

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
DS11: Final = "http://www.w3.org/2009/xmldsig11#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
FILTER2: Final = "http://www.w3.org/2002/06/xmldsig-filter2"
XADES_141: Final = "http://uri.etsi.org/01903/v1.4.1#"
XADES_132: Final = "http://uri.etsi.org/01903/v1.3.2#"
XADES: Final = (XADES_132, "http://uri.etsi.org/01903/v1.2.2#", "http://uri.etsi.org/01903/v1.1.1#")
XML: Final = "http://www.w3.org/XML/1998/namespace"


def ds(name: str) -> str:
    """The name of an element of XMLDSig as lxml writes it."""
    return f"{{{DS}}}{name}"


def xades(name: str) -> tuple[str, ...]:
    """Return the names of a qualifying property in every version, the current one first."""
    return tuple(f"{{{namespace}}}{name}" for namespace in XADES)


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


SIGNATURE: Final = ds("Signature")
