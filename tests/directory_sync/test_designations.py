"""Rule R11: instruments, articles, paragraphs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync import ReferenceTables
from rogatory_directory_sync.designations import DesignationUnknown, read_designations, short_designation


def shown(value: str, tables: ReferenceTables) -> list[str]:
    return [
        f"?{item.label}" if isinstance(item, DesignationUnknown) else short_designation(item)
        for item in read_designations(value, tables.instruments)
    ]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (
            "Palermo Convention art. 18.13; Merida 46 (13); Vienna 1988 art 7; TOC 16; UNCAC 44.6; UNTOC-17",
            [
                "UNTOC 18(13)",
                "UNCAC 46(13)",
                "DRUG1988 7(8)",
                "UNTOC 16",
                "UNCAC 44(6)",
                "UNTOC 17",
            ],
        ),
        ("1988: 6; Vienna 1988 17", ["DRUG1988 6", "DRUG1988 17(7)"]),
        ("UNTOC:18(13); UNTOC:45", ["UNTOC 18(13)", "?UNTOC:45"]),
        ("UNTOC 18; UNTOC:18(13)", ["UNTOC 18(13)"]),
        ("UNCAC:ch.V; UNCAC Chapter V", ["UNCAC ch.V"]),
        ("Palermo Convention, article 18, paragraph 13", ["UNTOC 18(13)"]),
        ("UNTOC 16, 17, 18(13)", ["UNTOC 16", "UNTOC 17", "UNTOC 18(13)"]),
        ("UNTOC 16, Merida 46(13)", ["UNTOC 16", "UNCAC 46(13)"]),
        ("art. 18(13) UNTOC; Article 46 of the UNCAC", ["UNTOC 18(13)", "UNCAC 46(13)"]),
        ("UNCAC chap. V; Vienna Convention 1988 art. 7(8)", ["UNCAC ch.V", "DRUG1988 7(8)"]),
        ("GA 68/186", ["GA68_186"]),
        ("Hague 1970 art. 4", ["?Hague 1970 art. 4"]),
        ("", []),
    ],
)
def test_notations_are_read(
    text: str, canonical: list[str], tables: ReferenceTables
) -> None:  # A06-69, A06-70
    assert shown(text, tables) == canonical


def test_members_of_the_json_export_are_read(tables: ReferenceTables) -> None:
    items = read_designations(
        [
            {"instrument": "Palermo", "article": 18, "direction": "incoming"},
            {"instrument": "OTHER", "function": "other", "note": "Bilateral"},
            {"instrument": "UNTOC", "article": "99"},
            {"instrument": "Atlantis", "article": "1"},
        ],
        tables.instruments,
    )
    assert items[0] == {
        "instrument": "UNTOC", "article": "18", "paragraph": "13", "function": "mla", "direction": "incoming",
    }  # fmt: skip
    assert isinstance(items[1], dict)
    assert items[2:] == [DesignationUnknown("UNTOC:99"), DesignationUnknown("Atlantis:1")]


def test_a_list_beyond_any_office_is_cut_and_named(tables: ReferenceTables) -> None:
    items = read_designations("UNTOC 16;" * 500, tables.instruments)
    assert items[0] == DesignationUnknown("more than 100")
    assert len(items) == 2


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    from rogatory_directory_sync import reference_tables

    for item in read_designations(f"UNTOC {text}", reference_tables().instruments):
        assert isinstance(item, DesignationUnknown) or item["function"]
