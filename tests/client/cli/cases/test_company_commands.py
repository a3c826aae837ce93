"""Who is in a case, as an officer says and is shown it."""

from pathlib import Path

import pytest
from tests.client.cli.sitting import said, sit
from tests.simulator.office_world import CASE, HEAD, SECOND, office_of_two, settle
from tests.simulator.test_company import case_of_two, everybody
from tests.simulator.test_life_cycle import CASE as REQUEST
from tests.simulator.test_story import A, B, C

from rogatory_client.cli.cases.commands import list_cases
from rogatory_client.cli.cases.company_commands import (
    dismiss,
    invite,
    liaison,
    members,
    restrict,
    unrestrict,
)
from rogatory_client.cli.requests.consultation_commands import consult
from rogatory_crypto.errors import MisuseError

TRICKY = ["", " ", "\u202egnp.exe", "\x00", "x" * 10_000, "no such officer"]


async def test_a_case_is_limited_and_opened_again(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    answer = await restrict(sit(world, A), CASE, [HEAD])
    assert f"The case is for {HEAD}." in said(answer)
    assert "Only one device of your office" in said(answer)
    await settle(world, B, SECOND)
    assert said(await list_cases(sit(world, SECOND))) == ""
    seen_by_b = said(await members(sit(world, B), CASE))
    assert f"{A} | requesting | {HEAD} | {HEAD}" in seen_by_b
    assert f"{B} | requested | {HEAD} | all" in seen_by_b
    assert "for all of your office" in said(await unrestrict(sit(world, A), CASE))
    with pytest.raises(MisuseError, match="not limited"):
        await unrestrict(sit(world, A), CASE)
    await settle(world, SECOND)
    assert CASE in said(await list_cases(sit(world, SECOND)))


@pytest.mark.parametrize("officer", TRICKY)
async def test_an_officer_that_is_none_is_refused_with_those_there_are(tmp_path: Path, officer: str) -> None:
    world = await office_of_two(tmp_path)
    with pytest.raises(MisuseError, match=f"there are {HEAD}, second officer"):
        await restrict(sit(world, A), CASE, [HEAD, officer])
    with pytest.raises(MisuseError, match="name yourself"):
        await restrict(sit(world, A), CASE, ["second officer"])


async def test_a_consultation_is_limited_from_its_beginning(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await consult(sit(world, A), "Witness", "Where is she?", to=[B], reference="SN/7", restricted_to=[HEAD])
    await settle(world, SECOND, B)
    assert "SN/7" not in said(await list_cases(sit(world, SECOND)))
    assert "SN/7" in said(await list_cases(sit(world, B)))


async def test_an_office_is_invited_agreed_to_and_dismissed(tmp_path: Path) -> None:
    world = await case_of_two(tmp_path)
    assert f"{B} has to agree" in said(await invite(sit(world, A), REQUEST, C))
    shown = await members(sit(world, B), REQUEST)
    assert f"{C} | guest | no | {A} | {B}" in said(shown)
    with pytest.raises(MisuseError, match="without what was said before"):
        await invite(sit(world, B), REQUEST, C, with_history=True)
    with pytest.raises(MisuseError, match="guest or as a party"):
        await invite(sit(world, B), REQUEST, C, standing="owner")
    await invite(sit(world, B), REQUEST, C)
    await everybody(world)
    assert f"{C} | guest" in said(await members(sit(world, A), REQUEST))
    with pytest.raises(MisuseError, match="is in the case"):
        await invite(sit(world, A), REQUEST, C)
    assert "dismissed" in said(await dismiss(sit(world, A), REQUEST, C))
    await everybody(world)
    assert C not in said(await members(sit(world, B), REQUEST))


async def test_a_liaison_has_to_be_one_and_a_state_too(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    with pytest.raises(MisuseError, match="no liaison of this office"):
        await liaison(sit(world, A), "second officer", ["GH"])
