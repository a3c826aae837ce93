import shutil
import subprocess
import time
from pathlib import Path

import pytest
from aiohttp import web
from tests.client.signing.openssl_authority import authority, served
from tests.conftest import absent

from rogatory_client.demo.pki import DemoPki
from rogatory_client.signing import Checker, LongTerm, SealKey, SignaturePurpose, sign_pdf
from rogatory_client.signing.time_stamping import MAX_ANSWER_BYTES, TimeStampingAuthority
from rogatory_crypto.errors import MisuseError, TransportError
from rogatory_crypto.esign import Indication, check

PURPOSE = SignaturePurpose("Head of the central authority", "Request")


def signed(
    pki: DemoPki, letter: bytes, url: str, *, archive: bool = False, checker: Checker | None = None
) -> bytes:
    long_term = LongTerm(
        TimeStampingAuthority(url), [pki.root_pem], [pki.crl, pki.tsa_certificate], archive=archive
    )
    key = SealKey(pki.signer_pkcs12, b"x")
    return sign_pdf(letter, key, PURPOSE, now=int(time.time()), long_term=long_term, checker=checker)


@pytest.mark.parametrize("archive", [False, True], ids=["LT", "LTA"])
def test_what_a_real_authority_stamped_passes_here_and_elsewhere(
    present_pki: DemoPki, plain_letter: bytes, checker: Checker, tmp_path: Path, *, archive: bool
) -> None:
    # EN 319 142-1 section 6.3: B-LT, and B-LTA with a document time stamp over it.
    with authority(present_pki, tmp_path) as url:
        document = signed(present_pki, plain_letter, url, archive=archive, checker=checker)
    (report,) = check(document, trust=[present_pki.root_pem], at=int(time.time()) + 60).signatures
    assert (report.indication, report.reason) == (Indication.TOTAL_PASSED, "")
    assert report.level == ("PAdES-BASELINE-LTA" if archive else "PAdES-BASELINE-LT")
    assert report.best_signature_time is not None
    pdfsig = shutil.which("pdfsig")
    if pdfsig is None:
        absent("the program pdfsig")
    path = tmp_path / "signed.pdf"
    path.write_bytes(document)
    done = subprocess.run([str(pdfsig), "-nocert", str(path)], capture_output=True, text=True, check=False)
    # Poppler knows of document time stamps, but does not verify them.
    assert done.stdout.count("Signature is Valid") == 1
    assert done.stdout.count("Signature #") == 1 + archive


def test_a_second_office_signs_and_the_first_signature_stays(
    present_pki: DemoPki, plain_letter: bytes, checker: Checker, tmp_path: Path
) -> None:
    with authority(present_pki, tmp_path) as url:
        once = signed(present_pki, plain_letter, url, checker=checker)
        twice = signed(present_pki, once, url, archive=True, checker=checker)
    report = check(twice, trust=[present_pki.root_pem], at=int(time.time()) + 60)
    assert [each.indication for each in report.signatures] == [Indication.TOTAL_PASSED] * 2


async def moved(_request: web.Request) -> web.Response:
    raise web.HTTPFound("http://elsewhere.example/tsa")


async def endless(_request: web.Request) -> web.Response:
    return web.Response(body=b"0" * (MAX_ANSWER_BYTES + 1), content_type="application/timestamp-reply")


async def page(_request: web.Request) -> web.Response:
    return web.Response(text="<html>maintenance</html>", content_type="text/html")


async def empty(_request: web.Request) -> web.Response:
    return web.Response(body=b"", content_type="application/timestamp-reply")


@pytest.mark.parametrize("answer", [moved, endless, page, empty])
def test_other_answers_sign_nothing(present_pki: DemoPki, plain_letter: bytes, answer: object) -> None:
    with served(answer) as url, pytest.raises(TransportError):
        signed(present_pki, plain_letter, url)


def test_an_authority_that_is_away_is_said_to_be(present_pki: DemoPki, plain_letter: bytes) -> None:
    with served(page) as url:
        pass
    with pytest.raises(TransportError, match="cannot be reached"):
        signed(present_pki, plain_letter, url)


@pytest.mark.parametrize("url", ["", "ftp://authority.example", "file:///etc/passwd", "authority.example"])
def test_other_addresses_are_misuse(url: str) -> None:
    with pytest.raises(MisuseError):
        TimeStampingAuthority(url)
