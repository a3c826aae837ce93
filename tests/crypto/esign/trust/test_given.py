from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.certificate_summary import anchor_summary
from rogatory_crypto.esign.trust.anchor import Purpose, SourceKind
from rogatory_crypto.esign.trust.given import MAX_ANCHORS, read_anchors, refuse_misuse

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(*, ca: bool | None) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Office")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 255, BEGIN, BEGIN + timedelta(days=1))
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256())


@pytest.mark.parametrize(("ca", "expected"), [(True, True), (False, False), (None, False)])
def test_only_an_authority_may_issue(ca: bool | None, expected: bool) -> None:  # noqa: FBT001 - one case each
    # RFC 5280 section 4.2.1.9: without the extension, a version 3 certificate is no authority's.
    der = certificate(ca=ca).public_bytes(serialization.Encoding.DER)
    anchors = read_anchors([der])
    assert (Purpose.ISSUER in anchors.anchors[0].purposes) is expected


def test_pem_files_may_hold_several_certificates() -> None:
    pems = [certificate(ca=True).public_bytes(serialization.Encoding.PEM) for _ in range(3)]
    anchors = read_anchors([pems[0] + pems[1], pems[2]])
    assert len(anchors.anchors) == 3
    assert all(next(anchors.of(each.certificate)) == each for each in anchors.anchors)
    assert not list(read_anchors(pems[:1]).of(anchors.anchors[2].certificate))


def test_summary_names_what_a_reader_needs() -> None:
    made = certificate(ca=True)
    (read,) = read_anchors([made.public_bytes(serialization.Encoding.PEM)]).anchors
    anchor = anchor_summary(read)
    assert anchor.certificate.subject == "CN=Office"
    assert anchor.certificate.serial_number == "ff"
    assert anchor.certificate.not_before == int(BEGIN.timestamp())
    assert anchor.certificate.sha256 == made.fingerprint(hashes.SHA256()).hex()
    assert anchor.source.kind is SourceKind.GIVEN


def test_private_keys_and_oversized_files_are_misuse() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for given in (key, b"0" * (2 * 1024 * 1024)):
        with pytest.raises(MisuseError):
            read_anchors([given])


@pytest.mark.parametrize("given", [b"<letter/>", b"[1]", b"[", b"no certificate", b""])
def test_what_is_misuse_is_told_before_anything_is_checked(given: bytes) -> None:
    for ask in (refuse_misuse, read_anchors):
        with pytest.raises(MisuseError):
            ask([given])


def test_a_list_that_cannot_be_used_is_no_misuse() -> None:
    damaged = b"<TrustServiceStatusList"
    refuse_misuse([damaged, b"[]"])
    assert len(read_anchors([damaged]).shortcomings) == 1


def test_too_many_certificates_are_misuse() -> None:
    pem = certificate(ca=True).public_bytes(serialization.Encoding.PEM)
    with pytest.raises(MisuseError):
        read_anchors([pem] * (MAX_ANCHORS + 1))
