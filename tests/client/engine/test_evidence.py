"""Evidence is believed from the device that signed it, about this room, from the time it was in service."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from tests.client.engine.case_room import (
    GROUP,
    LATER,
    A,
    B,
    Device,
    Offices,
    Talk,
    archived,
    made_room,
    notes,
)

from rogatory_client.engine.effect import ArchivedMessage, SaveEvidence
from rogatory_client.engine.evidence import read_receipt, receipt_part, report_status
from rogatory_crypto.content import receipts, status
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import Disposition, SinglePart
from rogatory_crypto.content.receipts import EvidenceEvent, Receipt, sign_receipt
from rogatory_crypto.content.status import MessageStatus, StatusReport
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

HANDOVER = EvidenceEvent.CONTENT_HANDOVER


@pytest.fixture
def talk(first: Device, second: Device) -> Talk:
    return made_room(first, [second], CaseKind.REQUEST)


@pytest.fixture
def request_(talk: Talk, first: Device, second: Device) -> ArchivedMessage:
    (outcome,) = talk.tell(first, first.text("We request."), second)
    return archived(outcome)


def stated(device: Device, about: ArchivedMessage) -> Receipt:
    return Receipt(
        event=HANDOVER,
        group_id=about.group_id,
        message_id=about.message_id,
        content_sha256=sha256(about.content).digest(),
        at=LATER,
        authority=device.office.entry_id,
        officer="case officer",
        device_id=device.id,
    )


def signed(receipt: Receipt, signer: Device) -> SinglePart:
    data = sign_receipt(receipt, signer.signer.private)
    return SinglePart(Disposition.UNSPECIFIED, "", receipts.MEDIA_TYPE, data)


def test_a_receipt_of_its_sender_is_kept(
    talk: Talk, first: Device, second: Device, request_: ArchivedMessage
) -> None:
    part = receipt_part(HANDOVER, request_, second.context)
    (outcome,) = talk.tell(second, second.parts(part), first)
    (found,) = [effect.evidence for effect in outcome.effects if isinstance(effect, SaveEvidence)]
    assert (found.entry_id, found.event, found.signed) == (B, HANDOVER.value, part.content)
    assert [told.kind for told in outcome.happenings] == ["receipt"]
    assert read_receipt(part.content, first.world.registry, request_.content) == found


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda true: replace(true, group_id=GroupId(b"h" * 32)), Code.WRONG_GROUP),
        (lambda true: replace(true, device_id=DeviceId(bytes(16))), Code.INVALID_CREDENTIAL),
        (lambda true: replace(true, authority=EntryId(A)), Code.INVALID_CREDENTIAL),
        (lambda true: replace(true, officer="head"), Code.INVALID_CREDENTIAL),
        (lambda true: replace(true, at=LATER + 400 * 86_400), Code.EXPIRED),
        (lambda true: replace(true, at=LATER + 200 * 86_400), Code.FORBIDDEN),  # from the future
        (lambda true: replace(true, at=LATER + 3_600), Code.FORBIDDEN),
        (lambda true: replace(true, at=1), Code.EXPIRED),
    ],
)
def test_a_receipt_that_does_not_fit_is_refused_with_its_message(
    talk: Talk,
    first: Device,
    second: Device,
    request_: ArchivedMessage,
    forge: Callable[[Receipt], Receipt],
    code: Code,
) -> None:
    part = signed(forge(stated(second, request_)), second)
    (outcome,) = talk.tell(second, second.parts(part), first)
    assert notes(outcome) == [code]
    assert not [effect for effect in outcome.effects if isinstance(effect, SaveEvidence)]


def test_a_receipt_signed_with_another_devices_key_is_refused(
    talk: Talk, first: Device, second: Device, request_: ArchivedMessage
) -> None:
    (outcome,) = talk.tell(second, second.parts(signed(stated(second, request_), first)), first)
    assert notes(outcome) == [Code.BAD_SIGNATURE]


def test_a_receipt_that_another_device_passes_on_is_refused(
    talk: Talk, first: Device, second: Device, request_: ArchivedMessage
) -> None:
    (outcome,) = talk.tell(second, second.parts(signed(stated(first, request_), first)), first)
    assert notes(outcome) == [Code.FORBIDDEN]


def test_a_receipt_for_other_content_proves_nothing_about_the_message(
    first: Device, second: Device, request_: ArchivedMessage
) -> None:
    part = signed(replace(stated(second, request_), content_sha256=bytes(32)), second)
    with pytest.raises(PeerError) as refusal:
        read_receipt(part.content, first.world.registry, request_.content)
    assert refusal.value.code is Code.HASH_MISMATCH


def test_a_receipt_signed_before_the_revocation_proves_for_ever_and_after_it_never(
    world: Offices, second: Device, request_: ArchivedMessage
) -> None:
    true = stated(second, request_)
    before, after = signed(replace(true, at=LATER - 1), second), signed(true, second)
    world.revoke(second, LATER)
    assert read_receipt(before.content, world.registry).at == LATER - 1
    with pytest.raises(PeerError) as refusal:
        read_receipt(after.content, world.registry)
    assert refusal.value.code is Code.REVOKED


def test_a_receipt_dated_after_the_entry_had_expired_is_refused_even_before_the_revocation(
    world: Offices, request_: ArchivedMessage
) -> None:
    brief = world.device(B, "brief", not_after=LATER + 10)
    late = signed(replace(stated(brief, request_), at=LATER + 20), brief)
    world.revoke(brief, LATER + 30)
    with pytest.raises(PeerError) as refusal:
        read_receipt(late.content, world.registry)
    assert refusal.value.code is Code.EXPIRED


def test_no_signed_receipt_is_taken_in_a_consultation(first: Device, second: Device) -> None:
    """Formal is provable, informal is not transferable."""
    talk = made_room(first, [second])
    (told,) = talk.tell(first, first.text("May we ask?"), second)
    (outcome,) = talk.tell(second, second.parts(signed(stated(second, archived(told)), second)), first)
    assert notes(outcome) == [Code.FORBIDDEN]


def test_a_status_report_is_unsigned_and_in_the_reporters_name(first: Device, second: Device) -> None:
    talk = made_room(first, [second])
    known, other = MessageId(bytes([1]) * 32), MessageId(bytes([1, *bytes(31)]))
    report = StatusReport(((known, MessageStatus.DELIVERED), (other, MessageStatus.HIDDEN)))
    part = SinglePart(Disposition.UNSPECIFIED, "", status.MEDIA_TYPE, report.encode())
    (outcome,) = talk.tell(second, second.parts(part), first)
    (found,) = [effect.evidence for effect in outcome.effects if isinstance(effect, SaveEvidence)]
    assert (found.message_id, found.event, found.signed, found.group_id) == (known, "delivered", None, GROUP)


def test_a_report_on_nothing_is_not_sent(first: Device) -> None:
    assert report_status(GROUP, (), MessageStatus.READ, first.context) == ()
