"""Reads single values out of elements, strictly: what is not exactly one value is malformed.

A value with a comment or an element inside is refused: a reader that stops at it sees less than another does.
"""

import binascii
from collections.abc import Iterator

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.names import Element, local

_WHITE = "\t\n\r "
_NO_WHITE = str.maketrans("", "", _WHITE)


def children(element: Element, *names: str) -> Iterator[Element]:
    """Return the element children of these names, in order."""
    return (child for child in element if child.tag in names)


def child(element: Element, *names: str) -> Element | None:
    """Return the one child of these names, absent where there is none.

    Raises:
        PeerError: MALFORMED where there are several.
    """
    found = list(children(element, *names))
    if len(found) > 1:
        raise PeerError(Code.MALFORMED, f"{local(found[0])} is there twice")
    return found[0] if found else None


def required(element: Element, *names: str) -> Element:
    """Return the one child of these names.

    Raises:
        PeerError: MALFORMED where there is not exactly one.
    """
    found = child(element, *names)
    if found is None:
        raise PeerError(Code.MALFORMED, f"{names[0].rpartition('}')[2]} is missing in {local(element)}")
    return found


def text(element: Element) -> str:
    """Return the text of an element that holds nothing else, without white space around it.

    Raises:
        PeerError: MALFORMED where there is more than text.
    """
    if len(element):
        raise PeerError(Code.MALFORMED, f"{local(element)} holds more than text")
    return (element.text or "").strip(_WHITE)


def octets(element: Element) -> bytes:
    """Return the bytes that an element holds in base64.

    Raises:
        PeerError: MALFORMED where it is not exactly base64.
    """
    return decode(text(element), local(element))


def decode(encoded: str, where: str) -> bytes:
    """Return the bytes of base64 with white space in it, of which there is one spelling only.

    Raises:
        PeerError: MALFORMED where it is not exactly base64.
    """
    try:
        compact = encoded.translate(_NO_WHITE).encode("ascii")
        decoded = binascii.a2b_base64(compact, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise PeerError(Code.MALFORMED, f"{where} is not base64") from error
    # Unused bits of the last letter would let two texts mean the same bytes.
    if binascii.b2a_base64(decoded, newline=False) != compact:
        raise PeerError(Code.MALFORMED, f"{where} is not base64 as RFC 4648 section 3.5 has it")
    return decoded


def algorithm(element: Element) -> str:
    """Return the ``Algorithm`` of an element.

    Raises:
        PeerError: MALFORMED where it has none.
    """
    name: str | None = element.get("Algorithm")
    if not name:
        raise PeerError(Code.MALFORMED, f"{local(element)} names no algorithm")
    return name
