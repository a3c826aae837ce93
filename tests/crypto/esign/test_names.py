"""RFC 5280 section 7.1: names are compared as prepared, not as written."""

import pytest
from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.esign.names import MAX_NAME_BYTES, MAX_READABLE, comparable, readable


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
    assert readable(x509.Name.build({"common_name": "office"})) == "Common Name: office"
