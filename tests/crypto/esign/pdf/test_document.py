"""What is said of a whole PDF beside its signatures."""

import re

from tests.crypto.esign.pdf.builder import current, plain, root, size, updated, written
from tests.crypto.esign.pdf.long_term import LATER, archived, authority, signed
from tests.crypto.esign.pdf.material import checked, office, sealed

from rogatory_crypto.esign import Indication, SubIndication, check
from rogatory_crypto.esign.pdf.document import USAGE_RIGHTS
from rogatory_crypto.esign.pdf.embedded import MAX_SIGNATURES


def fields(count: int) -> bytes:
    numbers = range(10, 10 + count)
    listed = b" ".join(b"%d 0 R" % number for number in numbers)
    more = {number: b"<</FT/Sig/T(S%d)/V<</SubFilter/adbe.pkcs7.detached>>>>" % number for number in numbers}
    return written(plain(root=b"/AcroForm<</Fields[%s]>>" % listed, more=more))


def test_document_without_a_signature_is_no_failure() -> None:
    report = checked(written(plain()))
    assert (report.indication, report.signatures) == (Indication.INDETERMINATE, ())
    assert "no signature field" in report.reason


def test_empty_signatures_are_counted_and_fail() -> None:
    report = checked(fields(3))
    assert [each.identifier for each in report.signatures] == ["S10", "S11", "S12"]
    assert report.indication is Indication.TOTAL_FAILED


def test_more_signatures_than_can_be_checked_are_none_checked() -> None:
    assert len(checked(fields(MAX_SIGNATURES)).signatures) == MAX_SIGNATURES
    report = checked(fields(MAX_SIGNATURES + 1))
    assert report.indication is Indication.INDETERMINATE
    assert str(MAX_SIGNATURES) in report.reason


def test_many_real_signatures_pass_together() -> None:
    document = written(plain())
    for number in range(6):
        document = sealed(office(), document=document, field=f"S{number}")
    report = checked(document)
    assert [each.indication for each in report.signatures] == [Indication.TOTAL_PASSED] * 6


def test_usage_rights_of_a_vendor_are_no_signature_on_the_document() -> None:
    """ISO 32000-1 section 12.8.2.3."""
    document = sealed(office(), document=written(plain(root=b"/Perms<</UR3 6 0 R>>", more={6: b"<<>>"})))
    report = checked(document)
    assert len(report.signatures) == 1
    assert USAGE_RIGHTS in report.warnings


def test_encrypted_file_is_said_to_be_encrypted() -> None:
    document = written(plain()).replace(
        b"/Root",
        b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>/Root" % (b"o" * 32, b"u" * 32),
    )
    report = checked(document)
    assert report.indication is Indication.INDETERMINATE
    assert "encrypted" in report.reason


def test_document_time_stamp_is_told_by_its_encoding_and_not_by_its_type() -> None:
    document = archived(signed())
    renamed = document.replace(b"/Type /DocTimeStamp", b"/Type /Sig         ")
    assert renamed != document
    report = check(renamed, trust=[authority().root_pem], at=LATER, revocation=False)
    assert len(report.signatures) == 1
    assert len(report.timestamps) == 1


def test_damaged_document_time_stamp_spoils_the_signature_under_it() -> None:
    document = archived(signed())
    start = [match.end() for match in re.finditer(rb"/Contents <", document)][-1]
    damaged = document[: start + 400] + b"00" * 40 + document[start + 480 :]
    report = check(damaged, trust=[authority().root_pem], at=LATER)
    assert report.indication is not Indication.TOTAL_PASSED


def test_padding_that_is_not_empty_is_told_and_nothing_worse() -> None:
    document = sealed(office(), document=written(plain()))
    end = document.index(b">", document.index(b"/Contents <"))
    padded = document[: end - 8] + b"4a555659" + document[end:]
    report = checked(padded)
    assert report.indication is Indication.TOTAL_PASSED
    assert any("behind the signature" in warning for warning in report.signatures[0].warnings)


def test_freeing_a_number_that_nobody_used_is_no_change() -> None:
    document = sealed(office(), document=written(plain()))
    unused = size(document) + 5
    catalogue = current(document, root(document))
    assert checked(updated(document, {root(document): catalogue}, free=(unused,))).indication is (
        Indication.TOTAL_PASSED
    )
    freed = checked(updated(document, {}, free=(5,)))
    assert freed.signatures[0].sub_indication is SubIndication.FORMAT_FAILURE
