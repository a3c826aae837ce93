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

    @property
    def empty(self) -> bool:
        """Whether it holds nothing."""
        return not (self.certificates or self.crls or self.ocsps)

    def __add__(self, other: "Evidence") -> "Evidence":
        """Return both together; the same value where one adds nothing, so that what was read stays read."""
        if other.empty:
            return self
        if self.empty:
            return other
        return Evidence(
            self.certificates + other.certificates, self.crls + other.crls, self.ocsps + other.ocsps
        )


NOTHING: Final = Evidence()
