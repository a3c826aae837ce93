import base64

import pytest
from asn1crypto import cms, core  # type: ignore[import-untyped]
from tests.crypto.esign.cms.material import (
    CONTENT,
    NOW,
    attached,
    attribute,
    authority,
    detached,
    issued,
    signatory,
    signed_attributes,
    signed_data,
    signer_info,
    stamped,
    token,
)

from rogatory_crypto.esign import Indication, Report, SubIndication, check
from rogatory_crypto.esign.cms.cades import UNUSED_CONTENTS
from rogatory_crypto.esign.cms.digests import digest
from rogatory_crypto.esign.cms.document import CONTENTS_UNUSED
from rogatory_crypto.esign.report import Coverage, DocumentFormat

LATER = NOW + 60
BY = signatory()
PASSED, FAILED, OPEN = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE


def checked(document: bytes, *contents: bytes, root: bool = False) -> Report:
    trust = [BY.pem, authority().root_pem] if root else [BY.pem]
    return check(document, trust=trust, contents=contents, at=LATER, revocation=False)


def pem(document: bytes, label: bytes = b"PKCS7") -> bytes:
    body = base64.encodebytes(document)
    return b"-----BEGIN " + label + b"-----\n" + body + b"-----END " + label + b"-----\n"


def test_an_attached_signature_passes_and_says_what_it_is() -> None:
    report = checked(attached())
    assert report.indication is PASSED
    assert report.format is DocumentFormat.CADES
    (signature,) = report.signatures
    assert signature.level == "CAdES-BASELINE-B"
    assert signature.claimed_time == NOW
    assert signature.best_signature_time is None
    assert signature.scope.coverage is Coverage.WHOLE_DOCUMENT


def test_a_file_that_nobody_signed_is_told_beside_the_one_that_was() -> None:
    """RFC 5652 section 5.2: a detached signature is about one content, whatever else is given with it."""
    (alone,) = checked(detached(), CONTENT).signatures
    assert (alone.scope.coverage, UNUSED_CONTENTS in alone.warnings) == (Coverage.WHOLE_DOCUMENT, False)
    for contents in ((CONTENT, b"another"), (b"another", CONTENT)):
        (signature,) = checked(detached(), *contents).signatures
        assert signature.scope.coverage is Coverage.PARTIAL
        assert UNUSED_CONTENTS in signature.warnings
    stamp = token(digest("sha256", CONTENT)).dump()
    assert UNUSED_CONTENTS in checked(stamp, CONTENT, b"another", root=True).warnings
    assert UNUSED_CONTENTS not in checked(stamp, CONTENT, root=True).warnings


@pytest.mark.parametrize(
    "wrapped",
    [
        pem(attached()),
        pem(attached(), b"CMS"),
        b"\r\n" + pem(attached()),
        base64.b64encode(attached()),
        base64.encodebytes(attached()),
    ],
)
def test_wrappings_are_taken_off(wrapped: bytes) -> None:
    assert checked(wrapped).indication is PASSED


def test_two_signatures_in_one_pem_are_refused() -> None:
    report = checked(pem(attached()) + pem(attached()))
    assert (report.indication, report.signatures) == (FAILED, ())


def test_detached_content_is_found_by_its_digest_whatever_its_place() -> None:
    assert checked(detached(), b"another", CONTENT).indication is PASSED


def test_other_content_than_signed_is_not_intact() -> None:
    (signature,) = checked(detached(), b"another").signatures
    assert (signature.indication, signature.sub_indication) == (FAILED, SubIndication.HASH_FAILURE)


def test_no_content_given_leaves_it_open() -> None:
    (signature,) = checked(detached()).signatures
    assert (signature.indication, signature.sub_indication) == (OPEN, SubIndication.SIGNED_DATA_NOT_FOUND)
    assert signature.scope.coverage is Coverage.UNCLEAR


def test_content_given_beside_an_attached_signature_is_not_used() -> None:
    report = checked(attached(), b"another")
    assert report.indication is PASSED
    assert CONTENTS_UNUSED in report.warnings


def test_each_signature_is_reported_and_the_worst_decides() -> None:
    second = issued()
    right = signer_info(BY, signed_attributes(BY, CONTENT))
    wrong = signer_info(second, signed_attributes(second, b"another"))
    report = checked(signed_data([right, wrong], [BY.certificate, second.certificate]), root=True)
    assert sorted(each.indication for each in report.signatures) == [FAILED, PASSED]
    assert report.indication is FAILED


def test_a_trusted_signer_need_not_be_in_the_signature() -> None:
    assert checked(signed_data([signer_info(BY, signed_attributes(BY, CONTENT))], [])).indication is PASSED


def test_a_signature_time_stamp_proves_its_time() -> None:
    info = stamped(signer_info(BY, signed_attributes(BY, CONTENT)))
    report = checked(signed_data([info], [BY.certificate]), root=True)
    (signature,) = report.signatures
    assert report.indication is PASSED
    assert signature.best_signature_time == NOW
    assert signature.level == "CAdES-BASELINE-T"


def test_a_time_stamp_of_another_signature_spoils_it() -> None:
    copied = attribute("signature_time_stamp_token", token(digest("sha256", b"another signature")))
    info = signer_info(BY, signed_attributes(BY, CONTENT), unsigned_attrs=[copied])
    (signature,) = checked(signed_data([info], [BY.certificate]), root=True).signatures
    assert signature.indication is OPEN
    assert [each.sub_indication for each in signature.timestamps] == [SubIndication.HASH_FAILURE]
    assert signature.best_signature_time is None


def test_a_time_stamp_that_cannot_be_read_spoils_it() -> None:
    whole = attribute("signature_time_stamp_token", token(bytes(32))).dump()
    signed, enveloped = (bytes.fromhex(f"06092a864886f70d01070{last}") for last in (2, 3))
    broken = cms.CMSAttribute.load(whole.replace(signed, enveloped))
    info = signer_info(BY, signed_attributes(BY, CONTENT), unsigned_attrs=[broken])
    report = checked(signed_data([info], [BY.certificate]), root=True)
    assert (report.indication, report.signatures[0].timestamps) == (OPEN, ())


def test_a_content_time_stamp_must_be_about_the_content() -> None:
    for content, expected in ((CONTENT, PASSED), (b"another", OPEN)):
        stamp = attribute("1.2.840.113549.1.9.16.2.20", token(digest("sha256", content)))
        info = signer_info(BY, [*signed_attributes(BY, CONTENT), stamp])
        report = checked(signed_data([info], [BY.certificate]), root=True)
        assert report.indication is expected, content
        assert [each.kind for each in report.signatures[0].timestamps] == ["content"]


def counter_signature(of: cms.SignerInfo, *, content: bytes | None = None) -> cms.CMSAttribute:
    second = issued()
    over = content or of["signature"].native
    attributes = [each for each in signed_attributes(second, over) if each["type"].native != "content_type"]
    return attribute("counter_signature", signer_info(second, attributes))


@pytest.mark.parametrize(("content", "expected"), [(None, PASSED), (b"another", FAILED)])
def test_counter_signatures_are_reported_apart_and_decide_nothing(
    content: bytes | None, expected: Indication
) -> None:
    # RFC 5652 section 11.4
    info = signer_info(BY, signed_attributes(BY, CONTENT))
    countered = cms.SignerInfo(
        {**{name: info[name] for name in info}, "unsigned_attrs": [counter_signature(info, content=content)]}
    )
    report = checked(signed_data([countered], [BY.certificate, issued().certificate]), root=True)
    assert report.indication is PASSED
    assert [each.indication for each in report.signatures] == [PASSED]
    assert [each.indication for each in report.counter_signatures] == [expected]
    assert [each.countersigns for each in report.counter_signatures] == [report.signatures[0].identifier]


def test_evidence_records_and_old_archive_time_stamps_are_said_to_prove_nothing() -> None:
    kinds = ("1.2.840.113549.1.9.16.2.49", "1.2.840.113549.1.9.16.2.48", "1.2.840.113549.1.9.16.2.25")
    more = [attribute(kind, token(bytes(32))) for kind in kinds]
    info = signer_info(BY, signed_attributes(BY, CONTENT), unsigned_attrs=more)
    (signature,) = checked(signed_data([info], [BY.certificate])).signatures
    assert signature.indication is PASSED
    assert sum("proves nothing" in warning for warning in signature.warnings) >= len(kinds)


def test_a_time_stamp_token_for_itself_says_when_its_content_existed() -> None:
    stamp = token(digest("sha256", CONTENT)).dump()
    report = checked(stamp, b"another", CONTENT, root=True)
    assert (report.indication, report.signatures) == (PASSED, ())
    assert [each.time for each in report.timestamps] == [NOW]
    assert checked(stamp, b"another", root=True).indication is FAILED
    assert checked(stamp, root=True).timestamps[0].sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND


def test_a_signature_policy_is_named_because_its_rules_are_not_checked() -> None:
    policy = attribute("1.2.840.113549.1.9.16.2.15", cms.ContentInfo({"content_type": "1.2.3.4.5"}))
    info = signer_info(BY, [*signed_attributes(BY, CONTENT), policy])
    (signature,) = checked(signed_data([info], [BY.certificate])).signatures
    assert signature.indication is PASSED
    assert any("1.2.3.4.5" in warning for warning in signature.warnings)


def test_a_signer_may_be_named_by_the_identifier_of_its_key() -> None:
    # RFC 5652 section 5.3: the version is 3 then.
    sid = cms.SignerIdentifier("subject_key_identifier", cms.OctetString(BY.certificate.key_identifier))
    for version, expected in (("v3", PASSED), ("v1", FAILED)):
        info = signer_info(BY, signed_attributes(BY, CONTENT), sid=sid, version=version)
        assert checked(signed_data([info], [BY.certificate])).indication is expected


def test_certificates_alone_are_no_signature() -> None:
    report = checked(signed_data([], [BY.certificate], None))
    assert (report.indication, report.signatures) == (OPEN, ())
    assert "no signature" in report.reason


def test_what_cannot_be_read_is_not_well_formed() -> None:
    report = checked(attached()[:-1])
    assert report.indication is FAILED
    assert report.sentence


def test_zero_bytes_behind_a_signature_are_the_place_kept_for_it() -> None:
    """ISO 32000-1 section 12.8.1: a signature taken out of a PDF file; anything else behind it is refused."""
    assert checked(attached() + bytes(2048)).indication is PASSED
    assert checked(attached() + bytes(8) + b"more").indication is FAILED


def test_content_need_not_be_of_the_type_that_is_signed_for_it() -> None:
    """RFC 5652 section 5.2: the octets are signed, and their type is a signed attribute."""
    info = signer_info(BY, signed_attributes(BY, CONTENT, content_type="signed_data"))
    inside = {"content_type": "data", "content": core.OctetString(CONTENT)}
    whole = signed_data([info], [BY.certificate], encap_content_info=inside)
    data, other = (cms.ContentType(name).dump() for name in ("data", "signed_data"))
    place = whole.index(data, whole.index(cms.ContentType("signed_data").dump()) + 1)
    renamed = whole[:place] + other + whole[place + len(data) :]
    (signature,) = checked(renamed).signatures
    assert signature.indication is PASSED
    assert checked(renamed.replace(CONTENT, CONTENT.upper())).indication is FAILED


def test_unsigned_attribute_of_another_kind_does_not_hide_the_signature() -> None:
    """EN 319 122-1 clause 5.3: a time stamp in an octet string is none that can be read."""

    def element(tag: int, contents: bytes) -> bytes:
        return bytes([tag]) + bytes(core.OctetString(contents).dump()[1:])

    info = signer_info(BY, signed_attributes(BY, CONTENT))
    stamp = core.OctetString(token(digest("sha256", info["signature"].native)).dump()).dump()
    kind = cms.CMSAttributeType("signature_time_stamp_token").dump()
    unsigned = cms.CMSAttributes.load(element(0x31, element(0x30, kind + element(0x31, stamp))))
    wrapped = cms.SignerInfo({**{name: info[name] for name in info}, "unsigned_attrs": unsigned})
    (signature,) = checked(signed_data([wrapped], [BY.certificate])).signatures
    assert signature.indication is OPEN
    assert signature.claimed_time == NOW
