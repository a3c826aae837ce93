"""The outcome is only good when every scene was played and held; a failing scene ends the story."""

from pathlib import Path

import pytest

from rogatory_client.demo import story
from rogatory_client.demo.fact import require
from rogatory_client.demo.story import SCENES, Outcome, StepOutcome, play
from rogatory_client.demo.world import World
from rogatory_crypto.errors import MisuseError


async def holds(_world: World) -> str:
    return "shown"


async def misses(_world: World) -> str:
    require(holds=False, fact="the message arrived")
    return "never"


async def test_a_missing_fact_ends_the_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = (("first", holds), ("second", misses), ("third", holds))
    monkeypatch.setattr(story, "SCENES", scenes)
    told: list[StepOutcome] = []
    outcome = await play(tmp_path / "kept", told.append)
    assert [(step.name, step.ok) for step in outcome.steps] == [("first", True), ("second", False)]
    assert told == list(outcome.steps)
    assert outcome.steps[1].detail == "not shown: the message arrived"
    assert outcome.as_dict()["ok"] is False


async def test_a_folder_is_kept_only_where_nothing_was(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="name a new folder"):
        await play(tmp_path, lambda _step: None)


def test_a_story_cut_short_is_not_good() -> None:
    step = StepOutcome("first", ok=True, seconds=1.234, detail="shown")
    assert not Outcome((step,)).ok
    assert not Outcome(()).ok
    assert Outcome((step,) * len(SCENES)).ok
    assert step.as_dict() == {"name": "first", "ok": True, "seconds": 1.23, "detail": "shown"}
