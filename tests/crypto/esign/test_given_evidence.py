"""What is given beside a document is told by its content, within limits."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.esign.validation.pki import NOW, OCSP_SIGNING, answer, crl, party

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.esign.checking import check, refuse_misuse
from rogatory_crypto.esign.evidence import MAX_GIVEN
from rogatory_crypto.esign.given_evidence import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_TOTAL_BYTES,
    read_evidence,
)

CA = party("ca", ca=True)
SIGNER = party("signer", CA)
RESPONDER = party("responder", CA, purposes=(OCSP_SIGNING,))
CERTIFICATE: bytes = SIGNER.certificate.dump()
LIST: bytes = crl(CA, {SIGNER: NOW}).dump()
RESPONSE: bytes = answer(SIGNER, CA, RESPONDER).dump()


def armored(der: bytes, label: str) -> bytes:
    lines = base64.encodebytes(der)
    return f"-----BEGIN {label}-----\n".encode() + lines + f"-----END {label}-----\n".encode()


def counted(*files: bytes) -> tuple[int, int, int]:
    found = read_evidence(files)
    return len(found.certificates), len(found.crls), len(found.ocsps)


def test_nothing_is_nothing() -> None:
    assert read_evidence(()).empty


def test_kinds_are_told_by_content() -> None:
    """RFC 5280 sections 4.1 and 5.1, RFC 6960 section 4.2.1."""
    assert counted(CERTIFICATE) == (1, 0, 0)
    assert counted(LIST) == (0, 1, 0)
    assert counted(RESPONSE) == (0, 0, 1)


def test_a_pem_file_holds_any_number_whatever_its_labels_say() -> None:
    bundle = armored(CERTIFICATE, "CERTIFICATE") + armored(LIST, "X509 CRL") + armored(RESPONSE, "THING")
    assert counted(bundle, armored(CA.certificate.dump(), "TRUSTED CERTIFICATE")) == (2, 1, 1)


def test_the_same_evidence_twice_counts_once() -> None:
    assert counted(CERTIFICATE, armored(CERTIFICATE, "CERTIFICATE"), LIST, LIST, RESPONSE, RESPONSE) == (
        1,
        1,
        1,
    )


KEY = SIGNER.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"%PDF-1.7",
        b"<xml/>",
        b"0\x00",
        b"0\x02\x05\x00",
        KEY,
        CERTIFICATE + b"\x00",
        CERTIFICATE[:-1],
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        b"-----BEGIN CERTIFICATE-----\n",
        RESPONSE[4:],
    ],
)
def test_a_file_that_is_none_of_them_is_named(other: bytes) -> None:
    with pytest.raises(PeerError, match="file 2 of the evidence: neither a certificate") as caught:
        read_evidence((CERTIFICATE, other, LIST))
    assert caught.value.code is Code.MALFORMED
    with pytest.raises(MisuseError, match="file 2 of the evidence"):
        refuse_misuse((), NOW, (CERTIFICATE, other), None)
    with pytest.raises(MisuseError, match="file 2 of the evidence"):
        check(b"%PDF-", trust=(), at=NOW, evidence=(CERTIFICATE, other))


@pytest.mark.parametrize("state", ["", "FR", "fra", "FRAN", "F1A", "FRA\n"])
def test_a_state_is_three_capital_letters(state: str) -> None:
    with pytest.raises(MisuseError, match="is no state"):
        refuse_misuse((), NOW, (), state)
    with pytest.raises(MisuseError, match="is no state"):
        check(b"%PDF-", trust=(), at=NOW, state=state)


@pytest.mark.parametrize(
    "files",
    [
        (b"x",) * 10_000,
        (CERTIFICATE,) * (MAX_FILES + 1),
        (bytes(MAX_FILE_BYTES + 1),),
        (bytes(MAX_FILE_BYTES),) * (MAX_TOTAL_BYTES // MAX_FILE_BYTES + 1),
    ],
    ids=["10 000 files", "too many", "too large", "too large together"],
)
def test_evidence_is_bounded(files: tuple[bytes, ...]) -> None:
    with pytest.raises(PeerError) as caught:
        read_evidence(files)
    assert caught.value.code is Code.TOO_LARGE


def test_values_in_one_file_are_bounded() -> None:
    certificate = SIGNER.certificate.copy()

    def numbered(serial: int) -> bytes:
        certificate["tbs_certificate"]["serial_number"] = serial
        return armored(certificate.dump(force=True), "CERTIFICATE")

    with pytest.raises(PeerError, match="more than 4096 pieces") as caught:
        read_evidence((b"".join(map(numbered, range(1, MAX_GIVEN + 2))),))
    assert caught.value.code is Code.TOO_LARGE


@pytest.mark.parametrize(
    "make", [lambda at: crl(CA, issued=at), lambda at: answer(SIGNER, CA, RESPONDER, issued=at)]
)
def test_what_is_from_the_future_is_refused_where_there_is_a_clock(make: Callable[[int], Any]) -> None:
    """RFC 5280 section 5.1.2.4, RFC 6960 section 4.2.2.1; clocks may differ by a day."""
    ahead: bytes = make(NOW + 86_401).dump()
    assert not read_evidence((ahead,)).empty
    assert not read_evidence((make(NOW + 86_400).dump(),), now=NOW).empty
    with pytest.raises(PeerError, match="file 2 of the evidence: it is from the future"):
        read_evidence((CERTIFICATE, ahead), now=NOW)


@given(
    st.binary(max_size=200)
    | st.sampled_from([CERTIFICATE, LIST, RESPONSE]).flatmap(
        lambda whole: st.tuples(st.integers(0, len(whole) - 1), st.binary(min_size=1, max_size=3)).map(
            lambda change: whole[: change[0]] + change[1] + whole[change[0] + len(change[1]) :]
        )
    )
)
def test_no_bytes_end_in_another_exception(data: bytes) -> None:
    try:
        found = read_evidence((data,))
    except PeerError:
        return
    assert len(found.certificates) + len(found.crls) + len(found.ocsps) == 1
