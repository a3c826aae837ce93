"""Chains of certificates."""

from collections.abc import Sequence

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.primitives import CipherSuite


def verify_certificate_chain(
    certificates: Sequence[bytes],
    signature_key: bytes,
    suite: CipherSuite,
    *,
    now: int,
    anchors: Sequence[bytes] = (),
) -> None:
    """Refuse."""
    raise PeerError(Code.INVALID_CREDENTIAL, "D03")
