"""Builds small worlds of authorities, certificates, revocation data, time stamps and found signatures."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]
from asn1crypto import keys, tsp
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from rogatory_crypto.esign.cms.signed_data import read_signed_data
from rogatory_crypto.esign.evidence import NOTHING, Evidence
from rogatory_crypto.esign.found import FoundSignature, FoundTimestamp, TimestampKind
from rogatory_crypto.esign.report import Coverage, Scope
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.trust.anchor import (
    ALWAYS,
    Anchor,
    Anchors,
    Purpose,
    Source,
    SourceKind,
    Window,
)
from rogatory_crypto.esign.verdict import PASSED, Verdict

NOW = 1_790_000_000
DAY = 86_400
YEAR = 365 * DAY
DER = serialization.Encoding.DER
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING
OCSP_SIGNING = ExtendedKeyUsageOID.OCSP_SIGNING
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def when(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@cache
def key_of(name: str) -> Key:
    """Return one key for each name, so that a party may have several certificates."""
    if "tsa" in name:  # the library's test authority signs with RSA alone
        return _rsa()
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 3072)


@dataclass(frozen=True)
class Party:
    """Somebody with a certificate and its key."""

    encoded: x509.Certificate
    key: Key

    @property
    def certificate(self) -> Any:
        return asn1_x509.Certificate.load(self.encoded.public_bytes(DER))


def named(name: str, country: str = "") -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    return x509.Name(([x509.NameAttribute(NameOID.COUNTRY_NAME, country)] if country else []) + attributes)


def party(
    name: str,
    issuer: Party | None = None,
    *,
    ca: bool = False,
    purposes: Sequence[ObjectIdentifier] = (),
    critical: bool = True,
    usage: str = "",
    begins: int = NOW - YEAR,
    ends: int = NOW + YEAR,
    country: str = "",
    length: int | None = None,
    digest: hashes.SHA224 | hashes.SHA256 | None = None,
    extensions: Sequence[x509.ExtensionType] = (),
    key: Key | None = None,
) -> Party:
    """Return a party certified by an issuer, or by itself."""
    own = key or key_of(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name, country))
        .issuer_name(issuer.encoded.subject if issuer else named(name, country))
        .public_key(own.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(f"{name}{begins}{ends}".encode()).digest()[:8]) | 1)
        .not_valid_before(when(begins))
        .not_valid_after(when(ends))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=length), critical=True)
        .add_extension(_usage(usage or ("ca" if ca else "sign")), critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=critical)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.NameConstraints))
    signing = issuer.key if issuer else own
    return Party(builder.sign(signing, digest or hashes.SHA256()), own)


def _usage(kind: str) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=kind in {"sign", "authenticate"},
        content_commitment=kind in {"sign", "commit"},
        key_encipherment=kind == "encipher",
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=kind in {"ca", "certify"},
        crl_sign=kind == "ca",
        encipher_only=False,
        decipher_only=False,
    )


def crl(
    issuer: Party,
    revoked: Mapping[Party, int] | None = None,
    *,
    issued: int = NOW + 60,
    next_update: int | None = None,
    reason: x509.ReasonFlags | None = None,
    signed_by: Party | None = None,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    digest: hashes.SHA224 | hashes.SHA256 | None = None,
) -> Any:
    """Return a revocation list."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.encoded.subject)
        .last_update(when(issued))
        .next_update(when(next_update or issued + 30 * DAY))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    for each, since in (revoked or {}).items():
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(each.encoded.serial_number)
            .revocation_date(when(since))
        )
        if reason:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    encoded = builder.sign((signed_by or issuer).key, digest or hashes.SHA256()).public_bytes(DER)
    return asn1_crl.CertificateList.load(encoded)


def answer(
    about: Party,
    issuer: Party,
    responder: Party,
    *,
    revoked: int | None = None,
    issued: int = NOW + 60,
    next_update: int | None = NOW + DAY,
    reason: x509.ReasonFlags | None = None,
    carried: Sequence[Party] = (),
    unknown: bool = False,
    by_name: bool = False,
    change: Callable[[Any], None] | None = None,
) -> Any:
    """Return an OCSP response about one certificate; ``change`` alters what is signed beforehand."""
    status = ocsp.OCSPCertStatus.UNKNOWN if unknown else ocsp.OCSPCertStatus.GOOD
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about.encoded,
        issuer=issuer.encoded,
        algorithm=hashes.SHA1(),  # noqa: S303 - names the issuer (RFC 6960 section 4.1.1)
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else status,
        this_update=when(issued),
        next_update=when(next_update) if next_update else None,
        revocation_time=when(revoked) if revoked else None,
        revocation_reason=reason if revoked else None,
    )
    encoding = ocsp.OCSPResponderEncoding.NAME if by_name else ocsp.OCSPResponderEncoding.HASH
    builder = builder.responder_id(encoding, responder.encoded)
    if carried:
        builder = builder.certificates([each.encoded for each in carried])
    encoded = builder.sign(responder.key, hashes.SHA256()).public_bytes(DER)
    return asn1_ocsp.OCSPResponse.load(_produced(encoded, issued, responder, change))


def _produced(encoded: bytes, issued: int, responder: Party, change: Callable[[Any], None] | None) -> bytes:
    """Return a response as if produced when it was issued; the builder takes the machine's clock."""
    response = asn1_ocsp.OCSPResponse.load(encoded)
    basic = response["response_bytes"]["response"].parsed
    basic["tbs_response_data"]["produced_at"] = when(issued)
    if change:
        change(basic["tbs_response_data"])
    signed = basic["tbs_response_data"].dump(force=True)
    assert isinstance(responder.key, ec.EllipticCurvePrivateKey)
    basic["signature"] = responder.key.sign(signed, ec.ECDSA(hashes.SHA256()))
    response["response_bytes"]["response"] = asn1_ocsp.BasicOCSPResponse.load(basic.dump(force=True))
    return bytes(response.dump(force=True))


def token(
    authority: Party, covered: bytes, at: int, *, carried: Sequence[Party] = (), digest: str = "sha256"
) -> Any:
    """Return a time-stamp token."""
    encoded = authority.key.private_bytes(
        DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store: Any = [each.certificate for each in carried]
    stamper = DummyTimeStamper(
        authority.certificate,
        keys.PrivateKeyInfo.load(encoded),
        certs_to_embed=store,
        fixed_dt=when(at),
    )
    imprint = hashlib.new(digest, covered, usedforsecurity=False).digest()
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {"hash_algorithm": {"algorithm": digest}, "hashed_message": imprint},
            "cert_req": True,
        }
    )
    response = stamper.request_tsa_response(request)
    return read_signed_data(response["time_stamp_token"].dump())


def stamped(
    authority: Party,
    at: int,
    kind: TimestampKind = TimestampKind.SIGNATURE,
    *,
    covered: bytes = b"covered",
    carried: Sequence[Party] = (),
    integrity: Verdict = PASSED,
) -> FoundTimestamp:
    """Return a token as a format would hand it over."""

    def imprint(algorithm: str) -> bytes:
        return hashlib.new(algorithm, b"covered", usedforsecurity=False).digest()

    return FoundTimestamp(kind, token(authority, covered, at, carried=carried), imprint, integrity)


def evidence(*parties: Party, crls: Sequence[Any] = (), ocsps: Sequence[Any] = ()) -> Evidence:
    return Evidence(tuple(each.certificate for each in parties), tuple(crls), tuple(ocsps))


def signature(
    signer: Party | None,
    held: Evidence = NOTHING,
    *timestamps: FoundTimestamp,
    integrity: Verdict = PASSED,
    digests: frozenset[str] = frozenset({"sha256"}),
    claimed: int | None = NOW,
) -> FoundSignature:
    """Return a signature as a format would hand it over."""
    return FoundSignature(
        identifier="Signature",
        family="CAdES-BASELINE",
        integrity=integrity,
        signer=signer.certificate if signer else None,
        digests=digests,
        claimed_time=claimed,
        scope=Scope(Coverage.WHOLE_DOCUMENT),
        timestamps=timestamps,
        evidence=held,
    )


def anchor(
    trusted: Party,
    *purposes: Purpose,
    kind: SourceKind = SourceKind.GIVEN,
    territory: str = "",
    windows: tuple[Window, ...] = ALWAYS,
) -> Anchor:
    wanted = frozenset(purposes) or frozenset({Purpose.ISSUER, Purpose.TIMESTAMP, Purpose.OCSP})
    return Anchor(trusted.certificate, wanted, Source(kind, "a test", territory=territory), windows)


def terms(*anchors: Anchor, at: int = NOW + DAY, revocation: bool = True) -> Terms:
    return Terms(Anchors(anchors), at, revocation=revocation)
