"""Checks a signed file in a process of its own: a hostile document can harm nothing but its own check.

A crash, a time-out, or an answer that is not a report is INDETERMINATE/GENERIC, never valid. What the caller
did wrong (a trusted file that is none) is told before a process is started.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.esign import Report, SubIndication, decode_report, unchecked
from rogatory_crypto.esign.checking import MAX_DOCUMENT_BYTES
from rogatory_crypto.esign.detection import detect
from rogatory_crypto.esign.verdict import indeterminate

_MAX_REPORT_BYTES: Final = 8 * 1024 * 1024
_COMMAND: Final = (sys.executable, "-I", "-m", "rogatory_client.signing.check_worker")


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """What one check may use."""

    memory_bytes: int = 1024 * 1024 * 1024
    cpu_s: int = 20
    wall_s: float = 30.0


DEFAULT_LIMITS: Final = CheckLimits()


def check_signature_file(
    path: Path,
    *,
    trust: Sequence[bytes],
    contents: Sequence[bytes] = (),
    at: int,
    revocation: bool = True,
    limits: CheckLimits = DEFAULT_LIMITS,
) -> Report:
    """The report on one file; arguments as for ``rogatory_crypto.esign.check``.

    Raises:
        MisuseError: ``trust`` or ``at`` cannot be used.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        document = file.read(MAX_DOCUMENT_BYTES + 1)
    return check_document(
        document, trust=trust, contents=contents, at=at, revocation=revocation, limits=limits
    )


def check_document(
    document: bytes,
    *,
    trust: Sequence[bytes],
    contents: Sequence[bytes] = (),
    at: int,
    revocation: bool = True,
    limits: CheckLimits = DEFAULT_LIMITS,
) -> Report:
    """The report on one document already in memory; see ``check_signature_file``.

    Raises:
        MisuseError: ``trust`` or ``at`` cannot be used.
    """
    _refuse_misuse(trust, at)
    if len(document) > MAX_DOCUMENT_BYTES:
        return _unchecked(document, at, "the document is too large to check")
    job = {
        "document": len(document),
        "trust": [len(given) for given in trust],
        "contents": [len(given) for given in contents],
        "at": at,
        "revocation": revocation,
        "memory_bytes": limits.memory_bytes,
        "cpu_s": limits.cpu_s,
    }
    message = b"".join([json.dumps(job).encode(), b"\n", document, *trust, *contents])
    return _answer(document, at, message, limits)


def _refuse_misuse(trust: Sequence[bytes], at: int) -> None:
    from rogatory_crypto.esign.trust.given import read_anchors

    read_anchors(trust)
    if not 0 <= at < 2**32:
        raise MisuseError("the instant to check for is out of range")


def _answer(document: bytes, at: int, message: bytes, limits: CheckLimits) -> Report:
    try:
        finished = subprocess.run(  # noqa: S603 - our own module, no shell, nothing from the document
            _COMMAND,
            input=message,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.wall_s,
            env={},
            check=False,
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        return _unchecked(document, at, f"the check took longer than {limits.wall_s:g} seconds")
    if finished.returncode != 0:
        return _unchecked(document, at, "the check broke off: the document exceeds what one check may use")
    try:
        return decode_report(json.loads(finished.stdout[:_MAX_REPORT_BYTES]))
    except (PeerError, ValueError):
        return _unchecked(document, at, "the check gave no readable answer")


def _unchecked(document: bytes, at: int, reason: str) -> Report:
    return unchecked(detect(document), at, indeterminate(SubIndication.GENERIC, reason))
