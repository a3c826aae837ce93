"""Who signed: the certificate that a signature binds, and whether its key made the signature value."""

from collections.abc import Sequence
from dataclasses import dataclass

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.cms.signer import as_verdict
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate, worse
from rogatory_crypto.esign.xml.certificates import Identified, identify
from rogatory_crypto.esign.xml.coverage import covers_key_info
from rogatory_crypto.esign.xml.dsig import SignatureValue, read_value
from rogatory_crypto.esign.xml.parts import Parts
from rogatory_crypto.esign.xml.qualifying import CertificateReference, certificate_references
from rogatory_crypto.esign.xml.references import Checked
from rogatory_crypto.esign.xml.source import Source


@dataclass(frozen=True, slots=True)
class Known:
    """Certificates that may be the signer's: those in KeyInfo, and those known from elsewhere."""

    named: Sequence[Certificate]
    others: Sequence[Certificate]


@dataclass(frozen=True, slots=True)
class Signer:
    """What is known of who signed, and how.

    Attributes:
        identified: the certificate.
        verdict: PASSED where it is the one that the signature binds, and its key made the signature value.
        digest: the algorithm of the signature, by the name of ``hashlib``; empty where it is not known.
    """

    identified: Identified
    verdict: Verdict
    digest: str = ""


def find_signer(
    parts: Parts, references: Sequence[Checked], source: Source, known: Known, *, bound: bool
) -> Signer:
    """Find who signed; ``bound`` says that the signed properties are signed."""
    try:
        value = read_value(parts, source)
    except PeerError as error:
        return Signer(Identified(None), as_verdict(error))
    stated, readable = _stated(parts) if bound else ((), PASSED)
    identified = identify(
        stated,
        known.named,
        known.others,
        value.is_by,
        key_info_is_signed=covers_key_info(references, parts),
    )
    made = _made(value, identified.certificate)
    return Signer(identified, worst_of(made, readable, identified.verdict), value.algorithm.digest)


def worst_of(*verdicts: Verdict) -> Verdict:
    """Return the worst of verdicts; the first where several are equally bad."""
    found = PASSED
    for each in verdicts:
        found = worse(found, each)
    return found


def _made(value: SignatureValue, certificate: Certificate | None) -> Verdict:
    try:
        return PASSED if certificate is None else value.verdict(certificate)
    except PeerError as error:
        return as_verdict(error)


def _stated(parts: Parts) -> tuple[Sequence[CertificateReference], Verdict]:
    try:
        return certificate_references(parts.qualifying), PASSED
    except PeerError as error:
        reason = f"the signed reference to the certificate cannot be read: {error.detail}"[:300]
        return (), indeterminate(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, reason)
