"""The live feed of a real relay over TLS: rosters, epochs, order, repetition, backlog, bad frames."""

import asyncio
from hashlib import sha256

import pytest
from tests.integration.relay.device_client import RelayCalls, accepted, new_group, new_id, refused
from tests.integration.relay.identities import ORIGIN, OfficeKeys
from tests.integration.relay.relay_process import RelayProcess

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.frame import Accepted, Deliver, Submit, encode_frame
from rogatory_crypto.wire.identifier import Epoch, RowKind
from rogatory_crypto.wire.postmark import Consignment, verify_postmark


@pytest.fixture
def relay(shared_relay: RelayProcess) -> RelayProcess:
    return shared_relay


async def test_a_submission_comes_back_with_a_postmark_and_reaches_the_group(
    relay: RelayProcess, calls: RelayCalls, office: OfficeKeys
) -> None:
    first, second = await calls.enrol(office, devices=2)
    group = new_group()
    async with calls.feed(first) as sender, calls.feed(second) as receiver:
        created = accepted(await sender.commit(group, 0, added=(second.device_id,)))
        stored = accepted(await sender.submit(group, b"hello"))
        rows = await receiver.rows(group, 2)
        assert [(row.kind, row.payload) for row in rows] == [
            (RowKind.WELCOME, b"welcome"),
            (RowKind.APPLICATION, b"hello"),
        ]
        own = await sender.rows(group, 2)
        assert [(row.sequence, row.kind) for row in own] == [(1, RowKind.COMMIT), (3, RowKind.APPLICATION)]
    assert created.sequence == 1
    consignment = Consignment(group, stored.sequence, stored.submission_id, sha256(b"hello").digest())
    verify_postmark(stored.postmark, consignment, origin=ORIGIN, public_key=relay.postmark_key)


async def test_the_same_submission_again_is_the_same_row(calls: RelayCalls, office: OfficeKeys) -> None:
    (device,) = await calls.enrol(office)
    group, chosen = new_group(), new_id()
    async with calls.feed(device) as feed:
        accepted(await feed.commit(group, 0))
        once = accepted(await feed.submit(group, b"once", submission_id=chosen))
    async with calls.feed(device) as feed:
        again = accepted(await feed.submit(group, b"once", submission_id=chosen))
        assert again.sequence == once.sequence
        assert again.postmark.accepted_at_ms == once.postmark.accepted_at_ms
    async with calls.feed(device) as feed:
        other = refused(await feed.submit(group, b"twice", submission_id=chosen))
        assert other.code is Code.CONFLICT
        assert [row.payload for row in (await feed.backlog())[group]] == [b"commit", b"once"]


async def test_of_two_commits_for_an_epoch_one_wins(calls: RelayCalls, office: OfficeKeys) -> None:
    # R01 N03
    devices = await calls.enrol(office, devices=2)
    group = new_group()
    async with calls.feed(devices[0]) as first, calls.feed(devices[1]) as second:
        accepted(await first.commit(group, 0, added=(devices[1].device_id,)))
        outcomes = await asyncio.gather(
            first.commit(group, 1, payload=b"mine"), second.commit(group, 1, payload=b"yours")
        )
        loser = next(item for item in outcomes if not hasattr(item, "sequence"))
        assert sum(hasattr(item, "sequence") for item in outcomes) == 1
        assert (refused(loser).code, refused(loser).epoch) == (Code.EPOCH_TAKEN, 2)


async def test_a_lost_commit_race_leaves_no_welcome_behind(calls: RelayCalls, office: OfficeKeys) -> None:
    # N02
    first, second, third = await calls.enrol(office, devices=3)
    group = new_group()
    async with calls.feed(first) as feed:
        accepted(await feed.commit(group, 0, added=(second.device_id,)))
        accepted(await feed.commit(group, 1))
        late = refused(await feed.commit(group, 1, added=(third.device_id,)))
        assert late.code is Code.EPOCH_TAKEN
    async with calls.feed(third) as feed:
        assert await feed.backlog() == {}


@pytest.mark.parametrize(("epoch", "kind"), [(2, RowKind.APPLICATION), (0, RowKind.PROPOSAL)])
async def test_a_message_of_the_wrong_epoch_is_refused(
    calls: RelayCalls, office: OfficeKeys, epoch: int, kind: RowKind
) -> None:
    (device,) = await calls.enrol(office)
    group = new_group()
    async with calls.feed(device) as feed:
        accepted(await feed.commit(group, 0))
        outcome = refused(await feed.submit(group, b"x", epoch=epoch, kind=kind))
        assert (outcome.code, outcome.epoch) == (Code.WRONG_EPOCH, 1)


async def test_only_members_submit_and_strangers_cannot_tell_a_group_exists(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    first, second = await calls.enrol(office, devices=2)
    group = new_group()
    async with calls.feed(first) as feed:
        accepted(await feed.commit(group, 0))
    async with calls.feed(second) as stranger:
        for outcome in (
            await stranger.submit(group, b"x"),
            await stranger.submit(new_group(), b"x"),
            await stranger.commit(group, 0),
            await stranger.commit(group, 1),
            await stranger.commit(new_group(), 1),
        ):
            assert (refused(outcome).code, refused(outcome).epoch) == (Code.FORBIDDEN, None)


async def test_a_removed_device_sees_its_removal_and_nothing_after(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    first, second = await calls.enrol(office, devices=2)
    group = new_group()
    async with calls.feed(first) as feed, calls.feed(second) as online:
        accepted(await feed.commit(group, 0, added=(second.device_id,)))
        accepted(await feed.submit(group, b"seen"))
        accepted(await feed.commit(group, 1, removed=(second.device_id,), payload=b"removal"))
        accepted(await feed.submit(group, b"not seen", epoch=2))
        assert [row.payload for row in await online.rows(group, 3, read=False)] == [
            b"welcome",
            b"seen",
            b"removal",
        ]
        assert refused(await online.submit(group, b"x")).code is Code.FORBIDDEN
        assert not any(isinstance(frame, Deliver) for frame in online.kept)
    async with calls.feed(second) as offline:
        rows = (await offline.backlog())[group]
        assert [row.payload for row in rows] == [b"welcome", b"seen", b"removal"]


async def test_a_device_added_again_sees_both_its_times_and_not_the_one_between(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    first, second = await calls.enrol(office, devices=2)
    group = new_group()
    async with calls.feed(first) as feed:
        accepted(await feed.commit(group, 0, added=(second.device_id,)))
        accepted(await feed.commit(group, 1, removed=(second.device_id,), payload=b"removal"))
        accepted(await feed.submit(group, b"between", epoch=2))
        accepted(await feed.commit(group, 2, added=(second.device_id,)))
        accepted(await feed.submit(group, b"after", epoch=3))
    async with calls.feed(second) as feed:
        rows = (await feed.backlog())[group]
        assert [row.payload for row in rows] == [b"welcome", b"removal", b"welcome", b"after"]


async def test_a_backlog_larger_than_the_window_arrives_whole_and_in_order(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    first, second = await calls.enrol(office, devices=2)
    group = new_group()
    async with calls.feed(first) as feed:
        assert feed.ready is not None
        count = feed.ready.window_rows // 500 * 500 + 1500
        accepted(await feed.commit(group, 0, added=(second.device_id,)))
        for start in range(0, count, 500):
            ids = [new_id() for _ in range(500)]
            for at, chosen in enumerate(ids):
                payload = (start + at).to_bytes(4)
                await feed.send(Submit(chosen, group, Epoch(1), RowKind.APPLICATION, payload))
            for chosen in ids:
                accepted(await feed.outcome(chosen))
            feed.kept = [frame for frame in feed.kept if isinstance(frame, Deliver)]
    async with calls.feed(second) as behind:
        rows = (await behind.backlog())[group]
        assert [int.from_bytes(row.payload) for row in rows[1:]] == list(range(count))
    async with calls.feed(second) as up_to_date:
        assert await up_to_date.backlog() == {}


async def test_two_connections_of_one_device_both_get_everything(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    (device,) = await calls.enrol(office)
    group = new_group()
    async with calls.feed(device) as one, calls.feed(device) as two:
        accepted(await one.commit(group, 0))
        accepted(await one.submit(group, b"both"))
        assert [row.sequence for row in await one.rows(group, 2)] == [1, 2]
        assert [row.sequence for row in await two.rows(group, 2)] == [1, 2]


async def test_a_slow_consumer_blocks_nobody_and_loses_nothing(calls: RelayCalls, office: OfficeKeys) -> None:
    first, slow_device, quick_device = await calls.enrol(office, devices=3)
    group, payload = new_group(), bytes(256 << 10)
    async with (
        calls.feed(first) as feed,
        calls.feed(slow_device) as slow,
        calls.feed(quick_device) as quick,
    ):
        accepted(await feed.commit(group, 0, added=(slow_device.device_id, quick_device.device_id)))
        for number in range(100):
            accepted(await feed.submit(group, number.to_bytes(4) + payload))
            feed.kept.clear()
            await quick.rows(group, 1)
        rows = await slow.rows(group, 101)
        assert [int.from_bytes(row.payload[:4]) for row in rows[1:]] == list(range(100))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.MALFORMED),
        (b"\x80", Code.MALFORMED),
        (b"\xff" * 100, Code.MALFORMED),
        (cbor.encode([99]), Code.UNSUPPORTED),
        (cbor.encode([1, b"short"]), Code.MALFORMED),
        (b"\x9f\x03\x80\xff", Code.MALFORMED),
    ],
)
async def test_a_frame_that_is_none_ends_the_connection_with_a_reason(
    calls: RelayCalls, office: OfficeKeys, data: bytes, code: Code
) -> None:
    (device,) = await calls.enrol(office)
    async with calls.feed(device) as feed:
        await feed.socket.send_bytes(data)
        assert await feed.until_closed() is code


async def test_a_truncated_or_oversize_submission_is_not_stored(
    calls: RelayCalls, office: OfficeKeys
) -> None:
    # R02 Q01
    (device,) = await calls.enrol(office)
    group = new_group()
    async with calls.feed(device) as feed:
        accepted(await feed.commit(group, 0))
    whole = encode_frame(Submit(new_id(), group, Epoch(1), RowKind.APPLICATION, b"x" * 1000))
    large = Submit(new_id(), group, Epoch(1), RowKind.APPLICATION, bytes(limits.MAX_APPLICATION_BYTES + 1))
    huge = bytes(limits.MAX_FRAME_BYTES + 1)
    for data, code in (
        (whole[:-1], Code.MALFORMED),
        (whole + b"\x00", Code.MALFORMED),
        (encode_frame(large), Code.TOO_LARGE),
        (huge, None),
    ):
        async with calls.feed(device) as feed:
            await feed.socket.send_bytes(data)
            assert await feed.until_closed() is code
    async with calls.feed(device) as feed:
        assert [row.payload for row in (await feed.backlog())[group]] == [b"commit"]


async def test_an_unknown_or_revoked_device_cannot_be_added(calls: RelayCalls, office: OfficeKeys) -> None:
    first, second = await calls.enrol(office, devices=2)
    group = new_group()
    await calls.publish(office.revocation(second))
    async with calls.feed(first) as feed:
        unknown = refused(await feed.commit(group, 0, added=(type(first.device_id)(bytes(16)),)))
        revoked = refused(await feed.commit(group, 0, added=(second.device_id,)))
        assert (unknown.code, revoked.code) == (Code.UNKNOWN_MEMBER, Code.REVOKED)
        accepted(await feed.commit(group, 0))


async def test_a_device_may_not_open_connections_without_end(calls: RelayCalls, office: OfficeKeys) -> None:
    (device,) = await calls.enrol(office)
    token = await calls.token(device)
    async with (
        calls.feed(device, token),
        calls.feed(device, token),
        calls.feed(device, token),
        calls.feed(device, token),
    ):
        with pytest.raises(PeerError) as caught:
            await calls.call("GET", "/v1/feed", token=token)
        assert caught.value.code is Code.QUOTA_EXCEEDED


async def test_many_answers_come_in_few_frames(calls: RelayCalls, office: OfficeKeys) -> None:
    (device,) = await calls.enrol(office)
    group = new_group()
    async with calls.feed(device) as feed:
        accepted(await feed.commit(group, 0))
        ids = {new_id() for _ in range(300)}
        for chosen in ids:
            await feed.send(Submit(chosen, group, Epoch(1), RowKind.APPLICATION, chosen))
        sequences: dict[bytes, int] = {}
        while not ids <= sequences.keys():
            frame = await feed.expect(Accepted)
            sequences |= {item.submission_id: item.sequence for item in frame.results}
        assert sorted(sequences[chosen] for chosen in ids) == list(range(2, 302))
