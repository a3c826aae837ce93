import hashlib
import re

import pytest
from tests.crypto.esign.pdf.builder import plain, written
from tests.crypto.esign.pdf.material import office, sealed

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.pdf.embedded import digest_of, find_signatures
from rogatory_crypto.esign.pdf.reading import open_pdf

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


def test_signatures_that_stand_in_their_fields_are_told_apart() -> None:
    """ISO 32000-1 section 12.7.3.2: two fields may have one name, and each a signature."""
    contents = re.findall(rb"/Contents <([0-9a-fA-F]+)>", sealed(office(), document=written(plain())))[0]
    kind = b"<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<%s>>>" % contents
    field = b"<</FT/Sig/T(S)/V %s>>" % kind
    form = b"/AcroForm<</Fields[6 0 R 7 0 R]>>"
    found, broken = find_signatures(
        open_pdf(written(plain(root=form, more={6: field, 7: field})), strict=True)
    )
    assert ([each.name for each in found], broken) == (["S", "S"], [])
