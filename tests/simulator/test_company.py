"""Other offices in a case: let in by agreement, as guests who decide nothing, and taken out again."""

from pathlib import Path

import pytest
from tests.simulator.test_circles import opened_by
from tests.simulator.test_life_cycle import CASE, link, slip_in, state_at, taken_in_hand
from tests.simulator.test_story import A, B, C, submit, world_with
from tests.simulator.world import World

from rogatory_client.office import Office
from rogatory_crypto.content.case_company import Standing, StandingProposed
from rogatory_crypto.content.events import Acknowledged, event_part
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId


async def case_of_two(folder: Path) -> World:
    """A's request at B; C is enrolled and knows nothing of it."""
    world = await world_with(folder, A, B, C)
    await submit(world, folder)
    await everybody(world)
    return world


async def everybody(world: World, *more: str) -> None:
    for _ in range(3):
        for name in (A, B, C, *more):
            await world.sync(name)


async def let_in(world: World, *, standing: str = "guest", with_history: bool = False) -> list[str]:
    """A proposes C, B agrees; return the warnings of B."""
    async with world.at(A) as office:
        office.company.invite(CASE, C, standing=standing, with_history=with_history)
        await office.sync()
        assert C not in office.room(CASE).offices, "nobody has agreed yet"
    async with world.at(B) as office:
        await office.sync()
        (waiting,) = office.company.of(CASE).proposals
        assert (waiting.office, waiting.missing) == (C, (B,))
        office.company.invite(CASE, C, standing=standing, with_history=with_history)
        await office.sync()
    await world.sync(A)
    async with world.at(B) as office:
        report = await office.sync()
    await everybody(world)
    return list(report.warnings)


async def members(world: World, name: str) -> dict[str, str]:
    async with world.at(name) as office:
        return {each.office: each.side for each in office.company.of(CASE).members}


async def the_case(world: World, name: str) -> str:
    """The one case that is shown at a device: a guest knows it by its subject."""
    async with world.at(name) as office:
        (room,) = office.rooms()
        return room.room_id


async def test_a_guest_comes_in_once_all_have_agreed_and_reads_from_then_on(tmp_path: Path) -> None:
    world = await case_of_two(tmp_path)
    assert await let_in(world) == []
    assert await members(world, A) == {A: "requesting", B: "requested", C: "guest"}
    assert await members(world, B) == {A: "requesting", B: "requested", C: "guest"}
    async with world.at(A) as office:
        office.reply(CASE, "We welcome a guest.")
        await office.sync()
    await everybody(world)
    async with world.at(C) as office:
        (room,) = office.rooms()
        assert room.subject == "Company records"
        assert [each.text for each in office.messages() if each.text] == ["We welcome a guest."]
        office.reply(room.room_id, "We have a case of our own.")
        await office.sync()
    await everybody(world)
    async with world.at(B) as office:
        assert "We have a case of our own." in [each.text for each in office.messages(CASE)]
    assert world.notes(A) + world.notes(B) + world.notes(C) == []


async def test_a_guest_is_handed_what_was_said_before_where_all_agree(tmp_path: Path) -> None:
    world = await case_of_two(tmp_path)
    await let_in(world, with_history=True)
    async with world.at(C) as office:
        before = [each for each in office.messages() if each.text == "May we ask?"]
        assert [each.state for each in before] == ["handed back"]
        assert [each.office for each in before[0].vouched_by] == [A]


async def test_a_guest_decides_nothing_and_what_it_tries_is_shown_as_not_valid(tmp_path: Path) -> None:
    world = await case_of_two(tmp_path)
    await let_in(world, with_history=True)
    case = await the_case(world, C)
    async with world.at(C) as office:
        request = next(each for each in office.messages() if each.kind == "request")
        with pytest.raises(MisuseError, match="guest of the case"):
            office.acknowledge(case, "NG/1")
        with pytest.raises(MisuseError, match="would not be valid"):
            office.cases.set_state(case, "withdrawn", reasons="Enough.")
        with pytest.raises(MisuseError, match="lets nobody in"):
            office.company.dismiss(case, B)
        slip_in(office, (event_part(Acknowledged(MessageId(bytes.fromhex(request.message_id)), "NG/1")),))
        await office.sync()
    await everybody(world)
    for name in (A, B):
        view = await state_at(world, name)
        (tried,) = [each for each in view.changes if each.office == C]
        assert (tried.standing, tried.side) == ("not valid", "guest")
        assert view.state == "delivered"


async def test_a_party_sees_the_request_and_acts_on_the_requested_side(tmp_path: Path) -> None:
    world = await case_of_two(tmp_path)
    await let_in(world, standing="party")
    assert await members(world, B) == {A: "requesting", B: "requested", C: "requested"}
    assert (await members(world, C))[C] == "requested"


async def test_a_guest_that_is_dismissed_decrypts_nothing_more(tmp_path: Path) -> None:
    world = await case_of_two(tmp_path)
    await let_in(world)
    async with world.at(C) as office:
        (view,) = office.rooms()
        room = office._desk.rooms[next(k for k in office._desk.rooms if k.hex() == view.room_id)]
        assert room.group is not None
    async with world.at(B) as office:
        office.company.dismiss(CASE, C)
        office.reply(CASE, "Among ourselves.")
        await office.sync()
    await everybody(world)
    assert set(await members(world, A)) == {A, B}
    assert not any(b"Among ourselves." in each for each in opened_by(world, room))
    async with world.at(A) as office:
        assert "Among ourselves." in [each.text for each in office.messages(CASE)]
    async with world.at(C) as office:
        with pytest.raises(MisuseError, match="removed"):
            office.reply(view.room_id, "Are you there?")


async def test_a_party_from_the_beginning_is_dismissed_by_nobody(tmp_path: Path) -> None:
    world = await case_of_two(tmp_path)
    async with world.at(B) as office:
        with pytest.raises(MisuseError, match="nobody dismisses it"):
            office.company.dismiss(CASE, A)
        slip_in(office, (event_part(StandingProposed(EntryId(A), Standing.OUT)),))
        await office.sync()
    await everybody(world)
    assert await members(world, B) == {A: "requesting", B: "requested"}
    assert await members(world, A) == {A: "requesting", B: "requested"}


async def test_a_liaison_sees_the_cases_of_its_pair_of_states_only(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    await world.enrol(C)
    await link(world, A, "liaison", Role.LIAISON)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([C], "Another matter", "May we ask?", reference="SN/3")
        await office.sync()
    await everybody(world, "liaison")
    async with world.at("liaison") as office:
        assert office.rooms() == (), "it was assigned to no State"
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="no liaison of this office"):
            office.company.assign_liaison("nobody", ["GH"])
        office.company.assign_liaison("liaison liaison", ["GH"])
        await office.sync()
    await everybody(world, "liaison")
    await everybody(world, "liaison")
    async with world.at("liaison") as office:
        assert [each.subject for each in office.rooms()] == ["Company records"]
        assert "May we ask?" in [each.text for each in office.messages()]
        with pytest.raises(MisuseError, match="role liaison"):
            office.cases.set_state(CASE, "withdrawn", reasons="Enough.")
    async with world.at(A) as office:
        office.company.assign_liaison("liaison liaison", ["NG"])
        await office.sync()
    await everybody(world, "liaison")
    async with world.at("liaison") as office:
        assert "Another matter" in [each.subject for each in office.rooms()]
        with pytest.raises(MisuseError, match="removed"):
            office.reply(CASE, "Still here?")


async def ask_both(world: World, folder: Path) -> None:
    letter = folder / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    async with world.at(A) as office:
        await office.sync()
        office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference=CASE,
            letter=letter,
            to=[B, C],
            subject="Bank records",
        )
        await office.sync()


async def take_in_hand(world: World) -> None:
    for name, reference in ((B, "GH/9"), (C, "NG/1")):
        async with world.at(name) as office:
            await office.sync()
            office.acknowledge(CASE, reference)
            await office.sync()


async def ask_back(world: World) -> None:
    async with world.at(B) as office:
        await office.sync()
        office.cases.set_state(CASE, "under_review")
        office.cases.set_state(CASE, "info_requested", points=["Which bank?"], due="2026-12-31")
        await office.sync()


async def test_each_of_two_offices_asked_has_its_own_state(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B, C)
    await ask_both(world, tmp_path)
    await world.sync(B)
    assert (await state_at(world, A)).lines == {B: "delivered", C: "sent"}
    await take_in_hand(world)
    await ask_back(world)
    await everybody(world)
    lines = {B: "info_requested", C: "acknowledged"}
    for name in (A, B, C):
        assert (await state_at(world, name)).lines == lines
    assert (await state_at(world, C)).state == "acknowledged"
    async with world.at(A) as office:
        view = office.cases.state(CASE)
        assert (view.state, view.conflict) == (None, ())
        answer = office.reply(CASE, "The savings bank.")
        with pytest.raises(MisuseError, match="none of several"):
            office.cases.set_state(CASE, "under_review", message=answer.message_id, line="CNA-ML-01")
        with pytest.raises(MisuseError, match="would not be valid"):
            office.cases.set_state(CASE, "under_review", message=answer.message_id, line=C)
        office.cases.set_state(CASE, "under_review", message=answer.message_id, line=B)
        await office.sync()
    await everybody(world)
    assert (await state_at(world, C)).lines == {B: "under_review", C: "acknowledged"}
    async with world.at(A) as office:
        office.cases.set_state(CASE, "withdrawn", reasons="Not needed any more.")
        await office.sync()
    await everybody(world)
    assert (await state_at(world, B)).state == "withdrawn"
    assert (await state_at(world, A)).lines == {B: "withdrawn", C: "withdrawn"}


async def executed_by_one(folder: Path) -> World:
    """B executes what A has asked of B and C."""
    world = await world_with(folder, A, B, C)
    await ask_both(world, folder)
    await take_in_hand(world)
    async with world.at(B) as office:
        office.cases.set_state(CASE, "under_review")
        office.cases.set_state(CASE, "in_execution", confidentiality="not_asked")
        await office.sync()
    await everybody(world)
    return world


async def test_what_one_of_two_offices_has_returned_is_sent_again_to_it(tmp_path: Path) -> None:
    """What its program tells who asks to do next, he can do."""
    world = await executed_by_one(tmp_path)
    async with world.at(C) as office:
        office.cases.set_state(CASE, "returned", points=["Not for us."])
        await office.sync()
    await world.sync(A)
    async with world.at(A) as office:
        steps = office.cases.state(CASE).next_steps
        assert {(each.line, each.state) for each in steps} == {
            *((B, "withdrawn"), (C, "withdrawn"), (C, "sent"), (C, "closed"))
        }
        again = submit_again(office, tmp_path)
        await office.sync()
    await everybody(world)
    assert (await state_at(world, A)).lines == {B: "in_execution", C: "delivered"}
    async with world.at(C) as office:
        assert office.acknowledge(CASE, "NG/2").in_reply_to == again
        await office.sync()
    assert (await state_at(world, A)).lines == {B: "in_execution", C: "acknowledged"}


async def test_who_asks_two_offices_settles_with_one_of_them(tmp_path: Path) -> None:
    """He has withdrawn from both while one of them had the result."""
    world = await executed_by_one(tmp_path)
    async with world.at(B) as office:
        result = office.reply(CASE, "The records.").message_id
        office.cases.set_state(CASE, "executed", message=result)
    async with world.at(A) as office:
        office.cases.set_state(CASE, "withdrawn", reasons="Not needed any more.")
        await office.sync()
    await everybody(world)
    assert (await state_at(world, A)).lines == {B: "in conflict", C: "withdrawn"}
    async with world.at(A) as office:
        office.cases.settle(CASE, "executed", reasons="It came in time.")
        await office.sync()
    await everybody(world)
    for name in (A, B, C):
        assert (await state_at(world, name)).lines == {B: "executed", C: "withdrawn"}


def submit_again(office: Office, folder: Path) -> str:
    letter = folder / "letter.pdf"
    sent = office.submit_request(
        request_type="banking_records", legal_basis="UNTOC 18", reference=CASE, letter=letter, room=CASE
    )
    return sent.message_id
