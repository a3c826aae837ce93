"""The inside of one check: reads a job from standard input, writes a report, has no other way out.

Run as ``python -I -m rogatory_client.signing.check_worker``. Limits are set on this process by itself before
it reads the first byte of the document; sockets, other programs and writing of files are refused by an audit
hook and, where the system allows it, by an empty network namespace.

A job is one line of JSON, then the document, the trusted files and the contents, as long as the line says.
"""

import ctypes
import json
import resource
import sys
from typing import Any, BinaryIO, Final

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_MAX_HEADER_BYTES: Final = 64 * 1024
_REFUSED: Final = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "shutil.",
    "ctypes.", "urllib.", "http.", "ftplib.", "smtplib.",
)  # fmt: skip


def main() -> int:
    """Check one document under limits."""
    source, target = sys.stdin.buffer, sys.stdout
    job = json.loads(source.readline(_MAX_HEADER_BYTES))
    _limit(int(job["memory_bytes"]), int(job["cpu_s"]))
    _leave_network()
    # The library is loaded before the hook: loading it opens and compiles files, a document needs neither.
    from rogatory_crypto.esign import check, encode_report
    from rogatory_crypto.esign.pdf import document as _pdf  # noqa: F401 - loads the library

    sys.addaudithook(_refuse)
    report = check(
        _read(source, int(job["document"])),
        trust=[_read(source, int(size)) for size in job["trust"]],
        contents=[_read(source, int(size)) for size in job["contents"]],
        at=int(job["at"]),
        revocation=bool(job["revocation"]),
    )
    json.dump(encode_report(report), target)
    return 0


def _limit(memory_bytes: int, cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _leave_network() -> None:
    """Move to an empty network namespace; a system that refuses leaves the audit hook alone on guard."""
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError):
        return
    unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_REFUSED):
        raise PermissionError(f"a check may not {event}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError("a check may not write files")


def _read(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise EOFError("the job ended early")
    return data


if __name__ == "__main__":
    sys.exit(main())
