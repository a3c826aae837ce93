import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html
from pyhanko.generated.etsi import ts_11910202
from pyhanko.pdf_utils.reader import PdfFileReader
from tests.client.letter.writings import font_rows, fonts_for, plain, read_back
from tests.client.validation_report.examples import UNCHECKED, WHOLE
from xsdata.formats.dataclass.parsers import XmlParser

from rogatory_client.validation_report.etsi_xml import write_etsi_xml
from rogatory_client.validation_report.html import write_html
from rogatory_client.validation_report.outline import outline
from rogatory_client.validation_report.paper import write_pdf
from rogatory_crypto.esign.wording import LANGUAGES, wording

DIGEST = hashlib.sha256(b"a letter").digest()


def addresses(page: bytes) -> Iterator[str]:
    for element in lxml_html.document_fromstring(page.decode()).iter():
        yield from (str(element.get(name)) for name in ("src", "href", "action") if element.get(name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_shows_text_as_text_and_fetches_nothing(language: str) -> None:
    page = write_html(outline(WHOLE, "<img src=x>.pdf", wording(language), numbers_hidden=True))
    read = lxml_html.document_fromstring(page.decode())
    assert read.get("lang") == language
    assert read.get("dir") == ("rtl" if language == "ar" else "ltr")
    assert not list(read.iter("script", "img", "iframe", "link"))
    assert not list(addresses(page))
    assert "<img src=x>.pdf" in read.text_content()
    assert "<script>alert(1)</script>" in read.text_content()
    assert "\u202e" not in read.text_content()


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "pt", "ar"])
def test_paper_is_archivable_and_always_the_same(language: str) -> None:
    # ISO 19005-2: the typesetter refuses what PDF/A-2b forbids; tags let a screen reader find its way.
    shown = outline(WHOLE, "letter.pdf", wording(language), numbers_hidden=True)
    paper = write_pdf(shown)
    assert write_pdf(shown) == paper
    reader = PdfFileReader(BytesIO(paper))
    assert b'pdfaid:part="2"' in paper or b"<pdfaid:part>2</pdfaid:part>" in paper
    assert "/StructTreeRoot" in reader.root
    assert str(reader.root["/Lang"]).startswith(language)


def test_paper_in_chinese_is_set_with_a_font_of_the_system(tmp_path: Path) -> None:
    fonts_for("zh")
    path = tmp_path / "report.pdf"
    path.write_bytes(write_pdf(outline(WHOLE, "letter.pdf", wording("zh"), numbers_hidden=True)))
    assert all(embedded for _, embedded in font_rows(path))
    assert plain(wording("zh").labels["hidden_numbers"]) in read_back(path)


def test_programs_read_the_etsi_report() -> None:
    # ETSI TS 119 102-2 clause 4: read back by the classes made from the schema of the standard.
    written = write_etsi_xml(WHOLE, DIGEST)
    report = XmlParser().from_bytes(written, ts_11910202.ValidationReport)
    words = [
        each.signature_validation_status.main_indication
        for each in report.signature_validation_report
        if each.signature_validation_status
    ]
    assert words == [
        "urn:etsi:019102:mainindication:total-passed",
        "urn:etsi:019102:mainindication:indeterminate",
    ]
    objects = report.signature_validation_objects
    assert objects is not None
    assert len(objects.validation_object) == 3
    identifiers = {each.id for each in objects.validation_object}
    assert set(etree.fromstring(written).xpath("//@VOReference")) == identifiers


def test_a_report_without_signatures_is_one_too() -> None:
    report = XmlParser().from_bytes(write_etsi_xml(UNCHECKED, DIGEST), ts_11910202.ValidationReport)
    assert report.signature_validation_report == ()
    assert write_html(outline(UNCHECKED, "letter.txt", wording("en"), numbers_hidden=True))
