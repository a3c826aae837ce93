"""Reads a trusted list (ETSI TS 119 612 V1.1.1 to V2.4.1, TS 102 231 V3.1.2) from XML.

What shapes the whole list (territory, number, dates) must be there, or the list is refused. A certificate
that is none costs its own service only, and is said.
"""

import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from warnings import catch_warnings, simplefilter

from asn1crypto import x509  # type: ignore[import-untyped]
from cryptography import x509 as read_x509
from lxml import etree  # type: ignore[import-untyped]

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.names import comparable
from rogatory_crypto.esign.trust.trusted_list import ListPointer, Period, Service, TrustedList
from rogatory_crypto.esign.xml.names import XML, Element
from rogatory_crypto.esign.xml.reading import XmlDocument, read_xml

NAMESPACE: Final = "http://uri.etsi.org/02231/v2#"
MAX_LIST_BYTES: Final = 16 * 1024 * 1024
MAX_SERVICES: Final = 10_000
VERSIONS: Final = range(3, 7)
_TSL: Final = f"{{{NAMESPACE}}}"
_ROOT: Final = f"{_TSL}TrustServiceStatusList"
_ADDITIONAL: Final = "{http://uri.etsi.org/02231/v2/additionaltypes#}"
_QUALIFIER: Final = "{http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#}Qualifier"
_LANGUAGE: Final = f"{{{XML}}}lang"
_MAX_TEXT: Final = 200
_UNREADABLE: Final = (ValueError, TypeError, KeyError, IndexError)


def is_trusted_list(document: XmlDocument) -> bool:
    """Tell whether the root element is that of a trusted list."""
    return bool(document.root.tag == _ROOT)


def open_list(document: bytes) -> XmlDocument:
    """The XML of a list, within limits.

    Raises:
        PeerError: TOO_LARGE above the limit of a list; MALFORMED where it is not a trusted list in XML.
    """
    if len(document) > MAX_LIST_BYTES:
        raise PeerError(Code.TOO_LARGE, f"a trusted list has at most {MAX_LIST_BYTES >> 20} MiB")
    opened = read_xml(document)
    if not is_trusted_list(opened):
        raise PeerError(Code.MALFORMED, "not a trusted list (TS 119 612)")
    # Signatures do not cover comments: one put into a text must not cut it short for its reader.
    etree.strip_tags(opened.root, etree.Comment)
    return opened


def read_trusted_list(document: XmlDocument) -> TrustedList:
    """What a list says; its signature is not looked at.

    Raises:
        PeerError: MALFORMED where something is missing or none of its kind; UNSUPPORTED version; TOO_LARGE.
    """
    with catch_warnings():
        # Serial numbers that are not positive are rather many in lists; they end chains all the same.
        simplefilter("ignore")
        return _read(document)


def _read(document: XmlDocument) -> TrustedList:
    scheme = _child(document.root, "SchemeInformation")
    version = _number(scheme, "TSLVersionIdentifier")
    if version not in VERSIONS:
        raise PeerError(Code.UNSUPPORTED, f"version {version} of trusted lists is not known here")
    services, unreadable = _services(document.root)
    next_update = scheme.find(f"{_TSL}NextUpdate/{_TSL}dateTime")
    return TrustedList(
        version=version,
        sequence=_number(scheme, "TSLSequenceNumber"),
        list_type=_text(_child(scheme, "TSLType")),
        territory=_territory(_text(_child(scheme, "SchemeTerritory"))),
        operator=_name(scheme.find(f"{_TSL}SchemeOperatorName")),
        issued_at=_moment(_child(scheme, "ListIssueDateTime")),
        next_update=None if next_update is None else _moment(next_update),
        information=_uris(scheme.find(f"{_TSL}SchemeInformationURI")),
        services=services,
        pointers=tuple(_pointers(scheme)),
        unreadable=unreadable,
    )


def _services(root: Element) -> tuple[tuple[Service, ...], tuple[str, ...]]:
    services: list[Service] = []
    unreadable: list[str] = []
    for provider in root.iterfind(f"{_TSL}TrustServiceProviderList/{_TSL}TrustServiceProvider"):
        name = _name(provider.find(f"{_TSL}TSPInformation/{_TSL}TSPName"))
        for element in provider.iterfind(f"{_TSL}TSPServices/{_TSL}TSPService"):
            service = _service(element, name)
            damaged = any(not _is_certificate(der) for each in service.periods for der in each.certificates)
            if damaged:
                unreadable.append(f"{service.provider}, {service.name}"[:_MAX_TEXT])
            else:
                services.append(service)
            if len(services) + len(unreadable) > MAX_SERVICES:
                raise PeerError(Code.TOO_LARGE, f"a trusted list has at most {MAX_SERVICES} services")
    return tuple(services), tuple(unreadable)


def _service(element: Element, provider: str) -> Service:
    current = _child(element, "ServiceInformation")
    history = element.iterfind(f"{_TSL}ServiceHistory/{_TSL}ServiceHistoryInstance")
    periods = (_period(current), *(_period(each) for each in history))
    return Service(provider, _name(current.find(f"{_TSL}ServiceName")), periods)


def _period(element: Element) -> Period:
    identity = element.find(f"{_TSL}ServiceDigitalIdentity")
    return Period(
        service_type=_text(_child(element, "ServiceTypeIdentifier")),
        status=_text(_child(element, "ServiceStatus")),
        since=_moment(_child(element, "StatusStartingTime")),
        certificates=_binaries(identity, "X509Certificate"),
        key_identifiers=_binaries(identity, "X509SKI"),
        information=_information(element.find(f"{_TSL}ServiceInformationExtensions")),
    )


def _information(extensions: Element | None) -> tuple[str, ...]:
    """Additional service information (clause 5.5.9.4) and qualifiers (5.5.9.2), in their last words."""
    if extensions is None:
        return ()
    uris = [_text(uri) for uri in extensions.iterfind(f".//{_TSL}AdditionalServiceInformation/{_TSL}URI")]
    uris += [each.get("uri", "") for each in extensions.iter(_QUALIFIER)]
    return tuple(dict.fromkeys(uri.rpartition("/")[2][:_MAX_TEXT] for uri in uris if uri))


def _pointers(scheme: Element) -> Iterator[ListPointer]:
    for element in scheme.iterfind(f"{_TSL}PointersToOtherTSL/{_TSL}OtherTSLPointer"):
        media = element.findtext(f".//{_ADDITIONAL}MimeType", "").strip()
        if media and media != "application/vnd.etsi.tsl+xml":
            continue
        certificates = _binaries(element.find(f"{_TSL}ServiceDigitalIdentities"), "X509Certificate")
        yield ListPointer(
            territory=_territory(element.findtext(f".//{_TSL}SchemeTerritory", "").strip()),
            location=element.findtext(f"{_TSL}TSLLocation", "").strip()[:2048],
            list_type=element.findtext(f".//{_TSL}TSLType", "").strip()[:_MAX_TEXT],
            certificates=tuple(der for der in certificates if _is_certificate(der)),
        )


def _is_certificate(der: bytes) -> bool:
    """Whether all that a check asks of an anchor can be read; else it would fail every document."""
    try:
        # Chains are found by name.
        _ = comparable(x509.Certificate.load(der, strict=True).subject)
        read_x509.load_der_x509_certificate(der)
    except _UNREADABLE:
        return _is_loosely_encoded(der)
    return True


def _is_loosely_encoded(der: bytes) -> bool:
    """Whether it is a certificate in BER rather than DER, of which lists name some; reading that is slow."""
    try:
        _ = x509.Certificate.load(der, strict=True).native
    except _UNREADABLE:
        return False
    return True


def _binaries(identity: Element | None, name: str) -> tuple[bytes, ...]:
    if identity is None:
        return ()
    return tuple(_binary(element) for element in identity.iter(f"{_TSL}{name}"))


def _binary(element: Element) -> bytes:
    try:
        return binascii.a2b_base64("".join((element.text or "").split()), strict_mode=True)
    except ValueError:
        return b""


def _child(element: Element, name: str) -> Element:
    found = element.find(f"{_TSL}{name}")
    if found is None:
        raise PeerError(Code.MALFORMED, f"a trusted list without {name}")
    return found


def _text(element: Element) -> str:
    text = (element.text or "").strip()
    if not text or len(text) > _MAX_TEXT:
        raise PeerError(Code.MALFORMED, "a trusted list with an empty or endless field")
    return text


def _territory(text: str) -> str:
    # The Union's lists write EL for Greece and UK for Great Britain; certificates write what ISO 3166-1 says.
    return {"EL": "GR", "UK": "GB"}.get(text.upper(), text.upper())[:16]


def _number(element: Element, name: str) -> int:
    text = _text(_child(element, name))
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise PeerError(Code.MALFORMED, f"{name} of a trusted list is not a number")
    return int(text)


def _moment(element: Element) -> int:
    try:
        moment = datetime.fromisoformat(_text(element))
    except ValueError as error:
        raise PeerError(Code.MALFORMED, "a trusted list with a time that is none") from error
    # TS 119 612 clause 5.1.4: times are in UTC and say so.
    if moment.tzinfo is None:
        raise PeerError(Code.MALFORMED, "a trusted list with a time without zone")
    return max(0, int(moment.timestamp()))


def _name(names: Element | None) -> str:
    """A name in several languages: the English one, else the first."""
    if names is None:
        return ""
    found = [
        (each.get(_LANGUAGE, "").lower(), (each.text or "").strip()) for each in names.iterfind(f"{_TSL}Name")
    ]
    english = (text for language, text in found if language == "en")
    return next(english, found[0][1] if found else "")[:_MAX_TEXT]


def _uris(element: Element | None) -> tuple[str, ...]:
    if element is None:
        return ()
    return tuple((each.text or "").strip()[:2048] for each in element.iterfind(f"{_TSL}URI"))
