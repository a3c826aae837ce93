"""A computer on which no font is installed."""

from pathlib import Path

import pytest


def without_system_fonts(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Point the search for system fonts at a folder that has none."""
    empty = folder / "no-fonts"
    empty.mkdir()
    configuration = folder / "fonts.conf"
    configuration.write_text(f"<?xml version='1.0'?><fontconfig><dir>{empty}</dir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(configuration))
