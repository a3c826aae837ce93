"""Canonical XML 1.0, 1.1 and exclusive, of whole documents and of parts of them, within a limit.

Where parts are left out, they are cut out of the form of the whole, which is made once for all references to
it. All octets made for one document are counted, so that many references to one large part
cannot make work that grows with the square of the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.xml.excision import Marked, Whole
from rogatory_crypto.esign.xml.names import EXC_C14N, SIGNATURE, XML, Element
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

    def leaving_out(self, elements: Iterable[Element]) -> "NodeSet":
        """Return it without more elements."""
        return replace(self, without=self.without | frozenset(elements))


@dataclass(slots=True)
class Canonicalizer:
    """Makes octets of node sets; remembers what it made, and stops at a limit.

    Attributes:
        budget: octets that may still be made.
        size: of what is signed, in bytes; to copy it counts as much.
    """

    budget: int
    size: int
    _made: dict[tuple[NodeSet, Method], bytes] = field(default_factory=dict)
    _digests: dict[tuple[int, str], tuple[bytes, bytes]] = field(default_factory=dict)
    _wholes: dict[tuple[Element, "_Form", Marked], Whole] = field(default_factory=dict)
    _marked: dict[Element, Marked] = field(default_factory=dict)

    @classmethod
    def of_size(cls, size: int, signatures: int) -> "Canonicalizer":
        """Return one for so many bytes and signatures: each signature may need all of the document."""
        return cls(BASE_BYTES + size * (PASSES + PASSES_PER_SIGNATURE * signatures), size)

    def octets(self, nodes: NodeSet, method: Method) -> bytes:
        """Return the canonical form of a node set.

        Raises:
            PeerError: TOO_LARGE beyond the limit; UNSUPPORTED for what this canonicalization cannot treat.
        """
        if "#default" in method.prefixes:
            raise PeerError(Code.UNSUPPORTED, "canonicalization with the prefix list #default")
        key = (nodes, method)
        if key not in self._made:
            parts = [self._top(nodes, top, method) for top in nodes.tops]
            made = parts[0] if len(parts) == 1 else b"".join(parts)
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
        form = _Form(nodes.document, method, nodes.comments)
        inside = frozenset(each for each in nodes.without if top in set(each.iterancestors()))
        try:
            if inside:
                return self._whole(top, inside, form).without(inside)
            return self._formed(top, form)
        except etree.C14NError as error:
            raise PeerError(Code.UNSUPPORTED, f"canonicalization: {error}"[:100]) from error

    def _whole(self, top: Element, inside: frozenset[Element], form: "_Form") -> Whole:
        """Return the form of an element with the places of all that is left out of it, made once for all."""
        marked = self._marks_of(top.getroottree().getroot(), inside)
        key = (top, form, marked)
        if key not in self._wholes:
            self._wholes[key] = marked.measured(self._formed(marked.twin(top), form))
            self.spend(len(self._wholes[key].octets))
        return self._wholes[key]

    def _marks_of(self, root: Element, elements: frozenset[Element]) -> Marked:
        """Return a copy of the document with marks around its signatures and these elements."""
        known = self._marked.get(root)
        if known is None or not elements.issubset(known.elements):
            others = root.iter(SIGNATURE) if known is None else known.elements
            marked = Marked(root, elements.union(each for each in others if each is not root))
            self.spend(self.size)
            self._marked[root] = known = marked
        return known

    def _formed(self, top: Element, form: "_Form") -> bytes:
        node = top.getroottree() if form.document else top
        if not (form.method.exclusive or form.document):
            self.spend(len(written := _written(top)))
            node = parse(written)
        return _canonical(node, form.method, comments=form.method.comments and form.comments)


@dataclass(frozen=True, slots=True)
class _Form:
    """In which form octets are made, whatever they are of: see ``NodeSet``."""

    document: bool
    method: Method
    comments: bool


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
