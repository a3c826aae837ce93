"""What a prepared document hides must be told before it is signed and when it comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.esign.pdf.builder import TEXT, plain, stream, updated, written
from tests.crypto.esign.pdf.material import checked, office, sealed

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign import Indication
from rogatory_crypto.esign.pdf.drawing import Paper, look_at
from rogatory_crypto.esign.pdf.hidden_content import Effort, Kind, find_hidden_content, hidden_content_of
from rogatory_crypto.esign.pdf.reading import open_pdf

PAPER = Paper({b"/I1": (0.0, 0.0, 1.0, 1.0)}, visible=(0.0, 0.0, 600.0, 800.0))
IMAGE = stream(
    b"\x00", b"/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray"
)
OVER = TEXT + b" q 300 0 0 30 70 690 cm /I1 Do Q"
LOOK = stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
SCRIPT = b"/OpenAction<</S/JavaScript/JS(this.getField)>>"
LAYERS = b"/OCProperties<</OCGs[6 0 R 7 0 R]/D<</OFF[6 0 R]>>>>"
LAYER = b"<</Type/OCG/Name(Other)>>"
NOTE = b"<</Type/Annot/Subtype/FreeText/Rect[70 690 300 720]/AP<</N 7 0 R>>>>"
START = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(a.exe)>>>>"
FIELD = b"<</FT/Tx/T(Sum)>>"


def prepared(kind: Kind) -> bytes:
    image = plain(OVER, more={6: IMAGE})
    image[3] = image[3].replace(b"/Resources<<", b"/Resources<</XObject<</I1 6 0 R>>")
    files = {
        Kind.SCRIPT: plain(root=SCRIPT),
        Kind.ACTION: plain(page=b"/Annots[6 0 R]", more={6: START}),
        Kind.LAYER: plain(root=LAYERS, more={6: LAYER, 7: LAYER}),
        Kind.COVERED_TEXT: image,
        Kind.UNSEEN_TEXT: plain(b"1 g " + TEXT),
        Kind.ANNOTATION: plain(page=b"/Annots[6 0 R]", more={6: NOTE, 7: LOOK}),
        Kind.FORM_FIELD: plain(root=b"/AcroForm<</Fields[6 0 R]>>", more={6: FIELD}),
        Kind.LINK: plain(page=b"/Annots[6 0 R]", more={6: START.replace(b"Launch", b"URI")}),
        Kind.ATTACHMENT: plain(root=b"/Names<</EmbeddedFiles<</Names[(a) 6 0 R]>>>>", more={6: b"<<>>"}),
    }
    return written(files[kind])


PREPARED = [kind for kind in Kind if kind not in {Kind.UNLISTED_OBJECT, Kind.NOT_LOOKED_AT}]


def test_nothing_is_said_of_a_plain_page() -> None:
    assert find_hidden_content(written(plain())) == ()


@pytest.mark.parametrize("kind", PREPARED)
def test_what_is_hidden_is_found(kind: Kind) -> None:
    (found,) = find_hidden_content(prepared(kind))
    assert found.kind is kind


def test_object_that_no_cross_reference_names_is_found() -> None:
    document = written(plain()).replace(b"xref", b"4 0 obj\n<<>>\nendobj\nxref", 1)
    start = document.index(b"\nxref") + 1
    document = document[: document.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % start
    (found,) = find_hidden_content(document)
    assert (found.kind, found.deceptive) == (Kind.UNLISTED_OBJECT, True)


def test_page_is_named() -> None:
    (found,) = find_hidden_content(prepared(Kind.COVERED_TEXT))
    assert found.page == 1
    assert "page 1" in found.sentence


def test_receiver_is_told_although_the_signature_passes() -> None:
    report = checked(sealed(office(), document=prepared(Kind.COVERED_TEXT)))
    assert report.indication is Indication.TOTAL_PASSED
    assert any("drawn over" in warning for warning in report.warnings)


def test_update_is_looked_at_and_not_only_the_first_revision() -> None:
    document = updated(written(plain()), {1: plain(root=SCRIPT)[1]})
    assert [each.kind for each in find_hidden_content(document)] == [Kind.SCRIPT]


@pytest.mark.parametrize(
    ("content", "covered"),
    [
        (TEXT, 0),
        (TEXT + b" q 300 0 0 30 70 690 cm /I1 Do Q", 1),
        (TEXT + b" q 300 0 0 30 70 600 cm /I1 Do Q", 0),
        (b"q 300 0 0 30 70 690 cm /I1 Do Q " + TEXT, 0),
        (TEXT + b" 1 g 70 690 300 30 re f", 1),
        (TEXT + b" 70 690 300 30 re S", 0),
        (TEXT + b" 70 690 300 30 re W n", 0),
        (b"q 2 0 0 2 0 0 cm BT 1 0 0 1 36 350 Tm (a) Tj ET Q 70 690 300 30 re f", 1),
        (b"BT 3 Tr 72 700 Td (scanned) Tj ET 70 690 300 30 re f", 0),
        (b"BT 14 TL 72 714 Td (a) Tj T* (b) Tj ET 70 690 300 20 re f", 1),
        (b"BT 72 700 Td (\\) re f) Tj ET", 0),
        (b"Q Q cm re Do Tm Td f ( < [", 0),
    ],
)
def test_text_counts_as_covered_where_something_opaque_comes_later(content: bytes, covered: int) -> None:
    assert look_at(content, PAPER).covered == covered


@given(st.binary(max_size=300))
def test_any_content_stream_is_read_to_its_end(content: bytes) -> None:
    assert look_at(content, PAPER).covered >= 0


@pytest.mark.parametrize(
    ("content", "unseen"),
    [
        (b"1 g BT 72 700 Td (a) Tj ET", 1),
        (b"1 1 1 rg BT 72 700 Td (a) Tj ET 0 g BT 72 600 Td (b) Tj ET", 1),
        (b"q 0 0 0 0 k Q BT 72 700 Td (a) Tj ET", 0),
        (b"0 g 70 690 300 30 re f 1 g BT 72 700 Td (white on black) Tj ET", 0),
        (b"0 g 9 9 m 99 9 l f 1 g BT 72 700 Td (on some other shape) Tj ET", 0),
        (b"BT 3 Tr 72 700 Td (a) Tj ET", 1),
        (b"q 600 0 0 800 0 0 cm /I1 Do Q BT 3 Tr 72 700 Td (scanned) Tj ET", 0),
        (b"BT 3 Tr 72 700 Td (scanned) Tj ET q 600 0 0 800 0 0 cm /I1 Do Q", 0),
        (b"BT /F1 0.2 Tf 72 700 Td (a) Tj ET", 1),
        (b"BT /F1 1 Tf 12 0 0 12 72 700 Tm (a) Tj ET", 0),
        (b"BT /F1 12 Tf 700 700 Td (a) Tj ET", 1),
    ],
)
def test_text_that_nobody_sees_is_counted_and_a_searchable_scan_is_not(content: bytes, unseen: int) -> None:
    """ISO 32000-1 section 9.3: white, invisible, tiny, or outside of the page."""
    seen = look_at(content, PAPER)
    assert (seen.unseen, seen.covered) == (unseen, 0)


def test_what_stands_in_a_form_is_looked_at_and_a_form_in_itself_ends() -> None:
    """ISO 32000-1 section 8.10; the form is shown by every page, and shows itself."""
    look = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X1 7 0 R/I1 6 0 R>>>>"
    pages = plain(b"/X1 Do", more={6: IMAGE, 7: stream(OVER + b" /X1 Do", look)})
    pages[3] = pages[3].replace(b"/Resources<<", b"/Resources<</XObject<</X1 7 0 R>>")
    (found,) = find_hidden_content(written(pages))
    assert found.kind is Kind.COVERED_TEXT


def test_many_covers_over_much_text_end_where_the_effort_does() -> None:
    content = b"BT (a) Tj ET " * 5_000 + b"9 9 9 9 re f " * 5_000
    assert look_at(content, PAPER, 40_000).words >= 40_000


def test_reader_is_told_where_the_look_ended() -> None:
    reader = open_pdf(written(plain()), strict=True)
    found = hidden_content_of(reader, Effort(words=0, values=2))
    assert [each.kind for each in found] == [Kind.NOT_LOOKED_AT, Kind.NOT_LOOKED_AT]
    assert "pages 1 to 1" in found[1].sentence


@given(st.binary(max_size=300))
def test_what_is_no_pdf_is_refused_and_nothing_else_is_raised(noise: bytes) -> None:
    with pytest.raises(PeerError) as refused:
        find_hidden_content(b"%PDF-1.7\n" + noise)
    assert refused.value.code is Code.MALFORMED
