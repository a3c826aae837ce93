"""Statements that wait to be published keep a device from nothing else, and do not wait for ever."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.simulator.test_hostile_relay import consulting
from tests.simulator.test_story import NET, A, B, link, world_with
from tests.simulator.world import Killed, World

from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.cosignature import cosign
from rogatory_crypto.log.follower import MAX_ENTRIES
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint, sign_checkpoint
from rogatory_crypto.wire.log_request import EntryPublication, LogPage
from rogatory_crypto.wire.request import Published

Publish = Callable[[EntryPublication], Awaitable[Published]]


def cut_before_publishing(world: World, patch: pytest.MonkeyPatch) -> None:
    async def cut(_: EntryPublication) -> Published:
        raise Killed

    patch.setattr(world.relay, "publish_entries", cut)


async def revoke(world: World, name: str, device: str) -> None:
    async with world.at(name) as office:
        await office.revoke_device(device, "lost")


async def devices_of(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        return [each.device_id for each in office.devices() if each.device_id != office.identity.device_id]


async def require_conversation(world: World) -> list[str]:
    """A and B still hear each other; return what A was warned of."""
    await world.sync(B)
    async with world.at(B) as office:
        office.reply("SN/1", "Are you there?")
        await office.sync()
    async with world.at(A) as office:
        report = await office.sync()
        assert office.messages()[-1].text == "Are you there?"
        office.reply("SN/1", "Yes.")
        await office.sync()
        assert not office.outbox()
    return list(report.warnings)


async def test_witnesses_that_are_silent_about_a_statement_hold_no_message_back(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    await link(world, A, "second")
    await world.sync(A)
    (second,) = await devices_of(world, A)
    world.relay.log.cosigns = False
    with pytest.raises(TransportError, match="witnesses"):
        await revoke(world, A, second)
    warnings = await require_conversation(world)
    assert any("witnesses of its log have not confirmed it yet" in each for each in warnings)
    world.tick(2 * 86_400)
    await require_conversation(world)
    world.relay.log.cosigns = True
    world.relay.log.publish()
    await world.sync(A)
    async with world.at(A) as office:
        assert office._desk.identity.publication is None


async def test_a_statement_whose_place_was_taken_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = await consulting(tmp_path)
    for name in ("second", "third"):
        await link(world, A, name)
    await world.sync(A)
    one, other = await devices_of(world, A)
    with monkeypatch.context() as patch:
        cut_before_publishing(world, patch)
        with pytest.raises(Killed):
            await revoke(world, A, one)
    await take_the_place(world, other)
    warnings = await require_conversation(world)
    assert any("was not published" in each for each in warnings)
    await revoke(world, A, one)


async def take_the_place(world: World, device: str) -> None:
    """The office's key is used at another device meanwhile."""
    async with world.at(A) as office:
        desk = office._desk
        with desk.vault.reading() as connection:
            waiting = connection.exec_driver_sql("SELECT publication FROM identity").scalar_one()
        with desk.vault.writing() as connection:
            connection.exec_driver_sql("UPDATE identity SET publication = NULL")
        desk.reload()
        await office.revoke_device(device, "lost")
        with desk.vault.writing() as connection:
            connection.exec_driver_sql("UPDATE identity SET publication = ?", (waiting,))


@pytest.mark.parametrize("code", [Code.CONFLICT, Code.FORBIDDEN, Code.EXPIRED])
async def test_a_relay_that_refuses_every_statement_blocks_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: Code
) -> None:
    world, _ = await consulting(tmp_path)
    await link(world, A, "second")
    await world.sync(A)
    (second,) = await devices_of(world, A)
    with monkeypatch.context() as patch:
        cut_before_publishing(world, patch)
        with pytest.raises(Killed):
            await revoke(world, A, second)

    async def refuse(_: EntryPublication) -> Published:
        raise PeerError(code, "no")

    with monkeypatch.context() as patch:
        patch.setattr(world.relay, "publish_entries", refuse)
        assert await require_conversation(world)
    async with world.at(A) as office:
        await office.sync()
        if office._desk.identity.publication is None and code is not Code.CONFLICT:
            await office.revoke_device(second, "lost")
    assert world.relay.registry.devices[bytes.fromhex(second)].revoked_at is not None  # type: ignore[index]


async def test_an_enrolment_that_was_refused_can_be_tried_with_a_newer_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await world_with(tmp_path)
    world.new_device(A)
    code = await world.invite(A)

    async def refuse(_: EntryPublication) -> Published:
        raise PeerError(Code.EXPIRED, "the code has expired")

    with monkeypatch.context() as patch:
        patch.setattr(world.relay, "publish_entries", refuse)
        async with world.at(A) as office:
            with pytest.raises(PeerError):
                await office.enrol(code, "head")
    newer = await world.invite(A)
    async with world.at(A) as office:
        assert (await office.enrol(newer, "head")).enrolled


def replace_witnesses(world: World, patch: pytest.MonkeyPatch) -> None:
    """Let another witness cosign than the one that the devices know of."""
    renewed = world.network.renewed(witnesses=2, quorum=1)

    async def by_the_new_one() -> bytes:
        checkpoint = parse_signed_checkpoint(world.relay.log.checkpoint()).checkpoint
        signed = sign_checkpoint(checkpoint, renewed.log_keys, int(world.now))
        return signed.with_signatures([cosign(checkpoint, renewed.witness_keys[1], int(world.now))]).encode()

    world.relay.log.network = renewed
    patch.setattr(world.relay, "checkpoint", by_the_new_one)


async def test_new_witnesses_are_learned_before_what_waits_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = await consulting(tmp_path)
    await link(world, A, "second")
    await world.sync(A)
    (second,) = await devices_of(world, A)
    with monkeypatch.context() as patch:
        cut_before_publishing(world, patch)
        with pytest.raises(Killed):
            await revoke(world, A, second)
    replace_witnesses(world, monkeypatch)
    await world.sync(A)
    async with world.at(A) as office:
        assert office._desk.identity.publication is None


async def test_no_entry_is_fetched_for_a_checkpoint_that_nobody_vouches_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else any number of entries would be kept before the first signature is looked at."""
    world, _ = await consulting(tmp_path)
    await world.sync(B)
    asked = 0

    async def page(first: int) -> LogPage:
        nonlocal asked
        asked += 1
        assert asked < 10, "it never ends"
        return LogPage(first, 1 << 40, (b"\x00",))

    async def checkpoint() -> bytes:
        log = world.relay.log
        honest = world.network.signed(Checkpoint(world.network.log_origin, log.size, bytes(32)), log.now())
        text = Checkpoint(world.network.log_origin, 1 << 40, bytes(32)).encode()
        return honest.encode().replace(honest.checkpoint.encode().encode(), text.encode())

    monkeypatch.setattr(world.relay, "checkpoint", checkpoint)
    monkeypatch.setattr(world.relay, "log_entries", page)
    async with world.at(B) as office:
        with pytest.raises(PeerError) as refusal:
            await office.sync()
        assert refusal.value.code is Code.BAD_SIGNATURE
    assert asked == 0


async def test_a_log_without_end_is_not_fetched_whoever_vouches_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No witness sees what lies between two sizes, and without a quorum nobody looks at all."""
    world, _ = await consulting(tmp_path)
    await world.sync(B)
    asked: list[int] = []

    async def page(first: int) -> LogPage:
        asked.append(first)
        return LogPage(first, 1 << 40, (b"\x00",))

    async def checkpoint() -> bytes:
        endless = Checkpoint(world.network.log_origin, MAX_ENTRIES + 1, bytes(32))
        return world.network.signed(endless, int(world.now)).encode()

    monkeypatch.setattr(world.relay, "checkpoint", checkpoint)
    monkeypatch.setattr(world.relay, "log_entries", page)
    async with world.at(B) as office:
        with pytest.raises(PeerError) as refusal:
            await office.sync()
        assert refusal.value.code is Code.TOO_LARGE
    assert not asked


async def test_a_smaller_log_of_another_history_is_exposed(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    for listed in ("CNA-GH-01", "CNA-ML-01"):
        await world.invite(listed)
    await world.sync(B)
    honest = world.relay.log
    world.relay.log = honest.forked_at(honest.size - 2)
    await world.invite("CNA-NG-01")
    assert world.relay.log.size < honest.size
    async with world.at(B) as office:
        report = await office.sync()
        assert any("two histories" in each for each in report.warnings)
        assert len(office._desk.split_views()) == 1
        assert any("two histories" in each.text for each in office.alarms())


async def test_nothing_new_is_believed_by_a_root_that_has_run_out(tmp_path: Path) -> None:
    """Not by an operation of its own either."""
    world = await world_with(tmp_path, A)
    world.new_device(NET)
    world.tick(4_000 * 86_400)
    code = await world.invite(NET)
    async with world.at(NET) as office:
        with pytest.raises(PeerError, match=r"expired (on|at)") as refusal:
            await office.enrol(code, "head")
        assert refusal.value.code is Code.EXPIRED
        assert office._desk.replica.size == 0


async def test_a_device_with_an_older_profile_enrols_after_the_witnesses_were_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await world_with(tmp_path, A)
    world.new_device(B)
    code = await world.invite(B)
    replace_witnesses(world, monkeypatch)
    async with world.at(B) as office:
        assert (await office.enrol(code, "head")).enrolled
