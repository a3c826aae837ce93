"""What officers read when they keep trusted lists, and that checks use what is kept."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.client.cli.transcript import type_command
from tests.crypto.esign.trust.list_builder import DAY, LIST_OF_LISTS, Entry, ListDraft, Party, Pointer

NOW = int(time.time())
OPERATOR = Party("Operator of XA", NOW - 900 * DAY)
COMMISSION = Party("Signer of the list of lists", NOW - 900 * DAY)
CA = Party("Issuer of XA", NOW - 900 * DAY)
DRAFT = ListDraft(
    [[Entry("withdrawn", NOW - 20 * DAY, [CA.der]), Entry("granted", NOW - 99 * DAY)]],
    issued_at=NOW - 10 * DAY,
    next_update=NOW + 90 * DAY,
)
ABOVE = replace(
    DRAFT,
    services=(),
    pointers=[Pointer("EU", [COMMISSION.der]), Pointer("XA", [OPERATOR.der])],
    territory="EU",
    list_type=LIST_OF_LISTS,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "xa.xml").write_bytes(DRAFT.signed(OPERATOR))
    (tmp_path / "eu.xml").write_bytes(ABOVE.signed(COMMISSION))
    (tmp_path / "eu.pem").write_bytes(COMMISSION.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "note.txt").write_text("This is no signed document.")
    return tmp_path


def typed(command: str, folder: Path) -> tuple[int, str, str]:
    ended = type_command(f"rogatory {command} ", folder)
    return ended.returncode, ended.stdout, ended.stderr


def test_from_the_list_of_lists_to_the_list_of_a_state(folder: Path) -> None:
    code, _, said = typed("trusted-list add xa.xml --folder lists", folder)
    assert code == 65
    assert "nothing says who signs the trusted list of XA, number 7" in said
    assert "give it with --signer" in said
    assert typed("trusted-list add eu.xml --signer eu.pem --folder lists", folder)[0] == 0
    code, out, said = typed("trusted-list add xa.xml --folder lists", folder)
    assert (code, said) == (0, "")
    assert "trusted list of XA, number 7" in out
    _, out, _ = typed("trusted-list list --folder lists --json", folder)
    assert [each["territory"] for each in json.loads(out)["lists"]] == ["EU", "XA"]
    _, out, _ = typed("trusted-list show XA --folder lists --json", folder)
    (service,) = json.loads(out)["services"]
    assert service["trusted"] == [{"since": NOW - 99 * DAY, "until": NOW - 20 * DAY}]
    assert service["purposes"] == ["issuer"]
    assert "Issuer of XA" in service["certificate"]["subject"]
    assert typed("trusted-list remove XA --folder lists", folder)[0] == 0
    assert typed("trusted-list show XA --folder lists", folder)[0] == 64


def test_a_list_that_is_too_old_is_kept_with_a_warning(folder: Path) -> None:
    late = replace(ABOVE, next_update=NOW - DAY)
    (folder / "late.xml").write_bytes(late.signed(COMMISSION))
    code, _, said = typed("trusted-list add late.xml --signer eu.pem --folder lists", folder)
    assert code == 0
    assert "was to be replaced by" in said
    _, out, said = typed("trusted-list list --folder lists", folder)
    assert "too old" in out
    assert "add its next issue" in said


def test_a_check_uses_the_lists_that_are_kept_and_refuses_damaged_ones(folder: Path) -> None:
    typed("trusted-list add eu.xml --signer eu.pem --folder lists", folder)
    # Whom the list of lists names may sign the list of that state.
    code, out, _ = typed("check-signature xa.xml --trusted-lists lists --json", folder)
    assert code == 0, out
    code, out, _ = typed("check-signature xa.xml --trusted-lists others --json", folder)
    assert code == 2, out
    (path,) = (folder / "lists").glob("*.xml")
    path.write_bytes(b"<a/>")
    code, _, said = typed("check-signature note.txt --trusted-lists lists", folder)
    assert code == 64
    assert "not the list that was accepted" in said


def test_other_files_are_no_certificates_of_signers(folder: Path) -> None:
    for name in ("eu.xml", "note.txt"):
        assert typed(f"trusted-list add eu.xml --signer {name} --folder lists", folder)[0] == 64
