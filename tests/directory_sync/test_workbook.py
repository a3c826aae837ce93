"""Hostile workbooks: refused before any library for workbooks sees them."""

import random
import struct
import zipfile
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.directory_sync.workbooks import part, small, with_parts

from rogatory_directory_sync import ExportRefusedError, ReferenceTables
from rogatory_directory_sync import workbook as limits
from rogatory_directory_sync.workbook import safe_workbook
from rogatory_directory_sync.xlsx_export import read_xlsx

SHEET = "xl/worksheets/sheet1.xml"
BILLION_LAUGHS = (
    b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><worksheet>&c;</worksheet>'
)
OUTSIDE = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>'


@pytest.fixture(scope="module")
def good() -> bytes:
    return small()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("xl/vbaProject.bin", "holds macros"),
        ("XL/VBAPROJECT.BIN", "holds macros"),
        ("xl/macrosheets/sheet1.xml", "holds macros"),
        ("xl/externalLinks/externalLink1.xml", "linked to other workbooks"),
        ("xl/connections.xml", "fetches from a data source"),
        ("xl/queryTables/queryTable1.xml", "fetches from a data source"),
        ("xl/embeddings/oleObject1.bin", "other files are embedded"),
        ("xl/activeX/activeX1.xml", "holds controls"),
        ("xl/ctrlProps/ctrlProp1.xml", "holds controls"),
        ("customUI/customUI.xml", "changes the program"),
    ],
)
def test_what_runs_or_fetches_is_refused(name: str, reason: str, good: bytes) -> None:
    with pytest.raises(ExportRefusedError, match=reason):
        safe_workbook(with_parts(good, {name: b"<x/>"}), "x.xlsx")


def test_a_macro_workbook_under_the_name_of_a_plain_one_is_refused(good: bytes) -> None:
    types = part(good, "[Content_Types].xml").replace(
        b"officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )
    with pytest.raises(ExportRefusedError, match="holds macros"):
        safe_workbook(with_parts(good, {"[Content_Types].xml": types}), "x.xlsx")


@pytest.mark.parametrize("document", [BILLION_LAUGHS, OUTSIDE, BILLION_LAUGHS.decode().encode("utf-16")])
@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_entities_are_refused_in_every_part(document: bytes, name: str, good: bytes) -> None:
    with pytest.raises(ExportRefusedError, match="declares a document type or entities"):
        safe_workbook(with_parts(good, {name: document}), "x.xlsx")


def test_deep_nesting_is_refused(good: bytes) -> None:
    nested = b"<a>" * 100_000
    with pytest.raises(ExportRefusedError, match="nested without end"):
        safe_workbook(with_parts(good, {SHEET: nested}), "x.xlsx")


def test_what_unpacks_two_hundredfold_is_refused(good: bytes) -> None:
    bomb = b"<worksheet>" + b" " * (8 << 20) + b"</worksheet>"
    with pytest.raises(ExportRefusedError, match="unpacks to more"):
        safe_workbook(with_parts(good, {SHEET: bomb}), "x.xlsx")


def test_too_many_parts_are_refused(good: bytes) -> None:
    parts = {f"docProps/{number}.xml": b"<x/>" for number in range(limits.MAX_PARTS)}
    with pytest.raises(ExportRefusedError, match="more than any export holds"):
        safe_workbook(with_parts(good, parts), "x.xlsx")


def test_a_stated_total_beyond_the_limit_is_refused_unread(
    good: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(ExportRefusedError, match="more than any export holds"):
        safe_workbook(good, "x.xlsx")


def test_a_part_that_unpacks_to_more_than_it_states_is_refused(good: bytes) -> None:
    """The sizes in the directory of an archive are the sender's word."""
    with zipfile.ZipFile(BytesIO(good)) as archive:
        true_size = archive.getinfo(SHEET).file_size
    lying = good.replace(struct.pack("<L", true_size), struct.pack("<L", 100))
    assert lying != good
    with pytest.raises(ExportRefusedError):
        safe_workbook(lying, "x.xlsx")


def test_a_part_that_occurs_twice_is_refused(good: bytes) -> None:
    packed = BytesIO(good)
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, b"<worksheet/>")
    with pytest.raises(ExportRefusedError, match="occurs twice"):
        safe_workbook(packed.getvalue(), "x.xlsx")


def test_an_encrypted_archive_is_refused(good: bytes) -> None:
    raw = bytearray(good)
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    with pytest.raises(ExportRefusedError, match="encrypted"):
        safe_workbook(bytes(raw), "x.xlsx")


def test_only_the_parts_of_a_table_are_handed_on(good: bytes) -> None:
    extra = {"docProps/evil.xml": b"not even XML", "xl/media/image1.png": b"\x89PNG"}
    with zipfile.ZipFile(BytesIO(safe_workbook(with_parts(good, extra), "x.xlsx"))) as archive:
        assert not [name for name in archive.namelist() if name in extra or name.startswith("docProps/")]


@pytest.mark.parametrize("raw", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_workbook_is_refused(raw: bytes, tables: ReferenceTables) -> None:
    with pytest.raises(ExportRefusedError, match="workbook"):
        read_xlsx(raw, "x.xlsx", tables.headings)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 12))
@example(seed=0, count=1)
def test_a_damaged_archive_is_read_or_refused(
    seed: int, count: int, good: bytes, tables: ReferenceTables
) -> None:
    chance = random.Random(seed)  # noqa: S311 - damage, not secrets
    raw = bytearray(good)
    for _ in range(count):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    try:
        read_xlsx(bytes(raw), "x.xlsx", tables.headings)
    except ExportRefusedError:
        return


PARTS = ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", SHEET)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(PARTS), seed=st.integers(0, 2**32), count=st.integers(1, 4))
def test_a_damaged_part_is_read_or_refused(
    name: str, seed: int, count: int, good: bytes, tables: ReferenceTables
) -> None:
    """Well packed, so that the damage reaches the XML and what is made of it."""
    chance = random.Random(seed)  # noqa: S311 - damage, not secrets
    content = bytearray(part(good, name))
    for _ in range(count):
        at = chance.randrange(len(content))
        if chance.random() < 0.5:
            content[at] = chance.choice(b'<>"=/0123456789ABrst &;')
        else:
            del content[at : at + chance.randrange(1, 30)]
    try:
        read_xlsx(with_parts(good, {name: bytes(content)}), "x.xlsx", tables.headings)
    except ExportRefusedError:
        return
