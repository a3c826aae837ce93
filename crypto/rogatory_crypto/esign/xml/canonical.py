"""Canonical XML 1.0, 1.1 and exclusive, of whole documents and of parts of them, within a limit.

Where parts are left out, that is done in a copy: elements that are taken out and put back may come back with
other prefixes. All octets made for one document are counted, so that many references to one large part
cannot make work that grows with the square of the file.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.xml.names import EXC_C14N, XML, Element
from rogatory_crypto.esign.xml.reading import parse

BASE_BYTES: Final = 4 * 1024 * 1024
PASSES: Final = 4
PASSES_PER_SIGNATURE: Final = 2
_INHERITED: Final = (f"{{{XML}}}lang", f"{{{XML}}}space")
_BASE: Final = f"{{{XML}}}base"


@dataclass(frozen=True, slots=True)
class Method:
    """A canonicalization method with its parameters."""

    exclusive: bool
    comments: bool
    prefixes: tuple[str, ...] = ()


C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_C14N_11: Final = "http://www.w3.org/2006/12/xml-c14n11"
METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        C14N: Method(exclusive=False, comments=False),
        f"{C14N}#WithComments": Method(exclusive=False, comments=True),
        _C14N_11: Method(exclusive=False, comments=False),
        f"{_C14N_11}#WithComments": Method(exclusive=False, comments=True),
        EXC_C14N: Method(exclusive=True, comments=False),
        f"{EXC_C14N}WithComments": Method(exclusive=True, comments=True),
    }
)
DEFAULT: Final = METHODS[C14N]


@dataclass(frozen=True, slots=True)
class NodeSet:
    """Part of a document, as transforms hand it on.

    Attributes:
        tops: the elements at its top, in document order.
        document: the document node with its processing instructions is part of it; the top is the root.
        comments: comments belong to it (a reference by bare name leaves them out).
        without: elements that were taken out of it.
    """

    tops: tuple[Element, ...]
    document: bool = False
    comments: bool = False
    without: frozenset[Element] = frozenset()


@dataclass(slots=True)
class Canonicalizer:
    """Makes octets of node sets; remembers what it made, and stops at a limit.

    Attributes:
        budget: octets that may still be made.
    """

    budget: int
    _made: dict[tuple[NodeSet, Method], bytes] = field(default_factory=dict)
    _digests: dict[tuple[int, str], tuple[bytes, bytes]] = field(default_factory=dict)
    _copies: dict[tuple[Element, frozenset[Element]], Element] = field(default_factory=dict)

    @classmethod
    def of_size(cls, size: int, signatures: int) -> "Canonicalizer":
        """Return one for so many bytes and signatures: each signature may need all of the document."""
        return cls(BASE_BYTES + size * (PASSES + PASSES_PER_SIGNATURE * signatures))

    def octets(self, nodes: NodeSet, method: Method) -> bytes:
        """Return the canonical form of a node set.

        Raises:
            PeerError: TOO_LARGE beyond the limit; UNSUPPORTED for what this canonicalization cannot treat.
        """
        if "#default" in method.prefixes:
            raise PeerError(Code.UNSUPPORTED, "canonicalization with the prefix list #default")
        key = (nodes, method)
        if key not in self._made:
            made = b"".join(self._top(nodes, top, method) for top in nodes.tops)
            self.spend(len(made))
            self._made[key] = made
        return self._made[key]

    def digest(self, octets: bytes, algorithm: str) -> bytes:
        """Return the digest of octets, made once however often they are referred to."""
        key = (id(octets), algorithm)
        if key not in self._digests:
            # The octets are kept beside their digest, so that no others can take their place in memory.
            self._digests[key] = (digest(algorithm, octets), octets)
        return self._digests[key][0]

    def spend(self, octets: int) -> None:
        """Count octets that were made.

        Raises:
            PeerError: TOO_LARGE beyond the limit.
        """
        self.budget -= octets
        if self.budget < 0:
            raise PeerError(Code.TOO_LARGE, "signing so much of the document so often")

    def _top(self, nodes: NodeSet, top: Element, method: Method) -> bytes:
        lineage = {top, *top.iterancestors()}
        if lineage & nodes.without:
            return b""
        inside = frozenset(each for each in nodes.without if top in set(each.iterancestors()))
        if inside:
            top = self._copy(top, inside)
        comments = method.comments and nodes.comments
        node = top.getroottree() if nodes.document else top
        try:
            if not (method.exclusive or nodes.document):
                self.spend(len(written := _written(top)))
                node = parse(written)
            return _canonical(node, method, comments=comments)
        except etree.C14NError as error:
            raise PeerError(Code.UNSUPPORTED, f"canonicalization: {error}"[:100]) from error

    def _copy(self, top: Element, without: frozenset[Element]) -> Element:
        key = (top, without)
        if key not in self._copies:
            tree = copy.deepcopy(top.getroottree())
            removed = [_follow(tree.getroot(), _path(each)) for each in without]
            for each in removed:
                _remove(each)
            self._copies[key] = _follow(tree.getroot(), _path(top))
        return self._copies[key]


def _path(element: Element) -> list[int]:
    steps = []
    parent = element.getparent()
    while parent is not None:
        steps.append(parent.index(element))
        element, parent = parent, parent.getparent()
    return steps[::-1]


def _follow(root: Element, path: list[int]) -> Element:
    for step in path:
        root = root[step]
    return root


def _remove(element: Element) -> None:
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")
    parent.remove(element)


def _canonical(node: Element, method: Method, *, comments: bool) -> bytes:
    made: bytes = etree.tostring(
        node,
        method="c14n",
        exclusive=method.exclusive,
        with_comments=comments,
        inclusive_ns_prefixes=list(method.prefixes) or None,
    )
    return made


def _written(top: Element) -> bytes:
    """Write an element as a document of its own, with the namespaces and ``xml:`` attributes in its scope.

    Canonical XML 1.0 section 2.4. The library canonicalizes a document rightly and a part of one wrongly,
    where that inherits a default namespace.
    """
    if any(each.get(_BASE) is not None for each in top.iterancestors()):
        raise PeerError(Code.UNSUPPORTED, "canonicalization of a part under an xml:base")
    added = {name: value for name in _INHERITED if (value := _inherited(top, name)) is not None}
    top.attrib.update(added)
    try:
        written: bytes = etree.tostring(top, encoding="utf-8", with_tail=False)
    finally:
        for name in added:
            del top.attrib[name]
    return written


def _inherited(top: Element, name: str) -> str | None:
    if top.get(name) is not None:
        return None
    found = (each.get(name) for each in top.iterancestors())
    return next((value for value in found if value is not None), None)
