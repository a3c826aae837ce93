"""Runs one command of ``rogatory`` where there is no network: as a court would, on a computer with no line.

The process leaves for an empty network namespace, which its children inherit, and refuses by an audit hook to
connect to anybody in any case. Before the command it tries to reach an address that its parent can reach, and
gives up if that works.
"""

import errno
import socket
import sys
from collections.abc import Sequence
from typing import Any, Final

from rogatory_client.cli.application import run
from rogatory_client.confinement import leave_network

PROGRAM: Final = (sys.executable, "-m", "rogatory_client.demo.offline_process")
_REFUSED: Final = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "socket.getaddrinfo"}
)
_REACHED: Final = 3


def refuse_network(event: str, _arguments: tuple[Any, ...]) -> None:
    """Refuse to talk to anybody; an audit hook (PEP 578).

    Raises:
        PermissionError: the process was about to.
    """
    if event in _REFUSED:
        raise PermissionError(errno.EPERM, f"no network here: {event}")


def reaches(host: str, port: int) -> bool:
    """Try to connect."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Run a command without a network.

    Args:
        arguments: host and port that must be out of reach, then the command's own.
    """
    host, port, *command = arguments
    leave_network()
    sys.addaudithook(refuse_network)
    if reaches(host, int(port)):
        return _REACHED
    return run(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
