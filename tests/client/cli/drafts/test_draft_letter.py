"""The letter of a draft from the command line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.client.cli.drafting import begun, filled, two_offices
from tests.client.cli.sitting import sit
from tests.client.letter.pdf_a import defects
from tests.simulator.test_story import A
from tests.simulator.world import World

from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_client.letter.draft_rendering import draft_letter_data
from rogatory_crypto.errors import MisuseError


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await two_offices(tmp_path)


async def test_a_draft_becomes_a_letter_in_two_languages(world: World, tmp_path: Path) -> None:
    draft, call, out = await filled(world), sit(world, A), tmp_path / "letter.pdf"
    translation = await begun(world)
    await draft_commands.set_(call, translation, "purpose", "Preuve au procès.")
    await draft_commands.letter(
        call, draft, "Head of unit", out, language="en", second_language="fr", translation=translation
    )
    assert out.stat().st_mode & 0o777 == 0o600, "it holds the answers in the clear"
    assert defects(out.read_bytes(), part=3) == []
    async with world.at(A) as office:
        letter = office.drafts.letter(draft, "Head of unit", second="fr", translation=translation)
    assert [each.language for each in letter.columns] == ["en", "fr"]
    assert letter.columns[1].answers["purpose"] == "Preuve au procès."
    assert (letter.requesting.state, letter.requested.state) == ("SN", "GH")
    with pytest.raises(MisuseError, match="exists"):
        await draft_commands.letter(call, draft, "Head of unit", out)


async def test_what_makes_no_letter_is_said(world: World, tmp_path: Path) -> None:
    draft, call, out = await filled(world), sit(world, A), tmp_path / "letter.pdf"
    other = await begun(world, "extradition")
    refused: tuple[tuple[dict[str, Any], str], ...] = (
        ({"language": "de"}, "not in de"),
        ({"second_language": "en"}, "two that differ"),
        ({"translation": draft}, "needs its language"),
        ({"second_language": "fr", "translation": other}, "of the type extradition"),
    )
    for given, said in refused:
        with pytest.raises(MisuseError, match=said):
            await draft_commands.letter(call, draft, "Head of unit", out, **given)
    await draft_commands.set_(call, draft, "addressed_authority", clear=True)
    with pytest.raises(MisuseError, match="addressed_authority: the directory has no entry"):
        await draft_commands.letter(call, draft, "Head of unit", out)
    assert not out.exists()


async def test_a_letter_is_dated_where_it_is_written(world: World) -> None:
    """The world begins at noon, UTC: in Auckland the next day has begun."""
    draft = await filled(world)
    records = world.records()
    next(each for each in records if each["record_id"] == A)["time_zone"] = "Pacific/Auckland"
    await world.publish_records(2, records, [A])
    async with world.at(A) as office:
        await office.sync()
        letter = office.drafts.letter(draft, "Head of unit", language="en")
        utc = datetime.fromtimestamp(world.now, UTC).date()
        assert letter.dated_on == utc + timedelta(days=1)
        particulars = draft_letter_data(letter)["particulars"]
        assert f"November {letter.dated_on.day}, 2026" in str(particulars)
        # What lies in the past is judged on the same calendar.
        office.drafts.set(draft, "deadline_date", utc.isoformat())
        said = [each.text for each in office.drafts.check(draft).deficiencies]
        assert "Deadline already past." in said
