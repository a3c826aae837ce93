"""Strangers at the door: bodies without end, talk that is no HTTP, too many connections and requests."""

import asyncio
import contextlib
import gzip
import ssl
from pathlib import Path

import aiohttp
import pytest
from tests.client.monitor.published_log import TODAY
from tests.client.witness.running_witness import RunningWitness, request, signalled
from tests.crypto.log.log_world import World

from rogatory_client.demo.tls_authority import make_tls_authority
from rogatory_client.witness.door import DoorLimits
from rogatory_client.witness.rate import MAX_BUCKETS, RateLimiter, network_of
from rogatory_client.witness.service import BURST, MAX_REQUEST_BYTES

WORLD = World().grow(30)
POST = b"POST /add-checkpoint HTTP/1.1\r\nHost: witness\r\n"


async def say(witness: RunningWitness, *pieces: bytes, and_end: bool) -> bytes:
    """Send raw bytes, perhaps end the sending side, and return the first line of what comes back."""
    host, port = witness.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if and_end:
            writer.write_eof()
        return await reader.readline()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("pieces", "statuses"),
    [
        ((POST + b"Content-Length: 1000000000\r\n\r\n",), {b"413"}),
        ((POST + b"Content-Length: -1\r\n\r\n",), {b"400"}),
        ((POST + b"Content-Length: 10\r\n\r\nfour",), {b"400", b""}),
        ((POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",), {b"400", b""}),
        ((b"GET / HTTP/9.9\r\n\r\n",), {b"400", b""}),
        ((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",), {b"400", b""}),
        ((b"POST /add-checkpoint HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",), {b"400", b""}),
        (
            (POST + b"Transfer-Encoding: chunked\r\n\r\n", *[b"10000\r\n" + b"x" * 65_536 + b"\r\n"] * 16),
            {b"413", b""},
        ),
    ],
)
async def test_what_is_no_request_is_refused_and_the_next_one_answered(
    pieces: tuple[bytes, ...],
    statuses: set[bytes],
    witness: RunningWitness,
    http: aiohttp.ClientSession,
) -> None:
    line = await say(witness, *pieces, and_end=b"" in statuses)
    assert (line.split(b" ")[1] if line else b"") in statuses
    assert (await witness.add(request(0, 20, world=WORLD), http))[0] == 200


async def test_a_body_that_unpacks_without_end_is_refused(
    witness: RunningWitness, http: aiohttp.ClientSession
) -> None:
    packed = gzip.compress(bytes(100 << 20))
    assert len(packed) < MAX_REQUEST_BYTES
    async with http.post(
        f"{witness.url}/add-checkpoint", data=packed, headers={"Content-Encoding": "gzip"}
    ) as response:
        assert response.status in {400, 413}


async def test_one_network_has_so_many_connections(witness: RunningWitness) -> None:
    host, port = witness.url.removeprefix("http://").split(":")
    limit = DoorLimits().per_network
    held = [await asyncio.open_connection(host, int(port)) for _ in range(limit)]
    reader, writer = await asyncio.open_connection(host, int(port))
    assert await reader.read(1) == b""
    writer.close()
    held_reader, held_writer = held[0]
    held_writer.write(b"GET /nothing HTTP/1.1\r\nHost: witness\r\n\r\n")
    assert b"404" in await held_reader.readline()
    for _, each in held:
        each.close()


async def test_who_says_nothing_is_hung_up_on(tmp_path: Path) -> None:
    running = RunningWitness(tmp_path / "witness")
    await asyncio.to_thread(running.launch, signalled(running.folder, 0, patience_s=0.1))
    host, port = running.url.removeprefix("http://").split(":")
    for said in (b"", POST):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(said)
        # Without the time-out this would wait for ever.
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(POST + b"Content-Length: 10\r\n\r\nfour")
    assert b"408" in await reader.readline()
    writer.close()
    assert await running.stop() == 0


async def test_too_many_requests_are_told_to_come_later(
    witness: RunningWitness, http: aiohttp.ClientSession
) -> None:
    statuses: set[int] = set()
    asked = 0
    while 429 not in statuses:
        statuses.add((await witness.add(b"junk", http))[0])
        asked += 1
    assert asked > BURST
    assert statuses == {400, 429}


def test_a_bucket_fills_again_and_strangers_do_not_fill_the_memory() -> None:
    rate = RateLimiter(burst=2, per_second=1)
    assert [rate.admits("a", 0.0) for _ in range(3)] == [True, True, False]
    assert rate.admits("a", 1.0)
    assert not rate.admits("a", 1.0)
    assert not rate.admits("a", 0.5)  # a clock that steps back gives nothing
    for number in range(2 * MAX_BUCKETS):
        rate.admits(str(number), 2.0)
    assert len(rate._buckets) == MAX_BUCKETS


def test_a_network_is_an_address_or_what_one_customer_has() -> None:
    assert network_of("192.0.2.7") == network_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert network_of("2001:db8:1:2::7") == network_of("2001:db8:1:2:ff::8%eth0") == "2001:db8:1:2::/64"
    assert network_of("a socket") == "a socket"


async def test_over_tls_and_not_without(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    authority = make_tls_authority("127.0.0.1", now=TODAY)
    (tmp_path / "chain.pem").write_bytes(authority.certificate)
    (tmp_path / "key.pem").write_bytes(authority.private_key)
    running = RunningWitness(tmp_path / "witness")
    await running.start(
        "--certificate", str(tmp_path / "chain.pem"), "--private-key", str(tmp_path / "key.pem")
    )
    body = request(0, 20, world=WORLD)
    with pytest.raises(aiohttp.ClientError):
        await running.add(body, http)
    url = running.url.replace("http://", "https://") + "/add-checkpoint"
    trusted = ssl.create_default_context(cadata=authority.ca)
    async with http.post(url, data=body, ssl=trusted) as response:
        assert response.status == 200
    assert await running.stop() == 0
