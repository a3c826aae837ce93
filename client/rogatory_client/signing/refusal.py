"""Why something is not signed, and what to do about it."""

from typing import Final

from rogatory_crypto.errors import RogatoryError
from rogatory_crypto.esign.verdict import MissingTrust, SubIndication

# What an issuer's list or answer would settle.
_UNPROVEN: Final = frozenset({SubIndication.TRY_LATER, SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE})
_REVOCATION: Final = (
    "give the issuers' revocation lists or OCSP responses with --evidence, as a receiver who checks offline"
    " gets INDETERMINATE without them, or leave them out knowingly with --without-revocation"
)


class SigningRefusedError(RogatoryError):
    """The document may not be signed, or what was made would not be relied on."""


def advised(reason: str, sub_indication: SubIndication | None, missing: MissingTrust | None) -> str:
    """Return why a check did not pass, and what would change that where it is known.

    Args:
        reason: of the verdict.
        sub_indication: of the verdict.
        missing: the certificate whose trust would have changed the answer.
    """
    if sub_indication in _UNPROVEN:
        return f"{reason}; {_REVOCATION}"
    if missing is not None:
        return f"{reason}; give with --trust the certificate or list in which a receiver would trust"
    return reason
