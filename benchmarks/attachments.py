"""Attachments between a client and a relay over TLS on loopback, beside a plain streaming PUT and GET.

The client is this process, with the code an office runs: hash and encrypt, upload in durable pieces, ranged
download, hash check, decryption. The relay is a process of its own. The plain server beside them stores a
body with SHA-256 as it arrives and sends it back as a file, over the same TLS, to a client that only moves
bytes.
Memory is the peak of each process over the whole run; it must not depend on the size of the file.
"""

import asyncio
import os
import resource
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web
from benchmarks.measure import report
from tests.integration.relay.device_client import RelayCalls, accepted, new_group
from tests.integration.relay.identities import OfficeKeys
from tests.integration.relay.relay_process import RelayProcess, free_port

from rogatory_client.engine.outgoing_effect import Transfer
from rogatory_client.office.line.saving import Wanted, save
from rogatory_client.office.line.transfer import digest_file, upload
from rogatory_client.transport.https import HttpsLine
from rogatory_client.transport.line import DeviceKey
from rogatory_crypto.attachments import attachment_context, new_attachment_key, stored_size
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.api import Session
from rogatory_crypto.wire.identifier import BlobId, EntryId, GroupId

MEBIBYTE: Final = 1 << 20
SIZE: Final = int(os.environ.get("ROGATORY_BENCH_ATTACHMENT_MIB", "2048")) * MEBIBYTE
SCENARIO: Final = f"attachment of {SIZE // MEBIBYTE} MiB over TLS"
READ_BYTES: Final = MEBIBYTE


async def rate(metric: str, work: Awaitable[object]) -> None:
    """Report how fast the file's bytes went through."""
    started = time.perf_counter()
    await work
    report(SCENARIO, metric, SIZE / MEBIBYTE / (time.perf_counter() - started), "MiB/s")


def write_evidence(path: Path) -> None:
    """Write a file that does not compress, without holding it."""
    block = os.urandom(MEBIBYTE)
    with path.open("wb") as file:
        for _ in range(SIZE // MEBIBYTE):
            file.write(block)


def serve_plain(folder: Path, port: int, certificate: Path, private_key: Path) -> None:
    """Be the plain server: PUT stores with SHA-256, GET sends the file."""
    target = folder / "plain"

    async def put(request: web.Request) -> web.Response:
        digest = sha256()
        with target.open("wb") as file:
            async for piece in request.content.iter_chunked(READ_BYTES):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        return web.Response(text=digest.hexdigest())

    async def get(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(target)

    application = web.Application(client_max_size=SIZE + MEBIBYTE)
    application.add_routes([web.put("/", put), web.get("/", get)])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, private_key)
    web.run_app(application, host="127.0.0.1", port=port, ssl_context=context, print=None)


@asynccontextmanager
async def plain_server(folder: Path, port: int) -> AsyncIterator[None]:
    """Run the plain server with the relay's certificate for the length of a block."""
    arguments = [str(folder), str(port), str(folder / "relay.pem"), str(folder / "relay.key")]
    command = [sys.executable, "-m", "benchmarks.attachments", "serve-plain", *arguments]
    process = await asyncio.create_subprocess_exec(*command)
    try:
        await until_listening(port)
        yield
    finally:
        process.terminate()
        await process.wait()


async def until_listening(port: int) -> None:
    """Return once a port accepts connections."""
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0)
                continue
            writer.close()
            return


async def measure_plain(folder: Path, evidence: Path, tls: ssl.SSLContext) -> None:
    """Report a plain PUT and GET of the same file."""
    port = free_port()
    url = f"https://127.0.0.1:{port}/"

    async def put(http: aiohttp.ClientSession) -> None:
        with evidence.open("rb") as body:
            async with http.put(url, data=body, ssl=tls) as response:
                response.raise_for_status()
                await response.text()

    async def get(http: aiohttp.ClientSession) -> None:
        async with http.get(url, ssl=tls) as response:
            with (folder / "fetched").open("wb") as file:
                async for piece in response.content.iter_chunked(READ_BYTES):
                    file.write(piece)

    timeout = aiohttp.ClientTimeout(total=None)
    async with plain_server(folder, port), aiohttp.ClientSession(timeout=timeout) as http:
        await rate("plain PUT with SHA-256", put(http))
        await rate("plain GET to a file", get(http))
    (folder / "fetched").unlink()
    (folder / "plain").unlink()


def modified_ns(path: Path) -> int:
    """Return when a file was last changed."""
    return path.stat().st_mtime_ns


async def enrolled_session(relay: RelayProcess, line: HttpsLine) -> tuple[Session, GroupId]:
    """Enrol an office and make a group, as the first thing an office does."""
    async with aiohttp.ClientSession() as http:
        calls = RelayCalls(relay, http)
        office = OfficeKeys(EntryId("CNA-SN-01"), relay.operator, int(time.time()))
        (device,) = await calls.enrol(office)
        group_id = new_group()
        async with calls.feed(device) as feed:
            accepted(await feed.commit(group_id, 0))
    return await line.session(DeviceKey(device.device_id, device.private_key)), group_id


async def measure_ours(folder: Path, evidence: Path, relay: RelayProcess) -> None:
    """Report our way up and down."""
    ca = (folder / "ca.pem").read_text()
    profile = relay.network.profile(relay.url, tls_ca=ca)
    line = HttpsLine(profile, lambda: time.time_ns() // 1_000_000)
    session, group_id = await enrolled_session(relay, line)
    salt = os.urandom(16)
    key = new_attachment_key(os.urandom, attachment_context(group_id, salt, evidence.name, SIZE))
    started = time.perf_counter()
    digests = await asyncio.to_thread(digest_file, evidence, key, SIZE)
    hashed = time.perf_counter() - started
    report(SCENARIO, "hash and encrypt once, nothing sent", SIZE / MEBIBYTE / hashed, "MiB/s")
    blob_id = BlobId(os.urandom(16))
    transfer = Transfer(
        blob_id, group_id, MessageId(salt + salt), str(evidence), evidence.name, SIZE, modified_ns(evidence),
        key.key, key.salt, key.context, digests.stored_sha256,
    )  # fmt: skip
    await rate("encrypt and upload, durable", upload(session, transfer))
    wanted = Wanted(
        blob_id, evidence.name, stored_size(SIZE), digests.stored_sha256, digests.plaintext_sha256, key
    )

    async def connected() -> Session:
        return session

    await rate("download, check and decrypt", save(connected, wanted, folder, folder / "saved"))
    await line.close()


def peak_mib(pid: int) -> float:
    """Return a process's peak resident memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


async def measure(folder: Path) -> None:
    """Run both beside each other."""
    evidence = folder / "evidence.bin"
    write_evidence(evidence)
    relay = RelayProcess(folder)
    await relay.start()
    try:
        await measure_ours(folder, evidence, relay)
        client = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        report(SCENARIO, "client peak memory", client, "MiB")
        report(SCENARIO, "relay peak memory", peak_mib(relay.pid), "MiB")
        assert relay.tls is not None
        await measure_plain(folder, evidence, relay.tls)
    finally:
        await relay.stop()


def main() -> None:
    """Measure, or be the plain server."""
    match sys.argv[1:]:
        case ["serve-plain", folder, port, certificate, private_key]:
            serve_plain(Path(folder), int(port), Path(certificate), Path(private_key))
        case _:
            with tempfile.TemporaryDirectory() as name:
                asyncio.run(measure(Path(name)))


if __name__ == "__main__":
    main()
