"""The search for plaintext finds it in every disguise, and finds nothing where nothing is."""

import base64
import secrets
import sqlite3
from pathlib import Path

import pytest

from rogatory_client.demo.plaintext_search import markers_of, search_database, search_files

SUBJECT = "Bank records, matter 4711"
PIECE = bytes(range(64, 128))
MARKERS = markers_of([SUBJECT], {"piece": PIECE})

DISGUISES = {
    "plain": SUBJECT.encode(),
    "utf-16": SUBJECT.encode("utf-16-le"),
    "hex": SUBJECT.encode().hex().encode(),
    "upper hex": SUBJECT.encode().hex().upper().encode(),
    **{f"base64 +{shift}": base64.b64encode(b"x" * shift + SUBJECT.encode() + b"yz") for shift in range(5)},
    "base64url": base64.urlsafe_b64encode(b"\xff\xfe" + SUBJECT.encode()),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
def test_a_text_is_found_in_every_disguise(tmp_path: Path, disguise: bytes) -> None:
    (tmp_path / "relay.log").write_bytes(secrets.token_bytes(1000) + disguise + secrets.token_bytes(1000))
    assert search_files(tmp_path, MARKERS) == (1, {SUBJECT})


def test_a_text_across_the_border_of_two_chunks_is_found(tmp_path: Path) -> None:
    border = 8 << 20
    (tmp_path / "blob").write_bytes(bytes(border - 10) + SUBJECT.encode() + bytes(100))
    assert search_files(tmp_path, MARKERS)[1] == {SUBJECT}


def test_a_piece_of_a_file_and_a_file_name_are_found(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / SUBJECT).write_bytes(b"before" + PIECE)
    assert search_files(tmp_path, MARKERS) == (1, {SUBJECT, "piece"})


def test_cells_of_all_tables_are_read(tmp_path: Path) -> None:
    path = tmp_path / "relay.sqlite"
    with sqlite3.connect(path) as database:
        database.execute('CREATE TABLE "odd ""name" (a TEXT, b BLOB, c INTEGER)')
        database.execute('INSERT INTO "odd ""name" VALUES (?, ?, 7)', (SUBJECT, b"--" + PIECE))
    database.close()
    assert search_database(path, MARKERS) == (3, {SUBJECT, "piece"})


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(secrets.token_bytes(1 << 20))
    assert search_files(tmp_path, MARKERS) == (1, set())
