"""The composition root of a witness: serves its folder until SIGTERM, and reads its logs anew on SIGHUP."""

import asyncio
import logging
import os
import signal
import ssl
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from rogatory_client.vault.lock import ProcessLock
from rogatory_client.witness.cosigner import Cosigner
from rogatory_client.witness.door import Door, DoorLimits
from rogatory_client.witness.folder import LOCK_NAME, STORE_NAME, read_keys, read_logs
from rogatory_client.witness.service import DOOR, application
from rogatory_client.witness.store import WitnessStore
from rogatory_crypto.errors import MisuseError

DRAIN_S: Final = 5.0
KEEP_ALIVE_S: Final = 60.0
_THREADS: Final = 4
_LIMITS: Final = DoorLimits()
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where and how a witness listens.

    Attributes:
        host: a name or an address.
        port: 0 for any that is free.
        certificate: PEM chain; None for plain HTTP, on loopback only.
        private_key: its PEM key.
        prefix: a path in front of all others, ``""`` for none.
    """

    host: str
    port: int
    certificate: Path | None = None
    private_key: Path | None = None
    prefix: str = ""


def serve(
    folder: Path,
    listening: Listening,
    on_ready: Callable[[list[str]], None],
    *,
    on_swap: Callable[[], None] | None = None,
    limits: DoorLimits = _LIMITS,
) -> None:
    """Serve a witness until SIGTERM or SIGINT; requests that are in are answered.

    Args:
        folder: of the witness.
        listening: where.
        on_ready: told of the addresses once connections are taken.
        on_swap: called after each checkpoint is on disk and before it is cosigned.
        limits: what strangers may take of it.

    Raises:
        MisuseError: there is no witness, its files are wrong, or the address cannot be listened on.
        VaultError: another process serves the folder, or its store cannot be opened.
    """
    keys, logs, tls = read_keys(folder), read_logs(folder), _tls(listening)
    _write_journal()
    os.umask(0o077)
    lock = ProcessLock(folder / LOCK_NAME, "witness")
    with ExitStack() as opened:
        lock.acquire()
        opened.callback(lock.release)
        store = WitnessStore(folder / STORE_NAME)
        opened.callback(store.close)
        store.on_swap = on_swap
        cosigner = Cosigner(store, keys, logs, lambda: int(time.time()))
        threads = opened.enter_context(ThreadPoolExecutor(_THREADS, "witness"))
        app = application(cosigner, threads, listening.prefix)
        asyncio.run(_serve(app, _Serving(folder, listening, tls, limits, cosigner, on_ready)))


@dataclass(frozen=True, slots=True)
class _Serving:
    folder: Path
    listening: Listening
    tls: ssl.SSLContext | None
    limits: DoorLimits
    cosigner: Cosigner
    on_ready: Callable[[list[str]], None]


async def _serve(app: web.Application, serving: _Serving) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, _read_logs_anew, serving)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEP_ALIVE_S, shutdown_timeout=DRAIN_S)
    await runner.setup()
    try:
        await _listen(runner, serving, stopped)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, serving: _Serving, stopped: asyncio.Event) -> None:
    if runner.server is None:
        raise MisuseError("the server is not set up")
    door = Door(runner.server, serving.tls, serving.limits)
    runner.app[DOOR] = door
    where = serving.listening
    try:
        addresses = await door.open(where.host, where.port)
    except OSError as error:
        await door.close()
        raise MisuseError(f"{where.host}:{where.port} cannot be listened on: {error}") from error
    serving.on_ready(addresses)
    await stopped.wait()
    await door.close()


def _read_logs_anew(serving: _Serving) -> None:
    try:
        serving.cosigner.trust(read_logs(serving.folder))
    except (MisuseError, OSError) as error:
        _log.error("logs_not_read", error=str(error))  # the old ones stay
    else:
        _log.info("logs_read", origins=sorted(serving.cosigner.logs))


def _tls(listening: Listening) -> ssl.SSLContext | None:
    if listening.certificate is None or listening.private_key is None:
        if listening.certificate is not listening.private_key:
            raise MisuseError("a certificate and its private key come together")
        if not _is_loopback(listening.host):
            raise MisuseError("without a certificate a witness listens on loopback only, behind a proxy")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(listening.certificate, listening.private_key)
    except (OSError, ssl.SSLError) as error:
        raise MisuseError(f"the TLS certificate or its key cannot be loaded: {error}") from error
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _write_journal() -> None:
    """Send every event to standard error as one JSON object a line, without keys or addresses."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
