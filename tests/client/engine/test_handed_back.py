"""What a partner hands back: whose it must be, in which room, and what of it counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from tests.client.engine.case_room import (
    GROUP,
    LATER,
    A,
    B,
    C,
    Device,
    Offices,
    Talk,
    archived,
    kinds,
    made_room,
    notes,
)
from tests.client.engine.test_partner_watch import enrol_anew

from rogatory_client.engine.delivery import receive
from rogatory_client.engine.effect import (
    FROM_PARTNER,
    ArchivedMessage,
    Effect,
    Outcome,
    SaveEvidence,
    SaveMessage,
    SaveReference,
    SaveRoom,
)
from rogatory_client.engine.handed_back import HELD_S, MAX_HELD_BYTES, take_back, waits
from rogatory_client.engine.partner_effect import (
    AcceptPartner,
    DropHistory,
    HeldHistory,
    HoldHistory,
    SaveVoucher,
    WaitingHistory,
)
from rogatory_client.engine.room import Room, Seat
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseEvent, CaseOpened, RequestSubmitted, Urgency
from rogatory_crypto.content.history import (
    ArchivedRow,
    HistoryReturned,
    KeysAccepted,
    OfficeReference,
    OfficeReturned,
)
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

OF_TWO = GroupId(b"t" * 32)
BEFORE, JOINED = LATER * 1000 - 50, LATER * 1000
REQUEST = RequestSubmitted("banking_records", "UNTOC 18", Urgency.ROUTINE, "en", "SN/2", (), ())


@dataclass
class Record:
    """What the vault would have of the case."""

    messages: dict[MessageId, ArchivedMessage] = field(default_factory=dict)
    begun: CaseKind | None = None

    def message(self, message_id: MessageId) -> ArchivedMessage | None:
        return self.messages.get(message_id)

    def begun_as(self, at_ms: int) -> CaseKind | None:
        return self.begun if at_ms <= JOINED else None


@dataclass
class Case:
    """The second office has enrolled anew and is back in a case with the first."""

    world: Offices
    partner: Device
    former: Device
    anew: Device
    third: Device
    talk: Talk
    record: Record = field(default_factory=Record)

    @property
    def room(self) -> Room:
        return replace(self.talk.of(self.anew), kind=None, subject="", seats=(Seat(EntryId(B), JOINED),))

    def row(self, device: Device, event: CaseEvent | str, at_ms: int = BEFORE) -> ArchivedRow:
        said = device.text(event) if isinstance(event, str) else device.event(event)
        return ArchivedRow(device.oneself.credential.encode(), at_ms, said.encoded)

    def held(self, *rows: ArchivedRow, subject: str = "Records", partner: str = A) -> HeldHistory:
        named = (OfficeReference(EntryId(B), "GH/9"),)
        event = HistoryReturned(CaseKind.CONSULTATION, subject, named, rows).encode()
        return HeldHistory(7, GROUP, OF_TWO, EntryId(partner), LATER, passes_on=False, event=event)

    def take(self, held: HeldHistory, room: Room | None = None) -> Outcome:
        return take_back(held, room or self.room, self.record, self.anew.context)


def enrolled_anew(world: Offices, partner: Device, second: Device) -> Case:
    third = world.device(C)
    enrol_anew(world, B)
    anew = Device(world, second.office, "anew")
    return Case(world, partner, second, anew, third, made_room(partner, [anew]))


@pytest.fixture
def case(world: Offices, first: Device, second: Device) -> Case:
    return enrolled_anew(world, first, second)


def saved(outcome: Outcome) -> list[ArchivedMessage]:
    return [effect.message for effect in outcome.effects if isinstance(effect, SaveMessage)]


def of(kind: type[Effect], outcome: Outcome) -> Iterator[Effect]:
    return (effect for effect in outcome.effects if isinstance(effect, kind))


def test_what_was_said_before_is_kept_with_the_name_of_who_vouches(case: Case) -> None:
    opened = case.row(case.partner, CaseOpened(CaseKind.CONSULTATION, "Records", "SN/1", None))
    said = case.row(case.former, "You may.")
    outcome = case.take(case.held(opened, said))
    (room,) = outcome.rooms
    assert (room.kind, room.subject) == (CaseKind.CONSULTATION, "Records")
    assert [(each.kind, each.own, each.sequence) for each in saved(outcome)] == [
        ("opening", False, FROM_PARTNER),
        ("text", True, FROM_PARTNER),
    ]
    vouchers = [effect.voucher for effect in outcome.effects if isinstance(effect, SaveVoucher)]
    assert {each.entry_id for each in vouchers} == {A}
    assert next(of(DropHistory, outcome)) == DropHistory(7)


def test_its_references_yield_and_its_messages_set_none(case: Case) -> None:
    outcome = case.take(case.held(case.row(case.partner, REQUEST)))
    assert list(of(SaveReference, outcome)) == [SaveReference(GROUP, EntryId(B), "GH/9", yields=True)]


def test_a_consultation_before_a_request_stays_informal_and_what_follows_is_formal(case: Case) -> None:
    opened = case.row(case.partner, CaseOpened(CaseKind.CONSULTATION, "Records", None, None))
    rows = (opened, case.row(case.partner, "First?"), case.row(case.partner, REQUEST))
    later = case.row(case.former, "You may.")
    assert [each.formal for each in saved(case.take(case.held(*rows, later)))] == [False, False, True, True]
    case.record.begun = CaseKind.REQUEST
    assert [each.formal for each in saved(case.take(case.held(later)))] == [True]


def test_nothing_but_what_is_signed_is_acted_on(case: Case) -> None:
    """A partner who writes in this office's name could else accept keys or report for it."""
    registry = case.world.registry
    keys = registry.offices[EntryId(A)].keys.encode()
    accepted = case.row(case.former, KeysAccepted(EntryId(A), bytes(32) if not keys else keys[:32]))
    opened = case.row(case.former, CaseOpened(CaseKind.OFFICE, "office", None, None))
    history = case.row(case.partner, HistoryReturned(CaseKind.REQUEST, "", (), ()))
    outcome = case.take(case.held(accepted, opened, history))
    assert saved(outcome) == []
    assert not list(of(AcceptPartner, outcome))
    assert not list(of(HoldHistory, outcome))
    assert not list(of(SaveEvidence, outcome))
    assert len(notes(outcome)) == 1, "one note for all that was refused"
    assert any("3 messages" in told.text for told in outcome.happenings)


def test_one_bad_message_does_not_cost_the_others(case: Case) -> None:
    stolen = replace(case.row(case.third, "We confess."), sender=case.former.oneself.credential.encode())
    outcome = case.take(case.held(stolen, case.row(case.former, "You may.")))
    assert [each.text for each in saved(outcome)] == ["You may."]
    assert notes(outcome) == [Code.FORBIDDEN]


def test_the_same_message_twice_is_counted_once(case: Case) -> None:
    row = case.row(case.partner, "May we?")
    outcome = case.take(case.held(row, row))
    assert len(saved(outcome)) == 1
    assert "with 1 messages" in outcome.happenings[0].text


def test_what_this_device_could_read_itself_is_no_history(case: Case) -> None:
    outcome = case.take(case.held(case.row(case.partner, "Today.", at_ms=JOINED + 1)))
    assert saved(outcome) == []
    assert notes(outcome) == []


def test_what_was_received_stays_and_nobody_vouches_for_it(case: Case) -> None:
    row = case.row(case.partner, "May we?")
    (message,) = saved(case.take(case.held(row)))
    case.record.messages[message.message_id] = replace(message, sequence=4)
    outcome = case.take(case.held(row))
    assert kinds(outcome) == ["DropHistory", "SaveRoom", "SaveReference"]
    assert not [told for told in outcome.happenings if told.kind == "alarm"]


@pytest.mark.parametrize("sequence", [4, FROM_PARTNER])
def test_who_contradicts_what_is_known_is_named_once_however_often(case: Case, sequence: int) -> None:
    rows = [case.row(case.partner, text) for text in ("May we?", "Please?")]
    for message in saved(case.take(case.held(*rows))):
        case.record.messages[message.message_id] = replace(message, sequence=sequence)
    outcome = case.take(case.held(*(replace(row, accepted_at_ms=row.accepted_at_ms - 9) for row in rows)))
    assert saved(outcome) == []
    (alarm,) = [told.text for told in outcome.happenings if told.kind == "alarm"]
    assert alarm.startswith(f"{A} hands back messages of the case")
    assert len(list(of(SaveVoucher, outcome))) == (2 if sequence == FROM_PARTNER else 0)


def test_who_calls_the_case_by_another_name_changes_nothing_and_is_named(case: Case) -> None:
    known = replace(case.room, kind=CaseKind.CONSULTATION, subject="Company records")
    outcome = case.take(case.held(subject="A witness"), known)
    assert outcome.rooms == (known,)
    assert [told.kind for told in outcome.happenings] == ["room", "warning", "alarm"]
    assert "A witness" not in outcome.happenings[-1].text, "its words must not multiply alarms"


@pytest.mark.parametrize(
    ("known", "handed"),
    [(CaseKind.CONSULTATION, CaseKind.REQUEST), (CaseKind.REQUEST, CaseKind.CONSULTATION)],
)
def test_a_request_that_was_submitted_meanwhile_is_no_contradiction(
    case: Case, known: CaseKind, handed: CaseKind
) -> None:
    """The relay decides which of the two arrives first."""
    event = HistoryReturned(handed, "Records", (), ())
    room = replace(case.room, kind=known, subject="Records")
    outcome = case.take(replace(case.held(), event=event.encode()), room)
    assert [each.kind for each in outcome.rooms] == [CaseKind.REQUEST]
    assert [told.kind for told in outcome.happenings] == ["room"]


def test_references_are_those_of_offices_in_the_case(case: Case) -> None:
    """Else a partner could fill the record until no history of the case can be handed on."""
    invented = tuple(OfficeReference(EntryId(f"CNA-X{n:03}-01"), "X") for n in range(200))
    named = (OfficeReference(EntryId(A), "SN/1"), *invented)
    event = HistoryReturned(CaseKind.CONSULTATION, "Records", named, ())
    outcome = case.take(replace(case.held(), event=event.encode()))
    assert list(of(SaveReference, outcome)) == [SaveReference(GROUP, EntryId(A), "SN/1", yields=True)]


def test_only_who_is_in_the_case_hands_it_back(case: Case) -> None:
    left = replace(case.room, kind=CaseKind.NETWORK)
    for held, room in ((case.held(partner=C), None), (case.held(), left), (case.held(), Room(GROUP))):
        outcome = case.take(held, room)
        assert outcome.rooms == ()
        assert notes(outcome) == [Code.FORBIDDEN]
        assert held.partner in outcome.happenings[0].text


def test_it_waits_for_its_room_but_not_for_ever(case: Case) -> None:
    context = case.anew.context
    assert waits(LATER, None, context)
    assert waits(LATER, Room(GROUP), context)
    assert not waits(LATER, case.room, context)
    assert not waits(LATER - HELD_S - 1, None, context)


# ---- what comes in, before it is taken


def returned(case: Case, *members: Device, maker: Device | None = None) -> Talk:
    return made_room(maker or case.partner, members or [case.anew], CaseKind.RETURN, OF_TWO)


def said(case: Case, talk: Talk, *rows: ArchivedRow) -> Outcome:
    event = HistoryReturned(CaseKind.CONSULTATION, "Records", (), rows)
    row = talk.said(case.partner, case.partner.event(event, OF_TWO, topic=GROUP))
    return talk.take(case.anew, row, OF_TWO)


def test_a_history_in_a_room_of_the_two_is_held(case: Case) -> None:
    outcome = said(case, returned(case), case.row(case.partner, "May we?"))
    assert kinds(outcome) == ["SaveRoom", "HoldHistory"]
    (hold,) = (effect for effect in outcome.effects if isinstance(effect, HoldHistory))
    assert (hold.held.group_id, hold.held.came_in, hold.held.partner) == (GROUP, OF_TWO, A)
    assert not hold.held.passes_on


def test_one_device_passes_it_on_to_those_that_were_not_there(case: Case) -> None:
    case.world.enter(case.former.office.device("more"), case.world.now)
    outcome = said(case, returned(case))
    (hold,) = (effect for effect in outcome.effects if isinstance(effect, HoldHistory))
    assert hold.held.passes_on


def test_a_history_in_a_case_or_with_a_third_office_there_is_refused_by_name(case: Case) -> None:
    both = [case.anew, case.third]
    for kind, members in ((CaseKind.CONSULTATION, [case.anew]), (CaseKind.RETURN, both)):
        talk = made_room(case.partner, members, kind, OF_TWO)
        outcome = said(case, talk)
        assert notes(outcome) == [Code.FORBIDDEN]
        assert f"{A} hands a history back in a room that is not of the two" in outcome.happenings[0].text


def test_who_has_lost_nothing_is_handed_nothing(first: Device, second: Device) -> None:
    talk = made_room(first, [second], CaseKind.RETURN, OF_TWO)
    event = first.event(HistoryReturned(CaseKind.CONSULTATION, "Records", (), ()), OF_TWO, topic=GROUP)
    case = made_room(first, [second]).of(second)
    knowing = replace(second.context, rooms={GROUP: case})
    outcome = receive({OF_TWO: talk.of(second)}, OF_TWO, talk.said(first, event), knowing)
    assert notes(outcome) == [Code.FORBIDDEN]
    assert f"{A} hands a history back unasked" in outcome.happenings[0].text


def test_hearsay_and_more_than_can_wait_are_refused(case: Case) -> None:
    talk = returned(case)
    hearsay = replace(case.row(case.partner, "May we?"), vouched_by=(EntryId(C),))
    assert notes(said(case, talk, hearsay)) == [Code.FORBIDDEN]
    waiting = WaitingHistory(GROUP, EntryId(A), LATER, MAX_HELD_BYTES)
    full = replace(case.anew.context, held_histories=(waiting,))
    event = HistoryReturned(CaseKind.CONSULTATION, "Records", (), ())
    row = talk.said(case.partner, case.partner.event(event, OF_TWO, topic=GROUP))
    assert notes(receive({OF_TWO: talk.of(case.anew)}, OF_TWO, row, full)) == [Code.QUOTA_EXCEEDED]
    others = replace(full, held_histories=(replace(waiting, partner=EntryId(C)),))
    outcome = receive({OF_TWO: talk.of(case.anew)}, OF_TWO, row, others)
    assert kinds(outcome) == ["SaveRoom", "HoldHistory"], "nobody takes the place of another's histories"


@pytest.mark.parametrize("role", [Role.CLERK, Role.LIAISON, Role.ADMINISTRATOR, Role.OBSERVER])
def test_who_does_not_answer_for_cases_hands_none_back(
    world: Offices, first: Device, second: Device, role: Role
) -> None:
    other = world.device(A, "other", role=role)
    case = enrolled_anew(world, first, second)
    talk = made_room(case.third, [other, case.anew], group_id=OF_TWO)
    word = OfficeReturned(EntryId(B), CaseKind.CONSULTATION, with_history=True)
    for event in (word, HistoryReturned(CaseKind.CONSULTATION, "Records", (), ())):
        row = talk.said(other, other.event(event, OF_TWO, topic=GROUP))
        outcome = talk.take(case.anew, row, OF_TWO)
        assert notes(outcome) == [Code.FORBIDDEN]


# ---- the word in the case


def test_who_comes_back_learns_from_the_first_word_what_it_is_in(case: Case) -> None:
    unopened = Room(GROUP, position=case.room.position, group=case.room.group)
    case.talk.rooms[case.anew.id] = unopened
    word = case.partner.event(OfficeReturned(EntryId(B), CaseKind.REQUEST, with_history=False))
    (outcome,) = case.talk.tell(case.partner, word, case.anew)
    assert case.talk.of(case.anew).kind is CaseKind.REQUEST
    record = archived(outcome)
    assert (record.kind, record.formal) == ("return", False)
    assert record.subject == f"{B} is let back into this case, without what was said before"


def test_others_learn_nothing_from_it_but_that(case: Case) -> None:
    case.talk.rooms[case.anew.id] = Room(GROUP, position=case.room.position, group=case.room.group)
    word = case.partner.event(OfficeReturned(EntryId(C), CaseKind.REQUEST, with_history=True))
    case.talk.tell(case.partner, word, case.anew)
    assert case.talk.of(case.anew).kind is None


def test_who_has_lost_nothing_is_told_nothing_of_its_case(talk: Talk, first: Device, second: Device) -> None:
    """A new device of any office waits for its history, and a partner must not name the case before that."""
    room = talk.of(second)
    talk.rooms[second.id] = Room(GROUP, position=room.position, group=room.group)
    talk.tell(first, first.event(OfficeReturned(EntryId(B), CaseKind.REQUEST, with_history=True)), second)
    assert talk.of(second).kind is None


def test_nobody_comes_back_into_what_is_no_case(case: Case) -> None:
    talk = returned(case)
    word = case.partner.event(OfficeReturned(EntryId(B), CaseKind.REQUEST, with_history=True), OF_TWO)
    outcome = talk.take(case.anew, talk.said(case.partner, word), OF_TWO)
    assert notes(outcome) == [Code.FORBIDDEN]


def test_seats_are_kept_when_who_sat_there_is_gone(case: Case) -> None:
    room = case.talk.of(case.anew)
    assert {seat.entry_id for seat in room.seats} == {A, B}
    assert room.seating([EntryId(B), EntryId(C)], 5).seats == (*room.seats, Seat(EntryId(C), 5))
    assert SaveRoom(room).room.seat_of(EntryId(C)) is None
    assert DeviceId(case.anew.id) in case.talk.rooms
