"""Names for values of libraries that come without types, so that signatures still say what they take."""

from typing import Any, Final, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm

Certificate: TypeAlias = Any
"""``asn1crypto.x509.Certificate`` (RFC 5280)."""

Name: TypeAlias = Any
"""``asn1crypto.x509.Name`` (RFC 5280 section 4.1.2.4)."""

SignedData: TypeAlias = Any
"""``asn1crypto.cms.SignedData`` (RFC 5652 section 5.1)."""

SignerInfo: TypeAlias = Any
"""``asn1crypto.cms.SignerInfo`` (RFC 5652 section 5.3)."""

CertificateList: TypeAlias = Any
"""``asn1crypto.crl.CertificateList`` (RFC 5280 section 5)."""

OcspResponse: TypeAlias = Any
"""``asn1crypto.ocsp.OCSPResponse`` (RFC 6960)."""

UNREADABLE: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    UnsupportedAlgorithm,
)
"""What the libraries raise where such a value cannot be read; they read late."""
