"""Clocks that disagree: an hour off is told and loses nothing; codes expire by the relay's clock."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from tests.integration.small_network import new_desk

from rogatory_client.demo.world import REQUESTED, World
from rogatory_server.app import Relay
from rogatory_server.config import read_config
from rogatory_server.store.sqlite import SqliteStore

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Clock:
    """The relay's clock, which a test may set, and the time that goes by."""

    ahead_s: int = 0

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_s * 1000

    def timer_s(self) -> float:
        return time.monotonic() + self.ahead_s


@asynccontextmanager
async def relay_in_this_process(network: World, clock: Clock) -> AsyncIterator[None]:
    """Serve the network's relay from here, by a clock of our own."""
    await network.relay.stop()
    stopped, ready = asyncio.Event(), asyncio.Event()
    config = read_config(network.relay.folder / "relay.toml")
    store = SqliteStore(config.data / "relay.sqlite", config.max_database_bytes)
    relay = Relay(config, store, clock.now_ms, clock.timer_s)
    serving = asyncio.create_task(relay.run(stopped, lambda _addresses: ready.set()))
    coming_up = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, coming_up}, return_when=asyncio.FIRST_COMPLETED)
    if not ready.is_set():
        coming_up.cancel()
        await serving
    try:
        yield
    finally:
        stopped.set()
        await serving
        await network.relay.start()


async def test_a_relay_an_hour_ahead_is_told_and_loses_nothing(network: World) -> None:
    clock = Clock()
    async with relay_in_this_process(network, clock):
        await network.requesting.run("sync")
        clock.ahead_s = 3600
        kept = await network.requesting.answer(
            "consult", "--to", REQUESTED, "--subject", "Clock", "--text", "On time?", "--offline"
        )
        refused = await network.requesting.answer("sync", exit_code=69)
        assert "set the clock" in refused.data["error"]["what"]
        assert kept.data["message"]["state"] == "queued"
        clock.ahead_s = 0
        await network.requesting.run("sync")
        received = (await network.requested.run("inbox"))["messages"]
        assert [message["text"] for message in received] == ["On time?"]


async def test_a_code_expires(network: World) -> None:
    clock = Clock()
    desk = new_desk(network, "late")
    await desk.run("init", "--profile", str(network.profile))
    async with relay_in_this_process(network, clock):
        codes = await network.operator.invite(desk.entry_id, days=1)
        clock.ahead_s = 25 * 3600
        late = await desk.answer("enrol", "--officer", "anybody", code=codes[desk.entry_id], exit_code=77)
        assert late.data["error"]["code"] == "expired"
        assert "new enrolment code" in late.data["error"]["advice"]
        assert not (await desk.run("whoami"))["identity"]["enrolled"]
