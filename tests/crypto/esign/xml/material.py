"""Builds XML signatures by hand, right ones and wrong ones, from text in canonical form."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from asn1crypto import tsp, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree  # type: ignore[import-untyped]
from tests.crypto.esign.cms.material import NOW, Signatory, signatory, token

from rogatory_crypto.esign.report import Report
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.trust.given import read_anchors
from rogatory_crypto.esign.xml.document import check_xml

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
XADES_141 = "http://uri.etsi.org/01903/v1.4.1#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
INC = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DS}enveloped-signature"
BASE64 = f"{DS}base64"
OBJECT, MANIFEST = f"{DS}Object", f"{DS}Manifest"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
COUNTER = "http://uri.etsi.org/01903#CountersignedSignature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ECDSA = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
BODY = "<p>Records of the account are requested.</p>"
CONTENT = b"Records of the account are requested.\n"
CLAIMED = "2026-09-21T14:13:20Z"


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def sha256(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()


def canonical(text: str, *, exclusive: bool = True) -> bytes:
    """Return the canonical form of a document of its own."""
    made: bytes = etree.tostring(
        etree.fromstring(text.encode()), method="c14n", exclusive=exclusive, with_comments=False
    )
    return made


def transform(uri: str, inside: str = "") -> str:
    return f'<ds:Transform Algorithm="{uri}">{inside}</ds:Transform>'


def reference(
    uri: str | None,
    octets: bytes,
    transforms: Sequence[str] = (),
    *,
    kind: str = "",
    identifier: str = "",
    digest: str = SHA256,
) -> str:
    """Return a reference to something that has these octets after its transforms."""
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in (("Id", identifier), ("Type", kind), ("URI", uri))
        if value is not None and (value or name == "URI")
    )
    steps = "".join(each if each.startswith("<") else transform(each) for each in transforms)
    listed = f"<ds:Transforms>{steps}</ds:Transforms>" if steps else ""
    return (
        f'<ds:Reference{attributes}>{listed}<ds:DigestMethod Algorithm="{digest}"></ds:DigestMethod>'
        f"<ds:DigestValue>{b64(sha256(octets))}</ds:DigestValue></ds:Reference>"
    )


def certificate_reference(by: Signatory, *, value: bytes = b"", serial_number: int | None = None) -> str:
    """Return the signed reference to a certificate (EN 319 132-1 clause 5.2.2)."""
    names = [x509.GeneralName("directory_name", by.certificate.issuer)]
    number = by.certificate.serial_number if serial_number is None else serial_number
    issuer = tsp.IssuerSerial({"issuer": names, "serial_number": number}).dump()
    return (
        "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
        f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{SHA256}"></ds:DigestMethod>'
        f'<ds:DigestValue xmlns:ds="{DS}">{b64(value or sha256(by.certificate.dump()))}</ds:DigestValue>'
        f"</xades:CertDigest><xades:IssuerSerialV2>{b64(issuer)}</xades:IssuerSerialV2>"
        "</xades:Cert></xades:SigningCertificateV2>"
    )


def signed_properties(certificate: str, *, more: str = "", data: str = "", identifier: str = "props") -> str:
    return (
        f'<xades:SignedProperties xmlns:xades="{XADES}" Id="{identifier}"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{CLAIMED}</xades:SigningTime>{certificate}{more}"
        f"</xades:SignedSignatureProperties>{data}</xades:SignedProperties>"
    )


def sign(by: Signatory, message: bytes, method: str = "") -> bytes:
    """Sign as XML does it: r and s of ECDSA one after the other."""
    key: Any = by.key
    match key:
        case ec.EllipticCurvePrivateKey():
            r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
            size = (key.key_size + 7) // 8
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        case rsa.RSAPrivateKey() if "MGF1" in method or "pss" in method:
            scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            return key.sign(message, scheme, hashes.SHA256())
        case rsa.RSAPrivateKey():
            return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        case ed25519.Ed25519PrivateKey():
            return key.sign(message)
    raise AssertionError(type(key))


def signature(
    references: Sequence[str],
    by: Signatory | None = None,
    *,
    properties: str | None = None,
    objects: str = "",
    unsigned: str = "",
    key_info: str | None = None,
    method: str = ECDSA,
    parameters: str = "",
    identifier: str = "sig",
) -> str:
    """Return a signature over references and, where there are any, its signed properties."""
    by = by or signatory()
    own = signed_properties(certificate_reference(by), identifier=f"p-{identifier}")
    properties = own if properties is None else properties
    mine = (
        [reference(f"#p-{identifier}", canonical(properties), [EXC], kind=PROPERTIES)] if properties else []
    )
    info = (
        f'<ds:SignedInfo xmlns:ds="{DS}">'
        f'<ds:CanonicalizationMethod Algorithm="{EXC}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{method}">{parameters}</ds:SignatureMethod>'
        f"{''.join([*references, *mine])}</ds:SignedInfo>"
    )
    value = b64(sign(by, canonical(info), method))
    named = (
        f"<ds:X509Data><ds:X509Certificate>{b64(by.certificate.dump())}</ds:X509Certificate></ds:X509Data>"
    )
    later = f"<xades:UnsignedSignatureProperties>{unsigned}</xades:UnsignedSignatureProperties>"
    qualifying = (
        f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="#{identifier}">{properties}'
        f"{f'<xades:UnsignedProperties>{later}</xades:UnsignedProperties>' if unsigned else ''}"
        "</xades:QualifyingProperties></ds:Object>"
    )
    return (
        f'<ds:Signature xmlns:ds="{DS}" Id="{identifier}">{info}'
        f'<ds:SignatureValue Id="v-{identifier}">{value}</ds:SignatureValue>'
        f"<ds:KeyInfo>{named if key_info is None else key_info}</ds:KeyInfo>"
        f"{qualifying if properties else ''}{objects}</ds:Signature>"
    )


def letter(signatures: str = "", body: str = BODY) -> str:
    return f'<letter Id="letter">{body}{signatures}</letter>'


def enveloped(**changes: Any) -> bytes:
    """A right enveloped signature over the whole letter."""
    return letter(signature([reference("", canonical(letter()), [ENVELOPED, EXC])], **changes)).encode()


def data_object(content: bytes = CONTENT, identifier: str = "data") -> str:
    return f'<ds:Object Id="{identifier}">{b64(content)}</ds:Object>'


def enveloping(**changes: Any) -> bytes:
    """A right signature that carries its content."""
    about = reference("#data", CONTENT, [BASE64], kind=OBJECT)
    return signature([about], objects=data_object(), **changes).encode()


def detached(**changes: Any) -> bytes:
    """A right signature about a file of its own."""
    return signature([reference("letter.txt", CONTENT)], **changes).encode()


def between(document: bytes, start: str, end: str) -> bytes:
    """Return what lies between two marks, of which the first is there once."""
    _, _, rest = document.partition(start.encode())
    return rest.partition(end.encode())[0]


def value_of(document: bytes, identifier: str = "sig") -> str:
    """Return the canonical form of a signature's value, as a time stamp covers it."""
    text = between(document, f'<ds:SignatureValue Id="v-{identifier}">', "<").decode()
    return f'<ds:SignatureValue xmlns:ds="{DS}" Id="v-{identifier}">{text}</ds:SignatureValue>'


def stamp(
    covered: bytes, name: str = "SignatureTimeStamp", *, inside: str = "", namespace: str = XADES
) -> str:
    """Return a time-stamp property over octets."""
    made = b64(token(sha256(covered), at=NOW).dump())
    prefix = "xades" if namespace == XADES else "xades141"
    return (
        f'<{prefix}:{name} xmlns:{prefix}="{namespace}">{inside}'
        f'<ds:CanonicalizationMethod xmlns:ds="{DS}" Algorithm="{EXC}"></ds:CanonicalizationMethod>'
        f'<xades:EncapsulatedTimeStamp xmlns:xades="{XADES}">{made}</xades:EncapsulatedTimeStamp>'
        f"</{prefix}:{name}>"
    )


def with_unsigned(document: bytes, unsigned: str) -> bytes:
    """Add unsigned properties to the one signature of a document."""
    later = (
        "</xades:SignedProperties><xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
        f"{unsigned}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )
    assert document.count(b"</xades:SignedProperties>") == 1
    return document.replace(b"</xades:SignedProperties>", later.encode())


def terms(*contents: bytes, trust: Sequence[bytes] = ()) -> Terms:
    anchors = read_anchors([signatory().pem, *trust], NOW)
    return Terms(anchors, NOW + 60, revocation=False, contents=contents)


def checked(document: bytes, *contents: bytes, trust: Sequence[bytes] = ()) -> Report:
    return check_xml(document, terms(*contents, trust=trust))
