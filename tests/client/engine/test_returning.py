"""Who is let back into a case: when it is added, what it is handed, and when the room of two has served."""

from dataclasses import dataclass, replace

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
    followed,
    leaf_of,
    made_room,
)
from tests.client.engine.test_partner_watch import enrol_anew

from rogatory_client.engine.effect import FROM_ARCHIVE, FROM_PARTNER, ArchivedMessage, Outcome, SaveRoom
from rogatory_client.engine.history import MAX_BATCH_ROWS
from rogatory_client.engine.membership import Change, plan_change
from rogatory_client.engine.outbox import Commit, Rest, Send, next_step
from rogatory_client.engine.outgoing_effect import DropParcel, Enqueue, Parcel
from rogatory_client.engine.partner_effect import AwaitRow, Return, SaveReturn
from rogatory_client.engine.returning import (
    ReturnedCase,
    awaited,
    called_off,
    hand_back,
    is_open_for,
    is_ready,
    member_since,
)
from rogatory_client.engine.room import Context, Room, Seat
from rogatory_client.engine.staging import merge, stage_change
from rogatory_crypto.content import mimi
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseEvent, CaseOpened, read_event
from rogatory_crypto.content.history import ArchivedRow, HistoryReturned, OfficeReference
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId

OF_TWO = GroupId(b"t" * 32)
OFFICE = EntryId(B)
CONSENT = Return(GROUP, OFFICE, LATER, "case officer", with_history=True)


@dataclass
class Lost:
    """A case of two offices, one of which has lost its devices and enrolled anew."""

    maker: Device
    anew: Device
    talk: Talk
    record: ArchivedMessage

    @property
    def room(self) -> Room:
        return self.talk.of(self.maker)

    @property
    def consented(self) -> Context:
        return replace(self.maker.context, returning=awaited([CONSENT]))

    def back(self) -> Room:
        """Let its new device in, as planned."""
        change = plan_change(self.room, self.consented, in_office_room=False)
        assert change.add == (self.anew.id,)
        package = {self.anew.id: self.anew.key_package()}
        (staged,) = stage_change(self.room, change, package, self.consented).rooms
        (self.talk.rooms[self.maker.id],) = merge(staged, 9, self.consented).rooms
        return self.room


@pytest.fixture
def lost(world: Offices, talk: Talk, first: Device, second: Device) -> Lost:
    (said,) = talk.tell(second, second.text("You may."), first)
    enrol_anew(world, B)
    followed(talk, first, Change(remove=((leaf_of(talk.of(first), second), second.id),)), {})
    return Lost(first, Device(world, second.office, "anew"), talk, archived(said))


def test_it_is_added_where_an_officer_consented_and_only_there(lost: Lost) -> None:
    assert not plan_change(lost.room, lost.maker.context, in_office_room=False).is_needed
    elsewhere = replace(lost.consented, returning={OF_TWO: frozenset({OFFICE})})
    assert not plan_change(lost.room, elsewhere, in_office_room=False).is_needed
    unknown = replace(lost.consented, unaccepted=frozenset({OFFICE}))
    assert not plan_change(lost.room, unknown, in_office_room=False).is_needed
    assert plan_change(lost.room, lost.consented, in_office_room=False).add == (lost.anew.id,)


def test_once_a_device_is_back_the_office_adds_its_others(world: Offices, lost: Lost) -> None:
    room = lost.back()
    world.enter(lost.anew.office.device("more"), world.now)
    assert not plan_change(room, lost.consented, in_office_room=False).is_needed


def test_the_row_that_adds_it_ends_its_history(lost: Lost) -> None:
    package = {lost.anew.id: lost.anew.key_package()}
    (staged,) = stage_change(lost.room, Change((lost.anew.id,)), package, lost.consented).rooms
    assert AwaitRow(GROUP, OFFICE, 9) in merge(staged, 9, lost.consented).effects
    assert not is_ready(CONSENT, staged, lost.consented)
    room, awaiting = lost.back(), replace(CONSENT, after_sequence=9)
    assert not is_ready(awaiting, replace(room, position=8), lost.consented)
    assert is_ready(awaiting, replace(room, position=9), lost.consented)
    assert is_ready(CONSENT, room, lost.consented), "somebody else has added it, and that was read"
    assert not is_ready(CONSENT, replace(room, needs_epoch=99), lost.consented)
    assert not is_ready(CONSENT, room.losing(lost.maker.id), lost.consented)
    assert not is_ready(CONSENT, None, lost.consented)


def test_its_former_devices_do_not_stand_for_it(
    world: Offices, talk: Talk, first: Device, second: Device
) -> None:
    """The relay may hold back the change that takes them out, until after the officer has consented."""
    enrol_anew(world, B)
    anew = Device(world, second.office, "anew")
    room, context = talk.of(first), replace(first.context, returning=awaited([CONSENT]))
    assert not is_ready(CONSENT, room, context)
    change = plan_change(room, context, in_office_room=False)
    assert [device for _, device in change.remove] == [second.id]
    assert change.add == (anew.id,)


def test_a_room_of_two_with_its_former_devices_does_not_serve(
    world: Offices, first: Device, second: Device
) -> None:
    room = made_room(first, [second], CaseKind.RETURN, OF_TWO).of(first)
    room = replace(room, offices=(OFFICE,))
    assert is_open_for(room, OFFICE, first.context)
    enrol_anew(world, B)
    assert not is_open_for(room, OFFICE, first.context)


def test_what_was_called_off_leaves_no_room_behind_that_nobody_opens(lost: Lost) -> None:
    """Its opening was taken out of the outbox: whoever used the room would speak in one without a name."""
    room = Room(OF_TWO, CaseKind.RETURN, "return", offices=(OFFICE,))
    outcome = called_off(
        [OFFICE], {OF_TWO: room, GROUP: lost.room}, [Parcel(3, OF_TWO, MessageId(bytes(32)), b"")]
    )
    assert DropParcel(3) in outcome.effects
    (ended,) = outcome.rooms
    assert SaveRoom(ended) in outcome.effects
    assert not is_open_for(ended, OFFICE, lost.maker.context)
    step = next_step(ended, (), frozenset(), lost.maker.context, in_office_room=False, caught_up=True)
    assert step == Rest(), "nobody is added to it any more"


def test_nobody_is_awaited_who_has_been_handed_all() -> None:
    other = replace(CONSENT, group_id=OF_TWO, handed=True)
    assert awaited([CONSENT, other]) == {GROUP: frozenset({OFFICE})}


def test_since_when_an_office_was_in_a_room(lost: Lost) -> None:
    room, record = replace(lost.room, offices=(), seats=()), lost.record
    assert member_since(room, OFFICE, None) is None
    assert member_since(room, OFFICE, record.at_ms) == record.at_ms, "who spoke was there"
    assert member_since(replace(room, offices=(OFFICE,)), OFFICE, record.at_ms) == 0
    seated = replace(room, seats=(Seat(OFFICE, record.at_ms + 5),))
    assert member_since(seated, OFFICE, None) == record.at_ms + 5
    assert member_since(seated, OFFICE, record.at_ms) == record.at_ms


def handed(outcome: Outcome) -> list[CaseEvent]:
    found = []
    for effect in outcome.effects:
        if isinstance(effect, Enqueue):
            content = mimi.decode(effect.parcel.content)
            event = read_event(content.nested_part)
            assert event is not None
            assert content.topic_id == (b"" if isinstance(event, CaseOpened) else GROUP)
            assert effect.parcel.group_id == outcome.rooms[0].group_id
            found.append(event)
    return found


def the_case(lost: Lost, *archive: ArchivedMessage, consent: Return = CONSENT) -> ReturnedCase:
    return ReturnedCase(consent, lost.room, archive, {EntryId(A): "SN/1"})


def test_it_is_handed_the_case_in_a_room_of_the_two_alone(lost: Lost) -> None:
    outcome = hand_back([the_case(lost, lost.record)], None, lost.maker.context)
    (room,) = outcome.rooms
    assert (room.kind, room.offices) == (CaseKind.RETURN, (OFFICE,))
    opened, history = handed(outcome)
    assert isinstance(opened, CaseOpened)
    assert opened.subject == "return", "the subject of the case stays where it is"
    row = ArchivedRow(lost.record.sender, lost.record.at_ms, lost.record.content)
    references = (OfficeReference(EntryId(A), "SN/1"),)
    assert history == HistoryReturned(CaseKind.CONSULTATION, "Company records", references, (row,))
    assert outcome.effects[-1] == SaveReturn(replace(CONSENT, handed=True))


def test_an_open_room_of_the_two_serves_for_more(lost: Lost) -> None:
    open_one = Room(OF_TWO, CaseKind.RETURN, "return", offices=(OFFICE,))
    assert is_open_for(open_one, OFFICE, lost.maker.context)
    assert not is_open_for(open_one, EntryId(C), lost.maker.context)
    assert not is_open_for(replace(open_one, kind=CaseKind.CONSULTATION), OFFICE, lost.maker.context)
    outcome = hand_back([the_case(lost)], open_one, lost.maker.context)
    assert [type(event) for event in handed(outcome)] == [HistoryReturned]
    assert outcome.rooms == (open_one,)


def test_without_its_history_it_is_told_what_the_case_is(lost: Lost) -> None:
    without = replace(CONSENT, with_history=False)
    outcome = hand_back([the_case(lost, lost.record, consent=without)], None, lost.maker.context)
    _, history = handed(outcome)
    assert isinstance(history, HistoryReturned)
    assert (history.subject, history.rows) == ("Company records", ())


def test_nothing_from_before_it_came_and_no_hearsay_is_handed_back(lost: Lost) -> None:
    record = lost.record
    before = replace(record, entry_id=EntryId(C), at_ms=lost.room.seats[-1].since_ms - 1)
    hearsay = replace(record, sequence=FROM_PARTNER)
    from_colleague = replace(record, message_id=MessageId(bytes(32)), sequence=FROM_ARCHIVE)
    case = the_case(lost, before, hearsay, from_colleague)
    case = replace(case, room=replace(case.room, offices=()))
    (history,) = handed(hand_back([case], None, lost.maker.context))[1:]
    assert isinstance(history, HistoryReturned)
    assert len(history.rows) == 1


def test_a_long_history_is_handed_in_bounded_pieces(lost: Lost) -> None:
    rows = [lost.record] * (MAX_BATCH_ROWS + 1)
    histories = handed(hand_back([the_case(lost, *rows)], None, lost.maker.context))[1:]
    counts = [len(each.rows) for each in histories if isinstance(each, HistoryReturned)]
    assert counts == [MAX_BATCH_ROWS, 1]


def test_what_waits_for_an_office_is_taken_back_when_it_enrols_once_more(lost: Lost) -> None:
    rooms = {
        OF_TWO: Room(OF_TWO, CaseKind.RETURN, "return", offices=(OFFICE,)),
        GROUP: lost.room,
    }
    parcels = [
        Parcel(number, group, MessageId(bytes(32)), b"")
        for number, group in ((3, OF_TWO), (4, GROUP), (5, OF_TWO))
    ]
    dropped = [each for each in called_off([OFFICE], rooms, parcels).effects if isinstance(each, DropParcel)]
    assert dropped == [DropParcel(3), DropParcel(5)]
    assert called_off([EntryId(C)], rooms, parcels) == Outcome()


def test_the_room_of_two_ends_with_what_it_was_for(lost: Lost) -> None:
    talk = made_room(lost.maker, [lost.anew], CaseKind.RETURN, OF_TWO)
    room, context = talk.of(lost.maker), lost.maker.context
    parcel = Parcel(1, OF_TWO, MessageId(bytes(32)), b"")

    def step(room: Room, *parcels: Parcel) -> object:
        return next_step(room, parcels, frozenset(), context, in_office_room=False, caught_up=True)

    assert step(room, parcel) == Send((parcel,))
    ending = Commit(Change(remove=((leaf_of(room, lost.anew), lost.anew.id),)))
    assert step(room) == ending
    alone = followed(talk, lost.maker, ending.change, {})
    assert alone.payload
    assert step(talk.of(lost.maker)) == Rest()
    assert not is_open_for(talk.of(lost.maker), OFFICE, context)
    month = replace(context, now=context.now + 30 * 86_400)
    assert not plan_change(talk.of(lost.maker), month, in_office_room=True).refresh


def test_in_a_room_of_two_nobody_adds_anybody(world: Offices, lost: Lost) -> None:
    talk = made_room(lost.maker, [lost.anew], CaseKind.RETURN, OF_TWO)
    world.enter(lost.anew.office.device("more"), world.now)
    for device in (lost.maker, lost.anew):
        change = plan_change(talk.of(device), device.context, in_office_room=True)
        assert not change.is_needed
