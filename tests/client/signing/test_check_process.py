import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.letter import RequestLetter, render_letter
from rogatory_client.signing import (
    CheckLimits,
    LongTerm,
    SealKey,
    SignaturePurpose,
    check_signature_file,
    sign_pdf,
)
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign import DocumentFormat, Indication, SubIndication

NOW = 1_790_000_000
HOOK = "sys.addaudithook(refuse)"


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    return build_pki(now=NOW - 30, random=os.urandom, passphrase=b"x")


@pytest.fixture(scope="module")
def signed(pki: DemoPki) -> bytes:
    letter = RequestLetter(
        requesting_authority="Central Authority",
        requesting_state="State A",
        requested_authority="Central Authority",
        requested_state="State B",
        reference="A/2026/1",
        request_type="Bank records",
        legal_basis="UNTOC article 18",
        facts="Money moved.",
        assistance=("Records",),
        signed_by="Head of the central authority",
        dated_at=NOW,
    )
    return sign_pdf(
        render_letter(letter),
        SealKey(pki.signer_pkcs12, b"x"),
        SignaturePurpose("Head of the central authority", "Request"),
        now=NOW,
        long_term=LongTerm(time_stamper(pki, now=NOW), [pki.root_pem], [pki.crl], [pki.tsa_certificate]),
    )


@pytest.fixture
def file(tmp_path: Path, signed: bytes) -> Path:
    path = tmp_path / "request.any-name"
    path.write_bytes(signed)
    return path


def test_signed_file_passes_in_its_own_process(file: Path, pki: DemoPki) -> None:
    report = check_signature_file(file, trust=[pki.root_pem], at=NOW + 9)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].level == "PAdES-BASELINE-LT"


def test_tampered_file_fails(file: Path, pki: DemoPki) -> None:
    content = bytearray(file.read_bytes())
    content[content.index(b"stream\n") + 40] ^= 1
    file.write_bytes(content)
    assert check_signature_file(file, trust=[pki.root_pem], at=NOW).indication is Indication.TOTAL_FAILED


@pytest.mark.parametrize(
    "limits",
    [
        CheckLimits(memory_bytes=16 * 1024 * 1024),
        CheckLimits(cpu_s=0),
        CheckLimits(wall_s=0.001),
    ],
    ids=["memory", "cpu", "wall"],
)
def test_exceeding_a_limit_is_indeterminate(file: Path, pki: DemoPki, limits: CheckLimits) -> None:
    report = check_signature_file(file, trust=[pki.root_pem], at=NOW, limits=limits)
    assert report.indication is Indication.INDETERMINATE
    assert report.format is DocumentFormat.PADES
    assert report.signatures == ()
    assert report.reason


def test_document_that_grows_beyond_memory_is_indeterminate(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"0" * (96 * 1024 * 1024))
    limits = CheckLimits(memory_bytes=192 * 1024 * 1024)
    assert check_signature_file(path, trust=[], at=NOW, limits=limits).indication is Indication.INDETERMINATE


def test_empty_and_other_files_are_indeterminate(tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(b"")
    assert check_signature_file(path, trust=[], at=NOW).indication is Indication.INDETERMINATE


def test_too_large_a_document_is_not_read_further(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7")
        file.truncate(128 * 1024 * 1024 + 1)
    report = check_signature_file(path, trust=[], at=NOW)
    assert (report.indication, report.reason) == (
        Indication.INDETERMINATE,
        "the document is too large to check",
    )


def test_misuse_is_told_before_a_process_starts(file: Path) -> None:
    with pytest.raises(MisuseError):
        check_signature_file(file, trust=[b"no certificate"], at=NOW)
    with pytest.raises(MisuseError):
        check_signature_file(file, trust=[], at=-1)


def test_unknown_issuer_is_indeterminate(file: Path) -> None:
    report = check_signature_file(file, trust=[], at=NOW + 9)
    assert report.signatures[0].sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['/bin/true'])",
        "open('/tmp/never', 'w')",
        "import os; os.system('true')",
    ],
)
def test_worker_refuses_the_world_outside(attempt: str) -> None:
    program = f"import sys; from rogatory_client.confinement import refuse; {HOOK}; {attempt}"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=False)
    assert done.returncode != 0
    assert b"PermissionError: this process may not" in done.stderr


def test_worker_refuses_a_job_that_ends_early() -> None:
    job = {
        "document": 10, "trust": [], "contents": [], "at": NOW, "revocation": True,
        "memory_bytes": 2**30, "cpu_s": 20,
    }  # fmt: skip
    command = [sys.executable, "-I", "-m", "rogatory_client.signing.check_worker"]
    done = subprocess.run(
        command, input=json.dumps(job).encode() + b"\nabc", capture_output=True, check=False
    )
    assert done.returncode != 0
    assert done.stdout == b""


def test_other_commands_do_not_load_the_signature_library() -> None:
    program = "import sys, rogatory_client.signing, rogatory_crypto.esign; print('pyhanko' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"False\n"
