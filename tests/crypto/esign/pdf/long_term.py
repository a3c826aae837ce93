"""Small PDFs signed at level LT and LTA by our own signer."""

import os
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from asn1crypto.crl import CertificateList  # type: ignore[import-untyped]
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko_certvalidator import ValidationContext
from tests.crypto.esign.pdf.builder import plain, written

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.signing import LongTerm, SealKey, SignaturePurpose, sign_pdf
from rogatory_crypto.esign.trust.given import read_anchors

NOW = 1_790_000_000
LATER = NOW + 3600


@cache
def authority() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


def signed(document: bytes | None = None) -> bytes:
    """Level LT."""
    ours = authority()
    return sign_pdf(
        document or written(plain()),
        SealKey(ours.signer_pkcs12, b"x"),
        SignaturePurpose("Head of the central authority", "Request"),
        now=NOW,
        long_term=LongTerm(time_stamper(ours, now=NOW), [ours.root_pem], [ours.crl, ours.tsa_certificate]),
    )


def archived(document: bytes, ours: DemoPki | None = None, now: int = NOW + 60) -> bytes:
    """Level LTA: a document time stamp with what is needed to check it."""
    ours = ours or authority()
    context = ValidationContext(
        trust_roots=[each.certificate for each in read_anchors([ours.root_pem], now).anchors],
        crls=[CertificateList.load(ours.crl)],
        allow_fetching=False,
        revocation_mode="require",
        moment=datetime.fromtimestamp(now, UTC),
    )
    output = BytesIO()
    stamper = PdfTimeStamper(time_stamper(ours, now=now))
    stamper.timestamp_pdf(IncrementalPdfFileWriter(BytesIO(document)), "sha256", context, output=output)
    return output.getvalue()
