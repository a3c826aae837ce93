import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import psutil
import pytest

from rogatory_client.demo.pki import DemoPki, build_pki, time_stamper
from rogatory_client.letter import RequestLetter, render_letter
from rogatory_client.signing import (
    Checker,
    CheckLimits,
    LongTerm,
    SealKey,
    SignaturePurpose,
    check_signature_file,
    sign_pdf,
)
from rogatory_client.signing.check_job import CheckJob, write_job
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
        long_term=LongTerm(time_stamper(pki, now=NOW), [pki.root_pem], [pki.crl, pki.tsa_certificate]),
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
    # Where memory ends inside the check, the signature says so itself.
    assert all(each.indication is Indication.INDETERMINATE for each in report.signatures)
    assert report.reason or report.signatures


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
    whole = BytesIO()
    write_job(CheckJob(b"0123456789", [], [], NOW, True, CheckLimits()), whole)  # noqa: FBT003 - revocation
    command = [sys.executable, "-I", "-m", "rogatory_client.signing.check_worker"]
    done = subprocess.run(command, input=whole.getvalue()[:-7], capture_output=True, check=False)
    assert done.returncode != 0
    assert done.stdout == b""


def test_one_process_is_kept_for_many_documents(pki: DemoPki, signed: bytes) -> None:
    others = set(children())
    with Checker() as checker:
        first = checker.check(signed, trust=[pki.root_pem], at=NOW + 9)
        kept = children()
        assert checker.check(signed, trust=[pki.root_pem], at=NOW + 9) == first
        assert checker.check(b"%PDF-1.7", trust=[], at=NOW).indication is Indication.INDETERMINATE
        # The process with the libraries is the only one that outlives a document.
        assert children() == kept
    assert first.indication is Indication.TOTAL_PASSED
    assert set(kept) > others
    assert set(children()) == others


def test_what_kills_one_check_spares_the_next(pki: DemoPki, signed: bytes) -> None:
    with Checker(CheckLimits(memory_bytes=512 << 20, cpu_s=2)) as checker:
        bomb = b"%PDF-1.7\n" + b"0" * (120 << 20)
        assert checker.check(bomb, trust=[], at=NOW).indication is Indication.INDETERMINATE
        assert checker.check(signed, trust=[pki.root_pem], at=NOW + 9).indication is Indication.TOTAL_PASSED


def test_a_process_that_was_killed_is_replaced(pki: DemoPki, signed: bytes) -> None:
    others = set(children())
    with Checker() as checker:
        for _ in range(2):
            passed = checker.check(signed, trust=[pki.root_pem], at=NOW + 9)
            assert passed.indication is Indication.TOTAL_PASSED
            (process,) = set(children()) - others
            os.kill(process, signal.SIGKILL)


def test_threads_take_turns(pki: DemoPki, signed: bytes) -> None:
    with Checker() as checker, ThreadPoolExecutor(4) as threads:
        reports = threads.map(
            lambda document: checker.check(document, trust=[pki.root_pem], at=NOW + 9), [signed, b""] * 4
        )
        assert [report.indication for report in reports] == [
            Indication.TOTAL_PASSED,
            Indication.INDETERMINATE,
        ] * 4


def children() -> list[int]:
    """Return the checking processes of this one."""
    return sorted(
        process.pid
        for process in psutil.Process().children(recursive=True)
        if any("check_worker" in argument for argument in process.cmdline())
    )


def test_other_commands_do_not_load_the_signature_library() -> None:
    program = "import sys, rogatory_client.signing, rogatory_crypto.esign; print('pyhanko' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"False\n"
