"""Rows of the log, honest and hostile: each once, in order, from whom it claims; no bad one is believed."""

import random
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from tests.client.engine.case_room import (
    GROUP,
    LATER,
    NET,
    SUITE,
    A,
    B,
    C,
    Device,
    Offices,
    Talk,
    archived,
    committed,
    followed,
    kinds,
    leaf_of,
    made_room,
    notes,
)

from rogatory_client.engine.delivery import merge_outcomes, receive
from rogatory_client.engine.effect import ForgetKeyPackage, PlanReseal, SaveRoom, SpendLastResort
from rogatory_client.engine.membership import Change, plan_change
from rogatory_client.engine.outgoing_effect import Enqueue
from rogatory_client.engine.room import NOTHING_READ, Room
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseOpened
from rogatory_crypto.content.history import HistoryResealed
from rogatory_crypto.errors import Code
from rogatory_crypto.wire.identifier import EntryId, GroupId, RowKind


def test_a_message_is_saved_with_its_room_and_reported_delivered(
    talk: Talk, first: Device, second: Device
) -> None:
    (outcome,) = talk.tell(first, first.text("May we ask?"), second)
    record = archived(outcome)
    assert (record.text, record.entry_id, record.kind, record.own) == ("May we ask?", A, "text", False)
    assert kinds(outcome) == ["SaveRoom", "SaveMessage", "Enqueue"], "one transaction"
    assert talk.of(second).position == talk.last


def test_a_row_that_comes_again_is_skipped_by_its_position(talk: Talk, first: Device, second: Device) -> None:
    row = talk.said(first, first.text("May we ask?"))
    talk.take(second, row)
    again = talk.take(second, row)
    assert (again.rooms, again.effects, again.refused) == ((), (), None)


def test_a_ciphertext_in_a_second_row_is_replayed_and_noted(
    talk: Talk, first: Device, second: Device
) -> None:
    # C06 L07
    row = talk.said(first, first.text("May we ask?"))
    talk.take(second, row)
    replayed = talk.take(second, talk.row(RowKind.APPLICATION, row.payload))
    assert replayed.refused == Code.REPLAYED
    assert kinds(replayed) == ["SaveRoom", "Note", "NoteUnreadable"]
    assert talk.of(second).position == talk.last


def test_our_own_row_is_known_by_its_hash_and_the_hash_forgotten(talk: Talk, first: Device) -> None:
    # B14
    row = talk.said(first, first.text("May we ask?"))
    first.own_payloads = frozenset({sha256(row.payload).digest()})
    outcome = talk.take(first, row)
    assert kinds(outcome) == ["SaveRoom", "ForgetPayload"]
    assert talk.of(first).position == row.sequence


def test_our_own_row_that_comes_twice_is_an_echo_and_changes_no_key(talk: Talk, first: Device) -> None:
    # B14
    row = talk.said(first, first.text("May we ask?"))
    before = talk.of(first).group
    outcome = talk.take(first, row)
    assert (kinds(outcome), outcome.refused) == (["SaveRoom"], None)
    assert talk.of(first).group is before


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\x00\x01\x00\x02" + bytes(60)])
@pytest.mark.parametrize("kind", list(RowKind))
def test_garbage_moves_the_position_and_nothing_else(
    talk: Talk, second: Device, kind: RowKind, payload: bytes
) -> None:
    # Q06
    before = talk.of(second)
    outcome = talk.take(second, talk.row(kind, payload))
    assert outcome.refused is not None
    assert talk.of(second) == replace(before, position=talk.last)


def test_a_row_of_a_room_we_were_never_welcomed_to_is_noted_and_makes_no_room(second: Device) -> None:
    # Q06
    row = Talk({}).row(RowKind.APPLICATION, bytes(40))
    outcome = receive({}, GROUP, row, second.context)
    assert (outcome.rooms, outcome.refused) == ((), Code.WRONG_GROUP)
    assert notes(outcome) == [Code.WRONG_GROUP]


def test_a_welcome_joins_and_erases_the_key_package_it_used(first: Device, second: Device) -> None:
    # E07 K13 L06
    package = second.key_package()
    (used,) = second.key_packages
    spare = replace(used, reference=bytes(32))
    second.key_packages = (spare, used)
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B),))
    staged, _ = committed(first, plan, Change((second.id,)), {second.id: package})
    assert staged.staged is not None
    outcome = Talk({}).take(second, Talk({}).row(RowKind.WELCOME, staged.staged.welcome or b""))
    assert ForgetKeyPackage(used.reference) in outcome.effects
    (joined,) = outcome.rooms
    assert joined.group is not None
    assert joined.kind is None, "only the opening names the room"


@pytest.mark.parametrize("in_stock", [0, 2])
def test_a_welcome_names_exactly_one_key_package_of_ours(
    first: Device, second: Device, in_stock: int
) -> None:
    """K01; a device is added once, and a Welcome is opened once."""
    # K13
    welcome = welcome_by(first, second)
    second.key_packages = second.key_packages * in_stock
    talk = Talk({})
    outcome = talk.take(second, talk.row(RowKind.WELCOME, welcome))
    assert (outcome.rooms, outcome.refused) == ((), Code.INVALID_WELCOME)


def test_a_key_package_of_last_resort_is_kept_and_known_as_used(first: Device, second: Device) -> None:
    # E07
    package = second.key_package(last_resort=True)
    (used,) = second.key_packages
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B),))
    staged, _ = committed(first, plan, Change((second.id,)), {second.id: package})
    assert staged.staged is not None
    outcome = Talk({}).take(second, Talk({}).row(RowKind.WELCOME, staged.staged.welcome or b""))
    assert kinds(outcome) == ["SaveRoom", "SpendLastResort"]
    assert SpendLastResort(used.reference) in outcome.effects


def welcome_by(maker: Device, *guests: Device, group_id: GroupId = GROUP) -> bytes:
    packages = {guest.id: guest.key_package() for guest in guests}
    offices = tuple(dict.fromkeys(guest.office.entry_id for guest in guests))
    plan = Room(group_id, CaseKind.CONSULTATION, "x", offices=offices)
    staged, _ = committed(maker, plan, Change(tuple(packages)), packages)
    assert staged.staged is not None
    assert staged.staged.welcome is not None
    return staged.staged.welcome


def test_a_welcome_to_a_group_we_are_in_is_refused(talk: Talk, world: Offices, second: Device) -> None:
    """K03: group_id not already in use locally."""
    before = talk.of(second).group
    outcome = talk.take(second, talk.row(RowKind.WELCOME, welcome_by(world.device(C), second)))
    assert outcome.refused == Code.CONFLICT
    assert talk.of(second).group is before


def test_a_welcome_into_a_room_we_are_planning_is_refused(world: Offices, first: Device) -> None:
    """What waits there was written for those we chose, not for whoever else knows the room's number (K03)."""
    plan = Room(GROUP, CaseKind.CONSULTATION, "Company records", offices=(EntryId(B),))
    talk = Talk({first.id: plan})
    outcome = talk.take(first, talk.row(RowKind.WELCOME, welcome_by(world.device(C), first)))
    assert outcome.refused == Code.CONFLICT
    assert talk.of(first) == plan


def test_a_welcome_that_stands_in_another_rooms_log_is_refused(world: Offices, second: Device) -> None:
    talk = Talk({})
    row = talk.row(RowKind.WELCOME, welcome_by(world.device(C), second, group_id=GroupId(b"h" * 32)))
    outcome = talk.take(second, row)
    assert (outcome.rooms, outcome.refused) == ((), Code.WRONG_GROUP)


def test_a_welcome_with_a_member_no_office_has_entered_is_refused(world: Offices, second: Device) -> None:
    """K07: all credentials pass the authentication service."""
    # D01
    stranger_world = Offices(chance=random.Random(8))  # noqa: S311  # repeatable
    guest = stranger_world.device(B)
    stranger = stranger_world.device(C)
    package = second.key_package()
    guest.key_packages = second.key_packages
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B),))
    staged, _ = committed(stranger, plan, Change((guest.id,)), {guest.id: package})
    assert staged.staged is not None
    talk = Talk({})
    outcome = talk.take(second, talk.row(RowKind.WELCOME, staged.staged.welcome or b""))
    assert (outcome.rooms, outcome.refused) == ((), Code.INVALID_CREDENTIAL)
    assert world.registry.devices[second.id] is not None


def removed(talk: Talk, by: Device, leaving: Device) -> None:
    change = Change(remove=((leaf_of(talk.of(by), leaving), leaving.id),))
    talk.take(leaving, followed(talk, by, change, {}))
    assert talk.of(leaving).was_left


def test_after_its_removal_a_device_reads_nothing(talk: Talk, first: Device, second: Device) -> None:
    # I12
    removed(talk, first, second)
    (outcome,) = talk.tell(first, first.text("Among ourselves."), second)
    assert outcome.refused == Code.REMOVED


def test_a_device_that_was_removed_may_be_welcomed_back_by_its_correspondent(
    talk: Talk, first: Device, second: Device
) -> None:
    removed(talk, first, second)
    package = second.key_package()
    staged, talk.rooms[first.id] = committed(
        first, talk.of(first), Change((second.id,)), {second.id: package}
    )
    assert staged.staged is not None
    outcome = talk.take(second, talk.row(RowKind.WELCOME, staged.staged.welcome or b""))
    assert outcome.refused is None
    (told,) = talk.tell(first, first.text("Welcome back."), second)
    assert archived(told).text == "Welcome back."


def test_nobody_who_was_not_in_the_room_welcomes_a_removed_device_back(
    talk: Talk, world: Offices, first: Device, second: Device
) -> None:
    """Else a stranger who knows the room's number would be answered as if he were the other office."""
    removed(talk, first, second)
    outcome = talk.take(second, talk.row(RowKind.WELCOME, welcome_by(world.device(C), second)))
    assert outcome.refused == Code.FORBIDDEN
    assert talk.of(second).was_left


def test_a_member_who_brings_another_office_in_is_named(
    talk: Talk, world: Offices, first: Device, second: Device
) -> None:
    """The commit is followed, or the group would split (N06); the officer is warned of who reads now."""
    # G13
    third = world.device(C)
    change = Change((third.id,))
    outcome = talk.take(second, followed(talk, first, change, {third.id: third.key_package()}))
    (told,) = outcome.happenings
    assert told.kind == "warning"
    assert C in told.text
    assert A in told.text
    assert talk.of(second).group is not None


def test_a_further_device_of_a_member_is_no_warning(
    talk: Talk, world: Offices, first: Device, second: Device
) -> None:
    more = world.device(A, "second")
    outcome = talk.take(second, followed(talk, first, Change((more.id,)), {more.id: more.key_package()}))
    assert [told.kind for told in outcome.happenings] == ["membership"]


def test_a_commit_of_a_revoked_device_is_followed_and_warned_of(
    talk: Talk, world: Offices, first: Device, second: Device
) -> None:
    """All must judge it alike (N06); then the device is removed before anything more is said."""
    # G13
    more = world.device(A, "second")
    row = followed(talk, first, Change((more.id,)), {more.id: more.key_package()})
    world.revoke(first, LATER - 10)
    outcome = talk.take(second, row)
    assert outcome.refused is None
    assert [told.kind for told in outcome.happenings] == ["warning"]
    change = plan_change(talk.of(second), second.context, in_office_room=False)
    assert change.remove == ((leaf_of(talk.of(second), first), first.id),)


def test_a_device_that_is_removed_is_told_so(talk: Talk, first: Device, second: Device) -> None:
    change = Change(remove=((leaf_of(talk.of(first), second), second.id),))
    outcome = talk.take(second, followed(talk, first, change, {}))
    assert [told.text for told in outcome.happenings] == ["this device was removed from the room"]


def test_a_commit_of_a_past_epoch_is_refused(
    talk: Talk, world: Offices, first: Device, second: Device
) -> None:
    """M04."""
    more = world.device(A, "second")
    row = followed(talk, first, Change((more.id,)), {more.id: more.key_package()})
    talk.take(second, row)
    again = talk.take(second, talk.row(RowKind.COMMIT, row.payload))
    assert again.refused == Code.WRONG_EPOCH


def test_a_proposal_is_kept_for_the_next_commit(talk: Talk, first: Device, second: Device) -> None:
    """N04: a valid proposal is committed before anything is said."""
    room = talk.of(first)
    assert room.group is not None
    group, proposal = mls.propose_update(room.group, random=first.world.random)
    talk.rooms[first.id] = replace(room, group=group)
    outcome = talk.take(second, talk.row(RowKind.PROPOSAL, proposal))
    assert kinds(outcome) == ["SaveRoom"]
    after = talk.of(second).group
    assert after is not None
    assert after.has_pending_proposals


def propose_outsider(group: mls.Group, world: Offices) -> bytes:
    outsider = world.device(C)
    authenticate = outsider.context.authenticate_member
    package = outsider.key_package()
    return mls.propose_add(group, package, now=world.now, authenticate=authenticate, random=world.random)[1]


def propose_removal(group: mls.Group, world: Offices) -> bytes:
    return mls.propose_remove(group, 0, random=world.random)[1]


def propose_new_start(group: mls.Group, world: Offices) -> bytes:
    return mls.propose_reinit(group, mls.ReInit(b"z" * 32, 1, SUITE, ()), random=world.random)[1]


def propose_key(group: mls.Group, world: Offices) -> bytes:
    return mls.propose_psk(group, mls.ExternalPsk(b"of nobody else"), random=world.random)[1]


@pytest.mark.parametrize("propose", [propose_outsider, propose_removal, propose_new_start, propose_key])
def test_nobody_is_made_to_commit_in_his_own_name_what_another_wants(
    talk: Talk, first: Device, second: Device, propose: Callable[[mls.Group, Offices], bytes]
) -> None:
    """The next to commit would bring an outsider in, or close the room, and be named for it."""
    # G13
    group = talk.of(second).group
    assert group is not None
    outcome = talk.take(first, talk.row(RowKind.PROPOSAL, propose(group, first.world)))
    assert outcome.refused == Code.FORBIDDEN
    after = talk.of(first).group
    assert after is not None
    assert not after.has_pending_proposals


def test_who_closes_a_room_for_good_is_named(talk: Talk, first: Device, second: Device) -> None:
    # G13 I13
    group = talk.of(second).group
    assert group is not None
    staged = mls.stage_commit(
        group,
        reinit=mls.ReInit(b"z" * 32, 1, SUITE, ()),
        random=first.world.random,
        now=first.world.now,
        authenticate=second.context.authenticate_member,
    )
    outcome = talk.take(first, talk.row(RowKind.COMMIT, staged.message))
    assert outcome.refused is None
    (told,) = outcome.happenings
    assert told.kind == "warning"
    assert B in told.text


@pytest.mark.parametrize(("revoked_at", "code"), [(LATER - 1, Code.REVOKED), (LATER + 1, None)])
def test_what_a_device_says_counts_until_its_revocation(
    talk: Talk, world: Offices, first: Device, second: Device, revoked_at: int, code: Code | None
) -> None:
    # M05
    row = talk.said(first, first.text("May we ask?"))
    world.revoke(first, revoked_at)
    outcome = talk.take(second, row)
    assert outcome.refused == code
    assert (kinds(outcome)[:2] == ["SaveRoom", "SaveMessage"]) is (code is None)
    again = talk.take(second, talk.row(RowKind.APPLICATION, row.payload))
    assert again.refused == Code.REPLAYED, "the key was erased though nothing was believed (L03)"


def test_what_a_device_says_after_its_entry_has_expired_does_not_count(
    world: Offices, second: Device
) -> None:
    brief = world.device(A, not_after=LATER + 10)
    talk = made_room(brief, [second])
    row = talk.said(brief, brief.text("Too late."), at=LATER + 10)
    assert talk.take(second, row).refused == Code.EXPIRED


def test_content_in_anothers_name_is_refused(talk: Talk, first: Device, second: Device) -> None:
    """The content must name the sender whom MLS authenticated."""
    (outcome,) = talk.tell(first, second.text("Said by Ghana?"), second)
    assert outcome.refused == Code.FORBIDDEN
    assert notes(outcome) == [Code.FORBIDDEN]


def test_data_in_the_open_are_refused(talk: Talk, first: Device, second: Device) -> None:
    # P05: the relay could read them, and nobody has agreed on what they would mean
    group = talk.of(first).group
    assert group is not None
    content = first.text("Read me").encoded
    _, payload = mls.protect(group, content, authenticated_data=b"case 7", random=first.world.random)
    outcome = talk.take(second, talk.row(RowKind.APPLICATION, payload))
    assert outcome.refused == Code.FORBIDDEN
    assert notes(outcome) == [Code.FORBIDDEN]


def test_content_of_another_room_is_refused(talk: Talk, first: Device, second: Device) -> None:
    (outcome,) = talk.tell(first, first.text("Elsewhere.", GroupId(b"h" * 32)), second)
    assert outcome.refused == Code.FORBIDDEN


def test_a_formal_message_is_answered_by_a_signed_receipt(first: Device, second: Device) -> None:
    talk = made_room(first, [second], CaseKind.REQUEST)
    (outcome,) = talk.tell(first, first.text("We request."), second)
    assert archived(outcome).formal
    assert kinds(outcome) == ["SaveRoom", "SaveMessage", "SaveEvidence", "Enqueue"]
    assert sum(isinstance(effect, Enqueue) for effect in outcome.effects) == 1


def test_a_network_reports_nothing(world: Offices, first: Device) -> None:
    secretariat = world.device(NET)
    talk = made_room(secretariat, [first], CaseKind.NETWORK)
    (outcome,) = talk.tell(secretariat, secretariat.text("In March."), first)
    assert kinds(outcome) == ["SaveRoom", "SaveMessage"]


def test_a_straggler_of_a_former_epoch_is_owed_to_the_own_new_device(
    talk: Talk, world: Offices, first: Device, second: Device
) -> None:
    """The new device cannot open it, so the history is handed over again."""
    straggler = talk.sealed(second, second.text("Just before."))
    more = world.device(A, "second")
    followed(talk, first, Change((more.id,)), {more.id: more.key_package()})
    outcome = talk.take(first, talk.row(RowKind.APPLICATION, straggler))
    assert archived(outcome).text == "Just before."
    assert PlanReseal(GROUP, talk.last) in outcome.effects


def test_a_straggler_of_a_device_that_was_removed_since_is_read_and_warned_of(
    talk: Talk, world: Offices, first: Device, second: Device
) -> None:
    """It may have been sealed long after the removal: who was removed keeps the keys of its last epoch."""
    # M05
    more = world.device(A, "second")
    add = Change((more.id,))
    assert talk.take(second, followed(talk, first, add, {more.id: more.key_package()})).refused is None
    stragglers = [talk.sealed(second, second.text(text)) for text in ("Just before.", "Long after.")]
    honest = talk.sealed(second, second.text("Still with you."))
    followed(talk, first, Change(refresh=True), {})
    outcome = talk.take(first, talk.row(RowKind.APPLICATION, honest))
    assert [told.kind for told in outcome.happenings] == ["message"], "who is still there is no warning"
    followed(talk, first, Change(remove=((leaf_of(talk.of(first), second), second.id),)), {})
    for straggler in stragglers:
        outcome = talk.take(first, talk.row(RowKind.APPLICATION, straggler))
        assert outcome.refused is None
        message, warning = outcome.happenings
        assert (message.kind, warning.kind) == ("message", "warning")
        assert warning.message_id == archived(outcome).message_id
        assert B in warning.text


def test_a_straggler_of_a_device_that_was_taken_out_and_in_again_is_no_warning(
    talk: Talk, first: Device, second: Device
) -> None:
    # M05 N06
    straggler = talk.sealed(second, second.text("Just before."))
    seat = ((leaf_of(talk.of(first), second), second.id),)
    followed(talk, first, Change((second.id,), seat), {second.id: second.key_package()})
    outcome = talk.take(first, talk.row(RowKind.APPLICATION, straggler))
    assert [told.kind for told in outcome.happenings] == ["message"]


def office_room(world: Offices, first: Device) -> tuple[Talk, Device]:
    more = world.device(A, "second")
    return made_room(first, [more], CaseKind.OFFICE), more


def test_a_history_is_taken_into_the_room_it_is_of(world: Offices, first: Device) -> None:
    talk, more = office_room(world, first)
    other = GroupId(b"h" * 32)
    resealed = first.event(HistoryResealed(()), topic=other)
    (outcome,) = talk.tell(first, resealed, more)
    assert [room.group_id for room in outcome.rooms] == [GROUP, other]
    assert kinds(outcome) == ["SaveRoom", "SaveRoom"]


def test_a_history_of_the_offices_own_room_leaves_that_room_advanced(world: Offices, first: Device) -> None:
    """A stale copy of the room it came in must never be written over the advanced one (L07)."""
    talk, more = office_room(world, first)
    (outcome,) = talk.tell(first, first.event(HistoryResealed(()), topic=GROUP), more)
    assert outcome.refused is None
    saved = [effect.room for effect in outcome.effects if isinstance(effect, SaveRoom)]
    assert {(room.group_id, room.position) for room in (*saved, *outcome.rooms)} == {(GROUP, talk.last)}
    groups = {room.group for room in (*saved, *outcome.rooms) if room.group is not None}
    assert len(groups) == 1
    assert talk.take(more, talk.row(RowKind.APPLICATION, b"")).refused is not None


@pytest.mark.parametrize("topic", [b"", b"h" * 15])
def test_a_history_of_no_room_is_refused(world: Offices, first: Device, topic: bytes) -> None:
    talk, more = office_room(world, first)
    (outcome,) = talk.tell(first, first.event(HistoryResealed(()), topic=topic), more)
    assert outcome.refused is not None
    saved = [effect.room for effect in outcome.effects if isinstance(effect, SaveRoom)]
    assert [room.position for room in saved] == [talk.last]
    again = talk.take(more, talk.row(RowKind.APPLICATION, b""))
    assert again.refused is not None


def test_nothing_is_read_in_an_office_room_with_a_stranger_in_it(world: Offices, first: Device) -> None:
    talk, more = office_room(world, first)
    outsider = world.device(C)
    row = followed(talk, first, Change((outsider.id,)), {outsider.id: outsider.key_package()})
    talk.take(more, row)
    (outcome,) = talk.tell(first, first.text("For us alone."), more)
    assert outcome.refused == Code.FORBIDDEN
    assert notes(outcome) == [Code.FORBIDDEN]


def test_many_steps_become_one_transaction_with_the_last_state_of_each_room(
    talk: Talk, first: Device, second: Device
) -> None:
    """L07: ratchet and plaintext together."""
    rows = [talk.said(first, first.text(text)) for text in ("one", "two")]
    merged = merge_outcomes([talk.take(second, row) for row in rows])
    assert [type(effect) for effect in merged.effects].count(SaveRoom) == 1
    assert merged.rooms == (talk.of(second),)
    assert kinds(merged).count("SaveMessage") == 2
    assert Room(GROUP).position == NOTHING_READ


def test_a_room_is_opened_once(first: Device, second: Device) -> None:
    talk = made_room(first, [second], CaseKind.REQUEST)
    opening = second.event(CaseOpened(CaseKind.REQUEST, "again", None, None))
    (outcome,) = talk.tell(second, opening, first)
    assert outcome.refused == Code.FORBIDDEN
    assert [told.kind for told in outcome.happenings] == ["warning"]
