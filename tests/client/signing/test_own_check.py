"""What is signed here is checked before it is handed on."""

import asyncio
import os
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem, x509  # type: ignore[import-untyped]
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from tests.client.letter.writings import program

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.signing import (
    Checker,
    LongTerm,
    SealKey,
    SignaturePurpose,
    SigningRefusedError,
    Stamp,
    sign_file,
    sign_pdf,
)
from rogatory_crypto.esign import Indication, check

NOW = 1_790_000_000
PURPOSE = SignaturePurpose("Head of the central authority", "Request")
STAMP = Stamp(0, (60, 60, 260, 120))


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


@pytest.fixture(scope="module")
def other_pki() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


def key(pki: DemoPki) -> SealKey:
    return SealKey(pki.signer_pkcs12, b"x")


def lasting(pki: DemoPki, stamper: TimeStamper) -> LongTerm:
    return LongTerm(stamper, [pki.root_pem], [pki.crl, pki.tsa_certificate])


class OtherImprint(TimeStamper):
    """An authority that stamps something else than it was asked to."""

    def __init__(self, honest: TimeStamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._honest = honest

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        return await self._honest.async_timestamp(bytes(len(message_digest)), md_algorithm)


def test_a_time_stamp_over_something_else_is_not_handed_on(
    pki: DemoPki, plain_letter: bytes, checker: Checker
) -> None:
    # RFC 3161 section 2.4.2: the imprint has to be that of the request.
    long_term = lasting(pki, OtherImprint(time_stamper(pki, now=NOW)))
    with pytest.raises(SigningRefusedError):
        sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW, long_term=long_term, checker=checker)
    with pytest.raises(SigningRefusedError, match="does not pass our own check"):
        sign_file(b"content", key(pki), now=NOW, long_term=long_term, checker=checker)


@pytest.mark.parametrize("away_s", [-1800, 1800])
def test_a_time_stamp_of_another_time_is_not_handed_on(
    pki: DemoPki, plain_letter: bytes, checker: Checker, away_s: int
) -> None:
    long_term = lasting(pki, time_stamper(pki, now=NOW + away_s))
    with pytest.raises(SigningRefusedError):
        sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW, long_term=long_term, checker=checker)
    with pytest.raises(SigningRefusedError, match="does not pass our own check"):
        sign_file(b"content", key(pki), now=NOW, long_term=long_term, checker=checker)


def test_a_key_that_is_not_the_certificates_signs_nothing(
    pki: DemoPki, other_pki: DemoPki, plain_letter: bytes
) -> None:
    # A token may hold the key of one person and the certificate of another under one label.
    mine, theirs = (SimpleSigner.load_pkcs12_data(each.signer_pkcs12, (), b"x") for each in (pki, other_pki))
    signer = SimpleSigner(
        signing_cert=theirs.signing_cert, signing_key=mine.signing_key, cert_registry=theirs.cert_registry
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rogatory_client.signing.signing_key._from_file", lambda _key: signer)
        with pytest.raises(SigningRefusedError, match="does not pass our own check"):
            sign_pdf(plain_letter, key(pki), PURPOSE, now=NOW)
        with pytest.raises(SigningRefusedError, match="does not pass our own check"):
            sign_file(b"content", key(pki), now=NOW)


def signed_elsewhere(
    document: bytes, pki: DemoPki, *, permitted: MDPPerm | None = None, lock: FieldMDPSpec | None = None
) -> bytes:
    """Signed by another product: certified for some changes, or with some fields locked."""
    metadata = PdfSignatureMetadata(
        field_name="Other",
        certify=permitted is not None,
        docmdp_permissions=permitted or MDPPerm.FILL_FORMS,
    )
    signer = SimpleSigner.load_pkcs12_data(pki.signer_pkcs12, other_certs=(), passphrase=b"x")
    field = SigFieldSpec("Other", field_mdp_spec=lock)
    output = BytesIO()
    PdfSigner(metadata, signer=signer, new_field_spec=field).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(document)), output=output
    )
    return output.getvalue()


def accepted_by_pyhanko(document: bytes, roots: list[bytes]) -> list[bool]:
    """Another validator's word on each signature, changes afterwards and permissions included."""
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(pem.unarmor(root)[2]) for root in roots],
        allow_fetching=False,
        moment=datetime.fromtimestamp(NOW, UTC),
    )
    found = PdfFileReader(BytesIO(document)).embedded_signatures
    said = [asyncio.run(async_validate_pdf_signature(each, context)) for each in found]
    return [bool(each.bottom_line and each.docmdp_ok) for each in said]


def accepted_by_poppler(document: bytes, folder: Path) -> int:
    """How many signatures a third program finds valid."""
    path = folder / "signed.pdf"
    path.write_bytes(document)
    done = subprocess.run(
        [program("pdfsig"), "-nocert", str(path)], capture_output=True, text=True, check=False
    )
    return done.stdout.count("Signature is Valid")


def test_certified_against_every_change_is_refused_and_stays_as_it_was(
    pki: DemoPki, other_pki: DemoPki, plain_letter: bytes, tmp_path: Path
) -> None:
    # ISO 32000-1 table 254: P=1.
    first = signed_elsewhere(plain_letter, other_pki, permitted=MDPPerm.NO_CHANGES)
    assert accepted_by_pyhanko(first, [other_pki.root_pem]) == [True]
    assert accepted_by_poppler(first, tmp_path) == 1
    for stamp in (None, STAMP):
        with pytest.raises(SigningRefusedError, match="DocMDP"):
            sign_pdf(first, key(pki), PURPOSE, now=NOW, stamp=stamp)


@pytest.mark.parametrize("archive", [False, True], ids=["LT", "LTA"])
def test_two_offices_last_side_by_side(
    pki: DemoPki, other_pki: DemoPki, plain_letter: bytes, checker: Checker, tmp_path: Path, *, archive: bool
) -> None:
    document, roots = plain_letter, [pki.root_pem, other_pki.root_pem]
    for each in (pki, other_pki):
        evidence = [each.crl, each.tsa_certificate]
        long_term = LongTerm(time_stamper(each, now=NOW), [each.root_pem], evidence, archive)
        document = sign_pdf(
            document, key(each), PURPOSE, now=NOW, long_term=long_term, stamp=STAMP, checker=checker
        )
    report = check(document, trust=roots, at=NOW + 60)
    assert [each.indication for each in report.signatures] == [Indication.TOTAL_PASSED] * 2
    signatures = PdfFileReader(BytesIO(document)).embedded_regular_signatures
    assert len(signatures) == 2
    assert accepted_by_poppler(document, tmp_path) == 2


@pytest.mark.parametrize("stamp", [None, STAMP], ids=["invisible", "visible"])
@pytest.mark.parametrize(
    ("permitted", "lock", "refused"),
    [
        (None, None, False),
        (MDPPerm.FILL_FORMS, None, False),
        (MDPPerm.ANNOTATE, None, False),
        (None, FieldMDPSpec(FieldMDPAction.INCLUDE, ["Other"]), False),
        # Another name is free.
        (None, FieldMDPSpec(FieldMDPAction.INCLUDE, ["Rogatory-Signature-1"]), False),
        (None, FieldMDPSpec(FieldMDPAction.EXCLUDE, ["Rogatory-Signature-1"]), False),
        (None, FieldMDPSpec(FieldMDPAction.EXCLUDE, ["Another"]), True),
    ],
    ids=["open", "P=2", "P=3", "others-locked", "ours-locked", "ours-open", "all-but-another-locked"],
)
def test_a_signature_more_keeps_the_first_valid_or_is_refused(
    pki: DemoPki,
    other_pki: DemoPki,
    plain_letter: bytes,
    checker: Checker,
    permitted: MDPPerm | None,
    lock: FieldMDPSpec | None,
    stamp: Stamp | None,
    tmp_path: Path,
    *,
    refused: bool,
) -> None:
    # ISO 32000-1 sections 12.8.2.2 and 12.8.2.4.
    first = signed_elsewhere(plain_letter, other_pki, permitted=permitted, lock=lock)
    trust = [pki.root_pem, other_pki.root_pem]
    if refused:
        with pytest.raises(SigningRefusedError, match="FieldMDP"):
            sign_pdf(first, key(pki), PURPOSE, now=NOW, stamp=stamp)
        return
    if permitted is not None and stamp is not None:
        with pytest.raises(SigningRefusedError, match="sign without the stamp"):
            sign_pdf(first, key(pki), PURPOSE, now=NOW, stamp=stamp)
        return
    both = sign_pdf(first, key(pki), PURPOSE, now=NOW, stamp=stamp, checker=checker)
    report = check(both, trust=trust, at=NOW, revocation=False)
    assert [each.indication for each in report.signatures] == [Indication.TOTAL_PASSED] * 2
    assert accepted_by_pyhanko(both, trust) == [True, True]
    assert accepted_by_poppler(both, tmp_path) == 2
