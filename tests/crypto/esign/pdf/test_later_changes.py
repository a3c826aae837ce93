"""Updates behind a signature that seem to change nothing, and yet make a reader show or do something else.

Each is the work of somebody who has no key: the signer is trusted, so only the update makes the check fail.
Some need a file that was prepared before it was signed.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.crypto.esign.pdf.builder import TEXT, current, plain, root, size, stream, updated, written
from tests.crypto.esign.pdf.long_term import LATER as AFTERWARDS
from tests.crypto.esign.pdf.long_term import archived, authority
from tests.crypto.esign.pdf.long_term import signed as long_term
from tests.crypto.esign.pdf.material import checked, office, sealed
from tests.crypto.esign.pdf.test_attacks import (
    LOOK,
    WIDGET,
    filled,
    one_more_field,
    refused,
    with_field,
)

from rogatory_crypto.esign import Indication, SubIndication, check

BLACK = stream(b"0 0 228 20 re f", LOOK)
OTHER = stream(b"BT /F1 12 Tf 72 700 Td (The sum is 900) Tj ET", LOOK)
FIELD = b"<</FT/Sig/T(X)/Type/Annot/Subtype/%s/P 3 0 R/F 4%s>>"
NOTE = b"<</Type/Annot/Subtype/FreeText/Rect[72 690 300 710]/Contents(%s)/AP<</N 8 0 R>>>>"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%s</dc:title></rdf:Description>'
    b"</rdf:RDF></x:xmpmeta>"
)
METADATA = b"/Type/Metadata/Subtype/XML"

Change = Callable[[bytes], bytes]


def signed(objects: Mapping[int, bytes] | None = None, trailer: bytes = b"", **more: Any) -> bytes:
    document = written(objects or plain()).replace(b"/Root", trailer + b"/Root", 1)
    return sealed(office(), document=document, **more)


def with_new_field(document: bytes, field: bytes, *more: bytes) -> bytes:
    """A signature field, put on the page; what it names comes behind it."""
    new = size(document)
    page = re.sub(rb"/Annots\s*\[", b"/Annots[%d 0 R " % new, current(document, 3))
    behind = {new + 1 + index: value for index, value in enumerate(more)}
    named = field.replace(b"@", b"%d" % (new + 1))
    return updated(document, {**one_more_field(document, new), 3: page, new: named, **behind})


def with_other_trailer(document: bytes, objects: Mapping[int, bytes], entries: bytes) -> bytes:
    changed = updated(document, objects)
    return document + changed[len(document) :].replace(b"trailer\n<<", b"trailer\n<<" + entries)


def in_form(old: bytes, new: bytes) -> Change:
    """Change the form, wherever it stands."""

    def change(document: bytes) -> bytes:
        found = re.findall(rb"/AcroForm (\d+) 0 R", document)
        number = int(found[-1]) if found else root(document)
        form = re.sub(old, new, current(document, number), count=1)
        assert form != current(document, number)
        return updated(document, {number: form, size(document): BLACK})

    return change


def in_page(old: bytes, new: bytes) -> Change:
    """Change the page together with a new field that shows nothing."""

    def change(document: bytes) -> bytes:
        field = size(document)
        page = re.sub(old, new.replace(b"@", b"%d 0 R" % field), current(document, 3))
        assert page != current(document, 3)
        hidden = FIELD % (b"Widget", b"/Rect[0 0 0 0]")
        return updated(document, {**one_more_field(document, field), field: hidden, 3: page})

    return change


def rewritten(number: int, value: bytes) -> Change:
    return lambda document: updated(document, {number: value})


def new_field(kind: bytes, entries: bytes, *more: bytes) -> Change:
    return lambda document: with_new_field(document, FIELD % (kind, entries), *more)


NEW_FIELDS: Mapping[str, Change] = {
    "an open note": new_field(b"Text", b"/Rect[72 700 72 700]/Contents(The sum is 900)/Open true"),
    "a place of five numbers": new_field(b"Widget", b"/Rect[72 690 300 710 0]/MK<</BG[1 0 0]>>"),
    "a place named indirectly": new_field(b"Widget", b"/Rect[11 0 R 12 0 R 13 0 R 14 0 R]/AP<</N 8 0 R>>"),
    "a script when the page opens": new_field(b"Widget", b"/Rect[0 0 0 0]/AA<</PO<</S/JavaScript/JS(1)>>>>"),
    "nothing, for whoever comes next": new_field(b"Widget", b"/Rect[0 0 0 0]"),
    "a time stamp that is none, shown": new_field(
        b"Widget", b"/Rect[72 690 300 710]/AP<</N 8 0 R>>/V @ 0 R", b"<</SubFilter/ETSI.RFC3161>>"
    ),
}


@pytest.fixture(scope="module")
def numbers() -> bytes:
    return signed(plain(more={8: BLACK, 11: b"72", 12: b"690", 13: b"300", 14: b"710"}))


@pytest.mark.parametrize("name", NEW_FIELDS)
def test_new_signature_field_that_shows_or_does_something_fails(numbers: bytes, name: str) -> None:
    """ISO 32000-1 section 12.5.6.19: a field is an annotation as well."""
    refused(NEW_FIELDS[name](numbers))


FORM = b"<</Fields[6 0 R]/DR<</Font<</F1 5 0 R>>/XObject<</X1 8 0 R>>>>>>"


@pytest.mark.parametrize(
    "change",
    [
        in_form(rb"/Fields\s*\[", b"/NeedAppearances true/Fields["),
        in_form(rb"/Fields\s*\[\s*6 0 R", b"/Fields[9 0 R"),
        in_form(rb"/X1\s+8 0 R", b"/X1 5 0 R"),
        in_form(rb"/X1\s+8 0 R", b"/X1 8 0 R/X2 8 0 R"),
        in_page(rb"/Annots\s*\[\s*6 0 R\s+10 0 R", b"/Annots[10 0 R 6 0 R @"),
        in_page(rb"/Annots\s*\[\s*6 0 R\s+10 0 R", b"/Annots[6 0 R 10 0 R 6 0 R @"),
        in_page(rb"/Annots\s*\[", b"/Rotate 180/Annots[@ "),
    ],
    ids=["drawn anew", "other field", "resource", "more resources", "order", "drawn twice", "turned"],
)
def test_form_or_page_that_shows_something_else_fails(change: Change) -> None:
    """Values and looks of a field may differ, and what lies above hides what lies below."""
    objects = {6: WIDGET, 7: BLACK, 8: BLACK, 9: WIDGET.replace(b"100", b"900"), 10: NOTE % b"100", 15: FORM}
    document = signed(plain(root=b"/AcroForm 15 0 R", page=b"/Annots[6 0 R 10 0 R]", more=objects))
    assert checked(document).indication is Indication.TOTAL_PASSED
    refused(change(document))


def test_name_replaced_by_a_string_that_reads_the_same_fails() -> None:
    """ISO 32000-1 section 8.11.4.3: a layer whose state cannot be read is on."""
    layers = b"/OCProperties<</OCGs[6 0 R]/D<</BaseState/OFF>>>>"
    document = signed(plain(root=layers, more={6: b"<</Type/OCG/Name(x)>>"}))
    catalogue = re.sub(rb"/BaseState\s*/OFF", b"/BaseState(/OFF)", current(document, 1))
    assert catalogue != current(document, 1)
    refused(updated(document, {1: catalogue}))


@pytest.mark.parametrize("certified", [True, False])
def test_title_that_is_another_one_fails(*, certified: bool) -> None:
    """Readers show it as the name of the window (ISO 32000-1 section 14.3.3)."""
    from pyhanko.sign.fields import MDPPerm

    more = {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS} if certified else {}
    noted = b"<</Title(%s)/ModDate(D:20260101)>>"
    document = signed(plain(more={6: noted % b"Order 1"}), b"/Info 6 0 R", **more)
    refused(with_other_trailer(document, {6: noted % b"Order 2"}, b"/Info 6 0 R"))
    same = (noted % b"Order 1").replace(b"0101", b"0102")
    dated = checked(with_other_trailer(document, {6: same}, b"/Info 6 0 R"))
    assert dated.indication is Indication.TOTAL_PASSED, dated.signatures[0].reason


def test_title_in_metadata_that_is_another_one_fails() -> None:
    document = signed(plain(root=b"/Metadata 6 0 R", more={6: stream(XMP % b"Order 1", METADATA)}))
    refused(updated(document, {6: stream(XMP % b"Order 2", METADATA)}))


def forged_pages(document: bytes) -> dict[int, bytes]:
    new = size(document)
    page = current(document, 3).replace(b"4 0 R", b"%d 0 R" % (new + 2))
    return {new: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (new + 1), new + 1: page, new + 2: OTHER}


def test_key_that_stands_twice_fails() -> None:
    """One reader takes the first, another the last: the catalogue, and the trailer."""
    document = signed()
    pages, new = forged_pages(document), size(document)
    twice = current(document, 1)[:-2] + b"/Pages %d 0 R>>" % new
    refused(updated(document, {**pages, 1: twice}))
    catalogue = current(document, 1).replace(b"/Pages 2 0 R", b"/Pages %d 0 R" % new)
    refused(with_other_trailer(document, {**pages, new + 3: catalogue}, b"/Root 1 0 R"))
    behind = updated(document, {**pages, new + 3: catalogue})
    refused(document + behind[len(document) :].replace(b"/Prev", b"/Root %d 0 R/Prev" % (new + 3)))


def test_catalogue_that_a_repair_would_take_for_the_right_one_fails() -> None:
    """It is named by nothing; a reader takes it where the trailer names none."""
    document = signed()
    new = size(document)
    other = current(document, 1).replace(b"/Pages 2 0 R", b"/Pages %d 0 R" % new)
    refused(updated(document, {**forged_pages(document), new + 3: other}))
    behind = updated(document, {new: b"<<>>"})[len(document) :]
    refused(document + re.sub(rb"/Root \d+ 0 R", b"", behind))


STORE = b"/DSS<</Certs[6 0 R]>>"


@pytest.mark.parametrize(
    ("content", "old", "new", "catalogue", "more"),
    [
        (b"/Parent Do", b"/Resources<<", b"/Resources<</XObject<</Parent 6 0 R>>", STORE, {}),
        (
            b"/X1 Do",
            b"/Parent 2 0 R",
            b"/Parent 8 0 R",
            STORE,
            {8: b"<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</XObject<</X1 6 0 R>>>>>>"},
        ),
        (
            b"/P Do",
            b"/Resources<</Font<</F1 5 0 R>>>>",
            b"/Resources 21 0 R",
            STORE + b"/StructTreeRoot 20 0 R",
            {20: b"<</K[21 0 R]>>", 21: b"<</S/P/P 20 0 R/XObject<</P 6 0 R>>>>"},
        ),
        (b"/X1 Do", b"/Resources<<", b"/Resources<</XObject<</X1 6 0 R>>", STORE, {}),
    ],
    ids=["a name as of a parent", "a parent beside the tree", "a name as of a page", "plainly"],
)
def test_object_of_the_store_that_the_page_shows_fails(
    content: bytes, old: bytes, new: bytes, catalogue: bytes, more: Mapping[int, bytes]
) -> None:
    """Whatever leads to it: an object may be replaced only where it is used nowhere else."""
    objects = plain(content=content, root=catalogue, more={6: stream(TEXT, LOOK), **more})
    objects[3] = objects[3].replace(old, new)
    document = signed(objects)
    assert checked(document).indication is Indication.TOTAL_PASSED
    refused(updated(document, {6: OTHER}))


@pytest.mark.parametrize("entry", [b"/Extensions", b"/Info"])
def test_font_that_is_also_something_that_may_change_fails(entry: bytes) -> None:
    objects = plain(TEXT.replace(b"/F1", b"/Parent"))
    objects[3] = objects[3].replace(b"/Font<</F1", b"/Font<</Parent")
    if entry != b"/Info":
        objects[1] = objects[1][:-2] + entry + b" 5 0 R>>"
    document = signed(objects, b"/Info 5 0 R" if entry == b"/Info" else b"")
    refused(with_other_trailer(document, {5: objects[5].replace(b"Helvetica", b"Symbol")}, b""))


def test_parent_that_was_missing_when_it_was_signed_fails() -> None:
    """A page takes its rotation from it (ISO 32000-1 section 7.7.3.4)."""
    objects = plain()
    objects[3] = objects[3].replace(b"/Parent 2 0 R", b"/Parent 900 0 R")
    refused(updated(signed(objects), {900: b"<</Type/Pages/Parent 2 0 R/Rotate 180/Kids[3 0 R]/Count 1>>"}))


def test_number_that_is_given_to_another_object_fails() -> None:
    """Some readers look at the number of an object and not at its generation."""
    document = signed()
    other = re.sub(rb"\n4 0 obj", b"\n4 1 obj", updated(document, {4: OTHER})[len(document) :])
    refused(document + other.replace(b" 00000 n", b" 00001 n"))


def test_file_that_says_it_has_fewer_objects_fails() -> None:
    """ISO 32000-1 table 15: what has a higher number is to be ignored."""
    document = signed()
    behind = updated(document, {1: current(document, 1)})[len(document) :]
    refused(document + re.sub(rb"/Size \d+", b"/Size 4", behind))


@pytest.mark.parametrize(
    "hidden",
    [b"trailer\n<</Root 9 0 R/Size 9>>\n", b"trailer%\n<</Root 9 0 R>>\n", b"4 0 %\nobj\n<<>>\nendobj\n"],
)
def test_what_only_a_repair_would_find_fails(hidden: bytes) -> None:
    document = signed() + hidden
    refused(updated(document, {size(document): b"<<>>"}))


def test_two_fields_of_one_name_and_names_with_periods_are_told_apart() -> None:
    """Products write both (ISO 32000-1 section 12.7.3.2 forbids periods in partial names)."""
    fields = {number: WIDGET.replace(b"(Sum)", b"(a.b)") for number in (6, 8)} | {7: BLACK}
    objects = plain(root=b"/AcroForm<</Fields[6 0 R 8 0 R]>>", page=b"/Annots[6 0 R 8 0 R]", more=fields)
    document = signed(objects)
    assert checked(updated(document, {size(document): b"<<>>"})).indication is Indication.TOTAL_PASSED
    filled = {number: current(document, number).replace(b"(100)", b"(900)") for number in (6, 8)}
    refused(updated(document, filled))
    report = checked(sealed(office(), document=updated(document, filled), field="Second"))
    assert report.indication is Indication.TOTAL_PASSED
    told = "".join(map(str, report.signatures[0].scope.changed_after))
    assert "a.b (object 6)" in told
    assert "a.b (object 8)" in told


def test_lock_names_a_field_however_it_is_told_apart() -> None:
    """ISO 32000-1 section 12.7.4.5: FieldMDP."""
    empty = b"<</FT/Sig/T(Signature)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/P 3 0 R/Lock 10 0 R>>"
    lock = b"<</Type/SigFieldLock/Action/Include/Fields[(Sum)]>>"
    objects = plain(
        root=b"/AcroForm<</Fields[6 0 R 9 0 R]>>",
        page=b"/Annots[6 0 R 9 0 R]",
        more={6: WIDGET, 7: BLACK, 9: empty, 10: lock},
    )
    document = signed(objects)
    assert checked(document).indication is Indication.TOTAL_PASSED
    filled = {6: current(document, 6).replace(b"(100)", b"(900)")}
    report = checked(sealed(office(), document=updated(document, filled), field="Second"))
    assert report.signatures[0].indication is Indication.TOTAL_FAILED


def test_form_filled_in_before_a_time_stamp_that_anybody_can_have_made_fails() -> None:
    """A document time stamp proves when something existed, and not who wants it."""
    document = archived(filled(long_term(with_field())))
    report = check(document, trust=[authority().root_pem], at=AFTERWARDS)
    assert report.timestamps[0].indication is Indication.TOTAL_PASSED
    assert report.signatures[0].sub_indication is SubIndication.FORMAT_FAILURE


STAMP = stream(b"BT /F1 12 Tf 72 600 Td (This is a draft) Tj ET", LOOK)
SHOWN = b"/XObject<</X1 6 0 R>>"


@pytest.mark.parametrize("number", [4, 5, 6])
def test_catalogue_in_the_place_of_another_object_fails(number: int) -> None:
    """ISO 32000-1 section 7.7.2: it may be any object, so it can take the place of what a page shows."""
    objects = plain(TEXT + b" /X1 Do", more={6: STAMP})
    objects[3] = objects[3].replace(b"/Font", SHOWN + b"/Font", 1)
    document = signed(objects)
    assert checked(document).indication is Indication.TOTAL_PASSED
    changed = updated(document, {number: current(document, root(document))})
    named = changed[len(document) :].replace(b"/Root %d 0" % root(document), b"/Root %d 0" % number)
    refused(document + named)
