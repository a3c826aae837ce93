"""Two persons for what leaves an office: nothing before, exactly what was shown, and never twice."""

from pathlib import Path

import pytest
from tests.simulator.office_world import SECOND, THIRD, office_of_two, settle
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B, C
from tests.simulator.world import Adversary, World

from rogatory_client.office import MessageView, Office
from rogatory_client.office.at_home import say_at_home
from rogatory_client.office.releases.releasing import load_asked
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.outgoing_release import ReleaseAnswered
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import RevocationReason, Role

EVIDENCE = bytes(range(256)) * 500


def put_up(office: Office, folder: Path, **more: object) -> MessageView:
    letter, evidence = folder / "letter.pdf", folder / "evidence.bin"
    letter.write_bytes(b"%PDF-1.7 letter")
    evidence.write_bytes(EVIDENCE)
    given: dict[str, object] = {"to": (B,), "subject": "Company records", **more}
    return office.submit_request(
        request_type="taking_evidence",
        legal_basis="UNTOC 18",
        reference="SN/2",
        letter=letter,
        attachments=[evidence],
        **given,  # type: ignore[arg-type]  # as the test wants it
    )


async def careful_office(folder: Path) -> World:
    """An office whose head has asked for two persons."""
    world = await office_of_two(folder)
    async with world.at(A) as office:
        assert office.releases.set_policy(two_persons=True)
        await office.sync()
    await settle(world, SECOND)
    return world


async def waiting(world: World, folder: Path, **more: object) -> str:
    async with world.at(SECOND) as office:
        held = put_up(office, folder, **more)
        assert held.state == "to be released"
        await office.sync()
    await settle(world, A, SECOND, B)
    return held.message_id


async def requests_at(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        return [each.message_id for each in office.messages() if each.kind == "request"]


async def test_nothing_leaves_before_another_officer_has_released_it(tmp_path: Path) -> None:
    world = await careful_office(tmp_path)
    request = await waiting(world, tmp_path)
    for name in (A, SECOND, B):
        assert await requests_at(world, name) == []
        async with world.at(name) as office:
            assert len(office.rooms()) == 1
    async with world.at(SECOND) as office:
        with pytest.raises(MisuseError, match="another officer than the one who put it up"):
            office.releases.release(request)
        assert not office.outbox()
    async with world.at(A) as office:
        (view,) = office.releases.all()
        assert (view.standing, view.to, view.asked_by, view.for_this_officer) == (
            *("waiting", (B,)),
            *("second officer", True),
        )
        (item,) = (each for each in office.mailbox.inbox().of("needs_you") if each.kind == "release")
        assert (item.name, item.reference, item.offices) == (request, "SN/2", (B,))
        assert [each.filename for each in view.attachments] == ["letter.pdf", "evidence.bin"]
        saved = await office.releases.save_files(request[:12], tmp_path / "shown")
        assert saved[1].read_bytes() == EVIDENCE
        assert office.releases.release(request).standing == "released"
        await office.sync()
    await settle(world, SECOND, B, A)
    for name in (A, SECOND, B):
        assert await requests_at(world, name) == [request]
    async with world.at(B) as office:
        got = await office.save_attachment(request, 1, tmp_path / "got")
        assert got.read_bytes() == EVIDENCE
    async with world.at(A) as office:
        assert office.releases.show(request).standing == "sent"
        with pytest.raises(MisuseError, match="sent already"):
            office.releases.hold_back(request, "Too late.")


async def test_what_is_held_back_stays_and_its_draft_with_it(tmp_path: Path) -> None:
    world = await careful_office(tmp_path)
    async with world.at(SECOND) as office:
        draft = office.drafts.new("taking_evidence", B).draft_id
    request = await waiting(world, tmp_path, draft=draft)
    async with world.at(SECOND) as office:
        with pytest.raises(MisuseError, match="put up for release already"):
            put_up(office, tmp_path, draft=draft)
    world.tick(8 * 86_400)  # long after it was put up, and still news to who has put it up
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="say why"):
            office.releases.hold_back(request, " ")
        office.releases.hold_back(request, "The facts are thin.")
        with pytest.raises(MisuseError, match="held back already"):
            office.releases.release(request)
        await office.sync()
    await settle(world, SECOND, B)
    async with world.at(SECOND) as office:
        (item,) = (each for each in office.mailbox.inbox().of("needs_you") if each.kind == "release")
        assert item.why == ("held back by case officer: The facts are thin.",)
        view = office.releases.show(request)
        assert (view.standing, view.by, view.reasons) == (
            "held back",
            ("case officer",),
            "The facts are thin.",
        )
        assert [each.draft_id for each in office.drafts.all()] == [draft]
        assert put_up(office, tmp_path, draft=draft).message_id != request
    assert await requests_at(world, B) == []


async def test_nothing_leaves_while_what_holds_it_back_may_be_on_its_way(tmp_path: Path) -> None:
    world = await careful_office(tmp_path)
    request = await waiting(world, tmp_path)
    async with world.at(A) as office:
        office.releases.release(request)
        await office.sync()
        office.releases.hold_back(request, "The court has called.")
        await office.sync()
    world.relay.rows_at_once = 1
    await settle(world, SECOND, B)
    assert await requests_at(world, B) == []


async def test_what_is_released_and_has_not_left_can_be_held_back(tmp_path: Path) -> None:
    world = await careful_office(tmp_path)
    request = await waiting(world, tmp_path)
    async with world.at(A) as office:
        office.releases.release(request)
        await office.sync()
        assert office.releases.hold_back(request, "The court has called.").standing == "held back"
        await office.sync()
    await settle(world, SECOND, B)
    assert await requests_at(world, B) == []
    async with world.at(SECOND) as office:
        assert not office.outbox()


async def test_an_office_that_came_since_is_not_sent_what_nobody_was_shown_that_it_reads(
    tmp_path: Path,
) -> None:
    world = await careful_office(tmp_path)
    await world.enrol(C)
    await settle(world, A, SECOND, B, C)
    request = await waiting(world, tmp_path, room="SN/1", to=(), subject=None)
    for name in (A, B):
        async with world.at(name) as office:
            await office.sync()
            office.company.invite("SN/1", C, standing="party")
            await office.sync()
    await settle(world, A, C, SECOND, B)
    async with world.at(A) as office:
        assert C in office.room("SN/1").offices
        office.releases.release(request)
        await office.sync()
    async with world.at(SECOND) as office:
        warnings = (await office.sync()).warnings
        assert any(f"{C} would read it" in each for each in warnings), warnings
    await settle(world, B, C)
    assert await requests_at(world, C) == []
    async with world.at(A) as office:
        office.releases.hold_back(request, "Another office has come.")
        await office.sync()
    await settle(world, SECOND, A)
    async with world.at(SECOND) as office:
        again = put_up(office, tmp_path, room="SN/1", to=(), subject=None)
        assert set(office.releases.show(again.message_id).to) == {B, C}


async def test_a_request_in_a_consultation_and_its_draft_leave_in_one_step(tmp_path: Path) -> None:
    world = await careful_office(tmp_path)
    async with world.at(SECOND) as office:
        draft = office.drafts.new("taking_evidence", B).draft_id
    request = await waiting(world, tmp_path, room="SN/1", to=(), subject=None, draft=draft)
    async with world.at(A) as office:
        office.releases.release(request)
        await office.sync()
    await settle(world, SECOND, B, A)
    async with world.at(B) as office:
        assert office.room("SN/2").kind == "request"
    for name in (A, SECOND):
        async with world.at(name) as office:
            assert office.drafts.all() == ()
    assert await requests_at(world, B) == [request]


async def test_another_content_or_the_same_officer_releases_nothing(tmp_path: Path) -> None:
    world = await careful_office(tmp_path)
    await join(world, "twin", "Second  Officer", Role.CASE_OFFICER)
    request = await waiting(world, tmp_path)
    async with world.at(A) as office:
        asked = MessageId(bytes.fromhex(_asked(office)))
        say_at_home(office._desk, ReleaseAnswered(asked, bytes(32), released=True, reasons=""))
        await office.sync()
    await settle(world, "twin")
    async with world.at("twin") as office:
        digest = bytes.fromhex(office.releases.show(request).sha256)
        say_at_home(office._desk, ReleaseAnswered(asked, digest, released=True, reasons=""))
        await office.sync()
    await settle(world, SECOND, B)
    async with world.at(SECOND) as office:
        view = office.releases.show(request)
        assert view.standing == "waiting"
        assert len(view.refused) == 2
    assert await requests_at(world, B) == []


def _asked(office: Office) -> str:
    (asked,) = load_asked(office._desk)
    return asked.said.message_id.hex()


async def test_the_head_alone_decides_and_only_where_two_may_release(tmp_path: Path) -> None:
    world = await careful_office(tmp_path)
    async with world.at(SECOND) as office:
        with pytest.raises(MisuseError, match="may not decide how the office releases"):
            office.releases.set_policy(two_persons=False)
    await join(world, "clerk", "clerk", Role.CLERK)
    request = await waiting(world, tmp_path)
    await settle(world, A, "clerk")
    async with world.at("clerk") as office:
        assert not office.releases.show(request).for_this_officer
        with pytest.raises(MisuseError, match="role clerk may not submit"):
            office.releases.release(request)
    async with world.at(A) as office:
        assert not office.releases.set_policy(two_persons=False)
        assert put_up(office, tmp_path).state == "queued"


async def test_one_officer_alone_does_not_ask_for_two(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    async with world.at(A) as office:
        second = next(each for each in office.devices() if not each.this_device)
        await office.revoke_device(second.device_id, "lost")
        with pytest.raises(MisuseError, match="one officer here"):
            office.releases.set_policy(two_persons=True)


@pytest.mark.parametrize("seed", range(3))
async def test_killed_at_any_step_it_leaves_once(tmp_path: Path, seed: int) -> None:
    world = await careful_office(tmp_path)
    request = await waiting(world, tmp_path)
    async with world.at(A) as office:
        office.releases.release(request)
    world.chance.seed(seed)
    world.adversary = Adversary(world.chance, break_one_in=12, kill_one_in=12)
    await settle(world, A, SECOND, B)
    world.adversary = Adversary(world.chance)
    await settle(world, A, SECOND, B)
    assert await requests_at(world, B) == [request]
    async with world.at(B) as office:
        assert len(office.rooms()) == 2
        await office.save_attachment(request, 1, tmp_path / "got")


async def test_a_device_that_was_not_told_yet_how_requests_are_released_sends_none(tmp_path: Path) -> None:
    world = await careful_office(tmp_path)
    world.new_device(THIRD)
    async with world.at(THIRD) as office:
        asked = await office.link_request(A, "third officer", Role.CASE_OFFICER)
    async with world.at(A) as office:
        await office.approve_link(asked.text, asked.confirmation_code)
    async with world.at(THIRD) as office:
        await office.sync()
        with pytest.raises(MisuseError, match="not known on this device yet"):
            put_up(office, tmp_path)
        with pytest.raises(MisuseError, match="not known on this device yet"):
            _ = office.releases.two_persons
        assert not office.outbox()
    await settle(world, A, THIRD, B)
    async with world.at(THIRD) as office:
        assert put_up(office, tmp_path).state == "to be released"
        await office.sync()
    await settle(world, B)
    assert await requests_at(world, B) == []


@pytest.mark.parametrize("was", ["waiting", "released"])
async def test_what_cannot_leave_any_more_is_not_called_released(tmp_path: Path, was: str) -> None:
    world = await careful_office(tmp_path)
    request = await waiting(world, tmp_path)
    async with world.at(A) as office:
        if was == "released":
            office.releases.release(request)
        (maker,) = (each for each in office.devices() if each.officer == "second officer")
        await office.revoke_device(maker.device_id, RevocationReason.LOST)
        await office.sync()
        assert office.releases.show(request).standing == "stranded"
        (item,) = (each for each in office.mailbox.inbox().of("needs_you") if each.kind == "release")
        assert "out of service: hold it back, and send it anew" in item.why[0]
        with pytest.raises(MisuseError, match="out of service, so it cannot leave"):
            office.releases.release(request)
        assert office.releases.hold_back(request, "Its device is lost.").standing == "held back"
