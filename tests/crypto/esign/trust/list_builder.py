"""Trusted lists of invented states, made and signed as TS 119 612 asks."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import new as new_hash
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID
from lxml import etree  # type: ignore[import-untyped]

TSL = "http://uri.etsi.org/02231/v2#"
STATUS = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
TYPE = "http://uri.etsi.org/TrstSvc/Svctype/"
EU_GENERIC = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"
LIST_OF_LISTS = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists"
OTHER_STATE = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/XXlist"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
DIGESTS = {"sha256": "http://www.w3.org/2001/04/xmlenc#sha256", "sha1": f"{DS}sha1"}
ISSUED_AT = 1_750_000_000
NEXT_UPDATE = ISSUED_AT + 180 * 86_400
DAY = 86_400


def written(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


_DIGITAL_SIGNATURE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class Party:
    """A key with a certificate."""

    name: str
    not_before: int = ISSUED_AT - 1000 * DAY
    days: int = 3650
    states_identifier: bool = True
    distinguished_name: x509.Name | None = None
    for_logging_in: bool = False

    @cached_property
    def key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def certificate(self) -> x509.Certificate:
        return self.renewed()

    @cached_property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @cached_property
    def key_identifier(self) -> bytes:
        return x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()).digest

    def renewed(self) -> x509.Certificate:
        """Another certificate for the same key."""
        begin = datetime.fromtimestamp(self.not_before, UTC)
        common_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)])
        name = self.distinguished_name or common_name
        builder = x509.CertificateBuilder(
            name,
            name,
            self.key.public_key(),
            x509.random_serial_number(),
            begin,
            begin + timedelta(days=self.days),
        )
        if self.states_identifier:
            extension = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
            builder = builder.add_extension(extension, critical=False)
        if self.for_logging_in:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
            builder = builder.add_extension(usage, critical=False)
            builder = builder.add_extension(_DIGITAL_SIGNATURE, critical=True)
        return builder.sign(self.key, hashes.SHA256())


@dataclass(frozen=True)
class Entry:
    """A service in one period."""

    status: str
    since: int
    certificates: Sequence[bytes] = ()
    key_identifiers: Sequence[bytes] = ()
    kind: str = "CA/QC"
    extensions: str = ""

    def xml(self, tag: str) -> str:
        certificates = "".join(
            f"<DigitalId><X509Certificate>{b64encode(der).decode()}</X509Certificate></DigitalId>"
            for der in self.certificates
        )
        identifiers = "".join(
            f"<DigitalId><X509SKI>{b64encode(each).decode()}</X509SKI></DigitalId>"
            for each in self.key_identifiers
        )
        return (
            f"<{tag}><ServiceTypeIdentifier>{TYPE}{self.kind}</ServiceTypeIdentifier>"
            f'<ServiceName><Name xml:lang="en">Service</Name></ServiceName>'
            f"<ServiceDigitalIdentity>{certificates}{identifiers}</ServiceDigitalIdentity>"
            f"<ServiceStatus>{STATUS}{self.status}</ServiceStatus>"
            f"<StatusStartingTime>{written(self.since)}</StatusStartingTime>{self.extensions}</{tag}>"
        )


@dataclass(frozen=True)
class Pointer:
    """Another list and who may sign it."""

    territory: str
    signers: Sequence[bytes]

    def xml(self) -> str:
        certificates = "".join(
            "<ServiceDigitalIdentity><DigitalId><X509Certificate>"
            f"{b64encode(der).decode()}</X509Certificate></DigitalId></ServiceDigitalIdentity>"
            for der in self.signers
        )
        return (
            f"<OtherTSLPointer><ServiceDigitalIdentities>{certificates}</ServiceDigitalIdentities>"
            f"<TSLLocation>https://list.example/{self.territory}.xml</TSLLocation><AdditionalInformation>"
            f"<OtherInformation><SchemeTerritory>{self.territory}</SchemeTerritory></OtherInformation>"
            "</AdditionalInformation></OtherTSLPointer>"
        )


@dataclass(frozen=True)
class ListDraft:
    """A list before it is signed; the first entry of a service is the current one."""

    services: Sequence[Sequence[Entry]] = ()
    pointers: Sequence[Pointer] = ()
    territory: str = "XA"
    list_type: str = EU_GENERIC
    sequence: int = 7
    version: int = 5
    issued_at: int = ISSUED_AT
    next_update: int | None = NEXT_UPDATE
    namespace: str = TSL
    extra: str = field(default="")

    def xml(self) -> bytes:
        due = "" if self.next_update is None else f"<dateTime>{written(self.next_update)}</dateTime>"
        pointers = "".join(pointer.xml() for pointer in self.pointers)
        text = (
            f'<TrustServiceStatusList xmlns="{self.namespace}" Id="L1"><SchemeInformation>'
            f"<TSLVersionIdentifier>{self.version}</TSLVersionIdentifier>"
            f"<TSLSequenceNumber>{self.sequence}</TSLSequenceNumber><TSLType>{self.list_type}</TSLType>"
            f'<SchemeOperatorName><Name xml:lang="fr">Autorité</Name><Name xml:lang="en">Authority</Name>'
            f"</SchemeOperatorName><SchemeTerritory>{self.territory}</SchemeTerritory>"
            f"<PointersToOtherTSL>{pointers}</PointersToOtherTSL>"
            f"<ListIssueDateTime>{written(self.issued_at)}</ListIssueDateTime>"
            f"<NextUpdate>{due}</NextUpdate></SchemeInformation>{self._providers()}{self.extra}"
            "</TrustServiceStatusList>"
        )
        return text.encode()

    def signed(self, party: Party) -> bytes:
        return sign(self.xml(), party)

    def _providers(self) -> str:
        services = "".join(
            f"<TSPService>{current.xml('ServiceInformation')}<ServiceHistory>"
            + "".join(each.xml("ServiceHistoryInstance") for each in past)
            + "</ServiceHistory></TSPService>"
            for current, *past in self.services
        )
        return (
            "<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName>"
            '<Name xml:lang="en">Provider</Name></TSPName></TSPInformation>'
            f"<TSPServices>{services}</TSPServices></TrustServiceProvider></TrustServiceProviderList>"
        )


def sign(document: bytes, party: Party, reference: str = "", *, digest: str = "sha256") -> bytes:
    """A document with one more signature, enveloped (TS 119 612 annex B, EN 319 132-1)."""
    root = etree.fromstring(document)
    properties = etree.fromstring(_properties(party))
    signature = etree.SubElement(root, f"{{{DS}}}Signature", nsmap={"ds": DS})
    signature.append(etree.fromstring(f"<ds:Object xmlns:ds='{DS}'/>"))
    signature[0].append(properties)
    signed_properties = properties[0]
    root.remove(signature)
    target = root if reference in {"", "#L1"} else root.find(f".//*[@Id='{reference[1:]}']")
    digests = [_digest(target, digest), _digest(signed_properties, digest)]
    root.append(signature)
    signature.insert(
        0, etree.fromstring(_signed_info(reference, signed_properties.get("Id"), digests, digest))
    )
    hashed = getattr(hashes, digest.upper())()
    der = party.key.sign(_canonical(signature[0]), ec.ECDSA(hashed))
    value = b"".join(number.to_bytes(32) for number in decode_dss_signature(der))
    signature.insert(
        1, etree.fromstring(f"<ds:SignatureValue xmlns:ds='{DS}'>{_base64(value)}</ds:SignatureValue>")
    )
    signature.insert(
        2,
        etree.fromstring(
            f"<ds:KeyInfo xmlns:ds='{DS}'><ds:X509Data><ds:X509Certificate>{_base64(party.der)}"
            "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        ),
    )
    signed: bytes = etree.tostring(root)
    return signed


def _properties(party: Party) -> str:
    identifier = f"P{party.key_identifier.hex()}"
    return (
        "<x:QualifyingProperties xmlns:x='http://uri.etsi.org/01903/v1.3.2#'>"
        f"<x:SignedProperties Id='{identifier}'><x:SignedSignatureProperties>"
        f"<x:SigningTime>{written(ISSUED_AT)}</x:SigningTime><x:SigningCertificateV2><x:Cert><x:CertDigest>"
        f"<ds:DigestMethod xmlns:ds='{DS}' Algorithm='{DIGESTS['sha256']}'/>"
        f"<ds:DigestValue xmlns:ds='{DS}'>{_base64(sha256(party.der).digest())}</ds:DigestValue>"
        "</x:CertDigest></x:Cert></x:SigningCertificateV2></x:SignedSignatureProperties>"
        "</x:SignedProperties></x:QualifyingProperties>"
    )


def _signed_info(reference: str, properties: str, digests: Sequence[bytes], digest: str) -> str:
    method = f"<ds:DigestMethod Algorithm='{DIGESTS[digest]}'/>"
    canonical = f"<ds:Transform Algorithm='{EXCLUSIVE}'/>"
    return (
        f"<ds:SignedInfo xmlns:ds='{DS}'><ds:CanonicalizationMethod Algorithm='{EXCLUSIVE}'/>"
        f"<ds:SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#ecdsa-{digest}'/>"
        f"<ds:Reference URI='{reference}'><ds:Transforms><ds:Transform Algorithm='{DS}enveloped-signature'/>"
        f"{canonical}</ds:Transforms>{method}<ds:DigestValue>{_base64(digests[0])}</ds:DigestValue></ds:Reference>"
        f"<ds:Reference Type='http://uri.etsi.org/01903#SignedProperties' URI='#{properties}'><ds:Transforms>"
        f"{canonical}</ds:Transforms>{method}<ds:DigestValue>{_base64(digests[1])}</ds:DigestValue></ds:Reference>"
        "</ds:SignedInfo>"
    )


def _digest(element: Any, digest: str) -> bytes:
    return new_hash(digest, _canonical(element)).digest()


def _canonical(element: Any) -> bytes:
    canonical: bytes = etree.tostring(element, method="c14n", exclusive=True)
    return canonical


def _base64(value: bytes) -> str:
    return b64encode(value).decode()
