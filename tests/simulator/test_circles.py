"""A case for named officers only: who can decrypt, who sees that it exists, who comes in or out later."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.office_world import CASE, HEAD, SECOND, THIRD, begin_case, office_of_two, settle
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_releases import put_up
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import Adversary, Killed, World

from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.room import Room, device_of
from rogatory_client.office import Office
from rogatory_client.office.at_home import said_at_home
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_crypto import mls
from rogatory_crypto.content.case_company import CircleSet
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import event_part
from rogatory_crypto.content.office_work import CaseNote
from rogatory_crypto.content.outgoing_release import ReleaseAsked
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import DeviceId, GroupId

CASES = {None, CaseKind.CONSULTATION, CaseKind.REQUEST}
SECRET = "The witness lives at a new address."


async def office_of_three(folder: Path) -> World:
    """The head and two case officers of A, in a case with B."""
    world = await office_of_two(folder)
    await join(world, THIRD, "third officer", Role.CASE_OFFICER)
    await settle(world, A, SECOND, THIRD, B)
    return world


async def restrict(world: World, *officers: str, name: str = A) -> None:
    async with world.at(name) as office:
        await office.sync()
        office.company.restrict(CASE, officers)
        await office.sync()
    await settle(world, A, SECOND, THIRD, B)


async def case_at(world: World, name: str) -> Room | None:
    """The case's room as a device has it, shown or not."""
    async with world.at(name) as office:
        found = [each for each in office._desk.rooms.values() if each.kind in CASES]
        # The group as it is now: it rests in the vault until it is asked for.
        return replace(found[0], group=found[0].group) if found else None


async def device_id(world: World, name: str) -> DeviceId:
    async with world.at(name) as office:
        return office._desk.identity.device_id


async def seated(world: World, *names: str, seen_by: str = B) -> set[str]:
    """Which of these devices are leaves of the case's group, as another device sees it."""
    room = await case_at(world, seen_by)
    assert room is not None
    assert room.group is not None
    leaves = {device_of(member) for member in room.group.members}
    return {name for name in names if await device_id(world, name) in leaves}


async def texts(world: World, name: str) -> list[str]:
    await world.sync(name)
    async with world.at(name) as office:
        return [each.text for each in office.messages() if each.text]


def slip_in(office: Office, event: CircleSet) -> None:
    """Say something without asking whether it would count."""
    desk = office._desk
    room = desk.rooms[GroupId(bytes.fromhex(office.room(CASE).room_id))]
    _, outcome = post(room, begin_draft(room.group_id, desk.context()), (event_part(event),))
    desk.carry_out(merge_outcomes((outcome,)))


async def say(world: World, text: str, name: str = A) -> None:
    async with world.at(name) as office:
        await office.sync()
        office.reply(CASE, text)
        await office.sync()


def opened_by(world: World, room: Room) -> list[bytes]:
    """What a device can decrypt of all rows of a case, beginning with the keys that it had."""
    group, found = room.group, []
    assert group is not None
    for row, _ in world.relay.logs[room.group_id].rows:
        try:
            received = mls.process(group, row.payload, now=int(world.now), authenticate=lambda *_: None)
        except PeerError:
            continue
        if isinstance(received, mls.ApplicationReceived):
            found.append(received.content)
        if isinstance(received, mls.CommitReceived):
            group = received.group
    return found


async def test_only_devices_of_the_named_officers_stay_and_can_decrypt(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    assert await seated(world, A, SECOND, THIRD) == {A, SECOND, THIRD}
    former = await case_at(world, THIRD)
    assert former is not None
    await restrict(world, HEAD, "second officer")
    assert await seated(world, A, SECOND, THIRD) == {A, SECOND}
    await say(world, SECRET)
    await settle(world, A, SECOND, THIRD, B)
    assert SECRET in await texts(world, SECOND)
    assert SECRET in await texts(world, B)
    opened = opened_by(world, former)
    assert opened, "it had keys, and read what was said with them"
    assert not any(SECRET.encode() in each for each in opened)
    assert not world.notes(A) + world.notes(SECOND) + world.notes(B)


async def test_nothing_of_it_shows_on_the_offices_other_devices(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await restrict(world, HEAD)
    async with world.at(THIRD) as office:
        assert office.rooms() == ()
        assert office.messages(search="Records") == ()
        with pytest.raises(MisuseError, match="no case"):
            office.room(CASE)
        assert office.cases.deadlines() == ()
    async with world.at(A) as office:
        assert [each.subject for each in office.rooms()] == [f"Records {CASE}"]


async def test_nothing_is_carried_while_the_limit_waits_for_the_relay(tmp_path: Path) -> None:
    """Who is to be shut out still has the keys: a file would show him what the line holds back."""
    world = await office_of_three(tmp_path)
    async with world.at(A) as office:
        office.company.restrict(CASE, ["case officer", "second officer"])
        office.reply(CASE, SECRET)
        with pytest.raises(MisuseError, match="who may read this case"):
            office.carrier.out(tmp_path / "one.carry")
        await office.sync()
        office.reply(CASE, SECRET)
        out = office.carrier.out(tmp_path / "two.carry")
    async with world.at(THIRD) as office:
        taken = office.carrier.take_in([tmp_path / "two.carry"])
        assert (taken.messages, len(taken.refused)) == (0, out.messages)


async def test_what_is_hidden_takes_no_place_among_what_a_search_finds(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await begin_case(world, "SN/2")
    await settle(world, A, SECOND, THIRD, B)
    async with world.at(THIRD) as office:
        found = office.search.find("ask", limit=1)
        assert ([each.about for each in found.hits], found.has_more) == (["Records SN/2"], True)
    async with world.at(A) as office:
        office.mailbox.note("SN/2", "Before it was limited.")
        await office.sync()
    await settle(world, A, THIRD)
    async with world.at(THIRD) as office:
        assert [each.kind for each in office.search.find("before").hits] == ["note"]
    async with world.at(A) as office:
        office.company.restrict("SN/2", [HEAD])
        await office.sync()
        office.mailbox.note("SN/2", "Since it was limited.")
        await office.sync()
        assert len(office.search.find("limited").hits) == 2
    await settle(world, A, SECOND, THIRD, B)
    async with world.at(THIRD) as office:
        assert office.search.find("limited").hits == ()
        found = office.search.find("ask", limit=1)
        assert ([each.about for each in found.hits], found.has_more) == (["Records SN/1"], False)


async def test_a_case_is_limited_from_its_beginning(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await join(world, SECOND, "second officer", Role.CASE_OFFICER)
    await join(world, THIRD, "third officer", Role.CASE_OFFICER)
    await settle(world, A, SECOND, THIRD, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation(
            [B], "Records", SECRET, reference=CASE, restricted_to=[HEAD, "second officer"]
        )
        await office.sync()
    await settle(world, A, SECOND, THIRD, B)
    assert await case_at(world, THIRD) is None
    assert await seated(world, A, SECOND, THIRD) == {A, SECOND}
    assert await texts(world, SECOND) == [SECRET]
    assert await texts(world, B) == [SECRET]


async def test_a_new_device_of_a_named_officer_comes_in_with_the_history_and_no_other(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await restrict(world, HEAD, "second officer")
    await say(world, SECRET)
    await join(world, "second again", "Second  Officer", Role.CASE_OFFICER)
    await join(world, "fourth", "fourth officer", Role.CASE_OFFICER)
    await settle(world, A, SECOND, THIRD, B, "second again", "fourth")
    assert await seated(world, "second again", "fourth", THIRD) == {"second again"}
    assert SECRET in await texts(world, "second again")
    for name in (THIRD, "fourth"):
        assert SECRET not in await texts(world, name)
        async with world.at(name) as office:
            desk = office._desk
            with desk.vault.reading() as connection:
                held = connection.exec_driver_sql("SELECT count(*) FROM messages WHERE text LIKE '%witness%'")
                assert held.scalar() == 0
            assert all(each.kind is not CaseKind.CIRCLE for each in desk.rooms.values())


async def test_it_is_opened_to_all_again_with_what_was_said_meanwhile(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await restrict(world, HEAD)
    await say(world, SECRET)
    async with world.at(A) as office:
        office.company.unrestrict(CASE)
        await office.sync()
    await settle(world, A, SECOND, THIRD, B)
    assert await seated(world, A, SECOND, THIRD) == {A, SECOND, THIRD}
    assert SECRET in await texts(world, THIRD)


async def test_what_the_office_says_of_it_among_itself_stays_among_the_named(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await restrict(world, HEAD, "second officer")
    async with world.at(A) as office:
        office.mailbox.assign(CASE, "second officer")
        await office.sync()
    await settle(world, A, SECOND, THIRD, B)
    async with world.at(SECOND) as office:
        assert office.mailbox.assignment(CASE).officers == ("second officer",)
        (circle,) = [each.group for each in office._desk.rooms.values() if each.kind is CaseKind.CIRCLE]
        assert circle is not None
    assert await device_id(world, THIRD) not in {device_of(each) for each in circle.members}
    async with world.at(THIRD) as office:
        with office._desk.vault.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM office_work").scalar() == 0


async def test_another_office_limits_nothing_here_and_a_late_word_lets_nobody_in(tmp_path: Path) -> None:
    """What B says is about its own devices; what a device says without having read that it is out is late."""
    world = await office_of_three(tmp_path)
    async with world.at(B) as office:
        slip_in(office, CircleSet((HEAD,), None))
        await office.sync()
    await settle(world, A, SECOND, THIRD, B)
    assert await seated(world, A, SECOND, THIRD) == {A, SECOND, THIRD}
    async with world.at(THIRD) as office:
        slip_in(office, CircleSet(("third officer",), None))  # said, and not sent yet
    await restrict(world, HEAD, "second officer")
    await settle(world, A, SECOND, THIRD, B)
    assert await seated(world, A, SECOND, THIRD) == {A, SECOND}
    async with world.at(A) as office:
        (mine, other) = office.company.of(CASE).members
        assert {mine.office, other.office} == {A, B}
        assert {each.office: each.restricted_to for each in (mine, other)} == {
            A: (HEAD, "second officer"),
            B: (HEAD,),
        }


async def test_two_who_limit_a_case_at_once_do_not_undo_each_other_for_ever(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    async with world.at(A) as first:
        first.company.restrict(CASE, [HEAD, "second officer"])
    async with world.at(SECOND) as second:
        second.company.restrict(CASE, ["second officer", "third officer"])
        await second.sync()
    await settle(world, A, THIRD, SECOND, B)
    assert await seated(world, A, SECOND, THIRD) == {SECOND, THIRD}, "the first at the relay counts"
    rows = len(world.relay.logs[(await case_at(world, B)).group_id].rows)  # type: ignore[union-attr]  # it is there
    await settle(world, A, THIRD, SECOND, B)
    assert len(world.relay.logs[(await case_at(world, B)).group_id].rows) == rows  # type: ignore[union-attr]  # likewise


async def test_a_device_that_comes_while_the_case_is_limited_is_taken_out_again(tmp_path: Path) -> None:
    """Its addition and the word pass each other: the relay has the word first, who adds has not read it."""
    world = await office_of_two(tmp_path)
    await settle(world, A, SECOND, B)
    world.new_device(THIRD)
    async with world.at(THIRD) as office:
        asked = await office.link_request(A, "third officer", Role.CASE_OFFICER)
    async with world.at(A) as office:
        await office.approve_link(asked.text, asked.confirmation_code)
    await world.sync(THIRD)
    async with world.at(SECOND) as office:
        office.company.restrict(CASE, [HEAD, "second officer"])
    await world.sync(A)
    await settle(world, SECOND, A, THIRD, B)
    await say(world, SECRET)
    await settle(world, SECOND, A, THIRD, B)
    assert await seated(world, A, SECOND, THIRD) == {A, SECOND}
    assert SECRET not in await texts(world, THIRD)


async def secret_of_second(world: World, *, from_beginning: bool) -> str:
    """The second officer says something in a case that is for nobody else; return its reference."""
    async with world.at(SECOND) as office:
        if from_beginning:
            office.start_consultation(
                [B], "Witness", SECRET, reference="SN/9", restricted_to=["second officer"]
            )
        else:
            office.company.restrict(CASE, ["second officer"])
            await office.sync()
            office.reply(CASE, SECRET)
        await office.sync()
    await settle(world, A, SECOND, THIRD, B)
    return "SN/9" if from_beginning else CASE


@pytest.mark.parametrize("from_beginning", [True, False])
async def test_when_the_last_named_officer_is_gone_the_other_office_lets_the_head_in(
    tmp_path: Path, *, from_beginning: bool
) -> None:
    """What the office has lost comes back from the other one; then the head names others."""
    world = await office_of_three(tmp_path)
    reference = await secret_of_second(world, from_beginning=from_beginning)
    lost = await device_id(world, SECOND)
    async with world.at(A) as office:
        assert SECRET not in [each.text for each in office.messages()]
        await office.revoke_device(lost.hex(), "lost")
        await office.sync()
    async with world.at(B) as office:
        report = await office.sync()
    assert any(f"{A} has no device in this case any more" in each for each in report.warnings)
    await settle(world, B, A, THIRD)
    async with world.at(B) as office:
        assert office.room(reference).offices == (B,)
        office.company.invite(reference, A, with_history=True)
        await office.sync()
    await settle(world, B, A, THIRD, B, A, THIRD)
    assert SECRET in await texts(world, A)
    assert SECRET not in await texts(world, THIRD)
    async with world.at(THIRD) as office:
        assert not office._desk.held_histories
        assert all(each.kind is not CaseKind.RETURN for each in office._desk.rooms.values())
    async with world.at(A) as office:
        office.company.restrict(reference, [HEAD, "third officer"])
        await office.sync()
    await settle(world, A, B, THIRD, A, THIRD)
    assert SECRET in await texts(world, THIRD)


@pytest.mark.parametrize("seed", range(2))
async def test_lines_that_break_and_kills_change_nothing_of_who_is_in_it(tmp_path: Path, seed: int) -> None:
    world = await office_of_three(tmp_path)
    world.chance.seed(seed)
    world.adversary = Adversary(world.chance, break_one_in=25, kill_one_in=40)
    async with world.at(SECOND) as office:
        with suppress(Killed):
            office.company.restrict(CASE, [HEAD, "second officer"])
    for name in (THIRD, SECOND, A, B, A, SECOND, B, THIRD):
        await world.sync(name)
    world.adversary = Adversary(world.chance)
    async with world.at(SECOND) as office:
        if not office.company.of(CASE).members[1].restricted_to:  # killed before it was said
            office.company.restrict(CASE, [HEAD, "second officer"])
    await settle(world, SECOND, A, B, THIRD)
    await say(world, SECRET)
    await settle(world, SECOND, A, B, THIRD)
    assert await seated(world, A, SECOND, THIRD) == {A, SECOND}
    assert SECRET in await texts(world, SECOND)
    assert SECRET not in await texts(world, THIRD)


async def test_who_is_shut_out_hands_over_no_case_that_is_limited_to_others(tmp_path: Path) -> None:
    """Nor while it still has the keys: the word is at the relay, and the commit is not."""
    world = await office_of_three(tmp_path)
    async with world.at(SECOND) as office:
        office.mailbox.take(CASE)
        await office.sync()
    await settle(world, A, THIRD)
    async with world.at(SECOND) as office:
        office.company.restrict(CASE, ["second officer", "third officer"])
    await _cut_before_the_commit(world)
    async with world.at(A) as office:
        assert office.rooms() == ()
        assert office.mailbox.still_assigned("second officer") == ()
        assert office.mailbox.hand_over_cases("second officer", "third officer").rooms == ()
        assert not [each for each in office._desk.rooms.values() if each.kind is CaseKind.CIRCLE]


async def _cut_before_the_commit(world: World) -> None:
    """The second device is killed at one step after the other, until the first one has its word alone."""
    for step in range(1, 60):
        world.adversary = Adversary(world.chance, kill_at=step)
        with suppress(Killed):
            async with world.at(SECOND) as office:
                await office.sync()
        world.adversary = Adversary(world.chance)
        await world.sync(A)
        async with world.at(A) as office:
            if not office.rooms():
                break
    room = await case_at(world, A)
    assert room is not None
    assert not room.was_left, "there is a step between the two"


async def test_what_waits_of_a_case_shows_nobody_who_was_shut_out_its_subject(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    async with world.at(THIRD) as office:
        office.reply(CASE, "Never sent.")
        assert [each.subject for each in office.outbox()] == [f"Records {CASE}"]
    async with world.at(A) as office:
        await office.sync()
        office.company.restrict(CASE, [HEAD])
        await office.sync()
    await world.sync(THIRD)
    async with world.at(THIRD) as office:
        assert office.rooms() == ()
        assert office.outbox() == ()
    assert "Never sent." not in await texts(world, A)


async def test_a_note_beside_what_is_said_in_a_limited_case_stays_among_the_named(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await restrict(world, HEAD, "second officer")
    async with world.at(A) as office:
        office.consultations.reply(CASE, "She is called Ms Doe.", despite="They asked for her.")
        await office.sync()
    await settle(world, A, SECOND, THIRD)
    async with world.at(SECOND) as office:
        assert [each.text for each in office.mailbox.notes(CASE)] == [
            "Said with personal data: They asked for her."
        ]
    async with world.at(THIRD) as office:
        assert not said_at_home(office._desk, CaseNote)


async def test_a_request_in_a_limited_case_is_released_among_the_named(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    async with world.at(A) as office:
        office.releases.set_policy(two_persons=True)
        await office.sync()
    await settle(world, SECOND, THIRD)
    async with world.at(SECOND) as office:
        before = put_up(office, tmp_path, room=CASE, to=(), subject=None).message_id
        await office.sync()
    await settle(world, A, THIRD)
    await restrict(world, HEAD, "second officer")
    async with world.at(THIRD) as office:
        assert office.releases.all() == ()
        assert not [each for each in office.mailbox.inbox().items if each.kind == "release"]
        with pytest.raises(MisuseError, match="no request"):
            office.releases.release(before)
    async with world.at(SECOND) as office:
        held = put_up(office, tmp_path, room=CASE, to=(), subject=None).message_id
        await office.sync()
    await settle(world, A, THIRD)
    async with world.at(THIRD) as office:
        assert len(said_at_home(office._desk, ReleaseAsked)) == 1
    async with world.at(A) as office:
        office.releases.release(held)
        await office.sync()
    await settle(world, SECOND, B, A)
    async with world.at(B) as office:
        assert [each.message_id for each in office.messages() if each.kind == "request"] == [held]


async def test_nobody_puts_up_what_none_of_the_named_could_release(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    async with world.at(A) as office:
        office.releases.set_policy(two_persons=True)
        await office.sync()
    await restrict(world, HEAD)
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="no other officer"):
            put_up(office, tmp_path, room=CASE, to=(), subject=None)
