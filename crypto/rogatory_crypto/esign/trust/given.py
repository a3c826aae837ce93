"""Trust anchors given by the caller as files: certificates, or trusted lists.

What a certificate is trusted for follows from what it says of itself: one that may issue others (RFC 5280
section 4.2.1.9) ends chains; any other ends only its own, as a pinned signer, a time-stamping unit or an OCSP
responder (RFC 5280 section 4.2.1.12).
"""

from collections.abc import Sequence
from typing import Final

from asn1crypto import pem, x509  # type: ignore[import-untyped]

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.certificate_summary import summary
from rogatory_crypto.esign.trust.anchor import Anchor, Anchors, Purpose, Source, SourceKind

MAX_ANCHOR_BYTES: Final = 64 * 1024
MAX_ANCHORS: Final = 1024
GIVEN: Final = Source(SourceKind.GIVEN, "certificate given for this check")
_AUTHORITY: Final = frozenset({Purpose.ISSUER, Purpose.TIMESTAMP, Purpose.OCSP})
_SERVICES: Final = {"time_stamping": Purpose.TIMESTAMP, "ocsp_signing": Purpose.OCSP}


def read_anchors(trust: Sequence[bytes]) -> Anchors:
    """The anchors in a caller's files.

    Raises:
        MisuseError: a file is neither PEM nor DER certificates, or is a trusted list, which is not read yet.
    """
    certificates = [certificate for given in trust for certificate in _certificates(given)]
    if len(certificates) > MAX_ANCHORS:
        raise MisuseError(f"more than {MAX_ANCHORS} trusted certificates")
    return Anchors(tuple(Anchor(each, purposes(each), GIVEN) for each in certificates))


def purposes(certificate: Certificate) -> frozenset[Purpose]:
    """Return what a certificate may be trusted for by what it says of itself."""
    if _may_issue(certificate):
        return _AUTHORITY
    usage = certificate.extended_key_usage_value
    services = (
        frozenset(_SERVICES[str(use)] for use in usage.native if str(use) in _SERVICES)
        if usage
        else frozenset()
    )
    return services or frozenset({Purpose.SIGNER})


def _may_issue(certificate: Certificate) -> bool:
    if certificate.basic_constraints_value is not None:
        return bool(certificate.ca)
    is_v3 = certificate["tbs_certificate"]["version"].native == "v3"
    return not is_v3 and bool(certificate.subject == certificate.issuer)


def _certificates(given: bytes) -> list[Certificate]:
    if given.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise MisuseError("trusted lists (TS 119 612 XML) are not read yet: give the certificate as PEM")
    if len(given) > MAX_ANCHOR_BYTES * 16:
        raise MisuseError("a file of trusted certificates is too large")
    try:
        found = [_certificate(der) for der in _encodings(given)]
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise MisuseError("a trusted certificate could not be read") from error
    if not found:
        raise MisuseError("a file given as trusted holds no certificate")
    return found


def _encodings(given: bytes) -> list[bytes]:
    if not pem.detect(given):
        return [given]
    return [der for kind, _, der in pem.unarmor(given, multiple=True) if kind == "CERTIFICATE"]


def _certificate(der: bytes) -> Certificate:
    certificate = x509.Certificate.load(der, strict=True)
    summary(certificate)
    # Reading lazily would let a defect of an anchor appear in the middle of a check.
    _ = certificate.native
    return certificate
