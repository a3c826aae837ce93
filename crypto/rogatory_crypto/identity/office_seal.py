"""An office's X.509 seal: the office is its own issuer and makes the certificate it seals PDF and CMS with.

What the certificates say is in ``seal_profile``. A seal is taken back in the log (``logged_seal``); for
readers that know no log the office signs revocation lists.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.seal_profile import (
    SHA256,
    Lifetime,
    SealSubject,
    certificate_builder,
    issuer_name,
    key_usage,
    moment,
    new_key,
    seal_name,
)

MAX_ISSUER_LIFETIME_S: Final = 10 * 366 * 86_400
MAX_SEAL_LIFETIME_S: Final = 3 * 366 * 86_400
_KDF_ROUNDS: Final = 600_000


@dataclass(frozen=True, slots=True)
class SealIssuer:
    """The office as issuer: its certificate (DER) and key (PKCS#8 DER)."""

    certificate: bytes
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealCertificate:
    """A seal: its certificate (DER), its key (PKCS#8 DER), and the issuer's certificate (DER)."""

    certificate: bytes
    private_key: bytes = field(repr=False)
    issuer_certificate: bytes


def make_issuer(subject: SealSubject, lifetime: Lifetime, random: Callable[[int], bytes]) -> SealIssuer:
    """Make the office's own issuer; it may issue seals and nothing below them.

    Raises:
        MisuseError: a lifetime that is none, or longer than ten years.
    """
    _check_lifetime(lifetime, MAX_ISSUER_LIFETIME_S)
    key, name = new_key(random), issuer_name(subject)
    builder = certificate_builder(name, name, key, key, lifetime, random)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(key_usage(issues=True), critical=True)
    return SealIssuer(_signed(builder, key), _key_der(key))


def issue_seal(
    issuer: SealIssuer, subject: SealSubject, lifetime: Lifetime, random: Callable[[int], bytes]
) -> SealCertificate:
    """Make a seal and its certificate.

    Raises:
        MisuseError: not this office's issuer, or a lifetime that is none, longer than three years, or beyond
            the issuer's.
    """
    _check_lifetime(lifetime, MAX_SEAL_LIFETIME_S)
    above, issuer_key = x509.load_der_x509_certificate(issuer.certificate), _loaded_key(issuer)
    if above.subject != issuer_name(subject):
        raise MisuseError("this issuer is of another office")
    if lifetime.not_before < _seconds(above.not_valid_before_utc):
        raise MisuseError("the seal would be valid before its issuer is")
    if lifetime.not_after > _seconds(above.not_valid_after_utc):
        raise MisuseError("the seal would outlive its issuer: make a new issuer first")
    key = new_key(random)
    builder = certificate_builder(seal_name(subject), above.subject, key, issuer_key, lifetime, random)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(key_usage(issues=False), critical=True)
    return SealCertificate(_signed(builder, issuer_key), _key_der(key), issuer.certificate)


def export_pkcs12(seal: SealCertificate, passphrase: bytes) -> bytes:
    """The seal with its key and issuer as PKCS#12 (RFC 7292) under AES-256; the library draws the salts.

    Raises:
        MisuseError: an empty passphrase.
    """
    if not passphrase:
        raise MisuseError("a seal is not exported without a passphrase")
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_KDF_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256)
        .build(passphrase)
    )
    key = serialization.load_der_private_key(seal.private_key, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise MisuseError("a seal's key is on P-256")
    certificate = x509.load_der_x509_certificate(seal.certificate)
    above = x509.load_der_x509_certificate(seal.issuer_certificate)
    return pkcs12.serialize_key_and_certificates(None, key, certificate, [above], encryption)


def to_pem(certificate: bytes) -> bytes:
    """A certificate (DER) as PEM (RFC 7468), for others to trust."""
    return x509.load_der_x509_certificate(certificate).public_bytes(serialization.Encoding.PEM)


def revocation_list(
    issuer: SealIssuer, revoked: Sequence[tuple[bytes, int]], *, number: int, now: int, next_update: int
) -> bytes:
    """The office's revocation list (RFC 5280 section 5), DER: what a reader without the log asks for.

    Args:
        issuer: who signs it.
        revoked: certificates (DER) of seals taken back, and since when (unix seconds).
        number: grows with each list.
        now: unix seconds.
        next_update: by when the next list comes, unix seconds.
    """
    key, above = _loaded_key(issuer), x509.load_der_x509_certificate(issuer.certificate)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(above.subject)
        .last_update(moment(now))
        .next_update(moment(next_update))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    for certificate, since in revoked:
        serial = x509.load_der_x509_certificate(certificate).serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment(since))
        builder = builder.add_revoked_certificate(entry.build())
    signed = builder.sign(key, SHA256, ecdsa_deterministic=True)
    return signed.public_bytes(serialization.Encoding.DER)


def _loaded_key(issuer: SealIssuer) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(issuer.private_key, None)
    certified = x509.load_der_x509_certificate(issuer.certificate).public_key()
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certified:
        raise MisuseError("the issuer's key is not that of its certificate")
    return key


def _key_der(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    signed = builder.sign(key, SHA256, ecdsa_deterministic=True)
    return signed.public_bytes(serialization.Encoding.DER)


def _check_lifetime(lifetime: Lifetime, maximum: int) -> None:
    if not 0 <= lifetime.not_before < lifetime.not_after <= lifetime.not_before + maximum:
        raise MisuseError(f"a certificate is valid for {maximum // (366 * 86_400)} years at most")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
