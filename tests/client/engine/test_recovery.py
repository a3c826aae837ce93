"""A device that could not follow a commit (RFC 9420 section 16.12; N06)."""

from dataclasses import replace

import pytest
from tests.client.engine.case_room import (
    GROUP,
    A,
    B,
    C,
    Device,
    Offices,
    Talk,
    committed,
    followed,
    made_room,
    notes,
)

from rogatory_client.engine import membership
from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.membership import Change, plan_change
from rogatory_client.engine.outbox import Commit, Rest, Send, next_step
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.recovery import is_report
from rogatory_client.engine.room import Room
from rogatory_client.engine.staging import discard, stage_change
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.epoch_report import EpochReport, report_part
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import EntryId, RowKind

REFRESHING = Change(refresh=True)


@pytest.fixture
def world() -> Offices:
    return Offices()


@pytest.fixture
def first(world: Offices) -> Device:
    return world.device(A)


@pytest.fixture
def second(world: Offices) -> Device:
    return world.device(B)


@pytest.fixture
def talk(first: Device, second: Device) -> Talk:
    return made_room(first, [second])


def spoilt(row: Row) -> Row:
    return replace(row, payload=row.payload[:-1] + bytes([row.payload[-1] ^ 1]))


def lose(talk: Talk, maker: Device, other: Device) -> Outcome:
    """Let a device receive the commit of another with a byte changed."""
    return talk.take(other, spoilt(followed(talk, maker, REFRESHING, {})))


def report_of(outcome: Outcome) -> Parcel:
    (parcel,) = (effect.parcel for effect in outcome.effects if isinstance(effect, Enqueue))
    return parcel


def step(room: Room, device: Device, *parcels: Parcel, forestalled: bool = False) -> object:
    return next_step(
        room,
        parcels,
        frozenset(),
        device.context,
        in_office_room=False,
        caught_up=True,
        forestalled=forestalled,
    )


def test_a_lost_device_reports_and_says_nothing_else(talk: Talk, first: Device, second: Device) -> None:
    outcome = lose(talk, first, second)
    assert outcome.refused == "decryption-failed"
    assert notes(outcome) == ["decryption-failed"]
    room, report = talk.of(second), report_of(outcome)
    assert second.id in room.lost
    assert is_report(report)
    other = Parcel(1, GROUP, MessageId(b"m" * 32), second.text("Not now.").encoded)
    assert step(room, second, other, report) == Send((report,))
    assert step(room, second, other) == Commit(REFRESHING), "it may be that nobody has gone on"
    assert step(room, second, other, forestalled=True) == Rest()


def test_who_reads_the_report_takes_the_device_out_and_in(talk: Talk, first: Device, second: Device) -> None:
    report = report_of(lose(talk, first, second))
    talk.take(first, talk.said(second, report.content))
    change = plan_change(talk.of(first), first.context, in_office_room=False)
    assert change.add == (second.id,)
    assert [device for _, device in change.remove] == [second.id]
    package = second.key_package()
    row = followed(talk, first, change, {second.id: package})
    assert row.kind is RowKind.COMMIT
    assert talk.of(first).lost == ()
    assert plan_change(talk.of(first), first.context, in_office_room=False) == Change()


def test_a_lost_device_without_usable_keys_is_not_thrown_out(
    talk: Talk, first: Device, second: Device
) -> None:
    """Only its own office would add it again; a relay that hands out no keys must not have it removed."""
    # N06
    report = report_of(lose(talk, first, second))
    talk.take(first, talk.said(second, report.content))
    change = plan_change(talk.of(first), first.context, in_office_room=False)
    for claimed in ({}, {second.id: b"no KeyPackage"}, {second.id: first.key_package()}):
        assert stage_change(talk.of(first), change, claimed, first.context) == Outcome()
    later = plan_change(talk.of(first), first.context, in_office_room=False, unavailable={second.id})
    assert later == Change()


def test_more_lost_devices_than_can_be_asked_for_at_once_are_taken_one_lot_after_the_other(
    world: Offices, first: Device, second: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    # N06
    third = world.device(C)
    room = made_room(first, [second, third]).of(first).losing(second.id).losing(third.id)
    monkeypatch.setattr(membership, "MAX_CLAIMED_DEVICES", 1)
    change = plan_change(room, first.context, in_office_room=False)
    assert change.add == (min(second.id, third.id),)
    assert tuple(device for _, device in change.remove) == change.add


def test_a_lost_device_is_not_brought_back_to_an_epoch_it_has_been_in(first: Device, second: Device) -> None:
    """A last resort opens its Welcome again, and every key of that epoch would serve for a second message."""
    # K13 L07 N06
    package = second.key_package(last_resort=True)
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B),))
    staged, merged = committed(first, plan, Change((second.id,)), {second.id: package})
    assert staged.staged is not None
    welcome = staged.staged.welcome or b""
    talk = Talk({first.id: merged})
    assert talk.take(second, talk.row(RowKind.WELCOME, welcome)).refused is None
    talk.said(second, second.text("Sealed with the first key."))
    lose(talk, first, second)
    before = talk.of(second).group
    outcome = talk.take(second, talk.row(RowKind.WELCOME, welcome))
    assert outcome.refused == Code.WRONG_EPOCH
    assert talk.of(second).group is before


def test_a_lost_device_follows_the_welcome_that_answers_it(talk: Talk, first: Device, second: Device) -> None:
    report = report_of(lose(talk, first, second))
    talk.take(first, talk.said(second, report.content))
    change = plan_change(talk.of(first), first.context, in_office_room=False)
    staged, talk.rooms[first.id] = committed(first, talk.of(first), change, {second.id: second.key_package()})
    assert staged.staged is not None
    assert talk.take(second, talk.row(RowKind.WELCOME, staged.staged.welcome or b"")).refused is None
    assert talk.of(second).lost == ()


def test_only_the_first_refusal_is_reported(talk: Talk, first: Device, second: Device) -> None:
    row = spoilt(followed(talk, first, REFRESHING, {}))
    assert talk.take(second, row).effects
    again = talk.take(second, talk.row(RowKind.COMMIT, row.payload))
    assert not [effect for effect in again.effects if isinstance(effect, Enqueue)]


def test_who_lost_the_race_to_a_commit_it_cannot_follow_reports_too(
    talk: Talk, first: Device, second: Device
) -> None:
    # N05 N06
    staged, _ = committed(second, talk.of(second), REFRESHING, {})
    (talk.rooms[second.id],) = discard(staged, 2).rooms
    report = report_of(lose(talk, first, second))
    assert step(talk.of(second), second, report) == Send((report,))


def test_who_follows_a_commit_after_all_is_not_lost(talk: Talk, first: Device, second: Device) -> None:
    """A row that was made up or damaged on its way costs nothing once the true one is there."""
    # N06
    true = followed(talk, first, REFRESHING, {})
    talk.take(second, spoilt(true))
    assert second.id in talk.of(second).lost
    assert talk.take(second, talk.row(RowKind.COMMIT, true.payload)).refused is None
    assert talk.of(second).lost == ()
    late = talk.said(second, second.parts(report_part(EpochReport(1, "decryption-failed"))))
    talk.take(first, late)
    assert talk.of(first).lost == (), "nobody acts on a report that is out of date"


def test_a_refused_row_that_is_no_commit_of_this_epoch_is_only_noted(
    talk: Talk, first: Device, second: Device
) -> None:
    row = followed(talk, first, REFRESHING, {})
    assert talk.take(second, row).refused is None
    for kind, payload in ((RowKind.COMMIT, row.payload), (RowKind.COMMIT, b""), (RowKind.APPLICATION, b"")):
        outcome = talk.take(second, talk.row(kind, payload))
        assert outcome.refused is not None
        assert talk.of(second).lost == ()


def test_a_report_of_another_epoch_or_of_a_leaf_that_is_gone_counts_for_nothing(
    talk: Talk, first: Device, second: Device
) -> None:
    talk.take(first, talk.said(second, second.parts(report_part(EpochReport(7, "bad-mac")))))
    assert talk.of(first).lost == ()
    late = talk.said(second, second.parts(report_part(EpochReport(1, "bad-mac"))))
    row = followed(talk, second, REFRESHING, {})
    assert talk.take(first, row).refused is None
    talk.take(first, late)
    assert talk.of(first).lost == ()
