"""Two officers decide, an office edits its entry, and everybody looks: the commands one after the other."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rogatory_client.cli import sealed_secret
from rogatory_client.cli.answer import Answer, Line, Tone
from rogatory_client.cli.application import run
from rogatory_client.cli.terminal import Terminal
from rogatory_directory_sync import sample_file

PASSPHRASE = "correct horse battery staple"
Type = Callable[..., Any]


@pytest.fixture
def rogatory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Type a command on the directory; what it says as JSON, or as text where asked for."""
    monkeypatch.chdir(tmp_path)

    def command(*typed: str, secret: bool = False, text: bool = False, code: int = 0) -> Any:
        given = ["directory", *typed, *([] if text else ["--json"])]
        if secret:
            reading, writing = os.pipe()
            os.write(writing, PASSPHRASE.encode() + b"\n")
            os.close(writing)
            given += ["--passphrase-fd", str(reading)]
        capsys.readouterr()
        ended = run(given)
        said = capsys.readouterr()
        assert ended == code, said
        return said.out if text else json.loads(said.out)

    return command


@pytest.fixture
def synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rogatory: Type) -> Path:
    """The sample after both exports, and two officers with keys."""
    monkeypatch.setattr(sealed_secret, "_MEMORY_BYTES", 1 << 16)  # the cost of guessing is tested elsewhere
    monkeypatch.setattr(sealed_secret, "_PASSES", 1)
    for name in ("export-2026-06.json", "export-2026-09.json"):
        (tmp_path / name).write_bytes(sample_file(name).content)
    rogatory("sync", "--export", "export-2026-06.json", "--out", "june.json", "--report", "r.json")
    september = ("--export", "export-2026-09.json", "--state", "june.json", "--report", "r.json")
    rogatory("sync", *september, "--out", "held.json")
    keys = [rogatory("officer-init", f"{name}.key", secret=True)["public_key"] for name in ("one", "two")]
    officers = [{"function": f"officer {key[:4]}", "key": key} for key in keys]
    (tmp_path / "officers.json").write_text(json.dumps(officers))
    (tmp_path / "office.json").write_text(json.dumps({"CNA-SG-01": keys}))
    return tmp_path


REVIEW = ("review", "--state", "held.json", "--officers", "officers.json")


@pytest.mark.usefixtures("synced")
def test_two_officers_confirm_and_the_next_synchronisation_applies(rogatory: Type) -> None:
    held = {item["record_id"]: item for item in rogatory(*REVIEW)["held"]}
    change = held["CNA-TJ-01"]["id"]
    shown = rogatory(*REVIEW, text=True)
    assert f"{change}  CNA-TJ-01 emails.office" in shown
    assert "\x1b[" not in shown  # colours are for terminals
    decide = ("--approve", change, "--reason", "called back", "--key")
    first = rogatory(*REVIEW, *decide, "one.key", secret=True)
    assert first["settlement"] == "proposed"
    assert "another key" in rogatory(*REVIEW, *decide, "one.key", secret=True, code=64)["error"]["what"]
    assert rogatory(*REVIEW, *decide, "two.key", secret=True)["settlement"] == "confirmed"
    again = ("--export", "export-2026-09.json", "--state", "held.json", "--report", "r.json")
    rogatory("sync", *again, "--officers", "officers.json", "--out", "new.json")
    record = rogatory("show", "CNA-TJ-01", "--state", "new.json")
    assert record["record"]["emails"][0]["address"] == "intcoop@prosecutor.gov.tj.example"
    assert len(record["annotations"]["decided"][0]["decisions"]) == 2
    changes = rogatory("diff", "--state", "held.json", "--new", "new.json")["changes"]
    assert [(item["record_id"], item["field"]) for item in changes] == [("CNA-TJ-01", "emails.office")]


@pytest.mark.usefixtures("synced")
def test_an_attack_is_shown_and_not_open(rogatory: Type) -> None:
    attack = next(item for item in rogatory(*REVIEW)["held"] if item["record_id"] == "CNA-GH-01")
    assert not attack["open_to_decision"]
    refused = rogatory(
        *REVIEW, "--approve", attack["id"], "--reason", "x", "--key", "one.key", secret=True, code=64
    )
    assert "looks like an attack" in refused["error"]["what"]


@pytest.mark.usefixtures("synced")
def test_an_operators_key_is_no_officers(rogatory: Type) -> None:
    rogatory("operator-init", "operator.key", secret=True)
    held = rogatory(*REVIEW)["held"][0]["id"]
    decide = ("--reject", held, "--reason", "x", "--key", "operator.key")
    assert "no officer's key" in rogatory(*REVIEW, *decide, secret=True, code=64)["error"]["what"]


@pytest.mark.usefixtures("synced")
def test_an_office_edits_and_confirms_its_entry(rogatory: Type) -> None:
    own = ("CNA-SG-01", "--state", "june.json", "--edits", "edits.json")
    rogatory("edit", *own, "--key", "one.key", "--set", "website=https://new.example/", secret=True)
    rogatory("edit", *own, "--key", "one.key", "--set", 'languages.accepted=["en", "zh"]', secret=True)
    rogatory("confirm", *own, "--key", "one.key", secret=True)
    second = ("countersign", "CNA-SG-01", "--edits", "edits.json", "--key", "two.key")
    assert len(rogatory(*second, secret=True)["edits"]) == 3
    assert "waits for a second" in rogatory(*second, secret=True, code=64)["error"]["what"]
    again = ("--export", "export-2026-09.json", "--state", "june.json", "--edits", "edits.json")
    rogatory(
        "sync", *again, "--office-keys", "office.json", "--out", "new.json", "--report", "r.json",
        "--today", "2100-01-01",
    )  # fmt: skip
    shown = rogatory("show", "CNA-SG-01", "--state", "new.json")
    assert shown["record"]["website"] == "https://new.example/"
    assert shown["record"]["languages"]["accepted"] == ["en", "zh"]
    assert shown["annotations"]["confirmed_on"]


def test_stale_entries_are_marked_everywhere(synced: Path, rogatory: Type) -> None:  # R13
    entry = rogatory("show", "CNA-LR-01", "--state", "held.json", "--at", "2026-10-01T00:00+00:00")
    assert entry["marks"] == ["stale", "to be confirmed"]
    due = rogatory("search", "--state", "held.json", "--due", "--at", "2026-10-01T00:00+00:00")["entries"]
    assert "CNA-LR-01" in [item["entry_id"] for item in due]
    report = json.loads((synced / "r.json").read_text())
    assert {"record_id": "CNA-LR-01", "last_confirmed": "2011-12-01"} in report["confirmation_due"]


def test_what_an_import_would_do_is_shown_and_not_done(synced: Path, rogatory: Type) -> None:
    before = (synced / "june.json").read_bytes()
    found = rogatory("diff", "--state", "june.json", "--export", "export-2026-09.json")
    held = next(item for item in found["changes"] if item["record_id"] == "CNA-TJ-01")
    assert (held["kind"], "two officers" in held["confirmed_by"]) == ("held", True)
    assert {"category": "quarantined", "record_id": "CNA-GN-01", "why": "state_name_iso_mismatch"} in found[
        "not_imported"
    ]
    text = rogatory("diff", "--state", "june.json", "--export", "export-2026-09.json", text=True)
    assert "  - centralauthority@prosecutor.gov.tj.example\n  + intcoop@prosecutor.gov.tj.example\n" in text
    assert (synced / "june.json").read_bytes() == before
    assert rogatory("diff", "--state", "june.json", "--new", "june.json")["changes"] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("search", "--competent-for", "mla"), "name the State"),
        (("search", "--function", "cooking"), "cooking is none of mla"),
        (("search", "--electronic", "maybe"), "maybe is none of yes"),
        (("search", "--country", "Atlantis"), "no State is called Atlantis"),
        (("search", "--network", "Hanse"), "no network is called Hanse"),
        (("search", "--language", "Klingon"), "no language is called Klingon"),
        (("search", "--article", "UNTOC 45"), "nobody is designated under UNTOC 45"),
        (("search", "--where", "unit"), "FIELD=WORDS"),
        (("search", "--where", "colour=red"), "no entry has a field colour"),
        (("search", "--at", "noon"), "noon is no moment"),
        (("search", "--at", "2026-10-01"), "is no moment"),
        (("diff",), "either --export or --new"),
    ],
)
@pytest.mark.usefixtures("synced")
def test_what_cannot_be_meant_is_said(typed: tuple[str, ...], said: str, rogatory: Type) -> None:
    assert said in rogatory(*typed, "--state", "held.json", code=64)["error"]["what"]


@pytest.mark.usefixtures("synced")
def test_who_is_competent_where_two_are(rogatory: Type) -> None:  # A06-10
    asked = ("search", "--state", "held.json", "--competent-for", "mla", "--country", "Azerbaijan")
    found = rogatory(*asked)
    assert (found["addressees"], found["scope_matters"]) == (["CNA-AZ-01", "CNA-AZ-02"], True)
    assert "CNA-AZ-01: Pre-trial stage" in rogatory(*asked, text=True)


@pytest.mark.usefixtures("synced")
def test_open_now_is_a_question_of_the_hour(rogatory: Type) -> None:
    asked = ("search", "--state", "held.json", "--country", "SN", "--open-now", "--at")
    assert rogatory(*asked, "2026-11-18T09:00+00:00")["entries"]
    assert not rogatory(*asked, "2026-11-18T23:00+00:00")["entries"]


def test_a_tone_is_a_colour_on_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(as_json=False).show(Answer({}, [Line("gone", Tone.OLD)]))
    assert capsys.readouterr().out == "gone\n"
