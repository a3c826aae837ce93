"""JSON in and out: bounded, canonical."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync import jsonvalue

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(json_values)
def test_what_is_written_reads_back_and_writes_the_same_bytes(value: Any) -> None:
    written = jsonvalue.write(value)
    assert written.endswith(b"\n")
    assert jsonvalue.read(written.decode()) == json.loads(written) == value
    assert jsonvalue.write(jsonvalue.read(written.decode())) == written


def test_a_record_is_a_line() -> None:
    assert jsonvalue.write([{"a": [1]}, {}]) == b'[\n{"a": [1]},\n{}\n]\n'
    assert jsonvalue.write({"x": [{"a": 1}], "y": [], "z": {"b": 2}}) == (
        b'{\n"x": [\n{"a": 1}\n],\n"y": [],\n"z": {"b": 2}\n}\n'
    )


@pytest.mark.parametrize("text", ["", "{", "NaN", "-Infinity", "[" * 100_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        jsonvalue.read(text)


def test_lone_surrogates_are_replaced() -> None:
    assert jsonvalue.read('{"\\ud800": ["\\udfff", "\\ud83d\\ude00"]}') == {
        "\ufffd": ["\ufffd", "\U0001f600"]
    }
