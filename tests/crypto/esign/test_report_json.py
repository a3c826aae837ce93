import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign import (
    CertificateSummary,
    Coverage,
    DocumentFormat,
    Indication,
    Report,
    Scope,
    SignatureReport,
    SubIndication,
    TimestampReport,
    TrustAnchor,
    decode_report,
    encode_report,
)

TEXT = st.text(max_size=12)
TIMES = st.integers(0, 2**32 - 1)
SUBS = st.none() | st.sampled_from(SubIndication)
CERTIFICATES = st.builds(CertificateSummary, TEXT, TEXT, TEXT, TIMES, TIMES, TEXT)
ANCHORS = st.none() | st.builds(TrustAnchor, CERTIFICATES, TEXT)
STAMPS = st.builds(
    TimestampReport, TEXT, st.sampled_from(Indication), SUBS, TEXT, TIMES, st.none() | CERTIFICATES, ANCHORS
)
SCOPES = st.builds(Scope, st.sampled_from(Coverage), st.none() | TIMES, st.lists(TEXT, max_size=2).map(tuple))
SIGNATURES = st.builds(
    SignatureReport,
    identifier=TEXT,
    indication=st.sampled_from(Indication),
    sub_indication=SUBS,
    reason=TEXT,
    sentence=TEXT,
    signer=st.none() | CERTIFICATES,
    chain=st.lists(CERTIFICATES, max_size=2).map(tuple),
    trust_anchor=ANCHORS,
    level=TEXT,
    claimed_time=st.none() | TIMES,
    best_signature_time=st.none() | TIMES,
    scope=SCOPES,
    timestamps=st.lists(STAMPS, max_size=2).map(tuple),
    warnings=st.lists(TEXT, max_size=2).map(tuple),
)
REPORTS = st.builds(
    Report,
    format=st.sampled_from(DocumentFormat),
    indication=st.sampled_from(Indication),
    validation_time=TIMES,
    reason=TEXT,
    sentence=TEXT,
    signatures=st.lists(SIGNATURES, max_size=2).map(tuple),
    warnings=st.lists(TEXT, max_size=2).map(tuple),
)
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
    for name in whole:
        with pytest.raises(PeerError):
            decode_report({key: value for key, value in whole.items() if key != name})
    with pytest.raises(PeerError):
        decode_report({**whole, "more": 1})
