"""Every signature of an XML document, as its format finds it.

For a document of its own, for signatures inside a container, and for trusted lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.cms.attributes import ESCAPING
from rogatory_crypto.esign.cms.signer import as_verdict
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.found import FoundSignature
from rogatory_crypto.esign.report import Coverage, Scope
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate
from rogatory_crypto.esign.xml.canonical import Canonicalizer
from rogatory_crypto.esign.xml.carried import carried_evidence
from rogatory_crypto.esign.xml.certificates import key_info_certificates
from rogatory_crypto.esign.xml.claims import claims, time_mark
from rogatory_crypto.esign.xml.coverage import covers_properties, scope_of, style_is_signed
from rogatory_crypto.esign.xml.dsig import References, check_signed
from rogatory_crypto.esign.xml.names import SIGNATURE, Element
from rogatory_crypto.esign.xml.parts import Parts, read_parts
from rogatory_crypto.esign.xml.qualifying import read_qualifying, signing_time
from rogatory_crypto.esign.xml.reading import XmlDocument, read_xml
from rogatory_crypto.esign.xml.references import Outside, Resolve
from rogatory_crypto.esign.xml.signer import Known, find_signer, worst_of
from rogatory_crypto.esign.xml.source import Source
from rogatory_crypto.esign.xml.timestamps import Stamped, find_timestamps

_ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}Assertion"
UNSIGNED_PROPERTIES = "the signature does not sign its own properties"


def find_xml_signatures(document: bytes, resolve: Resolve | None, terms: Terms) -> tuple[FoundSignature, ...]:
    """Every ``ds:Signature`` of an XML document, in document order, counter-signatures among them.

    Args:
        document: the whole file.
        resolve: the content a detached reference names, in a container; absent outside of one, where a
            reference is met by whichever of the given contents has its digest, whatever its name.
        terms: the contents and the evidence given; trust is not asked for here.

    Raises:
        PeerError: MALFORMED, TOO_LARGE or UNSUPPORTED where the document as a whole could not be read.
    """
    opened = read_xml(document)
    contents = terms.contents if resolve is None else ()
    finding = _Finding(
        document=opened,
        canonicalizer=Canonicalizer.of_size(len(document) + sum(map(len, contents)), len(opened.signatures)),
        outside=Outside(resolve, contents),
        terms=terms,
    )
    own = [each for each in opened.signatures if not _is_in_an_assertion(each)]
    return tuple(finding.find(each, number) for number, each in enumerate(own, 1))


def _countersigned(parts: Parts) -> str:
    value = parts.countersigned
    return "" if value is None else str(value.getparent().get("Id") or "")


@dataclass(frozen=True, slots=True)
class _Finding:
    """The work on one document."""

    document: XmlDocument
    canonicalizer: Canonicalizer
    outside: Outside
    terms: Terms

    def find(self, signature: Element, number: int) -> FoundSignature:
        """Find one signature; what cannot be read of it becomes its verdict, and the others stand."""
        identifier = signature.get("Id") or f"signature {number}"
        try:
            return self._find(identifier, read_parts(signature))
        except ESCAPING as error:
            return FoundSignature(
                identifier, "XMLDSig", as_verdict(error), None, frozenset(), None, Scope(Coverage.UNCLEAR)
            )

    def _find(self, identifier: str, parts: Parts) -> FoundSignature:
        source = Source(self.document, parts.element, self.canonicalizer)
        references = check_signed(parts, source, self.outside)
        bound = covers_properties(references.signed, parts)
        named = key_info_certificates(parts.element)
        evidence = Evidence(named) + _carried(parts)
        known = Known(named, self._others(evidence))
        signer = find_signer(parts, references.signed, source, known, bound=bound)
        stamped = _stamped(parts, references, source)
        every = (*references.signed, *references.listed)
        scope, partial = scope_of(every, parts, source, self.outside.contents)
        claimed = claims(parts.qualifying, self.outside.contents) if bound else ()
        return FoundSignature(
            identifier=identifier,
            family="XMLDSig" if parts.qualifying.signed is None else "XAdES-BASELINE",
            integrity=worst_of(
                references.verdict,
                signer.verdict,
                _own(parts, bound=bound),
                stamped.integrity,
                self._style(references, source),
            ),
            signer=signer.identified.certificate,
            digests=references.digests() | ({signer.digest} - {""}),
            claimed_time=signing_time(parts.qualifying) if bound else None,
            scope=scope,
            timestamps=stamped.found,
            evidence=evidence,
            warnings=(*partial, *signer.identified.warnings, *claimed, *stamped.warnings),
            is_counter_signature=parts.countersigned is not None,
            countersigns=_countersigned(parts),
        )

    def _style(self, references: References, source: Source) -> Verdict:
        """In a container, readers are shown other files than that with the signatures."""
        return PASSED if self.outside.resolve else style_is_signed(references.signed, source)

    def _others(self, evidence: Evidence) -> Sequence[Certificate]:
        anchors = (anchor.certificate for anchor in self.terms.anchors.anchors)
        return (*evidence.certificates, *self.terms.evidence.certificates, *anchors)


def _is_in_an_assertion(signature: Element) -> bool:
    """Tell whether it is that of an assertion that another signature carries: a claim, like a role."""
    parent = signature.getparent()
    return (
        parent is not None
        and parent.tag == _ASSERTION
        and next(signature.iterancestors(SIGNATURE), None) is not None
    )


def _stamped(parts: Parts, references: References, source: Source) -> Stamped:
    try:
        return find_timestamps(parts, references.signed, source)
    except PeerError as error:
        return Stamped(integrity=as_verdict(error))


def _own(parts: Parts, *, bound: bool) -> Verdict:
    if parts.qualifying.signed is None:
        return PASSED
    if bound:
        return time_mark(parts.qualifying)
    return indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, UNSIGNED_PROPERTIES)


def _carried(parts: Parts) -> Evidence:
    """Return what the signature carries, and what the signatures around a counter-signature carry."""
    evidence = carried_evidence(parts.qualifying.unsigned)
    for outer in parts.element.iterancestors(SIGNATURE):
        try:
            evidence += carried_evidence(read_qualifying(outer).unsigned)
        except PeerError:
            continue
    return evidence
