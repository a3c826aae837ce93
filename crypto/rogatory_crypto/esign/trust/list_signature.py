"""The signature of a trusted list: one, enveloped, over all of the list (TS 119 612 clause 5.7 and annex B).

Only this form is accepted; what a signature with other transforms covers is for nobody to guess. Who may sign
is the caller's question: this module says who did.
"""

from base64 import b64decode
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.xml.names import DS, EXC_C14N, XADES, Element, ds
from rogatory_crypto.esign.xml.reading import XmlDocument

_ENVELOPED: Final = f"{DS}enveloped-signature"
# Each of them covers every element and attribute; the standard asks for the exclusive one.
_CANONICAL: Final = frozenset(
    {EXC_C14N, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11"}
)
_SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
_REFUSALS: Final = (SignXMLException, ValueError, TypeError, KeyError, AttributeError, LookupError)


def signer_of(document: bytes, opened: XmlDocument) -> bytes | None:
    """The certificate (DER) whose key signed a list; absent where the list bears no signature at all.

    Args:
        document: the file.
        opened: the same, opened.

    Raises:
        PeerError: BAD_SIGNATURE where there is a signature that does not hold, or is not of the form that a
            trusted list has; MALFORMED where there are several.
    """
    if not opened.signatures:
        return None
    require_form(opened)
    der = _stated_certificate(opened.signatures[0])
    _verify(document, der)
    return der


def require_form(opened: XmlDocument) -> None:
    """Return only if a list bears one signature and that covers all of it.

    Raises:
        PeerError: MALFORMED where there is not exactly one; BAD_SIGNATURE where it is of another form.
    """
    if len(opened.signatures) != 1:
        count = len(opened.signatures)
        raise PeerError(Code.MALFORMED, f"a trusted list has one signature, this one {count}")
    (signature,) = opened.signatures
    references = signature.findall(f"{ds('SignedInfo')}/{ds('Reference')}")
    whole = [each for each in references if each.get("URI") in _whole(opened)]
    others = [each for each in references if each not in whole]
    if signature.getparent() is not opened.root or len(whole) != 1:
        raise PeerError(Code.BAD_SIGNATURE, "the signature does not cover the whole list")
    enveloped, *canonical = _transforms(whole[0]) or [""]
    if enveloped != _ENVELOPED or len(canonical) != 1 or canonical[0] not in _CANONICAL:
        raise PeerError(Code.BAD_SIGNATURE, "the signature has transforms that no trusted list has")
    if len(others) > 1 or any(not _is_of_properties(opened, signature, each) for each in others):
        raise PeerError(Code.BAD_SIGNATURE, "the signature refers to something beside the list")


def _whole(opened: XmlDocument) -> tuple[str, ...]:
    identifier = opened.root.get("Id")
    unique = identifier and len(opened.ids.get(identifier, ())) == 1
    return ("", f"#{identifier}") if unique else ("",)


def _transforms(reference: Element) -> list[str]:
    found = reference.findall(f"{ds('Transforms')}/{ds('Transform')}")
    return [each.get("Algorithm", "") for each in found]


def _is_of_properties(opened: XmlDocument, signature: Element, reference: Element) -> bool:
    target = opened.by_id(reference.get("URI", "").removeprefix("#"))
    return (
        reference.get("Type") == _SIGNED_PROPERTIES
        and target is not None
        and target.tag in {f"{{{namespace}}}SignedProperties" for namespace in XADES}
        and signature in target.iterancestors()
    )


def _stated_certificate(signature: Element) -> bytes:
    """The signer's certificate; with a chain beside it, the one that issued none of the others."""
    found = signature.findall(f"{ds('KeyInfo')}/{ds('X509Data')}/{ds('X509Certificate')}")
    try:
        certificates = [x509.load_der_x509_certificate(b64decode(each.text or "")) for each in found]
    except ValueError as error:
        raise PeerError(Code.BAD_SIGNATURE, "the signature names a certificate that is none") from error
    issuers = {each.issuer for each in certificates if each.issuer != each.subject}
    ends = [each for each in certificates if each.subject not in issuers]
    if len(ends) != 1:
        raise PeerError(Code.BAD_SIGNATURE, "the signature does not name its signer's certificate")
    return ends[0].public_bytes(Encoding.DER)


def _verify(document: bytes, der: bytes) -> None:
    certificate = x509.load_der_x509_certificate(der)
    # Whether the certificate counts is the caller's question; here it only bears the key.
    inside = certificate.not_valid_before_utc
    expected = SignatureConfiguration(location="./", expect_references=True, verification_time=inside)
    try:
        XMLVerifier().verify(document, x509_cert=certificate, expect_config=expected)
    except _REFUSALS as error:
        reason = str(error).partition("\n")[0][:200]
        raise PeerError(Code.BAD_SIGNATURE, f"the signature of the list does not hold: {reason}") from error
