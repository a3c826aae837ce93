"""What an office seals with its own certificate is accepted by our check and by others' programs."""

import os
import shutil
import subprocess
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from tests.crypto.identity.enrolled_office import NOW
from tests.crypto.identity.made_seal import OF_ISSUER, SUBJECT, drawn_from, made_issuer, made_seal

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.letter import RequestLetter, render_letter
from rogatory_client.signing import LongTerm, SealKey, SignaturePurpose, SigningRefusedError, sign_pdf
from rogatory_crypto.esign import Indication, Report, check
from rogatory_crypto.identity.logged_seal import seal_content, verify_logged_seal
from rogatory_crypto.identity.office_seal import export_pkcs12, make_issuer, revocation_list, to_pem
from rogatory_crypto.log.audit import LoggedSeal

PURPOSE = SignaturePurpose("Head of the central authority", "Request")
ISSUER, SEAL = made_issuer(), made_seal()
KEY = SealKey(export_pkcs12(SEAL, b"a passphrase"), b"a passphrase")
SEALS = {sha256(b"leaf").digest(): LoggedSeal(seal_content(SUBJECT.entry_id, SEAL.certificate), NOW)}


@pytest.fixture(scope="module")
def letter() -> bytes:
    return render_letter(
        RequestLetter(
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
            dated_at=NOW,
        )
    )


@pytest.fixture(scope="module")
def sealed(letter: bytes) -> bytes:
    return sign_pdf(letter, KEY, PURPOSE, now=NOW)


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


def signer_of(report: Report) -> bytes:
    signer = report.signatures[0].signer
    assert signer is not None
    return bytes.fromhex(signer.sha256)


def test_our_check_trusts_it_through_the_offices_issuer(sealed: bytes) -> None:
    report = check(sealed, trust=[to_pem(ISSUER.certificate)], at=NOW, revocation=False)
    assert report.indication is Indication.TOTAL_PASSED
    seal = verify_logged_seal(signer_of(report), SUBJECT.entry_id, SEALS, NOW).seal
    assert seal.entry_id == SUBJECT.entry_id


def test_our_check_trusts_the_logged_certificate_itself(sealed: bytes) -> None:
    report = check(sealed, trust=[SEAL.certificate], at=NOW)
    assert report.indication is Indication.TOTAL_PASSED


def test_another_issuer_of_the_same_name_is_not_trusted(sealed: bytes) -> None:
    impostor = make_issuer(SUBJECT, OF_ISSUER, drawn_from("impostor"))
    report = check(sealed, trust=[impostor.certificate], at=NOW, revocation=False)
    assert report.indication is Indication.INDETERMINATE


def long_term(pki: DemoPki, crl: bytes) -> LongTerm:
    return LongTerm(
        time_stamper(pki, now=NOW), [pki.root_pem, ISSUER.certificate], [pki.crl, crl, pki.tsa_certificate]
    )


def test_with_the_offices_revocation_list_it_passes_at_level_lt(letter: bytes, pki: DemoPki) -> None:
    crl = revocation_list(ISSUER, [], number=1, now=NOW, next_update=NOW + 30 * 86_400)
    signed = sign_pdf(letter, KEY, PURPOSE, now=NOW, long_term=long_term(pki, crl))
    report = check(signed, trust=[ISSUER.certificate, pki.root_pem], at=NOW + 60)
    assert report.indication is Indication.TOTAL_PASSED, report.signatures[0].reason
    assert report.signatures[0].level == "PAdES-BASELINE-LT"


def test_without_proof_that_it_was_not_revoked_nothing_passes(sealed: bytes) -> None:
    report = check(sealed, trust=[ISSUER.certificate], at=NOW)
    assert report.indication is Indication.INDETERMINATE


def test_a_seal_on_the_offices_revocation_list_signs_no_more(letter: bytes, pki: DemoPki) -> None:
    taken_back = [(SEAL.certificate, NOW - 3600)]
    crl = revocation_list(ISSUER, taken_back, number=2, now=NOW, next_update=NOW + 86_400)
    with pytest.raises(SigningRefusedError):
        sign_pdf(letter, KEY, PURPOSE, now=NOW, long_term=long_term(pki, crl))


def test_openssl_accepts_the_cms_signature_under_the_issuer(sealed: bytes, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is absent")
    signature = PdfFileReader(BytesIO(sealed)).embedded_signatures[0]
    begin, length, second, rest = (int(number) for number in signature.byte_range)
    (tmp_path / "content").write_bytes(sealed[begin : begin + length] + sealed[second : second + rest])
    (tmp_path / "signature.der").write_bytes(signature.pkcs7_content)
    (tmp_path / "issuer.pem").write_bytes(to_pem(ISSUER.certificate))
    verify = f"cms -verify -binary -inform DER -in signature.der -content content -out out -attime {NOW}"
    trust = "-x509_strict -CAfile issuer.pem -no-CApath"
    done = subprocess.run(
        [openssl, *verify.split(), *trust.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_poppler_accepts_the_signature(sealed: bytes, tmp_path: Path) -> None:
    pdfsig = shutil.which("pdfsig")
    if pdfsig is None:
        pytest.skip("pdfsig of poppler is absent")
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed)
    done = subprocess.run([pdfsig, "-nocert", str(path)], capture_output=True, text=True, check=False)
    assert "Signature is Valid" in done.stdout
    assert "Autorité centrale" in done.stdout


def test_openssl_signs_with_the_export_and_accepts_what_it_signed(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is absent")
    (tmp_path / "seal.p12").write_bytes(KEY.pkcs12)
    (tmp_path / "passphrase").write_bytes(KEY.passphrase)
    (tmp_path / "issuer.pem").write_bytes(to_pem(ISSUER.certificate))
    (tmp_path / "content").write_bytes(b"what is sealed")
    trust = f"-x509_strict -CAfile issuer.pem -no-CApath -attime {NOW}"
    for command in (
        "pkcs12 -in seal.p12 -passin file:passphrase -noenc -out seal.pem",
        "cms -sign -binary -cades -md sha256 -in content -signer seal.pem -outform DER -out sealed.der",
        f"cms -verify -binary -cades -inform DER -in sealed.der -content content -out out {trust}",
        f"verify -purpose smimesign {trust} seal.pem",
    ):
        done = subprocess.run(
            [openssl, *command.split()], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
