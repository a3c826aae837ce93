import os
from datetime import UTC, datetime
from io import BytesIO

import pytest
from asn1crypto.crl import CertificateList  # type: ignore[import-untyped]
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko_certvalidator import ValidationContext

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.letter import RequestLetter, render_letter
from rogatory_client.signing import LongTerm, SealKey, SignaturePurpose, sign_pdf
from rogatory_crypto.esign import Indication, SubIndication, check
from rogatory_crypto.esign.trust.given import read_anchors

NOW = 1_790_000_000
DAY = 86_400
ARCHIVED_AT = NOW + 700 * DAY

LETTER = RequestLetter(
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


def archived(document: bytes, authority: DemoPki) -> bytes:
    context = ValidationContext(
        trust_roots=[each.certificate for each in read_anchors([authority.root_pem]).anchors],
        crls=[CertificateList.load(authority.crl)],
        allow_fetching=False,
        revocation_mode="require",
        moment=datetime.fromtimestamp(ARCHIVED_AT, UTC),
    )
    output = BytesIO()
    stamper = PdfTimeStamper(time_stamper(authority, now=ARCHIVED_AT))
    stamper.timestamp_pdf(IncrementalPdfFileWriter(BytesIO(document)), "sha256", context, output=output)
    return output.getvalue()


@pytest.fixture(scope="module")
def ours() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


@pytest.fixture(scope="module")
def later() -> DemoPki:
    return build_pki(now=ARCHIVED_AT - 30, random=os.urandom, passphrase=b"x", authority="Later authority")


@pytest.fixture(scope="module")
def signed(ours: DemoPki) -> bytes:
    return sign_pdf(
        render_letter(LETTER),
        SealKey(ours.signer_pkcs12, b"x"),
        SignaturePurpose("Head of the central authority", "Request"),
        now=NOW,
        long_term=LongTerm(time_stamper(ours, now=NOW), [ours.root_pem], [ours.crl, ours.tsa_certificate]),
    )


def test_archive_time_stamp_carries_the_older_one_over_its_expiry(
    signed: bytes, ours: DemoPki, later: DemoPki
) -> None:
    # EN 319 102-1 clause 5.6: each proof of existence is judged as of what the newer ones prove.
    document = archived(signed, later)
    trust = [ours.root_pem, later.root_pem]
    report = check(document, trust=trust, at=NOW + 1000 * DAY)
    assert report.indication is Indication.TOTAL_PASSED
    signature = report.signatures[0]
    assert signature.level == "PAdES-BASELINE-LTA"
    assert signature.best_signature_time == NOW
    assert [stamp.kind for stamp in signature.timestamps] == ["signature", "document"]
    assert check(signed, trust=trust, at=NOW + 1000 * DAY).indication is Indication.INDETERMINATE


def test_time_stamp_from_an_unknown_authority_proves_nothing(
    signed: bytes, ours: DemoPki, later: DemoPki
) -> None:
    document = archived(signed, later)
    report = check(document, trust=[ours.root_pem], at=NOW + 1000 * DAY)
    assert report.signatures[0].sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE
    # While the first time stamp still stands by itself, the second is set aside with a warning.
    report = check(document, trust=[ours.root_pem], at=ARCHIVED_AT + 1)
    assert report.indication is Indication.TOTAL_PASSED
    assert any("not trusted" in warning for warning in report.signatures[0].warnings)


def test_time_stamp_from_the_future_proves_nothing(signed: bytes, ours: DemoPki) -> None:
    report = check(signed, trust=[ours.root_pem], at=NOW - 10)
    assert report.signatures[0].timestamps[0].sub_indication is SubIndication.TIMESTAMP_ORDER_FAILURE
    assert report.signatures[0].best_signature_time is None


def test_document_with_only_a_time_stamp_has_no_signature(later: DemoPki) -> None:
    report = check(archived(render_letter(LETTER), later), trust=[later.root_pem], at=ARCHIVED_AT + 1)
    assert (report.indication, report.signatures) == (Indication.INDETERMINATE, ())
    assert "time stamp" in report.reason


def test_empty_field_left_open_after_signing_is_no_signature(signed: bytes, ours: DemoPki) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    append_signature_field(writer, SigFieldSpec("Open"))
    output = BytesIO()
    write = writer.write
    write(output)  # type: ignore[no-untyped-call]  # the library has no types here
    report = check(output.getvalue(), trust=[ours.root_pem], at=NOW + 1)
    assert len(report.signatures) == 1
