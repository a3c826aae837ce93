"""The relay of one demonstration, and where it is."""

import socket
from pathlib import Path
from typing import Final

from rogatory_client.demo.command_process import PROGRAM
from rogatory_client.demo.serving_process import ServingProcess

LOG_NAME: Final = "relay.log"


def free_port() -> int:
    """Return a loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RelayProcess(ServingProcess):
    """The relay of one demonstration.

    Args:
        folder: made by ``rogatory relay init``; the journal is written into it, too.

    Attributes:
        port: on loopback, where it is to listen.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.config = folder / "relay.toml"
        super().__init__(
            "the relay", (*PROGRAM, "relay", "serve", "--config", str(self.config)), folder / LOG_NAME
        )
