"""The demonstration, once, as a stranger starts it: every step holds and nothing stays behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

from rogatory_client.demo.story import SCENES


def test_the_whole_story_holds(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "rogatory_client.cli", "demo", "--once", "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)},
        timeout=1500,
        check=False,
    )
    story = json.loads(ended.stdout)
    assert ended.returncode == 0, story
    assert story["ok"] is True
    assert [step["name"] for step in story["steps"]] == [name for name, _ in SCENES]
    assert len(story["steps"]) == 17
    assert all(step["ok"] and step["seconds"] > 0 and step["detail"] for step in story["steps"])
    assert list(tmp_path.iterdir()) == []
