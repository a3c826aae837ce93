"""Checks an XML document with its signatures: XMLDSig and XAdES, enveloped, enveloping or detached."""

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.document_report import document_report
from rogatory_crypto.esign.report import DocumentFormat, Report
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.trust.list_document import check_trusted_list, is_list_document
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import SubIndication, indeterminate
from rogatory_crypto.esign.xml.signatures import find_xml_signatures


def check_xml(document: bytes, terms: Terms) -> Report:
    """Check every signature of an XML document; a counter-signature decides nothing about the document.

    Raises:
        PeerError: TOO_LARGE for a trusted list.
    """
    if is_list_document(document):
        return check_trusted_list(document, terms)
    try:
        found = find_xml_signatures(document, None, terms)
    except PeerError as error:
        # That a document could not be read says neither that it is forged nor that it is genuine.
        unread = indeterminate(SubIndication.GENERIC, f"the document could not be read: {error.detail}")
        return document_report(DocumentFormat.XADES, terms.at, (), verdict=unread)
    return document_report(
        DocumentFormat.XADES,
        terms.at,
        [validate(each, terms) for each in found if not each.is_counter_signature],
        counter_signatures=[validate(each, terms) for each in found if each.is_counter_signature],
    )
