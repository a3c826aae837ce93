"""One draft on the devices of an office: merged, put away with the sending, and nobody's answer lost."""

from pathlib import Path

import pytest
from tests.simulator.office_world import HEAD, SECOND, office_of_two, settle
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B
from tests.simulator.world import Adversary, World

from rogatory_client.office import DraftView
from rogatory_client.office.at_home import say_at_home
from rogatory_client.office.drafts.view import COLLISION_S
from rogatory_crypto.content.office_work import DraftAnswer, DraftId, DraftSaved
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role

TYPE = "taking_evidence"


async def begun(world: World) -> str:
    async with world.at(A) as office:
        draft = office.drafts.new(TYPE, B).draft_id
        await office.sync()
    await settle(world, A, SECOND)
    return draft


async def undecided_at(world: World, name: str, draft: str) -> list[tuple[str, ...]]:
    """The fields that keep a draft from being sent, as nobody has decided between two answers."""
    async with world.at(name) as office:
        findings = office.drafts.check(draft).findings
        return [
            each.fields for each in findings if each.id == "answered_at_once" and each.severity == "blocking"
        ]


async def draft_at(world: World, name: str, draft: str) -> DraftView:
    async with world.at(name) as office:
        return office.drafts.show(draft)


async def answer(world: World, name: str, draft: str, **answers: str | None) -> None:
    async with world.at(name) as office:
        for field, value in answers.items():
            office.drafts.set(draft, field, value)


async def test_officers_write_one_draft_together(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    first = await draft_at(world, SECOND, draft)
    assert (first.request_type, first.addressee, first.made_by) == (TYPE, B, HEAD)
    await answer(world, A, draft, purpose="Evidence in the trial.")
    await answer(world, SECOND, draft, facts_summary="A bank was robbed.", own_reference="SN/7")
    await settle(world, A, SECOND)
    views = [await draft_at(world, name, draft) for name in (A, SECOND)]
    assert views[0].answers == views[1].answers
    assert views[0].answers["purpose"] == "Evidence in the trial."
    assert views[0].answers["facts_summary"] == "A bank was robbed."
    assert not views[0].at_once + views[1].at_once
    await settle(world, B)
    async with world.at(B) as office:
        assert office.drafts.all() == ()
    assert not world.notes(A) + world.notes(SECOND) + world.notes(B)


async def test_two_answers_at_once_are_shown_alike_until_one_decides(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    await answer(world, A, draft, purpose="One.")
    await answer(world, SECOND, draft, purpose="Another.")
    await settle(world, A, SECOND)
    views = [await draft_at(world, name, draft) for name in (A, SECOND)]
    assert views[0].answers == views[1].answers
    assert [view.at_once[0].field for view in views] == ["purpose", "purpose"]
    assert set(views[0].at_once[0].answers) == {(HEAD, "One."), ("second officer", "Another.")}
    assert await undecided_at(world, SECOND, draft) == await undecided_at(world, A, draft) == [("purpose",)]
    await answer(world, SECOND, draft, purpose="Both.")
    await settle(world, A, SECOND)
    for name in (A, SECOND):
        view = await draft_at(world, name, draft)
        assert (view.answers["purpose"], view.at_once) == ("Both.", ())
        assert await undecided_at(world, name, draft) == []
    async with world.at(A) as office:
        assert office.drafts.show(draft, 2).answers["purpose"] == "One."


async def test_who_opens_a_draft_is_told_who_works_on_it(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    await answer(world, SECOND, draft, purpose="Mine.")
    await settle(world, A, SECOND)
    view = await draft_at(world, A, draft)
    assert [each.officer for each in view.others_at_work] == ["second officer"]
    assert [each.officer for each in (await draft_at(world, SECOND, draft)).others_at_work] == [HEAD]
    world.now = float(view.others_at_work[0].at + COLLISION_S)
    assert [each.officer for each in (await draft_at(world, A, draft)).others_at_work] == ["second officer"]
    world.tick(1.0)
    assert (await draft_at(world, A, draft)).others_at_work == ()


async def test_a_draft_is_put_away_taken_back_and_erased_everywhere(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    async with world.at(SECOND) as office:
        office.drafts.remove(draft)
        await office.sync()
    await settle(world, A)
    async with world.at(A) as office:
        assert office.drafts.all() == ()
        with pytest.raises(MisuseError, match="put away"):
            office.drafts.set(draft, "purpose", "Late.")
        office.drafts.take_back(draft)
        await office.sync()
    await settle(world, SECOND)
    async with world.at(SECOND) as office:
        assert len(office.drafts.all()) == 1
        office.drafts.remove(draft)
        office.drafts.remove(draft)
        await office.sync()
    await settle(world, A)
    for name in (A, SECOND):
        async with world.at(name) as office:
            assert office.drafts.all() == office.drafts.all(removed=True) == ()


async def test_what_the_one_who_erases_has_not_seen_stays(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    await answer(world, A, draft, purpose="Not to be lost.")
    async with world.at(SECOND) as office:
        office.drafts.remove(draft)
        office.drafts.remove(draft)
    await settle(world, SECOND, A)
    async with world.at(A) as office:
        (view,) = office.drafts.all(removed=True)
        assert view.answers["purpose"] == "Not to be lost."
        assert office.drafts.take_back(draft).answers["purpose"] == "Not to be lost."


async def test_a_request_that_is_sent_puts_its_draft_away_at_the_others(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    async with world.at(SECOND) as office:
        office.submit_request(
            request_type=TYPE, legal_basis="UNTOC 18", reference="SN/8", letter=letter, to=(B,), draft=draft
        )
        await office.sync()
    await settle(world, A)
    async with world.at(A) as office:
        assert office.drafts.all() == ()
        with pytest.raises(MisuseError, match="put away"):
            office.submit_request(
                request_type=TYPE, legal_basis="UNTOC 18", reference="x", letter=letter, to=(B,), draft=draft
            )


async def test_a_new_device_has_the_drafts_and_an_observer_keeps_his_own(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    await answer(world, A, draft, purpose="Evidence.")
    long = "é" * 100_000
    await answer(world, A, draft, facts_summary=long)
    for name, role in (("third", Role.CLERK), ("observer", Role.OBSERVER)):
        await join(world, name, f"{name} officer", role)
        await settle(world, A, name)
        view = await draft_at(world, name, draft)
        assert (view.answers["purpose"], view.answers["facts_summary"]) == ("Evidence.", long)
    await answer(world, "observer", draft, purpose="Mine alone.")
    assert (await draft_at(world, "observer", draft)).answers["purpose"] == "Mine alone."
    await settle(world, "observer", A)
    assert (await draft_at(world, A, draft)).answers["purpose"] == "Evidence."
    await answer(world, A, draft, purpose="Decided.")
    await settle(world, A, "observer")
    assert (await draft_at(world, "observer", draft)).at_once


@pytest.mark.parametrize("seed", range(3))
async def test_killed_at_any_step_both_devices_come_to_the_same(tmp_path: Path, seed: int) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    world.chance.seed(seed)
    for number in range(4):
        for name in (A, SECOND):
            await answer(world, name, draft, purpose=f"{name} {number}", own_reference=f"{number}")
        world.adversary = Adversary(world.chance, break_one_in=9, kill_one_in=15)
        await settle(world, A, SECOND)
        world.adversary = Adversary(world.chance)
    await settle(world, A, SECOND)
    views = [await draft_at(world, name, draft) for name in (A, SECOND)]
    assert views[0].answers == views[1].answers
    assert views[0].at_once == views[1].at_once
    assert len(views[0].at_once[0].answers) == 2
    assert views[0].revision == views[1].revision


NONSENSE = (
    DraftAnswer("purpose", "[1"),
    DraftAnswer("purpose", '"\u202egnorw"'),
    DraftAnswer("purpose", "[" * 50_000),
    DraftAnswer("facts_summary", '{"a": 1}'),
    DraftAnswer("no_such_field", '"x"'),
    DraftAnswer("urgency_level", '"whenever"'),
    DraftAnswer("own_reference", '"' + "x" * 301 + '"'),
)


async def test_what_a_changed_program_saves_spoils_no_draft(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await begun(world)
    before = await draft_at(world, A, draft)
    async with world.at(SECOND) as office:
        name = DraftId(bytes.fromhex(draft))
        say_at_home(office._desk, DraftSaved(name, TYPE, NONSENSE, ()))
        say_at_home(office._desk, DraftSaved(name, "extradition", (DraftAnswer("purpose", '"Mine."'),), ()))
        say_at_home(office._desk, DraftSaved(DraftId(b"newer..."), "of_a_newer_version", (), ()))
        await office.sync()
    await settle(world, A)
    async with world.at(A) as office:
        (view,) = office.drafts.all()
        assert (view.answers, view.at_once) == (before.answers, ())
        with pytest.raises(MisuseError, match="there is no draft"):
            office.drafts.show(b"newer...".hex())
        office.drafts.check(draft)
    assert not world.notes(A)
