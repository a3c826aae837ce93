"""What makes a signature last: a time stamp, and proof that no certificate was revoked when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko_certvalidator import ValidationContext

    from rogatory_crypto.esign.asn1_types import Certificate


@dataclass(frozen=True, slots=True)
class LongTerm:
    """What levels LT and LTA embed.

    Attributes:
        time_stamper: an RFC 3161 time-stamping authority.
        trust: certificates (PEM or DER) in which the signer's and the authority's chains end.
        crls: revocation lists (DER) for both chains.
        other_certificates: issuers between (PEM or DER), and the time-stamping authority's certificate.
        ocsps: answers of OCSP responders (DER) for both chains.
        archive: level LTA: a document time stamp over all of that, so that it outlives its certificates.
    """

    time_stamper: TimeStamper
    trust: Sequence[bytes]
    crls: Sequence[bytes] = ()
    other_certificates: Sequence[bytes] = ()
    ocsps: Sequence[bytes] = ()
    archive: bool = False

    @property
    def level(self) -> str:
        """The baseline level it makes."""
        return "LTA" if self.archive else "LT"


def certificates(given: Sequence[bytes]) -> list[Certificate]:
    """Return the certificates in files.

    Raises:
        MisuseError: one holds none.
    """
    from rogatory_crypto.esign.trust.given import read_anchors

    return [each.certificate for each in read_anchors(given).anchors]


def validation_context(long_term: LongTerm, now: int) -> ValidationContext:
    """Return what the signing library checks its own chains with; nothing is fetched.

    Raises:
        MisuseError: a file holds no certificate.
    """
    from asn1crypto.crl import CertificateList  # type: ignore[import-untyped]
    from asn1crypto.ocsp import OCSPResponse  # type: ignore[import-untyped]
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=certificates(long_term.trust),
        other_certs=certificates(long_term.other_certificates),
        crls=[CertificateList.load(crl) for crl in long_term.crls],
        ocsps=[OCSPResponse.load(ocsp) for ocsp in long_term.ocsps],
        allow_fetching=False,
        revocation_mode="require",
        moment=datetime.fromtimestamp(now, UTC),
    )
