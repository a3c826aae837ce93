"""An office's issuer and seal: the profile of EN 319 412-3, and what no issuer may do."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtensionOID, NameOID
from tests.crypto.identity.made_seal import (
    OF_ISSUER,
    OF_SEAL,
    SUBJECT,
    YEAR,
    drawn_from,
    made_issuer,
    made_seal,
)

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.office_seal import (
    export_pkcs12,
    issue_seal,
    make_issuer,
    revocation_list,
    to_pem,
)
from rogatory_crypto.identity.seal_profile import Lifetime, SealSubject
from rogatory_crypto.wire.identifier import EntryId

NOW = OF_SEAL.not_before + 60


def read(certificate: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate)


def test_the_subject_is_a_legal_person() -> None:
    # EN 319 412-3 section 4.2.1: these four, each once.
    seal = read(made_seal().certificate)
    assert [(name.oid, name.value) for name in seal.subject] == [
        (NameOID.COUNTRY_NAME, "SN"),
        (NameOID.ORGANIZATION_NAME, SUBJECT.organization),
        (NameOID.ORGANIZATION_IDENTIFIER, "CNA-SN-01"),
        (NameOID.COMMON_NAME, "Autorité centrale"),
    ]
    assert len(SUBJECT.organization) > 64
    assert seal.issuer == read(made_issuer().certificate).subject != seal.subject


def test_the_seal_commits_and_does_not_issue() -> None:
    # EN 319 412-2 section 4.3.2, type B; RFC 5280 sections 4.2.1.3 and 4.2.1.9.
    seal = read(made_seal().certificate)
    usage = seal.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.content_commitment
    assert usage.value.digital_signature
    others = (usage.value.key_cert_sign, usage.value.crl_sign, usage.value.key_encipherment)
    assert not any(others)
    assert seal.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert isinstance(seal.public_key(), ec.EllipticCurvePublicKey)
    oids = {extension.oid for extension in seal.extensions}
    assert not oids & {ExtensionOID.EXTENDED_KEY_USAGE, ExtensionOID.CERTIFICATE_POLICIES}


def test_the_issuer_issues_seals_only() -> None:
    issuer = read(made_issuer().certificate)
    constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert (constraints.value.ca, constraints.value.path_length) == (True, 0)
    usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_cert_sign
    assert usage.crl_sign
    assert not any((usage.digital_signature, usage.content_commitment))


def test_identifiers_chain_and_the_signature_holds() -> None:
    issuer, seal = read(made_issuer().certificate), read(made_seal().certificate)
    seal.verify_directly_issued_by(issuer)
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    above = seal.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert own == above
    assert (seal.not_valid_before_utc.timestamp(), seal.not_valid_after_utc.timestamp()) == (
        OF_SEAL.not_before,
        OF_SEAL.not_after,
    )


def test_randomness_is_an_argument() -> None:
    assert made_seal() == made_seal()
    assert made_issuer() == made_issuer()
    other = made_seal(name="other")
    assert read(other.certificate).serial_number != read(made_seal().certificate).serial_number
    assert other.private_key != made_seal().private_key


@pytest.mark.parametrize("fill", [b"\x00", b"\xff"])
def test_a_serial_number_is_positive_and_short_whatever_is_drawn(fill: bytes) -> None:
    # RFC 5280 section 4.1.2.2: positive, at most 20 octets.
    issuer = make_issuer(SUBJECT, OF_ISSUER, lambda size: fill * size)
    assert 64 < read(issuer.certificate).serial_number.bit_length() < 160


def test_no_secret_is_shown() -> None:
    assert "private_key" not in repr(made_seal())
    assert "private_key" not in repr(made_issuer())


def test_the_export_holds_key_seal_and_issuer_under_the_passphrase() -> None:
    seal = made_seal()
    exported = export_pkcs12(seal, b"a passphrase")
    key, certificate, others = pkcs12.load_key_and_certificates(exported, b"a passphrase")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert certificate == read(seal.certificate)
    assert others == [read(seal.issuer_certificate)]
    assert key.public_key() == read(seal.certificate).public_key()
    assert seal.private_key not in exported
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(exported, b"another")
    with pytest.raises(MisuseError):
        export_pkcs12(seal, b"")


def test_the_issuer_travels_as_pem() -> None:
    issuer = made_issuer()
    assert x509.load_pem_x509_certificate(to_pem(issuer.certificate)) == read(issuer.certificate)


def test_a_revocation_list_names_what_is_taken_back() -> None:
    issuer, seal = made_issuer(), made_seal()
    encoded = revocation_list(
        issuer, [(seal.certificate, NOW)], number=3, now=NOW + 60, next_update=NOW + 30 * 86_400
    )
    crl = x509.load_der_x509_crl(encoded)
    above = read(issuer.certificate).public_key()
    assert isinstance(above, ec.EllipticCurvePublicKey)
    assert crl.is_signature_valid(above)
    found = crl.get_revoked_certificate_by_serial_number(read(seal.certificate).serial_number)
    assert found is not None
    assert found.revocation_date_utc.timestamp() == NOW
    assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 3


@pytest.mark.parametrize(
    "lifetime",
    [
        Lifetime(NOW, NOW),
        Lifetime(NOW, NOW - 1),
        Lifetime(-1, NOW),
        Lifetime(NOW, NOW + 4 * YEAR),
        Lifetime(OF_ISSUER.not_before - 1, NOW),
        Lifetime(OF_ISSUER.not_after - YEAR, OF_ISSUER.not_after + 1),
    ],
)
def test_a_seal_lives_within_its_issuer_and_three_years(lifetime: Lifetime) -> None:
    with pytest.raises(MisuseError):
        issue_seal(made_issuer(), SUBJECT, lifetime, drawn_from("seal"))


def test_an_issuer_lives_ten_years_at_most() -> None:
    with pytest.raises(MisuseError):
        make_issuer(SUBJECT, Lifetime(NOW, NOW + 11 * YEAR), drawn_from("issuer"))


def test_an_issuer_seals_for_no_other_office() -> None:
    other = replace(SUBJECT, entry_id=EntryId("CNA-GH-01"))
    with pytest.raises(MisuseError, match="another office"):
        issue_seal(made_issuer(), other, OF_SEAL, drawn_from("seal"))


def test_a_key_that_is_not_the_issuers_signs_nothing() -> None:
    mixed = replace(made_issuer(), private_key=made_seal().private_key)
    with pytest.raises(MisuseError):
        issue_seal(mixed, SUBJECT, OF_SEAL, drawn_from("seal"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("country", "sn"),
        ("country", "SEN"),
        ("country", "ÅÄ"),
        ("country", ""),
        ("organization", ""),
        ("organization", " "),
        ("organization", "x" * 201),
        ("organization", "a\u202eb"),
        ("short_name", "x" * 49),
        ("short_name", "a\x00b"),
        ("short_name", "\ud800"),
        ("entry_id", ""),
        ("entry_id", "x" * 65),
    ],
)
def test_what_no_certificate_can_say_is_misuse(name: str, value: str) -> None:
    said = {
        "entry_id": SUBJECT.entry_id,
        "organization": SUBJECT.organization,
        "short_name": SUBJECT.short_name,
        "country": SUBJECT.country,
        name: value,
    }
    with pytest.raises(MisuseError, match=name):
        SealSubject(
            EntryId(said["entry_id"]), said["organization"], said["short_name"], said["country"]
        )  # fmt: skip
