"""What a report says of a certificate."""

import hashlib
from typing import Final

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.names import readable
from rogatory_crypto.esign.report import CertificateSummary, TrustAnchor
from rogatory_crypto.esign.trust.anchor import Anchor

_MAX_ADDRESSES: Final = 4
_MAX_ADDRESS: Final = 256
_MAX_EXTENSION_BYTES: Final = 8 * 1024


def summary(certificate: Certificate) -> CertificateSummary:
    """What a report says of a certificate."""
    return CertificateSummary(
        subject=readable(certificate.subject),
        issuer=readable(certificate.issuer),
        serial_number=f"{certificate.serial_number:x}",
        not_before=int(certificate.not_valid_before.timestamp()),
        not_after=int(certificate.not_valid_after.timestamp()),
        sha256=hashlib.sha256(certificate.dump()).hexdigest(),
        revocation_addresses=_revocation_addresses(certificate),
    )


def anchor_summary(anchor: Anchor) -> TrustAnchor:
    """What a report says of the anchor a chain ended in."""
    return TrustAnchor(certificate=summary(anchor.certificate), source=anchor.source)


def _revocation_addresses(certificate: Certificate) -> tuple[str, ...]:
    """Return the web addresses that a certificate names (RFC 5280 sections 4.2.1.13 and 4.2.2.1)."""
    try:
        extensions = (
            certificate.crl_distribution_points_value,
            certificate.authority_information_access_value,
        )
        if any(len(each.contents) > _MAX_EXTENSION_BYTES for each in extensions if each is not None):
            return ()
        named = [*(point.url for point in certificate.crl_distribution_points), *certificate.ocsp_urls]
    except UNREADABLE:
        return ()
    fitting = (each for each in named if isinstance(each, str) and _is_address(each))
    return tuple(dict.fromkeys(fitting))[:_MAX_ADDRESSES]


def _is_address(text: str) -> bool:
    web = text.lower().startswith(("http://", "https://"))
    return web and len(text) <= _MAX_ADDRESS and text.isascii() and text.isprintable()
