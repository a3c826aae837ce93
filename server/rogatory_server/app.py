"""The composition root: builds the relay from its configuration, serves it, and takes it down in order."""

import asyncio
import fcntl
import os
import resource
import secrets
import signal
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from rogatory_crypto.errors import Code, MisuseError
from rogatory_crypto.log import log_origin
from rogatory_server import admin, journal, routes
from rogatory_server.attachments import Attachments
from rogatory_server.authentication import Authenticator
from rogatory_server.blob_store import BlobFolder
from rogatory_server.config import Config, read_config
from rogatory_server.hub import Hub
from rogatory_server.initialise import NewRelay, init_relay
from rogatory_server.listener import ConnectionLimits, Listener, Spawn
from rogatory_server.live import LIVE, Live
from rogatory_server.log.entry_clock import EntryClock, boot_timer_s
from rogatory_server.log.ledger import empty_ledger
from rogatory_server.log.newest_note import NewestNote
from rogatory_server.log.postmark_lister import PostmarkLister
from rogatory_server.log.publisher import LogIdentity
from rogatory_server.log.transparency_log import TransparencyLog, WitnessSettings
from rogatory_server.metrics import Metrics
from rogatory_server.postmark_keys import PostmarkKeys
from rogatory_server.retention import Sweeper
from rogatory_server.sequencer import Sequencer
from rogatory_server.service import RelayService
from rogatory_server.store import Store
from rogatory_server.store.sqlite import SqliteStore
from rogatory_server.trust import TrustFolder, read_trust_folder

__all__ = ["NewRelay", "Relay", "init_relay", "serve"]

# The writer thread asks for the interpreter's lock after every statement and would wait five milliseconds
# each time while the event loop is busy.
SWITCH_INTERVAL_S: Final = 0.001
DRAIN_S: Final = 5.0
_LAST_MOMENT: Final = 1 << 40
KEEP_ALIVE_S: Final = 60.0
# For the database, attachments under way and the operator.
RESERVED_FILES: Final = 256

_log = structlog.get_logger(__name__)


def serve(config_path: Path) -> None:
    """Serve a relay until SIGTERM or SIGINT.

    Raises:
        MisuseError: the configuration is wrong, the address is taken, or another relay uses the folder.
    """
    config = read_config(config_path)
    journal.configure()
    os.umask(0o077)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:
        runner = asyncio.Runner()
    try:
        with _alone(config.data), runner:
            runner.run(_serve(config))
    except ExceptionGroup as group:
        misuse, _ = group.split(MisuseError)
        if misuse is None:
            raise
        raise MisuseError("; ".join(_reasons(misuse))) from group


def _reasons(group: ExceptionGroup[MisuseError]) -> Iterator[str]:
    for error in group.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _reasons(error)
        else:
            yield str(error)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the data folder: two writers would each believe that their rosters and epochs are the newest."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MisuseError(f"another relay is running on {data}; stop it first") from error
        yield


async def _serve(config: Config) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    relay = Relay(config, await _open_store(config), clock_ms=lambda: time.time_ns() // 1_000_000)
    await relay.run(stopped, on_ready=_announce)


async def _open_store(config: Config) -> Store:
    if config.database is None:
        return SqliteStore(config.data / "relay.sqlite", config.max_database_bytes)
    from rogatory_server.store import postgresql

    try:
        return await postgresql.open_store(config.database)
    except (OSError, SQLAlchemyError) as error:
        raise MisuseError(f"the database cannot be opened: {error}") from error


def _announce(addresses: list[tuple[str, int]]) -> None:
    _log.info("ready", addresses=[f"{host}:{port}" for host, port in addresses])


class Relay:
    """One relay in this process.

    Args:
        config: what it is and where.
        store: its database, closed when the relay has stopped.
        clock_ms: its clock.
        timer_s: seconds that nobody can set.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        clock_ms: Callable[[], int],
        timer_s: Callable[[], float] = boot_timer_s,
    ) -> None:
        self._config = config
        self._metrics = Metrics()
        self.store = store
        trust = read_trust_folder(config.trust, config.origin)
        keys = PostmarkKeys(config.origin, config.postmark_keys, trust.trust.postmark_at)
        _check_trust(config, trust, keys, clock_ms() // 1000)
        self.hub = Hub(keys, self._metrics)
        self._log = _transparency_log(config, trust, store, EntryClock(lambda: clock_ms() // 1000, timer_s))
        self._metrics.log_entries.set_function(lambda: self._log.size)
        self._metrics.log_published.set_function(lambda: self._log.publisher.size)
        self._metrics.log_contradicted.set_function(lambda: self._log.publisher.contradictions)
        authenticator = Authenticator(lambda: self._log.registry, config.server_names, secrets.token_bytes)
        folder = BlobFolder(config.data / "blobs")
        attachments = Attachments(self.store, folder, config.quotas.upload_bytes, clock_ms)
        self.service = RelayService(
            config, self.store, self._log, trust, authenticator, attachments, self.hub, clock_ms
        )
        self._sequencer = Sequencer(self.store, self.hub.publish, clock_ms)
        self.hub.on_signed = self._sequencer.keep
        self._lister = PostmarkLister(self.store, self._log, keys, config.log.postmarks_s, clock_ms)
        self._sweeper = Sweeper(self.store, attachments, config.retention, clock_ms)

    async def run(self, stopped: asyncio.Event, on_ready: Callable[[list[tuple[str, int]]], None]) -> None:
        """Serve until told to stop, then finish what was accepted.

        Args:
            stopped: set it to stop.
            on_ready: told of the addresses once connections are taken.
        """
        try:
            await self._log.load()
            await self._run(stopped, on_ready)
        finally:
            await self.store.close()

    async def _run(self, stopped: asyncio.Event, on_ready: Callable[[list[tuple[str, int]]], None]) -> None:
        async with asyncio.TaskGroup() as tasks:
            committing = [tasks.create_task(each.run()) for each in (self._sequencer, self._log)]
            background = [tasks.create_task(each.run()) for each in (self._sweeper, self._lister)]
            listener, runners = await self._listen(tasks.create_task)
            operator = [address[:2] for runner in runners for address in runner.addresses]
            on_ready([*listener.addresses, *operator])
            await stopped.wait()
            for task in background:
                task.cancel()
            await listener.stop()
            await self._stop(runners, committing)

    async def _listen(self, spawn: Spawn) -> tuple[Listener, list[web.AppRunner]]:
        app = routes.application(self.service, self._metrics)
        app[LIVE] = Live(self.service, self._sequencer, self._metrics, spawn, self._config.quotas.connections)
        config = self._config
        listener = Listener(_tls(config), _within_files(config.connection_limits), spawn)
        app[routes.LISTENER] = listener
        public = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,
            keepalive_timeout=KEEP_ALIVE_S,
            shutdown_timeout=DRAIN_S,
        )
        await public.setup()
        assert public.server is not None  # noqa: S101  # it is set up
        await _listen_on(listener, public.server, config.host, config.port)
        runners = [public]
        if config.admin_port:
            operator = web.AppRunner(
                admin.application(self._metrics, self._is_healthy),
                access_log=None,
                shutdown_timeout=DRAIN_S,
            )
            await operator.setup()
            await _start_operator(operator, config.admin_port)
            runners.append(operator)
        return listener, runners

    async def _stop(self, runners: list[web.AppRunner], committing: list[asyncio.Task[None]]) -> None:
        for runner in runners:
            for site in tuple(runner.sites):
                await site.stop()
        self.hub.close_all(Code.UNAVAILABLE)
        self._sequencer.stop()
        self._log.stop()
        await asyncio.gather(*committing)
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                for runner in runners:
                    await runner.cleanup()

    async def _is_healthy(self) -> bool:
        def answer(connection: Connection) -> bool:
            return connection.execute(text("SELECT 1")).one_or_none() is not None

        return await self.store.read(answer)


async def _listen_on(listener: Listener, server: web.Server, host: str, port: int) -> None:
    try:
        await listener.start(server, host, port)
    except OSError as error:
        await listener.stop()
        raise MisuseError(f"{host}:{port} cannot be listened on: {error}") from error


async def _start_operator(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError as error:
        raise MisuseError(f"127.0.0.1:{port} cannot be listened on: {error}") from error


def _check_trust(config: Config, trust: TrustFolder, keys: PostmarkKeys, now: int) -> None:
    try:
        keys.require(now)
    except MisuseError as error:
        raise MisuseError(f"{config.trust}: {error}") from error
    try:
        keys.require(_LAST_MOMENT)
    except MisuseError:
        _log.warning("next_postmark_key_is_missing", key=trust.trust.postmark_key.hex())
    if now >= trust.expires_at:
        _log.warning("trust_has_run_out", folder=str(config.trust), expired_at=trust.expires_at)


def _transparency_log(config: Config, trust: TrustFolder, store: Store, clock: EntryClock) -> TransparencyLog:
    identity = LogIdentity(log_origin(config.origin), config.log_keys, trust.trust.policy)
    settings = WitnessSettings(config.log.refresh_s, config.log.witness_s, witness_tls(config.log.witness_ca))
    newest = NewestNote(config.data / "checkpoint")
    return TransparencyLog(store, newest, empty_ledger(trust.measure()), identity, settings, clock)


def witness_tls(authority: Path | None) -> ssl.SSLContext:
    """Return how witnesses are verified: by one authority, or by the system's."""
    try:
        return ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        raise MisuseError(f"log: witness_ca cannot be loaded: {error}") from error


def _within_files(limits: ConnectionLimits) -> ConnectionLimits:
    """Leave the relay files of its own, whatever strangers connect: the database needs them to go on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.in_total + RESERVED_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return replace(limits, in_total=max(soft - RESERVED_FILES, 1))
    return limits


def _tls(config: Config) -> ssl.SSLContext | None:
    if config.certificate is None or config.private_key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(config.certificate, config.private_key)
    except (OSError, ssl.SSLError) as error:
        raise MisuseError(f"the TLS certificate or its key cannot be loaded: {error}") from error
    return context
