"""A consultation becomes a request: both sides agree what is carried over, and sign for their own words."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.simulator.test_life_cycle import link
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.world import Adversary, Killed, World

from rogatory_client.engine.attesting import attest
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.office import CarryOverView, MessageView, Office
from rogatory_client.office.carry_over.record import agreed_in
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_client.office.reading import room_of, stored_message
from rogatory_client.vault.archive import read_message
from rogatory_crypto.content.attestation import (
    Attestation,
    attestation_part,
    sign_attestation,
    verify_attestation,
)
from rogatory_crypto.content.carry_over import CarryOverProposed
from rogatory_crypto.content.events import RequestSubmitted, Urgency, event_part
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId

CASE = "SN/1"
QUESTION, ANSWER, ASIDE = "May we ask?", "You may.", "Between us: hurry."


async def consultation(folder: Path, *others: str) -> World:
    """A asks, B answers, A says something that is for B alone."""
    world = await world_with(folder, A, B, *others)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B, *others], "Company records", QUESTION, reference=CASE)
        await office.sync()
    for other in others:
        await world.sync(other)
    async with world.at(B) as office:
        await office.sync()
        office.reply(CASE, ANSWER)
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        office.reply(CASE, ASIDE)
        await office.sync()
    await world.sync(B)
    return world


def said(office: Office, text: str) -> MessageView:
    (found,) = [each for each in office.messages(CASE) if each.text == text]
    return found


def standing(office: Office) -> dict[str, str]:
    """How each text stands."""
    texts = {each.message_id: each.text for each in office.messages(CASE)}
    shown = office.carry_over.show(CASE).messages
    return {texts[each.message_id]: each.standing for each in shown if texts.get(each.message_id)}


async def proposed(world: World, *texts: str) -> None:
    async with world.at(A) as office:
        await office.sync()
        office.carry_over.propose(CASE, [said(office, each).message_id for each in texts])
        await office.sync()
    await world.sync(B)


async def request(world: World, folder: Path) -> None:
    letter = folder / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    async with world.at(A) as office:
        await office.sync()
        office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference=CASE,
            letter=letter,
            room=CASE,
        )
        await office.sync()


async def everywhere(world: World, *names: str) -> CarryOverView:
    views = []
    for name in names:
        await world.sync(name)
        async with world.at(name) as office:
            views.append(office.carry_over.show(CASE))
    for view in views:
        assert view.messages == views[0].messages
    return views[0]


def slip_in(office: Office, *parts: NestedPart) -> str:
    """Say something without asking whether it is right, as a hostile member may."""
    desk = office._desk
    message, outcome = post(
        room_of(desk, CASE), begin_draft(room_of(desk, CASE).group_id, desk.context()), parts
    )
    desk.carry_out(merge_outcomes((outcome,)))
    desk.reload()
    return message.message_id.hex()


def names_of(office: Office, texts: Sequence[str]) -> tuple[MessageId, ...]:
    return tuple(MessageId(bytes.fromhex(said(office, each).message_id)) for each in texts)


def naming(names: tuple[MessageId, ...]) -> RequestSubmitted:
    return RequestSubmitted("banking_records", "UNTOC 18", Urgency.ROUTINE, "en", CASE, (), names)


async def test_what_both_agree_upon_becomes_part_of_the_request_and_the_rest_stays(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    await proposed(world, QUESTION, ANSWER)
    async with world.at(B) as office:
        (proposal,) = office.carry_over.show(CASE).proposals
        assert proposal.waits_for_this_office
        assert proposal.asked == (B, A)
        office.carry_over.answer(CASE, reasons="Gladly.")
        assert not office.carry_over.show(CASE).proposals[0].waits_for_this_office
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        assert standing(office) == {QUESTION: "agreed", ANSWER: "agreed", ASIDE: "informal"}
    await request(world, tmp_path)
    view = await everywhere(world, A, B)
    async with world.at(B) as office:
        (asked,) = [each for each in office.messages(CASE) if each.kind == "request"]
        assert asked.details["carries_over"] == "2"
    found = {each.about: each.standing for each in view.messages}
    assert found.pop(ASIDE) == "informal"
    assert found.pop(ANSWER) == "carried over"
    assert found.pop("Company records") == "carried over"
    assert set(found.values()) == {"formal"}
    assert not world.notes(A) + world.notes(B)


async def test_each_author_signs_for_its_own_words_and_for_nothing_else(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    await proposed(world, QUESTION, ANSWER)
    async with world.at(B) as office:
        room = room_of(office._desk, CASE)
        # Before it agrees, nothing of the other office's is provable.
        assert set(agreed_in(office._desk, room).signed) == set(names_of(office, [QUESTION]))
        office.carry_over.answer(CASE)
        signed = agreed_in(office._desk, room).signed
        assert set(signed) == set(names_of(office, [QUESTION, ANSWER]))
        devices = office._desk.registry.devices
        for name, data in signed.items():
            attested = verify_attestation(data, lambda found: devices[found.device_id].entry.signature_key)
            assert attested.message_id == name
            assert attested.authority == stored_message(office._desk, name.hex()).entry_id


async def test_an_office_agrees_to_some_or_refuses_and_a_request_says_no_more(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    await proposed(world, QUESTION, ANSWER)
    async with world.at(B) as office:
        office.carry_over.answer(CASE, agree_to=[said(office, QUESTION).message_id], reasons="A source.")
        await office.sync()
        with pytest.raises(MisuseError, match="no proposal waits"):
            office.carry_over.answer(CASE)
    await request(world, tmp_path)
    async with world.at(A) as office:
        stands = {each.about: (each.standing, each.reason) for each in office.carry_over.show(CASE).messages}
        assert stands["Company records"] == ("carried over", "")
        assert stands[ANSWER] == ("refused", f"refused by {B}")
    async with world.at(B) as office:
        await office.sync()
        room = room_of(office._desk, CASE)
        assert not set(names_of(office, [ANSWER])) & set(agreed_in(office._desk, room).signed)


async def test_what_cannot_be_carried_over_is_refused_with_the_reason(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="no proposal waits"):
            office.carry_over.answer(CASE)
        made = office.carry_over.propose(CASE)
        with pytest.raises(MisuseError, match="nothing that was said"):
            office.carry_over.propose(CASE, [made.message_id])
        with pytest.raises(MisuseError, match="has made the proposal itself"):
            office.carry_over.answer(CASE, proposal=made.message_id)
        other = office.start_consultation([B], "Another", "Text.", reference="SN/77")
        with pytest.raises(MisuseError, match="in another case"):
            office.carry_over.propose(CASE, [other.message_id])
        with pytest.raises(MisuseError, match="no peer would accept"):
            office.carry_over.propose(CASE, reasons="x" * 20_001)
    await request(world, tmp_path)
    async with world.at(A) as office:
        formal = next(each for each in office.messages(CASE) if each.kind == "request")
        with pytest.raises(MisuseError, match="formal already"):
            office.carry_over.propose(CASE, [formal.message_id])


async def test_three_offices_must_all_agree(tmp_path: Path) -> None:
    world = await consultation(tmp_path, C)
    await proposed(world, QUESTION, ANSWER)
    async with world.at(B) as office:
        office.carry_over.answer(CASE)
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        assert standing(office)[QUESTION] == "proposed"
        waiting = {each.waiting_for for each in office.carry_over.show(CASE).messages}
        assert (C,) in waiting
    async with world.at(C) as office:
        await office.sync()
        office.carry_over.answer(CASE)
        await office.sync()
    for name in (A, B, C):
        await world.sync(name)
        async with world.at(name) as office:
            assert standing(office)[QUESTION] == standing(office)[ANSWER] == "agreed"


async def test_a_proposal_cannot_pass_over_an_office_that_was_there(tmp_path: Path) -> None:
    world = await consultation(tmp_path, C)
    async with world.at(A) as office:
        await office.sync()
        names = names_of(office, [QUESTION])
        slip_in(office, event_part(CarryOverProposed(names, (EntryId(A), EntryId(B)))))
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        office.carry_over.answer(CASE)
        await office.sync()
    await world.sync(C)
    for name in (B, C):
        async with world.at(name) as office:
            (found,) = [each for each in office.carry_over.show(CASE).messages if each.standing == "proposed"]
            assert found.reason == f"not agreed by {C}"


async def test_what_a_request_names_without_agreement_is_shown_and_not_carried(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    async with world.at(A) as office:
        await office.sync()
        names = (*names_of(office, [QUESTION, ANSWER]), MessageId(b"\x01" + bytes(31)))
        slip_in(
            office,
            event_part(naming(names)),
        )
        await office.sync()
    view = await everywhere(world, B, A)
    stands = {each.about: (each.standing, each.reason) for each in view.messages}
    assert stands[ANSWER] == stands[""] == ("not carried over", "nobody has proposed it")
    assert stands["Company records"][0] == "not carried over"


async def test_forged_signatures_carry_nothing_over(tmp_path: Path) -> None:
    """Signed for another office's words, for other words, for another room, or with another key."""
    world = await consultation(tmp_path)
    async with world.at(A) as office:
        await office.sync()
        desk = office._desk
        asked, answered = names_of(office, [QUESTION, ANSWER])
        own = read_message(stored_message(desk, asked.hex()))
        context, oneself = desk.context(), desk.oneself
        true = Attestation(
            *(asked, bytes(32), own.group_id, context.now),
            *(oneself.entry_id, oneself.officer, oneself.device_id),
        )
        agreed = agreed_in(desk, room_of(desk, CASE))
        content = {name: read_message(stored_message(desk, name.hex())).content for name in agreed.messages}
        exact = replace(true, content_sha256=sha256(content[asked]).digest())
        forged = [
            sign_attestation(true, oneself.signer.private),
            sign_attestation(replace(exact, group_id=type(own.group_id)(bytes(32))), oneself.signer.private),
            sign_attestation(replace(exact, at=context.now + 90_000), oneself.signer.private),
            sign_attestation(exact, bytes(range(32))),
            sign_attestation(
                replace(exact, message_id=answered, content_sha256=sha256(content[answered]).digest()),
                oneself.signer.private,
            ),
        ]
        said_so = CarryOverProposed((asked, answered), (EntryId(B), EntryId(A)))
        slip_in(office, event_part(said_so), *map(attestation_part, forged))
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        assert not agreed_in(office._desk, room_of(office._desk, CASE)).signed
        office.carry_over.answer(CASE)
        await office.sync()
        stands = {each.about: (each.standing, each.reason) for each in office.carry_over.show(CASE).messages}
        assert stands["Company records"] == ("proposed", f"{A} has said it and has not signed for it")
        # The answering office has signed for its own words, and for these alone.
        assert stands[ANSWER] == ("agreed", "")


async def test_only_who_may_ask_or_decide_agrees_for_an_office(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    await link(world, B, "prosecutor", Role.PROSECUTOR)
    await link(world, B, "clerk", Role.CLERK)
    await proposed(world, QUESTION, ANSWER)
    for name in ("prosecutor", "clerk"):
        await world.sync(name)
        async with world.at(name) as office:
            with pytest.raises(MisuseError, match="may not agree to what a request carries over"):
                office.carry_over.answer(CASE)
            with pytest.raises(MisuseError, match="may not agree"):
                office.carry_over.propose(CASE)


async def test_another_device_of_the_office_sees_the_same_and_signs_for_the_office(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    await link(world, B, "second")
    await proposed(world, QUESTION, ANSWER)
    await world.sync("second")
    async with world.at("second") as office:
        office.carry_over.answer(CASE)
        await office.sync()
    await request(world, tmp_path)
    view = await everywhere(world, A, B, "second")
    assert [each.standing for each in view.messages].count("carried over") == 2


async def test_an_answer_that_comes_after_the_request_counts(tmp_path: Path) -> None:
    """An officer agrees while the request that names the message is on its way."""
    world = await consultation(tmp_path)
    await proposed(world, QUESTION)
    async with world.at(A) as office:
        names = names_of(office, [QUESTION])
        slip_in(
            office,
            event_part(naming(names)),
        )
        await office.sync()
    async with world.at(B) as office:
        proposal = office.carry_over.show(CASE).proposals[0]
        office.carry_over.answer(CASE, proposal=proposal.message_id)
        await office.sync()
    view = await everywhere(world, A, B)
    assert "carried over" in {each.standing for each in view.messages}
    assert not world.notes(A) + world.notes(B)


GUEST = "We know the firm."


async def consultation_with_guest(folder: Path) -> World:
    """A asks B, both let C in as a guest, then C and B say something."""
    world = await world_with(folder, A, B, C)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", QUESTION, reference=CASE)
        await office.sync()
    await world.sync(B)
    for name in (A, B):
        async with world.at(name) as office:
            await office.sync()
            office.company.invite(CASE, C, standing="guest")
            await office.sync()
    for name in (A, B, C, A, B, C):
        await world.sync(name)
    async with world.at(C) as office:
        office.reply(office.rooms()[0].room_id, GUEST)
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        office.reply(CASE, ANSWER)
        await office.sync()
    return world


async def test_a_guest_is_asked_about_its_own_words_only(tmp_path: Path) -> None:
    world = await consultation_with_guest(tmp_path)
    await proposed(world, ANSWER, GUEST)
    async with world.at(B) as office:
        office.carry_over.answer(CASE)
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        stands = standing(office)
        assert (stands[ANSWER], stands[GUEST]) == ("agreed", "proposed")
    async with world.at(C) as office:
        await office.sync()
        office.carry_over.answer(office.rooms()[0].room_id)
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        assert standing(office)[GUEST] == "agreed"


async def test_killed_at_any_step_an_office_has_agreed_once_or_not_at_all(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    await proposed(world, QUESTION, ANSWER)
    for step in range(1, 9):
        world.adversary = Adversary(world.chance, kill_at=step)
        try:
            async with world.at(B) as office:
                if office.carry_over.show(CASE).proposals[0].waits_for_this_office:
                    office.carry_over.answer(CASE)
                await office.sync()
        except Killed:
            continue
        break
    world.adversary = Adversary(world.chance)
    for name in (B, A, B):
        await world.sync(name)
        async with world.at(name) as office:
            (proposal,) = office.carry_over.show(CASE).proposals
            assert len(proposal.answers) == 1
            assert standing(office)[ANSWER] == "agreed"


async def test_who_agrees_to_all_signs_for_nothing_that_was_not_said_as_talk(tmp_path: Path) -> None:
    """A proposal names what its author likes, even what an office has only told about the case."""
    world = await consultation(tmp_path)
    async with world.at(B) as office:
        told = office.carry_over.propose(CASE, [said(office, ANSWER).message_id]).message_id
        await office.sync()
    async with world.at(A) as office:
        await office.sync()
        names = (*names_of(office, [ANSWER]), MessageId(bytes.fromhex(told)))
        made = slip_in(office, event_part(CarryOverProposed(names, (EntryId(A), EntryId(B)))))
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        with pytest.raises(MisuseError, match="nothing that was said"):
            office.carry_over.answer(CASE, proposal=made, agree_to=[told])
        office.carry_over.answer(CASE, proposal=made)
        signed = agreed_in(office._desk, room_of(office._desk, CASE)).signed
        assert set(signed) == set(names_of(office, [ANSWER]))


async def test_a_device_that_came_later_passes_nobody_over_either(tmp_path: Path) -> None:
    """It has found all seats taken; that an office has spoken before shows that it was there."""
    world = await consultation(tmp_path, C)
    for name, text in ((C, "We listen."), (A, "One more thing.")):
        async with world.at(name) as office:
            await office.sync()
            office.reply(CASE, text)
            await office.sync()
    await join(world, "second", "second officer", Role.CASE_OFFICER, B)
    for name in (B, "second", C, B, "second"):
        await world.sync(name)
    async with world.at(A) as office:
        await office.sync()
        names = names_of(office, ["One more thing."])
        slip_in(
            office,
            event_part(CarryOverProposed(names, (EntryId(A), EntryId(B)))),
            *attest([read_message(stored_message(office._desk, names[0].hex()))], office._desk.context()),
        )
        await office.sync()
    async with world.at("second") as office:
        await office.sync()
        office.carry_over.answer(CASE)
        (found,) = [each for each in office.carry_over.show(CASE).messages if each.reason]
        assert (found.standing, found.waiting_for) == ("proposed", (C,))
