"""What officers are sent beside plain CMS: answers of authorities, wrapped and nested CMS, e-mail."""

import base64
from email.message import EmailMessage

import pytest
from asn1crypto import cms, core  # type: ignore[import-untyped]
from tests.crypto.esign.cms.material import (
    CONTENT,
    NOW,
    attached,
    authority,
    detached,
    issued,
    signatory,
    signed_attributes,
    signed_data,
    signer_info,
    token,
)

from rogatory_crypto.esign import Coverage, DocumentFormat, Indication, Report, SubIndication, check
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.document import NESTED
from rogatory_crypto.esign.cms.time_stamp_response import TimeStampResponse
from rogatory_crypto.esign.detection import detect

PASSED, FAILED, OPEN = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
BY = signatory()
STAMP = token(digest("sha256", CONTENT))


def checked(document: bytes, *contents: bytes) -> Report:
    trust = [BY.pem, authority().root_pem]
    return check(document, trust=trust, contents=contents, at=NOW + 60, revocation=False)


def answer(status: str = "granted", **more: object) -> bytes:
    """What an authority sends back (RFC 3161 section 2.4.2)."""
    stamp = {} if "fail_info" in more else {"time_stamp_token": STAMP}
    return bytes(TimeStampResponse({"status": {"status": status, **more}, **stamp}).dump())


@pytest.mark.parametrize(
    "document",
    [
        STAMP.dump(),
        base64.encodebytes(STAMP.dump()),
        answer(),
        base64.b64encode(answer()),
        answer("granted_with_mods"),
        answer(status_string=["in order"]),
    ],
)
def test_a_time_stamp_of_a_file_is_checked_as_a_document_and_says_what_it_covers(document: bytes) -> None:
    assert detect(document) is DocumentFormat.CADES
    report = checked(document, b"another", CONTENT)
    (stamp,) = report.timestamps
    assert (report.indication, report.signatures, stamp.kind, stamp.time) == (PASSED, (), "document", NOW)
    assert stamp.scope is not None
    assert (stamp.scope.coverage, stamp.scope.signed_bytes) == (Coverage.WHOLE_DOCUMENT, len(CONTENT))


def test_a_time_stamp_of_another_file_is_said_to_be() -> None:
    (stamp,) = checked(answer(), b"another").timestamps
    assert (stamp.indication, stamp.sub_indication) == (FAILED, SubIndication.HASH_FAILURE)
    assert stamp.scope is not None
    assert stamp.scope.coverage is Coverage.UNCLEAR


def test_what_has_to_be_given_is_named_by_its_digest() -> None:
    stated = digest("sha256", CONTENT).hex()
    (stamp,) = checked(answer()).timestamps
    assert (stamp.indication, stamp.sub_indication) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)
    assert f"SHA-256 is {stated}" in stamp.reason
    (signature,) = checked(detached()).signatures
    assert f"SHA-256 is {stated}" in signature.reason


def test_a_refusal_of_an_authority_is_no_time_stamp() -> None:
    document = answer("rejection", fail_info={"bad_alg"}, status_string=["SHA-1 is not accepted"])
    assert detect(document) is DocumentFormat.CADES
    report = checked(document, CONTENT)
    assert (report.indication, report.timestamps) == (OPEN, ())
    assert "rejection, bad alg, SHA-1 is not accepted" in report.reason
    assert detect(answer("waiting", fail_info={"time_not_available"})) is DocumentFormat.CADES


def test_a_granted_answer_without_a_token_is_no_time_stamp() -> None:
    assert checked(TimeStampResponse({"status": {"status": "granted"}}).dump(), CONTENT).indication is OPEN


def test_a_refused_answer_with_a_token_counts_as_refused() -> None:
    report = checked(answer("rejection"), CONTENT)
    assert (report.indication, report.timestamps) == (OPEN, ())


def test_neither_lists_nor_certificates_are_answers_of_an_authority() -> None:
    for other in (authority().crl, issued().certificate.dump()):
        assert detect(other) is not DocumentFormat.CADES


def test_a_signature_on_a_signed_file_says_that_there_is_another_inside() -> None:
    report = checked(attached(content=attached()))
    assert report.indication is PASSED
    assert NESTED.format(what="CAdES") in report.warnings
    assert not checked(attached(content=b"%PDF-1.7 without a signature")).warnings
    assert NESTED.format(what="PAdES") in checked(attached(content=b"%PDF-1.7 /ByteRange [0 1 2 3]")).warnings


@pytest.mark.parametrize("kind", ["data", "enveloped_data", "encrypted_data", "authenticated_enveloped_data"])
def test_cms_of_another_kind_is_named(kind: str) -> None:
    document = cms.ContentInfo({"content_type": "data", "content": core.OctetString(CONTENT)}).dump()
    identifier = cms.ContentType(kind).dump()
    changed = document[2:].replace(cms.ContentType("data").dump(), identifier)
    changed = bytes([0x30, len(changed)]) + changed
    assert detect(changed) is DocumentFormat.CADES
    report = checked(changed)
    assert (report.indication, report.signatures) == (OPEN, ())
    assert ("without any signature" if kind == "data" else "decrypt it first") in report.reason


def mail(boundary: str = "b1") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Central authority <office@authority.example>", "Request"
    message["Content-Type"] = (
        f'multipart/signed; protocol="application/pkcs7-signature"; boundary="{boundary}"'
    )
    return bytes(message)


@pytest.mark.parametrize(
    "document",
    [
        mail(),
        mail().replace(b"\n", b"\r\n"),
        b"MIME-Version: 1.0\nContent-Type: application/x-pkcs7-mime; smime-type=signed-data\n\nMII",
        b"From office Mon Sep 21\nContent-Type:\n multipart/signed; boundary=b\n\n",
    ],
)
def test_a_signed_mail_is_named_and_said_how_to_go_on(document: bytes) -> None:
    report = checked(document)
    assert (report.format, report.indication) == (DocumentFormat.EMAIL, OPEN)
    assert "save what is attached" in report.reason


def test_a_mail_that_only_speaks_of_a_signature_is_none() -> None:
    assert detect(b"Subject: a\n\nContent-Type: multipart/signed\n") is DocumentFormat.UNKNOWN


def test_an_indefinite_length_and_content_in_pieces_are_the_same_signature() -> None:
    document = signed_data([signer_info(BY, signed_attributes(BY, CONTENT))], [BY.certificate])
    assert checked(indefinite(document)).indication is PASSED
    assert checked(indefinite(document).replace(CONTENT[:5], b"other")).indication is FAILED


def indefinite(document: bytes) -> bytes:
    """Write a CMS as products do that write while they read: open lengths, content in two pieces."""
    whole = cms.ContentInfo.load(document)["content"]
    pieces = core.OctetString(CONTENT[:9]).dump() + core.OctetString(CONTENT[9:]).dump()
    content = b"\x24\x80" + pieces + b"\x00\x00"
    inside = b"\x30\x80" + cms.ContentType("data").dump() + b"\xa0\x80" + content + bytes(4)
    parts = b"".join(
        inside if name == "encap_content_info" else whole[name].dump()
        for name in ("version", "digest_algorithms", "encap_content_info", "certificates", "signer_infos")
    )
    kind = bytes(cms.ContentType("signed_data").dump())
    return b"\x30\x80" + kind + b"\xa0\x80\x30\x80" + parts + bytes(6)


@pytest.mark.parametrize("label", [b"PKCS7", b"CMS", b"PKCS #7 SIGNED DATA"])
def test_every_label_of_pem_is_taken_off(label: bytes) -> None:
    body = base64.encodebytes(attached()).replace(b"\n", b"\r\n")
    document = b"-----BEGIN %s-----\r\n%s-----END %s-----\r\n" % (label, body, label)
    assert checked(document).indication is PASSED
