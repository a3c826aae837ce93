"""What commands of two officers share: the file between them, and the question before the second signs."""

import sys
from pathlib import Path
from typing import Final

from rogatory_client.bounded_file import read_bytes
from rogatory_crypto.errors import Code, MisuseError

_MAX_PROPOSAL_BYTES: Final = 16 << 10
_ASK_FIRST: Final = "nothing was signed; ask the first officer, by voice, to propose it again"
PROPOSAL_ADVICE: Final = {
    Code.MALFORMED: _ASK_FIRST,
    Code.TOO_LARGE: _ASK_FIRST,
    Code.WRONG_LENGTH: _ASK_FIRST,
    Code.BAD_SIGNATURE: "nothing was signed; this is not what the first officer signed: ask him, by voice",
    Code.NOT_FOUND: "nothing was signed; the device that proposed is not of this secretariat",
    Code.REVOKED: "nothing was signed; the device that proposed is out of service",
    Code.EXPIRED: "nothing was signed; run `rogatory sync`, and if that helps nothing have it proposed again",
}


def require_new(path: Path) -> None:
    """Refuse to write over a file before anything is made: nothing is to be left half done."""
    if path.exists():
        raise MisuseError(f"{path} exists: choose another name")


def read_proposal_file(path: Path) -> str:
    """Return the text of a proposal; raise MisuseError for a file that has none."""
    try:
        return read_bytes(path, _MAX_PROPOSAL_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is no proposal") from error


def agreed(question: str) -> bool:
    """Ask the person at the terminal; nobody there has not agreed."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() == "yes"
