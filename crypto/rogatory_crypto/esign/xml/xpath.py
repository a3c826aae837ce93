"""The spellings of XPath 1.0 and XPath Filter 2.0 that signing software writes, each done as what it means.

XPath is never run on a document.
"""

import re
from collections.abc import Sequence
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.canonical import NodeSet
from rogatory_crypto.esign.xml.names import DS, FILTER2, Element
from rogatory_crypto.esign.xml.source import Source

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


def xpath(nodes: NodeSet, expression: Element, source: Source) -> NodeSet:
    """XPath 1.0: all but the signatures, in one of the spellings known.

    Raises:
        PeerError: UNSUPPORTED with the expression named; MALFORMED.
    """
    found = _WITHOUT_SIGNATURES.fullmatch(_compact(expression))
    if not found:
        raise PeerError(Code.UNSUPPORTED, f"the XPath {_compact(expression)[:100]}")
    return nodes.leaving_out(_signatures(found, expression, source))


def filter_step(nodes: NodeSet, expression: Element, source: Source) -> NodeSet:
    """XPath Filter 2.0: one step of ``subtract`` or ``intersect``.

    Raises:
        PeerError: UNSUPPORTED with the expression named; MALFORMED.
    """
    if expression.tag != f"{{{FILTER2}}}XPath":
        raise PeerError(Code.MALFORMED, "a filter that is no XPath")
    selected = _selected(expression, source)
    match expression.get("Filter"):
        case "subtract":
            return nodes.leaving_out(selected)
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
