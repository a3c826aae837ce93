"""XML signatures with a time stamp and all that is needed to check them later (EN 319 132-1, level LT)."""

from tests.crypto.esign.cms.material import authority, issued
from tests.crypto.esign.xml.material import (
    BODY,
    DS,
    EXC,
    FILTER2,
    XADES,
    b64,
    canonical,
    letter,
    reference,
    signature,
    stamp,
    value_of,
    with_unsigned,
)


def validation_data() -> str:
    """The certificate of the signer and the revocation list of its issuer."""
    certificate, crl = b64(issued().certificate.dump()), b64(authority().crl)
    return (
        f'<xades:CertificateValues xmlns:xades="{XADES}"><xades:EncapsulatedX509Certificate>{certificate}'
        "</xades:EncapsulatedX509Certificate></xades:CertificateValues>"
        f'<xades:RevocationValues xmlns:xades="{XADES}"><xades:CRLValues><xades:EncapsulatedCRLValue>{crl}'
        "</xades:EncapsulatedCRLValue></xades:CRLValues></xades:RevocationValues>"
    )


def long_term(document: bytes, identifier: str = "sig") -> bytes:
    """Add a time stamp and validation data to the one signature of a document, by the issued key."""
    return with_unsigned(document, stamp(canonical(value_of(document, identifier))) + validation_data())


def parallel(count: int, body: str = BODY) -> bytes:
    """A letter that many sign, each leaving out all signatures (XPath Filter 2.0)."""
    step = (
        f'<ds:Transform Algorithm="{FILTER2}"><f:XPath xmlns:f="{FILTER2}" xmlns:ds="{DS}" Filter="subtract">'
        "/descendant::ds:Signature</f:XPath></ds:Transform>"
    )
    about = reference("", canonical(letter(body=body)), [step, EXC])
    names = [f"sig{number}" for number in range(count)]
    made = (long_term(signature([about], issued(), identifier=name).encode(), name) for name in names)
    return letter("".join(each.decode() for each in made), body).encode()
