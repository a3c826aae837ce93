"""A postmark proves one consignment of one batch at one relay, and nothing else."""

from dataclasses import replace

import pytest

from rogatory_crypto import signing
from rogatory_crypto.errors import PeerError
from rogatory_crypto.wire.identifier import GroupId, Sequence, SubmissionId
from rogatory_crypto.wire.postmark import Consignment, Postmark, sign_postmarks, verify_postmark

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key(PRIVATE)


def consignments(count: int) -> list[Consignment]:
    return [
        Consignment(GroupId(b"g" * 32), Sequence(at), SubmissionId(at.to_bytes(16)), bytes(32))
        for at in range(count)
    ]


def sign(items: list[Consignment]) -> list[Postmark]:
    return sign_postmarks(
        items, origin="relay.example", accepted_at_ms=1_790_000_000_000, private_key=PRIVATE
    )


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64, 100])
def test_each_postmark_of_a_batch_stands_alone(count: int) -> None:
    items = consignments(count)
    for item, mark in zip(items, sign(items), strict=True):
        verified = verify_postmark(mark, item, origin="relay.example", public_key=PUBLIC)
        assert verified.consignment == item
        assert verified.accepted_at_ms == 1_790_000_000_000


def test_a_postmark_of_another_consignment_is_refused() -> None:
    items = consignments(5)
    marks = sign(items)
    with pytest.raises(PeerError):
        verify_postmark(marks[1], items[2], origin="relay.example", public_key=PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"accepted_at_ms": 1_790_000_000_001},
        {"index": 2},
        {"size": 6},
        {"root": bytes(32)},
        {"path": ()},
        {"signature": bytes(64)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_field_is_refused(change: dict[str, object]) -> None:
    items = consignments(5)
    mark = replace(sign(items)[1], **change)  # type: ignore[arg-type]  # each value fits the field it names
    with pytest.raises(PeerError):
        verify_postmark(mark, items[1], origin="relay.example", public_key=PUBLIC)


def test_a_postmark_of_another_relay_is_refused() -> None:
    items = consignments(2)
    with pytest.raises(PeerError):
        verify_postmark(sign(items)[0], items[0], origin="other.example", public_key=PUBLIC)
    with pytest.raises(PeerError):
        verify_postmark(
            sign(items)[0], items[0], origin="relay.example", public_key=signing.public_key(bytes(32))
        )
