"""Whose key may make what, and when: EN 319 102-1 clause 5.2.6, RFC 3161 section 2.3, RFC 5280."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from asn1crypto import keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from cryptography.x509.oid import NameOID, ObjectIdentifier
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from tests.crypto.esign.test_checking import DAY, LATER, NOW, PASSPHRASE, letter, sign

from rogatory_client.demo.pki import DemoPki, build_pki
from rogatory_crypto.esign import Indication, Report, SubIndication, check

DER = serialization.Encoding.DER


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 3072)


@cache
def certificate(
    name: str, purposes: Sequence[ObjectIdentifier] = (), *, ca: bool = False, days: int = 1
) -> bytes:
    """Return a certificate by the root for the one key."""
    begins = datetime.fromtimestamp(NOW, UTC) - timedelta(hours=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")]))
        .public_key(key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, ca, ca, False, False),  # noqa: FBT003 - as in ASN.1
            critical=True,
        )
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=True)
    return builder.sign(key(), hashes.SHA256()).public_bytes(DER)


def sealed(signer: bytes, stamper: bytes | None = None, *, reserved: int | None = None) -> bytes:
    """Sign a letter without the checks that our own signing makes beforehand."""
    encoded = key().private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private = keys.PrivateKeyInfo.load(encoded)
    authority = stamper and DummyTimeStamper(
        asn1_x509.Certificate.load(stamper), private, fixed_dt=datetime.fromtimestamp(NOW, UTC)
    )
    store: type[Any] = SimpleCertificateStore
    metadata = PdfSignatureMetadata("Signature", subfilter=SigSeedSubFilter.PADES)
    officer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(signer),
        signing_key=private,
        cert_registry=store(),
    )
    writer = IncrementalPdfFileWriter(BytesIO(letter()))
    output = PdfSigner(metadata, officer, timestamper=authority or None).sign_pdf(
        writer, bytes_reserved=reserved
    )
    return bytes(output.getbuffer())


def checked(document: bytes, *trust: bytes, at: int = LATER) -> Report:
    return check(document, trust=trust or (certificate("root", ca=True),), at=at, revocation=False)


@pytest.mark.parametrize(
    ("purposes", "allowed"),
    [
        ((), True),
        ((Purpose.EMAIL_PROTECTION,), True),
        ((Purpose.TIME_STAMPING, Purpose.CLIENT_AUTH), True),
        ((Purpose.TIME_STAMPING,), False),
        ((Purpose.OCSP_SIGNING,), False),
        ((Purpose.SERVER_AUTH, Purpose.CODE_SIGNING), False),
    ],
)
def test_a_certificate_for_services_alone_signs_no_documents(
    purposes: tuple[ObjectIdentifier, ...], *, allowed: bool
) -> None:
    """RFC 5280 section 4.2.1.12: the key is then for the purposes named and no others."""
    report = checked(sealed(certificate("office", purposes)))
    assert (report.indication is Indication.TOTAL_PASSED) is allowed
    if not allowed:
        assert report.indication is Indication.INDETERMINATE
        assert report.signatures[0].sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE


@pytest.mark.parametrize(
    ("purposes", "believed"),
    [((Purpose.TIME_STAMPING,), True), ((Purpose.EMAIL_PROTECTION,), False), ((), False)],
)
def test_only_a_time_stamping_authority_proves_a_time(
    purposes: tuple[ObjectIdentifier, ...], *, believed: bool
) -> None:
    """Or a revoked signer could date its signature back to before the revocation by itself."""
    (report,) = checked(sealed(certificate("office"), certificate("authority", purposes))).signatures
    assert report.best_signature_time == (NOW if believed else None)
    if not believed:
        assert report.timestamps[0].indication is Indication.INDETERMINATE
        assert report.timestamps[0].sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE


@pytest.fixture(scope="module")
def short() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=PASSPHRASE, signer_expires_at=NOW + DAY)


@pytest.mark.parametrize("at", [NOW + 2 * DAY, NOW - DAY])
@pytest.mark.parametrize("revocation", [True, False])
def test_a_pinned_signer_is_trusted_only_while_its_certificate_is_valid(
    short: DemoPki, at: int, *, revocation: bool
) -> None:
    """RFC 5280 section 6.1.1 ignores an anchor's dates; here the anchor is the signing certificate itself."""
    draft = sign(letter(), short, level_lt=False)
    assert check(draft, trust=[short.signer_pem], at=LATER).indication is Indication.TOTAL_PASSED
    report = check(draft, trust=[short.signer_pem], at=at, revocation=revocation)
    assert report.indication is Indication.INDETERMINATE
    assert report.signatures[0].sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_a_time_stamp_outlives_neither_its_authority_nor_that_ones_issuer() -> None:
    """EN 319 102-1 clause 5.6: without a later time stamp, nothing shows the token is not younger."""
    authority = certificate("authority", (Purpose.TIME_STAMPING,), days=9)
    report = checked(sealed(certificate("office", days=9), authority), at=NOW + 2 * DAY).signatures[0]
    assert report.timestamps[0].sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE
    assert report.best_signature_time is None


def test_an_end_entity_given_as_trusted_vouches_for_nothing_else() -> None:
    office = certificate("office")
    (report,) = checked(sealed(office, certificate("authority", (Purpose.TIME_STAMPING,))), office).signatures
    assert report.indication is Indication.TOTAL_PASSED
    assert report.timestamps[0].indication is Indication.INDETERMINATE
    assert report.best_signature_time is None
