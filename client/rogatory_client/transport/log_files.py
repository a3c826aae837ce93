"""The files of a relay's log over HTTPS: checkpoint, tiles, entry bundles (C2SP tlog-tiles)."""

from typing import Final, Protocol

from rogatory_client.transport.https import HttpsLine

PREFIX: Final = "/log/"
# A tile is hashes and a bundle is counted: packing them would only make their length uncertain.
_AS_IT_IS: Final = {"Accept-Encoding": "identity"}


class LogFiles(Protocol):
    """Where a log's files are read from."""

    async def read(self, path: str, *, limit: int) -> bytes:
        """Return a file under the log's prefix.

        Raises:
            PeerError: it is not there, or longer than ``limit`` bytes.
            TransportError: the network failed.
        """
        ...


class HttpsLogFiles:
    """The log of a relay.

    Args:
        line: to the relay.
    """

    def __init__(self, line: HttpsLine) -> None:
        self._line = line

    async def read(self, path: str, *, limit: int) -> bytes:
        """Return a file under the log's prefix."""
        return await self._line.call("GET", PREFIX + path, limit=limit, headers=_AS_IT_IS)
