"""Checks a trusted list as a signed document: who signed it, and may they sign the list of that territory.

A list is signed once, in one form (TS 119 612 clause 5.7), by somebody whom a list of lists names for its
territory, or whom the caller pinned. So its signer needs no chain, and a chain would not help.
"""

from collections.abc import Sequence
from dataclasses import replace

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.found import FoundSignature
from rogatory_crypto.esign.report import DocumentFormat, Report, SignatureReport, overall
from rogatory_crypto.esign.sentence import sentence
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.trust.anchor import Anchor, Anchors, Purpose
from rogatory_crypto.esign.trust.given_lists import overdue
from rogatory_crypto.esign.trust.list_reading import open_list, read_trusted_list
from rogatory_crypto.esign.trust.list_signature import require_form
from rogatory_crypto.esign.trust.trusted_list import TrustedList
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate, worse
from rogatory_crypto.esign.xml.reading import XmlDocument
from rogatory_crypto.esign.xml.signatures import find_xml_signatures


def check_trusted_list(document: bytes, terms: Terms) -> Report:
    """Check the signature of a trusted list.

    Args:
        document: the list.
        terms: its anchors count that may sign lists of this territory, and pinned signers.

    Raises:
        PeerError: MALFORMED, TOO_LARGE or UNSUPPORTED where it cannot be read as a list.
    """
    opened = open_list(document)
    content = read_trusted_list(opened)
    operators = replace(terms, anchors=_operators(terms.anchors, content.territory))
    form = _form(opened)
    found = find_xml_signatures(document, None, operators)
    signatures = tuple(validate(_with(each, form), operators) for each in found)
    return _report(content, signatures, terms)


def _form(opened: XmlDocument) -> Verdict:
    try:
        require_form(opened)
    except PeerError as error:
        return failed(SubIndication.FORMAT_FAILURE, error.detail)
    return PASSED


def _with(found: FoundSignature, form: Verdict) -> FoundSignature:
    """Say what is wrong with the form unless something worse is wrong already."""
    return replace(found, integrity=worse(found.integrity, form))


def _operators(anchors: Anchors, territory: str) -> Anchors:
    """Who may sign this list, as signers; nobody else counts, whatever else they are trusted for."""
    return Anchors(tuple(_pinned(anchors.anchors, territory)), anchors.shortcomings)


def _pinned(anchors: Sequence[Anchor], territory: str) -> list[Anchor]:
    signer = frozenset({Purpose.SIGNER})
    named = [
        replace(each, purposes=signer)
        for each in anchors
        if Purpose.LIST_OPERATOR in each.purposes and each.source.territory == territory
    ]
    return named + [replace(each, purposes=signer) for each in anchors if Purpose.SIGNER in each.purposes]


def _report(content: TrustedList, signatures: tuple[SignatureReport, ...], terms: Terms) -> Report:
    nothing = indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, f"the {content.title} is signed by nobody")
    worst = next((each for each in signatures if each.indication is overall(signatures)), None)
    warnings = (overdue(content),) if content.stale(terms.at) else ()
    return Report(
        format=DocumentFormat.XADES,
        indication=overall(signatures),
        validation_time=terms.at,
        reason=nothing.reason if worst is None else "",
        sentence=sentence(nothing) if worst is None else worst.sentence,
        signatures=signatures,
        warnings=warnings,
    )
