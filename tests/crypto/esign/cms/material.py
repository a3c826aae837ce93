"""Builds CMS signatures of every form, right ones and wrong ones, with keys that serve nothing else."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, tsp  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.validation import offline

NOW = 1_790_000_000
CONTENT = b"Records of the account are requested.\n"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"


@dataclass(frozen=True)
class Signatory:
    """A key with its own certificate, which a check trusts as a pinned signer."""

    key: Any = field(repr=False)
    certificate: asn1_x509.Certificate

    @property
    def pem(self) -> bytes:
        return x509.load_der_x509_certificate(self.certificate.dump()).public_bytes(
            serialization.Encoding.PEM
        )


@cache
def signatory(kind: str = "ec", name: str = "Head of the central authority") -> Signatory:
    key: Any
    match kind:
        case "rsa":
            key = rsa.generate_private_key(65537, 3072)
        case "ed25519":
            key = ed25519.Ed25519PrivateKey.generate()
        case _:
            key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(0x5EA1)
        .not_valid_before(datetime.fromtimestamp(NOW - 3600, UTC))
        .not_valid_after(datetime.fromtimestamp(NOW + 10_000_000, UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, None if kind == "ed25519" else hashes.SHA256())
    )
    return Signatory(key, asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)))


@cache
def authority() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"unused")


@cache
def issued() -> Signatory:
    """A key whose certificate the demonstration authority has issued, so that only the root is trusted."""
    key, certificate, _ = pkcs12.load_key_and_certificates(authority().signer_pkcs12, b"unused")
    assert certificate is not None
    return Signatory(key, asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)))


def token(imprint: bytes, *, at: int = NOW, name: str = "sha256") -> cms.ContentInfo:
    stamper = time_stamper(authority(), now=at)
    return offline.run(stamper.async_timestamp(imprint, name))


def attribute(kind: str, *values: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": cms.CMSAttributeType(kind), "values": list(values)})


def signing_certificate(certificate: Any, *, serial_number: int | None = None) -> cms.CMSAttribute:
    """The reference to a certificate (RFC 5035), with its own serial number or another."""
    reference = {
        "hash_algorithm": {"algorithm": "sha256"},
        "cert_hash": digest("sha256", certificate.dump()),
        "issuer_serial": {
            "issuer": [asn1_x509.GeneralName("directory_name", certificate.issuer)],
            "serial_number": serial_number or certificate.serial_number,
        },
    }
    return attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [reference]}))


def signed_attributes(
    by: Signatory, content: bytes, name: str = "sha256", *, content_type: str = "data"
) -> list[cms.CMSAttribute]:
    return [
        attribute("content_type", content_type),
        attribute("message_digest", digest(name, content)),
        attribute("signing_time", cms.Time({"utc_time": datetime.fromtimestamp(NOW, UTC)})),
        signing_certificate(by.certificate),
    ]


def signer_info(
    by: Signatory,
    attributes: Sequence[cms.CMSAttribute],
    *,
    name: str = "sha256",
    algorithm: dict[str, Any] | None = None,
    octets: bytes | None = None,
    **changes: Any,
) -> cms.SignerInfo:
    """Sign attributes; ``octets`` are signed instead where given, and ``changes`` are made after signing."""
    encoded = cms.CMSAttributes(attributes)
    signed = encoded.dump() if octets is None else octets
    fields: dict[str, Any] = {
        "version": "v1",
        "sid": {
            "issuer_and_serial_number": {
                "issuer": by.certificate.issuer,
                "serial_number": by.certificate.serial_number,
            }
        },
        "digest_algorithm": {"algorithm": name},
        "signature_algorithm": algorithm or algorithm_of(by, name),
        "signature": sign(by, signed, name, algorithm or {}),
    }
    if attributes:
        fields["signed_attrs"] = encoded
    return cms.SignerInfo({**fields, **changes})


def algorithm_of(by: Signatory, name: str) -> dict[str, Any]:
    match by.key:
        case ed25519.Ed25519PrivateKey():
            return {"algorithm": "ed25519"}
        case rsa.RSAPrivateKey():
            return {"algorithm": "rsassa_pkcs1v15"}
        case _:
            return {"algorithm": f"{name}_ecdsa"}


def sign(by: Signatory, message: bytes, name: str, algorithm: dict[str, Any]) -> bytes:
    made: bytes
    hashed = {"sha256": hashes.SHA256(), "sha3_256": hashes.SHA3_256(), "sha512": hashes.SHA512()}[name]
    match by.key:
        case ed25519.Ed25519PrivateKey():
            made = by.key.sign(message)
        case rsa.RSAPrivateKey() if algorithm.get("algorithm") == "rsassa_pss":
            made = by.key.sign(message, padding.PSS(padding.MGF1(hashed), 32), hashed)
        case rsa.RSAPrivateKey():
            made = by.key.sign(message, padding.PKCS1v15(), hashed)
        case _:
            made = by.key.sign(message, ec.ECDSA(hashed))
    return made


def raw_rsa(by: Signatory, encoded: bytes) -> bytes:
    """Sign what an RSA key is to sign, PKCS #1 v1.5 padding around it, whatever it says."""
    numbers: rsa.RSAPrivateNumbers = by.key.private_numbers()
    modulus = numbers.public_numbers.n
    length = (modulus.bit_length() + 7) // 8
    padded = b"\x00\x01" + b"\xff" * (length - 3 - len(encoded)) + b"\x00" + encoded
    return pow(int.from_bytes(padded, "big"), numbers.d, modulus).to_bytes(length, "big")


def signed_data(
    infos: Sequence[cms.SignerInfo],
    certificates: Sequence[asn1_x509.Certificate],
    content: bytes | None = CONTENT,
    **changes: Any,
) -> bytes:
    """Put SignerInfos into a CMS, with the content inside or without."""
    inside: dict[str, Any] = {"content_type": "data"}
    if content is not None:
        inside["content"] = core.OctetString(content)
    algorithms = {info["digest_algorithm"]["algorithm"].native for info in infos}
    fields: dict[str, Any] = {
        "version": "v1",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": name}) for name in sorted(algorithms)],
        "encap_content_info": inside,
        "certificates": [cms.CertificateChoices("certificate", each) for each in certificates],
        "signer_infos": infos,
    }
    whole = cms.SignedData({**fields, **changes})
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": whole}).dump())


def stamped(info: cms.SignerInfo, *more: cms.CMSAttribute, at: int = NOW) -> cms.SignerInfo:
    """Add a signature time stamp, and further unsigned attributes."""
    imprint = digest("sha256", info["signature"].native)
    stamp = attribute("signature_time_stamp_token", token(imprint, at=at))
    return cms.SignerInfo({**{name: info[name] for name in info}, "unsigned_attrs": [stamp, *more]})


def attached(by: Signatory | None = None, content: bytes = CONTENT) -> bytes:
    """A right signature with its content inside."""
    by = by or signatory()
    return signed_data([signer_info(by, signed_attributes(by, content))], [by.certificate], content)


def detached(by: Signatory | None = None, content: bytes = CONTENT) -> bytes:
    """A right signature without its content."""
    by = by or signatory()
    return signed_data([signer_info(by, signed_attributes(by, content))], [by.certificate], None)
