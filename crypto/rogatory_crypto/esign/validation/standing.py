"""One authentic statement on whether a certificate was revoked, whoever made it and in whichever form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.report import Origin, RevocationKind

Stands: TypeAlias = Callable[[Certificate, tuple[Certificate, ...], int], bool]
"""Tells whether who speaks on revocation (with what stands above it, and when) was not revoked itself."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What one verified OCSP answer or CRL says of one certificate; times are unix seconds.

    Attributes:
        issued_at: when it was known to be so (thisUpdate).
        next_update: until when something newer was promised; absent where not said.
        revoked_at: since when the certificate is revoked; absent where it is not.
        on_hold: whether that can be taken back (RFC 5280 section 5.3.1, certificateHold).
        kind, origin, speaker: in which form, where it came from, and who said it, readable; to be shown.
    """

    issued_at: int
    next_update: int | None
    revoked_at: int | None = None
    on_hold: bool = False
    kind: RevocationKind = RevocationKind.OCSP
    origin: Origin = Origin.DOCUMENT
    speaker: str = ""

    def speaks_for(self, instant: int) -> bool:
        """Tell whether it was current at an instant.

        One that names no successor speaks for its own instant alone: something newer could be had at any time
        (RFC 6960 section 4.2.2.1).
        """
        return self.next_update is not None and self.issued_at <= instant <= self.next_update


@dataclass(frozen=True, slots=True)
class Gathered:
    """Every authentic statement about a certificate, and why others were set aside.

    Attributes:
        standings: what counts.
        refused: one reason for each that does not.
        unheard: who made a statement that would count if they were trusted for it.
        late: whether one would count if it were proven to be older than the end of who made it.
    """

    standings: tuple[Standing, ...]
    refused: tuple[str, ...]
    unheard: tuple[Certificate, ...] = ()
    late: bool = False
