"""The commands of an enrolment against a real relay: two officers, a letter, an office, a call."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.client.cli.transcript import type_command
from tests.integration.relay.relay_process import RelayProcess

from rogatory_client.cli.directory.operator_key import create_operator_key
from rogatory_crypto.wire.identifier import EntryId
from rogatory_directory_sync import sample_file

PASSPHRASE = "correct horse battery"
OPENED = f"--passphrase-fd {{secret:{PASSPHRASE}}}"
OPERATOR = f"--operator-key operator.key --profile profile.json {OPENED}"
SECRETARIATS = {"WACAP": EntryId("NET-WACAP")}
NAME = "Ministry of Justice \N{EN DASH} Central Authority"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A relay, its directory, and a secretariat with two officers."""
    made = tmp_path_factory.mktemp("enrolment")
    relay = RelayProcess(made)
    replace(relay.network, secretariats=SECRETARIATS).write(made / "relay" / "trust")
    seeds = [relay.operator.private_key.ed25519, relay.operator.private_key.ml_dsa_44]
    create_operator_key(
        made / "operator.key",
        PASSPHRASE.encode(),
        lambda size: seeds.pop(0) if seeds else os.urandom(size),
    )
    (made / "directory.json").write_bytes(sample_file("state-after-2026-06.json").content)
    relay.launch()
    try:
        command = f"relay profile --relay {relay.url} --origin relay.example --trust relay/trust"
        done(f"{command} --tls-ca ca.pem --out profile.json", made)
        found_secretariat(made)
        yield made
    finally:
        relay.end(signal.SIGTERM)


def found_secretariat(folder: Path) -> None:
    done(f"directory publish --state directory.json {OPERATOR}", folder)
    (invited,) = done(f"directory invite NET-WACAP {OPERATOR}", folder)["invitations"]
    for name in ("first", "second", "office", "late"):
        done(f"init --profile profile.json --home {name} {OPENED}", folder)
    by("first", f"enrol --officer head --code-fd {{secret:{invited['code']}}}", folder)
    role = "--officer 'legal officer' --role secretariat-officer"
    asked = by("second", f"device link-request --office NET-WACAP {role} --out link.txt", folder)
    code = asked["confirmation_code"]
    by("first", f"device approve link.txt --confirmation-code {code}", folder)
    by("second", "device complete", folder)


def typed(command: str, folder: Path) -> Any:
    return type_command(f"rogatory {command}", folder)


def done(command: str, folder: Path) -> dict[str, Any]:
    ended = typed(f"{command} --json", folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def by(name: str, command: str, folder: Path) -> dict[str, Any]:
    return done(f"{command} --home {name} {OPENED}", folder)


def refused(name: str, command: str, folder: Path) -> tuple[int, str]:
    ended = typed(f"{command} --home {name} {OPENED}", folder)
    return ended.returncode, ended.stdout + ended.stderr


def state_of(entry_id: str, name: str, folder: Path) -> dict[str, Any]:
    listed = by(name, "enrolment list", folder)["enrolments"]
    return next((each for each in listed if each["entry_id"] == entry_id), {})


def test_two_officers_admit_an_office(folder: Path) -> None:
    proposed = by("first", "enrolment propose CNA-SN-01 --network WACAP --out proposal.txt", folder)
    assert proposed["proposal"]["confirmer"] == "legal officer"
    exit_code, said = refused("first", "enrolment letter CNA-SN-01 --out early.pdf", folder)
    assert (exit_code, "has not confirmed" in said) == (64, True)
    assert not (folder / "early.pdf").exists()
    exit_code, said = refused("second", "enrolment confirm proposal.txt", folder)
    assert exit_code == 1, "without a terminal nobody agreed"
    assert f"CNA-SN-01  {NAME}" in said
    assert "+221100000101" in said
    assert not state_of("CNA-SN-01", "second", folder)
    confirmed = by("second", "enrolment confirm proposal.txt --yes", folder)
    assert (confirmed["confirmed"], confirmed["enrolment"]["state"]) == (True, "confirmed")

    told = by("first", "enrolment letter CNA-SN-01 --out letter.pdf", folder)
    assert "code" not in told
    assert (folder / "letter.pdf").stat().st_mode & 0o777 == 0o600
    shown = by(
        "first", "enrolment letter CNA-SN-01 --text --out letter.txt --language en --show-code", folder
    )
    assert shown["code"] in (folder / "letter.txt").read_text()
    assert (folder / "letter.txt").stat().st_mode & 0o777 == 0o600

    enrolled = by("office", f"enrol --officer head --code-fd {{secret:{shown['code']}}}", folder)
    heard = " ".join(enrolled["call_back"]["words"])
    exit_code, said = refused("first", "enrolment call-back CNA-SN-01", folder)
    assert (exit_code, "the other officer calls" in said) == (64, True)
    called = by("second", f"enrolment call-back CNA-SN-01 --words '{heard}'", folder)["call_back"]
    assert called["fits"] is True
    read = " ".join(called["numbers"])
    assert by("office", f"call-back --words '{read}'", folder)["call_back"]["fits"] is True
    listed = state_of("CNA-SN-01", "second", folder)
    assert (listed["state"], listed["called_by"]) == ("called-back", "legal officer")

    words_that_do_not_fit(folder, read)


def words_that_do_not_fit(folder: Path, read: str) -> None:
    exit_code, said = refused("second", f"enrolment call-back CNA-SN-01 --words '{read}'", folder)
    assert exit_code == 77, "its own words said back are no answer"
    assert "THE WORDS DIFFER" in said
    exit_code, said = refused("second", "enrolment call-back CNA-SN-01 --words 'yes the same'", folder)
    assert (exit_code, "nothing was kept" in said) == (65, True)


def test_what_is_proposed_can_be_withdrawn(folder: Path) -> None:
    by("first", "enrolment propose CNA-GH-01 --network wacap --days 3 --out ghana.txt", folder)
    exit_code, said = refused("first", "enrolment propose CNA-GH-01 --network wacap --out ghana.txt", folder)
    assert (exit_code, "exists: choose another name" in said) == (64, True)
    by("second", "enrolment confirm ghana.txt --yes", folder)
    code = by("first", "enrolment letter CNA-GH-01 --show-code", folder)["code"]
    ending = by("first", "enrolment withdraw CNA-GH-01 --out withdrawal.txt", folder)
    assert ending["withdrawal"]["entry_id"] == "CNA-GH-01"
    exit_code, said = refused("second", "enrolment confirm withdrawal.txt --yes", folder)
    assert (exit_code, "It ends the invitation that is open" in said) == (0, True)
    exit_code, said = refused("late", f"enrol --officer head --code-fd {{secret:{code}}}", folder)
    assert exit_code == 77
    assert state_of("CNA-GH-01", "first", folder)["state"] == "withdrawn"
    changed = (folder / "ghana.txt").read_text().strip()
    (folder / "changed.txt").write_text(changed[:-40] + ("A" if changed[-40] != "A" else "B") + changed[-39:])
    exit_code, said = refused("second", "enrolment confirm changed.txt --yes", folder)
    assert exit_code in {65, 77}
    assert "nothing was signed" in said or "confirmed before" in said


def admit(entry_id: str, home: str, folder: Path, *, again: str = "") -> str:
    """Let an office enrol at a new device; return the words it reads on the telephone."""
    by("first", f"enrolment propose {entry_id} --network WACAP {again} --out {home}.txt", folder)
    by("second", f"enrolment confirm {home}.txt --yes", folder)
    code = by("first", f"enrolment letter {entry_id} --show-code", folder)["code"]
    done(f"init --profile profile.json --home {home} {OPENED}", folder)
    enrolled = by(home, f"enrol --officer head --code-fd {{secret:{code}}}", folder)
    return " ".join(enrolled["call_back"]["words"])


def test_an_office_that_has_lost_all_its_devices_gets_back_into_its_case(folder: Path) -> None:
    admit("CNA-BJ-01", "lost", folder)
    asked = "consult --to NET-WACAP --subject Registers --text 'Who keeps them?' --reference BJ/1"
    by("lost", asked, folder)
    heard = admit("CNA-BJ-01", "anew", folder, again="--again")
    exit_code, said = refused("first", "office return CNA-BJ-01 --all", folder)
    assert (exit_code, "nobody here has accepted" in " ".join(said.split())) == (64, True), said
    by("first", f"office accept CNA-BJ-01 --words '{heard}'", folder)
    (offered,) = by("first", "office return CNA-BJ-01", folder)["returns"]
    assert (offered["subject"], offered["state"]) == ("Registers", "not back")
    for _ in range(2):
        (returned,) = by("first", "office return CNA-BJ-01 --case BJ/1", folder)["returns"]
        assert (returned["state"], returned["consented_by"]) == ("handed back", "head")
    shown = by("anew", "case show BJ/1", folder)
    assert shown["case"]["handed_back_by"] == ["NET-WACAP"]
    assert shown["case"]["hearsay"] == ["CNA-BJ-01"]
    question, consent = shown["messages"]
    assert (question["text"], question["own"], question["state"]) == ("Who keeps them?", True, "handed back")
    assert [each["office"] for each in question["vouched_by"]] == ["NET-WACAP"]
    assert (consent["kind"], consent["details"]["with_history"]) == ("return", "yes")
    told = typed(f"case show BJ/1 --home anew {OPENED}", folder).stdout
    assert "handed back by NET-WACAP" in told
    assert "BJ/1 (as handed over)" in told
