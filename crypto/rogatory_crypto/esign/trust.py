"""Trust anchors given by the caller, and what a certificate looks like in a report.

Path validation ignores the extensions of an anchor (RFC 5280 section 6.1.1), so an end-entity certificate
among the anchors could issue others. Here such an anchor may only end its own chain: a pinned signer.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import pem, x509  # type: ignore[import-untyped]

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.report import CertificateSummary, TrustAnchor

MAX_ANCHOR_BYTES: Final = 64 * 1024
MAX_ANCHORS: Final = 1024
GIVEN_AS_PEM: Final = "certificate given for this check"


@dataclass(frozen=True, slots=True)
class Anchors:
    """Every certificate trusted for one check."""

    certificates: tuple[Any, ...]

    def contains(self, certificate: Any) -> bool:  # noqa: ANN401 - untyped library
        """Whether exactly this certificate was given as trusted."""
        encoded = certificate.dump()
        return any(anchor.dump() == encoded for anchor in self.certificates)

    def may_issue(self, certificate: Any) -> bool:  # noqa: ANN401 - untyped library
        """Whether a chain may end in this certificate as an issuer (RFC 5280 section 4.2.1.9)."""
        if certificate.basic_constraints_value is not None:
            return bool(certificate.ca)
        is_v3 = certificate["tbs_certificate"]["version"].native == "v3"
        return not is_v3 and certificate.subject == certificate.issuer


def read_anchors(trust: Sequence[bytes]) -> Anchors:
    """The anchors in a caller's files.

    Raises:
        MisuseError: a file is neither PEM nor DER certificates, or is a trusted list, which is not read yet.
    """
    certificates = [certificate for given in trust for certificate in _certificates(given)]
    if len(certificates) > MAX_ANCHORS:
        raise MisuseError(f"more than {MAX_ANCHORS} trusted certificates")
    return Anchors(tuple(certificates))


def _certificates(given: bytes) -> list[Any]:
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


def _certificate(der: bytes) -> Any:  # noqa: ANN401 - untyped library
    certificate = x509.Certificate.load(der, strict=True)
    summary(certificate)
    # Reading lazily would let a defect of an anchor appear in the middle of a check.
    _ = certificate.native
    return certificate


def summary(certificate: Any) -> CertificateSummary:  # noqa: ANN401 - untyped library
    """What a report says of a certificate."""
    return CertificateSummary(
        subject=str(certificate.subject.human_friendly),
        issuer=str(certificate.issuer.human_friendly),
        serial_number=f"{certificate.serial_number:x}",
        not_before=int(certificate.not_valid_before.timestamp()),
        not_after=int(certificate.not_valid_after.timestamp()),
        sha256=hashlib.sha256(certificate.dump()).hexdigest(),
    )


def anchor_summary(certificate: Any) -> TrustAnchor:  # noqa: ANN401 - untyped library
    """What a report says of the anchor a chain ended in."""
    return TrustAnchor(certificate=summary(certificate), source=GIVEN_AS_PEM)
