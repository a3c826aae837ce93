"""What files from other tools say, read in a process of its own, and what else is in them."""

import sys
import tracemalloc

import pytest
from tests.client.written.samples import LINES, docx, html, odt, package, paragraph, rtf

from rogatory_client.casework.answers.text import check_text
from rogatory_client.written import FileKind, extraction_process, kind_of, read_written
from rogatory_client.written.extraction import extract
from rogatory_crypto.errors import MisuseError

FILES = {FileKind.DOCX: docx(), FileKind.ODT: odt(), FileKind.RTF: rtf(), FileKind.HTML: html()}
_REL = '<Relationship Id="a" Type="http://x.example/{}" Target="http://y.example" TargetMode="External"/>'
TOLD = [
    (docx(parts={"word/vbaProject.bin": b"x"}), "macros"),
    (docx(parts={"word/embeddings/oleObject1.bin": b"x"}), "embedded"),
    (docx(parts={"word/_rels/document.xml.rels": _REL.format("hyperlink")}), "links"),
    (docx(parts={"word/_rels/settings.xml.rels": _REL.format("attachedTemplate")}), "from outside"),
    (docx(paragraph("unseen", "<w:rPr><w:vanish/></w:rPr>")), "hidden"),
    (docx("<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"), "changes are tracked"),
    (docx("<w:p><w:r><w:instrText>INCLUDETEXT x</w:instrText></w:r></w:p>"), "fields"),
    (odt(parts={"Basic/Standard/Module1.xml": "x"}), "macros"),
    (odt("<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"), "changes are tracked"),
    (odt('<text:p><draw:image xlink:href="http://y.example/a.png"/></text:p>'), "from outside"),
    (odt("<text:p><text:hidden-text>unseen</text:hidden-text></text:p>"), "hidden"),
    (rtf("{\\object\\objemb{\\*\\objdata 01}}"), "embedded"),
    (rtf("{\\*\\template c:\\\\x.dot}"), "from outside"),
    (html("<script>alert(1)</script>"), "scripts"),
    (html("<img src='http://y.example/a.png'>"), "from outside"),
    (html("<p style='display: none'>unseen</p>"), "hidden"),
    (html("<p onclick='x()'>said</p>"), "scripts"),
    (html("<p>\u202egnorw\u202c</p>"), "left out"),
]


@pytest.mark.parametrize("kind", FILES)
def test_the_text_is_that_which_people_read(kind: FileKind) -> None:
    found = read_written(FILES[kind])
    assert (found.kind, found.warnings, found.answers) == (kind, (), "")
    assert [line for line in found.text.split("\n") if line] == list(LINES)


@pytest.mark.parametrize(("content", "word"), TOLD, ids=range(len(TOLD)))
def test_what_else_is_in_a_file_is_named(content: bytes, word: str) -> None:
    found = extract(content)
    assert any(word in each for each in found.warnings), found.warnings
    assert all(line in found.text for line in LINES)
    assert "unseen" not in found.text or found.kind is FileKind.HTML
    assert "gone" not in found.text
    assert check_text("body", found.text) == found.text


def test_a_page_whose_head_does_not_end_is_read() -> None:
    page = b"<!DOCTYPE html><html><head><title>x</title><meta charset='utf-8'><body><p>said</body></html>"
    assert extract(page).text == "said"


@pytest.mark.parametrize(
    ("head", "encoding", "is_certain"),
    [
        ("", "utf-8", True),
        ("", "windows-1252", False),
        ("<meta charset=windows-1252>", "windows-1252", True),
        ("<meta charset=utf-8>", "windows-1252", False),
        ("<meta charset=none-such>", "windows-1252", False),
    ],
)
def test_no_letter_of_a_page_is_lost_unsaid(head: str, encoding: str, *, is_certain: bool) -> None:
    found = extract(f"<html><head>{head}</head><body><p>Procès à Tema, 10 000 €</p>".encode(encoding))
    assert found.text == "Procès à Tema, 10 000 €"
    assert any("encoded" in each for each in found.warnings) != is_certain


@pytest.mark.parametrize("content", [b"{\\rtf1}", b"<html><object><p>said", b"<html><p>\xe2\x80\x8b</p>"])
def test_that_nothing_was_found_is_said(content: bytes) -> None:
    found = extract(content)
    assert not found.text.strip()
    assert any("no text was found" in each for each in found.warnings)


def test_footnotes_tables_and_text_boxes_are_read_once() -> None:
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    box = "<mc:Choice>" + paragraph("In a box.") + "</mc:Choice><mc:Fallback>" + paragraph("In a box.")
    markup = f'<mc:AlternateContent xmlns:mc="http://m.example">{box}</mc:Fallback></mc:AlternateContent>'
    table = f"<w:tbl><w:tr><w:tc>{paragraph('Cell')}</w:tc></w:tr></w:tbl>"
    found = extract(
        docx(
            f"<w:p>{markup}</w:p>{table}",
            {"word/footnotes.xml": f"<w:footnotes {word}>{paragraph('Art. 5.')}</w:footnotes>"},
        )
    )
    assert [found.text.count(each) for each in ("In a box.", "Cell", "Art. 5.")] == [1, 1, 1]
    assert found.text.index("Cell") < found.text.index("Art. 5.")


def test_rtf_in_another_alphabet() -> None:
    found = extract(
        b"{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f0\\fcharset204 Times;}}"
        b"\\f0 \\'d4\\'e0\\'ea\\'f2\\'fb \\u1587?}"
    )
    assert found.text == "Факты س"


REFUSED = [
    (b"", "none of these"),
    (b"hello", "none of these"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old kind"),
    (b"MZ\n%PDF-1.7", "before the PDF"),
    (package({"a.txt": "x"}), "neither DOCX nor ODT"),
    (docx()[:-30], "damaged"),
    (docx()[:40], "damaged"),
    (b"%PDF-1.7 nothing", "cannot be read"),
    (docx(parts={"word/footnotes.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "cannot be read"),
    (docx(parts={"word/footnotes.xml": "<a>"}), "cannot be read"),
    (docx(parts={"word/footnotes.xml": b" " * (33 << 20)}), "unpacks to more than 32 MiB"),
    (docx(parts={f"p{number}": "" for number in range(5001)}), "more than 5000 parts"),
]  # fmt: skip


def _unpacking(content: bytes) -> bytes:
    """A package whose type of file unpacks to this, while it says that it has only 39 bytes."""
    packed = bytearray(package({"other": b"", "mimetypes": content}))
    for at in (packed.index(b"mimetypes") - 8, packed.rindex(b"mimetypes") - 22):
        packed[at : at + 4] = (39).to_bytes(4, "little")
    return bytes(packed).replace(b"mimetypes", b"mimetype\0")


@pytest.mark.parametrize("content", [_unpacking(bytes(64 << 20)), package({"mimetype": "x"})])
def test_to_tell_what_a_file_is_unpacks_nothing(content: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(MisuseError, match="neither DOCX nor ODT"):
            kind_of(content)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("content", "why"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_read_is_refused_with_what_to_do(content: bytes, why: str) -> None:
    with pytest.raises(MisuseError, match=why):
        read_written(content)


_AFTER_READING = "import json, sys; sys.stdin.buffer.read(); "
_SAYING = _AFTER_READING + 'print(json.dumps({{"kind": "HTML", "text": {}, "warnings": [], "answers": ""}}))'
WORKERS = [
    _AFTER_READING + "[print('x' * (1 << 20)) for _ in range(1 << 20)]",
    _AFTER_READING + "print('[' * 100_000)",
    _AFTER_READING + "print('{}'); sys.exit(1)",
    "import sys; sys.exit(0)",
    _SAYING.format("'a\\u202eb'"),
    _SAYING.format("'a' * 1_000_001"),
]


@pytest.mark.parametrize("said", WORKERS, ids=range(len(WORKERS)))
def test_an_answer_is_believed_no_more_than_the_file(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction_process, "_COMMAND", (sys.executable, "-I", "-c", said))
    with pytest.raises(MisuseError, match="cannot be read"):
        read_written(html())


def test_depth_length_and_endless_text_are_bounded() -> None:
    deep = "<w:p>" * 100_000 + "</w:p>" * 100_000
    assert all(line in read_written(docx(deep)).text for line in LINES)
    long = extract(html("<p>" + "word " * 300_000))
    assert len(long.text) == 1_000_000
    assert any("only its beginning" in each for each in long.warnings)
