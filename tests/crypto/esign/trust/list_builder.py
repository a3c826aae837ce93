"""Trusted lists of invented states, made and signed as TS 119 612 asks."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree  # type: ignore[import-untyped]
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

TSL = "http://uri.etsi.org/02231/v2#"
STATUS = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
TYPE = "http://uri.etsi.org/TrstSvc/Svctype/"
EU_GENERIC = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"
LIST_OF_LISTS = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists"
OTHER_STATE = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/XXlist"
ISSUED_AT = 1_750_000_000
NEXT_UPDATE = ISSUED_AT + 180 * 86_400
DAY = 86_400


def written(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Party:
    """A key with a certificate."""

    name: str
    not_before: int = ISSUED_AT - 1000 * DAY
    days: int = 3650

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
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)])
        builder = x509.CertificateBuilder(
            name,
            name,
            self.key.public_key(),
            x509.random_serial_number(),
            begin,
            begin + timedelta(days=self.days),
        )
        extension = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        return builder.add_extension(extension, critical=False).sign(self.key, hashes.SHA256())


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


def sign(document: bytes, party: Party, reference: str | None = None) -> bytes:
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm="ecdsa-sha256",
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    root = signer.sign(
        etree.fromstring(document), key=party.key, cert=[party.certificate], reference_uri=reference
    )
    signed: bytes = etree.tostring(root)
    return signed
