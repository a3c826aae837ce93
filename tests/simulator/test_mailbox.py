"""Notes and assignments: seen by all devices of an office, by no other office, and lost with no device."""

from pathlib import Path

import pytest
from tests.simulator.office_world import CASE, HEAD, SECOND, THIRD, begin_case, office_of_two, settle
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import World

from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.office import Office
from rogatory_client.office.at_home import said_at_home, say_at_home
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_crypto.content.events import event_part
from rogatory_crypto.content.office_work import CaseAssigned, CaseNote
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import GroupId


async def notes_at(world: World, name: str) -> list[tuple[str, str]]:
    async with world.at(name) as office:
        return [(note.officer, note.text) for note in office.mailbox.notes(CASE)]


async def assigned_at(world: World, name: str) -> tuple[tuple[str, ...], bool]:
    async with world.at(name) as office:
        view = office.mailbox.assignment(CASE)
        return view.officers, view.in_conflict


async def test_a_note_stays_in_the_office(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    async with world.at(SECOND) as office:
        office.mailbox.note(CASE, "The bank may have moved.")
        await office.sync()
    await settle(world, A, B)
    assert (
        await notes_at(world, A)
        == await notes_at(world, SECOND)
        == [("second officer", "The bank may have moved.")]
    )
    assert await notes_at(world, B) == []
    async with world.at(A) as office:
        assert [each.text for each in office.messages(CASE)] == ["May we ask?"]
    assert not world.notes(A) + world.notes(B) + world.notes(SECOND)


async def test_notes_are_found_by_the_office_and_nobody_else(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await begin_case(world, "SN/2")
    await settle(world, A, SECOND)
    async with world.at(SECOND) as office:
        office.mailbox.note(CASE, "The bank may have moved.")
        world.tick(60.0)
        office.mailbox.note("SN/2", "Ask the bank, MOVED or not.")
        await office.sync()
    await settle(world, A, B)
    for name in (A, SECOND):
        async with world.at(name) as office:
            hits = office.search.find("bank moved").hits
            assert [(each.kind, each.officer, each.office) for each in hits] == [
                ("note", "second officer", A)
            ] * 2
            assert [list(each.references.values()) for each in hits] == [["SN/2"], [CASE]]
            (hit,) = office.search.find("moved", room=CASE).hits
            assert "".join(piece.text for piece in hit.pieces) == "The bank may have moved."
            assert office.search.find("moved", office=B).hits == ()
            assert office.search.find("moved", until=hit.at_ms // 1000).hits == ()
            assert office.search.find("moved", limit=1).has_more
            for unknown in ("CNA-XX-99", "\ud800"):
                with pytest.raises(MisuseError, match="no office is"):
                    office.search.find("moved", office=unknown)
            for nothing in ("", "  ", "\u200b", "-"):
                with pytest.raises(MisuseError, match="the note is empty"):
                    office.mailbox.note(CASE, nothing)
    async with world.at(B) as office:
        assert office.search.find("moved").hits == ()


async def test_what_one_device_says_alone_is_handed_to_the_next_two(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await begin_case(world, CASE)
    async with world.at(A) as office:
        office.mailbox.note(CASE, "Alone.")
        office.mailbox.take(CASE)
        report = await office.sync()
        assert report.waiting == 0
        assert not office.outbox()
    said_at = {}
    async with world.at(A) as office:
        said_at[A] = office.mailbox.notes(CASE)[0].at_ms
    world.tick(86_400)
    for name, officer in ((SECOND, "second officer"), (THIRD, "third officer")):
        await join(world, name, officer, Role.CASE_OFFICER)
        await settle(world, A, name)
        async with world.at(name) as office:
            office.mailbox.note(CASE, f"Here is {officer}.")
            said_at[name] = office.mailbox.notes(CASE)[0].at_ms
            await office.sync()
    await settle(world, A, SECOND, THIRD)
    expected = [
        (HEAD, "Alone."),
        ("second officer", "Here is second officer."),
        ("third officer", "Here is third officer."),
    ]
    for name in (A, SECOND, THIRD):
        assert await notes_at(world, name) == expected
        assert await assigned_at(world, name) == ((HEAD,), False)
    assert len(set(said_at.values())) == 1
    assert not world.notes(A) + world.notes(SECOND) + world.notes(THIRD)


async def test_two_who_take_a_case_at_once_are_both_shown_until_one_decides(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    for name in (A, SECOND):
        async with world.at(name) as office:
            office.mailbox.take(CASE)
    await settle(world, A, SECOND)
    both = ((HEAD, "second officer"), True)
    assert await assigned_at(world, A) == await assigned_at(world, SECOND) == both
    async with world.at(SECOND) as office:
        office.mailbox.assign(CASE, "second", reasons="I know the bank.")
        await office.sync()
    await settle(world, A)
    assert await assigned_at(world, A) == await assigned_at(world, SECOND) == (("second officer",), False)
    async with world.at(A) as office:
        view = office.mailbox.assignment(CASE)
        assert [each.reasons for each in view.history] == ["", "", "I know the bank."]
        assert office.mailbox.release(CASE).officers == ()


async def test_only_officers_are_assigned_and_only_cases(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    async with world.at(A) as office:
        for name in ("nobody", "", "s\u202eecond", "x" * 5000):
            with pytest.raises(MisuseError, match="no one officer"):
                office.mailbox.assign(CASE, name)
        for text, why in (("", "the note is empty"), ("x" * 20_001, "no peer would accept")):
            with pytest.raises(MisuseError, match=why):
                office.mailbox.note(CASE, text)
        assert office.mailbox.assignment(CASE).history == ()
        with pytest.raises(MisuseError, match="no case"):
            office.mailbox.note("SN/404", "Lost.")


async def test_an_observer_neither_notes_nor_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await office_of_two(tmp_path)
    await join(world, "observer", "intern", Role.OBSERVER)
    await settle(world, A, "observer")
    async with world.at("observer") as office:
        for say in (lambda: office.mailbox.note(CASE, "Me, too."), lambda: office.mailbox.take(CASE)):
            with pytest.raises(MisuseError, match=r"role observer may not note|intern has no part in"):
                say()
    with monkeypatch.context() as patch:
        patch.setattr("rogatory_client.engine.interpretation.require_right", lambda *_: None)
        async with world.at("observer") as office:
            say_at_home(office._desk, CaseAssigned(case_id(office), HEAD, ()))
            await office.sync()
    await settle(world, A, SECOND)
    for name in (A, SECOND):
        assert await assigned_at(world, name) == ((), False)
        assert [code for code, _ in world.notes(name)] == ["forbidden"]


def case_id(office: Office) -> GroupId:
    return GroupId(bytes.fromhex(office.room(CASE).room_id))


async def test_a_case_is_for_who_works_on_cases(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await join(world, "observer", "intern", Role.OBSERVER)
    await join(world, "administrator", "administrator", Role.ADMINISTRATOR)
    await settle(world, A, SECOND, "observer", "administrator")
    async with world.at(A) as office:
        for name in ("intern", "administrator"):
            with pytest.raises(MisuseError, match=f"{name} has no part in the work on cases"):
                office.mailbox.assign(CASE, name)
            with pytest.raises(MisuseError, match=f"{name} has no part in the work on cases"):
                office.mailbox.set_deputy("second", name, "2026-12-01", "2026-12-19")
        say_at_home(office._desk, CaseAssigned(case_id(office), "intern", ()))
        await office.sync()
    await settle(world, SECOND)
    async with world.at(SECOND) as office:
        view = office.mailbox.assignment(CASE)
        assert view.officers == ()
        assert [each.refused for each in view.history] == ["intern has no part in the work on cases"]


def slip_into_the_case(office: Office, event: CaseNote | CaseAssigned) -> None:
    """Say a word of an office in the room of a case, as a changed program may."""
    desk = office._desk
    room = desk.rooms[GroupId(bytes.fromhex(office.room(CASE).room_id))]
    _, outcome = post(room, begin_draft(room.group_id, desk.context()), (event_part(event),))
    desk.carry_out(merge_outcomes((outcome,)))
    desk.reload()


@pytest.mark.parametrize("speaker", [A, B])
async def test_nobody_says_it_in_a_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speaker: str
) -> None:
    world = await office_of_two(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("rogatory_client.engine.office_work.require", lambda *_: None)
        async with world.at(speaker) as office:
            case = GroupId(bytes.fromhex(office.room(CASE).room_id))
            slip_into_the_case(office, CaseNote(case, "Aloud."))
            slip_into_the_case(office, CaseAssigned(case, HEAD, ()))
            await office.sync()
    listeners = {A, B, SECOND} - {speaker}
    for name in listeners:
        await world.sync(name)
        assert [code for code, _ in world.notes(name)] == ["forbidden", "forbidden"]
        assert await notes_at(world, name) == []
        assert await assigned_at(world, name) == ((), False)


async def test_a_deputy_is_set_by_the_officer_or_the_head_and_by_nobody_else(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    async with world.at(SECOND) as office:
        with pytest.raises(MisuseError, match="only the officer and the head"):
            office.mailbox.set_deputy(HEAD, "second officer", "2026-11-01", "2026-12-01")
        with pytest.raises(MisuseError, match="before the first"):
            office.mailbox.set_deputy("second", HEAD, "2026-12-01", "2026-11-01")
        with pytest.raises(MisuseError, match="for himself"):
            office.mailbox.set_deputy("second", "second", "2026-11-01", "2026-12-01")
        with pytest.raises(MisuseError, match="no day"):
            office.mailbox.set_deputy("second", HEAD, "soon", "2026-12-01")
        office.mailbox.take(CASE)
        set_ = office.mailbox.set_deputy("second", HEAD, "2026-11-01", "2026-12-31")
        assert set_.counts_today
        await office.sync()
    await settle(world, A)
    async with world.at(A) as office:
        assert office.mailbox.assignment(CASE).deputies == {"second officer": (HEAD,)}
        office.mailbox.set_deputy("second", None, "2026-11-01", "2026-12-31")
        assert office.mailbox.assignment(CASE).deputies == {}


async def test_of_a_case_for_some_officers_the_others_learn_nothing(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    async with world.at(A) as office:
        office.company.restrict(CASE, [HEAD])
        with pytest.raises(MisuseError, match="limited to case officer"):
            office.mailbox.assign(CASE, "second officer")
        office.mailbox.note(CASE, "Between us.")
        office.mailbox.take(CASE, reasons="I know the witness.")
        await office.sync()
    await settle(world, A, SECOND)
    assert await notes_at(world, A) == [(HEAD, "Between us.")]
    async with world.at(SECOND) as office:
        assert not said_at_home(office._desk, CaseNote)
        assert not said_at_home(office._desk, CaseAssigned)


async def test_a_case_load_is_handed_over_whole(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    for number in (2, 3):
        await begin_case(world, f"SN/{number}")
    await settle(world, A, SECOND)
    async with world.at(SECOND) as office:
        for number in (1, 2, 3):
            office.mailbox.take(f"SN/{number}")
        office.cases.set_state("SN/3", "closed")
        with pytest.raises(MisuseError, match="1000 characters"):
            office.mailbox.hand_over_cases("second", HEAD, reasons="x" * 1001)
        await office.sync()
    await settle(world, A)
    async with world.at(A) as office:
        second = next(each for each in office.devices() if not each.this_device)
        await office.revoke_device(second.device_id, "lost")
        await office.sync()
        assert len(office.mailbox.still_assigned("second officer")) == 2
        handed = office.mailbox.hand_over_cases("second officer", HEAD, reasons="Has left.")
        assert len(handed.rooms) == 2
        assert office.mailbox.still_assigned("second officer") == ()
        for number in (1, 2):
            view = office.mailbox.assignment(f"SN/{number}")
            assert (view.officers, view.history[-1].reasons) == ((HEAD,), "Has left.")
        assert office.mailbox.assignment("SN/3").officers == ("second officer",)
        assert office.mailbox.hand_over_cases("second officer", HEAD).rooms == ()
        with pytest.raises(MisuseError, match="no one officer"):
            office.mailbox.hand_over_cases(HEAD, "second officer")


async def test_a_new_device_is_not_told_of_what_the_office_has_answered(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    for sender, text in ((B, "One."), (B, "Two."), (A, "Both are clear."), (B, "Three.")):
        async with world.at(sender) as office:
            world.tick(60)
            office.reply(CASE, text)
            await office.sync()
        await settle(world, A, SECOND)
    await join(world, THIRD, "third officer", Role.CASE_OFFICER)
    await settle(world, A, THIRD)
    async with world.at(THIRD) as office:
        said = [each.text for each in office.messages(CASE)]
        assert said == ["May we ask?", "One.", "Two.", "Both are clear.", "Three."]
        (item,) = office.mailbox.inbox().of("needs_you")
        assert item.why == ("1 new message",)
        assert office.room(CASE).unread == 1
    async with world.at(SECOND) as office:  # who was there is told of each that is not open yet
        assert office.room(CASE).unread == 3
