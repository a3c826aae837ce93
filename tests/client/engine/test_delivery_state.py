"""How far a message has come: computed from evidence in any order, a failure overruled by what shows more."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.content.test_non_delivery import STATED

from rogatory_client.engine.delivery_effect import KeptNonDelivery
from rogatory_client.engine.delivery_state import (
    USUAL,
    Progress,
    Stage,
    failure_due,
    is_late,
    progress_of,
)
from rogatory_client.engine.effect import Evidence
from rogatory_crypto.content.non_delivery import Reason
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.wire.identifier import DeviceId, EntryId

B, C = EntryId("CNA-GH-01"), EntryId("CNA-NG-01")
ACCEPTED = STATED.accepted_at
EVENTS = ["ContentConsignment", "ContentHandover", "ContentAcknowledgement"]


def evidence(event: str, office: EntryId = B, at: int = ACCEPTED + 5, device: int = 1) -> Evidence:
    return Evidence(
        STATED.message_id,
        STATED.group_id,
        event,
        office,
        "officer",
        DeviceId(bytes([device]) * 16),
        at,
        None,
        b"signed",
    )


def failed(event: EvidenceEvent, recipient: EntryId = B, at: int = 0, device: int = 0) -> KeptNonDelivery:
    reason = Reason.DELIVERY_TIME_OUT
    if event is EvidenceEvent.CONTENT_HANDOVER_FAILURE:
        reason = Reason.OPENING_TIME_OUT
    device_id = DeviceId(bytes([device]) * 16)
    named = replace(STATED, event=event, reason=reason, recipient=recipient, device_id=device_id)
    return KeptNonDelivery(replace(named, at=named.at + at), bytes([device, at % 256]))


CONSIGNMENT, HANDOVER = EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE, EvidenceEvent.CONTENT_HANDOVER_FAILURE
PROOFS = st.lists(
    st.builds(
        evidence, st.sampled_from(EVENTS), st.sampled_from([B, C]), st.integers(1, 99), st.integers(1, 3)
    ),
    max_size=8,
    unique_by=lambda each: (each.event, each.device_id, each.entry_id),
)
STATEMENTS = st.lists(
    st.builds(
        failed,
        st.sampled_from([CONSIGNMENT, HANDOVER]),
        st.sampled_from([B, C]),
        st.integers(0, 9),
        st.integers(0, 3),
    ),
    max_size=6,
)


@given(PROOFS, STATEMENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_it_came_decides_nothing(
    proofs: list[Evidence], stated: list[KeptNonDelivery], chance: random.Random
) -> None:
    proofs = sorted(proofs, key=lambda each: (each.at, each.event, each.device_id))
    distinct = {(each.at, each.event): each for each in proofs}
    proofs = list(distinct.values())
    expected = progress_of(B, Stage.RELAYED, proofs, stated)
    chance.shuffle(proofs)
    again = progress_of(B, Stage.RELAYED, [*proofs, *proofs], [*stated, *stated])
    assert (again.stage, again.devices, [each.stated for each in again.failures]) == (
        expected.stage,
        expected.devices,
        [each.stated for each in expected.failures],
    )
    assert (again.failure is None) == (expected.failure is None)


@given(PROOFS, STATEMENTS)
def test_what_others_say_and_what_is_said_of_others_counts_nothing(
    proofs: list[Evidence], stated: list[KeptNonDelivery]
) -> None:
    of_b = [each for each in proofs if each.entry_id == B]
    about_b = [each for each in stated if each.stated.recipient == B]
    assert progress_of(B, Stage.RELAYED, proofs, stated) == progress_of(B, Stage.RELAYED, of_b, about_b)


@pytest.mark.parametrize(
    ("shown", "event", "overruled"),
    [
        (None, CONSIGNMENT, False),
        ("ContentConsignment", CONSIGNMENT, True),
        ("ContentHandover", CONSIGNMENT, True),
        ("ContentConsignment", HANDOVER, False),
        ("ContentHandover", HANDOVER, True),
        ("ContentAcknowledgement", HANDOVER, True),
    ],
)
def test_what_overrules_what(shown: str | None, event: EvidenceEvent, *, overruled: bool) -> None:
    proofs = [] if shown is None else [evidence(shown, at=ACCEPTED + 10**6)]
    progress = progress_of(B, Stage.RELAYED, proofs, [failed(event)])
    assert (progress.failure is None) is overruled
    assert len(progress.failures) == 1, "it stays"


def of(*shown: str, stated: tuple[EvidenceEvent, ...] = ()) -> Progress:
    return progress_of(B, Stage.RELAYED, map(evidence, shown), map(failed, stated))


@pytest.mark.parametrize(
    ("progress", "after_h", "expected"),
    [
        (of(), 23, None),
        (of(), 24, CONSIGNMENT),
        (of(stated=(CONSIGNMENT,)), 99, None),
        (of("ContentConsignment"), 35, None),
        (of("ContentConsignment"), 36, HANDOVER),
        (of("ContentConsignment", stated=(CONSIGNMENT,)), 36, HANDOVER),
        (of("ContentConsignment", stated=(HANDOVER,)), 99, None),
        (of("ContentHandover"), 99, None),
        (of("ContentAcknowledgement"), 99, None),
    ],
)
def test_when_what_is_to_be_stated(progress: Progress, after_h: int, expected: EvidenceEvent | None) -> None:
    now = ACCEPTED + after_h * 3_600
    due = failure_due(progress, ACCEPTED, USUAL, now, unreadable=False)
    assert (None if due is None else due[0]) == expected
    early = failure_due(progress, ACCEPTED, USUAL, ACCEPTED + USUAL.delivery_s - 1, unreadable=False)
    assert early is None


def test_a_device_that_could_not_open_it_is_named_as_the_reason() -> None:
    due = failure_due(of(), ACCEPTED, USUAL, ACCEPTED + 24 * 3_600, unreadable=True)
    assert due is not None
    assert due[1] is Reason.NOT_READABLE


@pytest.mark.parametrize(
    ("progress", "after_h", "late"),
    [
        (of(), 11, False),
        (of(), 12, True),
        (of("ContentConsignment"), 23, False),
        (of("ContentConsignment"), 24, True),
        (of("ContentHandover"), 99, False),
    ],
)
def test_an_officer_is_told_before_the_time_is_over(progress: Progress, after_h: int, *, late: bool) -> None:
    assert is_late(progress, ACCEPTED, USUAL, ACCEPTED + after_h * 3_600) is late
