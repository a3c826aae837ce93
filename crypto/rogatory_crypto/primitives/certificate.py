"""One X.509 certificate and the signature of its issuer (RFC 5280 section 4.1).

Here stands which algorithms an issuer may use; which certificates may issue which is no matter of ciphers.
"""

from dataclasses import dataclass, field
from typing import Final, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509 import (
    Certificate,
    DuplicateExtension,
    Extensions,
    ExtensionType,
    InvalidVersion,
    UnsupportedGeneralNameType,
    load_der_x509_certificate,
)

from rogatory_crypto.errors import Code, PeerError

_RSA_BITS: Final = range(2048, 8193)
# Q07: with a larger one, a check takes a hundred times as long, and each leaf of a tree may ask for four.
_RSA_EXPONENT_BITS: Final = 32
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_HASHES: Final = (
    hashes.SHA256,
    hashes.SHA384,
    hashes.SHA512,
    hashes.SHA3_256,
    hashes.SHA3_384,
    hashes.SHA3_512,
)
_WHOLE_MESSAGE: Final = (
    ed25519.Ed25519PublicKey,
    ed448.Ed448PublicKey,
    mldsa.MLDSA44PublicKey,
    mldsa.MLDSA65PublicKey,
    mldsa.MLDSA87PublicKey,
)


# The library warns of what RFC 5280 forbids and it will refuse; where warnings are errors, it is refused now.
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    UserWarning,
    InvalidVersion,
    DuplicateExtension,
    UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
)
_Value = TypeVar("_Value", bound=ExtensionType)


@dataclass(frozen=True, slots=True)
class ParsedCertificate:
    """A certificate whose every part was read, so that nothing fails later.

    Times are unix seconds, both included.
    """

    der: bytes
    key: CertificatePublicKeyTypes
    extensions: Extensions
    self_issued: bool
    not_before: float
    not_after: float
    _certificate: Certificate = field(repr=False)

    @classmethod
    def decode(cls, der: bytes) -> "ParsedCertificate":
        """Return the certificate.

        Raises:
            PeerError: INVALID_CREDENTIAL for what is none, or has a key of an unknown kind or a faulty one.
        """
        try:
            certificate = load_der_x509_certificate(der)
            if certificate.serial_number <= 0:  # RFC 5280 section 4.1.2.2
                raise ValueError("a serial number that is not positive")
            return cls(
                der,
                certificate.public_key(),
                certificate.extensions,
                certificate.subject == certificate.issuer,
                certificate.not_valid_before_utc.timestamp(),
                certificate.not_valid_after_utc.timestamp(),
                certificate,
            )
        except _UNREADABLE as error:
            raise PeerError(Code.INVALID_CREDENTIAL, "D03: not a certificate that can be read") from error

    def extension(self, kind: type[_Value]) -> _Value | None:
        """Return the value of the extension of this kind, if there is one."""
        for extension in self.extensions:
            if isinstance(extension.value, kind):
                return extension.value
        return None

    def verify_issued_by(self, issuer: "ParsedCertificate") -> None:
        """Return only if ``issuer`` is named here and signed this, by an algorithm that may be used.

        Raises:
            PeerError: INVALID_CREDENTIAL.
        """
        if not _may_issue(issuer.key):
            raise PeerError(
                Code.INVALID_CREDENTIAL, "D03: an issuer with a key that is too weak, or too slow"
            )
        try:
            algorithm = self._certificate.signature_hash_algorithm
            self._certificate.verify_directly_issued_by(issuer._certificate)  # noqa: SLF001 - of its own class
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError) as error:
            raise PeerError(Code.INVALID_CREDENTIAL, "D03: not issued by the next certificate") from error
        if algorithm is not None and not isinstance(algorithm, _HASHES):
            raise PeerError(Code.INVALID_CREDENTIAL, "D03: signed over a hash that is too weak")


def _may_issue(key: CertificatePublicKeyTypes) -> bool:
    match key:
        case rsa.RSAPublicKey():
            return key.key_size in _RSA_BITS and key.public_numbers().e.bit_length() <= _RSA_EXPONENT_BITS
        case ec.EllipticCurvePublicKey():
            return isinstance(key.curve, _CURVES)
        case _:
            return isinstance(key, _WHOLE_MESSAGE)
