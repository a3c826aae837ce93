"""Known attacks on signed PDFs: USF, ISA, SWA and shadow documents. None may pass, however it is read.

The signer is trusted in every case, so that only the attack can make the check fail.
"""

import re
from collections.abc import Callable

import pytest
from tests.crypto.esign.pdf.builder import current, plain, root, size, stream, updated, written
from tests.crypto.esign.pdf.material import checked, office, sealed

from rogatory_crypto.esign import Indication, SubIndication

FORGED = stream(b"BT /F1 12 Tf 72 700 Td (The sum is 900) Tj ET")
WIDGET = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(Sum)/Rect[72 690 300 710]/P 3 0 R/V(100)/AP<</N 7 0 R>>>>"
LOOK = b"/Type/XObject/Subtype/Form/BBox[0 0 228 20]"


@pytest.fixture(scope="module")
def signed() -> bytes:
    return sealed(office(), document=written(plain()))


def refused(document: bytes) -> None:
    report = checked(document)
    assert report.indication is not Indication.TOTAL_PASSED
    assert all(each.indication is not Indication.TOTAL_PASSED for each in report.signatures)


def test_the_file_passes_before_anybody_attacks_it(signed: bytes) -> None:
    assert checked(signed).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb"/Contents <[0-9a-fA-F]+>", b"/Contents null"),
        (rb"/Contents <[0-9a-fA-F]+>", b"/Contents <>"),
        (rb"/Contents <[0-9a-fA-F]+>", b"/Contents <00>"),
        (rb"/Contents <[0-9a-fA-F]+>", b""),
        (rb"/Contents <[0-9a-fA-F]+>", b"/Contents"),
        (rb"/ByteRange \[[0-9 ]+\]", b""),
        (rb"/ByteRange \[[0-9 ]+\]", b"/ByteRange null"),
        (rb"/ByteRange \[[0-9 ]+\]", b"/ByteRange"),
        (rb"/ByteRange \[[0-9 ]+\]", b"/ByteRange [-1 -1 -1 -1]"),
        (rb"/ByteRange \[[0-9 ]+\]", b"/ByteRange [0 -1234567890 1234567890 0]"),
        (rb"/ByteRange \[[0-9 ]+\]", b"/ByteRange [0 0 0 0]"),
        (rb"/ByteRange \[[0-9 ]+\]", b"/ByteRange [(0) (1) (2) (3)]"),
        (rb"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.x509.rsa_sha1"),
        (rb"/SubFilter /ETSI.CAdES.detached", b""),
    ],
)
@pytest.mark.parametrize("padded", [True, False])
def test_universal_signature_forgery_fails(signed: bytes, old: bytes, new: bytes, *, padded: bool) -> None:
    """Parts of the signature are taken away, so that a reader has nothing left to check."""

    def instead(match: re.Match[bytes]) -> bytes:
        return new.ljust(len(match[0])) if padded else new

    refused(re.sub(old, instead, signed, count=1))


def test_byte_range_of_more_than_two_parts_fails(signed: bytes) -> None:
    ranges = re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\] *", signed)[0]
    first, second, rest = (int(number) for number in ranges)
    more = b"/ByteRange [0 %d %d %d %d 0]" % (first, second, rest, second + rest)
    old = re.findall(rb"/ByteRange \[[0-9 ]+\] *", signed)[0]
    refused(signed.replace(old, more.ljust(len(old))))


@pytest.mark.parametrize(
    "tail",
    [
        lambda _signed: b"\n4 0 obj\n" + FORGED + b"\nendobj\n",
        lambda _signed: b"\n4 0 obj\n" + FORGED + b"\nendobj\n%%EOF\n",
        lambda _signed: b"\n4 0 obj\n" + FORGED + b"\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n",
        lambda signed: b"\n4 0 obj\n" + FORGED + b"\nendobj\n" + signed[signed.rindex(b"startxref") :],
        lambda _signed: b"anything\n",
    ],
    ids=["no trailer", "end", "trailer", "the same cross-references", "noise"],
)
def test_incremental_saving_without_cross_references_fails(
    signed: bytes, tail: Callable[[bytes], bytes]
) -> None:
    """Such a tail is repaired by readers and overlooked by those who look for cross-references."""
    refused(signed + tail(signed))


@pytest.mark.parametrize("number", [3, 4, 5, 2])
def test_object_replaced_by_an_update_fails(signed: bytes, number: int) -> None:
    values = {
        2: b"<</Type/Pages/Count 0/Kids[]>>",
        3: current(signed, 3).replace(b"600", b"900"),
        4: FORGED,
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>",
    }
    document = updated(signed, {number: values[number]})
    refused(document)
    (report,) = checked(document).signatures
    assert report.sub_indication is SubIndication.FORMAT_FAILURE
    assert str(number) in "".join(report.scope.changed_after)


def test_replaced_page_content_is_told_by_page_and_object(signed: bytes) -> None:
    (report,) = checked(updated(signed, {4: FORGED})).signatures
    assert report.scope.changed_after == (
        "revision 3 of 3: the document was changed",
        "revision 3 of 3: pages: 1",
        "revision 3 of 3: objects: 4",
    )


def test_added_page_is_told(signed: bytes) -> None:
    new = size(signed)
    page = current(signed, 3)
    pages = b"<</Type/Pages/Count 2/Kids[3 0 R %d 0 R]>>" % new
    (report,) = checked(updated(signed, {2: pages, new: page})).signatures
    assert report.sub_indication is SubIndication.FORMAT_FAILURE
    assert "revision 3 of 3: number of pages 1, now 2" in report.scope.changed_after


def test_added_annotation_fails(signed: bytes) -> None:
    new = size(signed)
    note = b"<</Type/Annot/Subtype/FreeText/Rect[72 690 300 710]/Contents(900)/AP<</N %d 0 R>>>>" % (new + 1)
    page = re.sub(rb"/Annots\s*\[", b"/Annots[%d 0 R " % new, current(signed, 3))
    assert page != current(signed, 3)
    refused(updated(signed, {3: page, new: note, new + 1: stream(b"", LOOK)}))


def test_removed_object_fails(signed: bytes) -> None:
    refused(updated(signed, {}, free=(4,)))


def test_signature_wrapping_fails(signed: bytes) -> None:
    """The second part of the byte range is moved away and other content is put in its place."""
    old = re.findall(rb"/ByteRange \[[0-9 ]+\] *", signed)[0]
    first, second, rest = (int(number) for number in re.findall(rb"\d+", old)[1:])
    wrapped = b"\n4 0 obj\n" + FORGED + b"\nendobj\n"
    moved = b"/ByteRange [0 %d %d %d]" % (first, second + len(wrapped), rest)
    document = signed[:second] + wrapped + signed[second:]
    refused(document)
    refused(document.replace(old, moved.ljust(len(old))))


def test_object_that_was_missing_when_it_was_signed_fails() -> None:
    """A page that names an object which comes later changes without being touched."""
    prepared = plain(page=b"/Group 900 0 R")
    contents = prepared[3].replace(b"/Contents 4 0 R", b"/Contents[4 0 R 900 0 R]")
    signed = sealed(office(), document=written({**prepared, 3: contents}))
    assert checked(signed).indication is Indication.TOTAL_PASSED
    document = updated(signed, {900: FORGED})
    refused(document)
    assert "missing when the document was signed" in checked(document).signatures[0].reason


def test_cross_reference_to_behind_the_signed_bytes_fails() -> None:
    """Where it points there is nothing yet; what is put there later needs no change of any reference."""
    file = written(plain())
    entry = re.findall(rb"5 1\n(\d{10}) 00000 n", file)[0]
    signed = sealed(office(), document=file.replace(b"5 1\n" + entry, b"5 1\n0000020000"))
    document = signed.ljust(20000) + b"5 0 obj\n<</Type/Font>>\nendobj\n"
    last = re.findall(rb"startxref\s+(\d+)", signed)[-1]
    refused(updated(document + b"startxref\n" + last + b"\n%%EOF\n", {size(signed): b"null"}))


def one_more_field(document: bytes, field: int) -> dict[int, bytes]:
    """The form with a field more, for an update."""
    number = int(re.findall(rb"/AcroForm (\d+) 0 R", document)[-1])
    form = re.sub(rb"/Fields\s*\[", b"/Fields[%d 0 R " % field, current(document, number))
    assert form != current(document, number)
    return {number: form}


def test_field_that_hides_in_the_security_store_fails(signed: bytes) -> None:
    """Validation data may be added after signing; a field that is named there is still a field."""
    new = size(signed)
    field = b"<</FT/Sig/T(Other)/Type/Annot/Subtype/Widget/Rect[72 690 300 710]/P 3 0 R/AP<</N %d 0 R>>>>"
    catalogue = current(signed, root(signed))
    store = b"/DSS<</VRI<</%s %d 0 R>>>>>>" % (b"A" * 40, new)
    page = re.sub(rb"/Annots\s*\[", b"/Annots[%d 0 R " % new, current(signed, 3))
    changes = {
        root(signed): catalogue[:-2] + store,
        **one_more_field(signed, new),
        3: page,
        new: field % (new + 1),
        new + 1: stream(b"0 0 200 20 re f", LOOK),
    }
    refused(updated(signed, changes))


def test_validation_data_added_after_the_last_signature_pass(signed: bytes) -> None:
    new = size(signed)
    catalogue = current(signed, root(signed))[:-2] + b"/DSS %d 0 R>>" % new
    changes = {
        root(signed): catalogue,
        new: b"<</Certs[%d 0 R]/VRI<</%s<</Cert[%d 0 R]/TU(D:20260101)>>>>>>" % (new + 1, b"A" * 40, new + 1),
        new + 1: stream(office()),
    }
    document = updated(signed, changes)
    report = checked(document)
    assert report.indication is Indication.TOTAL_PASSED, report.signatures[0].reason
    assert "validation data" in report.signatures[0].scope.changed_after[0]
    # Another product writes the same part anew; nothing that is shown changed.
    rewritten = changes[new].replace(b"/TU(D:20260101)", b"/TU(D:20270101)")
    assert checked(updated(document, {new: rewritten})).indication is Indication.TOTAL_PASSED


def with_field() -> bytes:
    return written(
        plain(
            root=b"/AcroForm<</Fields[6 0 R]/DR<</Font<</F1 5 0 R>>>>>>",
            page=b"/Annots[6 0 R]",
            more={6: WIDGET, 7: stream(b"BT /F1 9 Tf (100) Tj ET", LOOK)},
        )
    )


def filled(document: bytes) -> bytes:
    new = size(document)
    field = current(document, 6).replace(b"/V(100)", b"/V(900)").replace(b"7 0 R", b"%d 0 R" % new)
    assert field != current(document, 6)
    return updated(document, {6: field, new: stream(b"BT /F1 9 Tf (900) Tj ET", LOOK)})


def test_form_filled_in_after_the_last_signature_fails() -> None:
    signed = sealed(office(), document=with_field())
    assert checked(signed).indication is Indication.TOTAL_PASSED
    document = filled(signed)
    refused(document)
    assert "form fields: Sum" in "".join(checked(document).signatures[0].scope.changed_after)


def test_form_filled_in_before_a_later_signature_passes_and_is_told() -> None:
    document = sealed(office(), document=filled(sealed(office(), document=with_field())), field="Second")
    report = checked(document)
    assert report.indication is Indication.TOTAL_PASSED, [each.reason for each in report.signatures]
    assert "form fields: Sum" in "".join(report.signatures[0].scope.changed_after)
    assert report.signatures[1].scope.changed_after == ()


def test_font_of_the_form_redefined_fails_even_below_a_later_signature() -> None:
    """Fields that are drawn anew would then show other digits."""
    signed = sealed(office(), document=with_field())
    new = size(signed)
    catalogue = re.sub(rb"/F1\s+5 0 R", b"/F1 %d 0 R" % new, current(signed, root(signed)))
    if catalogue == current(signed, root(signed)):
        pytest.fail("the form's resources are not where they were")
    other = updated(signed, {root(signed): catalogue, new: b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"})
    report = checked(sealed(office(), document=other, field="Second"))
    assert report.signatures[0].sub_indication is SubIndication.FORMAT_FAILURE


def test_certification_that_forbids_changes_fails_with_any() -> None:
    """ISO 32000-1 section 12.8.2.2: DocMDP with P 1."""
    from pyhanko.sign.fields import MDPPerm

    signed = sealed(office(), document=with_field(), certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    assert checked(signed).indication is Indication.TOTAL_PASSED
    refused(filled(signed))
    allowed = sealed(office(), document=with_field(), certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)
    report = checked(sealed(office(), document=filled(allowed), field="Second"))
    assert report.indication is Indication.TOTAL_PASSED, [each.reason for each in report.signatures]


def test_certification_outside_of_the_form_fails(signed: bytes) -> None:
    number = re.findall(rb"/V (\d+) 0 R", signed)[0]
    catalogue = current(signed, root(signed))
    changed = re.sub(rb"/AcroForm.*", b"/Perms<</DocMDP %s 0 R>>>>" % number, catalogue, flags=re.DOTALL)
    report = checked(updated(signed, {root(signed): changed}))
    assert [each.indication for each in report.signatures] == [Indication.TOTAL_FAILED]


def test_signature_shown_by_two_fields_is_one(signed: bytes) -> None:
    number = re.findall(rb"/V (\d+) 0 R", signed)[0]
    field = size(signed)
    copy = b"<</FT/Sig/T(Copy)/V %s 0 R>>" % number
    report = checked(updated(signed, {**one_more_field(signed, field), field: copy}))
    (signature,) = report.signatures
    assert "Copy" in signature.identifier
    assert signature.indication is not Indication.TOTAL_PASSED


def test_very_entangled_objects_end_in_good_time() -> None:
    """Two paths at each of sixty steps: more than can ever be walked."""
    chain = {number: b"<</A %d 0 R/B %d 0 R>>" % (number + 1, number + 1) for number in range(10, 70)} | {
        70: b"<</C 4 0 R>>"
    }
    signed = sealed(office(), document=written(plain(page=b"/PieceInfo 10 0 R", more=chain)))
    refused(updated(signed, {4: FORGED}))
