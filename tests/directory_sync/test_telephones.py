"""Rule R6: telephones by possible length."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync.telephones import is_placeholder, read_telephones


@pytest.mark.parametrize(
    ("text", "region", "numbers"),
    [
        ("00229 10 00000101", "BJ", ["+2291000000101"]),
        ("(+233) 10-000-0101", "GH", ["+233100000101"]),
        ("tel. +65 10000101 ext. 214", "SG", ["+6510000101"]),
        ("+234 1000000101 / 188", "NG", ["+2341000000101", "+2341000000188"]),
        ("+234 1000000101 / +234 1000000188", "NG", ["+2341000000101", "+2341000000188"]),
        ("+998.10.0000101", "UZ", ["+998100000101"]),
        ("+65 10000101 ext. 214 / 215", "SG", ["+6510000101", ""]),
        ("+225 20 00 01 17", "CI", [""]),
        ("10 00 01 01", "BF", ["+22610000101"]),
        ("+44 (0)100 000 0102", "GB", ["+441000000102"]),
        ("+229 (0) 10 00 00 01 01", "BJ", ["+2291000000101"]),
        ("Tel. +229 1000000101 (switchboard)", "BJ", ["+2291000000101"]),
        ("011 +", "US", [""]),
        ("N/A", "BF", []),
        ("to be advised", "BF", []),
        ("-", "BF", []),
        ("to be communicated", "SL", []),
        ("", "SL", []),
    ],
)
def test_numbers_are_read(text: str, region: str, numbers: list[str]) -> None:  # A06-37 to A06-44
    found = read_telephones(text, region)
    assert [number.e164 for number in found] == numbers
    assert all(number.raw for number in found if not number.e164)


@pytest.mark.parametrize("text", ["TBC", " n/a ", "\u2013", "To be confirmed"])
def test_placeholders_are_no_number(text: str) -> None:
    assert is_placeholder(text)


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(["", "SN", "US", "ZZ"]))
def test_any_text_is_read(text: str, region: str) -> None:
    for number in read_telephones(text, region):
        assert bool(number.e164) != bool(number.raw)
        assert not number.e164 or read_telephones(number.e164, "")[0].e164 == number.e164
