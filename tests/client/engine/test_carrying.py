"""What may be carried, and who has to act where it may not; a message is taken in as a row, or not at all."""

from dataclasses import replace
from hashlib import sha256

import pytest
from tests.client.engine.case_room import A, Device, Talk, archived, kinds

from rogatory_client.engine.acknowledging import acknowledge
from rogatory_client.engine.carried_effect import FROM_CARRIER, Carried, ConfirmCarried, SaveCarried
from rogatory_client.engine.carrying import Brought, obstacle, receive_carried, speaks_of_the_log
from rogatory_client.engine.delivery import receive
from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.membership import LEAF_REFRESH_S
from rogatory_client.engine.room import Room
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.epoch_report import EpochReport, report_part
from rogatory_crypto.content.resent import MessageResent, resent_part
from rogatory_crypto.content.unreadable_report import UnreadableReport, UnreadableRow, unreadable_part
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.carried import CarriedMessage
from rogatory_crypto.wire.identifier import Epoch, GroupId, RowKind, Sequence, SubmissionId

ARRIVED_MS = 1_800_000_000_123


def message_of(room: Room, payload: bytes) -> CarriedMessage:
    digest, (_, epoch) = sha256(payload).digest(), mls.message_epoch(payload)
    return CarriedMessage(room.group_id, SubmissionId(bytes(16)), Epoch(epoch), 77, len(payload), digest)


def take(talk: Talk, receiver: Device, payload: bytes, maker: Device, *, is_here: bool = False) -> Outcome:
    room = talk.of(receiver)
    brought = Brought(message_of(room, payload), payload, maker.id, ARRIVED_MS)
    outcome = receive_carried(room, brought, receiver.context, lambda _: is_here)
    return acknowledge(outcome, receiver.context)


def refusal(talk: Talk, receiver: Device, payload: bytes, maker: Device) -> PeerError:
    with pytest.raises(PeerError) as refused:
        take(talk, receiver, payload, maker)
    return refused.value


def carried_by(outcome: Outcome) -> Carried:
    (found,) = (each.carried for each in outcome.effects if isinstance(each, SaveCarried))
    return found


def test_it_is_one_transaction_with_its_receipt_and_has_no_place_yet(
    talk: Talk, first: Device, second: Device
) -> None:
    payload = talk.sealed(first, first.text("By stick."))
    outcome = take(talk, second, payload, first)
    record = archived(outcome)
    assert (record.text, record.entry_id, record.sequence) == ("By stick.", A, FROM_CARRIER)
    assert record.at_ms == ARRIVED_MS, "not when its sender claims to have written it"
    assert kinds(outcome) == ["SaveRoom", "SaveMessage", "SaveCarried", "Enqueue"]
    came = carried_by(outcome)
    assert (came.written_at_ms, came.payload_sha256) == (77, sha256(payload).digest())
    (after,) = outcome.rooms
    assert after.position == talk.of(second).position, "no row was read"


def test_the_relays_row_completes_it_and_opens_nothing(talk: Talk, first: Device, second: Device) -> None:
    payload = talk.sealed(first, first.text("By stick."))
    outcome = take(talk, second, payload, first)
    came, (talk.rooms[second.id],) = carried_by(outcome), outcome.rooms
    context = replace(second.context, carried={came.payload_sha256: came})
    row = talk.row(RowKind.APPLICATION, payload)
    completed = receive(
        {row_room.group_id: row_room for row_room in outcome.rooms}, came.group_id, row, context
    )
    assert kinds(completed) == ["SaveRoom", "ConfirmCarried"]
    assert completed.effects[1] == ConfirmCarried(
        came.payload_sha256, came.message_id, row.sequence, row.accepted_at_ms
    )
    assert completed.rooms[0].position == row.sequence
    assert [each.kind for each in completed.happenings] == ["confirmed"]


def test_a_row_in_the_log_of_another_case_completes_nothing(
    talk: Talk, first: Device, second: Device
) -> None:
    payload = talk.sealed(first, first.text("By stick."))
    outcome = take(talk, second, payload, first)
    came, (room,) = carried_by(outcome), outcome.rooms
    context = replace(second.context, carried={came.payload_sha256: came})
    elsewhere = GroupId(bytes(len(room.group_id)))
    row = talk.row(RowKind.APPLICATION, payload)
    misplaced = receive({room.group_id: room}, elsewhere, row, context)
    assert "ConfirmCarried" not in kinds(misplaced)
    assert misplaced.refused


def test_a_row_that_was_sealed_anew_is_known_by_its_message(
    talk: Talk, first: Device, second: Device
) -> None:
    text = first.text("By stick.")
    outcome = take(talk, second, talk.sealed(first, text), first)
    came, (room,) = carried_by(outcome), outcome.rooms
    row = talk.said(first, text)
    context = replace(second.context, carried={came.payload_sha256: came})
    completed = receive({room.group_id: room}, room.group_id, row, context)
    assert kinds(completed) == ["SaveRoom", "ConfirmCarried"], "no second receipt"


def test_a_device_that_was_out_of_service_by_then_is_told(talk: Talk, first: Device, second: Device) -> None:
    payload = talk.sealed(first, first.text("By stick."))
    outcome = take(talk, second, payload, first)
    came, (room,) = carried_by(outcome), outcome.rooms
    first.world.revoke(first)
    context = replace(second.context, carried={came.payload_sha256: came})
    row = talk.row(RowKind.APPLICATION, payload, at=first.world.now + 60)
    completed = receive({room.group_id: room}, room.group_id, row, context)
    (told,) = completed.happenings
    assert told.kind == "warning"
    assert "out of service" in told.text
    assert "ConfirmCarried" in kinds(completed), "its time is the relay's, by which it is judged"


@pytest.mark.parametrize("how", ["twice", "after the row", "in the record", "own"])
def test_what_is_here_is_here(talk: Talk, first: Device, second: Device, how: str) -> None:
    payload = talk.sealed(first, first.text("By stick."))
    receiver = second
    match how:
        case "twice":
            (talk.rooms[second.id],) = take(talk, second, payload, first).rooms
        case "after the row":
            talk.take(second, talk.row(RowKind.APPLICATION, payload))
        case "own":
            receiver = first
    outcome = take(talk, receiver, payload, first, is_here=how == "in the record")
    assert (outcome.refused, outcome.effects, outcome.rooms) == ("already-used", (), ())


def test_messages_open_in_any_order(talk: Talk, first: Device, second: Device) -> None:
    payloads = [talk.sealed(first, first.text(f"Text {number}.")) for number in range(20)]
    said = []
    for payload in reversed(payloads):
        outcome = take(talk, second, payload, first)
        (talk.rooms[second.id],) = outcome.rooms
        said.append(archived(outcome).text)
    assert said == [f"Text {number}." for number in reversed(range(20))]


def test_who_made_the_file_has_sent_what_is_in_it(talk: Talk, first: Device, second: Device) -> None:
    payload = talk.sealed(first, first.text("By stick."))
    passed_on = refusal(talk, second, payload, second)
    assert passed_on.code is Code.FORBIDDEN
    first.world.revoke(first)
    assert refusal(talk, second, payload, first).code is Code.REVOKED


def test_a_file_names_the_case_of_each_message(talk: Talk, first: Device, second: Device) -> None:
    payload = talk.sealed(first, first.text("By stick."))
    brought = Brought(message_of(talk.of(second), payload), payload, first.id, ARRIVED_MS)
    with pytest.raises(PeerError, match="was not let into") as refused:
        receive_carried(None, brought, second.context, lambda _: False)
    assert refused.value.code is Code.WRONG_GROUP
    left = replace(talk.of(second), group=None)
    with pytest.raises(PeerError, match=f"{A} must let this office in"):
        receive_carried(left, brought, second.context, lambda _: False)


def test_what_is_about_the_relays_log_comes_over_the_relay(talk: Talk, first: Device, second: Device) -> None:
    about = (
        report_part(EpochReport(1, "forbidden")),
        unreadable_part(UnreadableReport((UnreadableRow(Sequence(1), "malformed"),), again=False)),
        resent_part(MessageResent(Sequence(1), first.oneself.credential.encode(), b"x")),
    )
    for part in about:
        message = first.parts(part)
        assert speaks_of_the_log(message.encoded)
        assert "about the relay's log" in refusal(talk, second, talk.sealed(first, message), first).detail
    assert not speaks_of_the_log(first.text("A text.").encoded)


@pytest.mark.parametrize("kind", [CaseKind.OFFICE, CaseKind.RETURN, CaseKind.CIRCLE])
def test_what_is_the_offices_own_goes_over_the_line(
    talk: Talk, first: Device, second: Device, kind: CaseKind
) -> None:
    payload = talk.sealed(first, first.text("By stick."))
    talk.rooms[second.id] = replace(talk.of(second), kind=kind)
    assert "over the relay only" in refusal(talk, second, payload, first).detail
    reason = obstacle(replace(talk.of(first), kind=kind), first.context)
    assert reason is not None
    assert "over the relay only" in reason


def test_an_obstacle_says_what_to_do(talk: Talk, first: Device, second: Device) -> None:
    room = talk.of(first)
    assert obstacle(room, first.context) is None
    first.world.now += 3 * LEAF_REFRESH_S
    assert obstacle(room, first.context) is None, "old keys are renewed when the line is back"
    for other, said in (
        (replace(room, group=None), "this case is new"),
        (room.losing(first.id), "not in the case any more"),
        (room.waiting_for(9), "a change of this case that has not come here"),
    ):
        reason = obstacle(other, first.context)
        assert reason is not None
        assert said in reason
    first.world.revoke(second)
    reason = obstacle(room, first.context)
    assert reason is not None
    assert "1 devices are to be taken out" in reason


def test_too_many_skipped_keys_name_the_files_that_come_first(
    talk: Talk, first: Device, second: Device
) -> None:
    """Q03: keys of a thousand messages that have not come are kept, and no more."""
    payloads = [talk.sealed(first, first.text(f"Text {number}.")) for number in range(1_002)]
    assert archived(take(talk, second, payloads[-2], first)).text == "Text 1000."
    refused = refusal(talk, second, payloads[-1], first)
    assert refused.code is Code.TOO_FAR_AHEAD
    assert "the earlier files first" in refused.detail


def test_a_file_that_misnames_an_epoch_is_refused(talk: Talk, first: Device, second: Device) -> None:
    payload = talk.sealed(first, first.text("By stick."))
    message = replace(message_of(talk.of(second), payload), epoch=Epoch(0))
    with pytest.raises(PeerError, match="another case or time"):
        receive_carried(
            talk.of(second), Brought(message, payload, first.id, ARRIVED_MS), second.context, lambda _: False
        )
