"""What a report says of a certificate: addresses are a hint for people, and bounded."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from rogatory_crypto.esign.certificate_summary import summary

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def addresses(lists: Sequence[str], responders: Sequence[str] = (), broken: bytes = b"") -> tuple[str, ...]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=1))
    points = [
        x509.DistributionPoint([x509.UniformResourceIdentifier(each)], None, None, None) for each in lists
    ]
    access = [
        x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(each))
        for each in responders
    ]
    if points:
        builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
    if access:
        builder = builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)
    if broken:
        oid = x509.CRLDistributionPoints.oid
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, broken), critical=False)
    der = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    return summary(asn1_x509.Certificate.load(der)).revocation_addresses


def test_addresses_of_lists_and_responders_are_named_once() -> None:
    # RFC 5280 sections 4.2.1.13 and 4.2.2.1.
    assert addresses(["http://a.example/1", "http://a.example/1"], ["https://a.example/2"]) == (
        "http://a.example/1",
        "https://a.example/2",
    )
    assert addresses([]) == ()


@pytest.mark.parametrize(
    "address", ["ldap://a.example/x", "file:///etc/passwd", "http://a.example/" + "a" * 256, "", "http"]
)
def test_what_is_no_web_address_is_left_out(address: str) -> None:
    assert addresses([address, "http://a.example/1"]) == ("http://a.example/1",)


def test_a_certificate_does_not_decide_how_much_is_shown() -> None:
    assert len(addresses([f"http://a.example/{number}" for number in range(9)])) == 4
    assert addresses([f"http://a.example/{number}" for number in range(999)]) == ()


@pytest.mark.parametrize("broken", [b"\x00", b"\x30\x03\x30\x01\xa0", b"\x30\x80", b"\x04\x01a"])
def test_what_cannot_be_read_names_nothing(broken: bytes) -> None:
    assert addresses([], broken=broken) == ()
