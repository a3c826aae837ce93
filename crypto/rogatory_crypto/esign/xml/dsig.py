"""Core validation of one XML signature (XMLDSig 1.1 section 3.2): references first, then the value."""

from collections.abc import Sequence
from dataclasses import dataclass

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.cms.signature_algorithm import SignatureAlgorithm
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate, worse
from rogatory_crypto.esign.xml.algorithms import is_signed_by, signature_algorithm
from rogatory_crypto.esign.xml.canonical import NodeSet
from rogatory_crypto.esign.xml.coverage import data_references, is_own
from rogatory_crypto.esign.xml.elements import algorithm, octets, required
from rogatory_crypto.esign.xml.names import Element, ds
from rogatory_crypto.esign.xml.parts import Parts
from rogatory_crypto.esign.xml.references import MANIFEST, Checked, Outside, check_references
from rogatory_crypto.esign.xml.source import Source
from rogatory_crypto.esign.xml.transforms import canonicalization

NOTHING_SIGNED = "no reference says which content is signed"
NOT_ITS_KEY = "the signature is not one of the certificate's key"
NOT_COUNTERSIGNED = "the counter-signature is not about the signature in which it stands"


@dataclass(frozen=True, slots=True)
class References:
    """The references of a signature after their check.

    Attributes:
        signed: those of ``SignedInfo``, in order.
        listed: those of the manifests among them.
        verdict: PASSED where every one is met and is to what it claims.
    """

    signed: tuple[Checked, ...]
    listed: tuple[Checked, ...]
    verdict: Verdict

    def digests(self) -> frozenset[str]:
        """Return the digest algorithms that they rest on."""
        return frozenset(each.digest for each in (*self.signed, *self.listed) if each.digest)


def check_signed(parts: Parts, source: Source, outside: Outside) -> References:
    """Check everything that a signature signs.

    Raises:
        PeerError: MALFORMED, TOO_LARGE or UNSUPPORTED where that cannot be told.
    """
    signed = check_references(parts.signed_info, source, outside)
    verdict = PASSED
    for each in signed:
        verdict = worse(verdict, worse(each.verdict, is_own(each, parts)))
    listed: list[Checked] = []
    for manifest in _manifests(signed):
        listed += check_references(manifest, source, outside)
    for each in listed:
        verdict = worse(verdict, each.verdict)
    if not data_references(signed, parts):
        verdict = worse(verdict, indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, NOTHING_SIGNED))
    return References(signed, tuple(listed), worse(verdict, _countersigned(signed, parts)))


def _manifests(signed: Sequence[Checked]) -> list[Element]:
    tops = [top for each in signed if each.nodes for top in each.nodes.tops]
    direct = [top for top in tops if top.tag == ds("Manifest")]
    inside = [
        inner
        for each in signed
        if each.kind == MANIFEST and each.nodes
        for top in each.nodes.tops
        for inner in top
        if inner.tag == ds("Manifest")
    ]
    return list(dict.fromkeys([*direct, *inside]))


def _countersigned(signed: Sequence[Checked], parts: Parts) -> Verdict:
    if parts.countersigned is None:
        return PASSED
    tops = [top for each in signed if each.nodes for top in each.nodes.tops]
    if any(top is parts.countersigned for top in tops):
        return PASSED
    return failed(SubIndication.HASH_FAILURE, NOT_COUNTERSIGNED)


@dataclass(frozen=True, slots=True)
class SignatureValue:
    """The signature value with what it has to match.

    Attributes:
        algorithm: how it was made.
        value: its octets.
        message: the canonical form of ``SignedInfo``.
    """

    algorithm: SignatureAlgorithm
    value: bytes
    message: bytes

    def is_by(self, certificate: Certificate) -> bool:
        """Tell whether it was made with the key of a certificate; a key that cannot be used made nothing."""
        try:
            return is_signed_by(certificate, self.algorithm, self.value, self.message)
        except PeerError:
            return False

    def verdict(self, certificate: Certificate) -> Verdict:
        """Return PASSED where it was made with the key of a certificate.

        Raises:
            PeerError: UNSUPPORTED where the key cannot be used.
        """
        if is_signed_by(certificate, self.algorithm, self.value, self.message):
            return PASSED
        return failed(SubIndication.SIG_CRYPTO_FAILURE, NOT_ITS_KEY)


def read_value(parts: Parts, source: Source) -> SignatureValue:
    """Read the signature value.

    Raises:
        PeerError: MALFORMED or UNSUPPORTED.
    """
    stated = required(parts.signed_info, ds("CanonicalizationMethod"))
    algorithm(stated)
    nodes = NodeSet((parts.signed_info,), comments=True)
    return SignatureValue(
        algorithm=signature_algorithm(required(parts.signed_info, ds("SignatureMethod"))),
        value=octets(parts.value),
        message=source.canonicalizer.octets(nodes, canonicalization(stated)),
    )
