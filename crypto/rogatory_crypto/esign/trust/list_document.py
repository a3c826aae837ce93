"""Checks a trusted list as a signed document: who signed it, and may they sign the list of that territory.

A list is signed once, in one form (TS 119 612 clause 5.7), by somebody whom a list of lists names for its
territory, or whom the caller pinned. So its signer needs no chain, and a chain would not help.
"""

from dataclasses import replace
from typing import Final

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.document_report import document_report
from rogatory_crypto.esign.found import FoundSignature
from rogatory_crypto.esign.report import DocumentFormat, Report
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.trust.anchor import Anchor, Anchors, Purpose
from rogatory_crypto.esign.trust.given_lists import overdue
from rogatory_crypto.esign.trust.list_reading import is_trusted_list, open_list, read_trusted_list
from rogatory_crypto.esign.trust.list_signature import require_form
from rogatory_crypto.esign.trust.trusted_list import TrustedList
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, worse
from rogatory_crypto.esign.xml.reading import XmlDocument, read_xml
from rogatory_crypto.esign.xml.signatures import find_xml_signatures

_ROOT: Final = b"TrustServiceStatusList"
_HEAD_BYTES: Final = 4096


def is_list_document(document: bytes) -> bool:
    """Tell whether a document is a trusted list; one that hides it is checked as any other XML is."""
    try:
        return _ROOT in document[:_HEAD_BYTES] and is_trusted_list(read_xml(document))
    except PeerError:
        return False


def check_trusted_list(document: bytes, terms: Terms) -> Report:
    """Check the signature of a trusted list.

    Args:
        document: the list.
        terms: its anchors count that may sign lists of this territory, and pinned signers.

    Raises:
        PeerError: TOO_LARGE, or what ``is_list_document`` would have said.
    """
    opened = open_list(document)
    content, form = _content(opened)
    territory = content.territory if content is not None else ""
    operators = replace(terms, anchors=_operators(terms.anchors, territory))
    found = find_xml_signatures(document, None, operators)
    warnings = (overdue(content),) if content is not None and content.stale(terms.at) else ()
    signatures = [validate(_with(each, form), operators) for each in found]
    return document_report(DocumentFormat.XADES, terms.at, signatures, warnings=warnings)


def _content(opened: XmlDocument) -> tuple[TrustedList | None, Verdict]:
    """What it says, and whether it has the form of a list that is signed."""
    try:
        content = read_trusted_list(opened)
    except PeerError as error:
        return None, failed(SubIndication.FORMAT_FAILURE, error.detail)
    try:
        require_form(opened)
    except PeerError as error:
        return content, failed(SubIndication.FORMAT_FAILURE, error.detail)
    return content, PASSED


def _with(found: FoundSignature, form: Verdict) -> FoundSignature:
    """Say what is wrong with the form unless something as bad is wrong already."""
    return replace(found, integrity=worse(found.integrity, form))


def _operators(anchors: Anchors, territory: str) -> Anchors:
    """Who may sign this list, as signers; nobody else counts, whatever else they are trusted for."""
    named = (_as_signer(each) for each in anchors.anchors if _may_sign(each, territory))
    return Anchors(tuple(named), anchors.shortcomings)


def _may_sign(anchor: Anchor, territory: str) -> bool:
    if Purpose.LIST_OPERATOR in anchor.purposes:
        return anchor.source.territory == territory
    return Purpose.SIGNER in anchor.purposes


def _as_signer(anchor: Anchor) -> Anchor:
    return replace(anchor, purposes=anchor.purposes & {Purpose.LIST_OPERATOR} | {Purpose.SIGNER})
