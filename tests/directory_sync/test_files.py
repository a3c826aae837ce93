"""Files: all or nothing."""

import os
from pathlib import Path

import pytest

from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import ExportRefusedError, Inputs, sample_file, synchronise, synchronise_files
from rogatory_directory_sync.files import annotations_path, counterpart_of, read_file, write_all


def put(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_bytes(sample_file(name).content)
    return [folder / name for name in names]


def test_two_exports_one_after_the_other(tmp_path: Path) -> None:
    june, september, edits = put(
        tmp_path, "export-2026-06.csv", "export-2026-09.csv", "local-edits-2026-08.json"
    )
    held, new, report = (tmp_path / name for name in ("held.json", "new.json", "report.json"))
    synchronise_files(june, held, report)
    result = synchronise_files(september, new, report, Inputs(held, edits))
    assert new.read_bytes() == result.state
    assert annotations_path(new).read_bytes() == result.annotations
    assert report.read_bytes() == result.report
    assert len(result.directory) == 87


def test_the_counterpart_beside_an_export_is_cross_checked(tmp_path: Path) -> None:  # R19
    csv, json_export = put(tmp_path, "export-2026-06.csv", "export-2026-06.json")
    assert counterpart_of(csv) == json_export
    assert counterpart_of(json_export) == csv
    assert counterpart_of(tmp_path / "export.txt") is None
    result = synchronise_files(csv, tmp_path / "new.json", tmp_path / "report.json")
    assert result.state == synchronise(read_file(csv), counterpart=read_file(json_export)).state


def test_a_refused_export_writes_nothing(tmp_path: Path) -> None:  # A09-46
    june, cut_off = put(tmp_path, "export-2026-06.csv", "export-2026-09-truncated.csv")
    held, report = tmp_path / "held.json", tmp_path / "report.json"
    synchronise_files(june, held, report)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ExportRefusedError):
        synchronise_files(cut_off, held, report, Inputs(held))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_that_cannot_be_read_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(ExportRefusedError, match=r"absent\.csv: No such file or directory; check the path"):
        read_file(tmp_path / "absent.csv")


def test_a_file_larger_than_any_export_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as stream:
        os.truncate(stream.fileno(), 64 * 1024 * 1024 + 1)
    with pytest.raises(ExportRefusedError, match="larger than"):
        read_file(large)


def test_a_write_that_fails_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    held = tmp_path / "held.json"
    held.write_bytes(b"before")
    with pytest.raises(MisuseError, match=r"report\.json cannot be written"):
        write_all({held: b"after", tmp_path / "absent" / "report.json": b"x"})
    assert held.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["held.json"]
