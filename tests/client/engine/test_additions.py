"""Adding devices by the log: the proof in the commit, who refuses what, and that the room lives on."""

from collections.abc import Callable
from dataclasses import replace

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
    committed,
    followed,
    kinds,
    leaf_of,
    made_room,
    notes,
)
from tests.client.engine.log_replica import Replica
from tests.client.engine.logged_room import (
    follow_the_log,
    forked,
    remembered,
    replica,
    splits,
    texts,
    two_histories,
)
from tests.crypto.log.log_world import DAY, HOUR, ORIGIN, POLICY

from rogatory_client.engine.additions import ACCUSED, prove_additions
from rogatory_client.engine.delivery import receive
from rogatory_client.engine.effect import Outcome, SaveSplitView
from rogatory_client.engine.membership import Change, plan_change
from rogatory_client.engine.outgoing_effect import Enqueue
from rogatory_client.engine.recovery import is_report
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.staging import stage_change
from rogatory_crypto import mls
from rogatory_crypto.content.added_devices import AddedDevices
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.log.split_view import verify_split_view
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import DeviceId, EntryId, RowKind
from rogatory_crypto.wire.identifier import Sequence as RowNumber


@pytest.fixture
def third(world: Offices) -> Device:
    return world.device(C)


@pytest.fixture
def logged(first: Device, second: Device, third: Device) -> Talk:
    """A room of two offices that follow the log; a third one is listed too."""
    follow_the_log(first, second, third)
    return made_room(first, [second])


def adding(talk: Talk, maker: Device, newcomer: Device) -> Row:
    return followed(talk, maker, Change((newcomer.id,)), {newcomer.id: newcomer.key_package()})


def with_proof(monkeypatch: pytest.MonkeyPatch, tampered: Callable[[bytes], bytes]) -> None:
    """Let whoever commits say something else in the open."""

    def dishonest(devices: tuple[DeviceId, ...], context: Context) -> bytes:
        return tampered(prove_additions(devices, context))

    monkeypatch.setattr("rogatory_client.engine.staging.prove_additions", dishonest)


def test_a_commit_that_adds_carries_the_proof_and_is_followed(
    logged: Talk, first: Device, second: Device, third: Device
) -> None:
    outcome = logged.take(second, adding(logged, first, third))
    assert outcome.refused is None
    room = logged.of(second)
    assert room.group is not None
    assert len(room.group.members) == 3


def test_what_is_said_in_the_open_is_the_entries_and_one_checkpoint(
    logged: Talk, first: Device, second: Device, third: Device
) -> None:
    room = logged.of(second)
    assert room.group is not None
    row = adding(logged, first, third)
    received = mls.process(
        room.group, row.payload, now=LATER, authenticate=second.context.authenticate_member
    )
    assert isinstance(received, mls.CommitReceived)
    evidence = AddedDevices.decode(received.authenticated_data)
    index = third.oneself.credential.index
    assert [device.index for device in evidence.devices] == [index]
    assert evidence.devices[0].entry == first.world.written.entries[index]
    assert isinstance(first.log, Replica)
    assert evidence.checkpoint == first.log.newest.signed.encode()


def test_a_commit_that_adds_nobody_says_nothing_in_the_open(
    logged: Talk, first: Device, second: Device
) -> None:
    row = followed(logged, first, Change(refresh=True), {})
    assert logged.take(second, row).refused is None


def none_at_all(_: bytes) -> bytes:
    return b""


def of_nobody(data: bytes) -> bytes:
    return replace(AddedDevices.decode(data), devices=()).encode()


def twice(data: bytes) -> bytes:
    evidence = AddedDevices.decode(data)
    return replace(evidence, devices=evidence.devices * 2).encode()


def another_place(data: bytes) -> bytes:
    evidence = AddedDevices.decode(data)
    moved = replace(evidence.devices[0], index=evidence.devices[0].index - 1)
    return replace(evidence, devices=(moved,)).encode()


def shortened_path(data: bytes) -> bytes:
    evidence = AddedDevices.decode(data)
    cut = replace(evidence.devices[0], path=evidence.devices[0].path[1:])
    return replace(evidence, devices=(cut,)).encode()


def another_entry(data: bytes) -> bytes:
    evidence = AddedDevices.decode(data)
    entry = evidence.devices[0].entry
    changed = replace(evidence.devices[0], entry=entry[:-1] + bytes([entry[-1] ^ 1]))
    return replace(evidence, devices=(changed,)).encode()


def without_witnesses(data: bytes) -> bytes:
    evidence = AddedDevices.decode(data)
    lines = evidence.checkpoint.splitlines(keepends=True)
    # Origin, size, root, an empty line, then the log's own line.
    return replace(evidence, checkpoint=b"".join(lines[:5])).encode()


def without_the_log(data: bytes) -> bytes:
    evidence = AddedDevices.decode(data)
    lines = evidence.checkpoint.splitlines(keepends=True)
    return replace(evidence, checkpoint=b"".join((*lines[:4], *lines[5:]))).encode()


@pytest.mark.parametrize(
    ("tampered", "code"),
    [
        (none_at_all, "forbidden"),
        (of_nobody, "malformed"),
        (twice, "not-found"),
        (another_place, "not-found"),
        (shortened_path, "malformed"),
        (another_entry, "hash-mismatch"),
        (without_witnesses, "forbidden"),
        (without_the_log, "bad-signature"),
        (lambda data: data + b"\x00", "malformed"),
    ],
)
def test_a_commit_without_a_proof_that_holds_is_refused_and_its_maker_is_named(
    logged: Talk,
    first: Device,
    second: Device,
    third: Device,
    monkeypatch: pytest.MonkeyPatch,
    tampered: Callable[[bytes], bytes],
    code: str,
) -> None:
    # N06
    before = logged.of(second)
    with_proof(monkeypatch, tampered)
    outcome = logged.take(second, adding(logged, first, third))
    assert outcome.refused == code
    assert notes(outcome) == [code]
    assert A in texts(outcome)
    after = logged.of(second)
    assert after.group is not None
    assert before.group is not None
    assert after.group.epoch == before.group.epoch
    assert second.id in after.lost


def test_the_room_lives_on_as_its_maker_brings_back_those_who_refused(
    world: Offices, logged: Talk, first: Device, second: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N06: they say so in the epoch they have, and are taken out and in with a proof that holds."""
    more = world.device(A, "second")
    follow_the_log(first, second)
    with monkeypatch.context() as patch:
        with_proof(patch, none_at_all)
        refused = logged.take(second, adding(logged, first, more))
    (report,) = (effect.parcel for effect in refused.effects if isinstance(effect, Enqueue))
    logged.take(first, logged.said(second, report.content))
    change = plan_change(logged.of(first), first.context, in_office_room=False)
    assert change.add == (second.id,)
    staged, logged.rooms[first.id] = committed(
        first, logged.of(first), change, {second.id: second.key_package()}
    )
    assert staged.staged is not None
    assert staged.staged.welcome is not None
    welcome = logged.row(RowKind.WELCOME, staged.staged.welcome)
    assert logged.take(second, welcome).refused is None
    (heard,) = logged.tell(first, first.text("There you are."), second)
    assert heard.refused is None


def test_a_proof_of_another_device_is_refused(
    logged: Talk,
    first: Device,
    second: Device,
    third: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "rogatory_client.engine.staging.prove_additions",
        lambda _, context: prove_additions((second.id,), context),
    )
    outcome = logged.take(second, adding(logged, first, third))
    assert outcome.refused == "not-found"


def test_a_statement_that_is_no_device_proves_none(
    world: Offices, logged: Talk, first: Device, second: Device, third: Device
) -> None:
    """The entry stands in the log, but under the index of the leaf the log of the committer has another."""
    view = replica(world)
    index = third.oneself.credential.index
    swapped = list(view.entries)
    swapped[index] = swapped[0]
    lying = Replica(tuple(swapped), world.now)
    first.log = lying
    row = adding(logged, first, third)
    outcome = logged.take(second, row)
    assert outcome.refused == "invalid-credential"


@pytest.mark.parametrize(("age", "is_fresh"), [(22 * HOUR, True), (23 * HOUR + 1, False), (30 * HOUR, False)])
def test_nobody_is_added_by_a_stale_view(
    world: Offices, logged: Talk, first: Device, third: Device, *, age: int, is_fresh: bool
) -> None:
    first.log = replica(world, at=world.now - age)
    package = third.key_package()
    outcome = stage_change(logged.of(first), Change((third.id,)), {third.id: package}, first.context)
    assert bool(outcome.rooms) is is_fresh
    if not is_fresh:
        assert outcome.refused is not None
        assert outcome.refused.startswith(f"your view of the log is {age // HOUR} h old")


def test_a_stale_view_keeps_no_removal_from_being_made(
    world: Offices, logged: Talk, first: Device, second: Device, third: Device
) -> None:
    first.log = replica(world, at=world.now - 30 * HOUR)
    leaf = leaf_of(logged.of(first), second)
    change = Change((third.id,), ((leaf, second.id),))
    outcome = stage_change(logged.of(first), change, {third.id: third.key_package()}, first.context)
    (room,) = outcome.rooms
    assert room.staged is not None
    assert (room.staged.added, room.staged.removed) == ((), (second.id,))
    assert outcome.refused is not None


def test_who_is_to_be_taken_out_and_in_is_not_taken_out_by_a_stale_view(
    world: Offices, logged: Talk, first: Device, second: Device
) -> None:
    # N06
    first.log = replica(world, at=world.now - 30 * HOUR)
    change = Change((second.id,), ((leaf_of(logged.of(first), second), second.id),))
    outcome = stage_change(logged.of(first), change, {second.id: second.key_package()}, first.context)
    assert outcome == Outcome(refused=outcome.refused)
    assert outcome.refused is not None


def test_no_room_is_made_by_a_stale_view(world: Offices, first: Device, second: Device) -> None:
    first.log = replica(world, at=world.now - 30 * HOUR)
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B),))
    outcome = stage_change(plan, Change((second.id,)), {second.id: second.key_package()}, first.context)
    assert outcome.rooms == ()
    assert outcome.refused is not None
    assert "30 h old" in outcome.refused


def test_a_room_is_made_by_devices_that_the_accepted_checkpoint_covers(
    world: Offices, first: Device, second: Device
) -> None:
    """The third is listed, but no cosigned checkpoint says so yet: it is added later."""
    view = replica(world)
    third = world.device(C)
    first.log = view
    packages = {device.id: device.key_package() for device in (second, third)}
    plan = Room(GROUP, CaseKind.NETWORK, "x", "WACAP", offices=(EntryId(B), EntryId(C)))
    (room,) = stage_change(plan, Change(tuple(packages)), packages, first.context).rooms
    assert room.staged is not None
    assert room.staged.added == (second.id,)


def test_a_view_before_its_first_checkpoint_adds_nobody(
    world: Offices, logged: Talk, first: Device, third: Device
) -> None:
    view = replica(world)
    view.accepted = None
    first.log = view
    outcome = stage_change(
        logged.of(first), Change((third.id,)), {third.id: third.key_package()}, first.context
    )
    assert outcome.refused is not None
    assert "no view of the log yet" in outcome.refused


@pytest.mark.parametrize(("late", "refused"), [(DAY, None), (DAY + 1, "expired")])
def test_a_proof_is_judged_by_when_the_relay_took_it_in(
    logged: Talk, first: Device, second: Device, third: Device, late: int, refused: str | None
) -> None:
    """Whoever reads it a month later judges alike, or the group would split."""
    row = replace(adding(logged, first, third), accepted_at_ms=(LATER + late) * 1000)
    second.world.now = LATER + 30 * DAY
    assert logged.take(second, row).refused == refused


@pytest.mark.parametrize(
    ("reads_after", "witnesses_are_others", "refused"),
    [
        (0, False, None),
        (0, True, "forbidden"),
        (DAY, True, "forbidden"),
        (DAY + 1, True, None),
        (60 * DAY, True, None),
    ],
)
def test_who_reads_so_late_that_the_witnesses_are_others_judges_by_its_own_history(
    world: Offices,
    logged: Talk,
    first: Device,
    second: Device,
    third: Device,
    *,
    reads_after: int,
    witnesses_are_others: bool,
    refused: str | None,
) -> None:
    """N06: otherwise whoever was away would be lost in each room that had changed."""
    row = adding(logged, first, third)
    world.now += reads_after
    second.log = grown(world, at=LATER + 2 * DAY)
    if witnesses_are_others:
        second.log.policy = replace(POLICY, witnesses=(), groups=())
    assert logged.take(second, row).refused == refused


def grown(world: Offices, *, at: int) -> Replica:
    """A view after somebody has said something at a time."""
    world.written.at = at
    world.written.batch(bytes(32))
    return replica(world)


def test_who_reads_late_refuses_what_was_old_already(
    world: Offices, logged: Talk, first: Device, second: Device, third: Device
) -> None:
    row = replace(adding(logged, first, third), accepted_at_ms=(LATER + 3 * DAY + 1) * 1000)
    second.log = grown(world, at=LATER + 2 * DAY)
    world.now += 30 * DAY
    assert logged.take(second, row).refused == "expired"


def test_who_reads_late_refuses_what_is_of_another_history(
    world: Offices, logged: Talk, first: Device, second: Device, third: Device
) -> None:
    row = adding(logged, first, third)
    second.log = forked(world, 2, more=1)
    second.log.policy = replace(POLICY, witnesses=(), groups=())
    world.now += 30 * DAY
    assert logged.take(second, row).refused == "hash-mismatch"


def test_who_reads_late_refuses_a_proof_of_another_device(
    world: Offices,
    logged: Talk,
    first: Device,
    second: Device,
    third: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_proof(monkeypatch, another_place)
    row = adding(logged, first, third)
    second.log = grown(world, at=LATER + 2 * DAY)
    world.now += 30 * DAY
    assert logged.take(second, row).refused == "not-found"


def test_a_commit_by_another_history_is_refused_and_gives_evidence(
    world: Offices, logged: Talk, first: Device, second: Device, third: Device
) -> None:
    # N06
    second.log = forked(world, 2, more=1)
    outcome = logged.take(second, adding(logged, first, third))
    assert outcome.refused == "conflict"
    assert A in texts(outcome)
    (evidence,) = splits(outcome)
    verified = verify_split_view(evidence, POLICY.log_keys(ORIGIN))
    size = len(world.written.entries)
    assert (verified.older.size, verified.newer.size) == (size, size + 1)
    assert second.id in logged.of(second).lost
    (saved,) = (effect for effect in outcome.effects if isinstance(effect, SaveSplitView))
    assert saved.report is not None
    assert is_report(saved.report), "who is lost may say it"
    told = logged.take(first, logged.said(second, saved.report.content))
    assert "two histories" in texts(told)


def test_a_commit_by_a_view_ahead_of_ours_is_followed_and_compared_later(
    world: Offices, logged: Talk, first: Device, second: Device, third: Device
) -> None:
    second.log = replica(world, size=3)
    outcome = logged.take(second, adding(logged, first, third))
    assert outcome.refused is None
    (heard,) = remembered(outcome)
    assert isinstance(first.log, Replica)
    assert (heard.entry_id, heard.checkpoint) == (A, first.log.seen)


def test_who_knows_of_two_histories_adds_nobody(
    world: Offices, logged: Talk, first: Device, third: Device
) -> None:
    first.split = two_histories(world)
    package = third.key_package()
    outcome = stage_change(logged.of(first), Change((third.id,)), {third.id: package}, first.context)
    assert outcome == Outcome(refused=ACCUSED)


def test_who_knows_of_two_histories_follows_no_addition_but_every_removal(
    world: Offices, logged: Talk, first: Device, second: Device, third: Device
) -> None:
    # N06
    assert logged.take(second, adding(logged, first, third)).refused is None
    second.split = two_histories(world)
    leaf = leaf_of(logged.of(first), third)
    row = followed(logged, first, Change(remove=((leaf, third.id),)), {})
    assert logged.take(second, row).refused is None
    assert logged.take(second, adding(logged, first, third)).refused == "forbidden"


def test_who_knows_of_two_histories_joins_nothing(world: Offices, first: Device, second: Device) -> None:
    follow_the_log(first, second)
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B),))
    staged, _ = committed(first, plan, Change((second.id,)), {second.id: second.key_package()})
    assert staged.staged is not None
    assert staged.staged.welcome is not None
    welcome = Row(RowNumber(2), LATER * 1000, RowKind.WELCOME, staged.staged.welcome)
    second.split = two_histories(world)
    joined = receive({}, GROUP, welcome, second.context)
    assert joined.refused == "forbidden"
    assert "ForgetKeyPackage" not in kinds(joined)
    second.split = None
    assert receive({}, GROUP, welcome, second.context).refused is None


def test_a_room_is_made_and_joined_with_the_proof_of_all(
    world: Offices, first: Device, second: Device, third: Device
) -> None:
    follow_the_log(first, second, third)
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B), EntryId(C)))
    packages = {device.id: device.key_package() for device in (second, third)}
    staged, _ = committed(first, plan, Change(tuple(packages)), packages)
    assert staged.staged is not None
    entries = [world.written.entries[each.oneself.credential.index] for each in (second, third)]
    assert all(entry in staged.staged.message for entry in entries), "readable by whoever carries it"


@pytest.mark.parametrize(("age", "warned"), [(0, False), (30 * HOUR, True)])
def test_who_joins_by_a_stale_view_is_warned(
    world: Offices, first: Device, second: Device, *, age: int, warned: bool
) -> None:
    follow_the_log(first, second)
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B),))
    staged, _ = committed(first, plan, Change((second.id,)), {second.id: second.key_package()})
    assert staged.staged is not None
    assert staged.staged.welcome is not None
    welcome = Row(RowNumber(2), LATER * 1000, RowKind.WELCOME, staged.staged.welcome)
    second.log = replica(world, at=world.now - age)
    joined = receive({}, GROUP, welcome, second.context)
    assert joined.refused is None
    assert ("30 h old" in texts(joined)) is warned


def test_what_a_commit_that_adds_nobody_says_in_the_open_is_told(
    logged: Talk, first: Device, second: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    # P05
    with_proof(monkeypatch, lambda _: b"case 7")
    outcome = logged.take(second, followed(logged, first, Change(refresh=True), {}))
    assert outcome.refused is None
    assert f"{A} has said something in the open" in texts(outcome)
