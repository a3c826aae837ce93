"""RFC 5280 section 7.1: names are compared as prepared; RFC 4514: how they are written for readers."""

import pytest
from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.esign.names import (
    MAX_NAME_BYTES,
    MAX_READABLE,
    brief,
    comparable,
    readable,
)


def test_names_written_differently_are_the_same_name() -> None:
    one = x509.Name.build({"common_name": "Central  Authority", "country_name": "XA"}, use_printable=True)
    two = x509.Name.build({"common_name": "central authority", "country_name": "xa"})
    assert one.dump() != two.dump()
    assert comparable(one) == comparable(two)
    assert comparable(one) != comparable(x509.Name.build({"common_name": "central authority"}))


def test_name_too_long_to_be_one_is_refused_before_any_work() -> None:
    long = x509.Name.build({"common_name": "a" * MAX_NAME_BYTES})
    with pytest.raises(ValueError, match="a name of"):
        comparable(long)


def test_name_is_cut_where_nobody_reads_on() -> None:
    assert len(readable(x509.Name.build({"common_name": "a" * 10_000}))) == MAX_READABLE
    assert readable(x509.Name.build({"common_name": "office"})) == "CN=office"


def test_whole_name_begins_with_the_most_particular_part() -> None:
    # RFC 4514 section 2.1.
    name = x509.Name.build({"country_name": "XX", "organization_name": "Justice", "common_name": "root-ca"})
    assert readable(name) == "CN=root-ca,O=Justice,C=XX"
    assert brief(name) == "root-ca (Justice, XX)"


@pytest.mark.parametrize(
    ("value", "written", "said"),
    [
        ("OFFICER,AN", r"CN=OFFICER\,AN", "OFFICER,AN"),
        ("a,O=Justice", r"CN=a\,O=Justice", "a,O=Justice"),
        ('"+;<>\\', r"CN=\"\+\;\<\>\\", '"+;<>\\'),
        ("#1 ", r"CN=\#1\ ", "#1"),
        ("a\nb", r"CN=a\0Ab", r"a\0Ab"),
        ("\u202eecaf", r"CN=\E2\80\AEecaf", r"\E2\80\AEecaf"),
        ("tag\U000e0041", r"CN=tag\F3\A0\81\81", r"tag\F3\A0\81\81"),
    ],
)
def test_no_value_ends_itself_or_turns_the_line(value: str, written: str, said: str) -> None:
    # RFC 4514 section 2.4.
    name = x509.Name.build({"common_name": value})
    assert readable(name) == written
    assert brief(name) == said
