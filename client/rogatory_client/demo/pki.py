"""A throw-away public key infrastructure for demonstrations and tests: it protects nothing and says so.

One root that issues everything itself: a document signer, a time-stamping authority, and the revocation list
that level LT embeds. Keys of the root and the signer are derived from ``random``; the time-stamping
authority's is RSA, whose primes the library draws itself, because the local time-stamper signs with RSA only.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

ROOT_NAME: Final = "Demonstration root authority"
SIGNER_NAME: Final = "Demonstration central authority seal"
TIMESTAMP_NAME: Final = "Demonstration time-stamping authority"
_VALID: Final = timedelta(days=730)
_RSA_BITS: Final = 3072


@dataclass(frozen=True, slots=True)
class DemoPki:
    """Everything needed to sign at level LT and to check it.

    Attributes:
        root_pem: give this as the only trusted certificate.
        signer_pkcs12: the document signer's key, certificate and issuer, under the passphrase asked for.
        signer_pem: the document signer's certificate.
        tsa_certificate: DER.
        tsa_key: DER, PKCS#8.
        crl: the root's revocation list, DER.
    """

    root_pem: bytes
    signer_pkcs12: bytes = field(repr=False)
    signer_pem: bytes
    tsa_certificate: bytes
    tsa_key: bytes = field(repr=False)
    crl: bytes


@dataclass(frozen=True, slots=True)
class _Issuer:
    name: str
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)


def build_pki(
    *,
    now: int,
    random: Callable[[int], bytes],
    passphrase: bytes,
    authority: str = ROOT_NAME,
    signer_revoked_at: int | None = None,
    signer_expires_at: int | None = None,
    tsa_revoked_at: int | None = None,
) -> DemoPki:
    """Make a root, a signer, a time-stamping authority and a revocation list.

    Args:
        now: unix seconds; certificates are valid from an hour before for two years, the list for 30 days.
        random: where keys and serial numbers come from.
        passphrase: for the PKCS#12 file.
        authority: the root's name; an authority unknown to the receiver needs another one.
        signer_revoked_at: put the signer on the revocation list as of this time.
        signer_expires_at: end of the signer's validity, instead of two years.
        tsa_revoked_at: put the time-stamping authority on the revocation list as of this time.
    """
    issuer = _root(authority, now, random)
    signer_key = _elliptic_key(random)
    signer = _signer(issuer, signer_key.public_key(), now, random, signer_expires_at)
    tsa_key = rsa.generate_private_key(65537, _RSA_BITS)
    tsa = _timestamp_authority(issuer, tsa_key.public_key(), now, random)
    return DemoPki(
        root_pem=issuer.certificate.public_bytes(serialization.Encoding.PEM),
        signer_pkcs12=pkcs12.serialize_key_and_certificates(
            SIGNER_NAME.encode(),
            signer_key,
            signer,
            [issuer.certificate],
            serialization.BestAvailableEncryption(passphrase),
        ),
        signer_pem=signer.public_bytes(serialization.Encoding.PEM),
        tsa_certificate=tsa.public_bytes(serialization.Encoding.DER),
        tsa_key=tsa_key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        crl=_revocation_list(issuer, now, ((signer, signer_revoked_at), (tsa, tsa_revoked_at))),
    )


def time_stamper(pki: DemoPki, *, now: int) -> "TimeStamper":
    """A time-stamping authority (RFC 3161) in this process, whose clock stands at ``now``."""
    from asn1crypto import keys  # type: ignore[import-untyped]
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

    return DummyTimeStamper(
        asn1_x509.Certificate.load(pki.tsa_certificate),
        keys.PrivateKeyInfo.load(pki.tsa_key),
        fixed_dt=_moment(now),
    )


def _elliptic_key(random: Callable[[int], bytes]) -> ec.EllipticCurvePrivateKey:
    # 40 bytes over an order of 32 bytes leave no noticeable bias (FIPS 186-5 section A.2.1).
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return ec.derive_private_key(int.from_bytes(random(40)) % (order - 1) + 1, ec.SECP256R1())


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Demonstration only"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: str,
    issuer: str,
    public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    now: int,
    random: Callable[[int], bytes],
    expires_at: int | None = None,
) -> x509.CertificateBuilder:
    begins = _moment(now) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public_key)
        .serial_number(int.from_bytes(b"\x01" + random(15)))
        .not_valid_before(begins)
        .not_valid_after(begins + _VALID if expires_at is None else _moment(expires_at))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _key_usage(
    *, sign_documents: bool = False, sign_tokens: bool = False, issue: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign_tokens,
        content_commitment=sign_documents,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issue,
        crl_sign=issue,
        encipher_only=False,
        decipher_only=False,
    )


def _root(name: str, now: int, random: Callable[[int], bytes]) -> _Issuer:
    key = _elliptic_key(random)
    certificate = (
        _certificate(name, name, key.public_key(), now, random)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(issue=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _Issuer(name, certificate, key)


def _signer(
    issuer: _Issuer,
    public_key: ec.EllipticCurvePublicKey,
    now: int,
    random: Callable[[int], bytes],
    expires_at: int | None,
) -> x509.Certificate:
    return (
        _certificate(SIGNER_NAME, issuer.name, public_key, now, random, expires_at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(sign_documents=True), critical=True)
        .add_extension(_authority_key_identifier(issuer), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )


def _timestamp_authority(
    issuer: _Issuer, public_key: rsa.RSAPublicKey, now: int, random: Callable[[int], bytes]
) -> x509.Certificate:
    return (
        _certificate(TIMESTAMP_NAME, issuer.name, public_key, now, random)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(sign_tokens=True), critical=True)
        # RFC 3161 section 2.3: exactly this purpose, and critical.
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(_authority_key_identifier(issuer), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )


def _authority_key_identifier(issuer: _Issuer) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _revocation_list(
    issuer: _Issuer, now: int, revoked: tuple[tuple[x509.Certificate, int | None], ...]
) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(_moment(now))
        .next_update(_moment(now) + timedelta(days=30))
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(_authority_key_identifier(issuer), critical=False)
    )
    for certificate, revoked_at in revoked:
        if revoked_at is not None:
            entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(_moment(revoked_at)).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
