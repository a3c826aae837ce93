import hashlib
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

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
from rogatory_client.validation_report.svg import WIDTH
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
        # The counter-signature.
        "urn:etsi:019102:mainindication:total-passed",
    ]
    objects = report.signature_validation_objects
    assert objects is not None
    # Three certificates and a time stamp.
    assert len(objects.validation_object) == 4
    identifiers = {each.id for each in objects.validation_object}
    assert set(etree.fromstring(written).xpath("//@VOReference")) == identifiers


def test_programs_read_what_proves_the_time_and_what_the_verdict_rests_on() -> None:
    report: Any = XmlParser().from_bytes(write_etsi_xml(WHOLE, DIGEST), ts_11910202.ValidationReport)
    first, _, counter = report.signature_validation_report
    assert first.validation_time_info.best_signature_time.poeobject.voreference == ("timestamp-1",)
    (stamp,) = first.signature_attributes.signature_time_stamp
    assert stamp.time_stamp_value == first.validation_time_info.best_signature_time.poetime
    told = _typed(first)
    assert ("covered-file", "annex/1.txt") in told
    assert ("extend-before", "2026-09-22T14:13:20Z") in told
    assert any(name == "trust-anchor-source" and value.startswith("trusted-list; EE") for name, value in told)
    assert [value.split("; ")[:2] for name, value in told if name == "revocation-data"] == [
        ["ocsp", "document"],
        ["crl", "given"],
    ]
    assert any(
        value.startswith("change_validation_data: ") for name, value in told if name == "changed-after"
    )
    assert ("countersigns", "Signature1") in _typed(counter)


def _typed(signature: Any) -> list[tuple[str, str]]:
    (first, *_) = signature.signature_validation_status.associated_validation_report_data
    data = first.additional_validation_report_data.report_data
    return [(each.type_value.rpartition(":")[2], str(each.value)) for each in data]


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_have_words_for_who_does_not_see_them(language: str) -> None:
    # WAI-ARIA: an image has a name and a description, each of its own.
    read = lxml_html.document_fromstring(
        write_html(outline(WHOLE, "letter.pdf", wording(language), numbers_hidden=True)).decode()
    )
    pictures = list(read.iter("svg"))
    # Times and chain of a signature and of its counter-signature; of the one without a signer nothing.
    assert len(pictures) == 4
    identifiers = [each.get("id") for each in read.xpath("//*[@id]")]
    assert len(set(identifiers)) == len(identifiers)
    for picture in pictures:
        assert picture.get("role") == "img"
        title, told = (read.get_element_by_id(each) for each in picture.get("aria-labelledby").split())
        assert title.text in {wording(language).labels["times"], wording(language).labels["chain"]}
        for value in picture.xpath(".//text//tspan[not(@class)]"):
            said = (value.text or "").translate({0x2066: None, 0x2069: None})
            assert said in told.text
    assert {each.text for each in read.iter("bdi")} >= {"2026-09-21 14:11:50 UTC", "TOTAL-PASSED"}
    assert all(each.get("dir") == "ltr" for each in read.iter("bdi"))


def test_time_goes_the_way_the_language_is_written() -> None:
    def places(language: str) -> list[int]:
        page = write_html(outline(WHOLE, "letter.pdf", wording(language), numbers_hidden=True)).decode()
        (first, *_) = lxml_html.document_fromstring(page).iter("svg")
        return [int(str(each.get("cx"))) for each in first.iter("circle")]

    assert places("en") == sorted(places("en"))
    assert places("ar") == [WIDTH - each for each in places("en")]


def test_a_page_is_for_paper_and_for_the_night_too_and_runs_nothing() -> None:
    page = write_html(outline(WHOLE, "letter.pdf", wording("en"), numbers_hidden=True)).decode()
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "default-src 'none'" in page
    assert "url(" not in page


def test_a_report_without_signatures_is_one_too() -> None:
    report = XmlParser().from_bytes(write_etsi_xml(UNCHECKED, DIGEST), ts_11910202.ValidationReport)
    assert report.signature_validation_report == ()
    assert write_html(outline(UNCHECKED, "letter.txt", wording("en"), numbers_hidden=True))


def test_a_time_in_a_picture_finds_its_own_direction() -> None:
    # CSS Writing Modes 4, section 2.2: by its own first letter, not by the language around it.
    page = write_html(outline(WHOLE, "letter.pdf", wording("ar"), numbers_hidden=True)).decode()
    values = lxml_html.document_fromstring(page).xpath("//svg//tspan[not(@class)]")
    assert values
    assert {each.get("style") for each in values} == {"unicode-bidi: plaintext"}


def test_days_in_a_picture_keep_their_order_from_right_to_left() -> None:
    # Unicode UAX 9: without an isolate, 2026-09-21 is shown as 21-09-2026 beside Arabic letters.
    page = write_html(outline(WHOLE, "letter.pdf", wording("ar"), numbers_hidden=True))
    told = [each.text or "" for each in lxml_html.document_fromstring(page.decode()).iter("tspan")]
    days = [each for each in told if re.search(r"\d{4}-\d\d-\d\d", each)]
    assert days
    assert not [each for each in days if re.search(r"(?<![\u2066\d/] )(?<!\u2066)\d{4}-\d\d-\d\d", each)]
