"""Reading a long list item by item gives what reading it whole gives."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync.json_stream import JsonDocument
from rogatory_directory_sync.jsonvalue import read

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def whole(document: JsonDocument) -> Any:
    items = [item.value for item in document.items()]
    return document.members | ({"records": items} if document.has_list else {})


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), values, max_size=3), st.lists(values), st.sampled_from([None, 1]))
def test_it_reads_what_the_library_reads(
    around: dict[str, Any], records: list[Any], indent: int | None
) -> None:
    text = json.dumps({"first": 1, "records": records} | around, indent=indent)
    assert whole(JsonDocument(text, "records")) == read(text)


@settings(deadline=None)
@given(st.text(alphabet='{}[]",:0truenl \n\\u"records', max_size=30))
def test_any_text_is_read_or_refused_like_by_the_library(text: str) -> None:
    try:
        expected: Any = read(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            list(JsonDocument(text, "records").items())
        return
    if isinstance(expected, list):
        assert [item.value for item in JsonDocument(text, "records").items()] == expected
    elif isinstance(expected, dict):
        assert whole(JsonDocument(text, "records")) == expected


def test_an_item_knows_where_it_stands() -> None:
    text = '[{"a": 1},\n {"a": 1, "a": 2}]'
    items = list(JsonDocument(text, "records").items())
    assert [text[item.start : item.end] for item in items] == ['{"a": 1}', '{"a": 1, "a": 2}']
    assert [item.twice for item in items] == [False, True]
