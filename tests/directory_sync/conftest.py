"""What the tests of the directory share: the sample, and the comparison its documentation prescribes."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from rogatory_directory_sync import (
    Held,
    ReferenceTables,
    SourceFile,
    SyncResult,
    reference_tables,
    sample_file,
    synchronise,
)

Authority = dict[str, Any]


def _comparable(authority: Authority) -> Authority:
    """Lists whose order says nothing sorted; the raw text beside a readable number dropped."""
    for name in ("designations", "networks"):
        authority[name] = sorted(authority[name], key=lambda item: json.dumps(item, sort_keys=True))
    for name in ("accepted", "urgent"):
        stated = authority["languages"].get(name)
        authority["languages"][name] = sorted(stated) if stated else stated
    for phone in authority["phones"]:
        if phone.get("e164"):
            phone.pop("raw", None)
    return authority


@pytest.fixture(scope="session")
def records() -> Callable[[bytes], dict[str, Authority]]:
    """A state file by record id, comparable."""
    return lambda raw: {item["record_id"]: _comparable(item) for item in json.loads(raw)}


@pytest.fixture(scope="session")
def tables() -> ReferenceTables:
    return reference_tables()


@pytest.fixture(scope="session")
def june() -> Callable[..., SyncResult]:
    """The first import of the sample, by format, with or without its counterpart."""

    @cache
    def run(form: str, *, counterpart: bool = False) -> SyncResult:
        other = sample_file(f"export-2026-06.{'json' if form == 'csv' else 'csv'}") if counterpart else None
        return synchronise(sample_file(f"export-2026-06.{form}"), counterpart=other)

    return run


@pytest.fixture(scope="session")
def september(june: Callable[..., SyncResult]) -> Callable[..., SyncResult]:
    """The second import of the sample, local edits in between."""

    @cache
    def run(form: str, *, counterpart: bool = False) -> SyncResult:
        first = june(form, counterpart=counterpart)
        state = SourceFile("held.json", first.state)
        held = Held(state, first.annotations, sample_file("local-edits-2026-08.json"))
        other = sample_file(f"export-2026-09.{'json' if form == 'csv' else 'csv'}") if counterpart else None
        return synchronise(sample_file(f"export-2026-09.{form}"), held, counterpart=other)

    return run
