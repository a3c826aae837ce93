"""What a check is for: whom to trust, as of when, and what was given beside the document."""

from dataclasses import dataclass

from rogatory_crypto.esign.evidence import NOTHING, Evidence
from rogatory_crypto.esign.trust.anchor import Anchors


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one check.

    Attributes:
        anchors: who is trusted, and for what.
        at: the instant to check for, unix seconds.
        revocation: whether every certificate below its anchor needs proof that it was not revoked.
        contents: the files that a detached signature may be about.
        evidence: certificates and revocation data given beside the document.
        state: ISO 3166-1 alpha-3 of the state that signers must be of; absent where any may be.
    """

    anchors: Anchors
    at: int
    revocation: bool = True
    contents: tuple[bytes, ...] = ()
    evidence: Evidence = NOTHING
    state: str | None = None
