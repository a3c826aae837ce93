import base64

import pytest
from tests.crypto.esign.cms.material import attached
from tests.crypto.esign.container.material import extended, pack, simple

from rogatory_crypto.esign.detection import detect
from rogatory_crypto.esign.report import DocumentFormat

CMS = attached()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"%PDF-1.7\n", DocumentFormat.PADES),
        (b"\xef\xbb\xbf garbage %PDF-1.4\n", DocumentFormat.PADES),
        (CMS, DocumentFormat.CADES),
        (b"\x30\x80" + bytes.fromhex("06092a864886f70d010702") + b"\xa0\x80", DocumentFormat.CADES),
        (base64.b64encode(CMS), DocumentFormat.CADES),
        (base64.encodebytes(CMS), DocumentFormat.CADES),
        (b"\n-----BEGIN PKCS7-----\n" + base64.encodebytes(CMS), DocumentFormat.CADES),
        (b"-----BEGIN CMS-----\n" + base64.encodebytes(CMS), DocumentFormat.CADES),
        (pack(simple()), DocumentFormat.ASIC_S),
        (pack(extended()), DocumentFormat.ASIC_E),
        (pack({"letter.txt": b"x"}), DocumentFormat.ZIP),
        (
            b"MIIt is a letter in plain words, and a long one, so that it fills a line\n",
            DocumentFormat.UNKNOWN,
        ),
        (base64.b64encode(b"\x30\x82" + bytes(80)), DocumentFormat.UNKNOWN),
        (b"\x30\x0a\x02\x01\x01", DocumentFormat.EVIDENCE_RECORD),
        (b"", DocumentFormat.UNKNOWN),
    ],
)
def test_a_format_is_told_by_content(document: bytes, expected: DocumentFormat) -> None:
    assert detect(document) is expected
