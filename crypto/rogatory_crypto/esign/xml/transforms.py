"""The transforms of a reference (XMLDSig 1.1 section 4.4.3.4): a short list, and anything else by name.

A transform that is not known leaves the signature INDETERMINATE; to skip it would be to check something else
than was signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.canonical import DEFAULT, METHODS, Method, NodeSet
from rogatory_crypto.esign.xml.elements import algorithm, child, decode, required
from rogatory_crypto.esign.xml.names import EXC_C14N, FILTER2, Element, ds
from rogatory_crypto.esign.xml.reading import read_xml
from rogatory_crypto.esign.xml.source import Source
from rogatory_crypto.esign.xml.xpath import filter_step, xpath

MAX_TRANSFORMS: Final = 8
_BASE64: Final = "http://www.w3.org/2000/09/xmldsig#base64"
_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
Data: TypeAlias = NodeSet | bytes


@dataclass(frozen=True, slots=True)
class Transformed:
    """What became of the content of a reference.

    Attributes:
        data: the result, still a node set where no transform made octets of it.
        nodes: the last node set of the signed document on the way; absent where the content is outside of it.
    """

    data: Data
    nodes: NodeSet | None


def transform(data: Data, transforms: Sequence[Element], source: Source) -> Transformed:
    """Apply transforms in order.

    Raises:
        PeerError: UNSUPPORTED with the transform named; MALFORMED; TOO_LARGE.
    """
    if len(transforms) > MAX_TRANSFORMS:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_TRANSFORMS} transforms")
    nodes = data if isinstance(data, NodeSet) else None
    for each in transforms:
        data = _apply(data, each, source)
        nodes = data if isinstance(data, NodeSet) and nodes is not None else nodes
    return Transformed(data, nodes)


def _apply(data: Data, element: Element, source: Source) -> Data:
    uri = algorithm(element)
    if uri in METHODS:
        return source.canonicalizer.octets(_nodes(data), _with_prefixes(METHODS[uri], element))
    match uri:
        case _ if uri == _BASE64:
            return _from_base64(data)
        case _ if uri == _ENVELOPED:
            return _own(data, source, uri).leaving_out([source.signature])
        case _ if uri == _XPATH:
            return xpath(_own(data, source, uri), required(element, ds("XPath")), source)
        case _ if uri == FILTER2:
            filtered = _own(data, source, uri)
            for each in element:
                filtered = filter_step(filtered, each, source)
            return filtered
    raise PeerError(Code.UNSUPPORTED, f"the transform {uri[:100]}")


def canonical(data: Data, method: Method, source: Source) -> bytes:
    """Return octets as they are, and a node set in its canonical form."""
    return data if isinstance(data, bytes) else source.canonicalizer.octets(data, method)


def digest_input(transformed: Transformed, source: Source) -> bytes:
    """Return what is hashed in the end: what is still a node set is canonicalized (section 4.4.3.2)."""
    return canonical(transformed.data, DEFAULT, source)


def canonicalization(element: Element | None) -> Method:
    """Return the method that an element names, with its prefixes; absent is Canonical XML 1.0.

    Raises:
        PeerError: UNSUPPORTED where it is not known here.
    """
    if element is None or not element.get("Algorithm"):
        return DEFAULT
    uri = algorithm(element)
    if uri not in METHODS:
        raise PeerError(Code.UNSUPPORTED, f"the canonicalization {uri[:100]}")
    return _with_prefixes(METHODS[uri], element)


def _with_prefixes(method: Method, element: Element) -> Method:
    inclusive = child(element, f"{{{EXC_C14N}}}InclusiveNamespaces") if method.exclusive else None
    if inclusive is None:
        return method
    return replace(method, prefixes=tuple((inclusive.get("PrefixList") or "").split()[:64]))


def _nodes(data: Data) -> NodeSet:
    """Return the node set of octets, with comments (XMLDSig 1.1 section 4.4.3.2)."""
    if isinstance(data, NodeSet):
        return data
    return NodeSet((read_xml(data).root,), document=True, comments=True)


def _own(data: Data, source: Source, uri: str) -> NodeSet:
    """Refuse a transform about signatures on anything but nodes of the signed document."""
    if isinstance(data, NodeSet) and all(
        top.getroottree().getroot() is source.document.root for top in data.tops
    ):
        return data
    raise PeerError(Code.UNSUPPORTED, f"the transform {uri[:80]} on something outside of the document")


def _from_base64(data: Data) -> bytes:
    if isinstance(data, bytes):
        return decode(data.decode("ascii", "replace"), "what is signed")
    # A reader that stops at the first thing inside of the text would decode less than was signed.
    if data.without or any(len(top) for top in data.tops):
        raise PeerError(Code.UNSUPPORTED, "base64 of an element that holds more than text")
    return decode("".join(top.text or "" for top in data.tops), "what is signed")
