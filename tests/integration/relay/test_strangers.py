"""Strangers on the network: silent connections, many connections, bodies that come a byte at a time."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator

import pytest
from tests.integration.relay.device_client import PATIENCE_S, calling
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto.wire.identifier import DeviceId

LIMITS = "connections_per_address = 8\nfirst_request_seconds = 2\n"


@pytest.fixture(scope="module")
def strict_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    """A relay that grants few connections and little time."""
    process = RelayProcess(tmp_path_factory.mktemp("relay"), tables=LIMITS)
    process.launch()
    yield process
    process.end(15)


@pytest.fixture
def relay(strict_relay: RelayProcess) -> RelayProcess:
    return strict_relay


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(relay: RelayProcess, tls: ssl.SSLContext | None) -> Connection:
    return await asyncio.open_connection("127.0.0.1", relay.port, ssl=tls)


async def leave(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def ended(connection: Connection) -> bytes:
    """Wait until the relay hangs up; return what it said before."""
    reader, writer = connection
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await reader.read()
    except (ConnectionError, ssl.SSLError):
        return b""
    finally:
        await leave(writer)


async def test_a_connection_that_never_shakes_hands_is_hung_up_on(relay: RelayProcess) -> None:
    assert await ended(await connect(relay, None)) == b""


@pytest.mark.parametrize("said", [b"", b"GET /v1/info HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_connection_without_a_whole_request_is_hung_up_on(relay: RelayProcess, said: bytes) -> None:
    connection = await connect(relay, relay.tls)
    connection[1].write(said)
    assert await ended(connection) == b""


async def test_one_address_has_so_many_connections_and_gets_them_back(relay: RelayProcess) -> None:
    held = [await connect(relay, None) for _ in range(8)]
    # Over the limit: hung up on while the others still have time to say something.
    assert await ended(await connect(relay, None)) == b""
    assert not any(reader.at_eof() for reader, _ in held)
    for connection in held:
        await ended(connection)
    async with calling(relay) as calls:
        assert (await calls.challenge(DeviceId(bytes(16)))).nonce


async def test_a_connection_that_has_asked_once_may_wait_longer(relay: RelayProcess) -> None:
    """The limit is for the first request: a live feed or a kept connection is not cut off by it."""
    reader, writer = await connect(relay, relay.tls)
    silent = await connect(relay, relay.tls)
    request = b"GET /v1/info HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    writer.write(request)
    assert b"200 OK" in await reader.readuntil(b"\r\n")
    await ended(silent)
    writer.write(request)
    async with asyncio.timeout(PATIENCE_S):
        await reader.readuntil(b"HTTP/1.1 200 OK\r\n")
    await leave(writer)
