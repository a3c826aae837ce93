import subprocess
import time
from pathlib import Path

import pytest
from tests.client.signing.openssl_authority import authority, openssl

from rogatory_client.demo.pki import DemoPki
from rogatory_client.signing import LongTerm, SealKey, SigningRefusedError, sign_file
from rogatory_client.signing.time_stamping import TimeStampingAuthority
from rogatory_crypto.esign import DocumentFormat, Indication, SubIndication, check

CONTENT = b"Statement of account\r\n\x00\xff" * 64


@pytest.fixture(scope="module")
def lasting(present_pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    with authority(present_pki, tmp_path_factory.mktemp("authority")) as url:
        long_term = LongTerm(
            TimeStampingAuthority(url),
            [present_pki.root_pem],
            [present_pki.crl, present_pki.tsa_certificate],
        )
        key = SealKey(present_pki.signer_pkcs12, b"x")
        return sign_file(CONTENT, key, now=int(time.time()), long_term=long_term)


def test_a_detached_signature_passes_here(present_pki: DemoPki, lasting: bytes) -> None:
    # EN 319 122-1 section 6.3: B-LT.
    at = int(time.time()) + 60
    report = check(lasting, trust=[present_pki.root_pem], contents=[CONTENT], at=at)
    assert report.format is DocumentFormat.CADES
    (signature,) = report.signatures
    assert (signature.indication, signature.reason) == (Indication.TOTAL_PASSED, "")
    assert signature.level == "CAdES-BASELINE-LT"


def test_openssl_accepts_it(present_pki: DemoPki, lasting: bytes, tmp_path: Path) -> None:
    for name, content in (("s.p7s", lasting), ("content", CONTENT), ("root.pem", present_pki.root_pem)):
        (tmp_path / name).write_bytes(content)
    command = [
        openssl(), "cms", "-verify", "-binary", "-inform", "DER", "-in", "s.p7s", "-content", "content",
        "-CAfile", "root.pem", "-purpose", "any", "-out", "out",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ([], SubIndication.SIGNED_DATA_NOT_FOUND),
        ([CONTENT + b" "], SubIndication.HASH_FAILURE),
    ],
)
def test_without_its_file_it_proves_nothing(
    present_pki: DemoPki, lasting: bytes, contents: list[bytes], expected: SubIndication
) -> None:
    (signature,) = check(
        lasting, trust=[present_pki.root_pem], contents=contents, at=int(time.time())
    ).signatures
    assert signature.sub_indication is expected


def test_drafts_are_signed_without_anybody_else(present_pki: DemoPki) -> None:
    made = sign_file(CONTENT, SealKey(present_pki.signer_pkcs12, b"x"), now=int(time.time()))
    report = check(
        made, trust=[present_pki.root_pem], contents=[CONTENT], at=int(time.time()), revocation=False
    )
    assert report.signatures[0].indication is Indication.TOTAL_PASSED
    assert report.signatures[0].level == "CAdES-BASELINE-B"


def test_an_archive_stamp_is_not_promised(present_pki: DemoPki) -> None:
    long_term = LongTerm(
        TimeStampingAuthority("http://authority.example"), [present_pki.root_pem], archive=True
    )
    with pytest.raises(SigningRefusedError):
        sign_file(CONTENT, SealKey(present_pki.signer_pkcs12, b"x"), now=0, long_term=long_term)
