"""The frames that pass thousands of times a second, read and written without the generic machinery.

Each function here has a slower twin in ``rogatory_crypto.wire`` that says the same; tests hold them together.
``read_submit`` recognises only the one deterministic form of a well-formed Submit and leaves everything else
to the twin. A WebSocket message for many receivers is framed once (RFC 6455 section 5.2).
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

import cbor2

from rogatory_crypto import signing
from rogatory_crypto.log import merkle
from rogatory_crypto.log.listed_postmarks import SignedBatch
from rogatory_crypto.wire import limits
from rogatory_crypto.wire import postmark as postmarks
from rogatory_crypto.wire.frame import Accepted, Deliver
from rogatory_crypto.wire.identifier import DeviceId, Epoch, GroupId, RowKind, SubmissionId
from rogatory_server.admission import Submission

_SUBMIT_HEAD = b"\x86\x01\x50"
_ID_END = 19
_KINDS = (RowKind.APPLICATION, RowKind.PROPOSAL)


class Consigned(NamedTuple):
    """What a postmark is for, as plain values."""

    group_id: GroupId
    sequence: int
    submission_id: SubmissionId
    payload_sha256: bytes


def read_submit(data: bytes, sender: DeviceId, reply_to: object) -> Submission | None:
    """Read an application message or proposal, or return None to let ``decode_client_frame`` judge."""
    if data[:3] != _SUBMIT_HEAD or len(data) > limits.MAX_FRAME_BYTES:
        return None
    group_end, at = _byte_string(data, _ID_END)
    if not 16 <= group_end - at <= 64:
        return None
    epoch, kind_at = _unsigned(data, group_end)
    if kind_at < 0 or kind_at + 1 >= len(data) or data[kind_at] > RowKind.PROPOSAL:
        return None
    end, start = _byte_string(data, kind_at + 1)
    if end != len(data) or end - start > limits.MAX_APPLICATION_BYTES:
        return None
    payload = data[start:]
    return Submission(
        sender,
        SubmissionId(data[3:_ID_END]),
        GroupId(data[at:group_end]),
        Epoch(epoch),
        _KINDS[data[kind_at]],
        payload,
        sha256(payload).digest(),
        None,
        None,
        reply_to,
    )


def _byte_string(data: bytes, at: int) -> tuple[int, int]:
    """Return end and start of the byte string at ``at``, or (-1, 0) where none in shortest form stands."""
    first = data[at] if at < len(data) else 0
    if 0x40 <= first < 0x58:
        start, size = at + 1, first - 0x40
    elif first == 0x58 and at + 1 < len(data) and data[at + 1] >= 24:
        start, size = at + 2, data[at + 1]
    elif first == 0x59:
        start, size = at + 3, int.from_bytes(data[at + 1 : at + 3])
        if size < 1 << 8:
            return -1, 0
    elif first == 0x5A:
        start, size = at + 5, int.from_bytes(data[at + 1 : at + 5])
        if size < 1 << 16:
            return -1, 0
    else:
        return -1, 0
    return (start + size, start) if start + size <= len(data) else (-1, 0)


def _unsigned(data: bytes, at: int) -> tuple[int, int]:
    """Return the number of up to 16 bits at ``at`` and where the next item starts, or (0, -1)."""
    first = data[at] if at < len(data) else 0xFF
    if first < 24:
        return first, at + 1
    if first == 24 and at + 1 < len(data) and data[at + 1] >= 24:
        return data[at + 1], at + 2
    if first == 25 and at + 2 < len(data) and data[at + 1] > 0:
        return int.from_bytes(data[at + 1 : at + 3]), at + 3
    return 0, -1


def accepted_frames(results: list[list[object]]) -> list[bytes]:
    """Encode Accepted frames from plain acceptances."""
    step = limits.MAX_RESULTS_PER_FRAME
    return [
        cbor2.dumps([Accepted.TYPE, results[start : start + step]]) for start in range(0, len(results), step)
    ]


def acceptances(
    batch: list[Consigned], *, origin: str, accepted_at_ms: int, private_key: bytes
) -> tuple[SignedBatch, list[list[object]]]:
    """Return what was signed, and plain acceptances with their postmarks, of one group commit."""
    leaves = [
        merkle.leaf_hash(cbor2.dumps((item.group_id, item.sequence, item.submission_id, item.payload_sha256)))
        for item in batch
    ]
    root, paths = merkle.inclusion_proofs(leaves)
    size = len(batch)
    statement = cbor2.dumps([origin, accepted_at_ms, root, size])
    signature = signing.sign(postmarks.LABEL, statement, private_key)
    return SignedBatch(accepted_at_ms, root, size), [
        [
            item.submission_id,
            item.group_id,
            item.sequence,
            [accepted_at_ms, index, size, root, paths[index], signature],
        ]
        for index, item in enumerate(batch)
    ]


def deliver_frame(group_id: GroupId, rows: Iterable[tuple[int, int, int, bytes]]) -> bytes:
    """Encode a Deliver frame of rows given as (sequence, accepted_at_ms, kind, payload)."""
    return cbor2.dumps([Deliver.TYPE, group_id, [*rows]])


def websocket_message(payload: bytes) -> bytes:
    """Return the unmasked binary WebSocket message a server sends."""
    size = len(payload)
    if size < 126:
        return bytes((0x82, size)) + payload
    if size < 1 << 16:
        return b"\x82\x7e" + size.to_bytes(2) + payload
    return b"\x82\x7f" + size.to_bytes(8) + payload
