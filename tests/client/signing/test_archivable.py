"""What we write and sign is PDF/A-2b and tagged, whatever was added to it; and the test of that can fail."""

import os
from dataclasses import replace

import pytest
from tests.client.letter.pdf_a import defects
from tests.client.letter.test_draft_letter import complete, letter_of
from tests.client.letter.writings import WRITINGS, fonts_for
from tests.client.validation_report.examples import WHOLE
from tests.crypto.esign.pdf.builder import plain, written

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.letter import Column, render_draft_letter
from rogatory_client.signing import Checker, LongTerm, SealKey, SignaturePurpose, Stamp, sign_pdf
from rogatory_client.validation_report.outline import outline
from rogatory_client.validation_report.paper import write_pdf
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.esign.wording import LANGUAGES, wording

NOW = 1_790_000_000
STAMP = Stamp(0, (60, 60, 360, 140))


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


def lasting(pki: DemoPki, *, archive: bool) -> LongTerm:
    stamper = time_stamper(pki, now=NOW)
    return LongTerm(stamper, [pki.root_pem], [pki.crl, pki.tsa_certificate], archive=archive)


def test_a_letter_is_archivable(plain_letter: bytes) -> None:
    assert defects(plain_letter) == []


def test_a_letter_with_its_answers_inside_is_signed_and_passes(pki: DemoPki, checker: Checker) -> None:
    signed = sign_pdf(
        render_draft_letter(letter_of(Column("fr", complete()), Column("en", complete()))),
        SealKey(pki.signer_pkcs12, b"x"),
        SignaturePurpose("Head of the central authority", "Request"),
        now=NOW,
        long_term=lasting(pki, archive=False),
        checker=checker,
    )
    assert defects(signed, part=3) == []
    report = checker.check(signed, trust=[pki.root_pem], at=NOW + 9)
    assert report.indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_archivable(language: str) -> None:
    fonts_for(language)
    assert defects(write_pdf(outline(WHOLE, "letter.pdf", wording(language), numbers_hidden=True))) == []


@pytest.mark.parametrize("language", ["en", *WRITINGS])
def test_a_stamped_signature_in_any_script_keeps_a_letter_archivable(
    pki: DemoPki, plain_letter: bytes, checker: Checker, language: str
) -> None:
    fonts_for(language)
    purpose = SignaturePurpose(WRITINGS.get(language, "Head of the central authority"), "Request")
    key = SealKey(pki.signer_pkcs12, b"x")
    signed = sign_pdf(plain_letter, key, purpose, now=NOW, stamp=STAMP, checker=checker)
    assert defects(signed) == []


@pytest.mark.parametrize("archive", [False, True], ids=["LT", "LTA"])
def test_what_makes_it_last_and_a_second_office_keep_it_archivable(
    pki: DemoPki, plain_letter: bytes, checker: Checker, *, archive: bool
) -> None:
    purpose, key = SignaturePurpose("Head", "Request"), SealKey(pki.signer_pkcs12, b"x")
    document = plain_letter
    for stamp in (None, replace(STAMP, box=(60, 160, 360, 240))):
        long_term = lasting(pki, archive=archive)
        document = sign_pdf(
            document, key, purpose, now=NOW, long_term=long_term, stamp=stamp, checker=checker
        )
        assert defects(document) == []


def test_what_is_not_archivable_is_told() -> None:
    found = defects(written(plain()))
    assert {"6.2.3 no output intent", "6.6.4 does not say PDF/A-2b", "14.7 not tagged"} <= set(found)


@pytest.mark.parametrize(
    ("there", "instead", "clause"),
    [
        (b"/FontFile", b"/FontFire", "6.2.11.4"),
        (b"/GTS_PDFA1", b"/GTS_PDFX1", "6.2.3"),
        (b"/StructTreeRoot", b"/StructTreeRood", "14.7"),
        (b"/ID[", b"/IE[", "6.1.3"),
    ],
)
def test_each_defect_is_found(plain_letter: bytes, there: bytes, instead: bytes, clause: str) -> None:
    assert there in plain_letter
    assert any(each.startswith(clause) for each in defects(plain_letter.replace(there, instead)))
