"""A time-stamping authority of another maker: OpenSSL's, behind HTTP on loopback (RFC 3161 section 3.4)."""

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from tests.conftest import absent

from rogatory_client.demo.pki import DemoPki

CONFIGURATION = """
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
crypto_device = builtin
"""


def openssl() -> str:
    """Return where OpenSSL is."""
    found = shutil.which("openssl")
    if found is None:
        absent("the program openssl")
    return str(found)


@contextmanager
def authority(pki: DemoPki, folder: Path) -> Iterator[str]:
    """Run it until the block ends; return its address."""
    _write_material(pki, folder)

    async def answer(request: web.Request) -> web.Response:
        query = folder / "query.tsq"
        query.write_bytes(await request.read())
        command = [
            openssl(), "ts", "-reply", "-config", str(folder / "tsa.cnf"), "-queryfile", str(query),
            "-inkey", str(folder / "key.pem"), "-signer", str(folder / "certificate.pem"),
        ]  # fmt: skip
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
        return web.Response(body=done.stdout, content_type="application/timestamp-reply")

    with served(answer) as address:
        yield address


@contextmanager
def served(answer: object) -> Iterator[str]:
    """Answer POST requests by a handler on loopback until the block ends; return the address."""
    loop = asyncio.new_event_loop()
    application = web.Application()
    application.router.add_post("/tsa", answer)  # type: ignore[arg-type]
    runner = web.AppRunner(application)
    loop.run_until_complete(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    loop.run_until_complete(site.start())
    port = runner.addresses[0][1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/tsa"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _write_material(pki: DemoPki, folder: Path) -> None:
    key = serialization.load_der_private_key(pki.tsa_key, None)
    certificate = x509.load_der_x509_certificate(pki.tsa_certificate)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
