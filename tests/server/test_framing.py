"""The quick encodings say what the slow ones say."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import signing
from rogatory_crypto.errors import PeerError
from rogatory_crypto.wire.frame import (
    Acceptance,
    Accepted,
    Deliver,
    Row,
    Submit,
    decode_client_frame,
    encode_frame,
)
from rogatory_crypto.wire.identifier import DeviceId, Epoch, GroupId, RowKind, Sequence, SubmissionId
from rogatory_crypto.wire.postmark import Consignment, sign_postmarks, verify_postmark
from rogatory_server import framing
from rogatory_server.framing import Consigned

SENDER = DeviceId(b"s" * 16)
KEY = bytes(range(32))
submits = st.builds(
    Submit,
    st.binary(min_size=16, max_size=16).map(SubmissionId),
    st.binary(min_size=16, max_size=64).map(GroupId),
    st.one_of(st.integers(0, 300), st.integers(0, (1 << 63) - 1)).map(Epoch),
    st.sampled_from([RowKind.APPLICATION, RowKind.PROPOSAL]),
    st.one_of(st.binary(max_size=300), st.integers(0, 70_000).map(bytes)),
)


@given(submits)
def test_a_submit_reads_the_same_both_ways(submit: Submit) -> None:
    data = encode_frame(submit)
    read = framing.read_submit(data, SENDER, None)
    if read is None:
        assert submit.epoch >= 1 << 16  # left to the slow reader
        return
    assert read[1:6] == (submit.submission_id, submit.group_id, submit.epoch, submit.kind, submit.payload)
    assert (read.sender, read.payload_sha256) == (SENDER, sha256(submit.payload).digest())


@given(submits, st.data())
def test_what_the_quick_reader_takes_the_slow_one_takes_too(submit: Submit, data: st.DataObject) -> None:
    frame = bytearray(encode_frame(submit))
    at = data.draw(st.integers(0, min(len(frame), 120) - 1))
    frame[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 3))
    damaged = bytes(frame[: len(frame) - cut])
    read = framing.read_submit(damaged, SENDER, None)
    if read is not None:
        slow = decode_client_frame(damaged)
        assert slow == Submit(read.submission_id, read.group_id, read.epoch, read.kind, read.payload)


@pytest.mark.parametrize("length", range(120))
def test_a_truncated_submit_is_left_to_the_slow_reader_which_refuses(length: int) -> None:
    whole = encode_frame(
        Submit(SubmissionId(bytes(16)), GroupId(bytes(32)), Epoch(500), RowKind.APPLICATION, bytes(300))
    )
    assert framing.read_submit(whole[:length], SENDER, None) is None
    with pytest.raises(PeerError):
        decode_client_frame(whole[:length])


@pytest.mark.parametrize("kind", [RowKind.COMMIT, RowKind.WELCOME, 4, 5, 23])
def test_a_log_takes_messages_and_nothing_to_join_by(kind: int) -> None:
    # R05: there is no row in which a GroupInfo of a former epoch could stay
    first, second = (
        encode_frame(Submit(SubmissionId(bytes(16)), GroupId(bytes(32)), Epoch(5), known, b"payload"))
        for known in (RowKind.APPLICATION, RowKind.PROPOSAL)
    )
    (at,) = [place for place, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]]
    frame = first[:at] + bytes([kind]) + first[at + 1 :]
    assert framing.read_submit(first, SENDER, None) is not None
    assert framing.read_submit(frame, SENDER, None) is None
    with pytest.raises(PeerError):
        decode_client_frame(frame)


@given(st.integers(1, 40), st.integers(0, 1 << 41))
def test_acceptances_are_those_of_the_wire_and_verify(count: int, now_ms: int) -> None:
    batch = [
        Consigned(GroupId(bytes(16 + at)), at, SubmissionId(at.to_bytes(16)), sha256(bytes(at)).digest())
        for at in range(count)
    ]
    signed, quick = framing.acceptances(batch, origin="relay.example", accepted_at_ms=now_ms, private_key=KEY)
    consignments = [Consignment(each[0], Sequence(each[1]), each[2], each[3]) for each in batch]
    slow = sign_postmarks(consignments, origin="relay.example", accepted_at_ms=now_ms, private_key=KEY)
    results = tuple(
        Acceptance(each.submission_id, each.group_id, each.sequence, mark)
        for each, mark in zip(consignments, slow, strict=True)
    )
    assert signed == (now_ms, slow[0].root, count)
    assert framing.accepted_frames(quick) == [encode_frame(Accepted(results))]
    verify_postmark(slow[-1], consignments[-1], origin="relay.example", public_key=signing.public_key(KEY))


def test_more_results_than_a_frame_holds_make_two_frames() -> None:
    results: list[list[object]] = [[at] for at in range(1001)]
    assert len(framing.accepted_frames(results)) == 2


@given(st.lists(st.tuples(st.integers(0, 1 << 40), st.integers(0, 1 << 41), st.integers(0, 3), st.binary())))
def test_deliver_frames_are_those_of_the_wire(rows: list[tuple[int, int, int, bytes]]) -> None:
    group = GroupId(b"g" * 20)
    slow = Deliver(
        group, tuple(Row(Sequence(number), at, RowKind(kind), body) for number, at, kind, body in rows)
    )
    assert framing.deliver_frame(group, rows) == encode_frame(slow)


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x82\x00"),
        (125, b"\x82\x7d"),
        (126, b"\x82\x7e\x00\x7e"),
        (65535, b"\x82\x7e\xff\xff"),
        (65536, b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_websocket_message_has_the_shortest_length(size: int, head: bytes) -> None:
    """RFC 6455 section 5.2: the minimal number of bytes must encode the length."""
    assert framing.websocket_message(bytes(size)) == head + bytes(size)
