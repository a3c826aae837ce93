"""What a caseworker types to sign a document, to check it, and to take out what was signed."""

import json
import os
import time
from pathlib import Path

import pytest
from tests.client.cli.transcript import type_command

from rogatory_client.demo.pki import DemoPki, build_pki

FIELDS = {
    "requesting_authority": "Central Authority",
    "requesting_state": "State A",
    "requested_authority": "Central Authority",
    "requested_state": "State B",
    "reference": "A/2026/1",
    "request_type": "Bank records",
    "legal_basis": "UNTOC article 18",
    "facts": "Money moved.",
    "assistance": ["Records"],
    "signed_by": "Head of the central authority",
}


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    return build_pki(now=int(time.time()) - 30, random=os.urandom, passphrase=b"x")


@pytest.fixture
def folder(tmp_path: Path, pki: DemoPki) -> Path:
    (tmp_path / "seal.p12").write_bytes(pki.signer_pkcs12)
    (tmp_path / "root.pem").write_bytes(pki.root_pem)
    (tmp_path / "fields.json").write_text(json.dumps(FIELDS))
    written = type_command("rogatory letter fields.json --out letter.pdf", tmp_path)
    assert written.returncode == 0, written.stderr
    return tmp_path


def test_a_letter_is_signed_checked_and_taken_out_again(folder: Path) -> None:
    sign = (
        "rogatory sign letter.pdf --key seal.p12 --out signed.pdf --function Head --passphrase-fd {secret:x}"
    )
    signed = type_command(f"{sign} --json", folder)
    assert signed.returncode == 0, signed.stderr
    assert json.loads(signed.stdout)["level"] == "PAdES-BASELINE-B"
    again = type_command(sign, folder)
    assert again.returncode != 0
    assert "signed.pdf exists: choose another name" in again.stderr
    reports = [f"verdict.{kind}" for kind in ("html", "pdf", "xml", "json")]
    options = " ".join(f"--report {name}" for name in reports)
    check = f"rogatory check-signature signed.pdf --trust root.pem --no-revocation --language es {options}"
    checked = type_command(check, folder)
    assert checked.returncode == 0, checked.stderr
    assert "TOTAL-PASSED" in checked.stdout
    # EN 319 102-1 clause 5.5: a time that nothing proves is said to be claimed, in the reader's language.
    assert "nada prueba cuándo se hizo esta firma" in " ".join(checked.stdout.split())
    assert all((folder / name).stat().st_size for name in reports)
    out = type_command("rogatory signed-revision signed.pdf --out as-signed.pdf --json", folder)
    assert out.returncode == 0, out.stderr
    assert (folder / "as-signed.pdf").read_bytes() == (folder / "signed.pdf").read_bytes()
    assert json.loads(out.stdout)["later"] == 0
    none = type_command("rogatory signed-revision letter.pdf --out other.pdf", folder)
    assert none.returncode != 0
    assert "no signature" in none.stderr
    assert not (folder / "other.pdf").exists()


def test_what_is_given_beside_a_letter_proves_what_the_letter_does_not(folder: Path, pki: DemoPki) -> None:
    (folder / "revoked.crl").write_bytes(pki.crl)
    signed = type_command(
        "rogatory sign letter.pdf --key seal.p12 --out signed.pdf --function Head --passphrase-fd {secret:x}",
        folder,
    )
    assert signed.returncode == 0, signed.stderr
    check = "rogatory check-signature signed.pdf --trust root.pem --json"
    assert type_command(check, folder).returncode == 2
    proven = type_command(f"{check} --evidence revoked.crl --evidence root.pem", folder)
    assert proven.returncode == 0, proven.stderr
    # What is given as evidence is not trusted; what is given as trusted has no state.
    alone = "rogatory check-signature signed.pdf --evidence root.pem --evidence revoked.crl"
    assert type_command(alone, folder).returncode == 2
    assert type_command(f"{check} --evidence revoked.crl --state SEN", folder).returncode == 0


def test_where_one_report_cannot_be_written_none_is(folder: Path) -> None:
    check = "rogatory check-signature letter.pdf --report verdict.html --report nowhere/verdict.pdf"
    ended = type_command(check, folder)
    assert ended.returncode not in {0, 1, 2}
    assert "nowhere" in ended.stderr
    assert not (folder / "verdict.html").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--report verdict.doc", "name a .html, .pdf, .xml or .json file"),
        ("--at yesterday", "write it like 2026-11-21T12:00:00Z"),
        ("--at 2026-11-21T12:00:00", "add the time zone"),
        ("--language de", "en, fr, es, ru, zh, ar, pt"),
        ("--trust letter.pdf", "letter.pdf"),
        ("--evidence root.pem --evidence letter.pdf", "--evidence letter.pdf"),
        ("--evidence seal.p12", "neither a certificate nor a revocation list nor an OCSP response"),
        ("--state FR", "write it like FRA"),
    ],
)
def test_what_is_wrong_with_an_option_is_said(folder: Path, options: str, said: str) -> None:
    ended = type_command(f"rogatory check-signature letter.pdf {options}", folder)
    assert ended.returncode not in {0, 1, 2}
    assert said in " ".join(ended.stderr.split())
