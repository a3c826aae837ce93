"""Certificates and revocation data that a document carries or that were given with it.

None of it counts before it was verified; it only saves a check from having to ask the world outside.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from rogatory_crypto.esign.asn1_types import Certificate, CertificateList, OcspResponse
from rogatory_crypto.esign.evidence_index import MAX_CARRIED, Index, index, merged
from rogatory_crypto.esign.report import Origin

MAX_CERTIFICATES: Final = 512
MAX_REVOCATION_DATA: Final = 256
MAX_GIVEN: Final = 4096


@dataclass(frozen=True)
class Evidence:
    """Validation data, as found.

    Attributes:
        certificates, crls, ocsps: the data.
        origin: whether a document carries them, which may prove their age, or whoever asks gave them.
        parts: what it was put together from, each of which is indexed once; empty where it is one piece.
    """

    certificates: tuple[Certificate, ...] = ()
    crls: tuple[CertificateList, ...] = ()
    ocsps: tuple[OcspResponse, ...] = ()
    origin: Origin = Origin.DOCUMENT
    parts: tuple["Evidence", ...] = field(default=(), repr=False, compare=False)

    @property
    def empty(self) -> bool:
        """Whether it holds nothing."""
        return not (self.certificates or self.crls or self.ocsps)

    @cached_property
    def index(self) -> Index:
        """Everything that can be read, within limits; made once, as many time stamps share one piece."""
        if self.parts:
            return merged((part.index for part in self.parts), MAX_CERTIFICATES, MAX_REVOCATION_DATA)
        given = self.origin is Origin.GIVEN
        return index(
            self.certificates,
            self.crls,
            self.ocsps,
            most_certificates=MAX_GIVEN if given else MAX_CERTIFICATES,
            most_revocation_data=MAX_GIVEN if given else MAX_REVOCATION_DATA,
            # A revocation that was given must not be overlooked for its place in a long answer.
            most_singles=MAX_GIVEN if given else MAX_CARRIED,
        )

    def __add__(self, other: "Evidence") -> "Evidence":
        """Return both together, as what a document carries; the same value where one adds nothing."""
        if other.empty:
            return self
        if self.empty:
            return other
        return Evidence(
            self.certificates + other.certificates,
            self.crls + other.crls,
            self.ocsps + other.ocsps,
            parts=(*(self.parts or (self,)), *(other.parts or (other,))),
        )


NOTHING: Final = Evidence()
