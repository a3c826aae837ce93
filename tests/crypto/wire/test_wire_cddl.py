"""Every structure of the wire conforms to ``wire.cddl`` (RFC 8610); random ones survive the round trip."""

from importlib.resources import files

import pycddl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import challenge, frame, identifier, limits, log_request, postmark, request
from rogatory_crypto.wire.structure import Structure

CDDL = files("rogatory_crypto.wire").joinpath("wire.cddl").read_text()

group_ids = st.binary(min_size=16, max_size=64)
ids = st.binary(min_size=16, max_size=16)
hashes = st.binary(min_size=32, max_size=32)
signatures = st.binary(min_size=64, max_size=64)
sequences = st.integers(0, identifier.MAX_SEQUENCE)
payloads = st.binary(max_size=64)
codes = st.sampled_from(Code)
devices = st.lists(ids, max_size=4).map(tuple)
postmarks = st.builds(
    postmark.Postmark,
    sequences,
    st.integers(0, 9),
    st.integers(1, 9),
    hashes,
    st.lists(hashes, max_size=4).map(tuple),
    signatures,
)
acceptances = st.builds(frame.Acceptance, ids, group_ids, sequences, postmarks)
rows = st.builds(frame.Row, sequences, sequences, st.sampled_from(identifier.RowKind), payloads)
positions = st.builds(frame.Position, group_ids, sequences)
application_kinds = st.sampled_from((identifier.RowKind.APPLICATION, identifier.RowKind.PROPOSAL))

CLIENT_FRAMES = (
    st.builds(frame.Submit, ids, group_ids, sequences, application_kinds, payloads)
    | st.builds(
        frame.SubmitCommit, ids, group_ids, sequences, payloads, devices, devices, st.none() | payloads
    )
    | st.builds(frame.Read, st.lists(positions, max_size=4).map(tuple))
)
RELAY_FRAMES = (
    st.builds(frame.Ready, st.integers(0, 255), sequences, st.integers(0, 1 << 20))
    | st.builds(frame.Accepted, st.lists(acceptances, max_size=3).map(tuple))
    | st.builds(frame.Refused, ids, codes, st.none() | sequences)
    | st.builds(frame.Deliver, group_ids, st.lists(rows, max_size=3).map(tuple))
    | st.just(frame.CaughtUp())
    | st.builds(frame.LogGrew, sequences)
    | st.builds(frame.Closing, codes)
)
suites = st.integers(0, 0xFFFF)
some_bytes = st.binary(min_size=1, max_size=64)
proposed = st.builds(log_request.ProposedEntry, st.integers(0, 255), some_bytes)
claimed = st.builds(request.ClaimedKeyPackage, ids, st.none() | payloads)
BODIES: dict[str, st.SearchStrategy[Structure]] = {
    "relay-info": st.builds(
        request.RelayInfo, st.integers(0, 255), st.text(max_size=99), hashes, sequences, sequences, sequences
    ),
    "problem": st.builds(request.Problem, codes),
    "published": st.builds(request.Published, sequences),
    "entry-publication": st.builds(
        log_request.EntryPublication, st.lists(proposed, min_size=1, max_size=3).map(tuple)
    ),
    "log-page": st.builds(
        log_request.LogPage, sequences, sequences, st.lists(some_bytes, max_size=3).map(tuple)
    ),
    "trust-update": st.builds(
        log_request.TrustUpdate, st.lists(some_bytes, max_size=3).map(tuple), some_bytes
    ),
    "postmark-proof": st.builds(
        log_request.PostmarkProof, sequences, sequences, sequences, st.lists(hashes, max_size=16).map(tuple)
    ),
    "key-package-upload": st.builds(
        request.KeyPackageUpload, suites, st.lists(payloads, max_size=3).map(tuple), st.none() | payloads
    ),
    "key-package-stock": st.builds(request.KeyPackageStock, sequences),
    "key-package-claim": st.builds(
        request.KeyPackageClaim, suites, st.lists(ids, min_size=1, max_size=3).map(tuple)
    ),
    "claimed-key-packages": st.builds(request.ClaimedKeyPackages, st.lists(claimed, max_size=3).map(tuple)),
    "upload-request": st.builds(
        request.UploadRequest, group_ids, st.integers(0, limits.MAX_ATTACHMENT_BYTES)
    ),
    "upload-state": st.builds(request.UploadState, sequences, sequences, st.booleans()),
    "upload-completion": st.builds(request.UploadCompletion, hashes),
    "challenge-request": st.builds(challenge.ChallengeRequest, ids),
    "challenge": st.builds(challenge.Challenge, hashes, sequences, sequences),
    "challenge-response": st.builds(challenge.ChallengeResponse, ids, hashes, signatures),
    "token": st.builds(challenge.Token, st.text(max_size=99), sequences),
}
FRAME_RULES: dict[type[Structure], str] = {
    frame.Submit: "submit",
    frame.SubmitCommit: "submit-commit",
    frame.Read: "read",
    frame.Ready: "ready",
    frame.Accepted: "accepted",
    frame.Refused: "refused",
    frame.Deliver: "deliver",
    frame.CaughtUp: "caught-up",
    frame.LogGrew: "log-grew",
    frame.Closing: "closing",
}
# One schema a rule: the validator confuses the branches of a choice where arrays are empty.
SCHEMAS = {rule: pycddl.Schema(f"start = {rule}\n{CDDL}") for rule in (*BODIES, *FRAME_RULES.values())}


@given(CLIENT_FRAMES)
def test_client_frames_conform_and_return(sent: frame.ClientFrame) -> None:
    data = frame.encode_frame(sent)
    SCHEMAS[FRAME_RULES[type(sent)]].validate_cbor(data)
    assert frame.decode_client_frame(data) == sent


@given(RELAY_FRAMES)
def test_relay_frames_conform_and_return(sent: frame.RelayFrame) -> None:
    data = frame.encode_frame(sent)
    SCHEMAS[FRAME_RULES[type(sent)]].validate_cbor(data)
    assert frame.decode_relay_frame(data) == sent


@pytest.mark.parametrize("rule", BODIES)
@given(data=st.data())
def test_bodies_conform_and_return(rule: str, data: st.DataObject) -> None:
    sent = data.draw(BODIES[rule])
    encoded = sent.encode()
    SCHEMAS[rule].validate_cbor(encoded)
    assert type(sent).decode(encoded) == sent


@given(st.binary(max_size=200))
def test_random_bytes_are_a_frame_or_a_peer_error(data: bytes) -> None:
    for decode in (frame.decode_client_frame, frame.decode_relay_frame):
        try:
            decoded = decode(data)
        except PeerError:
            continue
        assert frame.encode_frame(decoded) == data


@given(CLIENT_FRAMES, st.data())
def test_a_truncated_frame_is_refused(sent: frame.ClientFrame, data: st.DataObject) -> None:
    encoded = frame.encode_frame(sent)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(PeerError):
        frame.decode_client_frame(encoded[:cut])


@given(CLIENT_FRAMES, st.binary(min_size=1, max_size=8))
def test_bytes_after_a_frame_are_refused(sent: frame.ClientFrame, more: bytes) -> None:
    with pytest.raises(PeerError):
        frame.decode_client_frame(frame.encode_frame(sent) + more)


def test_an_unknown_frame_type_is_unsupported() -> None:
    with pytest.raises(PeerError) as raised:
        frame.decode_client_frame(b"\x81\x18\x63")
    assert raised.value.code is Code.UNSUPPORTED


def test_an_unknown_code_from_a_newer_relay_reads_as_internal() -> None:
    assert frame.decode_relay_frame(b"\x82\x16\x65newer") == frame.Closing(Code.INTERNAL)


def test_an_oversize_application_message_is_too_large() -> None:
    sent = frame.Submit(
        identifier.SubmissionId(bytes(16)),
        identifier.GroupId(bytes(32)),
        identifier.Epoch(0),
        identifier.RowKind.APPLICATION,
        bytes(limits.MAX_APPLICATION_BYTES + 1),
    )
    with pytest.raises(PeerError) as raised:
        frame.decode_client_frame(frame.encode_frame(sent))
    assert raised.value.code is Code.TOO_LARGE


def test_a_commit_cannot_be_submitted_as_an_application_message() -> None:
    sent = frame.Submit(
        identifier.SubmissionId(bytes(16)),
        identifier.GroupId(bytes(32)),
        identifier.Epoch(0),
        identifier.RowKind.COMMIT,
        b"",
    )
    with pytest.raises(PeerError):
        frame.decode_client_frame(frame.encode_frame(sent))
