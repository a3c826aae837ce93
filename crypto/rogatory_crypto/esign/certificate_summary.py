"""What a report says of a certificate."""

import hashlib

from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.names import readable
from rogatory_crypto.esign.report import CertificateSummary, TrustAnchor
from rogatory_crypto.esign.trust.anchor import Anchor


def summary(certificate: Certificate) -> CertificateSummary:
    """What a report says of a certificate."""
    return CertificateSummary(
        subject=readable(certificate.subject),
        issuer=readable(certificate.issuer),
        serial_number=f"{certificate.serial_number:x}",
        not_before=int(certificate.not_valid_before.timestamp()),
        not_after=int(certificate.not_valid_after.timestamp()),
        sha256=hashlib.sha256(certificate.dump()).hexdigest(),
    )


def anchor_summary(anchor: Anchor) -> TrustAnchor:
    """What a report says of the anchor a chain ended in."""
    return TrustAnchor(certificate=summary(anchor.certificate), source=anchor.source)
