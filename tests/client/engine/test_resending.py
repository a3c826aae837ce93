"""Who gets a message again: who was meant to have it when it was sealed, and nobody by claiming so."""

from dataclasses import replace

import pytest
from tests.client.engine.case_room import GROUP, A, B, C, Device, Offices, Talk, made_room

from rogatory_client.engine import resending, unreadable
from rogatory_client.engine.delivery import receive
from rogatory_client.engine.delivery_effect import (
    MarkReported,
    NoteUnreadable,
    ResendRequest,
    SaveResendRequest,
    Unreadable,
)
from rogatory_client.engine.effect import ArchivedMessage, Outcome, SaveMessage
from rogatory_client.engine.outgoing_effect import Enqueue
from rogatory_client.engine.room import Context, device_of
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.resent import MessageResent, resent_part
from rogatory_crypto.content.unreadable_report import UnreadableReport, UnreadableRow, unreadable_part
from rogatory_crypto.errors import Code
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import DeviceId, EntryId, Sequence


@pytest.fixture
def world() -> Offices:
    return Offices()


@pytest.fixture
def sender(world: Offices) -> Device:
    return world.device(A)


@pytest.fixture
def receiver(world: Offices) -> Device:
    return world.device(B)


@pytest.fixture
def talk(sender: Device, receiver: Device) -> Talk:
    return made_room(sender, [receiver], CaseKind.REQUEST)


def said(talk: Talk, sender: Device, text: str = "The facts.") -> tuple[ArchivedMessage, Row]:
    """A message as its sender has it, and the row it came in."""
    message = sender.text(text)
    row = talk.said(sender, message)
    oneself = sender.oneself
    record = ArchivedMessage(
        message.message_id, GROUP, oneself.credential.encode(), oneself.entry_id, oneself.officer,
        oneself.device_id, row.sequence, row.accepted_at_ms, message.encoded, "text", None, text, None, None,
        formal=True, own=True,
    )  # fmt: skip
    return record, row


def members(talk: Talk, device: Device) -> frozenset[DeviceId]:
    group = talk.of(device).group
    assert group is not None
    return frozenset(map(device_of, group.members))


def asked(record: ArchivedMessage, device: Device, *, again: bool = False) -> ResendRequest:
    return ResendRequest(GROUP, Sequence(record.sequence or 0), device.id, again, 0)


def spoilt(row: Row) -> Row:
    return replace(row, payload=row.payload[:-1] + bytes([row.payload[-1] ^ 1]))


def knowing(device: Device, outcome: Outcome) -> Context:
    """What the engine looks at once a step is on disk."""
    rows = {
        (each.row.group_id, each.row.sequence): each.row
        for each in outcome.effects
        if isinstance(each, NoteUnreadable)
    }
    return replace(device.context, unreadable=rows)


def test_who_was_meant_to_have_it_may_have_it_again(talk: Talk, sender: Device, receiver: Device) -> None:
    record, _ = said(talk, sender)
    request = asked(record, receiver)
    room, context = talk.of(sender), sender.context
    assert resending.objection(record, request, room, members(talk, sender), context) is None
    settled, enqueued = resending.say_again(record, request, context)
    assert isinstance(enqueued, Enqueue)
    assert record.content in enqueued.parcel.content
    del settled


def test_who_came_later_gets_nothing_by_claiming_that_it_could_not_open(
    talk: Talk, world: Offices, sender: Device, receiver: Device
) -> None:
    """The message was sealed before the third office came into the room; now all of it would read it."""
    record, _ = said(talk, sender)
    sealed_for = members(talk, sender)
    stranger = world.device(C)
    later = made_room(sender, [receiver, stranger], CaseKind.REQUEST)
    room, context = later.of(sender), sender.context
    for device in (stranger, receiver):
        objection = resending.objection(record, asked(record, device), room, sealed_for, context)
        assert objection is not None
        assert C in objection
    assert resending.objection(record, asked(record, receiver), talk.of(sender), sealed_for, context) is None


def test_new_keys_get_nothing_of_before(talk: Talk, sender: Device, receiver: Device) -> None:
    """An office that has enrolled anew is handed history by officers, not by a program."""
    record, _ = said(talk, sender)
    anew = replace(sender.context, changed=frozenset({EntryId(B)}))
    former = members(talk, sender) - {receiver.id}
    objection = resending.objection(record, asked(record, receiver), talk.of(sender), former, anew)
    assert objection == f"{B} was not in the room when it was sent"
    was_there = members(talk, sender)
    assert resending.objection(record, asked(record, receiver), talk.of(sender), was_there, anew) is None


def test_nothing_is_guessed(talk: Talk, world: Offices, sender: Device, receiver: Device) -> None:
    record, _ = said(talk, sender)
    room, context = talk.of(sender), sender.context
    outsider = world.device(C)
    sealed_for = members(talk, sender)
    assert "in the room no more" in str(
        resending.objection(record, asked(record, outsider), room, sealed_for, context)
    )
    assert "does not know for whom" in str(
        resending.objection(record, asked(record, receiver), room, None, context)
    )
    large = replace(record, content=bytes(901 << 10))
    assert "too large" in str(resending.objection(large, asked(record, receiver), room, sealed_for, context))


def test_one_device_answers_first(talk: Talk, world: Offices, sender: Device, receiver: Device) -> None:
    record, _ = said(talk, sender)
    second = world.device(A, "second")
    room = talk.of(sender)
    assert resending.is_ours_to_answer(record, asked(record, receiver), room, sender.context)
    assert not resending.is_ours_to_answer(record, asked(record, receiver), room, second.context)
    assert resending.is_ours_to_answer(record, asked(record, receiver, again=True), room, second.context)
    assert not resending.is_ours_to_answer(record, asked(record, receiver), room, receiver.context)


def test_it_is_taken_in_as_what_it_was_and_only_once(talk: Talk, sender: Device, receiver: Device) -> None:
    record, row = said(talk, sender)
    lost = talk.take(receiver, spoilt(row))
    assert lost.refused == Code.DECRYPTION_FAILED
    context = knowing(receiver, lost)
    resent = resent_part(MessageResent(row.sequence, record.sender, record.content))
    carrier = talk.said(sender, sender.parts(resent))
    outcome = receive({GROUP: talk.of(receiver)}, GROUP, carrier, context)
    saved = [each.message for each in outcome.effects if isinstance(each, SaveMessage)]
    assert [(each.message_id, each.content, each.sequence, each.at_ms) for each in saved[1:]] == [
        (record.message_id, record.content, row.sequence, row.accepted_at_ms)
    ]
    again = talk.said(sender, sender.parts(resent))
    outcome = receive({GROUP: outcome.rooms[0]}, GROUP, again, receiver.context)
    saved = [each.message for each in outcome.effects if isinstance(each, SaveMessage)]
    assert [each.kind for each in saved] == ["evidence"], "nothing is missing any more"


@pytest.mark.parametrize("content", [b"", b"\x00", b"not a message"])
def test_what_is_said_again_must_be_a_message_of_the_room(
    talk: Talk, sender: Device, receiver: Device, content: bytes
) -> None:
    record, row = said(talk, sender)
    context = knowing(receiver, talk.take(receiver, spoilt(row)))
    resent = resent_part(MessageResent(row.sequence, record.sender, content))
    outcome = receive({GROUP: talk.of(receiver)}, GROUP, talk.said(sender, sender.parts(resent)), context)
    assert outcome.refused is not None
    assert not [each for each in outcome.effects if isinstance(each, SaveMessage)]


def test_reports_are_few_whatever_comes_in(talk: Talk, receiver: Device) -> None:
    room, now = talk.of(receiver), receiver.context.now
    rows = [Unreadable(GROUP, Sequence(number), 0, "wrong-epoch", now) for number in range(200)]

    def reported(known: list[Unreadable], at: int) -> tuple[Sequence, ...]:
        found = {(each.group_id, each.sequence): each for each in known}
        outcome = unreadable.report(room, replace(receiver.context, unreadable=found, now=at))
        return next((each.sequences for each in outcome.effects if isinstance(each, MarkReported)), ())

    assert len(reported(rows, now)) == 50
    told = [replace(each, reported_at=now, reports=1) for each in rows[:50]]
    assert reported([*told, *rows[50:]], now + unreadable.REPORT_EVERY_S - 1) == ()
    assert reported([*told, *rows[50:]], now + unreadable.REPORT_EVERY_S)[0] == 50
    assert reported(told, now + unreadable.REPORT_AGAIN_S - 1) == ()
    assert len(reported(told, now + unreadable.REPORT_AGAIN_S)) == 50
    often = [replace(each, reports=unreadable.MAX_REPORTS) for each in told]
    assert reported(often, now + 10 * unreadable.REPORT_AGAIN_S) == ()


def test_only_rows_before_the_report_can_be_meant(talk: Talk, sender: Device, receiver: Device) -> None:
    rows = (UnreadableRow(Sequence(1), "replayed"), UnreadableRow(Sequence(10**6), "replayed"))
    (outcome,) = talk.tell(
        receiver, receiver.parts(unreadable_part(UnreadableReport(rows, again=False))), sender
    )
    asked_for = [each.request.sequence for each in outcome.effects if isinstance(each, SaveResendRequest)]
    assert asked_for == [1]


@pytest.mark.parametrize(("role", "is_taken"), [(Role.OBSERVER, False), (Role.HEAD, True)])
def test_nobody_says_as_a_colleagues_word_what_his_own_role_may_not_say(
    world: Offices, sender: Device, receiver: Device, role: Role, *, is_taken: bool
) -> None:
    """Only the device that says it again vouches for who has said it."""
    second = world.device(A, "second", officer="another officer", role=role)
    talk = made_room(sender, [receiver, second], CaseKind.REQUEST)
    record, row = said(talk, sender)
    context = knowing(receiver, talk.take(receiver, spoilt(row)))
    talk.take(second, row)
    resent = resent_part(MessageResent(row.sequence, record.sender, record.content))
    carrier = talk.said(second, second.parts(resent))
    outcome = receive({GROUP: talk.of(receiver)}, GROUP, carrier, context)
    saved = [each.message.text for each in outcome.effects if isinstance(each, SaveMessage)]
    assert ("The facts." in saved) is is_taken
    assert (outcome.refused is None) is is_taken
    request = asked(record, receiver, again=True)
    assert resending.is_ours_to_answer(record, request, talk.of(sender), second.context) is is_taken
