"""Signed PDFs made without the checks that our own signing makes beforehand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from asn1crypto import keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from tests.crypto.esign.test_checking import LATER, NOW, letter

from rogatory_crypto.esign import Report, check

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


def sealed(
    signer: bytes,
    stamper: bytes | None = None,
    *,
    reserved: int | None = None,
    document: bytes | None = None,
    field: str = "Signature",
    **more: Any,
) -> bytes:
    """Sign a letter, or another file, without the checks that our own signing makes beforehand."""
    encoded = key().private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private = keys.PrivateKeyInfo.load(encoded)
    authority = stamper and DummyTimeStamper(
        asn1_x509.Certificate.load(stamper), private, fixed_dt=datetime.fromtimestamp(NOW, UTC)
    )
    store: type[Any] = SimpleCertificateStore
    metadata = PdfSignatureMetadata(field, subfilter=SigSeedSubFilter.PADES, **more)
    officer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(signer),
        signing_key=private,
        cert_registry=store(),
    )
    writer = IncrementalPdfFileWriter(BytesIO(document or letter()))
    output = PdfSigner(metadata, officer, timestamper=authority or None).sign_pdf(
        writer, bytes_reserved=reserved
    )
    return bytes(output.getbuffer())


def checked(document: bytes, *trust: bytes, at: int = LATER) -> Report:
    return check(document, trust=trust or (certificate("root", ca=True),), at=at, revocation=False)


@cache
def office() -> bytes:
    """Return the certificate of who signs."""
    return certificate("office", days=9)
