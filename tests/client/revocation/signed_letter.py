"""A letter of ours, signed at level B: it carries no revocation data."""

from rogatory_client.letter import RequestLetter, render_letter
from rogatory_client.signing import SealKey, SignaturePurpose, sign_pdf

LETTER = RequestLetter(
    requesting_authority="Central Authority",
    requesting_state="State A",
    requested_authority="Central Authority",
    requested_state="State B",
    reference="A/2026/1",
    request_type="Bank records",
    legal_basis="UNTOC article 18",
    facts="Money moved.",
    assistance=("Records",),
    signed_by="Head of the central authority",
    dated_at=1_790_000_000,
)


def signed_letter(pkcs12: bytes, now: int) -> bytes:
    """Sign it with a key under the passphrase ``x``."""
    purpose = SignaturePurpose("Head of the central authority", "Request")
    return sign_pdf(render_letter(LETTER), SealKey(pkcs12, b"x"), purpose, now=now)
