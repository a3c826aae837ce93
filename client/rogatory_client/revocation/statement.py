"""What an issuer says about revocation, once it is known to be the issuer's own, and what may follow it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rogatory_crypto.errors import Code, PeerError

# As far as clocks of issuers and of offices may differ.
CLOCKS_DIFFER_S: Final = 300


class Kind(StrEnum):
    """In which form it is said."""

    CRL = "crl"
    OCSP = "ocsp"


class Status(StrEnum):
    """What an OCSP answer says of its certificate (RFC 6960 section 2.2)."""

    GOOD = "good"
    ON_HOLD = "on-hold"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Statement:
    """A revocation list or an OCSP answer, verified; times are unix seconds.

    Attributes:
        kind: which.
        document: DER.
        this_update: when it was known to be so.
        next_update: until when something newer was promised.
        number: of a list (RFC 5280 section 5.2.3).
        scope: the part of a list (its issuingDistributionPoint, DER, hexadecimal); empty where complete.
        status: of an answer.
    """

    kind: Kind
    document: bytes
    this_update: int
    next_update: int | None
    number: int | None = None
    scope: str = ""
    status: Status | None = None


def refuse_future(this_update: int, now: int) -> None:
    """Refuse what says to be of a time to come: nothing could follow it.

    Raises:
        PeerError: so it says.
    """
    if this_update > now + CLOCKS_DIFFER_S:
        raise PeerError(Code.MALFORMED, "it says to be of a time to come: check the clock of this computer")


def refuse_step_back(new: Statement, held: Statement) -> None:
    """Refuse what may not take the place of what is held.

    Raises:
        PeerError: REPLAYED where it is older; CONFLICT where it speaks of something else, or takes back a
            revocation that is final.
    """
    if new.scope != held.scope:
        raise PeerError(
            Code.CONFLICT,
            "the list is about another part of the certificates than the one held: if the issuer has changed "
            "this, forget the issuer and allow it again",
        )
    older_number = new.number is not None and held.number is not None and new.number < held.number
    if new.this_update < held.this_update or older_number:
        raise PeerError(Code.REPLAYED, "it is older than what is held, which stays")
    if held.status is Status.REVOKED and new.status is not Status.REVOKED:
        raise PeerError(Code.CONFLICT, "it takes back a revocation that is final; what is held stays")
