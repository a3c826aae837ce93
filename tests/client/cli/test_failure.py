"""Every failure says what happened and what to do, and ends with the code of its kind."""

import errno

import pytest

from rogatory_client.cli.failure import ExitCode, RefusedHereError, explain
from rogatory_client.fault import DiskFullError, VaultError
from rogatory_crypto.errors import Code, MisuseError, PeerError, TransportError


@pytest.mark.parametrize("code", Code)
def test_every_refusal_is_a_sentence_and_an_advice(code: Code) -> None:
    failure = explain(PeerError(code))
    assert failure.what
    assert failure.advice
    assert failure.code == code.value
    assert failure.exit_code in {ExitCode.DATA, ExitCode.TRY_AGAIN, ExitCode.REFUSED}


def test_the_rule_that_was_broken_is_named() -> None:
    assert "wrong last group" in explain(PeerError(Code.MALFORMED, "wrong last group")).what


def test_a_command_may_know_better_what_to_do() -> None:
    better = RefusedHereError(PeerError(Code.EXPIRED, "the code"), "ask for a new code")
    assert explain(better).advice == "ask for a new code"
    assert explain(better).exit_code is ExitCode.REFUSED


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MisuseError("wrong"), ExitCode.MISUSE),
        (VaultError("wrong passphrase"), ExitCode.FAILED),
        (DiskFullError("the disk is full"), ExitCode.STORAGE),
        (TransportError("no answer"), ExitCode.UNREACHABLE),
        (OSError(errno.ENOSPC, "No space left on device"), ExitCode.STORAGE),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "x.pdf"), ExitCode.MISUSE),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), ExitCode.MISUSE),
        (ZeroDivisionError(), ExitCode.INTERNAL),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value.name,
)
def test_exit_codes_by_kind(error: BaseException, expected: ExitCode) -> None:
    assert explain(error).exit_code is expected


def test_a_defect_never_shows_its_text() -> None:
    assert "secret" not in explain(ValueError("secret in a message")).what


def test_a_full_disk_says_that_nothing_is_lost() -> None:
    assert "nothing is lost" in explain(OSError(errno.ENOSPC, "No space left on device")).advice


def test_a_missing_file_is_named() -> None:
    assert explain(FileNotFoundError(errno.ENOENT, "No such file or directory", "x.pdf")).what == (
        "x.pdf: No such file or directory"
    )
