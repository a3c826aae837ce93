"""A case from request to close between two offices, with what is forged, at once, or of a removed device."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.simulator.test_story import A, B, submit, world_with
from tests.simulator.world import Adversary, World

from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.stating import flaw_in, signed_content
from rogatory_client.engine.writing import text_part, write
from rogatory_client.office import CaseStateView, Office
from rogatory_client.office.correspondence import begin_draft, post, posted
from rogatory_crypto.content.case_progress import DeadlineSet, StateSet
from rogatory_crypto.content.events import Acknowledged, event_part
from rogatory_crypto.content.message import verify_message
from rogatory_crypto.content.mimi import MessageId, MimiContent
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.content.statement import Statement, covered_hash, sign_content, statement_part
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId, GroupId

CASE = "SN/2"


async def taken_in_hand(folder: Path) -> World:
    """A's request at B, acknowledged."""
    world = await world_with(folder, A, B)
    await submit(world, folder)
    async with world.at(B) as office:
        await office.sync()
        office.acknowledge(CASE, "GH/9")
        await office.sync()
    await world.sync(A)
    return world


async def link(world: World, entry: str, name: str, role: Role = Role.CASE_OFFICER) -> None:
    """A further device of an office, which has its history."""
    world.new_device(name)
    async with world.at(name) as office:
        asked = await office.link_request(entry, f"{role} {name}", role)
    async with world.at(entry) as office:
        await office.approve_link(asked.text, asked.confirmation_code)
    for each in (name, entry, name):
        await world.sync(each)


async def state_at(world: World, name: str) -> CaseStateView:
    await world.sync(name)
    async with world.at(name) as office:
        return office.cases.state(CASE)


async def everywhere(world: World, *names: str) -> str | None:
    """The state that all devices see; they see the same changes, too."""
    for name in names:
        await world.sync(name)
    views = [await state_at(world, name) for name in names]
    assert all(view.changes == views[0].changes for view in views)
    assert {view.state for view in views} == {views[0].state}
    return views[0].state


def slip_in(office: Office, parts: Sequence[NestedPart]) -> str:
    """Say something without asking whether it would be valid, as a hostile member may."""
    desk = office._desk
    room = desk.rooms[GroupId(bytes.fromhex(office.room(CASE).room_id))]
    message, outcome = post(room, begin_draft(room.group_id, desk.context()), parts)
    desk.carry_out(merge_outcomes((outcome,)))
    desk.reload()
    return message.message_id.hex()


def slip_in_as_it_is(office: Office, content: MimiContent) -> str:
    """Say something whose signature, if it has one, somebody else has put together."""
    desk = office._desk
    room = desk.rooms[GroupId(bytes.fromhex(office.room(CASE).room_id))]
    context = desk.context()
    uris = {"sender_uri": context.oneself.authority, "room_uri": context.uri_of_room(room.group_id)}
    message = verify_message(content.encode(), **uris)
    desk.carry_out(merge_outcomes((posted(room, message, context),)))
    desk.reload()
    return message.message_id.hex()


def said_by(office: Office, *parts: NestedPart) -> MimiContent:
    """A message in the case that nobody has signed."""
    desk = office._desk
    return write(parts, GroupId(bytes.fromhex(office.room(CASE).room_id)), desk.context()).content


def upon(office: Office, state: str, **fields: object) -> StateSet:
    """A change that builds upon what this device holds."""
    valid = [each for each in office.cases.state(CASE).changes if each.standing == "valid"]
    return StateSet(state, (MessageId(bytes.fromhex(valid[-1].message_id)),), **fields)  # type: ignore[arg-type]  # fields of a StateSet


async def test_delivered_is_the_machines_and_acknowledged_an_officers(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await submit(world, tmp_path)
    async with world.at(A) as office:
        assert office.cases.state(CASE).state == "sent"
        world.now += 86_401
        assert office.cases.state(CASE).state == "delivery_failed"
    await world.sync(B)
    assert await everywhere(world, A, B) == "delivered"
    async with world.at(B) as office:
        with pytest.raises(MisuseError, match="case acknowledge"):
            office.cases.set_state(CASE, "acknowledged")
        office.acknowledge(CASE, "GH/9")
        await office.sync()
    assert await everywhere(world, A, B) == "acknowledged"
    assert (await state_at(world, A)).references == {A: "SN/2", B: "GH/9"}


async def test_a_case_is_executed_and_closed(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    async with world.at(B) as office:
        view = office.cases.state(CASE)
        assert view.side == "requested"
        assert {step.state for step in view.next_steps} == {"returned", "under_review", "assigned"}
        office.cases.set_state(CASE, "under_review")
        office.cases.set_state(CASE, "info_requested", points=["Which bank?"], due="2026-12-31")
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        answer = office.reply(CASE, "The savings bank.")
        office.cases.set_state(CASE, "under_review", message=answer.message_id)
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        office.cases.set_state(CASE, "in_execution", confidentiality="can_keep")
        result = office.reply(CASE, "The records.")
        office.cases.set_state(CASE, "executed", message=result.message_id)
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        office.cases.set_state(CASE, "closed")
        await office.sync()
    assert await everywhere(world, A, B) == "closed"
    view = await state_at(world, A)
    assert {change.standing for change in view.changes} == {"valid"}
    assert not world.notes(A) + world.notes(B)


async def test_a_refusal_needs_a_consultation_and_what_is_refused_comes_again(tmp_path: Path) -> None:
    """18(21), 18(23), 18(26)."""
    world = await taken_in_hand(tmp_path)
    for name in (A, B):
        async with world.at(name) as office:
            with pytest.raises(MisuseError, match="a case of its own"):
                office.submit_request(
                    request_type="banking_records",
                    legal_basis="UNTOC 18",
                    reference="SN/3",
                    letter=tmp_path / "letter.pdf",
                    room=CASE,
                )
            assert not office.outbox()
    async with world.at(B) as office:
        office.cases.set_state(CASE, "under_review")
        with pytest.raises(MisuseError, match="no consultation before it"):
            office.cases.set_state(CASE, "refused", ground="essential_interests", reasons="Security.")
        asked = office.reply(CASE, "May we ask what for?")
        office.cases.set_state(
            *(CASE, "refused"),
            ground="essential_interests",
            reasons="Security.",
            consultation=asked.message_id,
        )
        await office.sync()
    assert await everywhere(world, A, B) == "refused"
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="rogatory send"):
            office.cases.set_state(CASE, "sent")
        office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference="SN/2",
            letter=tmp_path / "letter.pdf",
            room=CASE,
            text="It is for a trial.",
        )
        await office.sync()
    assert await everywhere(world, B, A) == "delivered"
    async with world.at(B) as office:
        (letter,) = office.messages(CASE)[-1].attachments
        assert (letter.filename, letter.role) == ("letter.pdf", "letter")
        office.acknowledge(CASE, "GH/9")
        await office.sync()
    assert await everywhere(world, A, B) == "acknowledged"


async def test_two_officers_at_once_are_shown_and_one_decides(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    await link(world, B, "second")
    async with world.at(B) as office:
        await office.sync()
        asked = office.reply(CASE, "May we ask what for?")
        office.cases.set_state(CASE, "under_review")
        await office.sync()
    await world.sync("second")
    async with world.at(B) as office:
        office.cases.set_state(
            *(CASE, "refused"), ground="no_dual_criminality", reasons="None.", consultation=asked.message_id
        )
    async with world.at("second") as office:
        office.cases.set_state(CASE, "in_execution", confidentiality="can_keep")
    assert await everywhere(world, B, "second", A) is None
    async with world.at(A) as office:
        (contested,) = office.cases.conflicts()
        assert {change.state for change in contested.conflict} == {"refused", "in_execution"}
        assert contested.next_steps == ()
        with pytest.raises(MisuseError, match="cannot both be"):
            office.cases.set_state(CASE, "withdrawn", reasons="Enough.")
        with pytest.raises(MisuseError, match="none of the changes"):
            office.cases.settle(CASE, "in_execution")
    async with world.at("second") as office:
        office.cases.settle(CASE, "in_execution")
        with pytest.raises(MisuseError, match="nothing to decide"):
            office.cases.settle(CASE, "in_execution")
    assert await everywhere(world, "second", B, A) == "in_execution"


@pytest.mark.parametrize("seed", range(2))
async def test_breaking_lines_and_kills_change_nothing_of_it(tmp_path: Path, seed: int) -> None:
    """Three devices of two offices act on what they hold; in the end all see the same."""
    world = await taken_in_hand(tmp_path)
    await link(world, B, "second")
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        (B, "under_review", {}),
        ("second", "under_review", {}),
        (B, "assigned", {}),
        ("second", "in_execution", {"confidentiality": "can_keep"}),
        (A, "withdrawn", {"reasons": "The person was found here."}),
    )
    world.chance.seed(seed)
    for name, state, fields in steps:
        world.adversary = Adversary(world.chance, break_one_in=14, kill_one_in=23)
        if world.chance.randrange(2):
            await world.sync(name)
        world.adversary = Adversary(world.chance)
        async with world.at(name) as office:
            if state in {step.state for step in office.cases.state(CASE).next_steps}:
                office.cases.set_state(CASE, state, **fields)
    world.adversary = Adversary(world.chance, break_one_in=14, kill_one_in=23)
    for name in (A, B, "second"):
        await world.sync(name)
    world.adversary = Adversary(world.chance)
    assert await everywhere(world, A, B, "second", A, B, "second") == "withdrawn"
    view = await state_at(world, "second")
    assert {change.standing for change in view.changes} == {"valid"}
    for name in (A, B, "second"):
        async with world.at(name) as office:
            assert not office.outbox()
        assert world.notes(name) == []


async def test_what_is_forged_is_shown_to_all_and_changes_nothing(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    async with world.at(B) as office:
        desk, context = office._desk, office._desk.context()
        withdrawn = upon(office, "withdrawn", reasons="Not needed.")
        mine = upon(office, "under_review")
        oneself = desk.oneself
        empty = said_by(office, event_part(mine), text_part("As we said."), statement_part())
        group_id = GroupId(bytes.fromhex(office.room(CASE).room_id))
        held = Statement(
            *(covered_hash(empty), group_id, context.now),
            *(oneself.entry_id, oneself.officer, oneself.device_id),
        )
        other = next(each for each in desk.registry.devices.values() if each.entry.entry_id == A).entry

        def forged(content: MimiContent = empty, **fields: object) -> str:
            said = replace(held, **fields)  # type: ignore[arg-type]  # fields of a Statement
            return slip_in_as_it_is(office, sign_content(content, said, oneself.signer.private))

        sent = next(each for each in office.cases.state(CASE).changes if each.state == "sent")
        request = MessageId(bytes.fromhex(sent.message_id))
        other_words = said_by(office, event_part(mine), text_part("As you wish."), statement_part())
        flood = tuple(event_part(DeadlineSet(str(day), "2026-12-31", EntryId(B), "")) for day in range(8))
        attempts = {
            slip_in(office, (event_part(Acknowledged(request, "GH/10")),)): "no receipt stands beside it",
            slip_in(office, (event_part(mine), *flood)): "more than 8 things",
            slip_in(office, (event_part(withdrawn),)): "only the requesting side",
            slip_in_as_it_is(office, said_by(office, event_part(mine))): "not signed",
            forged(at=context.now + 86_400): "after the relay had accepted",
            forged(at=context.now - 86_400 * 400): "before the device was entered",
            forged(group_id=GroupId(bytes(32))): "for another case",
            forged(other_words): "its words or files are not those",
            forged(authority=A, officer=other.officer, device_id=other.device_id): "another device",
        }
        await office.sync()
    assert await everywhere(world, A, B) == "acknowledged"
    view = await state_at(world, A)
    shown = {each.message_id: each.reason for each in view.changes if each.standing == "not valid"}
    assert set(shown) == set(attempts)
    assert all(words in shown[name] for name, words in attempts.items())


async def test_a_clerk_and_a_removed_device_are_refused_by_name(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    await link(world, B, "clerk", Role.CLERK)
    async with world.at("clerk") as office:
        with pytest.raises(MisuseError, match="role clerk may not"):
            office.cases.set_state(CASE, "under_review")
    await link(world, B, "leaver")
    async with world.at("leaver") as office:
        office.cases.set_state(CASE, "under_review")
    async with world.at(B) as office:
        await office.sync()
        device = next(each for each in office.devices() if each.role == "case-officer" and each.in_service)
        await office.revoke_device(device.device_id, "lost")
        await office.sync()
    async with world.at("leaver") as office:
        with pytest.raises(Exception, match=r"revoked|unauthenticated|removed"):
            await office.sync(patience_s=0)
        desk = office._desk
        group_id = GroupId(bytes.fromhex(office.room(CASE).room_id))
        said = upon(office, "under_review")
        content = signed_content(
            said_by(office, event_part(said), statement_part()), group_id, desk.context()
        )
        leaver, before = desk.oneself.device_id, int(world.now)
    assert await everywhere(world, A, B) == "acknowledged"
    world.now += 60
    async with world.at(A) as office:
        sender = office._desk.registry.devices[leaver]
        assert sender.revoked_at is not None
        # What it signs now is refused, and what it dates back as well, once the relay has taken it in.
        late = "after its office had revoked it"
        assert late in (flaw_in(content, group_id, sender, before + 60) or "")
        earlier = signed_content(content, group_id, replace(desk.context(), now=before - 3_600))
        assert late in (flaw_in(earlier, group_id, sender, before + 60) or "")


async def test_an_enquiry_is_answered_with_a_signature(tmp_path: Path) -> None:
    """18(24)."""
    world = await taken_in_hand(tmp_path)
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="no enquiry waits"):
            office.cases.answer_enquiry(CASE, "Done.")
        asked = office.cases.enquire(CASE, due="2026-12-31", text="How far is it?")
        assert asked.text == "How far is it?"
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        with pytest.raises(MisuseError, match="only who has made a request"):
            office.cases.enquire(CASE)
        office.cases.answer_enquiry(CASE, "The bank was asked.", expected="2026-12-24")
        await office.sync()
    view = await state_at(world, A)
    (enquiry,) = view.enquiries
    assert [(each.progress, each.expected) for each in enquiry.answers] == [
        ("The bank was asked.", "2026-12-24")
    ]
    assert view.changes == (await state_at(world, B)).changes
    assert not view.attempts


async def test_progress_is_told_unasked_and_puts_off_the_next_note(tmp_path: Path) -> None:
    """18(24)."""
    world = await taken_in_hand(tmp_path)
    async with world.at(B) as office:
        office.cases.set_state(CASE, "Under review")
        await office.sync()
        world.now += 59 * 86_400
        (due,) = office.cases.deadlines(CASE)
        office.cases.tell_progress(CASE, "The bank was asked.", expected="2027-02-01")
        await office.sync()
        (next_one,) = office.cases.deadlines(CASE)
    assert (due.what, next_one.what, next_one.at - due.at) == (*["progress note"] * 2, 59 * 86_400)
    view = await state_at(world, A)
    assert [(each.office, each.progress) for each in view.notes] == [(B, "The bank was asked.")]
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="only who was asked"):
            office.cases.tell_progress(CASE, "Ours.")


async def test_nobody_is_late_from_the_beginning_and_a_wrong_word_is_answered_with_the_right(
    tmp_path: Path,
) -> None:
    world = await taken_in_hand(tmp_path)
    async with world.at(B) as office:
        with pytest.raises(
            MisuseError, match=r"no state 'reviewing': next may come assigned, returned, under_review"
        ):
            office.cases.set_state(CASE, "reviewing")
        office.cases.set_state(CASE, "under_review")
        for day, why in (("2026-11-17", "is over already at CNA-SN-01"), ("31.12.2026", "write it like")):
            with pytest.raises(MisuseError, match=why):
                office.cases.set_state(CASE, "info_requested", points=["Which bank?"], due=day)
        with pytest.raises(MisuseError, match="is over already"):
            office.cases.set_deadline(CASE, "hearing", "2020-12-31")
        office.cases.set_state(CASE, "info_requested", points=["Which bank?"], due="2026-11-18")
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="is over already"):
            office.cases.enquire(CASE, due="2025-12-31")


async def test_deadlines_are_the_same_instant_on_two_clocks(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    async with world.at(A) as office:
        set_by_us = office.cases.set_deadline(CASE, "hearing", "2026-12-31", acts=B, basis="18(24)")
        with pytest.raises(MisuseError, match="not in this case"):
            office.cases.set_deadline(CASE, "hearing", "2026-12-31", acts="CNA-NG-01")
        with pytest.raises(MisuseError, match="is no day"):
            office.cases.set_deadline(CASE, "hearing", "2026-02-30")
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        check, hearing = office.cases.deadlines(CASE)
        assert (check.what, check.acts, check.overdue) == ("completeness check", B, False)
        assert hearing.message_id == set_by_us.message_id
        assert hearing.clocks == {
            A: "2026-12-31 23:59 Africa/Dakar",
            B: "2026-12-31 23:59 Africa/Accra",
        }
        assert office.cases.deadlines() == (check, hearing)
        (sooner, _) = office.cases.deadlines(CASE, {"completeness check": "2 working days"})
        assert sooner.at < check.at
        with pytest.raises(MisuseError, match="only the office that has set"):
            office.cases.withdraw_deadline(CASE, set_by_us.message_id)
        written = office.cases.calendar()
        assert written.count(b"BEGIN:VEVENT") == 2
        assert b"GH/9" not in written
        assert b"GH/9" in office.cases.calendar(CASE, referenced=True)
        world.now = check.at + 1
        assert [each.overdue for each in office.cases.deadlines(CASE)] == [True, False]
    async with world.at(A) as office:
        office.cases.withdraw_deadline(CASE, set_by_us.message_id, reasons="Adjourned.")
        assert [each.what for each in office.cases.deadlines(CASE)] == ["completeness check"]


async def test_a_consultation_is_closed_without_a_signature(tmp_path: Path) -> None:
    """What is said informally must not be provable to outsiders."""
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Records", "May we ask?", reference=CASE)
        await office.sync()
        with pytest.raises(MisuseError, match="nothing in it is signed"):
            office.cases.set_deadline(CASE, "answer", "2026-12-31")
        closed = office.cases.set_state(CASE, "closed")
        await office.sync()
        content = next(each for each in office.messages(CASE) if each.message_id == closed.message_id)
        assert content.formal is False
        desk = office._desk
        room = desk.rooms[GroupId(bytes.fromhex(office.room(CASE).room_id))]
        empty = said_by(office, event_part(upon(office, "closed")), statement_part())
        with pytest.raises(MisuseError, match="signed statement in an informal room"):
            slip_in_as_it_is(office, signed_content(empty, room.group_id, desk.context()))
    assert await everywhere(world, A, B) == "closed"
    async with world.at(B) as office:
        office.cases.set_state(CASE, "closed")
        await office.sync()
    assert await everywhere(world, A, B) == "closed"
    assert (await state_at(world, A)).closed_by == ("requested", "requesting")


async def test_two_references_given_at_once_stand_alike_everywhere_and_both_are_found(tmp_path: Path) -> None:
    """Neither order of arrival nor who asks has a part in it, and no letter that quotes one is orphaned."""
    world = await world_with(tmp_path, A, B)
    await submit(world, tmp_path)
    await world.sync(B)
    for name in ("second", "third"):
        await link(world, B, name)
    async with world.at(B) as office:
        office.acknowledge(CASE, "GH/9")
    async with world.at("second") as office:
        office.acknowledge(CASE, "GH/10")
        await office.sync()
    assert await everywhere(world, B, "second", "third", A) == "acknowledged"
    for name in (B, "second", "third", A):
        async with world.at(name) as office:
            stands = office.cases.state(CASE).references
            assert office.room(CASE).references == stands == {A: CASE, B: "GH/9"}
            assert {office.room(each).room_id for each in ("gh/9", "GH/10")} == {office.room(CASE).room_id}
