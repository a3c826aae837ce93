import hashlib

import pytest

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.pdf.embedded import digest_of

DOCUMENT = b"before<signature>behind"
RANGES = (0, 6, 17, 6)


def test_bytes_around_a_signature_are_digested_with_every_digest_of_cms() -> None:
    """ISO 32000-1 section 12.8.1; RFC 8419 section 2.3 fixes the length of SHAKE256."""
    of_ranges = digest_of(DOCUMENT, RANGES)
    assert of_ranges("sha256") == hashlib.sha256(b"beforebehind").digest()
    assert of_ranges("shake256") == hashlib.shake_256(b"beforebehind").digest(64)


def test_digest_that_is_not_known_is_refused() -> None:
    with pytest.raises(PeerError) as caught:
        digest_of(DOCUMENT, RANGES)("shake128")
    assert caught.value.code is Code.UNSUPPORTED
