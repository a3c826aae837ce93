"""How every failure ends: an exit code by its kind, what happened, and what to do.

The codes are those of BSD ``sysexits`` where one fits; ``check-signature`` alone uses 1 and 2 for verdicts.
"""

import errno
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from rogatory_client.fault import DiskFullError, VaultError
from rogatory_crypto.errors import Code, PeerError, RogatoryError, TransportError


class ExitCode(IntEnum):
    """What a calling program may branch on."""

    OK = 0
    FAILED = 1
    MISUSE = 64
    DATA = 65
    UNREACHABLE = 69
    INTERNAL = 70
    STORAGE = 74
    TRY_AGAIN = 75
    REFUSED = 77
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure in words.

    Attributes:
        exit_code: how the process ends.
        code: a stable word for programs.
        what: what happened, one sentence.
        advice: what to do, one sentence; empty where ``what`` says it.
    """

    exit_code: ExitCode
    code: str
    what: str
    advice: str = ""

    def as_dict(self) -> dict[str, object]:
        """The value of ``error`` in JSON."""
        return {"code": self.code, "what": self.what, "advice": self.advice, "exit_code": int(self.exit_code)}


_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SYNC_AGAIN: Final = "run `rogatory sync`, then try again"
_ASK_SENDER: Final = "nothing was changed; ask the sending office to send it again"
_REFUSALS: Final[dict[Code, tuple[ExitCode, str, str]]] = {
    Code.UNAUTHENTICATED: (
        ExitCode.REFUSED,
        "the relay does not recognise this device",
        "another device of the office sees in `rogatory device list` whether it is still in service",
    ),
    Code.FORBIDDEN: (
        ExitCode.REFUSED,
        "this office may not do that",
        "check with `rogatory case show` who takes part and in which role",
    ),
    Code.REVOKED: (
        ExitCode.REFUSED,
        "this device was taken out of service",
        "use another device of the office, or link a new one with `rogatory device link-request`",
    ),
    Code.REMOVED: (ExitCode.REFUSED, "this device is no longer part of the case", _SYNC_AGAIN),
    Code.NOT_FOUND: (ExitCode.REFUSED, "the relay does not know it", "check the id; " + _SYNC_AGAIN),
    Code.ALREADY_USED: (
        ExitCode.REFUSED,
        "it has been used before and works only once",
        "ask who sent the letter for a new enrolment code, and whether somebody else used the first",
    ),
    Code.EXPIRED: (ExitCode.REFUSED, "its time has run out", "ask who issued it for a new one"),
    Code.CONFLICT: (ExitCode.TRY_AGAIN, "something else was there first", _SYNC_AGAIN),
    Code.EPOCH_TAKEN: (ExitCode.TRY_AGAIN, "another device changed the case at the same time", _SYNC_AGAIN),
    Code.WRONG_EPOCH: (ExitCode.TRY_AGAIN, "the case has changed meanwhile", _SYNC_AGAIN),
    Code.QUOTA_EXCEEDED: (
        ExitCode.TRY_AGAIN,
        "the relay limits how much a device may do in an hour",
        "nothing is lost; try again later",
    ),
    Code.STORAGE_FULL: (
        ExitCode.TRY_AGAIN,
        "the relay's storage is full",
        "nothing is lost; tell who runs the relay, then run `rogatory sync`",
    ),
    Code.UNAVAILABLE: (ExitCode.TRY_AGAIN, "the relay is busy", "nothing is lost; try again in a minute"),
    Code.INTERNAL: (
        ExitCode.TRY_AGAIN,
        "the relay could not do it for a reason of its own",
        "nothing is lost; tell who runs the relay, then run `rogatory sync`",
    ),
    Code.HASH_MISMATCH: (ExitCode.DATA, "a file is not the one that was sent", _ASK_SENDER),
    Code.TOO_LARGE: (ExitCode.DATA, "it is larger than allowed", "split it and send the parts"),
    Code.BAD_SIGNATURE: (
        ExitCode.DATA,
        "a signature does not hold",
        "nothing was changed; call the office by telephone before you rely on anything",
    ),
}
_WRONG_DATA: Final = (ExitCode.DATA, "what came in is not right and was refused", _ASK_SENDER)


class RefusedHereError(PeerError):
    """A refusal for which the command has better advice than the general one.

    Attributes:
        advice: what to do.
    """

    def __init__(self, error: PeerError, advice: str) -> None:
        super().__init__(error.code, error.detail)
        self.advice = advice


def explain(error: BaseException) -> Failure:
    """Return a failure in words."""
    match error:
        case RefusedHereError():
            return replace(_explain_refusal(error), advice=error.advice)
        case PeerError():
            return _explain_refusal(error)
        case VaultError():
            return _explain_vault(error)
        case TransportError():
            return Failure(ExitCode.UNREACHABLE, "unreachable", str(error))
        case RogatoryError():
            return Failure(ExitCode.MISUSE, "misuse", str(error))
        case OSError() | UnicodeEncodeError():
            return _explain_system(error)
        case KeyboardInterrupt():
            return Failure(ExitCode.INTERRUPTED, "interrupted", "stopped; nothing is lost")
        case _:
            return Failure(
                ExitCode.INTERNAL,
                "internal",
                f"this is a defect of the software ({type(error).__name__})",
                "run the command again with --debug and report what it shows; nothing was sent",
            )


def _explain_vault(error: VaultError) -> Failure:
    cause = error.__cause__
    is_full = isinstance(error, DiskFullError) or (isinstance(cause, OSError) and cause.errno in _FULL)
    return Failure(ExitCode.STORAGE if is_full else ExitCode.FAILED, "vault", str(error))


def _explain_refusal(error: PeerError) -> Failure:
    exit_code, what, advice = _REFUSALS.get(error.code, _WRONG_DATA)
    detailed = f"{what} ({error.detail})" if error.detail else f"{what} ({error.code.value})"
    return Failure(exit_code, error.code.value, detailed, advice)


def _explain_system(error: OSError | UnicodeEncodeError) -> Failure:
    if isinstance(error, UnicodeEncodeError):
        what = "what was typed, or the name of a file, holds bytes that are no characters in UTF-8"
        return Failure(ExitCode.MISUSE, "misuse", what, "type it again, or rename the file")
    if error.errno in _FULL:
        what = "the disk of this computer is full"
        return Failure(ExitCode.STORAGE, "disk-full", what, "free some space and try again; nothing is lost")
    where = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or type(error).__name__
    return Failure(ExitCode.MISUSE, "file", f"{where}{reason}", "check the path and your permissions")
