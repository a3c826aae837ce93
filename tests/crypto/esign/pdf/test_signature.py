"""What the frame around a signature must satisfy, and how much work it may cause."""

from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import cms  # type: ignore[import-untyped]
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from tests.crypto.esign.pdf.material import certificate, checked, sealed

from rogatory_crypto.esign import Indication, SubIndication


@pytest.fixture(scope="module")
def stamped() -> bytes:
    return sealed(certificate("office"), certificate("authority", (Purpose.TIME_STAMPING,)), reserved=400_000)


def reframed(document: bytes, change: Callable[[Any], None]) -> bytes:
    """Change what no signature covers: the CMS structure around it, in the place reserved for it."""
    start = document.index(b"/Contents <") + len(b"/Contents <")
    end = document.index(b">", start)
    content = cms.ContentInfo.load(bytes.fromhex(document[start:end].decode()))
    change(content["content"])
    value: bytes = content.dump(force=True).hex().encode()
    return document[:start] + value.ljust(end - start, b"0") + document[end:]


def test_the_same_frame_written_again_passes(stamped: bytes) -> None:
    assert checked(reframed(stamped, lambda _: None)).indication is Indication.TOTAL_PASSED


def test_a_frame_of_another_version_fails(stamped: bytes) -> None:
    """RFC 5652 section 5.1 says which versions a SignedData over plain data has."""

    def age(signed_data: Any) -> None:
        signed_data["version"] = "v2"

    report = checked(reframed(stamped, age))
    assert report.indication is Indication.TOTAL_FAILED
    assert report.signatures[0].sub_indication is SubIndication.FORMAT_FAILURE


def test_a_frame_that_names_another_digest_fails(stamped: bytes) -> None:
    def rename(signed_data: Any) -> None:
        signed_data["digest_algorithms"] = [{"algorithm": "sha512"}]

    assert checked(reframed(stamped, rename)).indication is Indication.TOTAL_FAILED


def test_a_signature_with_very_many_time_stamps_is_not_checked(stamped: bytes) -> None:
    """Each costs a chain; a document decides how many there are."""

    def multiply(signed_data: Any) -> None:
        (attribute,) = signed_data["signer_infos"][0]["unsigned_attrs"]
        attribute["values"] = [attribute["values"][0]] * 33

    (report,) = checked(reframed(stamped, multiply)).signatures
    assert report.indication is Indication.INDETERMINATE
    assert "more than 32 time stamps" in report.reason


def test_a_signature_moved_to_other_time_stamps_keeps_only_its_own(stamped: bytes) -> None:
    """A token over another signature's value proves nothing about this one (RFC 3161 appendix A)."""
    other = sealed(
        certificate("office"), certificate("authority", (Purpose.TIME_STAMPING,)), reserved=400_000
    )
    start = other.index(b"/Contents <") + len(b"/Contents <")
    foreign = cms.ContentInfo.load(bytes.fromhex(other[start : other.index(b">", start)].decode()))

    def exchange(signed_data: Any) -> None:
        signed_data["signer_infos"][0]["unsigned_attrs"] = foreign["content"]["signer_infos"][0][
            "unsigned_attrs"
        ]

    report = checked(reframed(stamped, exchange)).signatures[0]
    assert report.indication is not Indication.TOTAL_PASSED
    assert report.best_signature_time is None
