"""What a signature covers of what the reader sees, and whether each reference is to what it claims.

Signature wrapping moves signed content to where nobody looks and puts other content in its place. So what a
reference calls an Object, a Manifest or SignedProperties has to be that of this very signature, and a
signature that does not cover the document from its root is reported as partial.
"""

from collections.abc import Sequence
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from rogatory_crypto.esign.cms.cades import UNUSED_CONTENTS
from rogatory_crypto.esign.report import Coverage, Scope
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate
from rogatory_crypto.esign.xml.canonical import NodeSet
from rogatory_crypto.esign.xml.names import SIGNATURE, Element, ds
from rogatory_crypto.esign.xml.parts import Parts
from rogatory_crypto.esign.xml.qualifying import SIGNED_PROPERTIES
from rogatory_crypto.esign.xml.references import MANIFEST, OBJECT, Checked
from rogatory_crypto.esign.xml.source import Source

# Roots that hold signatures and nothing else: EN 319 162-1 annex A, ODF 1.2 part 3.
_HOLDERS: Final = frozenset(
    {
        SIGNATURE,
        "{http://uri.etsi.org/02918/v1.2.1#}XAdESSignatures",
        "{http://uri.etsi.org/2918/v1.2.1#}XAdESSignatures",
        "{urn:oasis:names:tc:opendocument:xmlns:digitalsignature:1.0}document-signatures",
    }
)
_OWN_PARTS: Final = frozenset({ds("SignatureProperties"), ds("SignatureProperty")})
PARTIAL: Final = "a part of the document is not signed"
UNSIGNED_STYLE: Final = (
    "the document names a style sheet, which decides what is shown, and does not sign that"
)
UNSIGNED_OBJECT: Final = "the signature carries something that it does not sign"
COUNTER: Final = "this is a counter-signature: it is about another signature, not about the document"


def is_own(checked: Checked, parts: Parts) -> Verdict:
    """Judge whether a reference with a ``Type`` names what that type means, in this signature."""
    top = _top(checked)
    owner = None if top is None else top.getparent()
    if checked.kind in SIGNED_PROPERTIES:
        own = top is not None and top is parts.qualifying.signed
    elif checked.kind == OBJECT and _names_an_element(checked):
        own = top is not None and (top in parts.objects or top is parts.key_info)
    elif checked.kind == MANIFEST and _names_an_element(checked):
        own = top is not None and (top in parts.objects or owner in parts.objects)
    else:
        return PASSED
    reason = f"the reference {(checked.uri or '')[:80]!r} is not to a part of its own signature"
    return PASSED if own else indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, reason)


def _names_an_element(checked: Checked) -> bool:
    return checked.uri is not None and checked.uri.startswith("#") and len(checked.uri) > 1


def _top(checked: Checked) -> Element | None:
    """Return the one element that a reference covers whole."""
    nodes = checked.nodes
    if nodes is None or len(nodes.tops) != 1 or nodes.document:
        return None
    top = nodes.tops[0]
    has_gaps = any(top in each.iterancestors() for each in nodes.without)
    return None if has_gaps or _is_left_out(top, nodes) else top


def covers_properties(references: Sequence[Checked], parts: Parts) -> bool:
    """Tell whether the signed properties are signed, by a reference that says so."""
    return any(
        each.kind in SIGNED_PROPERTIES and _top(each) is parts.qualifying.signed is not None
        for each in references
    )


def covers_key_info(references: Sequence[Checked], parts: Parts) -> bool:
    """Tell whether KeyInfo is signed as a whole."""
    return parts.key_info is not None and any(_top(each) is parts.key_info for each in references)


def data_references(references: Sequence[Checked], parts: Parts) -> list[Checked]:
    """Return the references to what is signed, beside the signature's own properties."""
    return [each for each in references if not _is_about_itself(each, parts)]


def _is_about_itself(checked: Checked, parts: Parts) -> bool:
    """Tell whether a reference is to nothing, or to a part of the signature that is no content."""
    if checked.kind in SIGNED_PROPERTIES:
        return True
    if checked.nodes is None:
        return False
    return all(_is_left_out(top, checked.nodes) or _is_no_content(top, parts) for top in checked.nodes.tops)


def _is_left_out(top: Element, nodes: NodeSet) -> bool:
    return any(each in nodes.without for each in (top, *top.iterancestors()))


def _is_no_content(top: Element, parts: Parts) -> bool:
    lineage = [top, *top.iterancestors()]
    if parts.element not in lineage:
        return False
    return top.tag in _OWN_PARTS or not any(each in parts.data_objects for each in lineage)


def scope_of(
    references: Sequence[Checked], parts: Parts, source: Source, contents: Sequence[bytes]
) -> tuple[Scope, tuple[str, ...]]:
    """Return what is covered, and a warning where that is not all.

    Args:
        references: all of the signature and of its manifests.
        parts: the signature.
        source: the document.
        contents: the files given, for a signature that is not in a container.
    """
    met = [each for each in references if each.verdict == PASSED]
    names = tuple(dict.fromkeys(each.uri or "" for each in met if each.content is not None))
    if parts.countersigned is not None:
        return Scope(Coverage.PARTIAL, covered=names), (COUNTER,)
    warnings = []
    if not _reaches_the_root(met, source):
        warnings.append(PARTIAL)
    if any(not _is_covered(each, met) for each in parts.data_objects):
        warnings.append(UNSIGNED_OBJECT)
    used = {id(each.content) for each in met}
    unused = (UNUSED_CONTENTS,) * any(id(content) not in used for content in contents)
    # Where a signed file is not there, nobody sees the whole of what was signed.
    absent = any(each.verdict.sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND for each in references)
    is_partial = absent or bool(warnings) or (bool(unused) and bool(names))
    coverage = Coverage.PARTIAL if is_partial else Coverage.WHOLE_DOCUMENT
    return Scope(coverage, covered=names), (*warnings, *unused)


def style_is_signed(references: Sequence[Checked], source: Source) -> Verdict:
    """Judge whether a style sheet that the document names is signed: it decides what a reader is shown.

    It is named before the root (Associating Style Sheets with XML documents 1.0), where only a reference to
    the whole document reaches.
    """
    root = source.document.root
    around = (*root.itersiblings(preceding=True), *root.itersiblings())
    named = any(each.tag is etree.PI and each.target == "xml-stylesheet" for each in around)
    whole = (each.nodes for each in references if each.nodes and each.nodes.document)
    if not named or any(root in nodes.tops for nodes in whole):
        return PASSED
    return indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, UNSIGNED_STYLE)


def _reaches_the_root(met: Sequence[Checked], source: Source) -> bool:
    root = source.document.root
    if any(_is_whole(each, root) for each in met):
        return True
    # Where the root holds nothing but signatures, the content is what they carry or what stands outside.
    only_signatures = root.tag == SIGNATURE or all(
        each.tag == SIGNATURE for each in root if isinstance(each.tag, str)
    )
    return root.tag in _HOLDERS and only_signatures and bool(met)


def _is_whole(checked: Checked, root: Element) -> bool:
    nodes = checked.nodes
    if nodes is None or root not in nodes.tops:
        return False
    return all(each.tag == SIGNATURE and each is not root for each in nodes.without)


def _is_covered(element: Element, met: Sequence[Checked]) -> bool:
    tops = {top for each in met if (top := _top(each)) is not None}
    if not tops.isdisjoint((element, *element.iterancestors())):
        return True
    inner = list(element)
    loose = (element.text or "").strip() or any((each.tail or "").strip() for each in inner)
    return bool(inner) and not loose and all(each in tops for each in inner)
