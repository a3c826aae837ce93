"""Reads CMS SignedData (RFC 5652 section 5.1) in DER or BER, strictly and within limits.

The library decodes lazily, so a defect could appear in the middle of a check; here everything a check needs
is touched once. What is only carried along (certificates, revocation data) may be unreadable: it is then left
out, because anybody can add such things to a signature without breaking it.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

from asn1crypto import cms, core, crl, ocsp, x509  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import Certificate, OcspResponse, SignedData, SignerInfo
from rogatory_crypto.esign.cms import oids
from rogatory_crypto.esign.cms.algorithm_families import described
from rogatory_crypto.esign.cms.ber import close_frame
from rogatory_crypto.esign.evidence import Evidence

# What a lazy decoder raises in the middle of reading, on hostile bytes.
UNREADABLE: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
MAX_SIGNERS: Final = 64
MAX_CARRIED: Final = 256
MAX_ATTRIBUTES: Final = 512
# The same authority's certificates stand in every time stamp of a document.
_REMEMBERED: Final = 256
_REMEMBERED_BYTES: Final = 8192
# RFC 5940 section 2.1; some products put the basic response there under its own identifier (RFC 6960).
_OCSP_RESPONSE: Final = "1.3.6.1.5.5.7.16.2"
_BASIC_OCSP_RESPONSE: Final = "1.3.6.1.5.5.7.48.1.1"
_ENCRYPTED: Final = "a file that is encrypted, and not signed on its outside (decrypt it first),"
_OTHER_KINDS: Final = {
    "1.2.840.113549.1.7.1": "CMS without any signature",
    "1.2.840.113549.1.7.3": _ENCRYPTED,
    "1.2.840.113549.1.7.6": _ENCRYPTED,
    "1.2.840.113549.1.9.16.1.23": _ENCRYPTED,
    "1.2.840.113549.1.9.16.1.31": "content with its time stamps in one file (RFC 5544)",
}


class _Encapsulated(core.Sequence):  # type: ignore[misc]
    """EncapsulatedContentInfo whatever it holds (RFC 5652 section 5.2)."""

    _fields: Final = [
        ("content_type", core.ObjectIdentifier),
        ("content", core.OctetString, {"explicit": 0, "optional": True}),
    ]


def read_signed_data(encoded: bytes) -> SignedData:
    """Read a ContentInfo that holds SignedData.

    Raises:
        PeerError: MALFORMED where it is none, UNSUPPORTED where it is another kind of CMS, TOO_LARGE.
    """
    try:
        signed_data = _content_of(cms.ContentInfo.load(close_frame(encoded), strict=True))
        _touch(signed_data)
    except PeerError:
        raise
    except (Exception, RecursionError) as error:
        raise PeerError(Code.MALFORMED, f"CMS: {type(error).__name__}: {error}"[:300]) from error
    return signed_data


def _content_of(info: Any) -> SignedData:  # noqa: ANN401 - untyped library
    if info["content_type"].dotted != oids.SIGNED_DATA:
        kind = info["content_type"].dotted
        raise PeerError(Code.UNSUPPORTED, _OTHER_KINDS.get(kind) or f"CMS of the kind {described(kind)}")
    return info["content"]


def signer_infos(signed_data: SignedData) -> tuple[SignerInfo, ...]:
    """Return every SignerInfo, in the order in which they stand."""
    return tuple(signed_data["signer_infos"])


def content_type(signed_data: SignedData) -> str:
    """Return the dotted identifier of what is signed."""
    return str(signed_data["encap_content_info"]["content_type"].dotted)


def encapsulated_content(signed_data: SignedData) -> bytes | None:
    """Return the content's octets; absent where the signature is detached."""
    try:
        content = signed_data["encap_content_info"]["content"]
    except UNREADABLE:
        # What is signed need not be what its type says; the octets are signed all the same.
        encapsulated = _Encapsulated.load(signed_data["encap_content_info"].dump(), strict=True)
        _, content = encapsulated["content_type"].dotted, encapsulated["content"]
    if content is None or isinstance(content, core.Void):
        return None
    if isinstance(content, core.Any):
        # PKCS #7 signed the value's octets without tag and length (RFC 5652 section 5.2.1).
        return bytes(content.parse().contents)
    return bytes(content)


def certificates_in(signed_data: SignedData) -> tuple[Certificate, ...]:
    """Return the certificates that are carried and can be read."""
    return tuple(_readable(_each(signed_data["certificates"], _certificate)))


def evidence_in(signed_data: SignedData) -> Evidence:
    """Return what is carried to check the signatures, outside of their attributes."""
    crls = _each(signed_data["crls"], lambda choice: [choice.chosen] if choice.name == "crl" else [])
    ocsps = _each(signed_data["crls"], lambda choice: [] if choice.name == "crl" else _other(choice.chosen))
    return Evidence(certificates_in(signed_data), tuple(crls), tuple(ocsps))


def _certificate(choice: Any) -> list[Certificate]:  # noqa: ANN401 - untyped library
    return [load_certificate(choice.chosen.dump())] if choice.name == "certificate" else []


def _each(field: Any, of: Callable[[Any], list[Any]]) -> Iterator[Any]:  # noqa: ANN401 - untyped library
    """Yield what stands in a set, without what cannot be read; the decoder stumbles over each by itself."""
    for place in range(0 if isinstance(field, core.Void) else len(field)):
        try:
            found = of(field[place])
        except UNREADABLE:
            continue
        yield from found


def as_response(basic: Any) -> OcspResponse:  # noqa: ANN401 - untyped library
    """Return a BasicOCSPResponse in the frame of a response (RFC 6960 section 4.2.1)."""
    inner = {"response_type": "basic_ocsp_response", "response": basic}
    return ocsp.OCSPResponse({"response_status": "successful", "response_bytes": inner})


def _other(choice: Any) -> list[OcspResponse]:  # noqa: ANN401 - untyped library
    kind, value = choice["other_rev_info_format"].dotted, choice["other_rev_info"].dump()
    if kind == _OCSP_RESPONSE:
        return [ocsp.OCSPResponse.load(value, strict=True)]
    if kind == _BASIC_OCSP_RESPONSE:
        return [as_response(ocsp.BasicOCSPResponse.load(value, strict=True))]
    return []


def _readable(certificates: Iterable[Certificate]) -> Iterable[Certificate]:
    for certificate in certificates:
        try:
            _ = certificate.issuer.hashable, certificate.subject.hashable, certificate.serial_number
            _ = certificate.key_identifier_value, certificate.not_valid_before, certificate.not_valid_after
        except UNREADABLE:
            continue
        yield certificate


def _touch(signed_data: SignedData) -> None:
    _ = signed_data["version"].native, signed_data["digest_algorithms"].native
    _ = content_type(signed_data), encapsulated_content(signed_data)
    infos = signed_data["signer_infos"]
    if len(infos) > MAX_SIGNERS:
        raise PeerError(Code.TOO_LARGE, f"more than {MAX_SIGNERS} signatures")
    for field in ("certificates", "crls"):
        carried = signed_data[field]
        if not isinstance(carried, core.Void) and len(carried) > MAX_CARRIED:
            raise PeerError(Code.TOO_LARGE, f"more than {MAX_CARRIED} {field}")
    for info in infos:
        _touch_signer(info)


def _touch_signer(info: SignerInfo) -> None:
    _ = info["version"].native, info["sid"].native, info["signature"].native
    _ = info["digest_algorithm"].native, info["signature_algorithm"].native
    for field in ("signed_attrs", "unsigned_attrs"):
        if not isinstance(info[field], core.Void) and len(info[field]) > MAX_ATTRIBUTES:
            raise PeerError(Code.TOO_LARGE, f"more than {MAX_ATTRIBUTES} attributes")
        for attribute in () if isinstance(info[field], core.Void) else info[field]:
            _ = attribute["type"].dotted, len(attribute["values"])


def load_certificate(encoded: bytes) -> Certificate:
    """Read one DER certificate; one that was read before is the same object, with what is known of it.

    Raises:
        ValueError: it is none.
    """
    if len(encoded) > _REMEMBERED_BYTES:
        return x509.Certificate.load(encoded, strict=True)
    return _remembered(encoded)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(encoded: bytes) -> Certificate:
    return x509.Certificate.load(encoded, strict=True)


def load_crl(encoded: bytes) -> Any:  # noqa: ANN401 - untyped library
    """Read one DER certificate revocation list; remembered like certificates.

    Raises:
        ValueError: it is none.
    """
    if len(encoded) > _REMEMBERED_BYTES:
        return crl.CertificateList.load(encoded, strict=True)
    return _remembered_list(encoded)


@lru_cache(maxsize=_REMEMBERED)
def _remembered_list(encoded: bytes) -> Any:  # noqa: ANN401 - untyped library
    return crl.CertificateList.load(encoded, strict=True)
