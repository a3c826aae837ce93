"""The inside of checks: a process with the libraries loaded that makes one of its own for each document.

Run as ``python -I -m rogatory_client.signing.check_worker``; it answers jobs from standard input until that
ends, and never looks into a document itself. The process that does sets limits on itself first and has an
empty network namespace where the system allows it. It gives up all calls of the system but those that
computing takes, and refuses sockets, other programs and writing of files by an audit hook as well; it ends
with its document.
"""

import encodings
import json
import os
import pkgutil
import select
import signal
import sys
import time
from contextlib import suppress
from importlib import import_module
from typing import Final, NoReturn

from rogatory_client.confinement import leave_network, limit, refuse
from rogatory_client.signing.check_job import (
    MAX_REPORT_BYTES,
    CheckAnswer,
    CheckJob,
    Ended,
    read_job,
    write_answer,
)
from rogatory_client.system_calls import only_compute
from rogatory_crypto.errors import RogatoryError

_PIECE_BYTES: Final = 64 * 1024


def main() -> int:
    """Answer jobs until there are no more."""
    from rogatory_crypto.esign.checking import load_formats

    leave_network()
    # Loading takes longer than a check, so it is done once, here; and it reads files, which a check may not.
    load_formats()
    _load_encodings()
    while (job := read_job(sys.stdin.buffer)) is not None:
        _read_trust(job)
        write_answer(_apart(job), sys.stdout.buffer)
    return 0


def _load_encodings() -> None:
    """Load every way of writing text that a document may name."""
    for module in pkgutil.iter_modules(encodings.__path__):
        # Those of other systems are not there.
        with suppress(ImportError):
            import_module(f"encodings.{module.name}")


def _read_trust(job: CheckJob) -> None:
    """Read the caller's lists here once: each process that is made from this one has what was read."""
    from rogatory_crypto.esign.trust.given import read_anchors

    with suppress(RogatoryError):
        read_anchors(job.trust, job.at)


def _apart(job: CheckJob) -> CheckAnswer:
    """Check one document in a process of its own, and see to it that this process ends."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _check_and_end(job, writing)
    os.close(writing)
    try:
        return _collect(reading, time.monotonic() + job.limits.wall_s)
    finally:
        os.close(reading)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _collect(reading: int, deadline: float) -> CheckAnswer:
    """Return what the process for a document says until it closes its end, in time."""
    report = bytearray()
    while len(report) <= MAX_REPORT_BYTES:
        if not select.select([reading], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return CheckAnswer(Ended.TIMED_OUT)
        piece = os.read(reading, _PIECE_BYTES)
        if not piece:
            return CheckAnswer(Ended.REPORTED, bytes(report)) if report else CheckAnswer(Ended.BROKE_OFF)
        report += piece
    return CheckAnswer(Ended.BROKE_OFF)


def _check_and_end(job: CheckJob, writing: int) -> NoReturn:
    from rogatory_crypto.esign import check, encode_report

    try:
        # Through these the process could speak in the name of its parent.
        os.close(sys.stdin.fileno())
        os.close(sys.stdout.fileno())
        with os.fdopen(writing, "wb") as target:
            limit(job.limits.memory_bytes, job.limits.cpu_s)
            only_compute()
            sys.addaudithook(refuse)
            report = check(
                job.document,
                trust=job.trust,
                contents=job.contents,
                at=job.at,
                revocation=job.revocation,
                evidence=job.evidence,
                state=job.state,
                shortcomings=job.shortcomings,
            )
            target.write(json.dumps(encode_report(report)).encode())
    finally:
        # Whatever happened, nothing of the parent's end may run here.
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
