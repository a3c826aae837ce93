"""The transforms of a reference (XMLDSig 1.1 section 4.4.3.4): a short list, and anything else by name.

XPath is never run on the document: of XPath 1.0 and XPath Filter 2.0 only the spellings are known that
signing software writes, and each is done as what it means. A transform that is not known leaves the
signature INDETERMINATE; to skip it would be to check something else than was signed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.canonical import DEFAULT, METHODS, Canonicalizer, Method, NodeSet
from rogatory_crypto.esign.xml.elements import algorithm, child, decode, required
from rogatory_crypto.esign.xml.names import DS, EXC_C14N, FILTER2, Element, ds
from rogatory_crypto.esign.xml.reading import XmlDocument, read_xml

MAX_TRANSFORMS: Final = 8
_BASE64: Final = "http://www.w3.org/2000/09/xmldsig#base64"
_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
_NAME: Final = r"[A-Za-z_][\w.-]*"
_WITHOUT_SIGNATURES: Final = re.compile(
    rf"not\( ?(?:ancestor-or-self::(?P<prefix>{_NAME}):Signature"
    rf"|ancestor-or-self::\*\[name\(\) ?= ?'(?P<name>{_NAME}):Signature'\]) ?\)"
)
_ALL_SIGNATURES: Final = re.compile(
    r"(?P<where>/descendant::|//|/\*/)"
    rf"(?:(?P<prefix>{_NAME}):Signature|\*\[name\(\) ?= ?'(?P<name>{_NAME}):Signature'\])"
)
_THIS_SIGNATURE: Final = re.compile(rf"here\(\)/ancestor::(?P<prefix>{_NAME}):Signature(?:\[1\])?")
_BY_ID: Final = re.compile(
    rf"(?:id\(['\"](?P<id>[^'\"]{{1,256}})['\"]\)|//\*\[@Id ?= ?['\"](?P<at>[^'\"]{{1,256}})['\"]\])"
    rf"(?P<steps>(?:/{_NAME}:{_NAME})*)"
)

Data: TypeAlias = NodeSet | bytes


@dataclass(frozen=True, slots=True)
class Source:
    """What transforms work in.

    Attributes:
        document: the document that holds the signature.
        signature: the signature that the reference belongs to.
        canonicalizer: makes octets of node sets.
    """

    document: XmlDocument
    signature: Element
    canonicalizer: Canonicalizer


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
            return _without(_own(data, source, uri), [source.signature])
        case _ if uri == _XPATH:
            return _xpath(_own(data, source, uri), required(element, ds("XPath")), source)
        case _ if uri == FILTER2:
            filtered = _own(data, source, uri)
            for each in element:
                filtered = _filter(filtered, each, source)
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


def _without(nodes: NodeSet, elements: Sequence[Element]) -> NodeSet:
    return replace(nodes, without=nodes.without | frozenset(elements))


def _xpath(nodes: NodeSet, expression: Element, source: Source) -> NodeSet:
    found = _WITHOUT_SIGNATURES.fullmatch(_compact(expression))
    if not found:
        raise PeerError(Code.UNSUPPORTED, f"the XPath {_compact(expression)[:100]}")
    return _without(nodes, _signatures(found, expression, source))


def _filter(nodes: NodeSet, expression: Element, source: Source) -> NodeSet:
    """XPath Filter 2.0: one step of ``subtract`` or ``intersect``."""
    if expression.tag != f"{{{FILTER2}}}XPath":
        raise PeerError(Code.MALFORMED, "a filter that is no XPath")
    selected = _selected(expression, source)
    match expression.get("Filter"):
        case "subtract":
            return _without(nodes, selected)
        case "intersect":
            return _intersect(nodes, selected)
    raise PeerError(Code.UNSUPPORTED, f"the filter {str(expression.get('Filter'))[:40]}")


def _intersect(nodes: NodeSet, selected: Sequence[Element]) -> NodeSet:
    tops = set(nodes.tops)
    for each in selected:
        if not tops & {each, *each.iterancestors()}:
            raise PeerError(Code.UNSUPPORTED, "an intersection with something outside")
    return NodeSet(tuple(selected), comments=nodes.comments, without=nodes.without)


def _selected(expression: Element, source: Source) -> Sequence[Element]:
    written = _compact(expression)
    if found := _ALL_SIGNATURES.fullmatch(written):
        signatures = _signatures(found, expression, source)
        # The third spelling means those right below the root alone.
        at_root = [each for each in signatures if each.getparent() is source.document.root]
        return at_root if found["where"] == "/*/" else signatures
    if (found := _THIS_SIGNATURE.fullmatch(written)) and expression.nsmap.get(found["prefix"]) == DS:
        return [source.signature]
    if found := _BY_ID.fullmatch(written):
        return _by_id(found, expression, source)
    raise PeerError(Code.UNSUPPORTED, f"the XPath {written[:100]}")


def _by_id(found: re.Match[str], expression: Element, source: Source) -> Sequence[Element]:
    top = source.document.by_id(found["id"] or found["at"])
    selected = [] if top is None else [top]
    for step in found["steps"].split("/")[1:]:
        prefix, _, name = step.partition(":")
        tag = f"{{{expression.nsmap.get(prefix)}}}{name}"
        selected = [child for parent in selected for child in parent if child.tag == tag]
    return selected


def _compact(expression: Element) -> str:
    if len(expression):
        raise PeerError(Code.MALFORMED, "an XPath that holds more than text")
    return " ".join((expression.text or "").split())


def _signatures(found: re.Match[str], expression: Element, source: Source) -> Sequence[Element]:
    """Return the signatures that an expression means: by namespace, or by how their names are written."""
    if found["name"]:
        return [each for each in source.document.signatures if each.prefix == found["name"]]
    if expression.nsmap.get(found["prefix"]) != DS:
        raise PeerError(Code.UNSUPPORTED, f"the XPath {_compact(expression)[:100]}")
    return source.document.signatures
