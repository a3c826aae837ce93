"""What an office hands to its own new device, in order and in bounded pieces, and how it is taken in."""

from dataclasses import replace

import pytest
from tests.client.engine.case_room import GROUP, LATER, A, B, C, Device, Offices, Talk, archived

from rogatory_client.engine.effect import FROM_ARCHIVE, ArchivedMessage, DropReseal, SaveMessage
from rogatory_client.engine.history import MAX_BATCH_ROWS, MAX_ROW_BYTES, reseal, take_in
from rogatory_client.engine.outgoing_effect import Enqueue
from rogatory_client.engine.room import Room
from rogatory_crypto.content import mimi
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseOpened, RequestSubmitted, Urgency, read_event
from rogatory_crypto.content.history import MAX_REFERENCES, ArchivedRow, HistoryResealed
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import EntryId, GroupId

OFFICE = Room(GroupId(b"o" * 32), CaseKind.OFFICE, "office")
REQUEST = RequestSubmitted("banking_records", "UNTOC 18", Urgency.ROUTINE, "en", "SN/2", (), ())


@pytest.fixture
def record(talk: Talk, first: Device, second: Device) -> ArchivedMessage:
    (outcome,) = talk.tell(second, second.text("You may."), first)
    return archived(outcome)


def row(device: Device, content: bytes) -> ArchivedRow:
    return ArchivedRow(device.oneself.credential.encode(), LATER * 1000, content)


def handed_over(effects: tuple[object, ...]) -> list[HistoryResealed]:
    found = []
    for effect in effects:
        if isinstance(effect, Enqueue):
            assert effect.parcel.group_id == OFFICE.group_id
            content = mimi.decode(effect.parcel.content)
            event = read_event(content.nested_part)
            assert isinstance(event, HistoryResealed)
            assert content.topic_id == GROUP
            found.append(event)
    return found


def test_a_history_goes_into_the_offices_own_room(talk: Talk, first: Device, record: ArchivedMessage) -> None:
    effects = reseal(talk.of(first), OFFICE, [record], first.context)
    assert effects[0] == DropReseal(GROUP)
    (history,) = handed_over(effects)
    assert history.rows == (ArchivedRow(record.sender, record.at_ms, record.content),)


def test_an_empty_history_is_no_message(talk: Talk, first: Device) -> None:
    assert reseal(talk.of(first), OFFICE, [], first.context) == (DropReseal(GROUP),)


def test_a_long_history_goes_in_bounded_pieces_without_what_fits_into_none(
    talk: Talk, first: Device, record: ArchivedMessage
) -> None:
    large = replace(record, content=bytes(300 << 10))
    huge = replace(record, content=bytes(MAX_ROW_BYTES + 1))
    archive = [*([record] * (MAX_BATCH_ROWS + 1)), large, huge, large]
    histories = handed_over(reseal(talk.of(first), OFFICE, archive, first.context))
    assert [len(history.rows) for history in histories] == [MAX_BATCH_ROWS, 2, 1]


def test_a_history_makes_the_room_and_its_records(world: Offices, second: Device) -> None:
    opening = second.event(CaseOpened(CaseKind.CONSULTATION, "Records", "GH/1", None))
    rows = tuple(
        row(second, message.encoded) for message in (opening, second.text("You?"), second.event(REQUEST))
    )
    more = world.device(A, "second")
    room, effects = take_in(HistoryResealed(rows), Room(GROUP), more.context)
    assert (room.kind, room.subject) == (CaseKind.REQUEST, "Records")
    saved = [effect.message for effect in effects if isinstance(effect, SaveMessage)]
    assert [(each.kind, each.entry_id, each.sequence) for each in saved] == [
        ("opening", B, FROM_ARCHIVE),
        ("text", B, FROM_ARCHIVE),
        ("request", B, FROM_ARCHIVE),
    ]


def test_an_archive_that_lags_behind_does_not_take_the_room_back(world: Offices, second: Device) -> None:
    """The request came directly and before the history of the consultation it ends."""
    more = world.device(A, "second")
    opening = second.event(CaseOpened(CaseKind.CONSULTATION, "Records", None, None))
    before = Room(GROUP, CaseKind.REQUEST, position=9)
    room, _ = take_in(HistoryResealed((row(second, opening.encoded),)), before, more.context)
    assert (room.kind, room.subject, room.position) == (CaseKind.REQUEST, "Records", 9)


@pytest.mark.parametrize(
    ("vouched_by", "kind"), [((), CaseKind.REQUEST), ((EntryId(B),), CaseKind.CONSULTATION)]
)
def test_a_later_piece_brings_the_request_unless_it_is_hearsay(
    world: Offices, second: Device, vouched_by: tuple[EntryId, ...], kind: CaseKind
) -> None:
    more = world.device(A, "second")
    known = Room(GROUP, CaseKind.CONSULTATION, "Records", position=9)
    asked = replace(row(second, second.event(REQUEST).encoded), vouched_by=vouched_by)
    room, _ = take_in(HistoryResealed((asked,)), known, more.context)
    assert room.kind is kind


def test_no_more_references_are_handed_on_than_are_read(
    talk: Talk, first: Device, record: ArchivedMessage
) -> None:
    many = {EntryId(f"CNA-X{n:03}-01"): "X" for n in range(MAX_REFERENCES + 1)}
    (history,) = handed_over(reseal(talk.of(first), OFFICE, [record], first.context, {}, many))
    assert len(history.references) == MAX_REFERENCES


def test_what_a_device_said_before_its_revocation_stays_in_the_archive(
    world: Offices, first: Device, second: Device, record: ArchivedMessage
) -> None:
    world.revoke(second)
    history = HistoryResealed((ArchivedRow(record.sender, record.at_ms, record.content),))
    _, effects = take_in(history, Room(GROUP), first.context)
    assert any(isinstance(effect, SaveMessage) for effect in effects)


def test_an_archived_message_of_a_device_no_office_has_entered_is_refused(
    first: Device, second: Device
) -> None:
    text = second.text("You may.").encoded
    stranger = replace(second.oneself.credential, device_id=type(second.id)(bytes(16)))
    other_officer = replace(second.oneself.credential, officer="head")
    for credential in (stranger, other_officer):
        history = HistoryResealed((ArchivedRow(credential.encode(), LATER * 1000, text),))
        with pytest.raises(PeerError) as refusal:
            take_in(history, Room(GROUP), first.context)
        assert refusal.value.code is Code.INVALID_CREDENTIAL


def test_an_archived_message_in_anothers_name_or_of_another_room_is_refused(
    world: Offices, first: Device, second: Device
) -> None:
    third = world.device(C)
    elsewhere = second.text("You may.", GroupId(b"h" * 32))
    for forged in (row(third, second.text("You may.").encoded), row(second, elsewhere.encoded)):
        with pytest.raises(PeerError) as refusal:
            take_in(HistoryResealed((forged,)), Room(GROUP), first.context)
        assert refusal.value.code is Code.FORBIDDEN
