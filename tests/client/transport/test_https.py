"""The line against a real relay process over TLS: the whole way, kills included."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.client.transport.relay_world import RelayWorld
from tests.integration.relay.relay_process import RelayProcess, make_certificate

from rogatory_client.fault import StandingFailureError
from rogatory_client.transport import DeviceKey, HttpsLine
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.wire.identifier import DeviceId

A, B = "CNA-SN-01", "CNA-GH-01"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[RelayWorld]:
    relay = RelayProcess(tmp_path)
    await relay.start()
    try:
        made = RelayWorld(relay)
        await made.publish_directory(relay.operator.private_key)
        yield made
    finally:
        await relay.stop()


async def test_a_request_arrives_although_the_relay_is_killed_while_it_is_uploaded(
    world: RelayWorld, tmp_path: Path
) -> None:
    for entry in (A, B):
        await world.enrol(entry, world.relay.operator.private_key)
    evidence = tmp_path / "evidence.bin"
    evidence.write_bytes(bytes(range(256)) * (24 << 12))
    killed: list[int] = []
    restarting: list[asyncio.Task[None]] = []

    async def restart() -> None:
        await world.relay.kill()
        await world.relay.start()

    def kill_midway(name: str, done: int, total: int) -> None:
        if name == "evidence.bin" and done * 2 > total and not killed:
            killed.append(done)
            restarting.append(asyncio.get_running_loop().create_task(restart()))

    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
        sent = office.submit_request(
            request_type="banking_records",
            legal_basis="UNTOC 18",
            reference="SN/1",
            letter=evidence,
            room="SN/1",
        )
        await office.sync(progress=kill_midway)
        assert killed
        assert not office.outbox()
    await asyncio.gather(*restarting)
    await receive_and_acknowledge(world, evidence)
    async with world.at(A) as office:
        await office.sync()
        found = office.receipts(sent.message_id)
        assert {each.stage for each in found} == {"relayed", "delivered", "opened", "acknowledged"}


async def receive_and_acknowledge(world: RelayWorld, evidence: Path) -> None:
    async with world.at(B) as office:
        await office.sync()
        request = next(each for each in office.messages() if each.kind == "request")
        saved = await office.save_attachment(request.message_id, 0, evidence.parent / "out")
        assert await asyncio.to_thread(saved.read_bytes) == await asyncio.to_thread(evidence.read_bytes)
        office.show(request.message_id)
        office.acknowledge("SN/1", "GH/1")
        await office.sync()


async def test_a_relay_that_is_down_is_said_so_and_nothing_is_lost(world: RelayWorld) -> None:
    for entry in (A, B):
        await world.enrol(entry, world.relay.operator.private_key)
    async with world.at(A) as office:
        await office.sync()
        await world.relay.kill()
        office.start_consultation([B], "Company records", "May we ask?")
        with pytest.raises(TransportError, match="cannot be reached"):
            await office.sync(patience_s=0)
        assert len(office.outbox()) == 1
        await world.relay.start()
        report = await office.sync()
        assert report.sent == 1


async def test_an_event_arrives_at_who_follows(world: RelayWorld) -> None:
    for entry in (A, B):
        await world.enrol(entry, world.relay.operator.private_key)
    async with world.at(B) as receiver, world.at(A) as sender:
        await sender.sync()
        following = receiver.follow()
        waiting = asyncio.ensure_future(anext(following))
        sender.start_consultation([B], "Company records", "May we ask?")
        await sender.sync()
        kinds = [(await asyncio.wait_for(waiting, 20)).kind]
        while "message" not in kinds:
            kinds.append((await asyncio.wait_for(anext(following), 20)).kind)
        await following.aclose()  # type: ignore[attr-defined]  # an asynchronous generator


async def test_a_relay_of_another_authority_is_not_trusted(world: RelayWorld, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other, _, _ = make_certificate(tmp_path / "other", "localhost")
    async with world.line(world.other_authority(other.read_text())) as line:
        with pytest.raises(StandingFailureError, match="not from the authority in the network profile"):
            await line.info()


async def test_a_clock_an_hour_off_is_said_by_how_much(world: RelayWorld) -> None:
    await world.enrol(A, world.relay.operator.private_key)
    line = HttpsLine(world.profile, lambda: time.time_ns() // 1_000_000 + 3_600_000)
    async with world.at(A) as office:
        key = office._desk.device_key
    with pytest.raises(StandingFailureError, match=r"clock is 1 h( 0 min)? ahead of the relay's"):
        await line.session(key)
    await line.close()


async def test_a_device_nobody_has_entered_is_refused(world: RelayWorld) -> None:
    async with world.line() as line:
        with pytest.raises(PeerError) as refusal:
            await line.session(DeviceKey(DeviceId(bytes(16)), bytes(32)))
        assert refusal.value.code in {Code.UNAUTHENTICATED, Code.NOT_FOUND}
