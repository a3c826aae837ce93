"""The live feed over a WebSocket: one frame in each binary message, nothing else."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException

from rogatory_client.fault import UNTRUSTED, StandingFailureError
from rogatory_client.transport.clock_skew import check_clock
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.frame import (
    PROTOCOL_VERSION,
    ClientFrame,
    Ready,
    RelayFrame,
    decode_relay_frame,
    encode_frame,
)

OPEN_TIMEOUT_S: Final = 15
# As long as a relay needs to read one more page from its log.
LINGER_S: Final = 0.01
_GONE: Final = "the connection to the relay was lost ({}): it is made again; what waits is kept"


class WebSocketFeed:
    """An open feed."""

    def __init__(self, connection: ClientConnection, clock_ms: Callable[[], int]) -> None:
        self._connection = connection
        self._clock_ms = clock_ms

    async def send(self, frame: ClientFrame) -> None:
        """Send a frame.

        Raises:
            TransportError: the connection is gone.
        """
        try:
            await self._connection.send(encode_frame(frame))
        except (ConnectionClosed, OSError) as error:
            raise TransportError(_GONE.format(type(error).__name__)) from error

    async def receive(self) -> RelayFrame:
        """Wait for the next frame.

        Raises:
            TransportError: the connection is gone, or the clocks are too far apart.
            PeerError: what came is no frame.
        """
        try:
            data = await self._connection.recv()
        except (ConnectionClosed, OSError) as error:
            raise TransportError(_GONE.format(type(error).__name__)) from error
        if isinstance(data, str):
            raise PeerError(Code.MALFORMED, "a frame is a binary message")
        frame = decode_relay_frame(data)
        if isinstance(frame, Ready):
            self._check(frame)
        return frame

    async def receive_waiting(self) -> RelayFrame | None:
        """Return the next frame if it comes within a moment; errors as ``receive``."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                return await self.receive()
        return None

    async def close(self) -> None:
        """Hang up."""
        with suppress(WebSocketException, OSError):
            await self._connection.close()

    def _check(self, ready: Ready) -> None:
        if ready.version != PROTOCOL_VERSION:
            raise PeerError(Code.UNSUPPORTED, "the relay speaks another version: update this program")
        check_clock(self._clock_ms(), ready.now_ms)


async def open_feed(url: str, token: str, tls: ssl.SSLContext, clock_ms: Callable[[], int]) -> WebSocketFeed:
    """Connect.

    Args:
        url: ``wss://`` and on.
        token: of this device.
        tls: verifies the relay.
        clock_ms: to compare with the relay's.

    Raises:
        TransportError: the relay cannot be reached.
        PeerError: UNAUTHENTICATED if it does not accept the token.
    """
    try:
        connection = await connect(
            url,
            ssl=tls,
            additional_headers={"Authorization": f"Bearer {token}"},
            max_size=limits.MAX_FRAME_BYTES,
            max_queue=4,
            open_timeout=OPEN_TIMEOUT_S,
            proxy=None,
            compression=None,
        )
    except InvalidStatus as error:
        if error.response.status_code in {401, 403}:
            raise PeerError(Code.UNAUTHENTICATED, "the relay refuses this device's token") from error
        raise TransportError(
            f"the relay does not open the feed (HTTP {error.response.status_code})"
        ) from error
    except ssl.SSLError as error:
        raise StandingFailureError(UNTRUSTED) from error
    except (InvalidHandshake, OSError, TimeoutError) as error:
        raise TransportError(_GONE.format(type(error).__name__)) from error
    return WebSocketFeed(connection, clock_ms)
