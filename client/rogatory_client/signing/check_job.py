"""What goes to a checking process and what comes back: a line of JSON, then as many bytes as it says."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import IO, Final

from rogatory_crypto.esign.trust.anchor import Shortcoming

MAX_REPORT_BYTES: Final = 8 * 1024 * 1024
# Thousands of files of evidence may be given, and the line has the size of each.
_MAX_LINE_BYTES: Final = 128 * 1024


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """What one check may use."""

    memory_bytes: int = 1024 * 1024 * 1024
    cpu_s: int = 20
    wall_s: float = 30.0


@dataclass(frozen=True, slots=True)
class CheckJob:
    """One document to check; the arguments are those of ``rogatory_crypto.esign.check``."""

    document: bytes = field(repr=False)
    trust: Sequence[bytes]
    contents: Sequence[bytes]
    at: int
    revocation: bool
    limits: CheckLimits
    evidence: Sequence[bytes] = ()
    state: str | None = None
    shortcomings: Sequence[Shortcoming] = ()


class Ended(StrEnum):
    """How the process for a document ended."""

    REPORTED = "reported"
    BROKE_OFF = "broke-off"
    TIMED_OUT = "timed-out"


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """How a check ended, and its report as JSON if it gave one."""

    ended: Ended
    report: bytes = b""


def write_job(job: CheckJob, target: IO[bytes]) -> None:
    """Hand a job over."""
    line = {
        "document": len(job.document),
        "trust": [len(given) for given in job.trust],
        "contents": [len(given) for given in job.contents],
        "at": job.at,
        "revocation": job.revocation,
        "limits": asdict(job.limits),
        "evidence": [len(given) for given in job.evidence],
        "state": job.state,
        "shortcomings": [asdict(each) for each in job.shortcomings],
    }
    target.write(json.dumps(line).encode() + b"\n")
    target.writelines((job.document, *job.trust, *job.contents, *job.evidence))
    target.flush()


def read_job(source: IO[bytes]) -> CheckJob | None:
    """Return the next job, or None where there is none.

    Raises:
        EOFError: the input ended inside a job.
    """
    line = source.readline(_MAX_LINE_BYTES)
    if not line:
        return None
    said = json.loads(line)
    return CheckJob(
        document=_exactly(source, said["document"]),
        trust=[_exactly(source, size) for size in said["trust"]],
        contents=[_exactly(source, size) for size in said["contents"]],
        at=said["at"],
        revocation=said["revocation"],
        limits=CheckLimits(**said["limits"]),
        evidence=[_exactly(source, size) for size in said["evidence"]],
        state=said["state"],
        shortcomings=[Shortcoming(**each) for each in said["shortcomings"]],
    )


def write_answer(answer: CheckAnswer, target: IO[bytes]) -> None:
    """Hand an answer over."""
    line = json.dumps({"ended": answer.ended.value, "size": len(answer.report)})
    target.write(line.encode() + b"\n" + answer.report)
    target.flush()


def read_answer(source: IO[bytes]) -> CheckAnswer:
    """Return the next answer.

    Raises:
        EOFError: there is none, or it is cut off or larger than a report can be.
        ValueError: it is none.
    """
    said = json.loads(source.readline(_MAX_LINE_BYTES) or b"{}")
    size = said.get("size", -1)
    if not 0 <= size <= MAX_REPORT_BYTES:
        raise EOFError("no answer")
    return CheckAnswer(Ended(said["ended"]), _exactly(source, size))


def _exactly(source: IO[bytes], size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise EOFError("the input ended early")
    return data
