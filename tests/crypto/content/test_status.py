"""draft-mahy-mimi-message-status-01."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor
from rogatory_crypto.content import status
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.status import MAX_REPORTED, MessageStatus, StatusReport
from rogatory_crypto.errors import Code, MisuseError, PeerError

ENTRIES = st.tuples(st.binary(min_size=32, max_size=32).map(MessageId), st.sampled_from(MessageStatus))
REPORTS = st.builds(StatusReport, st.lists(ENTRIES, max_size=6).map(tuple))


@given(REPORTS)
def test_a_report_survives_encoding(report: StatusReport) -> None:
    encoded = report.encode()
    assert status.decode(encoded) == report
    assert status.decode(encoded).encode() == encoded


def test_a_report_is_an_array_of_id_and_status() -> None:
    report = StatusReport(((MessageId(bytes(32)), MessageStatus.READ),))
    assert report.encode() == bytes.fromhex("8182 5820") + bytes(32) + b"\x02"


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_a_report_or_a_peer_error(data: bytes) -> None:
    try:
        report = status.decode(data)
    except PeerError:
        return
    assert report.encode() == data


@pytest.mark.parametrize(
    ("plain", "code"),
    [
        ([[bytes(31), 1]], Code.MALFORMED),
        ([[bytes(32)]], Code.MALFORMED),
        ([[bytes(32), True]], Code.MALFORMED),
        ([[bytes(32), 7]], Code.UNSUPPORTED),
        ([[bytes(32), 1]] * (MAX_REPORTED + 1), Code.TOO_LARGE),
        ({}, Code.MALFORMED),
    ],
)
def test_what_is_no_report_is_refused(plain: object, code: Code) -> None:
    with pytest.raises(PeerError) as refusal:
        status.decode(cbor.encode(plain))
    assert refusal.value.code is code


def test_a_report_on_too_many_messages_is_our_mistake() -> None:
    entry = (MessageId(bytes(32)), MessageStatus.READ)
    with pytest.raises(MisuseError):
        StatusReport((entry,) * (MAX_REPORTED + 1)).encode()
