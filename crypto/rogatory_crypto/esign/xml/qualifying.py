"""The qualifying properties of a signature (EN 319 132-1 clauses 4.3 and 5), in every version of XAdES.

Only those that stand in an Object of the signature itself are its own, whatever they name as their target.
Properties that a signature does not cover say nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.algorithms import digest_name
from rogatory_crypto.esign.xml.elements import child, children, octets, required, text
from rogatory_crypto.esign.xml.names import XADES_132, Element, ds, xades

SIGNED_PROPERTIES: Final = frozenset(
    f"http://uri.etsi.org/01903{version}#SignedProperties"
    for version in ("", "/v1.1.1", "/v1.2.2", "/v1.3.2")
)
MAX_REFERENCES: Final = 32


@dataclass(frozen=True, slots=True)
class Qualifying:
    """The qualifying properties of one signature.

    Attributes:
        signed: ``SignedProperties``; absent in a signature that is plain XMLDSig.
        unsigned: the unsigned properties of the signature, in order.
    """

    signed: Element | None
    unsigned: tuple[Element, ...]

    def signed_property(self, name: str) -> Element | None:
        """Return a property of the signature that is signed; absent where there is none.

        Raises:
            PeerError: MALFORMED where there are several.
        """
        parent = None if self.signed is None else child(self.signed, *xades("SignedSignatureProperties"))
        return None if parent is None else child(parent, *xades(name))

    def signed_data_properties(self) -> tuple[Element, ...]:
        """Return the signed properties of what is signed, in order."""
        parent = None if self.signed is None else child(self.signed, *xades("SignedDataObjectProperties"))
        return () if parent is None else tuple(each for each in parent if isinstance(each.tag, str))


@dataclass(frozen=True, slots=True)
class CertificateReference:
    """What is signed of the signing certificate (EN 319 132-1 clause 5.2.2).

    Attributes:
        digest: the algorithm, by the name of ``hashlib``.
        value: the digest of the certificate.
        serial_number: stated beside it; absent where it is not.
        issuer: name as RFC 4514 writes it, in the older form; may be empty.
        issuer_serial: DER IssuerSerial, in the newer form; may be empty.
    """

    digest: str
    value: bytes
    serial_number: int | None = None
    issuer: str = ""
    issuer_serial: bytes = b""


def read_qualifying(signature: Element) -> Qualifying:
    """Return the qualifying properties of a signature.

    Raises:
        PeerError: MALFORMED where there are several.
    """
    found = [
        each
        for container in children(signature, ds("Object"))
        for each in children(container, *xades("QualifyingProperties"))
    ]
    if not found:
        return Qualifying(None, ())
    if len(found) > 1:
        raise PeerError(Code.MALFORMED, "qualifying properties are there twice")
    unsigned = child(found[0], *xades("UnsignedProperties"))
    of_signature = None if unsigned is None else child(unsigned, *xades("UnsignedSignatureProperties"))
    properties = (
        () if of_signature is None else tuple(each for each in of_signature if isinstance(each.tag, str))
    )
    return Qualifying(child(found[0], *xades("SignedProperties")), properties)


def certificate_references(qualifying: Qualifying) -> tuple[CertificateReference, ...]:
    """Return the references to the signing certificate and to those above it; empty where there is none.

    Raises:
        PeerError: MALFORMED where they cannot be read, UNSUPPORTED for a digest that is not known here.
    """
    newer = qualifying.signed_property("SigningCertificateV2")
    older = qualifying.signed_property("SigningCertificate")
    found = [
        read(each)
        for parent, read in ((newer, _newer), (older, _older))
        for each in (() if parent is None else children(parent, *xades("Cert")))
    ]
    if len(found) > MAX_REFERENCES:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_REFERENCES} references to certificates")
    if not found and (newer is not None or older is not None):
        raise PeerError(Code.MALFORMED, "SigningCertificate holds no reference")
    return tuple(found)


def _digest(reference: Element) -> tuple[str, bytes]:
    stated = required(reference, *xades("CertDigest"))
    # Version 1.1.1 has these two elements in its own namespace.
    method = required(stated, ds("DigestMethod"), *xades("DigestMethod"))
    return digest_name(method), octets(required(stated, ds("DigestValue"), *xades("DigestValue")))


def _newer(reference: Element) -> CertificateReference:
    name, value = _digest(reference)
    stated = child(reference, f"{{{XADES_132}}}IssuerSerialV2")
    return CertificateReference(name, value, issuer_serial=b"" if stated is None else octets(stated))


def _older(reference: Element) -> CertificateReference:
    name, value = _digest(reference)
    stated = child(reference, *xades("IssuerSerial"))
    if stated is None:
        return CertificateReference(name, value)
    serial = text(required(stated, ds("X509SerialNumber")))
    if not (serial.lstrip("-").isdigit() and serial.isascii() and len(serial) < 80):
        raise PeerError(Code.MALFORMED, "X509SerialNumber is no number")
    issuer = required(stated, ds("X509IssuerName"))
    return CertificateReference(name, value, int(serial), text(issuer))


def signing_time(qualifying: Qualifying) -> int | None:
    """Return what the signer's computer said, unix seconds; absent where it is not there or unreadable."""
    stated = qualifying.signed_property("SigningTime")
    try:
        moment = None if stated is None else datetime.fromisoformat(text(stated))
        if moment is None:
            return None
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError, PeerError):
        return None
