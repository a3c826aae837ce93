"""Rules R1 to R19 on clean exports into which one defect was put at a random place."""

import json
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.directory_sync.defects import FIRST, SECOND, Defect, Rows, read_back, rendered, rows_of

from rogatory_directory_sync import (
    ExportRefusedError,
    Findings,
    Held,
    SourceFile,
    SyncResult,
    synchronise,
)

SEEDS = st.integers(0, 2**32)


def chance_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - places of defects, no secrets


@cache
def clean(seed: int) -> tuple[SyncResult, tuple[str, ...]]:
    chance = chance_of(seed)
    rows = rows_of(chance)
    return synchronise(rendered(rows, "json", chance)), tuple(row["Record ID"] for row in rows)


def injected(defect: Defect, seed: int) -> tuple[Rows, str]:
    """The rows with the defect in one of them, and whose that is."""
    chance = chance_of(seed)
    rows = rows_of(chance)
    fitting = [place for place, row in enumerate(rows) if row["E-mail"] and row["Note verbale date"]]
    place = chance.choice(fitting)
    record_id = rows[place]["Record ID"]
    more = defect.change(rows[place], rows[:place] + rows[place + 1 :])
    for row in more or ():
        rows.insert(chance.randrange(place + 1, len(rows) + 1), row)
    return rows, record_id


def said(findings: Findings, defect: Defect, record_id: str) -> bool:
    return any(
        item.record_id == record_id
        and item.category.value == defect.category
        and item.code.startswith(defect.code)
        for item in findings.all()
    )


def others_are_untouched(found: SyncResult, base: SyncResult, record_id: str, *, kept: bool) -> None:
    for key, entry in base.directory.items():
        if key != record_id or kept:
            assert found.directory[key].record == entry.record, key


def test_clean_rows_have_nothing_to_say() -> None:
    result, ids = clean(0)
    assert set(result.directory) == set(ids)
    assert {item.category.value for item in result.findings.all()} == {"added"}


@pytest.mark.parametrize("defect", FIRST, ids=lambda defect: f"{defect.rule} {defect.name}")
@settings(max_examples=6, deadline=None)
@given(seed=SEEDS, choice=st.integers(0, 2))
def test_a_defect_of_a_first_export_is_found(defect: Defect, seed: int, choice: int) -> None:
    form = defect.forms[choice % len(defect.forms)]
    rows, record_id = injected(defect, seed)
    found = synchronise(rendered(rows, form, chance_of(seed + 1)))
    assert said(found.findings, defect, record_id), (form, record_id)
    others_are_untouched(found, clean(seed)[0], record_id, kept=defect.kept)
    assert (record_id in found.directory) == (defect.category != "quarantined")


@pytest.mark.parametrize("defect", SECOND, ids=lambda defect: f"{defect.rule} {defect.name}")
@settings(max_examples=6, deadline=None)
@given(seed=SEEDS, choice=st.integers(0, 2))
def test_a_defect_of_a_second_export_is_found(defect: Defect, seed: int, choice: int) -> None:
    form = defect.forms[choice % len(defect.forms)]
    base, _ = clean(seed)
    rows, record_id = injected(defect, seed)
    held = Held(SourceFile("held.json", base.state), base.annotations)
    found = synchronise(rendered(rows, form, chance_of(seed + 1), "second"), held)
    assert said(found.findings, defect, record_id), (form, record_id)
    others_are_untouched(found, base, record_id, kept=defect.kept)
    for held_back in ("emails", "designations"):
        if defect.category in ("held", "rejected_changes"):
            old, new = base.directory[record_id].record, found.directory[record_id].record
            assert set(getattr(new, held_back)) == set(getattr(old, held_back))


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, form=st.sampled_from(["csv", "json", "xlsx"]))
def test_a_missing_and_a_new_record_are_told(seed: int, form: str) -> None:  # R17
    base, ids = clean(seed)
    chance = chance_of(seed + 1)
    rows = rows_of(chance_of(seed))
    gone = chance.choice([row for row in rows if row["ISO2"] not in ("AZ", "GB", "CN")])
    rows.remove(gone)
    new = rows[0] | {"Record ID": "CNA-ZZ-77", "E-mail": "", "Authority (EN)": "Quite another office"}
    held = Held(SourceFile("held.json", base.state), base.annotations)
    found = synchronise(rendered([*rows, new], form, chance, "second"), held)
    report = json.loads(found.report)
    assert (report["missing"], report["added"]) == ([gone["Record ID"]], ["CNA-ZZ-77"])
    assert set(found.directory) == {*ids, "CNA-ZZ-77"}


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, form=st.sampled_from(["csv", "xlsx"]))
def test_a_new_id_for_a_vanished_record_is_the_same_record(seed: int, form: str) -> None:  # R5
    base, ids = clean(seed)
    chance = chance_of(seed + 1)
    rows = rows_of(chance_of(seed))
    moved = chance.choice([row for row in rows if row["E-mail"]])
    old, moved["Record ID"] = moved["Record ID"], "CNA-ZZ-77"
    held = Held(SourceFile("held.json", base.state), base.annotations)
    found = synchronise(rendered(rows, form, chance, "second"), held)
    assert json.loads(found.report)["rekeyed"] == [{"from": old, "to": "CNA-ZZ-77"}]
    assert set(found.directory) == set(ids)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, form=st.sampled_from(["csv", "json", "xlsx"]))
def test_a_second_id_for_the_same_authority_is_set_aside(seed: int, form: str) -> None:  # R5
    chance = chance_of(seed)
    rows = rows_of(chance)
    twin = chance.choice([row for row in rows if row["E-mail"]])
    name = twin["Authority (EN)"].upper().replace(" ", "  ")
    rows.insert(chance.randrange(len(rows)), twin | {"Record ID": "CNA-ZZ-77", "Authority (EN)": name})
    first, second = sorted(("CNA-ZZ-77", twin["Record ID"]), key=[row["Record ID"] for row in rows].index)
    found = synchronise(rendered(rows, form, chance))
    assert json.loads(found.report)["quarantined"] == [
        {"record_id": second, "reason": f"suspected_duplicate_of:{first}"}
    ]
    assert first in found.directory


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, form=st.sampled_from(["csv", "xlsx"]))
def test_the_formats_are_checked_against_each_other(seed: int, form: str) -> None:  # R19
    chance = chance_of(seed)
    rows = rows_of(chance)
    counterpart = rendered(rows, "json", chance)
    other = chance.choice(rows)
    other["City"] = "Elsewhere"
    found = synchronise(rendered(rows, form, chance), counterpart=counterpart)
    said = json.loads(found.report)["crosscheck"]
    assert [(item["record_id"], item["column"], item[form]) for item in said] == [
        (other["Record ID"], "City", "Elsewhere")
    ]
    assert found.directory == clean(seed)[0].directory


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, share=st.floats(0.05, 0.95))
def test_a_csv_cut_off_anywhere_is_refused_whole(seed: int, share: float) -> None:  # R1
    chance = chance_of(seed)
    whole = rendered(rows_of(chance), "csv", chance)
    assert read_back(whole) == 14
    cut = SourceFile("x.csv", whole.content[: int(len(whole.content) * share)])
    with pytest.raises(ExportRefusedError):
        synchronise(cut)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_line_of_another_encoding_is_repaired(seed: int) -> None:  # R1
    chance = chance_of(seed)
    rows = rows_of(chance)
    other = chance.choice(rows)
    other["Unit"] = "Département des affaires pénales"
    file = rendered(rows, "csv", chance)
    raw = file.content.replace(
        "Département des affaires pénales".encode(), "Département des affaires pénales".encode("cp1252")
    )
    found = synchronise(SourceFile("x.csv", raw))
    assert found.directory[other["Record ID"]].record.unit == "Département des affaires pénales"
    repaired = {(item.record_id, item.code) for item in found.findings.all()}
    assert (other["Record ID"], "row_bytes_cp1252") in repaired


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_local_and_published_changes_meet(seed: int) -> None:  # R18
    base, _ = clean(seed)
    chance = chance_of(seed)
    rows = rows_of(chance)
    first, second, third = chance.sample([row for row in rows if row["Website"]], 3)
    edits = [
        {
            "record_id": row["Record ID"],
            "path": ["website"],
            "old": row["Website"],
            "new": "https://own.example/",
        }
        for row in (first, second, third)
    ]
    for row, published in ((second, "https://own.example/"), (third, "https://theirs.example/")):
        row["Website"] = published
        row["Revision"] = str(int(row["Revision"]) + 1)
    held = Held(
        SourceFile("held.json", base.state),
        base.annotations,
        SourceFile("e.json", json.dumps(edits).encode()),
    )
    report = json.loads(synchronise(rendered(rows, "xlsx", chance, "second"), held).report)
    for name, row in (("local_kept", first), ("converged", second), ("conflicts", third)):
        assert [item["record_id"] for item in report[name]] == [row["Record ID"]], name
