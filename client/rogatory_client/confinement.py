"""What a process that reads hostile bytes may do: compute within limits, read files, and nothing else.

Such a process sets limits on itself before it reads the first byte; sockets, other programs and writing of
files are refused by an audit hook and, where the system allows it, by an empty network namespace.
"""

import ctypes
import resource
from typing import Any, Final

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_REFUSED: Final = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "shutil.",
    "ctypes.", "urllib.", "http.", "ftplib.", "smtplib.",
)  # fmt: skip


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Set what this process may use; it writes no file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def leave_network() -> None:
    """Move to an empty network namespace; a system that refuses leaves the audit hook alone on guard."""
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError):
        return
    unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse the world outside; an audit hook (PEP 578), installed once every library is loaded.

    Raises:
        PermissionError: the event is not for this process.
    """
    if event.startswith(_REFUSED):
        raise PermissionError(f"this process may not {event}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError("this process may not write files")
