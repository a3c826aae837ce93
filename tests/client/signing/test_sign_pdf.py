import asyncio
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import pem, x509  # type: ignore[import-untyped]
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from tests.client.letter.writings import WRITINGS, font_rows, fonts_for, plain, read_back

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.letter import RequestLetter, render_letter
from rogatory_client.signing import (
    Checker,
    LongTerm,
    SealKey,
    SignaturePurpose,
    SigningRefusedError,
    Stamp,
    sign_pdf,
)
from rogatory_client.signing.dated_writer import DatedWriter
from rogatory_crypto.errors import MisuseError

NOW = 1_790_000_000
PURPOSE = SignaturePurpose("Head of the central authority", "Request", "State A")


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


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


def key(pki: DemoPki) -> SealKey:
    return SealKey(pki.signer_pkcs12, b"x")


def long_term(pki: DemoPki) -> LongTerm:
    return LongTerm(time_stamper(pki, now=NOW), [pki.root_pem], [pki.crl, pki.tsa_certificate])


@pytest.mark.parametrize("level_lt", [False, True])
def test_another_validator_accepts_what_we_sign(
    pki: DemoPki, letter: bytes, checker: Checker, *, level_lt: bool
) -> None:
    signed = sign_pdf(
        letter, key(pki), PURPOSE, now=NOW, long_term=long_term(pki) if level_lt else None, checker=checker
    )
    reader = PdfFileReader(BytesIO(signed))
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(pem.unarmor(pki.root_pem)[2])],
        allow_fetching=False,
        moment=datetime.fromtimestamp(NOW, UTC),
    )
    status = asyncio.run(async_validate_pdf_signature(reader.embedded_signatures[0], context))
    assert status.bottom_line
    assert status.docmdp_ok
    assert (status.timestamp_validity is not None) is level_lt
    assert ("/DSS" in reader.root) is level_lt


def test_signature_says_function_reason_and_claimed_time(
    pki: DemoPki, letter: bytes, checker: Checker
) -> None:
    signed = sign_pdf(letter, key(pki), PURPOSE, now=NOW, checker=checker)
    found = PdfFileReader(BytesIO(signed)).embedded_signatures[0]
    assert found.field_name == "Rogatory-Signature-1"
    assert found.sig_object["/Name"] == "Head of the central authority"
    assert found.sig_object["/Reason"] == "Request"
    assert found.sig_object["/Location"] == "State A"
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert found.self_reported_timestamp == datetime.fromtimestamp(NOW, UTC)
    assert signed.startswith(letter)


def test_poppler_accepts_what_we_sign(pki: DemoPki, letter: bytes, checker: Checker, tmp_path: Path) -> None:
    pdfsig = shutil.which("pdfsig")
    if pdfsig is None:
        pytest.skip("pdfsig of poppler is absent")
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign_pdf(letter, key(pki), PURPOSE, now=NOW, checker=checker))
    done = subprocess.run([pdfsig, "-nocert", str(path)], capture_output=True, text=True, check=False)
    assert "Signature is Valid" in done.stdout


def test_visible_stamp_stands_on_its_page(pki: DemoPki, letter: bytes, checker: Checker) -> None:
    signed = sign_pdf(letter, key(pki), PURPOSE, now=NOW, stamp=Stamp(0, (60, 60, 260, 120)), checker=checker)
    field = PdfFileReader(BytesIO(signed)).embedded_signatures[0].sig_field
    assert [int(number) for number in field["/Rect"]] == [60, 60, 260, 120]


@pytest.mark.parametrize("stamp", [None, Stamp(0, (60, 60, 260, 120))], ids=["invisible", "visible"])
def test_a_signed_letter_stays_archivable_and_tagged(
    pki: DemoPki, letter: bytes, checker: Checker, stamp: Stamp | None
) -> None:
    signed = sign_pdf(letter, key(pki), PURPOSE, now=NOW, stamp=stamp, checker=checker)
    reader = PdfFileReader(BytesIO(signed))
    field = reader.embedded_signatures[0].sig_field
    # ISO 19005-2 clause 6.3.2: annotations are printed, and neither hidden nor shown on screens alone.
    assert field["/F"] & 0b100 == 0b100
    assert field["/F"] & 0b100011 == 0
    # Clause 6.3.3: what has a size has one appearance; clause 6.4.1: which no reader draws anew.
    assert set(field.get("/AP", {})) == ({"/N"} if stamp else set())
    assert not reader.root["/AcroForm"].get("/NeedAppearances", False)
    assert "/XFA" not in reader.root["/AcroForm"]
    # Clauses 6.2.3 and 6.6.2, ISO 32000-1 section 14.7: what the letter said of itself still stands.
    assert {"/OutputIntents", "/Metadata", "/StructTreeRoot"} <= reader.root.keys()
    assert reader.root["/MarkInfo"]["/Marked"]
    assert b'pdfaid:part="2" pdfaid:conformance="B"' in reader.root["/Metadata"].data
    assert "/ID" in reader.trailer


def test_a_stamp_fills_its_place_and_can_be_read_aloud(pki: DemoPki, letter: bytes, checker: Checker) -> None:
    signed = sign_pdf(letter, key(pki), PURPOSE, now=NOW, stamp=Stamp(0, (60, 60, 260, 120)), checker=checker)
    field = PdfFileReader(BytesIO(signed)).embedded_signatures[0].sig_field
    assert b"1 0 0 1 0 0 cm" in field["/AP"]["/N"].data
    assert field["/TU"].startswith("Head of the central authority · Request · 2026-")


@pytest.mark.parametrize("language", WRITINGS)
def test_a_stamp_speaks_the_language_of_the_office(
    pki: DemoPki, letter: bytes, checker: Checker, language: str, tmp_path: Path
) -> None:
    fonts_for(language)
    purpose = SignaturePurpose(WRITINGS[language], "Request")
    stamp = Stamp(0, (60, 60, 360, 140))
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign_pdf(letter, key(pki), purpose, now=NOW, stamp=stamp, checker=checker))
    # ISO 19005-2 clauses 6.2.11.4 and 6.2.11.8: every font is in the file, and no glyph is missing.
    assert all(embedded for _, embedded in font_rows(path))
    assert set(plain(WRITINGS[language])) <= set(read_back(path))


def test_a_stamp_that_no_font_shows_is_misuse_before_a_key_is_opened(pki: DemoPki, letter: bytes) -> None:
    purpose, unopened = SignaturePurpose("Head \u0378", "Request"), SealKey(pki.signer_pkcs12, b"wrong")
    with pytest.raises(MisuseError, match="no font can show the character"):
        sign_pdf(letter, unopened, purpose, now=NOW, stamp=Stamp(0, (60, 60, 260, 120)))


def test_wrong_passphrase_is_misuse_and_says_nothing_of_it(pki: DemoPki, letter: bytes) -> None:
    seal = SealKey(pki.signer_pkcs12, b"wrong secret")
    assert "secret" not in repr(seal)
    with pytest.raises(MisuseError) as caught:
        sign_pdf(letter, seal, PURPOSE, now=NOW)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("document", [b"", b"no pdf", b"%PDF-1.7\n"])
def test_what_is_no_pdf_is_refused(pki: DemoPki, document: bytes) -> None:
    with pytest.raises(SigningRefusedError):
        sign_pdf(document, key(pki), PURPOSE, now=NOW)


def test_a_broken_signature_field_is_refused(pki: DemoPki, letter: bytes) -> None:
    signed = signed_elsewhere(letter, pki, certify=False, lock=False)
    broken = signed.replace(b"/ByteRange", b"/BiteRange")
    assert broken != signed
    with pytest.raises(SigningRefusedError):
        sign_pdf(broken, key(pki), PURPOSE, now=NOW)


def signed_elsewhere(document: bytes, pki: DemoPki, *, certify: bool, lock: bool) -> bytes:
    """Signed by another product: certified against every change, or with every field locked."""
    signer = SimpleSigner.load_pkcs12_data(pki.signer_pkcs12, other_certs=(), passphrase=b"x")
    metadata = PdfSignatureMetadata(
        field_name="Other",
        certify=certify,
        docmdp_permissions=MDPPerm.NO_CHANGES if certify else MDPPerm.FILL_FORMS,
    )
    mdp = FieldMDPSpec(FieldMDPAction.ALL) if lock else None
    output = BytesIO()
    pdf_signer = PdfSigner(metadata, signer=signer, new_field_spec=SigFieldSpec("Other", field_mdp_spec=mdp))
    pdf_signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(document)), output=output)
    return output.getvalue()


@pytest.mark.parametrize(("certify", "lock"), [(True, False), (False, True)])
def test_refuses_where_an_earlier_signature_forbids(
    pki: DemoPki, letter: bytes, *, certify: bool, lock: bool
) -> None:
    # ISO 32000-1 sections 12.8.2.2 and 12.8.2.4.
    with pytest.raises(SigningRefusedError):
        sign_pdf(signed_elsewhere(letter, pki, certify=certify, lock=lock), key(pki), PURPOSE, now=NOW)


def test_signs_beside_an_ordinary_signature(pki: DemoPki, letter: bytes, checker: Checker) -> None:
    both = sign_pdf(
        signed_elsewhere(letter, pki, certify=False, lock=False), key(pki), PURPOSE, now=NOW, checker=checker
    )
    names = [found.field_name for found in PdfFileReader(BytesIO(both)).embedded_signatures]
    assert names == ["Other", "Rogatory-Signature-1"]


def test_long_term_without_revocation_data_is_refused(pki: DemoPki, letter: bytes) -> None:
    empty = LongTerm(time_stamper(pki, now=NOW), [pki.root_pem], [pki.tsa_certificate])
    with pytest.raises(SigningRefusedError):
        sign_pdf(letter, key(pki), PURPOSE, now=NOW, long_term=empty)


@pytest.mark.parametrize("archive", [False, True])
def test_every_revision_is_dated_by_the_caller_and_by_no_clock(
    pki: DemoPki, letter: bytes, checker: Checker, *, archive: bool
) -> None:
    # ISO 32000-1 sections 14.3 and 14.4: the dates and the id of the file.
    lasting = replace(long_term(pki), archive=archive)
    made = [
        PdfFileReader(
            BytesIO(sign_pdf(letter, key(pki), PURPOSE, now=NOW, long_term=lasting, checker=checker))
        )
        for _ in range(2)
    ]
    said = datetime.fromtimestamp(NOW, UTC).isoformat().encode()
    assert made[0].root["/Metadata"].data == made[1].root["/Metadata"].data
    assert b"ModifyDate>" + said in made[0].root["/Metadata"].data.replace(b'="', b">")
    fields = [[signature.field_name for signature in reader.embedded_signatures] for reader in made]
    assert fields[0] == fields[1] == ["Rogatory-Signature-1", "Rogatory-Timestamp-1"][: 1 + archive]
    assert made[0].embedded_signatures[0].sig_object["/M"] == made[1].embedded_signatures[0].sig_object["/M"]


def test_without_a_clock_of_its_own_a_revision_is_named_after_what_it_is(letter: bytes) -> None:
    first, again, later = (DatedWriter(letter, now)._document_id[1] for now in (NOW, NOW, NOW + 1))
    assert first == again != later
