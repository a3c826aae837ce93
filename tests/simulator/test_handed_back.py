"""An office that lost all its devices gets back into old cases, as far as each partner's officer consents."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.test_carry_over import slip_in
from tests.simulator.test_lifecycle_anew import ANEW, words
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.world import Adversary, Killed, World

from rogatory_client.engine.effect import ArchivedMessage, Outcome, SaveMessage
from rogatory_client.engine.partner_effect import NoteChangedPartner, Return
from rogatory_client.engine.returning import ReturnedCase, hand_back
from rogatory_client.engine.writing import text_part
from rogatory_client.office import MessageView
from rogatory_client.office.reading import stored_message
from rogatory_client.vault.archive import archive_of, read_message, save_messages
from rogatory_crypto.content import mimi
from rogatory_crypto.content.case_company import Standing, StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import RequestSubmitted, Urgency, event_part
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId, GroupId

FIRST, OTHER = "SN/1", "SN/2"
LETTER = b"%PDF-1.7 a letter"


async def two_cases(folder: Path) -> World:
    """A case of three offices and one of two; the third office is in the first case only."""
    world = await world_with(folder, A, B, C)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B, C], "Company records", "May we ask?", reference=FIRST)
        office.start_consultation([B], "A witness", "Is she well?", reference=OTHER)
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        office.reply(FIRST, "You may.")
        await office.sync()
    for name in (C, A):
        await world.sync(name)
    return world


async def lost_and_accepted(world: World) -> None:
    """The second office enrols anew; the first one has called it."""
    world.tick(60)
    await world.enrol(B, ANEW)
    async with world.at(A) as office:
        await office.sync()
        world.tick(60)
        office.partners.accept(B, words(world))


async def rounds(world: World, *names: str) -> None:
    for _ in range(2):
        for name in names:
            await world.sync(name)


async def case(world: World, name: str, reference: str) -> list[MessageView]:
    async with world.at(name) as office:
        await office.sync()
        return list(office.messages(office.room(reference).room_id))


async def test_one_case_comes_back_with_its_history_and_the_other_does_not(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    async with world.at(A) as office:
        offered = office.partners.cases(B)
        assert {view.subject: view.state for view in offered} == {
            "Company records": "not back",
            "A witness": "not back",
        }
        (view,) = office.partners.let_back(B, [FIRST])
        assert (view.state, view.consented_by, view.with_history) == ("waiting", "case officer", True)
        await office.sync()
        states = {view.subject: view.state for view in office.partners.cases(B)}
        assert states == {"Company records": "handed back", "A witness": "not back"}
    async with world.at(ANEW) as office:
        await office.sync()
        (room,) = office.rooms()
        assert (room.kind, room.subject, room.references) == ("consultation", "Company records", {A: FIRST})
        assert set(room.offices) == {A, B, C}
        told = [(each.sender, each.text, each.own, each.state) for each in office.messages(room.room_id)]
        assert told[:2] == [
            (A, "May we ask?", False, "handed back"),
            (B, "You may.", True, "handed back"),
        ]
        (event,) = [each for each in office.messages() if each.kind == "return"]
        assert event.subject == f"{B} is let back into this case, and is to be handed what was said before"
        office.reply(FIRST, "Here we are again.")
        await office.sync()
    for name in (A, C):
        texts = [each.text for each in await case(world, name, FIRST)]
        assert "Here we are again." in texts


async def let_back(world: World, name: str, references: list[str], *, with_history: bool = True) -> None:
    async with world.at(name) as office:
        await office.sync()
        office.partners.let_back(B, references, with_history=with_history)
        await office.sync()


async def accept(world: World, name: str, partner: str = B) -> None:
    async with world.at(name) as office:
        await office.sync()
        office.partners.accept(partner, words(world, partner))


def vouchers(message: MessageView) -> set[str]:
    return {each.office for each in message.vouched_by if each.agrees}


async def test_nobody_comes_back_before_its_keys_were_accepted(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="has not enrolled anew"):
            office.partners.let_back(B, [FIRST])
    await world.enrol(B, ANEW)
    async with world.at(A) as office:
        await office.sync()
        with pytest.raises(MisuseError, match="rogatory office accept"):
            office.partners.let_back(B, [FIRST])
        await office.sync()
    async with world.at(ANEW) as office:
        await office.sync()
        assert office.rooms() == ()


async def test_who_has_no_part_in_cases_lets_nobody_back(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    await join(world, "clerk", "clerk", Role.CLERK)
    for name in (A, "clerk"):
        await world.sync(name)
    await lost_and_accepted(world)
    await rounds(world, A, "clerk")
    async with world.at("clerk") as office:
        (changed,) = office.partners.changed()
        assert changed.accepted_by == "case officer", "one call counts for all devices of the office"
        with pytest.raises(MisuseError, match="role clerk may not let another office back"):
            office.partners.let_back(B, [FIRST])


async def test_a_case_it_was_never_in_is_none_it_comes_back_to(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    async with world.at(A) as office:
        office.start_consultation([C], "Not for it", "Between us.", reference="SN/3")
        await office.sync()
    await lost_and_accepted(world)
    async with world.at(A) as office:
        office.start_consultation([B], "Next", "Is it you?", reference="SN/4")
        await office.sync()
        assert {view.subject for view in office.partners.cases(B)} == {"Company records", "A witness"}
        for reference in ("SN/3", "SN/4"):
            with pytest.raises(MisuseError, match="was in no such case"):
                office.partners.let_back(B, [FIRST, reference])
        assert {view.state for view in office.partners.cases(B)} == {"not back"}, "all or nothing"


async def test_who_came_later_learns_nothing_of_what_came_before_him(tmp_path: Path) -> None:
    """A third office, back without a history, sits in the case when the second one is handed its own."""
    world = await two_cases(tmp_path)
    await world.enrol(C, "third")
    await accept(world, A, C)
    async with world.at(A) as office:
        office.partners.let_back(C, [FIRST], with_history=False)
        await office.sync()
    async with world.at("third") as office:
        await office.sync()
        (room,) = office.rooms()
        assert (room.subject, room.references) == ("Company records", {A: FIRST})
        (event,) = office.messages()
        assert event.subject == f"{C} is let back into this case, without what was said before"
    await lost_and_accepted(world)
    await let_back(world, A, [FIRST, OTHER])
    await rounds(world, ANEW, "third", A)
    assert [each.text for each in await case(world, ANEW, FIRST)][:2] == ["May we ask?", "You may."]
    async with world.at("third") as office:
        assert len(office.rooms()) == 1
        assert not any(each.text for each in office.messages())
        with office._desk.vault.reading() as connection:
            contents = connection.exec_driver_sql("SELECT content FROM messages").scalars().all()
        assert not any(text in content for content in contents for text in (b"You may.", b"Is she well?"))
    devices = world.relay.registry.devices
    for_second = {group for group in await for_returns(world, B) if group in world.relay.logs}
    among = {device for group in for_second for device in world.relay.logs[group].roster}
    assert {devices[device].entry.entry_id for device in among} == {A, B}


async def for_returns(world: World, partner: str) -> set[GroupId]:
    async with world.at(A) as office:
        rooms = office._desk.rooms.values()
        return {each.group_id for each in rooms if each.kind is CaseKind.RETURN and partner in each.offices}


async def test_its_maker_ends_the_room_of_two_when_all_has_arrived(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    await let_back(world, A, [FIRST, OTHER])
    await rounds(world, ANEW, A)
    async with world.at(ANEW) as office:
        (room,) = [each for each in office._desk.rooms.values() if each.kind is CaseKind.RETURN]
        assert room.was_left
    async with world.at(A) as office:
        (room,) = [each for each in office._desk.rooms.values() if each.kind is CaseKind.RETURN]
        assert room.group is not None
        assert len(room.group.members) == 1
        assert {each.kind for each in office.rooms()} == {"consultation"}


async def test_two_who_hand_back_the_same_are_both_named_and_to_ask_twice_changes_nothing(
    tmp_path: Path,
) -> None:
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    await accept(world, C)
    for _ in range(2):
        await let_back(world, A, [FIRST])
    await rounds(world, ANEW, C)
    await let_back(world, C, [FIRST])
    await rounds(world, ANEW, A)
    messages = await case(world, ANEW, FIRST)
    handed = [each for each in messages if each.state == "handed back"]
    assert [(each.text, vouchers(each)) for each in handed] == [
        ("May we ask?", {A, C}),
        ("You may.", {A, C}),
    ]
    assert [each.sender for each in messages if each.kind == "return"] == [A, C]
    async with world.at(ANEW) as office:
        assert office.room(FIRST).handed_back_by == (C, A)
        assert not office.alarms()


async def test_what_a_partner_invents_bears_its_name_and_no_other(tmp_path: Path) -> None:
    """What the office itself is said to have said stands or falls with who hands it back."""
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    await accept(world, C)
    async with world.at(A) as office:
        genuine = next(each for each in office.messages() if each.text == "You may.")
        row = stored_message(office._desk, genuine.message_id)
        record = read_message(row)
        invented = forged(record, world)
        moved = replace(record, at_ms=record.at_ms - 5)
        with office._desk.vault.writing() as connection:
            connection.exec_driver_sql("DELETE FROM messages WHERE message_id = ?", (record.message_id,))
            save_messages(connection, [SaveMessage(moved)])
            save_messages(connection, [SaveMessage(invented)])
    await let_back(world, C, [FIRST])
    await world.sync(ANEW)
    await let_back(world, A, [FIRST])
    await rounds(world, ANEW, A)
    by_text = {each.text: each for each in await case(world, ANEW, FIRST)}
    assert vouchers(by_text["You may."]) == {C}
    assert [each.office for each in by_text["You may."].vouched_by if not each.agrees] == [A]
    assert (by_text["We confess."].own, vouchers(by_text["We confess."])) == (True, {A})
    async with world.at(ANEW) as office:
        assert any(f"{A} hands back messages of the case" in alarm.text for alarm in office.alarms())


async def test_nobody_signs_for_a_request_that_a_third_office_invents(tmp_path: Path) -> None:
    """The receipt would prove to anybody that an office has asked what it never has."""
    world = await two_cases(tmp_path)
    async with world.at(C) as office:
        office.reply(FIRST, "We listen.")
        await office.sync()
    await world.sync(A)
    await lost_and_accepted(world)
    asked = RequestSubmitted("banking_records", "UNTOC 18", Urgency.ROUTINE, "en", "ML/1", (), ())
    async with world.at(A) as office:
        heard = next(each for each in office.messages() if each.text == "We listen.")
        record = read_message(stored_message(office._desk, heard.message_id))
        invented = replace(forged(record, world, event_part(asked)), kind="request", formal=True)
        with office._desk.vault.writing() as connection:
            save_messages(connection, [SaveMessage(invented)])
    await let_back(world, A, [FIRST])
    async with world.at(ANEW) as office:
        await office.sync()
        (request,) = [each for each in office.messages() if each.kind == "request"]
        assert (request.sender, vouchers(request)) == (C, {A})
        with pytest.raises(MisuseError, match=f"only {A} says that {C} has asked this"):
            office.acknowledge(FIRST, "GH/9")
        assert not office.outbox()


async def test_no_partner_invents_that_this_office_has_dismissed_another(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    said = StandingProposed(EntryId(C), Standing.OUT)
    async with world.at(A) as office:
        genuine = next(each for each in office.messages() if each.text == "You may.")
        record = read_message(stored_message(office._desk, genuine.message_id))
        invented = replace(forged(record, world, event_part(said)), kind="event")
        with office._desk.vault.writing() as connection:
            save_messages(connection, [SaveMessage(invented)])
    await let_back(world, A, [FIRST])
    await rounds(world, ANEW, A)
    async with world.at(A) as office:
        slip_in(office, event_part(replace(said, answers=invented.message_id)))
        await office.sync()
    await rounds(world, ANEW, C)
    async with world.at(ANEW) as office:
        assert invented.message_id.hex() in [each.message_id for each in office.messages()]
        office.reply(FIRST, "Here we are again.")
        await office.sync()
    assert "Here we are again." in [each.text for each in await case(world, C, FIRST)]


def forged(record: ArchivedMessage, world: World, said: NestedPart | None = None) -> ArchivedMessage:
    """What a partner can make in another office's name: all but that office's signature."""
    content = mimi.decode(record.content)
    part = said or text_part("We confess.")
    changed = replace(content, salt=world.chance.randbytes(16), nested_part=part).encode()
    assert content.sender_uri is not None
    assert content.room_uri is not None
    message_id = mimi.message_id(changed, content.sender_uri, content.room_uri)
    return replace(record, message_id=message_id, content=changed, text="We confess.", at_ms=record.at_ms + 1)


async def test_an_office_that_is_only_in_the_wrong_network_comes_back_into_nothing(tmp_path: Path) -> None:
    """It has lost nothing, and would refuse what it is handed; the others would be told what is not true."""
    world = await two_cases(tmp_path)
    async with world.at(A) as office:
        noted = NoteChangedPartner(EntryId(B), int(world.now))
        office._desk.carry_out(Outcome((), (noted,)))
        office.partners.accept(B, words(world))
        assert office.partners.cases(B) == ()
        with pytest.raises(MisuseError, match="was in no such case"):
            office.partners.let_back(B, [FIRST])


async def test_a_history_that_nobody_has_lost_is_refused_by_name(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    async with world.at(A) as office:
        await office.sync()
        desk = office._desk
        room = next(each for each in desk.rooms.values() if each.subject == "Company records")
        with desk.vault.reading() as connection:
            archive = archive_of(connection, room.group_id)
        consent = Return(
            room.group_id, EntryId(B), desk.surroundings.now(), "case officer", with_history=True
        )
        unasked = ReturnedCase(consent, room, archive, {})
        desk.carry_out(hand_back([unasked], None, desk.context()))
        await office.sync()
    before = await case(world, B, FIRST)
    assert not any(each.vouched_by for each in before)
    assert (Code.FORBIDDEN, f"{A} hands a history back unasked: this office has not enrolled anew") in (
        world.notes(B)
    )


async def requested(folder: Path) -> tuple[World, MessageView]:
    """A formal request with a letter, delivered."""
    letter = folder / "letter.pdf"
    letter.write_bytes(LETTER)
    world = await world_with(folder, A, B)
    async with world.at(A) as office:
        await office.sync()
        sent = office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference=FIRST,
            letter=letter,
            to=[B],
            subject="Accounts",
        )
        await office.sync()
    await rounds(world, B, A)
    return world, sent


async def stages(world: World, message_id: str) -> set[tuple[str, str | None]]:
    async with world.at(A) as office:
        await office.sync()
        return {(each.stage, each.device_id) for each in office.receipts(message_id)}


async def test_no_receipt_is_sent_for_what_was_handed_back(
    tmp_path: Path,
) -> None:
    world, sent = await requested(tmp_path)
    before = await stages(world, sent.message_id)
    await lost_and_accepted(world)
    await let_back(world, A, [FIRST])
    async with world.at(ANEW) as office:
        await office.sync()
        (room,) = office.rooms()
        assert (room.kind, room.subject, room.unread) == ("request", "Accounts", 1)
        (request,) = [each for each in office.messages() if each.kind == "request"]
        assert (request.formal, request.state, vouchers(request)) == (True, "handed back", {A})
        office.show(request.message_id)
        await office.sync()
    assert await stages(world, sent.message_id) == before
    async with world.at(ANEW) as office:
        office.acknowledge(FIRST, "GH/9")
        await office.sync()
    assert "acknowledged" in {stage for stage, _ in await stages(world, sent.message_id)}


async def test_its_files_are_fetched_as_long_as_the_relay_holds_them(tmp_path: Path) -> None:
    world, _ = await requested(tmp_path)
    await lost_and_accepted(world)
    await let_back(world, A, [FIRST])
    async with world.at(ANEW) as office:
        await office.sync()
        (request,) = [each for each in office.messages() if each.kind == "request"]
        saved = await office.save_attachment(request.message_id, 0, tmp_path)
        assert saved.read_bytes() == LETTER
        world.relay.blobs.clear()
        with pytest.raises(PeerError, match=f"ask {A} to send it again"):
            await office.save_attachment(request.message_id, 0, tmp_path)


async def test_its_later_devices_are_told_who_vouches(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    await let_back(world, A, [FIRST])
    await world.sync(ANEW)
    world.new_device("second")
    async with world.at("second") as opened:
        request = await opened.link_request(B, "deputy", Role.CASE_OFFICER)
    async with world.at(ANEW) as opened:
        await opened.approve_link(request.text, request.confirmation_code)
    await rounds(world, ANEW, "second", A)
    handed = [each for each in await case(world, "second", FIRST) if each.state == "handed back"]
    assert [(each.text, vouchers(each)) for each in handed] == [("May we ask?", {A}), ("You may.", {A})]


async def test_a_consent_does_not_outlive_the_keys_it_was_about(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    async with world.at(A) as office:
        office.partners.let_back(B)
    await world.enrol(B, "once more")
    await accept(world, A)
    await rounds(world, A, "once more")
    async with world.at("once more") as office:
        assert office.rooms() == ()
    async with world.at(A) as office:
        assert {view.state for view in office.partners.cases(B)} == {"not back"}


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_kill_loses_or_doubles_what_is_handed_back(tmp_path: Path, seed: int) -> None:
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    chance = random.Random(seed)  # noqa: S311  # repeatable
    world.adversary = Adversary(chance, kill_one_in=12)
    for _ in range(100):
        try:
            async with world.at(A) as office:
                office.partners.let_back(B)
        except Killed:
            continue
        break
    await rounds(world, A, ANEW)
    struck = world.adversary.steps
    world.adversary = Adversary(world.chance)
    await rounds(world, A, ANEW)
    assert struck > 50, "there were steps to be cut at"
    for reference, texts in ((FIRST, ["May we ask?", "You may."]), (OTHER, ["Is she well?"])):
        messages = await case(world, ANEW, reference)
        assert [each.text for each in messages if each.state == "handed back"] == texts
        assert [each.kind for each in messages if each.state != "handed back"] == ["return"]
    async with world.at(A) as office:
        assert {view.state for view in office.partners.cases(B)} == {"handed back"}


async def test_a_history_that_was_held_back_can_be_handed_later(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    await let_back(world, A, [FIRST], with_history=False)
    assert [each.kind for each in await case(world, ANEW, FIRST)] == ["return"]
    await let_back(world, A, [FIRST])
    messages = await case(world, ANEW, FIRST)
    assert [each.text for each in messages if each.state == "handed back"] == ["May we ask?", "You may."]
    assert [each.details["with_history"] for each in messages if each.kind == "return"] == ["no", "yes"]
    await let_back(world, A, [FIRST], with_history=False)
    assert len(await case(world, ANEW, FIRST)) == len(messages), "what was handed over stays so"
