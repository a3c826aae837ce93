"""The X.509 profile of an office's seal: EN 319 412-3, a legal person.

The subject has countryName, organizationName, organizationIdentifier and commonName; the identifier is the
office's id in the directory, so no semantics identifier of EN 319 412-1 is claimed for it. Key usage is type
B of EN 319 412-2 section 4.3.2. Keys are P-256 with SHA-256, which every reader of PDF and CMS can check, and
which, unlike RSA, can be made from a randomness argument.

Left out on purpose: extended key usage, because readers disagree about which one a seal needs and all accept
none; certificate policies and statements of qualification, because nobody audits an office on our behalf;
addresses for revocation data, because nothing here is fetched.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId

MAX_ORGANIZATION: Final = 200
MAX_SHORT_NAME: Final = 48
SHA256: Final = hashes.SHA256()
_ISSUER_SUFFIX: Final = " - seal issuer"
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class SealSubject:
    """Whose seal it is.

    Attributes:
        entry_id: the office's id in the directory.
        organization: its full name; EN 319 412-2 section 4.2.4 lets it be longer than the 64 of RFC 5280.
        short_name: what readers show, 48 characters at most.
        country: ISO 3166-1 alpha-2, in capitals.
    """

    entry_id: EntryId
    organization: str
    short_name: str
    country: str

    def __post_init__(self) -> None:
        """Refuse what no certificate can say.

        Raises:
            MisuseError: naming the attribute.
        """
        _check_text("organization", self.organization, MAX_ORGANIZATION)
        _check_text("short_name", self.short_name, MAX_SHORT_NAME)
        _check_text("entry_id", self.entry_id, 64)
        if not (len(self.country) == 2 and self.country.isascii() and self.country.isupper()):
            raise MisuseError("country: two capital letters of ISO 3166-1")


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From when until when a certificate counts, both inclusive, unix seconds."""

    not_before: int
    not_after: int


def seal_name(subject: SealSubject) -> x509.Name:
    """The subject of the seal's certificate."""
    return _name(subject, subject.short_name)


def issuer_name(subject: SealSubject) -> x509.Name:
    """The subject of the issuer's: another name, so that nobody takes the one for the other."""
    return _name(subject, subject.short_name + _ISSUER_SUFFIX)


def certificate_builder(
    name: x509.Name,
    name_above: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    key_above: ec.EllipticCurvePrivateKey,
    lifetime: Lifetime,
    random: Callable[[int], bytes],
) -> x509.CertificateBuilder:
    """What the certificates of issuer and seal have in common: names, key, serial, validity, SKI and AKI."""
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(key_above.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name_above)
        .public_key(key.public_key())
        # 120 random bits and a leading one: never zero, never negative (RFC 5280 section 4.1.2.2).
        .serial_number(int.from_bytes(b"\x01" + random(15)))
        .not_valid_before(moment(lifetime.not_before))
        .not_valid_after(moment(lifetime.not_after))
        .add_extension(own, critical=False)
        .add_extension(above, critical=False)
    )


def key_usage(*, issues: bool) -> x509.KeyUsage:
    """Issuing certificates and lists, or committing to what is sealed; never both."""
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=not issues,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def new_key(random: Callable[[int], bytes]) -> ec.EllipticCurvePrivateKey:
    """A fresh key."""
    # 40 bytes over an order of 32 leave no noticeable bias (FIPS 186-5 section A.2.1).
    return ec.derive_private_key(int.from_bytes(random(40)) % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def moment(at: int) -> datetime:
    """Unix seconds as certificates state them."""
    return datetime.fromtimestamp(at, UTC)


def _name(subject: SealSubject, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, subject.country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.organization),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, subject.entry_id),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _check_text(name: str, text: str, maximum: int) -> None:
    hidden = any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)
    if hidden or not 0 < len(text.strip()) <= len(text) <= maximum:
        raise MisuseError(f"{name}: 1 to {maximum} characters of plain text")
