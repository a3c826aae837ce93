"""From a document without revocation data to a verdict: allow, fetch, check; nobody else is ever asked."""

import io
import json
import os
import shlex
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.client.cli.transcript import type_command
from tests.client.revocation.listeners import Server, Trap, body, respond, served, trap
from tests.client.revocation.openssl_ca import OpensslCa, make_ca
from tests.client.revocation.signed_letter import signed_letter

from rogatory_client.cli.application import run

NAMED = """
crlDistributionPoints = URI:{0}/list.crl
authorityInfoAccess = OCSP;URI:{0}/ocsp, caIssuers;URI:{0}/issuer.cer
"""


@dataclass(frozen=True)
class Office:
    """A folder with a signed letter whose certificate names addresses that nobody may speak to."""

    folder: Path
    ca: OpensslCa
    server: Server

    def typed(self, command: str) -> tuple[int, Any, str]:
        """Run a command here, with what is kept in this folder."""
        kept = "--held-evidence" if command.startswith("check") else "--folder"
        out, said = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(said):
            code = run([*shlex.split(command), kept, "kept", "--json"])
        return code, json.loads(out.getvalue()), said.getvalue()

    def checked(self) -> tuple[int, str]:
        code, report, _ = self.typed("check-signature letter.pdf --trust ca.pem --trusted-lists none")
        (signature,) = report["signatures"]
        return code, str(signature["sub_indication"])

    def typed_apart(self, command: str) -> tuple[int, str]:
        """Run a command in a process of its own, with everything in its usual place."""
        ended = type_command(f"rogatory {command}", self.folder)
        return ended.returncode, ended.stdout


@pytest.fixture
def snare() -> Iterator[Trap]:
    with trap() as listening:
        yield listening
        assert listening.reached() == 0


@pytest.fixture
def office(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    snare: Trap,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:
    monkeypatch.chdir(tmp_path)
    ca = make_ca(tmp_path_factory.mktemp("ca"), "Issuing authority", NAMED.format(snare.address))
    ca.issue("signer")
    sign_letter(tmp_path, ca, "signer")
    (tmp_path / "ca.pem").write_bytes(ca.pem)
    with served() as server:
        yield Office(tmp_path, ca, server)


def sign_letter(folder: Path, ca: OpensslCa, name: str) -> None:
    (folder / "letter.pdf").write_bytes(signed_letter(ca.pkcs12(name), int(time.time())))


def test_a_list_decides_before_and_after_a_revocation(office: Office) -> None:
    # EN 319 102-1 clause 5.2.6: without revocation data nothing passes.
    assert office.checked()[0] == 2
    address = office.server.serve("/list.crl", office.ca.crl())
    code, answer, said = office.typed(f"revocation allow --issuer ca.pem --crl {address}")
    assert (code, answer["source"]["crl"], said) == (0, [address], "")
    # To allow is not to ask.
    assert (office.server.asked, office.checked()[0]) == ([], 2)
    assert office.typed("revocation fetch --all")[0] == 0
    assert office.checked()[0] == 0
    office.ca.revoke("signer")
    office.server.serve("/list.crl", office.ca.crl())
    assert office.checked()[0] == 0
    code, answer, _ = office.typed("revocation fetch letter.pdf --trust ca.pem")
    assert [each["result"] for each in answer["fetched"]] == ["new"]
    assert office.checked() == (2, "REVOKED_NO_POE")
    assert [path for _, path, _ in office.server.asked] == ["/list.crl"] * 2


def test_a_responder_is_asked_about_the_certificate_of_a_document(office: Office) -> None:
    answered = office.server.at(
        "/ocsp", lambda handler: respond(handler, 200, office.ca.answer(body(handler)))
    )
    code, _, said = office.typed(f"revocation allow --issuer ca.pem --ocsp {answered}")
    assert code == 0
    assert "tells it" in said
    code, answer, _ = office.typed("revocation fetch letter.pdf --trust ca.pem")
    assert code == 0
    (outcome,) = answer["fetched"]
    assert outcome["held"]["status"] == "good"
    assert office.checked()[0] == 0
    office.ca.revoke("signer")
    code, answer, _ = office.typed("revocation fetch letter.pdf --trust ca.pem")
    assert (code, answer["fetched"][0]["held"]["status"]) == (0, "revoked")
    assert office.checked() == (2, "REVOKED_NO_POE")
    assert len(office.server.asked) == 2


def test_an_issuer_between_is_asked_about_as_well(office: Office) -> None:
    (office.folder / "between").mkdir()
    between = make_ca(office.folder / "between", "Issuer between", under=office.ca)
    between.issue("other")
    sign_letter(office.folder, between, "other")
    (office.folder / "between.pem").write_bytes(between.pem)
    for name, ca in {"ca": office.ca, "between": between}.items():
        address = office.server.serve(f"/{name}.crl", ca.crl())
        assert office.typed(f"revocation allow --issuer {name}.pem --crl {address}")[0] == 0
    assert office.checked()[0] == 2
    _, answer, _ = office.typed("revocation fetch letter.pdf --trust ca.pem")
    assert {each["issuer"] for each in answer["fetched"]} == {
        "CN=Issuing authority",
        "CN=Issuer between",
    }
    assert office.checked()[0] == 0
    office.ca.revoke("Issuer between")
    office.server.serve("/ca.crl", office.ca.crl())
    office.typed("revocation fetch letter.pdf --trust ca.pem")
    assert office.checked() == (2, "REVOKED_CA_NO_POE")


def test_what_cannot_be_had_is_told_and_what_is_held_stays(office: Office) -> None:
    address = office.server.serve("/list.crl", office.ca.crl())
    office.typed(f"revocation allow --issuer ca.pem --crl {address}")
    office.typed("revocation fetch --all")
    office.server.serve("/list.crl", b"<html>maintenance</html>")
    code, answer, said = office.typed("revocation fetch --all")
    assert (code, answer["fetched"][0]["result"]) == (65, "refused")
    assert "what came is no revocation list" in said
    office.server.at("/list.crl", lambda handler: respond(handler, 503))
    assert office.typed("revocation fetch --all")[0] == 75
    assert office.checked()[0] == 0


def test_what_is_forgotten_is_asked_no_more_and_not_used(office: Office) -> None:
    address = office.server.serve("/list.crl", office.ca.crl())
    office.typed(f"revocation allow --issuer ca.pem --crl {address}")
    office.typed("revocation fetch --all")
    _, answer, _ = office.typed("revocation sources")
    (source,) = answer["sources"]
    assert [each["kind"] for each in source["held"]] == ["crl"]
    assert office.typed(f"revocation forget {source['issuer_sha256'][:12]}")[0] == 0
    assert office.typed("revocation sources")[1]["sources"] == []
    assert office.checked()[0] == 2
    assert office.typed("revocation fetch --all")[0] == 64
    assert {path.suffix for path in (office.folder / "kept").iterdir()} == {".toml", ".json", ""}


def test_everything_is_found_in_its_usual_place(office: Office) -> None:
    answered = office.server.at(
        "/ocsp", lambda handler: respond(handler, 200, office.ca.answer(body(handler)))
    )
    assert office.typed_apart(f"revocation allow --issuer ca.pem --ocsp {answered}")[0] == 0
    code, shown = office.typed_apart("revocation fetch letter.pdf --trust ca.pem")
    assert code == 0
    # An officer reads whom a question goes to, and about what, before it goes.
    assert f"Asking {answered} about the certificate {office.ca.serial('signer'):x}" in shown
    assert "good" in shown
    assert office.typed_apart("check-signature letter.pdf --trust ca.pem")[0] == 0
    assert (office.folder / ".local" / "share" / "rogatory" / "revocation" / "sources.toml").exists()


def test_a_check_says_that_what_is_kept_was_damaged(office: Office) -> None:
    address = office.server.serve("/list.crl", office.ca.crl())
    office.typed(f"revocation allow --issuer ca.pem --crl {address}")
    office.typed("revocation fetch --all")
    (path,) = (office.folder / "kept").glob("*.crl")
    path.write_bytes(os.urandom(100))
    code, _, said = office.typed("check-signature letter.pdf")
    assert code == 64
    assert "not what was fetched" in said


def test_misuse_is_said(office: Office) -> None:
    (office.folder / "note.txt").write_text("This is no certificate.")
    address = office.server.serve("/list.crl", office.ca.crl())
    for wrong, advice in {
        "revocation fetch": "--all",
        "revocation fetch --all": "no address is allowed",
        "revocation allow --issuer ca.pem": "--crl",
        "revocation allow --issuer ca.pem --crl ftp://ca.example/": "http://",
        f"revocation allow --issuer note.txt --crl {address}": "certificate",
        "revocation forget 00": "revocation sources",
    }.items():
        code, _, said = office.typed(wrong)
        assert (code, advice in said) == (64, True), said
    office.typed(f"revocation allow --issuer ca.pem --crl {address}")
    code, answer, _ = office.typed("revocation fetch note.txt")
    assert (code, answer, office.server.asked) == (1, {"fetched": []}, [])


def test_what_a_certificate_names_is_shown_and_never_asked(office: Office, snare: Trap) -> None:
    (office.folder / "other").mkdir()
    stranger = make_ca(office.folder / "other", "Another authority")
    (office.folder / "other.pem").write_bytes(stranger.pem)
    office.typed(f"revocation allow --issuer other.pem --crl {office.server.address}/never")
    code, answer, said = office.typed("revocation fetch letter.pdf --trust ca.pem")
    assert (code, answer["fetched"]) == (1, [])
    assert "no address of its issuer Issuing authority is allowed" in said
    assert f"it names {snare.address}/list.crl {snare.address}/ocsp" in said
