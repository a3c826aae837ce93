"""The courier: carries what waits to the relay and brings what has come, over one connection at a time.

It decides nothing: what has come goes through the engine, its effects to disk, and only then is anything
sent, shown or reported as read. A connection may break at any point; the next one begins from what is on
disk.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final

from rogatory_client.engine.effect import Happening
from rogatory_client.fault import StandingFailureError
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.renewal import remind
from rogatory_client.office.line.arrivals import Arrivals
from rogatory_client.office.line.departures import Departures
from rogatory_client.office.line.gathering import gather
from rogatory_client.office.line.key_package_stock import forget_superseded, restock_key_packages
from rogatory_client.office.line.trusting import TwoHistoriesError, follow_log, learn, publish_first
from rogatory_client.office.view import Progress
from rogatory_client.transport.backoff import delay_s
from rogatory_client.transport.line import Line, LiveFeed
from rogatory_client.transport.sentence import is_passing, sentence_for
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.wire.api import Feed, Session
from rogatory_crypto.wire.frame import (
    Accepted,
    CaughtUp,
    Closing,
    Deliver,
    LogGrew,
    Ready,
    Refused,
    RelayFrame,
)

PATIENCE_S: Final = 60.0
SILENCE_S: Final = 30.0
RETIRE_EVERY_S: Final = 3_600.0
Pause = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class _Attempts:
    """How long nothing has come of it."""

    failed: int = 0
    since: float | None = None

    def succeed(self) -> None:
        self.failed, self.since = 0, None


class Courier:
    """Carries for one desk over one line."""

    def __init__(
        self,
        desk: Desk,
        line: Line,
        pause: Pause,
        progress: Progress | None = None,
        *,
        headers_only: bool = False,
    ) -> None:
        self._desk = desk
        self._line = line
        self._pause = pause
        self._progress = progress
        self._headers_only = headers_only

    async def run(self, *, until_idle: bool, patience_s: float = PATIENCE_S) -> AsyncGenerator[Happening]:
        """Yield what happens; with ``until_idle``, end when nothing is left to do.

        Raises:
            TransportError: the relay could not be reached for ``patience_s``; what waits is kept.
            PeerError: the relay refuses this device, or lies.
        """
        attempts = _Attempts()
        while True:
            try:
                async with aclosing(self._converse(attempts, until_idle=until_idle)) as conversation:
                    async for happening in conversation:
                        yield happening
            except StandingFailureError:
                raise
            except (TransportError, PeerError) as error:
                await self._wait_or_give_up(error, attempts, patience_s)
            else:
                return

    async def _wait_or_give_up(self, error: Exception, attempts: _Attempts, patience_s: float) -> None:
        if isinstance(error, PeerError) and not is_passing(error.code):
            raise error
        now = self._desk.surroundings.clock()
        attempts.since = now if attempts.since is None else attempts.since
        attempts.failed += 1
        if now - attempts.since >= patience_s:
            if isinstance(error, PeerError):
                raise TransportError(sentence_for(error)) from error
            raise error
        await self._pause(delay_s(attempts.failed, self._desk.surroundings.random))

    async def _converse(self, attempts: _Attempts, *, until_idle: bool) -> AsyncGenerator[Happening]:
        desk, relay = self._desk, self._line.relay
        await publish_first(desk, relay)
        await learn(desk, relay, self._heeding(attempts))
        desk.forget_past_epochs()
        desk.expect_no_epoch()
        if not desk.is_enrolled:
            raise PeerError(Code.UNAUTHENTICATED, "the directory does not list this device yet")
        remind(desk)
        session = await self._session()
        superseded = await restock_key_packages(desk, session)
        feed = await self._line.feed(desk.device_key)
        try:
            arrivals = Arrivals(desk, relay, session, feed)
            departures = Departures(
                desk, session, feed, arrivals.holds, self._heeding(attempts), headers_only=self._headers_only
            )
            await arrivals.try_held()
            caught_up = False
            while True:
                at_rest = await _push(departures, arrivals, caught_up=caught_up)
                for happening in desk.take_happenings():
                    attempts.succeed()
                    yield happening
                if until_idle and caught_up and at_rest and not arrivals.is_holding:
                    return
                frame = await (_receive(feed, SILENCE_S) if until_idle else self._wait_for_frame(feed))
                frame = await _take_deliveries(feed, frame, arrivals)
                await self._take(frame, arrivals, departures)
                if isinstance(frame, CaughtUp):
                    forget_superseded(desk, superseded)
                    caught_up = True
        finally:
            await feed.close()

    async def _session(self) -> Session:
        desk = self._desk
        try:
            return await self._line.session(desk.device_key)
        except PeerError as error:
            # Its other history may not know this device.
            if error.code is Code.UNAUTHENTICATED and desk.split is not None:
                raise TwoHistoriesError from error
            raise

    async def _wait_for_frame(self, feed: Feed) -> RelayFrame | None:
        """Return a frame, or None after a while: keys and terms that are over wait for none.  # M03."""
        self._desk.forget_past_epochs()
        with suppress(TimeoutError):
            async with asyncio.timeout(RETIRE_EVERY_S):
                return await feed.receive()
        return None

    def _heeding(self, attempts: _Attempts) -> Progress:
        """Every piece that gets through shows that trying goes on being worth it."""

        def progressed(name: str, done: int, total: int) -> None:
            attempts.succeed()
            if self._progress is not None:
                self._progress(name, done, total)

        return progressed

    async def _take(self, frame: RelayFrame | None, arrivals: Arrivals, departures: Departures) -> None:
        """Take in a frame that delivers nothing."""
        match frame:
            case Accepted() | Refused():
                self._settle(frame, departures)
                await arrivals.release()
            case LogGrew():
                if frame.size > self._desk.replica.size:
                    await follow_log(self._desk, self._line.relay)
            case Closing():
                raise TransportError("the relay closed the connection: it is made again")
            case Deliver() | Ready() | CaughtUp() | None:
                pass

    def _settle(self, frame: Accepted | Refused, departures: Departures) -> None:
        if isinstance(frame, Refused):
            departures.refused(frame)
            return
        departures.accepted(frame.results)


async def _take_deliveries(feed: LiveFeed, frame: RelayFrame | None, arrivals: Arrivals) -> RelayFrame | None:
    """Take in the rows that have come; return the frame behind them that delivers none, if there is one."""
    gathered = await gather(feed, frame)
    await arrivals.take(gathered.deliveries)
    if gathered.failure is not None:
        raise gathered.failure
    return gathered.then


async def _push(departures: Departures, arrivals: Arrivals, *, caught_up: bool) -> bool:
    """Send what can be sent, take in what a dropped change has held up, and tell whether all rests."""
    while True:
        at_rest = await departures.push(caught_up=caught_up)
        if not await arrivals.release():
            return at_rest


async def _receive(feed: Feed, silence_s: float) -> RelayFrame:
    try:
        async with asyncio.timeout(silence_s):
            return await feed.receive()
    except TimeoutError as error:
        raise TransportError("the relay has fallen silent: it is asked again; what waits is kept") from error
