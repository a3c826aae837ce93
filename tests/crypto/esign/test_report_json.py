import json
from dataclasses import is_dataclass, replace
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign import DocumentFormat, Indication, Report, decode_report, encode_report
from rogatory_crypto.esign.validation.revocation import PINNED

TEXT = st.text(max_size=12)
TIMES = st.integers(0, 2**32 - 1)


def drawn(hint: Any) -> st.SearchStrategy[Any]:
    """Draw every field of every structure by its type; a moment is what can be written to the second."""
    if isinstance(hint, UnionType):
        return st.one_of(*(drawn(each) for each in get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(drawn(get_args(hint)[0]), max_size=2).map(tuple)
    if is_dataclass(hint) and isinstance(hint, type):
        return st.builds(hint, **{name: drawn(kind) for name, kind in get_type_hints(hint).items()})
    return {str: TEXT, int: TIMES}.get(hint, st.from_type(hint))


REPORTS = drawn(Report)
PLAIN = Report(DocumentFormat.PADES, Indication.INDETERMINATE, 0, "", "")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(REPORTS)
def test_reports_survive_json(report: Report) -> None:
    assert decode_report(json.loads(json.dumps(encode_report(report)))) == report


@given(VALUES)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(PeerError):
        decode_report(value)


@given(st.sampled_from(sorted(encode_report(PLAIN))), VALUES)
def test_a_field_of_another_kind_is_refused_or_survives(name: str, value: object) -> None:
    changed = {**encode_report(PLAIN), name: value}
    try:
        report = decode_report(changed)
    except PeerError:
        return
    assert encode_report(report) == changed


def test_missing_and_additional_fields_are_refused() -> None:
    whole = encode_report(PLAIN)
    for name in ("format", "indication", "validation_time", "reason", "sentence"):
        with pytest.raises(PeerError):
            decode_report({key: value for key, value in whole.items() if key != name})
    with pytest.raises(PeerError):
        decode_report({**whole, "more": 1})


def test_programs_find_a_code_beside_every_text_that_has_one() -> None:
    warned = replace(
        PLAIN, reason="the document was changed after its last signature", warnings=("new", PINNED)
    )
    said = warned.as_dict()
    assert said["reason_code"] == "after_last"
    assert (said["warnings"], said["warning_codes"]) == (["new", PINNED], ["", "pinned"])
    assert {
        key: value for key, value in said.items() if not key.endswith(("_code", "_codes"))
    } == encode_report(warned)


def test_a_report_from_before_a_field_was_added_is_read() -> None:
    older = {key: value for key, value in encode_report(PLAIN).items() if key != "counter_signatures"}
    assert decode_report(older) == PLAIN
