"""Checks signed files in processes of their own: a hostile document can harm nothing but its own check.

A crash, a time-out, or an answer that is not a report is INDETERMINATE/GENERIC, never valid. What the caller
did wrong (a trusted file that is none) is told before anything is started.
"""

import json
import select
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import IO, Final, Self

from rogatory_client.signing.check_job import (
    CheckAnswer,
    CheckJob,
    CheckLimits,
    Ended,
    read_answer,
    write_job,
)
from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign import Report, SubIndication, decode_report, unchecked
from rogatory_crypto.esign.checking import MAX_DOCUMENT_BYTES, refuse_misuse
from rogatory_crypto.esign.detection import detect
from rogatory_crypto.esign.trust.anchor import Shortcoming
from rogatory_crypto.esign.verdict import indeterminate

DEFAULT_LIMITS: Final = CheckLimits()
# Beyond what a check may take: loading the libraries on a machine that is busy.
_LOADING_S: Final = 60.0
_ATTEMPTS: Final = 2
_COMMAND: Final = (sys.executable, "-I", "-m", "rogatory_client.signing.check_worker")
_TOO_LARGE: Final = "the document is too large to check"
_WHY: Final = {
    Ended.TIMED_OUT: "the check took longer than {:g} seconds",
    Ended.BROKE_OFF: "the check broke off: the document exceeds what one check may use",
    Ended.REPORTED: "the check gave no readable answer",
}


class Checker:
    """Checks one document after another: libraries are loaded once, and each document has its own process.

    May be used by several threads: one check follows another. ``close`` it, or use it in a ``with`` block.
    """

    def __init__(self, limits: CheckLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = Lock()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End its process."""
        self.close()

    def start(self) -> None:
        """Start its process now, so that a first check need not wait for what it loads."""
        with self._turn:
            self._started()

    def close(self) -> None:
        """End its process, with whatever it is doing; a later check starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.wait()

    def check(
        self,
        document: bytes,
        *,
        trust: Sequence[bytes],
        contents: Sequence[bytes] = (),
        at: int,
        revocation: bool = True,
        evidence: Sequence[bytes] = (),
        state: str | None = None,
        shortcomings: Sequence[Shortcoming] = (),
    ) -> Report:
        """The report on one document; arguments as for ``rogatory_crypto.esign.check``.

        Raises:
            MisuseError: ``trust``, ``at``, ``evidence`` or ``state`` cannot be used.
        """
        refuse_misuse(trust, at, evidence, state)
        if len(document) > MAX_DOCUMENT_BYTES:
            return _unchecked(document, at, _TOO_LARGE)
        job = CheckJob(document, trust, contents, at, revocation, self._limits, evidence, state, shortcomings)
        with self._turn:
            return _read(job, self._ask(job))

    def _ask(self, job: CheckJob) -> CheckAnswer:
        # A document reaches only its own process, so one that is gone without an answer was killed by others.
        for _ in range(_ATTEMPTS):
            process = self._started()
            try:
                write_job(job, _stream(process.stdin))
                return _await_answer(_stream(process.stdout), job.limits.wall_s + _LOADING_S)
            except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
                self.close()
        return CheckAnswer(Ended.BROKE_OFF)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell, nothing from a document
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        return self._process


def check_signature_file(
    path: Path,
    *,
    trust: Sequence[bytes],
    contents: Sequence[bytes] = (),
    at: int,
    revocation: bool = True,
    evidence: Sequence[bytes] = (),
    state: str | None = None,
    limits: CheckLimits = DEFAULT_LIMITS,
) -> Report:
    """The report on one file; arguments as for ``rogatory_crypto.esign.check``.

    Raises:
        MisuseError: ``trust``, ``at``, ``evidence`` or ``state`` cannot be used.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        document = file.read(MAX_DOCUMENT_BYTES + 1)
    with Checker(limits) as checker:
        return checker.check(
            document,
            trust=trust,
            contents=contents,
            at=at,
            revocation=revocation,
            evidence=evidence,
            state=state,
        )


def _await_answer(stream: IO[bytes], wait_s: float) -> CheckAnswer:
    if not select.select([stream], [], [], wait_s)[0]:
        raise EOFError("no answer in time")
    return read_answer(stream)


def _read(job: CheckJob, answer: CheckAnswer) -> Report:
    if answer.ended is Ended.REPORTED:
        with suppress(PeerError, ValueError):
            return decode_report(json.loads(answer.report))
    return _unchecked(job.document, job.at, _WHY[answer.ended].format(job.limits.wall_s))


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise EOFError("the process has no such stream")
    return stream


def _unchecked(document: bytes, at: int, reason: str) -> Report:
    return unchecked(detect(document), at, indeterminate(SubIndication.GENERIC, reason))
