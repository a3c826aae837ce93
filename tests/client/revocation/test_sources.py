"""Which addresses may be asked, as an officer has allowed them."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.client.revocation.named import self_signed
from tests.client.revocation.openssl_ca import OpensslCa

from rogatory_client.fault import VaultError
from rogatory_client.revocation import Source, Sources
from rogatory_client.revocation.address import parse_address
from rogatory_client.revocation.folder import locked
from rogatory_client.revocation.sources import MAX_ADDRESSES, read_certificate
from rogatory_crypto.errors import MisuseError


@pytest.mark.parametrize(
    "address",
    [
        "http://ca.example/a.crl",
        "https://ca.example:8443/ocsp?x=1",
        "http://127.0.0.1:80/",
        "http://[::1]:8/a",
    ],
)
def test_web_addresses_may_be_allowed(address: str) -> None:
    assert parse_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "", "ca.example", "ftp://ca.example/a", "file:///etc/passwd", "ldap://ca.example/a", "http://", "http:///a",
        "http://user:secret@ca.example/", "http://ca.example/a b", "http://ca.example/\n", 'http://ca.example/"',
        "http://ca.example/\\", "http://ca.example/#a", "http://ca.example:0/", "http://ca.example:99999/",
        "http://cä.example/", "http://ca_.example/" + "a" * 1024, "HTTP://ca.example/\x1b[0m",
    ],
)  # fmt: skip
def test_other_addresses_are_misuse(address: str) -> None:
    with pytest.raises(MisuseError):
        parse_address(address)


def test_what_is_allowed_is_read_back_and_added_to(
    issuer: Source, stranger: OpensslCa, tmp_path: Path
) -> None:
    folder = tmp_path / "revocation"
    assert Sources(folder).all() == ()
    Sources(folder).allow(issuer)
    more = Source(
        issuer.issuer,
        ocsp=("http://127.0.0.1:9/",),
        signers=(read_certificate(stranger.pem),),
        private=True,
    )
    Sources(folder).allow(more)
    assert Sources(folder).all() == (replace(more, crl=issuer.crl),)
    # Another certificate of the same name is another issuer.
    Sources(folder).allow(Source(read_certificate(stranger.pem), crl=issuer.crl))
    assert len(Sources(folder).all()) == 2
    Sources(folder).forget(Sources(folder).named(issuer.identifier.hex()[:8]))
    assert [each.issuer for each in Sources(folder).all()] == [read_certificate(stranger.pem)]


def test_an_issuer_is_named_by_a_beginning_that_fits_one(issuer: Source, tmp_path: Path) -> None:
    Sources(tmp_path).allow(issuer)
    for wrong in ("", "zz", issuer.identifier.hex() + "0"):
        with pytest.raises(MisuseError, match="no issuer"):
            Sources(tmp_path).named(wrong)


def test_what_names_nothing_to_ask_or_too_much_is_refused(issuer: Source, tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="--crl"):
        Sources(tmp_path).allow(replace(issuer, crl=()))
    many = tuple(f"http://ca.example/{number}" for number in range(MAX_ADDRESSES))
    Sources(tmp_path).allow(replace(issuer, crl=many))
    with pytest.raises(MisuseError, match="forget it first"):
        Sources(tmp_path).allow(issuer)
    assert Sources(tmp_path).all()[0].crl == many


@pytest.mark.parametrize(
    "damage",
    [
        ("version = 1", "version = 2"),
        ("[[source]]", "[[source]]\nredirect = true"),
        ("private = false", 'private = "no"'),
        ("http://ca.example", "file://ca.example"),
        ("-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nMII"),
        ("crl = [", "crl = "),
        ("issuer", "uttered_by"),
        ("crl = [", "crl = " + "[" * 5000),
    ],
)
def test_a_damaged_file_is_said_and_not_taken_for_an_empty_one(
    issuer: Source, tmp_path: Path, damage: tuple[str, str]
) -> None:
    Sources(tmp_path).allow(issuer)
    path = tmp_path / "sources.toml"
    path.write_text(path.read_text().replace(*damage))
    with pytest.raises(MisuseError, match="damaged"):
        Sources(tmp_path).all()
    with pytest.raises(MisuseError, match="damaged"):
        Sources(tmp_path).allow(issuer)


def test_the_name_of_an_issuer_cannot_write_into_the_file(tmp_path: Path, issuer: Source) -> None:
    hostile = self_signed("A\n[[source]]\nissuer = ''\r\u2028crl = ['http://evil.example/']")
    Sources(tmp_path).allow(Source(hostile, crl=issuer.crl))
    (read,) = Sources(tmp_path).all()
    assert (read.issuer, read.crl) == (hostile, issuer.crl)


def test_two_processes_do_not_write_at_once(issuer: Source, tmp_path: Path) -> None:
    Sources(tmp_path).allow(issuer)
    with locked(tmp_path), pytest.raises(VaultError):
        Sources(tmp_path).forget(issuer)
    assert Sources(tmp_path).all() == (issuer,)


def test_one_certificate_and_nothing_else_is_an_issuer(ca: OpensslCa) -> None:
    for wrong in (b"", b"no certificate", ca.crl(), ca.pem + ca.path("signer.pem").read_bytes()):
        with pytest.raises(MisuseError):
            read_certificate(wrong)
