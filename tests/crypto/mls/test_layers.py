"""The chapters stand in the order that the package names, each on earlier ones only."""

import ast
import re
from pathlib import Path

from rogatory_crypto import mls

FOLDER = Path(mls.__file__).parent


def chapters() -> list[str]:
    named = re.search(r"only earlier ones: ([^.]*)\.", mls.__doc__ or "")
    assert named is not None
    return re.split(r",\s+", named.group(1))


def imported(chapter: str) -> set[str]:
    names = set()
    for node in ast.parse((FOLDER / f"{chapter}.py").read_text()).body:  # not what is imported for types only
        match node:
            case ast.ImportFrom(module="rogatory_crypto.mls", names=aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=str(module)) if module.startswith("rogatory_crypto.mls."):
                names.add(module.rpartition(".")[2])
            case _:
                pass
    return names


def test_all_chapters_are_named() -> None:
    assert sorted(chapters()) == sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))


def test_a_chapter_imports_only_earlier_ones() -> None:
    order = chapters()
    for number, chapter in enumerate(order):
        assert imported(chapter) <= set(order[:number]), chapter
