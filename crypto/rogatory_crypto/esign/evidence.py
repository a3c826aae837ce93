"""Certificates and revocation data that a document carries or that were given with it.

None of it counts before it was verified; it only saves a check from having to ask the world outside.
"""

from dataclasses import dataclass
from typing import Final

from rogatory_crypto.esign.asn1_types import Certificate, CertificateList, OcspResponse


@dataclass(frozen=True, slots=True)
class Evidence:
    """Validation data, as found."""

    certificates: tuple[Certificate, ...] = ()
    crls: tuple[CertificateList, ...] = ()
    ocsps: tuple[OcspResponse, ...] = ()

    def __add__(self, other: "Evidence") -> "Evidence":
        """Return both together."""
        return Evidence(
            self.certificates + other.certificates, self.crls + other.crls, self.ocsps + other.ocsps
        )


NOTHING: Final = Evidence()
