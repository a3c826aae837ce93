"""Checkpoints passed on inside rooms: two histories are caught, kept, and named by both offices."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.engine.case_room import GROUP, A, B, Device, Offices, Talk, archived, made_room, notes
from tests.client.engine.log_replica import Replica
from tests.client.engine.logged_room import (
    carried_out,
    follow_the_log,
    forked,
    other_key,
    remembered,
    replica,
    reports,
    splits,
    texts,
    two_histories,
)
from tests.crypto.log.log_world import HOUR, LOG_KEY, ORIGIN, POLICY

from rogatory_client.engine.effect import AcknowledgeSplitViews, ForgetHeard, SaveSplitView
from rogatory_client.engine.gossip import NOTHING, acknowledge, hear, review
from rogatory_client.engine.outgoing_effect import Enqueue
from rogatory_client.engine.recovery import is_report
from rogatory_client.engine.writing import text_part
from rogatory_crypto.content.events import event_part
from rogatory_crypto.content.history import ArchivedRow, HistoryResealed
from rogatory_crypto.content.seen_checkpoint import EXTENSION, SeenCheckpoint, read_seen, seen
from rogatory_crypto.content.split_report import split_part
from rogatory_crypto.log.signed_checkpoint import LogCheckpoint, sign_checkpoint
from rogatory_crypto.log.split_view import verify_split_view


@pytest.fixture
def logged(first: Device, second: Device) -> Talk:
    follow_the_log(first, second)
    return made_room(first, [second])


def saying(device: Device, checkpoint: SeenCheckpoint | object) -> bytes:
    """A message that speaks of another checkpoint than its sender's."""
    content = device.text("As agreed.").content
    plain = checkpoint.plain() if isinstance(checkpoint, SeenCheckpoint) else checkpoint
    return replace(content, extensions={**content.extensions, EXTENSION: plain}).encode()


def signed_by_nobody(view: Replica) -> SeenCheckpoint:
    head = replace(view.newest.checkpoint, root=bytes(32))
    signed = sign_checkpoint(head, (other_key(LOG_KEY),), 0)
    small = seen(LogCheckpoint(signed, (other_key(LOG_KEY).verifier,)))
    assert small is not None
    return small


def test_every_message_carries_the_newest_checkpoint(first: Device, second: Device) -> None:
    follow_the_log(first, second)
    assert isinstance(first.log, Replica)
    assert read_seen(first.text("Good morning.").content.extensions) == first.log.seen


def test_before_a_first_checkpoint_nothing_is_said_of_the_log(first: Device, world: Offices) -> None:
    first.log = replace_accepted(replica(world))
    assert EXTENSION not in first.text("Good morning.").content.extensions


def replace_accepted(view: Replica) -> Replica:
    view.accepted = None
    return view


def test_what_agrees_leaves_no_trace(first: Device, second: Device, logged: Talk) -> None:
    (outcome,) = logged.tell(first, first.text("Good morning."), second)
    assert archived(outcome).text == "Good morning."
    assert not remembered(outcome)
    assert not splits(outcome)


def test_a_smaller_view_of_the_same_history_agrees(
    world: Offices, first: Device, second: Device, logged: Talk
) -> None:
    first.log = replica(world, size=2)
    (outcome,) = logged.tell(first, first.text("Good morning."), second)
    assert not remembered(outcome)
    assert not splits(outcome)


@pytest.mark.parametrize("more", [0, 1, 5])
def test_another_history_is_evidence_that_is_kept_told_and_shown_to_the_room(
    world: Offices, first: Device, second: Device, logged: Talk, more: int
) -> None:
    second.log = forked(world, 2, more=more)
    (outcome,) = logged.tell(first, first.text("Good morning."), second)
    assert archived(outcome).text == "Good morning.", "what was said is not the relay's fault"
    (evidence,) = splits(outcome)
    verified = verify_split_view(evidence, POLICY.log_keys(ORIGIN))
    size = len(world.written.entries)
    assert (verified.older.size, verified.newer.size) == (size, size + more)
    assert f"the log {ORIGIN} of the relay has shown two histories: {A} was shown" in texts(outcome)


def test_both_offices_name_the_log(world: Offices, first: Device, second: Device, logged: Talk) -> None:
    second.log = forked(world, 2, more=1)
    (outcome,) = logged.tell(first, first.text("Good morning."), second)
    carried_out(second, outcome)
    (saved,) = (effect for effect in outcome.effects if isinstance(effect, SaveSplitView))
    assert saved.report is not None
    assert saved.report.group_id == GROUP
    # The first is told before it sees it for itself, as if it had not compared.
    seen_by_first = logged.said(second, saved.report.content)
    (told,) = [logged.take(first, seen_by_first)]
    assert archived(told).kind == "evidence"
    assert f"two histories, as {B} proves" in texts(told)
    assert splits(told) == splits(outcome)
    carried_out(first, told)
    assert first.split == second.split is not None
    (again,) = logged.tell(first, first.text("We see it too."), second)
    assert not splits(again), "the same is not told again and again"


def test_evidence_that_proves_nothing_is_refused(
    world: Offices, first: Device, second: Device, logged: Talk
) -> None:
    evidence = two_histories(world)
    false = replace(evidence, older=evidence.newer)
    (outcome,) = logged.tell(first, first.parts(split_part(false)), second)
    assert outcome.refused == "conflict"
    assert notes(outcome) == ["conflict"]
    assert not splits(outcome)


def test_evidence_against_another_log_is_refused(
    world: Offices, first: Device, second: Device, logged: Talk
) -> None:
    assert isinstance(second.log, Replica)
    second.log.origin = "log.example/other"
    part = split_part(two_histories(world))
    (outcome,) = logged.tell(first, first.parts(part), second)
    assert outcome.refused is not None
    assert not splits(outcome)


def test_a_state_that_the_log_has_not_signed_accuses_nobody(
    world: Offices, first: Device, second: Device, logged: Talk
) -> None:
    (outcome,) = logged.tell(first, saying(first, signed_by_nobody(replica(world))), second)
    assert outcome.refused is None
    assert archived(outcome).text == "As agreed."
    assert not splits(outcome)
    assert f"{A} (case officer) speaks of a state that this log has not signed" in texts(outcome)


def test_a_state_of_another_log_accuses_nobody(first: Device, second: Device, logged: Talk) -> None:
    assert isinstance(first.log, Replica)
    other = replace(first.log.seen, origin="log.example/other", root=bytes(32))
    (outcome,) = logged.tell(first, saying(first, other), second)
    assert not splits(outcome)
    assert not remembered(outcome)


def test_a_malformed_checkpoint_spoils_its_message(first: Device, second: Device, logged: Talk) -> None:
    (outcome,) = logged.tell(first, saying(first, [1, 2]), second)
    assert outcome.refused == "malformed"


def test_what_is_ahead_waits_until_the_view_has_grown(
    world: Offices, first: Device, second: Device, logged: Talk
) -> None:
    second.log = replica(world, size=3)
    (outcome,) = logged.tell(first, first.text("Good morning."), second)
    (heard,) = remembered(outcome)
    assert isinstance(first.log, Replica)
    assert (heard.entry_id, heard.checkpoint, heard.at) == (A, first.log.seen, world.now)
    carried_out(second, outcome)
    (again,) = logged.tell(first, first.text("And again."), second)
    assert not remembered(again), "the first of each office waits"
    assert review(second.context).effects == ()
    second.log = replica(world)
    assert review(second.context).effects == (ForgetHeard(heard.entry_id),)


def test_what_is_ahead_of_no_view_at_all_waits_too(
    world: Offices, first: Device, second: Device, logged: Talk
) -> None:
    second.log = replace_accepted(replica(world, size=0))
    (outcome,) = logged.tell(first, first.text("Good morning."), second)
    assert len(remembered(outcome)) == 1


def test_what_was_ahead_is_evidence_where_the_view_has_grown_otherwise(
    world: Offices, first: Device, second: Device, logged: Talk
) -> None:
    second.log = replica(world, size=3)
    carried_out(second, logged.tell(first, first.text("Good morning."), second)[0])
    second.log = forked(world, 3, more=2)
    outcome = review(second.context)
    assert len(splits(outcome)) == 1
    assert ForgetHeard(second.heard[0].entry_id) in outcome.effects
    assert "two histories" in texts(outcome)


def test_a_relay_that_holds_back_is_named_after_some_hours(
    world: Offices, first: Device, second: Device, logged: Talk
) -> None:
    second.log = replica(world, size=3)
    carried_out(second, logged.tell(first, first.text("Good morning."), second)[0])
    world.now += 6 * HOUR - 1
    assert review(second.context).happenings == ()
    world.now += 1
    assert f"the relay has shown {A} a newer log than it shows here, for 6 h now" in texts(
        review(second.context)
    )


@pytest.mark.parametrize(("hours", "is_told"), [(71, False), (72, True)])
def test_a_view_of_three_days_is_told(world: Offices, first: Device, *, hours: int, is_told: bool) -> None:
    first.log = replica(world)
    world.now += hours * HOUR
    assert ("nothing newer of its log for 72 h" in texts(review(first.context))) is is_told


def test_what_was_signed_by_a_key_that_is_trusted_no_more_is_let_go(
    world: Offices, first: Device, second: Device, logged: Talk
) -> None:
    second.log = replica(world, size=3)
    carried_out(second, logged.tell(first, first.text("Good morning."), second)[0])
    (heard,) = second.heard
    second.heard = (replace(heard, checkpoint=signed_by_nobody(replica(world))),)
    second.log = forked(world, 3)
    outcome = review(second.context)
    assert outcome.effects == (ForgetHeard(heard.entry_id),)


def test_an_archive_is_not_listened_to(world: Offices, first: Device) -> None:
    """What was seen long ago was compared long ago, by the device that hands it over."""
    more = world.device(A, "second")
    follow_the_log(first, more)
    talk = made_room(first, [more])
    first.log = forked(world, 2)
    row = ArchivedRow(first.oneself.credential.encode(), world.now * 1000, first.text("Then.").encoded)
    first.log = more.log
    history = first.parts(event_part(HistoryResealed((row,))), text_part("x"))
    assert splits(talk.tell(first, history, more)[0]) == []


def test_an_officer_takes_note_and_who_refused_says_so_once_more(
    world: Offices, second: Device, logged: Talk
) -> None:
    # N06
    second.split = two_histories(world)
    room = logged.of(second).losing(second.id)
    outcome = acknowledge({GROUP: room}, "head", second.context)
    assert outcome.effects[0] == AcknowledgeSplitViews("head", world.now)
    (parcel,) = (effect.parcel for effect in outcome.effects if isinstance(effect, Enqueue))
    assert is_report(parcel)
    assert reports(acknowledge({GROUP: logged.of(second)}, "head", second.context)) == []


ENTRIES = [b"entry %d" % number for number in range(24)]


@given(st.integers(0, 24), st.integers(0, 24), st.integers(0, 24), st.booleans())
def test_a_contradiction_is_found_exactly_where_there_is_one(
    mine: int,
    theirs: int,
    common: int,
    forks: bool,  # noqa: FBT001  # Hypothesis gives it by position
) -> None:
    world = Offices()
    first, second = world.device(A), world.device(B)
    first.log = Replica(tuple(ENTRIES[:mine]), world.now)
    branch = [b"other %d" % number for number in range(24)]
    theirs_entries = (*ENTRIES[:common], *branch)[:theirs] if forks else tuple(ENTRIES[:theirs])
    other = Replica(tuple(theirs_entries), world.now)
    entry = world.registry.devices[second.id].entry
    hearing = hear(other.seen, entry, GROUP, first.context)
    if theirs > mine:
        assert len(remembered(hearing)) == 1
    elif forks and theirs > common:
        (evidence,) = splits(hearing)
        assert verify_split_view(evidence, POLICY.log_keys(ORIGIN)).newer.size == mine
    else:
        assert hearing == NOTHING
