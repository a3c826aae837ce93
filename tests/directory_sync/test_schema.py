"""The code against ``reference/schema.json``: what can drift is compared."""

import json
from dataclasses import fields
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from rogatory_directory_sync import Function, Kind, Record, Role, Status
from rogatory_directory_sync.record import EmailType, Instrument, PhoneType
from rogatory_directory_sync.record_json import CHOICES

SCHEMA = json.loads(
    (files("rogatory_directory_sync") / "reference" / "schema.json").read_text(encoding="utf-8")
)
DEFS: dict[str, Any] = SCHEMA["$defs"]
MEMBERS: dict[str, Any] = DEFS["authority"]["properties"]


def test_a_record_has_every_member_of_the_schema_and_no_other() -> None:
    # "cleared_fields" is an instruction to the importer, not something to hold.
    assert [member.name for member in fields(Record)] == [
        name for name in MEMBERS if name != "cleared_fields"
    ]


@pytest.mark.parametrize(
    ("kinds", "stated"),
    [
        (Status, MEMBERS["status"]["enum"]),
        (Kind, MEMBERS["kind"]["enum"]),
        (Role, MEMBERS["networks"]["items"]["properties"]["role"]["enum"]),
        (PhoneType, DEFS["phone"]["properties"]["type"]["enum"]),
        (EmailType, MEMBERS["emails"]["items"]["properties"]["type"]["enum"]),
        (Instrument, DEFS["designation"]["properties"]["instrument"]["enum"]),
        (Function, DEFS["designation"]["properties"]["function"]["enum"]),
    ],
)
def test_enumerations_are_those_of_the_schema(kinds: type[StrEnum], stated: list[str]) -> None:
    assert [str(kind) for kind in kinds] == stated


@pytest.mark.parametrize("path", sorted(CHOICES))
def test_choices_are_those_of_the_schema(path: str) -> None:
    group, _, member = path.partition(".")
    stated = MEMBERS[group]["properties"][member] if member else MEMBERS[group]
    if "$ref" in stated:
        stated = DEFS[stated["$ref"].rpartition("/")[2]]
    assert [str(choice) for choice in CHOICES[path]] == stated["enum"]


def test_the_sample_is_the_published_set(shared: Path) -> None:
    sample = files("rogatory_directory_sync") / "sample"
    published = [*(shared / "directory").glob("*-2026-*"), *(shared / "directory" / "expected").iterdir()]
    assert len(published) == 9
    for path in published:
        assert (sample / path.name).read_bytes() == path.read_bytes(), path.name
