"""What is told to the senders: once for a transaction, and each receipt proves its message alone."""

from collections.abc import Sequence

from tests.client.engine.case_room import Device, Talk, made_room

from rogatory_client.engine.acknowledging import RECEIPTS_A_MESSAGE, acknowledge
from rogatory_client.engine.delivery import merge_outcomes, receive
from rogatory_client.engine.effect import Outcome, SaveEvidence, SaveMessage
from rogatory_client.engine.evidence import read_receipt
from rogatory_client.engine.outgoing_effect import Enqueue
from rogatory_crypto.content import receipts, status
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId, decode
from rogatory_crypto.content.nested_part import NestedPart, SinglePart, walk
from rogatory_crypto.wire.frame import Row


def received(talk: Talk, device: Device, rows: Sequence[Row]) -> Outcome:
    """Take rows in as one transaction."""
    rooms = {talk.of(device).group_id: talk.of(device)}
    outcomes = []
    for row in rows:
        outcomes.append(receive(rooms, row_room := next(iter(rooms)), row, device.context))
        rooms = {row_room: outcomes[-1].rooms[0]}
    return merge_outcomes(outcomes)


def parts_sent(outcome: Outcome) -> list[list[NestedPart]]:
    contents = [effect.parcel.content for effect in outcome.effects if isinstance(effect, Enqueue)]
    return [list(walk(decode(content).nested_part)) for content in contents]


def came(outcome: Outcome) -> list[MessageId]:
    return [effect.message.message_id for effect in outcome.effects if isinstance(effect, SaveMessage)]


def test_an_informal_room_is_told_by_one_report(talk: Talk, first: Device, second: Device) -> None:
    rows = [talk.said(first, first.text(f"Text {number}")) for number in range(5)]
    merged = received(talk, second, rows)
    assert parts_sent(merged) == [], "not before it is acknowledged"
    told = acknowledge(merged, second.context)
    ((part,),) = parts_sent(told)
    assert isinstance(part, SinglePart)
    assert [message_id for message_id, _ in status.decode(part.content).statuses] == came(merged)
    assert told.delivered == ()
    assert told.effects[: len(merged.effects)] == merged.effects


def test_a_formal_message_has_a_receipt_of_its_own_that_proves_it_alone(
    first: Device, second: Device
) -> None:
    talk = made_room(first, [second], CaseKind.REQUEST)
    count = RECEIPTS_A_MESSAGE + 2
    rows = [talk.said(first, first.text(f"Text {number}")) for number in range(count)]
    told = acknowledge(received(talk, second, rows), second.context)
    kept = [effect.evidence for effect in told.effects if isinstance(effect, SaveEvidence)]
    sent = [[part.content for part in parts if isinstance(part, SinglePart)] for parts in parts_sent(told)]
    assert [len(each) for each in sent] == [RECEIPTS_A_MESSAGE, 2]
    assert [each.signed for each in kept] == [signed for each in sent for signed in each]
    records = [effect.message for effect in told.effects if isinstance(effect, SaveMessage)]
    for record, each in zip(records, kept, strict=True):
        assert each.signed is not None
        proven = read_receipt(each.signed, first.context.registry, record.content)
        assert (proven.message_id, proven.device_id) == (record.message_id, second.id)


def test_the_sender_takes_all_receipts_of_one_message(first: Device, second: Device) -> None:
    talk = made_room(first, [second], CaseKind.REQUEST)
    rows = [talk.said(first, first.text(f"Text {number}")) for number in range(3)]
    merged = received(talk, second, rows)
    talk.rooms[second.id] = merged.rooms[0]
    (sent,) = (
        effect.parcel.content
        for effect in acknowledge(merged, second.context).effects
        if isinstance(effect, Enqueue)
    )
    assert {part.content_type for part in walk(decode(sent).nested_part) if isinstance(part, SinglePart)} == {
        receipts.MEDIA_TYPE
    }
    (outcome,) = talk.tell(second, sent, first)
    assert outcome.refused is None
    found = [effect.evidence.message_id for effect in outcome.effects if isinstance(effect, SaveEvidence)]
    assert found == came(merged)


def test_what_came_in_several_rooms_is_told_to_each(first: Device, second: Device, talk: Talk) -> None:
    formal = made_room(first, [second], CaseKind.REQUEST)
    one = received(talk, second, [talk.said(first, first.text("Informal."))])
    other = received(formal, second, [formal.said(first, first.text("Formal."))])
    told = acknowledge(merge_outcomes((one, other)), second.context)
    kinds = [
        {part.content_type for part in parts if isinstance(part, SinglePart)} for parts in parts_sent(told)
    ]
    assert kinds == [{status.MEDIA_TYPE}, {receipts.MEDIA_TYPE}]


def test_nothing_is_told_where_nothing_came(second: Device) -> None:
    assert acknowledge(Outcome(), second.context) == Outcome()
