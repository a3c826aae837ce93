"""What a message may say about its room, and who may say it."""

import pytest
from tests.client.engine.case_room import (
    GROUP,
    NET,
    A,
    B,
    Device,
    Offices,
    Talk,
    archived,
    kinds,
    made_room,
    notes,
)

from rogatory_client.engine.delivery import receive
from rogatory_client.engine.effect import SaveReference
from rogatory_client.engine.evidence import receipt_part
from rogatory_client.engine.outgoing_effect import Enqueue
from rogatory_client.engine.room import Room
from rogatory_client.engine.writing import text_part
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import (
    Acknowledged,
    CaseEvent,
    CaseOpened,
    Notice,
    ReferenceSet,
    RequestSubmitted,
    StatusChanged,
    Urgency,
    event_part,
)
from rogatory_crypto.content.history import ArchivedRow, HistoryResealed
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.errors import Code
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import GroupId

REQUEST = RequestSubmitted("banking_records", "UNTOC 18", Urgency.ROUTINE, "en", "SN/2", (), ())
OTHER = GroupId(b"o" * 32)
ACKNOWLEDGED = Acknowledged(MessageId(bytes([1]) * 32), "GH/9")


def test_a_request_turns_a_consultation_into_a_case_with_its_reference(first: Device, second: Device) -> None:
    talk = made_room(first, [second])
    (outcome,) = talk.tell(first, first.event(REQUEST), second)
    record = archived(outcome)
    assert (record.kind, record.formal, record.reference) == ("request", True, "SN/2")
    assert talk.of(second).kind is CaseKind.REQUEST
    assert SaveReference(GROUP, first.office.entry_id, "SN/2") in outcome.effects


def test_a_case_does_not_become_a_consultation_again(first: Device, second: Device) -> None:
    talk = made_room(first, [second], CaseKind.REQUEST)
    opening = CaseOpened(CaseKind.CONSULTATION, "Never mind", None, None)
    (outcome,) = talk.tell(first, first.event(opening), second)
    assert notes(outcome) == [Code.FORBIDDEN]
    assert (talk.of(second).kind, talk.of(second).subject) == (CaseKind.REQUEST, "Company records")


@pytest.mark.parametrize("kind", [CaseKind.NETWORK, CaseKind.OFFICE])
def test_a_request_belongs_into_a_case(world: Offices, first: Device, kind: CaseKind) -> None:
    other = world.device(A, "second") if kind is CaseKind.OFFICE else world.device(NET)
    talk = made_room(other, [first], kind)
    (outcome,) = talk.tell(other, other.event(REQUEST), first)
    assert notes(outcome) == [Code.FORBIDDEN]
    assert talk.of(first).kind is kind


@pytest.mark.parametrize("event", [ACKNOWLEDGED, ReferenceSet("GH/9")])
def test_an_office_files_the_room_under_its_own_reference(
    first: Device, second: Device, event: CaseEvent
) -> None:
    """Also of a message that is not formal: a reference is no proof, the receipt beside it is."""
    talk = made_room(first, [second])
    (outcome,) = talk.tell(second, second.event(event), first)
    assert SaveReference(GROUP, second.office.entry_id, "GH/9") in outcome.effects
    assert not archived(outcome).formal


def test_a_status_is_recorded_and_changes_no_room(first: Device, second: Device) -> None:
    talk = made_room(first, [second], CaseKind.REQUEST)
    (outcome,) = talk.tell(first, first.event(StatusChanged("under_review")), second)
    assert archived(outcome).kind == "event"
    assert talk.of(second).kind is CaseKind.REQUEST


def test_a_notice_is_the_secretariats_alone(world: Offices, first: Device, second: Device) -> None:
    secretariat = world.device(NET)
    talk = made_room(secretariat, [first, second], CaseKind.NETWORK)
    notice = Notice("WACAP", "Annual meeting", 1, None)
    (true,) = talk.tell(secretariat, secretariat.event(notice), first)
    assert (archived(true).kind, archived(true).subject) == ("notice", "Annual meeting")
    (forged,) = talk.tell(second, second.event(notice), first)
    assert notes(forged) == [Code.FORBIDDEN]


def test_a_notice_stays_in_its_networks_room(world: Offices, first: Device) -> None:
    secretariat = world.device(NET)
    talk = made_room(secretariat, [first])
    (outcome,) = talk.tell(secretariat, secretariat.event(Notice("WACAP", "Here?", 1, None)), first)
    assert notes(outcome) == [Code.FORBIDDEN]


def joined_unopened(maker: Device, guest: Device) -> Talk:
    """The guest is in the room and has not seen it opened."""
    talk = made_room(maker, [guest])
    unopened = talk.of(guest)
    talk.rooms[guest.id] = type(unopened)(GROUP, position=unopened.position, group=unopened.group)
    return talk


def test_a_member_that_came_later_learns_the_room_from_the_first_notice(
    world: Offices, first: Device
) -> None:
    secretariat = world.device(NET)
    talk = joined_unopened(secretariat, first)
    talk.tell(secretariat, secretariat.event(Notice("WACAP", "Annual meeting", 1, None)), first)
    assert (talk.of(first).kind, talk.of(first).network) == (CaseKind.NETWORK, "WACAP")


def test_a_request_that_comes_before_the_opening_is_kept(first: Device, second: Device) -> None:
    """A new device reads it before the history that will tell it of the opening."""
    talk = joined_unopened(first, second)
    (outcome,) = talk.tell(first, first.event(REQUEST), second)
    assert archived(outcome).formal
    assert talk.of(second).kind is CaseKind.REQUEST


def test_only_the_secretariat_opens_its_networks_room(first: Device, second: Device) -> None:
    talk = joined_unopened(first, second)
    opening = CaseOpened(CaseKind.NETWORK, "WACAP", None, "WACAP")
    (outcome,) = talk.tell(first, first.event(opening), second)
    assert notes(outcome) == [Code.FORBIDDEN]
    assert talk.of(second).kind is None


def test_nobody_opens_the_office_room_of_another_office(first: Device, second: Device) -> None:
    talk = joined_unopened(first, second)
    (outcome,) = talk.tell(first, first.event(CaseOpened(CaseKind.OFFICE, "office", None, None)), second)
    assert notes(outcome) == [Code.FORBIDDEN]


def test_a_history_from_another_office_is_refused(first: Device, second: Device) -> None:
    for talk in (made_room(first, [second]), joined_unopened(first, second)):
        (outcome,) = talk.tell(first, first.event(HistoryResealed(()), topic=b"h" * 32), second)
        assert notes(outcome) == [Code.FORBIDDEN]


def test_the_first_history_tells_a_later_device_which_room_this_is(world: Offices, first: Device) -> None:
    talk = joined_unopened(first, world.device(A, "second"))
    more = next(device for device in talk.rooms if device != first.id)
    later = Device(world, first.office, "second", holds_office_key=False)
    assert later.id == more
    (outcome,) = talk.tell(first, first.event(HistoryResealed(()), topic=b"h" * 32), later)
    assert outcome.refused is None
    assert talk.of(later).kind is CaseKind.OFFICE


def test_an_own_history_in_a_room_with_strangers_makes_it_no_office_room(
    world: Offices, first: Device, second: Device
) -> None:
    later = world.device(A, "second")
    talk = made_room(first, [second, later])
    unopened = talk.of(later)
    talk.rooms[later.id] = type(unopened)(GROUP, position=unopened.position, group=unopened.group)
    (outcome,) = talk.tell(first, first.event(HistoryResealed(()), topic=b"h" * 32), later)
    assert notes(outcome) == [Code.FORBIDDEN]
    assert talk.of(later).kind is None


def test_one_bad_part_and_nothing_of_the_message_counts(first: Device, second: Device) -> None:
    talk = made_room(first, [second])
    opening = event_part(CaseOpened(CaseKind.CONSULTATION, "Again", None, None))
    (outcome,) = talk.tell(first, first.parts(event_part(REQUEST), text_part("and"), opening), second)
    assert notes(outcome) == [Code.FORBIDDEN]
    assert talk.of(second).kind is CaseKind.CONSULTATION
    assert not [effect for effect in outcome.effects if isinstance(effect, SaveReference)]


def test_an_opening_with_a_text_is_that_text(first: Device, second: Device) -> None:
    talk = joined_unopened(first, second)
    opening = event_part(CaseOpened(CaseKind.CONSULTATION, "Records", "SN/1", None))
    (outcome,) = talk.tell(first, first.parts(opening, text_part("May we?"), text_part("")), second)
    record = archived(outcome)
    assert (record.kind, record.subject, record.text, record.reference) == (
        "text",
        "Records",
        "May we?",
        "SN/1",
    )


@pytest.mark.parametrize(
    ("role", "event", "kind"),
    [
        (Role.OBSERVER, ReferenceSet("GH/9"), CaseKind.CONSULTATION),
        (Role.CLERK, REQUEST, CaseKind.CONSULTATION),
        (Role.LIAISON, REQUEST, CaseKind.CONSULTATION),
        (Role.PROSECUTOR, ACKNOWLEDGED, CaseKind.REQUEST),
        (Role.ADMINISTRATOR, StatusChanged("executed"), CaseKind.REQUEST),
    ],
)
def test_what_a_role_may_not_say_is_shown_as_refused_and_not_acted_on(
    world: Offices, first: Device, role: Role, event: CaseEvent, kind: CaseKind
) -> None:
    other = world.device(B, role=role)
    talk = made_room(first, [other], kind)
    (outcome,) = talk.tell(other, other.event(event), first)
    assert notes(outcome) == [Code.FORBIDDEN]
    assert kinds(outcome) == ["SaveRoom", "Note"], "neither archived nor acted on; only the ratchet goes on"
    assert talk.of(first).kind is kind
    (told,) = outcome.happenings
    assert f"{B} (case officer): a device of the role {role} may not" in told.text


def test_an_observer_reads_and_its_device_says_so(world: Offices, first: Device) -> None:
    observer = world.device(B, role=Role.OBSERVER)
    talk = made_room(first, [observer], CaseKind.REQUEST)
    (read,) = talk.tell(first, first.text("The records are enclosed."), observer)
    assert archived(read).text == "The records are enclosed."
    (receipt,) = (effect.parcel for effect in read.effects if isinstance(effect, Enqueue))
    assert talk.take(first, talk.said(observer, receipt.content)).refused is None
    (outcome,) = talk.tell(observer, observer.text("May I ask?"), first)
    assert notes(outcome) == [Code.FORBIDDEN]


@pytest.mark.parametrize(("role", "refused"), [(Role.CASE_OFFICER, None), (Role.CLERK, "forbidden")])
def test_a_signed_acknowledgement_is_an_officers(
    world: Offices, first: Device, role: Role, refused: str | None
) -> None:
    other = world.device(B, role=role)
    talk = made_room(first, [other], CaseKind.REQUEST)
    (read,) = talk.tell(first, first.event(REQUEST), other)
    signed = receipt_part(EvidenceEvent.CONTENT_ACKNOWLEDGEMENT, archived(read), other.context, "GH/9")
    (outcome,) = talk.tell(other, other.parts(signed), first)
    assert outcome.refused == refused


def test_what_the_own_office_has_judged_is_not_judged_again(world: Offices, first: Device) -> None:
    """A clerk wrote before the opening was read; the history is not lost for it."""
    clerk, more = world.device(B, role=Role.CLERK), world.device(A, "second")
    talk = made_room(first, [more], CaseKind.OFFICE)
    row = ArchivedRow(clerk.oneself.credential.encode(), world.now * 1000, clerk.text("x", OTHER).encoded)
    said = first.event(HistoryResealed((row,)), topic=OTHER)
    rooms = {GROUP: talk.of(more), OTHER: Room(OTHER, CaseKind.REQUEST, "Records")}
    outcome = receive(rooms, GROUP, talk.said(first, said), more.context)
    assert outcome.refused is None
    assert archived(outcome).text == "x"
